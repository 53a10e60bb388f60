import {
  describeValue,
  type Frequency,
  type Instant,
  type Issue,
  parseFrequency,
  TwinError,
  toInstant,
} from "@sage-twin/kernel";
import { day } from "./additive-time.js";
import type { Growth } from "./additive-trend.js";
import { checkOptions } from "./checks.js";

/** A season of an additive model. */
export interface AdditiveSeason {
  readonly name: string;
  /** In days; in steps where the series has no calendar. */
  readonly period: number;
  /** How many sines and cosines draw it: 10 for a year, 3 for a week, 4 for a day are usual. */
  readonly order: number;
  /** Default: `seasonalityMode`. */
  readonly mode?: "additive" | "multiplicative";
  /** Standard deviation of the coefficients' prior. Default: `seasonalityPriorScale`. */
  readonly priorScale?: number;
}

/** A holiday or an event of an additive model. */
export interface AdditiveHoliday {
  readonly name: string;
  /** All of its days, past and to come. */
  readonly dates: readonly Instant[];
  /** The first day with an effect of its own, counted from the date: 0 or less. Default 0. */
  readonly lowerWindow?: number;
  /** The last one: 0 or more. Default 0. */
  readonly upperWindow?: number;
  /** Standard deviation of the coefficients' prior. Default 10. */
  readonly priorScale?: number;
}

/** What `additive` may be told. */
export interface AdditiveOptions {
  /** Default `"linear"`. */
  readonly growth?: "linear" | "logistic" | "flat";
  /** What a logistic trend cannot pass, in units of the series. */
  readonly cap?: number;
  /** What a logistic trend stays above. Default 0. */
  readonly floor?: number;
  /** How many places the trend may bend at. Default 25. */
  readonly changepoints?: number;
  /** The share of the series in which they lie, from its start. Default 0.8. */
  readonly changepointRange?: number;
  /** Scale of the Laplace prior of the bends: larger follows the series more closely. Default 0.05. */
  readonly changepointPriorScale?: number;
  /**
   * Default, from the timestamps: a year (order 10) from two years on, a week (3) from two weeks of steps below a week, a day (4) from two days of
   * steps below a day. Without a calendar: one season of `seasonLength` steps, from two of them on.
   */
  readonly seasonalities?: readonly AdditiveSeason[];
  /** Whether seasons, holidays and regressors add to the trend or are shares of it. Default `"additive"`. */
  readonly seasonalityMode?: "additive" | "multiplicative";
  /** Default 10. */
  readonly seasonalityPriorScale?: number;
  readonly holidays?: readonly AdditiveHoliday[];
  /** The prior of each regressor in `exogenous` that shall not have the default: scale 10, the seasons' mode. */
  readonly regressors?: Readonly<
    Record<string, { readonly priorScale?: number; readonly mode?: "additive" | "multiplicative" }>
  >;
  /** The step of the calendar. Default: inferred from the timestamps. */
  readonly frequency?: Frequency;
  /** When the first value was observed, for a series without timestamps; with `frequency`. */
  readonly start?: Instant;
  /** Values in one season of a series without a calendar. Default 1, no season. */
  readonly seasonLength?: number;
}

/** The options, checked and complete. */
export interface AdditiveSettings {
  readonly growth: Growth;
  readonly cap: number | undefined;
  readonly floor: number;
  readonly changepoints: number;
  readonly changepointRange: number;
  readonly changepointPriorScale: number;
  readonly seasonalities: readonly Required<AdditiveSeason>[] | undefined;
  readonly mode: "additive" | "multiplicative";
  readonly seasonalityPriorScale: number;
  readonly holidays: readonly {
    readonly name: string;
    readonly days: readonly number[];
    readonly from: number;
    readonly to: number;
    readonly priorScale: number;
  }[];
  readonly regressors: NonNullable<AdditiveOptions["regressors"]>;
  readonly frequency: Frequency | undefined;
  readonly start: number | undefined;
  readonly seasonLength: number;
}

const longestWindow = 366;
const mostChangepoints = 500;
const mostWaves = 100;
export const usualPriorScale = 10;

/** Checks the options; a `TwinError` gathers all that is wrong with them. */
export function checkAdditive(options: AdditiveOptions): AdditiveSettings {
  const issues: Issue[] = [];
  const require = (fine: boolean, path: Issue["path"], value: unknown, expected: string): void => {
    if (!fine)
      issues.push({
        code: "invalid-argument",
        path,
        message: `${describeValue(value)} is not ${expected}`,
        fix: `give ${expected}`,
      });
  };
  const whole = (value: number, least: number, most: number, ...path: (string | number)[]): void =>
    require(Number.isInteger(value) &&
      value >= least &&
      value <= most, path, value, `a whole number from ${least} to ${most}`);
  const positive = (value: number, ...path: (string | number)[]): void =>
    require(value > 0 && value < 1e6, path, value, "a number above 0");
  const oneOf = (value: string, choices: readonly string[], ...path: (string | number)[]): void =>
    require(choices.includes(value), path, value, choices.join(" or "));
  const modes = ["additive", "multiplicative"];
  const names = new Set(["trend"]);
  const name = (value: string, ...path: (string | number)[]): void => {
    require(typeof value === "string" &&
      value !== "" &&
      !names.has(value), path, value, "a name of its own, not 'trend'");
    names.add(value);
  };
  const attempt = <Value>(action: () => Value, otherwise: Value): Value => {
    try {
      return action();
    } catch (error) {
      if (!TwinError.isInstance(error)) throw error;
      issues.push(...error.issues);
      return otherwise;
    }
  };

  const {
    growth = "linear",
    cap,
    floor = 0,
    changepoints = 25,
    changepointRange = 0.8,
    changepointPriorScale = 0.05,
    seasonalities,
    seasonalityMode: mode = "additive",
    seasonalityPriorScale = usualPriorScale,
    holidays = [],
    regressors = {},
    frequency,
    seasonLength = 1,
  } = checkOptions(options);
  oneOf(growth, ["linear", "logistic", "flat"], "growth");
  require(Math.abs(floor) <= 1e100, ["floor"], floor, "a number");
  if (growth === "logistic")
    require((cap as number) > floor && (cap as number) <= 1e100, ["cap"], cap, "a number above the floor");
  else
    for (const key of ["cap", "floor"] as const)
      require(options[key] === undefined, [key], options[key], 'for a trend that is not growth: "logistic"');
  whole(changepoints, 0, mostChangepoints, "changepoints");
  require(changepointRange > 0 && changepointRange <= 1, [
    "changepointRange",
  ], changepointRange, "a share above 0, up to 1");
  positive(changepointPriorScale, "changepointPriorScale");
  oneOf(mode, modes, "seasonalityMode");
  positive(seasonalityPriorScale, "seasonalityPriorScale");
  whole(seasonLength, 1, 1e6, "seasonLength");
  const seasons = seasonalities?.map((season, index) => {
    const filled = { mode, priorScale: seasonalityPriorScale, ...season };
    name(season.name, "seasonalities", index, "name");
    require(season.period > 0 && season.period <= 1e6, [
      "seasonalities",
      index,
      "period",
    ], season.period, "a number above 0");
    whole(season.order, 1, mostWaves, "seasonalities", index, "order");
    oneOf(season.mode ?? "additive", modes, "seasonalities", index, "mode");
    positive(season.priorScale ?? 1, "seasonalities", index, "priorScale");
    return filled;
  });
  const events = holidays.map((holiday, index) => {
    const { lowerWindow: from = 0, upperWindow: to = 0, priorScale = usualPriorScale, dates } = holiday;
    name(holiday.name, "holidays", index, "name");
    whole(from, -longestWindow, 0, "holidays", index, "lowerWindow");
    whole(to, 0, longestWindow, "holidays", index, "upperWindow");
    positive(priorScale, "holidays", index, "priorScale");
    require(Array.isArray(dates) && dates.length > 0, ["holidays", index, "dates"], dates, "a list of dates");
    const days = (Array.isArray(dates) ? dates : []).map((date: Instant, at) =>
      attempt(() => Math.floor(toInstant(date, ["holidays", index, "dates", at]) / day), 0),
    );
    return { name: holiday.name, days, from, to, priorScale };
  });
  for (const [key, prior] of Object.entries(regressors)) {
    name(key, "regressors", key);
    positive(prior.priorScale ?? 1, "regressors", key, "priorScale");
    oneOf(prior.mode ?? "additive", modes, "regressors", key, "mode");
  }
  if (frequency !== undefined) attempt(() => parseFrequency(frequency), frequency);
  const start =
    options.start === undefined ? undefined : attempt(() => toInstant(options.start as Instant, ["start"]), 0);
  require(start === undefined || frequency !== undefined, [
    "frequency",
  ], frequency, 'the step from the start on, such as "D"');
  if (issues.length > 0) throw new TwinError(issues);
  return {
    growth,
    cap,
    floor,
    changepoints,
    changepointRange,
    changepointPriorScale,
    seasonalities: seasons,
    mode,
    seasonalityPriorScale,
    holidays: events,
    regressors,
    frequency,
    start,
    seasonLength,
  };
}

import { describeValue, encodeNumbers, type Issue, type RunOptions, TwinError } from "@sage-twin/kernel";
import { adaptiveMetropolis, adaptiveMetropolisAsync, type SampledChains } from "@sage-twin/numerics";
import type { Adstock } from "./adstock.js";
import {
  type FittedMarketingPredictor,
  type MarketingState,
  posteriorOf,
  publishMarketing,
} from "./fitted-marketing.js";

/** What a market is made of. */
export interface MarketingOptions {
  /** Columns with the spend on each channel. */
  readonly channels: readonly string[];
  /** Columns of other causes, such as the price or a holiday. Default: none. */
  readonly controls?: readonly string[];
  /** How effects spread over time. Default: `"geometric"`. */
  readonly adstock?: Adstock;
  /** Over how many periods, this one included. Default: 13. */
  readonly lags?: number;
  /** Periods of a year, such as 52.18 for weeks: the season is a sum of `harmonics` waves (default 4). Default: no season. */
  readonly seasonLength?: number;
  readonly harmonics?: number;
  /**
   * What is believed of the revenue per unit of spend before the data are seen: its median (default 2, where spend pays for itself at a gross margin of a half) and the standard
   * deviation of its logarithm (default 1).
   */
  readonly roi?: { readonly median?: number; readonly spread?: number };
  /** How strongly causes that are in no column and move spend and revenue together are to be feared: 0 not at all. Default: 0.005. */
  readonly doubt?: number;
}

/** A model of what marketing brings that has not seen data. */
export interface MarketingPredictor {
  /**
   * @param columns the channels' spends (from 0) and the controls: one number a period, none missing, in the order of time.
   * @param revenue above 0, NaN where it is missing.
   */
  fit(
    columns: Readonly<Record<string, ArrayLike<number>>>,
    revenue: ArrayLike<number>,
    options?: Pick<RunOptions, "seed">,
  ): FittedMarketingPredictor;
  /** The same bytes, giving way to other work; progress counts steps of the sampler. */
  fitAsync(
    columns: Readonly<Record<string, ArrayLike<number>>>,
    revenue: ArrayLike<number>,
    options?: Pick<RunOptions, "seed" | "signal" | "onProgress">,
  ): Promise<FittedMarketingPredictor>;
}

const usualSteps = 3000;
/** Data of little noise leave so narrow a posterior that chains take longer to find its shape. */
const mostSteps = 12_000;
const kept = 200;
const usualSeed = "marketing";
const fewestRows = 20;
const settled = 1.1;
const littleLearnt = 0.1;

/**
 * What each marketing channel brings: log revenue is a baseline (trend, season, controls, autocorrelated noise) and, for each channel, a strength times a Hill curve of its carried-over spend (after Jin et al. 2017). Strengths have a
 * prior on the return they mean; all parameters are drawn from their posterior, so that every figure has an interval. Spend that follows demand is told from spend that makes it only as far as columns tell:
 * `doubt` widens the intervals for the rest.
 *
 * @throws TwinError with every column that is missing or has values that cannot be.
 *
 * @example
 * ```ts
 * import { marketingPredictor } from "@sage-twin/predictors";
 *
 * const weeks = Array.from({ length: 104 }, (_, week) => week);
 * const search = weeks.map((week) => 100 + 80 * Math.sin(week * 1.7));
 * const social = weeks.map((week) => (week % 7 < 3 ? 150 : 20));
 * const revenue = weeks.map((week) => 5000 * Math.exp(0.2 * (search[week] / (search[week] + 100)) + 0.01 * Math.sin(week * 5.3)));
 * const fitted = marketingPredictor({ channels: ["search", "social"], doubt: 0 }).fit({ search, social }, revenue);
 * const [first, second] = fitted.returns();
 * first.roi.median > 2 && second.roi.median < 1; // => true
 * ```
 */
export function marketingPredictor(options: MarketingOptions): MarketingPredictor {
  const {
    channels,
    controls = [],
    adstock = "geometric",
    lags = 13,
    seasonLength = 0,
    harmonics = 4,
    doubt = 0.005,
  } = options ?? {};
  const roi = { median: 2, spread: 1, ...options?.roi };
  checkOptions({ channels, controls, adstock, lags, seasonLength, harmonics, doubt, roi });
  const prepare = (
    columns: Readonly<Record<string, ArrayLike<number>>>,
    revenue: ArrayLike<number>,
    seed: string,
  ): Omit<MarketingState, "draws" | "notes"> => {
    const rows = checkData(columns, revenue, channels, controls);
    const read = [...channels, ...controls].map((name) => Float64Array.from(columns[name]));
    const own = read.slice(channels.length);
    const centres = own.map((column) => column.reduce((sum, value) => sum + value, 0) / rows);
    const spreads = own.map((column, index) => {
      const squares = column.reduce((sum, value) => sum + (value - centres[index]) * (value - centres[index]), 0);
      return squares > 0 ? Math.sqrt(squares / rows) : 1;
    });
    const joined = new Float64Array(rows * read.length);
    read.forEach((column, index) => {
      joined.set(column, index * rows);
    });
    return {
      channels,
      adstock,
      lags,
      prior: { roi },
      doubt,
      shape: { rows, seasonLength, harmonics, controls, centres, spreads },
      revenue: encodeNumbers(Float64Array.from(revenue)),
      columns: encodeNumbers(joined),
      seed,
    };
  };
  return {
    fit(columns, revenue, { seed = usualSeed } = {}) {
      const state = prepare(columns, revenue, String(seed));
      const posterior = posteriorOf(state);
      const sample = (steps: number): SampledChains =>
        adaptiveMetropolis((point) => posterior.logDensity(point), posterior.start, posterior.spread, {
          ...lengths(steps),
          seed: state.seed,
        });
      const sampled = sample(usualSteps);
      return publish(state, disagreement(sampled) > settled ? sample(mostSteps) : sampled);
    },
    async fitAsync(columns, revenue, { seed = usualSeed, ...run } = {}) {
      run.signal?.throwIfAborted();
      const state = prepare(columns, revenue, String(seed));
      const posterior = posteriorOf(state);
      const sample = (steps: number): Promise<SampledChains> =>
        adaptiveMetropolisAsync((point) => posterior.logDensity(point), posterior.start, posterior.spread, {
          ...lengths(steps),
          seed: state.seed,
          ...run,
        });
      const sampled = await sample(usualSteps);
      return publish(state, disagreement(sampled) > settled ? await sample(mostSteps) : sampled);
    },
  };
}

const lengths = (steps: number) => ({ steps, thin: steps / kept });

function disagreement({ rHat }: SampledChains): number {
  return rHat.reduce((a, b) => Math.max(a, b), 1);
}

function publish(state: Omit<MarketingState, "draws" | "notes">, sampled: SampledChains): FittedMarketingPredictor {
  const draws = encodeNumbers(sampled.draws);
  const returns = publishMarketing({ ...state, draws, notes: [] }).returns();
  const worst = disagreement(sampled);
  const notes = [
    ...(worst > settled
      ? [`the chains do not agree yet (R-hat ${worst.toFixed(2)}): take the intervals as rough`]
      : []),
    ...returns
      .filter(({ learnt }) => learnt < littleLearnt)
      .map(({ channel }) => `the data say little of '${channel}': its return is what was believed before`),
    ...returns.filter(({ spend }) => spend === 0).map(({ channel }) => `nothing was spent on '${channel}'`),
  ];
  return publishMarketing({ ...state, draws, notes });
}

function checkOptions({
  channels,
  controls,
  adstock,
  lags,
  seasonLength,
  harmonics,
  doubt,
  roi,
}: Required<Omit<MarketingOptions, "roi">> & {
  readonly roi: { readonly median: number; readonly spread: number };
}): void {
  const issues: Issue[] = [];
  const check = (valid: boolean, path: string, received: unknown, fix: string): void => {
    if (!valid) issues.push({ code: "invalid-argument", path: [path], message: describeValue(received), fix });
  };
  const areNames = (list: unknown): boolean => Array.isArray(list) && list.every((name) => typeof name === "string");
  check(areNames(channels), "channels", channels, "give a list of columns");
  check(areNames(controls), "controls", controls, "give a list of columns");
  if (issues.length > 0) throw new TwinError(issues);
  const names = [...channels, ...controls];
  check(channels.length >= 1 && channels.length <= 10, "channels", channels.length, "name 1 to 10 channels");
  check(
    new Set(names).size === names.length && !names.includes("baseline"),
    "channels",
    names,
    "name each column once, and none 'baseline'",
  );
  check(["geometric", "weibull"].includes(adstock), "adstock", adstock, "known: geometric, weibull");
  check(Number.isInteger(lags) && lags >= 1 && lags <= 400, "lags", lags, "give a whole number from 1 to 400");
  check(
    seasonLength === 0 || (seasonLength >= 2 && Number.isFinite(seasonLength)),
    "seasonLength",
    seasonLength,
    "give periods of a year, at least 2",
  );
  check(
    Number.isInteger(harmonics) && harmonics >= 1 && harmonics <= 20,
    "harmonics",
    harmonics,
    "give a whole number from 1 to 20",
  );
  check(doubt >= 0 && doubt <= 1, "doubt", doubt, "give a number from 0 to 1");
  check(roi.median > 0 && roi.spread > 0 && roi.spread <= 5, "roi", roi, "give a median and a spread above 0");
  if (issues.length > 0) throw new TwinError(issues);
}

function checkData(
  columns: Readonly<Record<string, ArrayLike<number>>>,
  revenue: ArrayLike<number>,
  channels: readonly string[],
  controls: readonly string[],
): number {
  const rows = revenue?.length ?? 0;
  const issues: Issue[] = [];
  const add = (path: (string | number)[], message: string, fix: string): void => {
    if (issues.length < 20) issues.push({ code: "invalid-data", path, message, fix });
  };
  for (const name of [...channels, ...controls]) {
    const column = Object.hasOwn(columns ?? {}, name) ? columns[name] : undefined;
    if (column?.length !== rows) {
      add(
        ["columns", name],
        column === undefined ? "the column is missing" : `${column.length} values, not ${rows}`,
        "give one for each period",
      );
      continue;
    }
    const least = channels.includes(name) ? 0 : Number.NEGATIVE_INFINITY;
    for (let t = 0; t < rows; t++)
      if (!Number.isFinite(column[t]) || column[t] < least)
        add(
          ["columns", name, t],
          describeValue(column[t]),
          least === 0 ? "give an amount from 0" : "give a finite number",
        );
  }
  let known = 0;
  for (let t = 0; t < rows; t++) {
    if (Number.isNaN(revenue[t])) continue;
    known++;
    if (!(revenue[t] > 0 && Number.isFinite(revenue[t])))
      add(["revenue", t], describeValue(revenue[t]), "give revenue above 0, NaN where it is missing");
  }
  if (known < fewestRows) add(["revenue"], `${known} periods with revenue`, `give at least ${fewestRows}`);
  if (issues.length > 0) throw new TwinError(issues);
  return rows;
}

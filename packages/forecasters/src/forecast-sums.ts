import { addDuration, describeValue, type Frequency, inferFrequency, stepsIn } from "@sage-twin/kernel";
import { quantiles } from "@sage-twin/numerics";
import { checkFitted } from "./check-fitted.js";
import { checkHorizon, checkLevel, checkLevels, checkOptions, checkWhole, longestHorizon, refuse } from "./checks.js";
import type { Exogenous, FittedForecaster, Interval } from "./types.js";

/** How totals are forecast. */
export interface SumOptions {
  /** The levels that `levels` lists, in percent. Default: 80 and 95. */
  readonly levels?: readonly number[];
  /** When values were observed, in milliseconds since 1970, the last one last: from where durations are counted. */
  readonly timestamps?: ArrayLike<number>;
  /** The step of the series. Default: inferred from the timestamps. */
  readonly frequency?: Frequency;
  /** Sample paths. Default: 10,000, less beyond 419 steps (4,194,304 numbers in all), at least 1,000. */
  readonly count?: number;
  /** Seeds the paths. Default: `"sage-twin"`. */
  readonly seed?: string | number;
  /** As for `forecast`, to the end of the longest period. */
  readonly futureExogenous?: Exogenous;
}

/** One period from the first step ahead on. */
export interface SumPeriod {
  /** As it was asked for: a number of steps, or a duration. */
  readonly asked: number | Frequency;
  /** How many steps it holds; the last one counts by the share of its time that lies within. */
  readonly steps: number;
  /** Where it starts and ends, in milliseconds since 1970, where the calendar is known. */
  readonly from?: number;
  readonly until?: number;
}

/** Totals from the first step ahead to the end of each period. */
export interface SumForecast {
  readonly periods: readonly SumPeriod[];
  /** The total of the point forecasts, by period. */
  readonly mean: Float64Array;
  readonly levels: readonly number[];
  /** The central prediction interval of each total, from the sample paths' totals. */
  interval(level: number): Interval;
  /** The quantile of each total at a probability between 0 and 1. */
  quantile(probability: number): Float64Array;
}

const mostNumbers = 2 ** 22;

/**
 * Forecasts totals over one or more periods ahead: numbers of steps, or calendar durations such as `"1M"` and `"12M"` of hourly, daily, weekly or monthly
 * values. Intervals come from the totals of sample paths, so that errors which go on or cancel out from step to step do so in the sum; adding up the bounds
 * of the steps would be wrong. A week that straddles the end of a month counts by its days.
 *
 * Throws a `TwinError` for a duration without timestamps, one shorter than a step, and timestamps that fit no frequency.
 *
 * @example
 * ```ts
 * import { drift, forecastSums } from "@sage-twin/forecasters";
 *
 * const days = Array.from({ length: 90 }, (_, t) => 20 + (t % 7));
 * const fitted = drift().fit(days);
 * const sums = forecastSums(fitted, ["1M", "3M"], { timestamps: [Date.UTC(2024, 0, 31)], frequency: "D" });
 * sums.periods.map(({ steps }) => steps); // => [29, 90]
 * sums.mean.length; // => 2
 * sums.interval(90).upper[0] > sums.mean[0]; // => true
 * ```
 */
export function forecastSums(
  fitted: FittedForecaster,
  periods: readonly (number | Frequency)[],
  options: SumOptions = {},
): SumForecast {
  checkFitted(fitted);
  const levels = checkLevels(checkOptions(options).levels);
  const resolved = resolvePeriods(periods, options);
  const horizon = checkHorizon(Math.max(...resolved.map(({ steps }) => Math.ceil(steps))));
  const count = checkWhole(
    options.count ?? Math.max(1_000, Math.min(10_000, Math.floor(mostNumbers / horizon))),
    "count",
  );
  const { seed, futureExogenous } = options;
  const centre = fitted.forecast(horizon, { ...(futureExogenous && { futureExogenous }) }).mean;
  const mean = new Float64Array(resolved.length);
  addUp(centre, horizon, resolved, [mean]);
  let totals: Float64Array[] | undefined;
  const quantilesAt = (probabilities: readonly number[]): Float64Array[] => {
    if (totals === undefined) {
      const paths = fitted.paths(horizon, {
        count,
        ...(seed !== undefined && { seed }),
        ...(futureExogenous && { futureExogenous }),
      });
      const rows = Array.from({ length: count }, () => new Float64Array(resolved.length));
      addUp(paths, horizon, resolved, rows);
      totals = resolved.map((_, period) => Float64Array.from(rows, (row) => row[period]));
    }
    return totals.map((column) => quantiles(column, probabilities));
  };
  return Object.freeze({
    periods: resolved,
    mean,
    levels,
    interval(level: number): Interval {
      const tail = (1 - checkLevel(level) / 100) / 2;
      const found = quantilesAt([tail, 1 - tail]);
      return {
        level,
        lower: Float64Array.from(found, ([lower]) => lower),
        upper: Float64Array.from(found, ([, upper]) => upper),
      };
    },
    quantile(probability: number): Float64Array {
      if (!(probability > 0 && probability < 1))
        refuse(["probability"], `${describeValue(probability)} is no probability`, "give one between 0 and 1");
      return Float64Array.from(quantilesAt([probability]), ([value]) => value);
    },
  });
}

/** Writes the total of each period of each path to its row of `output`. */
function addUp(
  paths: Float64Array,
  horizon: number,
  periods: readonly SumPeriod[],
  output: readonly Float64Array[],
): void {
  for (let path = 0; path < output.length; path++) {
    for (let period = 0; period < periods.length; period++) {
      const { steps } = periods[period];
      const whole = Math.floor(steps);
      let sum = 0;
      for (let step = 0; step < whole; step++) sum += paths[path * horizon + step];
      if (whole < steps) sum += (steps - whole) * paths[path * horizon + whole];
      output[path][period] = sum;
    }
  }
}

function resolvePeriods(periods: readonly (number | Frequency)[], options: SumOptions): SumPeriod[] {
  if (!Array.isArray(periods) || periods.length === 0)
    refuse(["periods"], "there is no period", 'give numbers of steps, or durations such as "3M"');
  const { timestamps } = options;
  const last = timestamps?.[timestamps.length - 1];
  if (timestamps !== undefined && !Number.isFinite(last))
    refuse(["timestamps"], "there is no last instant", "give milliseconds since 1970", "invalid-time");
  const frequency = options.frequency ?? (timestamps && inferFrequency(timestamps));
  return periods.map((asked, index) => {
    const path = ["periods", index];
    if (typeof asked === "number" && !(Number.isInteger(asked) && asked >= 1 && asked <= longestHorizon))
      refuse(path, `${asked} is not a whole number from 1 to ${longestHorizon}`, "give a number of steps");
    if (frequency === undefined || last === undefined) {
      if (typeof asked === "number") return { asked, steps: asked };
      return refuse(
        path,
        last === undefined ? "a duration needs the calendar" : "the timestamps fit no frequency",
        last === undefined ? "give timestamps, at least the last one with a frequency" : "give a frequency",
        "invalid-time",
      );
    }
    const from = addDuration(last, frequency, 1);
    const at = (steps: number): number => addDuration(last, frequency, 1 + steps);
    const exact = typeof asked === "number" ? asked : stepsIn(asked, frequency);
    if (exact !== undefined) return { asked, steps: exact, from, until: at(exact) };
    const until = addDuration(from, asked as Frequency);
    if (until < at(1))
      refuse(path, `${asked} is shorter than a step of ${frequency}`, "ask for a longer duration", "invalid-time");
    let whole = 1;
    while (at(whole + 1) <= until && whole <= longestHorizon) whole++;
    return { asked, steps: whole + (until - at(whole)) / (at(whole + 1) - at(whole)), from, until };
  });
}

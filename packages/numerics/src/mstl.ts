import { describeValue, type Issue, TwinError } from "@sage-twin/kernel";
import { type StlOptions, stl } from "./stl.js";

/** How `mstl` decomposes. */
export interface MstlOptions {
  /** Values in one season, each from 2 and of which the series holds at least two. */
  readonly periods: readonly number[];
  /** The span that smooths each season over time, the shortest period first. Default 11, 15, 19 and so on. */
  readonly seasonal?: readonly number[];
  /** Rounds over all seasons; one season takes one. Default 2. */
  readonly iterations?: number;
  /** Whether outlying values lose their weight. Default false. */
  readonly robust?: boolean;
}

/** A series as a sum: `trend + all of seasonal + remainder`. */
export interface MstlDecomposition {
  readonly trend: Float64Array;
  /** The shortest period first. */
  readonly seasonal: readonly { readonly period: number; readonly values: Float64Array }[];
  /** NaN where the value is missing. */
  readonly remainder: Float64Array;
}

/**
 * Decomposition into a trend and several seasons, each by STL on what the others leave, in rounds (Bandara, Hyndman and Bergmeir 2021).
 * Missing values (NaN) have no weight.
 *
 * @throws TwinError `invalid-argument` for options out of range or fewer than two seasons of values.
 *
 * @example
 * ```ts
 * import { mstl } from "@sage-twin/numerics";
 *
 * const days = Float64Array.from({ length: 84 }, (_, day) => 50 + [4, 2, 0, 0, 1, -3, -4][day % 7] + (day % 28 < 14 ? 5 : -5));
 * const { seasonal } = mstl(days, { periods: [7, 28] });
 * seasonal.map(({ period }) => period); // => [7, 28]
 * ```
 */
export function mstl(values: ArrayLike<number>, options: MstlOptions): MstlDecomposition {
  const periods = [...options.periods].sort((a, b) => a - b);
  const { iterations = 2, robust = false, seasonal: spans = periods.map((_, index) => 11 + 4 * index) } = options;
  requireArguments(periods, spans, iterations);
  const count = values.length;
  const rest = Float64Array.from(values);
  const seasonal = periods.map((period) => ({ period, values: new Float64Array(count) }));
  let trend = new Float64Array(count);
  for (let round = 0; round < (periods.length === 1 ? 1 : iterations); round++) {
    seasonal.forEach(({ period, values: season }, index) => {
      for (let t = 0; t < count; t++) rest[t] += season[t];
      const settings: StlOptions = { period, seasonal: spans[index], robust };
      const found = stl(rest, settings);
      season.set(found.seasonal);
      trend = found.trend as Float64Array<ArrayBuffer>;
      for (let t = 0; t < count; t++) rest[t] -= season[t];
    });
  }
  return { trend, seasonal, remainder: rest.map((value, t) => value - trend[t]) };
}

function requireArguments(periods: readonly number[], spans: readonly number[], iterations: number): void {
  const issues: Issue[] = [];
  const problem = (path: string, message: string): void => {
    issues.push({ code: "invalid-argument", path: [path], message });
  };
  if (periods.length === 0 || new Set(periods).size < periods.length)
    problem("periods", `${describeValue(periods)} is no list of different periods`);
  if (spans.length !== periods.length) problem("seasonal", `${spans.length} spans for ${periods.length} periods`);
  if (!(Number.isSafeInteger(iterations) && iterations >= 1))
    problem("iterations", `${describeValue(iterations)} is not a whole number from 1`);
  if (issues.length > 0) throw new TwinError(issues);
}

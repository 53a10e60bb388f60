import { checkExogenous, checkOptions, checkSeries, refuse } from "./checks.js";
import type { FitOptions } from "./types.js";

/** A checked series without its leading gap. */
export interface Series {
  /** From the first observed value on; NaN is missing. */
  readonly values: Float64Array;
  /** How many missing values stood before. */
  readonly leading: number;
  readonly observed: number;
  /** What is missing, in plain words. */
  readonly notes: readonly string[];
  /** Regressors, from the first observed value on. */
  readonly exogenous: ReadonlyMap<string, Float64Array>;
  /** When each value was observed, from the first observed value on. */
  readonly timestamps: Float64Array | undefined;
}

/** Checks a series; `takes` says what the model can make use of, and the notes name what it was given in vain. */
export function readSeries(
  input: ArrayLike<number>,
  options: FitOptions = {},
  takes: { readonly exogenous?: boolean } = {},
): Series {
  const all = checkSeries(input, "values", checkOptions(options).timestamps);
  const first = all.findIndex((value) => !Number.isNaN(value));
  if (first < 0) {
    const what = all.length === 0 ? "the series is empty" : `all ${all.length} values are missing`;
    refuse(["values"], what, "give at least one number", "invalid-data");
  }
  const last = all.findLastIndex((value) => !Number.isNaN(value));
  let observed = 0;
  for (const value of all) if (!Number.isNaN(value)) observed++;
  const notes = (
    [
      [first, "before the first observed value, left out"],
      [last - first + 1 - observed, "between observed values, bridged by the model"],
      [all.length - 1 - last, "after the last observed value, bridged by the model"],
    ] as const
  )
    .filter(([count]) => count > 0)
    .map(([count, where]) => `${count} missing ${count === 1 ? "value" : "values"} ${where}`);
  const names = Object.keys(options.exogenous ?? {});
  const columns = checkExogenous(options.exogenous, names, all.length, "exogenous");
  if (names.length > 0 && takes.exogenous !== true)
    notes.push(`the exogenous ${names.join(", ")} ${names.length === 1 ? "is" : "are"} not used by this model`);
  return {
    values: all.subarray(first),
    leading: first,
    observed,
    notes,
    exogenous: new Map(names.map((name, index) => [name, columns[index].subarray(first)])),
    timestamps: options.timestamps && Float64Array.from(options.timestamps).subarray(first),
  };
}

/** The residuals with NaN for the leading gap that `readSeries` took off. */
export function padded(residuals: Float64Array, leading: number): Float64Array {
  if (leading === 0) return residuals;
  const all = new Float64Array(leading + residuals.length).fill(Number.NaN);
  all.set(residuals, leading);
  return all;
}

import { checkSeasonLength } from "./checks.js";
import { fitTheta } from "./fit-theta.js";
import { readSeries } from "./series.js";
import type { Forecaster } from "./types.js";

/**
 * The dynamic optimised theta model: simple exponential smoothing plus a share of the line through all values so far, its three
 * parameters by least squares; a season that the autocorrelation shows is taken off first, as classical multiplicative indices where all
 * values are positive (Fiorucci, Pellegrini, Louzada, Petropoulos and Koehler 2016). Intervals are those of its linear recursion, widened by its own past errors.
 *
 * Series of fewer than 7 values and constant ones get the naive model, and `notes` says so.
 *
 * @example
 * ```ts
 * import { dynamicOptimizedTheta } from "@sage-twin/forecasters";
 *
 * const sales = [12, 15, 14, 17, 18, 17, 20, 22, 21, 24, 25, 24];
 * const out = dynamicOptimizedTheta().fit(sales).forecast(3);
 * out.mean[2] > out.mean[0]; // => true
 * ```
 */
export function dynamicOptimizedTheta(options: { readonly seasonLength?: number } = {}): Forecaster {
  const seasonLength = checkSeasonLength(options);
  return {
    name: "dynamicOptimizedTheta",
    seasonLength,
    fit: (values, fitOptions) => fitTheta(readSeries(values, fitOptions), seasonLength),
  };
}

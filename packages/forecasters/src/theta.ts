import { checkSeasonLength } from "./checks.js";
import { fitTheta } from "./fit-theta.js";
import { readSeries } from "./series.js";
import type { Forecaster } from "./types.js";

/**
 * The standard theta model (Assimakopoulos and Nikolopoulos 2000; Fiorucci et al. 2016, STM): simple exponential smoothing plus half of the line
 * through the whole series, theta = 2. Season, fallbacks and intervals are as in `dynamicOptimizedTheta`.
 *
 * @example
 * ```ts
 * import { theta } from "@sage-twin/forecasters";
 *
 * const sales = [12, 15, 14, 17, 18, 17, 20, 22, 21, 24, 25, 24];
 * const out = theta().fit(sales).forecast(3);
 * out.mean[2] > out.mean[0]; // => true
 * ```
 */
export function theta(options: { readonly seasonLength?: number } = {}): Forecaster {
  const seasonLength = checkSeasonLength(options);
  return {
    name: "theta",
    seasonLength,
    fit: (values, fitOptions) => fitTheta(readSeries(values, fitOptions), seasonLength, "theta"),
  };
}

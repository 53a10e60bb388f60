import { checkSeasonLength } from "./checks.js";
import { fitTheta } from "./fit-theta.js";
import { readSeries } from "./series.js";
import type { Forecaster } from "./types.js";

/**
 * The dynamic theta model (Fiorucci et al. 2016, DSTM): as `theta`, with the line through the values seen so far.
 * Season, fallbacks and intervals are as in `dynamicOptimizedTheta`.
 *
 * @example
 * ```ts
 * import { dynamicTheta } from "@sage-twin/forecasters";
 *
 * const sales = [12, 15, 14, 17, 18, 17, 20, 22, 21, 24, 25, 24];
 * const out = dynamicTheta().fit(sales).forecast(3);
 * out.mean[2] > out.mean[0]; // => true
 * ```
 */
export function dynamicTheta(options: { readonly seasonLength?: number } = {}): Forecaster {
  const seasonLength = checkSeasonLength(options);
  return {
    name: "dynamicTheta",
    seasonLength,
    fit: (values, fitOptions) => fitTheta(readSeries(values, fitOptions), seasonLength, "dynamicTheta"),
  };
}

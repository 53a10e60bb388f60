import { checkSeasonLength } from "./checks.js";
import { fitTheta } from "./fit-theta.js";
import { readSeries } from "./series.js";
import type { Forecaster } from "./types.js";

/**
 * The optimised theta model (Fiorucci et al. 2016, OTM): as `theta`, with the share of the line estimated too.
 * Season, fallbacks and intervals are as in `dynamicOptimizedTheta`.
 *
 * @example
 * ```ts
 * import { optimizedTheta } from "@sage-twin/forecasters";
 *
 * const sales = [12, 15, 14, 17, 18, 17, 20, 22, 21, 24, 25, 24];
 * const out = optimizedTheta().fit(sales).forecast(3);
 * out.mean[2] > out.mean[0]; // => true
 * ```
 */
export function optimizedTheta(options: { readonly seasonLength?: number } = {}): Forecaster {
  const seasonLength = checkSeasonLength(options);
  return {
    name: "optimizedTheta",
    seasonLength,
    fit: (values, fitOptions) => fitTheta(readSeries(values, fitOptions), seasonLength, "optimizedTheta"),
  };
}

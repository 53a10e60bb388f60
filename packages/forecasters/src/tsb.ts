import { checkOptions, refuse } from "./checks.js";
import { fitDemand } from "./fit-demand.js";
import { readSeries } from "./series.js";
import type { Forecaster } from "./types.js";

/** How fast `tsb` follows, each above 0 and up to 1. */
export interface TsbOptions {
  /** Smoothing of the sizes of demands. */
  readonly alphaDemand: number;
  /** Smoothing of the probability of a demand. */
  readonly alphaProbability: number;
}

/**
 * The method of Teunter, Syntetos and Babai (2011) for intermittent demand that may die out: exponential smoothing of the probability of a demand, in every
 * step, and of the sizes of demands. The forecast is their product.
 *
 * @example
 * ```ts
 * import { tsb } from "@sage-twin/forecasters";
 *
 * const fading = [3, 0, 4, 2, 0, 0, 3, 0, 0, 0, 0, 0];
 * tsb({ alphaDemand: 0.2, alphaProbability: 0.2 }).fit(fading).forecast(1).mean[0].toFixed(3); // => "0.629"
 * ```
 */
export function tsb(options: TsbOptions): Forecaster {
  const { alphaDemand, alphaProbability } = checkOptions(options);
  for (const name of ["alphaDemand", "alphaProbability"] as const)
    if (!(options[name] > 0 && options[name] <= 1))
      refuse([name], `${String(options[name])} is no share above 0, up to 1`, "0.1 is usual");
  const alphas = { alphaSize: alphaDemand, alphaRate: alphaProbability };
  return {
    name: "tsb",
    seasonLength: 1,
    fit: (values, fitOptions) => fitDemand(readSeries(values, fitOptions), "tsb", alphas),
  };
}

import { fitDemand } from "./fit-demand.js";
import { readSeries } from "./series.js";
import type { Forecaster } from "./types.js";

/**
 * The Syntetos-Boylan approximation (2005): Croston's method with its bias taken off, 0.95 times the forecast of `croston`. For demand that is intermittent,
 * erratic or lumpy.
 *
 * @example
 * ```ts
 * import { sba } from "@sage-twin/forecasters";
 *
 * const spares = [0, 0, 3, 0, 0, 0, 4, 0, 0, 2, 0, 3];
 * sba().fit(spares).forecast(1).mean[0].toFixed(3); // => "0.953"
 * ```
 */
export function sba(): Forecaster {
  return {
    name: "sba",
    seasonLength: 1,
    fit: (values, options) => fitDemand(readSeries(values, options), "sba"),
  };
}

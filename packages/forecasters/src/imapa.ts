import { fitDemand } from "./fit-demand.js";
import { readSeries } from "./series.js";
import type { Forecaster } from "./types.js";

/**
 * Multiple aggregation of intermittent demand (Petropoulos and Kourentzes 2015): the mean of what `adida` forecasts for sums over 1, 2 and so on steps,
 * up to the average interval between demands.
 *
 * @example
 * ```ts
 * import { imapa } from "@sage-twin/forecasters";
 *
 * const spares = [0, 0, 3, 0, 0, 0, 4, 0, 0, 2, 0, 3];
 * imapa().fit(spares).forecast(1).mean[0].toFixed(3); // => "1.028"
 * ```
 */
export function imapa(): Forecaster {
  return {
    name: "imapa",
    seasonLength: 1,
    fit: (values, options) => fitDemand(readSeries(values, options), "imapa"),
  };
}

import { fitDemand } from "./fit-demand.js";
import { readSeries } from "./series.js";
import type { Forecaster } from "./types.js";

/**
 * Aggregate-disaggregate forecasting of intermittent demand (Nikolopoulos et al. 2011): sums over the average interval between demands, smoothed with the alpha
 * of 0.1 to 0.3 that fits best, spread evenly over their steps.
 *
 * @example
 * ```ts
 * import { adida } from "@sage-twin/forecasters";
 *
 * const spares = [0, 0, 3, 0, 0, 0, 4, 0, 0, 2, 0, 3];
 * adida().fit(spares).forecast(1).mean[0].toFixed(3); // => "1.016"
 * ```
 */
export function adida(): Forecaster {
  return {
    name: "adida",
    seasonLength: 1,
    fit: (values, options) => fitDemand(readSeries(values, options), "adida"),
  };
}

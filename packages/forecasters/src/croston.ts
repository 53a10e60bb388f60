import { fitDemand } from "./fit-demand.js";
import { readSeries } from "./series.js";
import type { Forecaster } from "./types.js";

/**
 * Croston's method for intermittent demand (1972): exponential smoothing of the sizes of demands and of the intervals between them, both with alpha 0.1; the
 * forecast is size over interval. Intervals and paths are those of a demand of such a size with such a probability in each step, never negative.
 *
 * Missing values are left out; a series with negative values gets the naive model, and `notes` says so.
 *
 * @example
 * ```ts
 * import { croston } from "@sage-twin/forecasters";
 *
 * const spares = [0, 0, 3, 0, 0, 0, 4, 0, 0, 2, 0, 3];
 * croston().fit(spares).forecast(1).mean[0].toFixed(3); // => "1.003"
 * ```
 */
export function croston(): Forecaster {
  return {
    name: "croston",
    seasonLength: 1,
    fit: (values, options) => fitDemand(readSeries(values, options), "croston"),
  };
}

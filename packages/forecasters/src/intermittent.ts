import { classifyDemand } from "./classify-demand.js";
import { fitDemand } from "./fit-demand.js";
import { readSeries } from "./series.js";
import type { Forecaster } from "./types.js";

/**
 * The model that suits the kind of a demand: `croston` where it is smooth, `sba` where it is erratic, intermittent or lumpy (Syntetos, Boylan and Croston
 * 2005). `description` names the kind with its figures.
 *
 * @example
 * ```ts
 * import { intermittent } from "@sage-twin/forecasters";
 *
 * const spares = [0, 0, 3, 0, 0, 0, 4, 0, 0, 2, 0, 3];
 * intermittent().fit(spares).name; // => "sba"
 * ```
 */
export function intermittent(): Forecaster {
  return {
    name: "intermittent",
    seasonLength: 1,
    fit(values, options) {
      const series = readSeries(values, options);
      if (series.values.some((value) => value < 0)) return fitDemand(series, "croston");
      const { kind, averageInterval, squaredVariation } = classifyDemand(series.values);
      const why = `${kind} demand (an interval of ${averageInterval.toFixed(2)}, a squared variation of ${squaredVariation.toFixed(2)}): `;
      return fitDemand(series, kind === "smooth" || kind === "none" ? "croston" : "sba", { why });
    },
  };
}

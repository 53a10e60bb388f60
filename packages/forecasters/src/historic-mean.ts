import { lineKind } from "./drift.js";
import { lineProcess } from "./line-process.js";
import { fitNaive } from "./naive.js";
import { padded, readSeries, type Series } from "./series.js";
import type { FittedForecaster, Forecaster } from "./types.js";

/**
 * The mean of all values; the variance of every step is s^2 (1 + 1 / n), that of a value about its estimated mean.
 * A single value gets the naive model, with a note.
 *
 * @example
 * ```ts
 * import { historicMean } from "@sage-twin/forecasters";
 *
 * historicMean().fit([3, 5, 4]).forecast(2).mean[1]; // => 4
 * ```
 */
export function historicMean(): Forecaster {
  return {
    name: "historicMean",
    seasonLength: 1,
    fit: (values, options) => fitHistoricMean(readSeries(values, options)),
  };
}

function fitHistoricMean(series: Series): FittedForecaster {
  const { values, observed, leading, notes } = series;
  if (observed < 2) return fitNaive(series, "a mean needs 2 values: naive instead");
  const known = values.filter((value) => !Number.isNaN(value));
  const mean = known.reduce((sum, value) => sum + value, 0) / observed;
  const squares = known.reduce((sum, value) => sum + (value - mean) * (value - mean), 0);
  const start = { name: "historicMean", rule: "mean", slope: 0, age: 0, recent: [] } as const;
  const variance = [(squares / (observed - 1)) * (1 + 1 / observed), 0, 0];
  const { residuals } = lineProcess({ ...start, level: values[0], seen: 1, variance }).filter(values.subarray(1));
  return lineKind.publish({ ...start, level: mean, seen: observed, variance }, padded(residuals, leading + 1), notes);
}

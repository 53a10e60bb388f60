import { lineKind } from "./drift.js";
import { lineProcess } from "./line-process.js";
import { fitNaive } from "./naive.js";
import { padded, readSeries, type Series } from "./series.js";
import type { FittedForecaster, Forecaster } from "./types.js";

/**
 * The least-squares line over time, with the prediction variance of regression: s^2 (1 + 1 / n + (t - mean t)^2 / sum of (t - mean t)^2).
 * A series of fewer than 3 values gets the naive model, with a note.
 *
 * @example
 * ```ts
 * import { linearTrend } from "@sage-twin/forecasters";
 *
 * const out = linearTrend().fit([1, 3, 5, 7]).forecast(2);
 * [...out.mean]; // => [9, 11]
 * ```
 */
export function linearTrend(): Forecaster {
  return {
    name: "linearTrend",
    seasonLength: 1,
    fit: (values, options) => fitLinearTrend(readSeries(values, options)),
  };
}

function fitLinearTrend(series: Series): FittedForecaster {
  const { values, observed, leading, notes } = series;
  if (observed < 3) return fitNaive(series, `a line needs 3 values: naive instead for ${observed}`);
  let time = 0;
  let level = 0;
  values.forEach((value, t) => {
    if (Number.isNaN(value)) return;
    time += t / observed;
    level += value / observed;
  });
  let spread = 0;
  let shared = 0;
  values.forEach((value, t) => {
    if (Number.isNaN(value)) return;
    spread += (t - time) * (t - time);
    shared += (t - time) * (value - level);
  });
  const slope = shared / spread;
  const before = { name: "linearTrend", rule: "fixed", slope, seen: 0, recent: [] } as const;
  const { residuals } = lineProcess({
    ...before,
    level: level - slope * (time + 1),
    age: 0,
    variance: [0, 0, 0],
  }).filter(values);
  const squares = residuals.reduce((sum, error) => sum + (Number.isNaN(error) ? 0 : error * error), 0);
  const s2 = squares / (observed - 2);
  const last = values.length - 1;
  const away = last - time;
  const variance = [s2 * (1 + 1 / observed + (away * away) / spread), (2 * s2 * away) / spread, s2 / spread];
  const state = { ...before, level: level + slope * away, age: 0, variance };
  return lineKind.publish(state, padded(residuals, leading), notes);
}

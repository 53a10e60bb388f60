import { type FittedKind, fittedKind } from "./fitted.js";
import { type LineState, lineProcess, lineShape } from "./line-process.js";
import { fitNaive } from "./naive.js";
import { padded, readSeries, type Series } from "./series.js";
import type { FittedForecaster, Forecaster } from "./types.js";

export const lineKind: FittedKind<LineState> = /* @__PURE__ */ fittedKind("forecaster/line", lineShape, lineProcess);

/**
 * The line from the first value to the last, continued: a random walk with the mean difference as drift. The variance h steps ahead is
 * sigma^2 h (1 + h / (n - 1)), that of the walk and of its estimated drift (Hyndman and Athanasopoulos 2021, section 5.5).
 * A series of fewer than 3 values gets the naive model, with a note.
 *
 * @example
 * ```ts
 * import { drift } from "@sage-twin/forecasters";
 *
 * const out = drift().fit([3, 5, 4, 9]).forecast(2);
 * [...out.mean]; // => [11, 13]
 * ```
 */
export function drift(): Forecaster {
  return { name: "drift", seasonLength: 1, fit: (values, options) => fitDrift(readSeries(values, options)) };
}

function fitDrift(series: Series): FittedForecaster {
  const { values, observed, leading, notes } = series;
  if (observed < 3) return fitNaive(series, `a drift needs 3 values: naive instead for ${observed}`);
  const last = values.findLastIndex((value) => !Number.isNaN(value));
  const slope = (values[last] - values[0]) / last;
  const start: LineState = {
    name: "drift",
    rule: "last",
    level: values[0],
    slope,
    age: 0,
    seen: 0,
    recent: [],
    variance: [0, 0, 0],
  };
  let squares = 0;
  let before = 0;
  for (let t = 1; t <= last; t++) {
    if (Number.isNaN(values[t])) continue;
    const error = values[t] - values[before] - slope * (t - before);
    squares += (error * error) / (t - before);
    before = t;
  }
  const variance = squares / Math.max(1, observed - 2);
  const { state, residuals } = lineProcess({ ...start, variance: [0, variance, variance / last] }).filter(
    values.subarray(1),
  );
  return lineKind.publish(state, padded(residuals, leading + 1), notes);
}

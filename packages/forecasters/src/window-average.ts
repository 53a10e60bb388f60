import { checkOptions, checkWhole } from "./checks.js";
import { lineKind } from "./drift.js";
import { lineProcess } from "./line-process.js";
import { fitNaive } from "./naive.js";
import { padded, readSeries, type Series } from "./series.js";
import type { FittedForecaster, Forecaster } from "./types.js";

/**
 * The mean of the last `window` observed values, at every step; the spread is that of the one-step errors of such means over the series.
 * A series without a value after its first window gets the naive model, with a note.
 *
 * @example
 * ```ts
 * import { windowAverage } from "@sage-twin/forecasters";
 *
 * windowAverage({ window: 2 }).fit([3, 5, 4, 8]).forecast(1).mean[0]; // => 6
 * ```
 */
export function windowAverage(options: { readonly window: number }): Forecaster {
  const window = checkWhole(checkOptions(options).window, "window");
  return {
    name: "windowAverage",
    seasonLength: 1,
    fit: (values, fitOptions) => fitWindowAverage(readSeries(values, fitOptions), window),
  };
}

function fitWindowAverage(series: Series, window: number): FittedForecaster {
  const { values, observed, leading, notes } = series;
  if (observed <= window)
    return fitNaive(series, `${observed} values hold no window of ${window} and one after it: naive instead`);
  let end = 0;
  for (let seen = 0; seen < window; end++) if (!Number.isNaN(values[end])) seen++;
  const recent = Array.from(values.subarray(0, end)).filter((value) => !Number.isNaN(value));
  const start = {
    name: "windowAverage",
    rule: "window",
    level: recent.reduce((sum, value) => sum + value, 0) / window,
    slope: 0,
    age: 0,
    seen: 0,
    recent,
    variance: [0, 0, 0],
  } as const;
  const { state, residuals } = lineProcess(start).filter(values.subarray(end));
  const squares = residuals.reduce((sum, error) => sum + (Number.isNaN(error) ? 0 : error * error), 0);
  return lineKind.publish(
    { ...state, variance: [squares / (observed - window), 0, 0] },
    padded(residuals, leading + end),
    notes,
  );
}

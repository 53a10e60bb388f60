import { type FittedKind, fittedKind } from "./fitted.js";
import { fitRepeat, type RepeatState, repeatProcess, repeatShape } from "./repeat.js";
import { padded, readSeries, type Series } from "./series.js";
import type { FittedForecaster, Forecaster } from "./types.js";

export const naiveKind: FittedKind<RepeatState> = /* @__PURE__ */ fittedKind("forecaster/naive", repeatShape, (state) =>
  repeatProcess("naive", state),
);

/**
 * The last value, forever; the spread grows with the square root of the horizon (a random walk).
 * Missing values at the end widen it as the steps they are. With a single value the spread is unknown and shown as zero.
 *
 * @example
 * ```ts
 * import { naive } from "@sage-twin/forecasters";
 *
 * const out = naive().fit([3, 5, 4]).forecast(2);
 * [...out.mean]; // => [4, 4]
 * ```
 */
export function naive(): Forecaster {
  return {
    name: "naive",
    seasonLength: 1,
    fit: (values, options) => fitNaive(readSeries(values, options)),
  };
}

/** The naive model of a series; `reason` says why it stands in for another. */
export function fitNaive(series: Series, ...reason: readonly string[]): FittedForecaster {
  const { residuals, pairs, ...state } = fitRepeat(series.values, 1);
  const spread = pairs > 0 ? [] : ["one value shows no spread: the intervals have zero width"];
  return naiveKind.publish(state, padded(residuals, series.leading), [...series.notes, ...reason, ...spread]);
}

import { checkOptions, checkWhole } from "./checks.js";
import { type FittedKind, fittedKind } from "./fitted.js";
import { fitNaive } from "./naive.js";
import { fitRepeat, type RepeatState, repeatProcess, repeatShape } from "./repeat.js";
import { padded, readSeries, type Series } from "./series.js";
import type { FittedForecaster, Forecaster } from "./types.js";

export const seasonalNaiveKind: FittedKind<RepeatState> = /* @__PURE__ */ fittedKind(
  "forecaster/seasonalNaive",
  repeatShape,
  (state) => repeatProcess("seasonalNaive", state),
);

/**
 * The value one season before; the spread grows with the square root of the number of seasons ahead.
 * A series without two values one season apart gets the naive model, with a note.
 *
 * @example
 * ```ts
 * import { seasonalNaive } from "@sage-twin/forecasters";
 *
 * const out = seasonalNaive({ seasonLength: 2 }).fit([1, 10, 3, 12]).forecast(3);
 * [...out.mean]; // => [3, 12, 3]
 * ```
 */
export function seasonalNaive(options: { readonly seasonLength: number }): Forecaster {
  const seasonLength = checkWhole(checkOptions(options).seasonLength, "seasonLength");
  return {
    name: "seasonalNaive",
    seasonLength,
    fit: (values, fitOptions) => fitSeasonalNaive(readSeries(values, fitOptions), seasonLength),
  };
}

export function fitSeasonalNaive(series: Series, seasonLength: number): FittedForecaster {
  const { values, leading, notes } = series;
  const fit = values.length > seasonLength ? fitRepeat(values, seasonLength) : undefined;
  if (fit === undefined || fit.pairs === 0)
    return fitNaive(series, `no two values stand one season of ${seasonLength} apart: naive instead`);
  const { residuals, pairs: _, ...state } = fit;
  return seasonalNaiveKind.publish(state, padded(residuals, leading), notes);
}

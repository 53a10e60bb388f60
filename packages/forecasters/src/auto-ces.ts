import { describeValue, log } from "@sage-twin/kernel";
import { type CesForm, cesForms } from "./ces-kernel.js";
import { type CesState, cesProcess, cesShape } from "./ces-process.js";
import { checkSeasonLength, refuse } from "./checks.js";
import { type CesFit, fitCes } from "./fit-ces.js";
import { type FittedKind, fittedKind } from "./fitted.js";
import { inSampleWidening } from "./in-sample-widening.js";
import { fitNaive } from "./naive.js";
import { powerOfTwoScale } from "./scale.js";
import { padded, readSeries, type Series } from "./series.js";
import type { FittedForecaster, Forecaster } from "./types.js";

export const cesKind: FittedKind<CesState> = /* @__PURE__ */ fittedKind("forecaster/ces", cesShape, cesProcess);

const longestEstimation = 2_000;

/** What `autoCes` may be told. */
export interface AutoCesOptions {
  /** Values in one season, such as 12 for months. Default: 1, no season. */
  readonly seasonLength?: number;
  /** Fit this form only. Default: the form with the smallest corrected information criterion (AICc). */
  readonly form?: CesForm;
}

/**
 * Complex exponential smoothing (Svetunkov, Kourentzes and Ord 2022): level and trend are the two parts of one complex number, so that no form of
 * trend need be chosen; four forms of season, the best by AICc. Smoothing by least squares, initial states by backcasting;
 * the imaginary part of alpha stays between 0.99 and 1 + 0.2 / season, so that the level does not fade to zero and no trend runs away. Intervals are
 * Gaussian (the model is linear), widened step by step by what its errors were beside them within the series.
 *
 * A seasonal form needs two seasons. Series of fewer than 5 values and constant ones get the naive model; beyond 2,000 values (or 6 seasons) the model is
 * estimated on the last ones. `notes` says so. Throws a `TwinError` for a season length or a form that is none.
 *
 * @example
 * ```ts
 * import { autoCes } from "@sage-twin/forecasters";
 *
 * const quarters = [52, 71, 88, 60, 55, 76, 93, 66, 61, 80, 99, 68, 63, 86, 106, 74, 70, 91, 112, 79];
 * const fitted = autoCes({ seasonLength: 4 }).fit(quarters);
 * fitted.name; // => "ces(full)"
 * fitted.forecast(4).mean.length; // => 4
 * ```
 */
export function autoCes(options: AutoCesOptions = {}): Forecaster {
  const seasonLength = checkSeasonLength(options);
  const { form } = options;
  if (form !== undefined && !cesForms.includes(form))
    refuse(["form"], `${describeValue(form)} is no form of CES`, `give one of ${cesForms.join(", ")}`, "unknown-name");
  return {
    name: "autoCes",
    seasonLength,
    fit: (values, fitOptions) => fitAutoCes(readSeries(values, fitOptions), seasonLength, form),
  };
}

/** Fits the forms (default: all) and keeps the best. */
export function fitAutoCes(series: Series, seasonLength: number, form?: CesForm): FittedForecaster {
  const notes = [...series.notes];
  const window = Math.max(longestEstimation, 6 * seasonLength);
  const skipped = Math.max(0, series.values.length - window);
  const values = series.values.subarray(skipped);
  if (skipped > 0) notes.push(`parameters are estimated on the last ${window} values`);
  const scale = powerOfTwoScale(values);
  const scaled = values.map((value) => value / scale);
  const known = scaled.filter((value) => !Number.isNaN(value));
  if (known.every((value) => value === known[0]))
    return fitNaive(series, "the series is constant: naive instead of CES");
  let best: CesFit | undefined;
  for (const candidate of form === undefined ? cesForms : [form]) {
    const fit = fitCes(candidate, scaled, known.length, seasonLength);
    if (fit !== undefined && (best === undefined || fit.aicc < best.aicc)) best = fit;
  }
  if (best === undefined)
    return fitNaive(
      series,
      `${form === undefined ? "CES" : `ces(${form})`} does not suit ${known.length} values: naive instead`,
    );

  // The states before the first value, filtered through the series.
  const { states, aicc, ...fit } = best;
  const beginning: CesState = {
    ...fit,
    scale,
    level: [...states.level],
    imaginaryLevel: [...states.imaginaryLevel],
    season: [...states.season],
    imaginarySeason: [...states.imaginarySeason],
    aicc: aicc + 2 * known.length * log(scale),
    widening: [],
  };
  const { state, residuals } = cesProcess(beginning).filter(values);
  let at = 0;
  let process = cesProcess(beginning);
  const widening = inSampleWidening(values, (origin) => {
    process = cesProcess(process.filter(values.subarray(at, origin)).state);
    at = origin;
    return process;
  });
  return cesKind.publish({ ...state, widening }, padded(residuals, series.leading + skipped), notes, {
    state: beginning,
    skipped: series.leading + skipped,
  });
}

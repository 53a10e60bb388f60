import { log } from "@sage-twin/kernel";
import { checkSeasonLength } from "./checks.js";
import { type EtsFit, fitEts } from "./ets-fit.js";
import { additiveForms, checkForm, type EtsForm, partsOf, searchedForms } from "./ets-form.js";
import { type EtsState, etsProcess, etsShape } from "./ets-process.js";
import { type FittedKind, fittedKind } from "./fitted.js";
import { inSampleWidening } from "./in-sample-widening.js";
import { fitNaive } from "./naive.js";
import { powerOfTwoScale } from "./scale.js";
import { padded, readSeries, type Series } from "./series.js";
import type { FittedForecaster, Forecaster } from "./types.js";

export const etsKind: FittedKind<EtsState> = /* @__PURE__ */ fittedKind("forecaster/ets", etsShape, etsProcess);

const longestEstimation = 2_000;

/** What `autoEts` may be told. */
export interface AutoEtsOptions {
  /** Values in one season, such as 12 for months. Default: 1, no season. */
  readonly seasonLength?: number;
  /** Fit this form only, such as `"AAdM"`. Default: the form with the smallest corrected information criterion (AICc). */
  readonly form?: EtsForm;
}

/**
 * Exponential smoothing in its state-space forms, chosen by AICc among the 15 with no or an additive trend, damped or not; parameters
 * and initial states by maximum likelihood with a weak prior for smooth states (Hyndman, Koehler, Ord and Snyder 2008). Multiplicative forms need positive values.
 * Intervals are those of the model, simulated for multiplicative errors, and widened by its own past errors.
 *
 * Series of fewer than 5 values and constant ones get the naive model; beyond 2,000 values (or 6 seasons) the parameters are
 * estimated on the last ones. `notes` says so.
 *
 * @example
 * ```ts
 * import { autoEts } from "@sage-twin/forecasters";
 *
 * const sales = [12, 15, 14, 17, 18, 17, 20, 22, 21, 24, 25, 24];
 * const fitted = autoEts().fit(sales);
 * fitted.name; // => "ets(A,A,N)"
 * fitted.forecast(2, { levels: [80] }).mean.length; // => 2
 * ```
 */
export function autoEts(options: AutoEtsOptions = {}): Forecaster {
  const seasonLength = checkSeasonLength(options);
  const forms = options.form === undefined ? undefined : [checkForm(options.form)];
  return {
    name: "autoEts",
    seasonLength,
    fit: (values, fitOptions) =>
      fitAutoEts(readSeries(values, fitOptions), seasonLength, forms, undefined, true).fitted,
  };
}

/** What a refit on a longer series starts from. */
export interface EtsFitted {
  readonly fitted: FittedForecaster;
  /** Absent where a simpler model stands in. */
  readonly fit?: EtsFit & { readonly scale: number };
}

/** Fits the forms (default: all that the search tries) and keeps the best; `warm` is the same form's fit to the series' beginning. */
export function fitAutoEts(
  series: Series,
  seasonLength: number,
  forms?: readonly EtsForm[],
  warm?: EtsFitted["fit"],
  widen = false,
): EtsFitted {
  const notes = [...series.notes];
  const window = Math.max(longestEstimation, 6 * seasonLength);
  const skipped = Math.max(0, series.values.length - window);
  const values = series.values.subarray(skipped);
  if (skipped > 0) notes.push(`parameters are estimated on the last ${window} values`);
  const scale = powerOfTwoScale(values);
  const scaled = values.map((value) => value / scale);
  let observed = 0;
  let smallest = Number.POSITIVE_INFINITY;
  let largest = Number.NEGATIVE_INFINITY;
  for (const value of scaled) {
    if (Number.isNaN(value)) continue;
    observed++;
    smallest = Math.min(smallest, value);
    largest = Math.max(largest, value);
  }
  if (!(largest > smallest)) return { fitted: fitNaive(series, "the series is constant: naive instead of ETS") };

  const start = warm && { ...warm, initial: rescaled(warm, warm.scale / scale) };
  const candidates = forms ?? (smallest > 0 ? searchedForms : additiveForms);
  let best: EtsFit | undefined;
  for (const form of candidates) {
    const parts = partsOf(form);
    if (parts.seasonal && (seasonLength === 1 || values.length <= seasonLength)) continue;
    if (parts.multiplicativeError && !(smallest > 0)) continue;
    const fit = fitEts(form, scaled, observed, seasonLength, start);
    if (fit !== undefined && (best === undefined || fit.criterion < best.criterion)) best = fit;
  }
  if (best === undefined) {
    const why = `${candidates.length === 1 ? candidates[0] : "ETS"} does not suit ${observed} values`;
    return { fitted: fitNaive(series, `${why}: naive instead`) };
  }

  // The state before the first value, filtered through the series.
  const { form, smoothing, initial, sigma } = best;
  const aicc = best.aicc + 2 * observed * log(scale);
  const before = { form, smoothing, scale, level: initial[0], trend: initial[1], seasons: [...initial.subarray(2)] };
  const beginning: EtsState = { ...before, sigma, aicc, widening: [] };
  const { state, residuals } = etsProcess(beginning).filter(values);
  const widening = widen ? widenEts(beginning, values) : [];
  return {
    fitted: etsKind.publish({ ...state, widening }, padded(residuals, series.leading + skipped), notes, {
      state: beginning,
      skipped: series.leading + skipped,
    }),
    fit: { ...best, scale },
  };
}

function widenEts(start: EtsState, values: Float64Array): number[] {
  let at = 0;
  let process = etsProcess(start);
  return inSampleWidening(values, (origin) => {
    process = etsProcess(process.filter(values.subarray(at, origin)).state);
    at = origin;
    return process;
  });
}

/** Initial states in another unit; ratios stay. */
function rescaled({ form, initial }: EtsFit, factor: number): Float64Array {
  const { multiplicativeTrend, multiplicativeSeason } = partsOf(form);
  return initial.map((value, index) =>
    (index === 1 && multiplicativeTrend) || (index > 1 && multiplicativeSeason) ? value : value * factor,
  );
}

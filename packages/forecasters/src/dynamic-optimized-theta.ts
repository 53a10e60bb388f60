import { minimiseSquares } from "@sage-twin/numerics";
import { checkWhole } from "./checks.js";
import { type FittedKind, fittedKind } from "./fitted.js";
import { interpolate } from "./interpolate.js";
import { fitNaive } from "./naive.js";
import { powerOfTwoScale } from "./scale.js";
import { detectSeasonality } from "./seasonality.js";
import { padded, readSeries, type Series } from "./series.js";
import { filterTheta, thetaStart } from "./theta-kernel.js";
import { type ThetaState, thetaProcess, thetaShape } from "./theta-process.js";
import type { FittedForecaster, Forecaster } from "./types.js";

export const thetaKind: FittedKind<ThetaState> = /* @__PURE__ */ fittedKind(
  "forecaster/dynamicOptimizedTheta",
  thetaShape,
  thetaProcess,
);

const fewest = 7;
/** The errors of the first steps, where the slope is not settled, do not count. */
const settling = 3;
const starts = [0.1, 0.3, 0.5, 0.9].flatMap((alpha) => [0.3, 0.5, 0.8].map((weight) => [alpha, weight] as const));

/**
 * The dynamic optimised theta model: simple exponential smoothing plus a share of the line through all values so far, its three
 * parameters by least squares; a season that the autocorrelation shows is taken off first, as classical multiplicative indices where all
 * values are positive (Fiorucci, Pellegrini, Louzada, Petropoulos and Koehler 2016). Intervals are exact for its linear recursion.
 *
 * Series of fewer than 7 values and constant ones get the naive model, and `notes` says so.
 *
 * @example
 * ```ts
 * import { dynamicOptimizedTheta } from "@sage-twin/forecasters";
 *
 * const sales = [12, 15, 14, 17, 18, 17, 20, 22, 21, 24, 25, 24];
 * const out = dynamicOptimizedTheta().fit(sales).forecast(3);
 * out.mean[2] > out.mean[0]; // => true
 * ```
 */
export function dynamicOptimizedTheta(options: { readonly seasonLength?: number } = {}): Forecaster {
  const seasonLength = checkWhole(options.seasonLength ?? 1, "seasonLength");
  return {
    name: "dynamicOptimizedTheta",
    seasonLength,
    fit: (values, fitOptions) => fitTheta(readSeries(values, fitOptions), seasonLength),
  };
}

export function fitTheta(series: Series, seasonLength: number): FittedForecaster {
  const { values, leading, observed, notes } = series;
  if (observed < fewest)
    return fitNaive(series, `the theta model needs ${fewest} values: naive instead for ${observed}`);
  const scale = powerOfTwoScale(values);
  const scaled = values.map((value) => value / scale);
  const filled = interpolate(scaled);
  if (filled.every((value) => value === filled[0]))
    return fitNaive(series, "the series is constant: naive instead of theta");

  const { multiplicative, indices } = detectSeasonality(filled, seasonLength);
  const length = indices.length;
  const adjusted =
    length === 0
      ? scaled
      : scaled.map((value, t) => (multiplicative ? value / indices[t % length] : value - indices[t % length]));

  const from = values.length > 2 * settling ? settling : 1;
  const parameters = { alpha: 0, weight: 0 };
  const problem = {
    lower: Float64Array.of(Number.NEGATIVE_INFINITY, 0.1, 0),
    upper: Float64Array.of(Number.POSITIVE_INFINITY, 0.99, 1 - 1e-10),
    residualCount: values.length,
    evaluate([level, alpha, weight]: Float64Array, errors: Float64Array): number {
      parameters.alpha = alpha;
      parameters.weight = weight;
      filterTheta(parameters, thetaStart(alpha, level, adjusted[0]), adjusted, 1, errors);
      errors.fill(0, 0, from);
      let squares = 0;
      for (let t = from; t < errors.length; t++) squares += errors[t] * errors[t];
      return squares;
    },
  };
  const errors = new Float64Array(values.length);
  const candidates = starts.map(([alpha, weight]) => Float64Array.of(adjusted[0], alpha, weight));
  const sums = new Map(candidates.map((point) => [point, problem.evaluate(point, errors)]));
  candidates.sort((a, b) => (sums.get(a) as number) - (sums.get(b) as number));
  const { parameters: best, squares } = candidates
    .slice(0, 2)
    .map((point) => minimiseSquares(problem, point))
    .reduce((a, b) => (b.squares < a.squares ? b : a));

  const [level, alpha, weight] = best;
  const rest = length === 0 ? [] : Array.from(indices, (_, i) => indices[(i + 1) % length]);
  const { state, residuals } = thetaProcess({
    parameters: { alpha, weight },
    position: thetaStart(alpha, level, adjusted[0]),
    scale,
    sigma: Math.sqrt(squares / Math.max(1, observed - from - 3)),
    multiplicative,
    indices: rest,
  }).filter(values.subarray(1));
  return thetaKind.publish(state, padded(residuals, leading + 1), notes);
}

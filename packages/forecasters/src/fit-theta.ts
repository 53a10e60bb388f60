import { minimiseSquares } from "@sage-twin/numerics";
import { type FittedKind, fittedKind } from "./fitted.js";
import { inSampleWidening } from "./in-sample-widening.js";
import { interpolate } from "./interpolate.js";
import { fitNaive } from "./naive.js";
import { powerOfTwoScale } from "./scale.js";
import { detectSeasonality } from "./seasonality.js";
import { padded, type Series } from "./series.js";
import { filterTheta, type ThetaPosition, thetaStart } from "./theta-kernel.js";
import { type ThetaName, type ThetaState, thetaProcess, thetaShape } from "./theta-process.js";
import type { FittedForecaster } from "./types.js";

export const thetaKind: FittedKind<ThetaState> = /* @__PURE__ */ fittedKind(
  "forecaster/theta",
  thetaShape,
  thetaProcess,
);

const fewest = 7;
/** The errors of the first steps, where the slope is not settled, do not count. */
const settling = 3;
/** Theta = 2, that of the M3 competition. */
const standardWeight = 0.5;
const starts = /* @__PURE__ */ [0.1, 0.3, 0.5, 0.9].flatMap((alpha) =>
  [0.3, 0.5, 0.8].map((weight) => [alpha, weight] as const),
);

/** Fits one model of the family to a series. */
export function fitTheta(
  series: Series,
  seasonLength: number,
  name: ThetaName = "dynamicOptimizedTheta",
  widen = true,
): FittedForecaster {
  const dynamic = name.startsWith("dynamic");
  const optimized = name.endsWith("ptimizedTheta");
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
  const line = dynamic ? undefined : lineThrough(interpolate(adjusted));
  const startAt = (alpha: number, level: number): ThetaPosition => {
    const start = thetaStart(alpha, level, adjusted[0]);
    return line === undefined ? start : { ...start, ...line };
  };
  const parameters = { alpha: 0, weight: 0, dynamic };
  const problem = {
    lower: Float64Array.of(Number.NEGATIVE_INFINITY, 0.1, optimized ? 0 : standardWeight),
    upper: Float64Array.of(Number.POSITIVE_INFINITY, 0.99, optimized ? 1 - 1e-10 : standardWeight),
    residualCount: values.length,
    evaluate([level, alpha, weight]: Float64Array, errors: Float64Array): number {
      parameters.alpha = alpha;
      parameters.weight = weight;
      filterTheta(parameters, startAt(alpha, level), adjusted, 1, errors);
      errors.fill(0, 0, from);
      let squares = 0;
      for (let t = from; t < errors.length; t++) squares += errors[t] * errors[t];
      return squares;
    },
  };
  const errors = new Float64Array(values.length);
  const candidates = starts
    .filter(([, weight]) => optimized || weight === standardWeight)
    .map(([alpha, weight]) => Float64Array.of(adjusted[0], alpha, weight));
  const sums = new Map(candidates.map((point) => [point, problem.evaluate(point, errors)]));
  candidates.sort((a, b) => (sums.get(a) as number) - (sums.get(b) as number));
  const { parameters: best, squares } = candidates
    .slice(0, 2)
    .map((point) => minimiseSquares(problem, point))
    .reduce((a, b) => (b.squares < a.squares ? b : a));

  const [level, alpha, weight] = best;
  const rest = length === 0 ? [] : Array.from(indices, (_, i) => indices[(i + 1) % length]);
  const beginning: ThetaState = {
    name,
    parameters: { alpha, weight, dynamic },
    position: startAt(alpha, level),
    scale,
    sigma: Math.sqrt(squares / Math.max(1, observed - from - (optimized ? 3 : 2))),
    multiplicative,
    indices: rest,
    widening: [],
  };
  const { state, residuals } = thetaProcess(beginning).filter(values.subarray(1));
  const widening = widen ? widenTheta(beginning, values.subarray(1)) : [];
  return thetaKind.publish({ ...state, widening }, padded(residuals, leading + 1), notes, {
    state: beginning,
    skipped: leading + 1,
  });
}

function widenTheta(beginning: ThetaState, values: Float64Array): number[] {
  let at = 0;
  let process = thetaProcess(beginning);
  return inSampleWidening(values, (origin) => {
    process = thetaProcess(process.filter(values.subarray(at, origin)).state);
    at = origin;
    return process;
  });
}

/** The least-squares line over t = 1, 2, ...: its intercept (as a position's `mean`) and slope. */
function lineThrough(values: Float64Array): Pick<ThetaPosition, "mean" | "slope"> {
  const length = values.length;
  const middle = (length + 1) / 2;
  let mean = 0;
  let shared = 0;
  for (let t = 1; t <= length; t++) {
    mean += values[t - 1] / length;
    shared += (t - middle) * values[t - 1];
  }
  const slope = (12 * shared) / (length * (length * length - 1));
  return { mean: mean - slope * middle, slope };
}

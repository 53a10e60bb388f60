import { log } from "@sage-twin/kernel";
import { type LeastSquaresResult, minimiseSquares } from "@sage-twin/numerics";
import { type CesForm, type CesSmoothing, type CesStates, coastCes, runCes } from "./ces-kernel.js";
import { interpolate } from "./interpolate.js";
import { seasonalIndices } from "./seasonal-indices.js";

/** One form fitted to a series; states are those before the first value. */
export interface CesFit {
  readonly form: CesForm;
  readonly smoothing: CesSmoothing;
  readonly states: CesStates;
  readonly sigma: number;
  readonly aicc: number;
}

/** An imaginary part of alpha below 1 lets forecasts fade to zero: the level has to stay. */
const lower = [0.01, 0.99, 0.01, 0.01];
const upper = [1.8, 1.9, 1.5, 1.5];
/** What the imaginary part of alpha may exceed 1 by, over a season: trends beyond that do not last. */
const growth = 0.2;
const smoothingStarts = /* @__PURE__ */ [0.6, 0.9, 1.3, 1.6].flatMap((real) =>
  [0.95, 1, 1.02].map((imaginary) => [real, imaginary]),
);

/** The smoothing of each form, and the states whose estimation the criterion counts: as R's and Python's implementations do, not the backcast seasons. */
const counts = { none: [2, 2], simple: [2, 2], partial: [3, 3], full: [4, 4] } as const;

/**
 * Fits one form by least squares: smoothing by Levenberg-Marquardt, the states before the first value by backcasting (a pass forward, one
 * backward and one forward again for each trial). The imaginary part of alpha lies between 0.99 and 1 + 0.2 / season, set on the M1 competition's series. `undefined` where the series is too short for the form.
 */
export function fitCes(
  form: CesForm,
  values: Float64Array,
  observed: number,
  seasonLength: number,
): CesFit | undefined {
  const [parameterCount, components] = counts[form];
  const count = components + 1;
  if (observed - count - 1 <= 0) return undefined;
  if (form !== "none" && (seasonLength < 2 || values.length < 2 * seasonLength)) return undefined;
  const start = firstStates(form, values, seasonLength);
  const states: CesStates = {
    level: start.level.slice(),
    imaginaryLevel: start.imaginaryLevel.slice(),
    season: start.season.slice(),
    imaginarySeason: start.imaginarySeason.slice(),
  };
  const smoothing: CesSmoothing = { alpha: 0, imaginaryAlpha: 0, beta: 0, imaginaryBeta: 0 };
  const n = values.length;
  const backcast = (parameters: Float64Array, errors: Float64Array): void => {
    smoothing.alpha = parameters[0];
    smoothing.imaginaryAlpha = parameters[1];
    if (parameterCount > 2) smoothing.beta = parameters[2];
    if (parameterCount > 3) smoothing.imaginaryBeta = parameters[3];
    states.level.set(start.level);
    states.imaginaryLevel.set(start.imaginaryLevel);
    states.season.set(start.season);
    states.imaginarySeason.set(start.imaginarySeason);
    runCes(form, smoothing, states, values, errors);
    coastCes(form, smoothing, states);
    runCes(form, smoothing, states, values, errors, true);
    coastCes(form, smoothing, states);
  };
  const evaluate = (parameters: Float64Array, errors: Float64Array): number => {
    backcast(parameters, errors);
    runCes(form, smoothing, states, values, errors);
    let squares = 0;
    for (let t = 0; t < n; t++) squares += errors[t] * errors[t];
    return squares;
  };
  const problem = {
    lower: Float64Array.from(lower.slice(0, parameterCount)),
    upper: Float64Array.from(upper.slice(0, parameterCount), (bound, index) =>
      index === 1 && form !== "simple" ? Math.min(bound, 1 + growth / seasonLength) : bound,
    ),
    residualCount: n,
    evaluate,
  };
  const errors = new Float64Array(n);
  const seasonalStarts =
    form === "full"
      ? [
          [1.3, 1],
          [0.5, 1],
        ]
      : form === "partial"
        ? [[0.1], [0.5]]
        : [[]];
  const candidates = smoothingStarts
    .flatMap((level) => seasonalStarts.map((season) => Float64Array.of(...level, ...season)))
    .map((point) => ({ point, squares: evaluate(point, errors) }))
    .filter(({ squares }) => Number.isFinite(squares))
    .sort((a, b) => a.squares - b.squares);
  let best: LeastSquaresResult | undefined;
  for (const { point } of candidates.slice(0, 3)) {
    const found = minimiseSquares(problem, point);
    if (best === undefined || found.squares < best.squares) best = found;
  }
  if (best === undefined) return undefined;
  backcast(best.parameters, errors);
  // What backcasting takes from the series as any estimate would, so that the errors ahead are larger than those within.
  const backcastStates = 2 * states.level.length + states.season.length;
  const squares = Math.max(best.squares, 1e-28 * observed);
  return {
    form,
    smoothing,
    states,
    sigma: Math.sqrt(best.squares / Math.max(observed / 2, observed - parameterCount - backcastStates)),
    aicc: observed * log(squares) + 2 * count + (2 * count * (count + 1)) / (observed - count - 1),
  };
}

/** Where the first pass starts: means and classical seasonal indices. */
function firstStates(form: CesForm, observed: Float64Array, seasonLength: number): CesStates {
  const values = interpolate(observed);
  const meanOf = (length: number): number => values.subarray(0, length).reduce((sum, value) => sum + value / length, 0);
  const seasonal = form === "partial" || form === "full";
  const level =
    form === "simple"
      ? values.slice(0, seasonLength)
      : Float64Array.of(meanOf(seasonal ? seasonLength : Math.min(values.length, Math.max(10, seasonLength))));
  const season = seasonal ? seasonalIndices(values, seasonLength, false) : new Float64Array(0);
  return {
    level,
    imaginaryLevel: level.map((value) => value / 1.1),
    season,
    imaginarySeason: season.map((value) => value / 1.1),
  };
}

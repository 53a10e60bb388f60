import { exp, log } from "@sage-twin/kernel";
import { type LeastSquaresResult, minimiseSquares } from "@sage-twin/numerics";
import { type EtsForm, type EtsParts, partsOf } from "./ets-form.js";
import { filterEts, type Smoothing } from "./ets-kernel.js";
import { interpolate } from "./interpolate.js";
import { seasonalIndices } from "./seasonal-indices.js";

/** One form fitted to scaled values. */
export interface EtsFit {
  readonly form: EtsForm;
  readonly smoothing: Smoothing;
  /** [level, trend, seasons ...] before the first value. */
  readonly initial: Float64Array;
  /** The standard deviation of the innovations (relative where the error is multiplicative), corrected for the number of parameters. */
  readonly sigma: number;
  /** n log(sum of squares) + 2 log forecasts + 2 k + 2 k (k + 1) / (n - k - 1), with k counting the variance. */
  readonly aicc: number;
  /** AICc plus the penalty: what forms are compared on. */
  readonly criterion: number;
}

const mostFreeSeasons = 60;
const phiBounds = [0.8, 0.98] as const;

/** How many parameters a form has: smoothing, initial states and the variance. */
function parameterCount(parts: EtsParts, seasonLength: number): number {
  return 3 + (parts.hasTrend ? 2 : 0) + (parts.damped ? 1 : 0) + (parts.seasonal ? seasonLength : 0);
}

/**
 * Penalised maximum likelihood of one form, initial states included. To -2 log likelihood a weak prior for smooth states adds
 * 2 alpha + 8 (1 - 1 / seasonLength) beta / alpha: it settles flat and two-peaked likelihoods, and lowered the out-of-sample errors
 * on the M1 competition's series. The likelihood is a sum of squares: n log(sum e^2) for additive errors, and
 * for multiplicative ones n log(sum e^2) + 2 sum log f = n log(sum (e g)^2) with g the geometric mean of the forecasts f.
 *
 * Parameters: alpha, beta / alpha, gamma / (1 - alpha), phi, level, trend, seasons but the last (they sum to 0, or to their number).
 * So the usual region 0 < beta < alpha, 0 < gamma < 1 - alpha is a box. Seasons longer than 60 keep their starting indices.
 */
export function fitEts(
  form: EtsForm,
  values: Float64Array,
  observed: number,
  seasonLength: number,
  warm?: EtsFit,
): EtsFit | undefined {
  const parts = partsOf(form);
  const season = parts.seasonal ? seasonLength : 0;
  const count = parameterCount(parts, seasonLength);
  if (observed - count - 1 <= 0) return undefined;
  const initial = warm?.initial ?? startingState(parts, values, season);

  // Where each parameter stands.
  const beta = 1;
  const gamma = parts.hasTrend ? 2 : 1;
  const phi = gamma + (parts.seasonal ? 1 : 0);
  const level = phi + (parts.damped ? 1 : 0);
  const seasons = level + (parts.hasTrend ? 2 : 1);
  const freeSeasons = season > 0 && season <= mostFreeSeasons ? season - 1 : 0;

  const lower = new Float64Array(seasons + freeSeasons).fill(Number.NEGATIVE_INFINITY);
  const upper = lower.map((value) => -value);
  lower.fill(0, 0, level)[0] = 1e-4;
  upper.fill(1, 0, level)[0] = 0.9999;
  if (parts.damped) [lower[phi], upper[phi]] = phiBounds;

  const smoothing = { alpha: 0, beta: 0, gamma: 0, phi: 1 };
  const state = new Float64Array(2 + season);
  const unpack = (parameters: Float64Array): void => {
    smoothing.alpha = parameters[0];
    if (parts.hasTrend) smoothing.beta = parameters[0] * parameters[beta];
    if (parts.seasonal) smoothing.gamma = (1 - parameters[0]) * parameters[gamma];
    if (parts.damped) smoothing.phi = parameters[phi];
    state.set(initial);
    state[0] = parameters[level];
    if (parts.hasTrend) state[1] = parameters[level + 1];
    if (freeSeasons > 0) {
      let rest = parts.multiplicativeSeason ? season : 0;
      for (let i = 0; i < freeSeasons; i++) rest -= state[2 + i] = parameters[seasons + i];
      state[1 + season] = rest;
    }
  };
  const roughness = (parameters: Float64Array): number =>
    2 * parameters[0] + (parts.hasTrend ? 8 * (1 - 1 / seasonLength) * parameters[beta] : 0);
  const evaluate = (parameters: Float64Array, errors: Float64Array): number => {
    unpack(parameters);
    const logarithms = filterEts(parts, smoothing, state, values, errors);
    const penalty = roughness(parameters);
    const factor = exp(penalty / (2 * observed)) * (parts.multiplicativeError ? exp(logarithms / observed) : 1);
    let squares = 0 * logarithms; // NaN where the filter left the allowed region
    for (let t = 0; t < errors.length; t++) {
      errors[t] *= factor;
      squares += errors[t] * errors[t];
    }
    return squares;
  };

  const start = new Float64Array(lower.length);
  start[level] = initial[0];
  if (parts.hasTrend) start[level + 1] = initial[1];
  for (let i = 0; i < freeSeasons; i++) start[seasons + i] = initial[2 + i];
  const errors = new Float64Array(values.length);
  const problem = { lower, upper, residualCount: values.length, evaluate };
  let best: LeastSquaresResult | undefined;
  // One search from the best of each group of starting points: the likelihood can have a peak for a steady and one for a changing season.
  for (const group of warm === undefined ? startGroups(parts) : [[warmStart(warm.smoothing)]]) {
    let least = Number.POSITIVE_INFINITY;
    let from: Float64Array | undefined;
    for (const [alpha, betaShare, gammaShare, damping] of group) {
      start[0] = alpha;
      if (parts.hasTrend) start[beta] = betaShare;
      if (parts.seasonal) start[gamma] = gammaShare;
      if (parts.damped) start[phi] = damping;
      const squares = evaluate(start, errors);
      if (!(squares < least)) continue;
      least = squares;
      from = start.slice();
    }
    if (from === undefined) continue;
    const found = minimiseSquares(problem, from);
    if (best === undefined || found.squares < best.squares) best = found;
  }
  if (best === undefined) return undefined;

  const squares = Math.max(best.squares, 1e-28 * observed);
  const criterion = observed * log(squares) + 2 * count + (2 * count * (count + 1)) / (observed - count - 1);
  const aicc = criterion - roughness(best.parameters);
  unpack(best.parameters);
  const before = state.slice();
  filterEts(parts, smoothing, state, values, errors);
  let sum = 0;
  for (let t = 0; t < errors.length; t++) sum += errors[t] * errors[t];
  return {
    form,
    smoothing: { ...smoothing },
    initial: before,
    sigma: Math.sqrt(sum / (observed - count)),
    aicc,
    criterion,
  };
}

/** alpha, beta / alpha, gamma / (1 - alpha), phi */
type SmoothingStart = readonly [alpha: number, betaShare: number, gammaShare: number, phi: number];

function startGroups({ hasTrend, seasonal }: EtsParts): SmoothingStart[][] {
  const betas = hasTrend ? [0.05, 0.3] : [0];
  const points = (gammaShare: number, alphas: readonly number[]): SmoothingStart[] =>
    alphas.flatMap((alpha) => betas.map((betaShare) => [alpha, betaShare, gammaShare, 0.95] as const));
  return seasonal
    ? [[...points(0.05, [0.1, 0.4, 0.8]), ...points(0.3, [0.1, 0.4, 0.8])], points(0.9, [0.1, 0.4])]
    : [points(0, [0.02, 0.1, 0.3]), points(0, [0.6, 0.9])];
}

function warmStart({ alpha, beta, gamma, phi }: Smoothing): SmoothingStart {
  return [alpha, beta / alpha, gamma / (1 - alpha), phi];
}

/** A first guess: seasonal indices, and a line through the first ten values (two seasons) without them. */
function startingState(parts: EtsParts, observed: Float64Array, season: number): Float64Array {
  const values = interpolate(observed);
  const state = new Float64Array(2 + season);
  if (season > 0) {
    const multiplicative = parts.multiplicativeSeason;
    const indices =
      values.length >= 2 * season
        ? seasonalIndices(values, season, multiplicative)
        : ratios(values.subarray(0, season), multiplicative);
    state.set(multiplicative ? indices.map((index) => Math.max(index, 0.01)) : indices, 2);
    for (let t = 0; t < values.length; t++) {
      const index = state[2 + (t % season)];
      values[t] = multiplicative ? values[t] / index : values[t] - index;
    }
  }
  const length = Math.min(values.length, Math.max(10, 2 * season));
  const centre = (length - 1) / 2;
  let mean = 0;
  let slope = 0;
  let spread = 0;
  for (let t = 0; t < length; t++) {
    mean += values[t] / length;
    slope += (t - centre) * values[t];
    spread += (t - centre) * (t - centre);
  }
  slope /= spread;
  state[0] = mean;
  if (parts.hasTrend) {
    state[0] = mean - slope * (centre + 1);
    if (parts.multiplicativeError && !(state[0] > 0)) state[0] = values[0];
    state[1] = parts.multiplicativeTrend ? Math.min(1.5, Math.max(0.7, 1 + slope / mean)) : slope;
  }
  return state;
}

function ratios(values: Float64Array, multiplicative: boolean): Float64Array {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return values.map((value) => (multiplicative ? value / mean : value - mean));
}

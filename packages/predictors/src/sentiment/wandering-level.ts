import { log } from "@sage-twin/kernel";

/** How a level wanders: l(t+1) = l(t) + b(t) + e, b(t+1) = damping b(t) + d; it is seen as l(t) + shock + error of measurement. */
export interface Wandering {
  /** The variance of e. */
  readonly level: number;
  /** The variance of d. */
  readonly slope: number;
  readonly damping: number;
  /** The variance of what is of one period alone. */
  readonly shock: number;
}

/** What is thought of level and slope. */
export interface LevelState {
  readonly level: number;
  readonly slope: number;
  readonly levelVariance: number;
  readonly covariance: number;
  readonly slopeVariance: number;
}

/** What is thought of the level before any period: `mean`, give or take the whole scale. */
function start({ slope, damping }: Wandering, mean: number): LevelState {
  return {
    level: mean,
    slope: 0,
    levelVariance: 1,
    covariance: 0,
    slopeVariance: slope / (1 - damping * damping),
  };
}

/**
 * The Kalman filter of a wandering level: the logarithm of the likelihood, and what is thought after the last period. NaN is a period without a measurement.
 * With `record`, what is thought after each period too.
 */
export function filterLevel(
  wandering: Wandering,
  means: Float64Array,
  variances: Float64Array,
  mean: number,
  record?: LevelState[],
): { readonly likelihood: number; readonly last: LevelState } {
  const { damping, shock } = wandering;
  let { level, slope, levelVariance, covariance, slopeVariance } = start(wandering, mean);
  let likelihood = 0;
  for (let t = 0; t < means.length; t++) {
    if (t > 0) {
      level += slope;
      slope *= damping;
      levelVariance += 2 * covariance + slopeVariance + wandering.level;
      covariance = damping * (covariance + slopeVariance);
      slopeVariance = damping * damping * slopeVariance + wandering.slope;
    }
    if (!Number.isNaN(means[t])) {
      const error = means[t] - level;
      const variance = levelVariance + shock + variances[t];
      likelihood -= 0.5 * (log(2 * Math.PI * variance) + (error * error) / variance);
      const [gain, slopeGain] = [levelVariance / variance, covariance / variance];
      level += gain * error;
      slope += slopeGain * error;
      slopeVariance -= slopeGain * covariance;
      covariance -= gain * covariance;
      levelVariance -= gain * levelVariance;
    }
    record?.push({ level, slope, levelVariance, covariance, slopeVariance });
  }
  return { likelihood, last: { level, slope, levelVariance, covariance, slopeVariance } };
}

/** Mean and variance of the level in each period, all periods seen (Rauch, Tung and Striebel 1965). */
export function smoothLevel(
  wandering: Wandering,
  means: Float64Array,
  variances: Float64Array,
  mean: number,
): { readonly level: Float64Array; readonly variance: Float64Array } {
  const { damping } = wandering;
  const states: LevelState[] = [];
  filterLevel(wandering, means, variances, mean, states);
  const level = new Float64Array(states.length);
  const variance = new Float64Array(states.length);
  let after = states[states.length - 1];
  for (let t = states.length - 1; t >= 0; t--) {
    const now = states[t];
    if (t < states.length - 1) after = smoothed(now, after, wandering, damping);
    level[t] = after.level;
    variance[t] = Math.max(0, after.levelVariance);
  }
  return { level, variance };
}

/** One step back: what is thought of a period, from what was thought then and what is thought of the next. */
function smoothed(now: LevelState, after: LevelState, wandering: Wandering, damping: number): LevelState {
  const a = now.levelVariance + 2 * now.covariance + now.slopeVariance + wandering.level;
  const b = damping * (now.covariance + now.slopeVariance);
  const d = damping * damping * now.slopeVariance + wandering.slope;
  // The gain P(t) T' / P(t+1 | t), where the slope's part is left out when no slope moves.
  const [first, second] = [now.levelVariance + now.covariance, now.covariance + now.slopeVariance];
  const [third, fourth] = [damping * now.covariance, damping * now.slopeVariance];
  const determinant = a * d - b * b;
  const still = !(determinant > 1e-14 * a * Math.max(d, 1e-300));
  const g11 = still ? (a > 0 ? first / a : 0) : (first * d - third * b) / determinant;
  const g12 = still ? 0 : (third * a - first * b) / determinant;
  const g21 = still ? (a > 0 ? second / a : 0) : (second * d - fourth * b) / determinant;
  const g22 = still ? 0 : (fourth * a - second * b) / determinant;
  const [levelStep, slopeStep] = [after.level - now.level - now.slope, after.slope - damping * now.slope];
  const [da, db, dd] = [after.levelVariance - a, after.covariance - b, after.slopeVariance - d];
  return {
    level: now.level + g11 * levelStep + g12 * slopeStep,
    slope: now.slope + g21 * levelStep + g22 * slopeStep,
    levelVariance: now.levelVariance + g11 * g11 * da + 2 * g11 * g12 * db + g12 * g12 * dd,
    covariance: now.covariance + g11 * g21 * da + (g11 * g22 + g12 * g21) * db + g12 * g22 * dd,
    slopeVariance: now.slopeVariance + g21 * g21 * da + 2 * g21 * g22 * db + g22 * g22 * dd,
  };
}

/** By step ahead: mean and variance of the level, and of its change since the last period. */
export function levelAhead(
  { level, slope, damping }: Wandering,
  last: LevelState,
  horizon: number,
): readonly {
  readonly mean: number;
  readonly variance: number;
  readonly change: number;
  readonly changeVariance: number;
}[] {
  let [reach, power, wandered] = [0, 1, 0];
  return Array.from({ length: horizon }, () => {
    // reach is 1 + damping + damping^2 + ..., what a slope of 1 adds to the level by this step.
    wandered += level + slope * reach * reach;
    reach += power;
    power *= damping;
    const changeVariance = reach * reach * last.slopeVariance + wandered;
    const change = reach * last.slope;
    return {
      mean: last.level + change,
      variance: last.levelVariance + 2 * reach * last.covariance + changeVariance,
      change,
      changeVariance,
    };
  });
}

/**
 * Theta models (Fiorucci, Pellegrini, Louzada, Petropoulos and Koehler 2016) on a series without season. With i values seen, a line
 * a + b t, and w = 1 - 1 / theta:
 *   forecast = level + w ((1 - alpha)^i a + b (1 - (1 - alpha)^(i + 1)) / alpha).
 * In a dynamic model the line is the least-squares one through the values seen so far, kept as their mean m and slope b: a = m - b (i + 1) / 2.
 * In the others it is that of the whole series and stays.
 */

/** How a theta model smooths. */
export interface ThetaParameters {
  readonly alpha: number;
  /** 1 - 1 / theta */
  readonly weight: number;
  readonly dynamic: boolean;
}

/** Where a theta model stands after `seen` values; a mutable record, so that the loop allocates nothing. */
export interface ThetaPosition {
  seen: number;
  level: number;
  /** Of the values seen; the line's intercept a where it stays. */
  mean: number;
  slope: number;
}

/** The position after the first value, for the level before it. */
export function thetaStart(alpha: number, levelBefore: number, first: number): ThetaPosition {
  return { seen: 1, level: alpha * first + (1 - alpha) * levelBefore, mean: first, slope: 0 };
}

/** Writes the one-step errors of `values[from ..]` to `errors` (0 where a value is missing, which counts as its forecast) and moves the position on. */
export function filterTheta(
  { alpha, weight, dynamic }: ThetaParameters,
  position: ThetaPosition,
  values: Float64Array,
  from: number,
  errors: Float64Array,
): void {
  const half = dynamic ? 0.5 : 0;
  let { seen, level, mean, slope } = position;
  let power = powerOf(1 - alpha, seen);
  for (let t = from; t < values.length; t++) {
    const forecast =
      level + weight * (power * (mean - half * slope * (seen + 1)) + (slope * (1 - power * (1 - alpha))) / alpha);
    const value = Number.isNaN(values[t]) ? forecast : values[t];
    errors[t] = value - forecast;
    level += alpha * (value - level);
    if (dynamic) {
      slope = ((seen - 1) * slope + (6 * (value - mean)) / (seen + 1)) / (seen + 2);
      mean += (value - mean) / (seen + 1);
    }
    power *= 1 - alpha;
    seen++;
  }
  position.seen = seen;
  position.level = level;
  position.mean = mean;
  position.slope = slope;
}

/** Turns innovations of standard deviation `sigma` times the standard normal numbers in `paths` into paths from `start`, in place. */
export function simulateTheta(
  { alpha, weight, dynamic }: ThetaParameters,
  start: Readonly<ThetaPosition>,
  sigma: number,
  paths: Float64Array,
  horizon: number,
): void {
  const half = dynamic ? 0.5 : 0;
  const firstPower = powerOf(1 - alpha, start.seen);
  for (let first = 0; first < paths.length; first += horizon) {
    let { seen, level, mean, slope } = start;
    let power = firstPower;
    for (let at = first; at < first + horizon; at++) {
      const forecast =
        level + weight * (power * (mean - half * slope * (seen + 1)) + (slope * (1 - power * (1 - alpha))) / alpha);
      const value = forecast + sigma * paths[at];
      paths[at] = value;
      level += alpha * (value - level);
      if (dynamic) {
        slope = ((seen - 1) * slope + (6 * (value - mean)) / (seen + 1)) / (seen + 2);
        mean += (value - mean) / (seen + 1);
      }
      power *= 1 - alpha;
      seen++;
    }
  }
}

/**
 * The standard deviation of each step for innovations of standard deviation 1. A dynamic model is linear in x = (level, mean, slope):
 * forecast = h x, x' = M x + g y with y = h x + innovation, so the covariance of x moves by (M + g h) P (M + g h)' + g g'.
 */
export function thetaDeviation(
  { alpha, weight, dynamic }: ThetaParameters,
  start: Readonly<ThetaPosition>,
  horizon: number,
): Float64Array {
  const deviation = new Float64Array(horizon);
  if (!dynamic) return deviation.map((_, step) => Math.sqrt(1 + step * alpha * alpha));
  let power = powerOf(1 - alpha, start.seen);
  let covariance = new Float64Array(9);
  for (let step = 0, seen = start.seen; step < horizon; step++, seen++) {
    const h = [1, weight * power, weight * ((1 - power * (1 - alpha)) / alpha - (power * (seen + 1)) / 2)];
    const gain = 6 / ((seen + 1) * (seen + 2));
    const g = [alpha, 1 / (seen + 1), gain];
    const transition = [1 - alpha, 0, 0, 0, seen / (seen + 1), 0, 0, -gain, (seen - 1) / (seen + 2)];
    for (let i = 0; i < 9; i++) transition[i] += g[Math.floor(i / 3)] * h[i % 3];
    let variance = 1;
    for (let i = 0; i < 9; i++) variance += h[Math.floor(i / 3)] * covariance[i] * h[i % 3];
    deviation[step] = Math.sqrt(Math.max(variance, 1));
    const next = new Float64Array(9);
    for (let i = 0; i < 3; i++)
      for (let j = 0; j < 3; j++) {
        let sum = g[i] * g[j];
        for (let k = 0; k < 9; k++)
          sum += transition[3 * i + Math.floor(k / 3)] * covariance[k] * transition[3 * j + (k % 3)];
        next[3 * i + j] = sum;
      }
    covariance = next;
    power *= 1 - alpha;
  }
  return deviation;
}

function powerOf(base: number, exponent: number): number {
  let power = 1;
  for (let i = 0; i < exponent && power > 0; i++) power *= base;
  return power;
}

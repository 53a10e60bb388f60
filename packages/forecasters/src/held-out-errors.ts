import { quantiles } from "@sage-twin/numerics";

/** How far off forecasts were that had not seen what they forecast, in units of the swing at their origins. */
export interface HeldOutErrors {
  /** The standard deviation of each step's error. */
  readonly spread: number[];
  /** The correlation of the errors of neighbouring steps. */
  readonly persistence: number;
  /** What each series' errors were in units of those of all. */
  readonly factors: readonly number[];
}

const priorOrigins = 8; // how many origins the errors of all series weigh in the factor of one
const meanOverDeviation = 0.7978845608028654; // of the absolute value of a normal variable
const tail = { probability: 0.9, deviations: 1.6448536269514722 } as const;

/** Sums up the errors of each series' origins; NaN where a step has none. */
export function measureErrors(errors: readonly (readonly Float64Array[])[], horizon: number): HeldOutErrors {
  const all = errors.flat();
  const spread = measureSpread(all, horizon);
  return { spread, persistence: measurePersistence(all, spread), factors: measureFactors(errors, spread) };
}

/** Per step the 90 % quantile of absolute errors, as the deviation of a normal variable; never less than a step before. */
function measureSpread(errors: readonly Float64Array[], horizon: number): number[] {
  const spread: number[] = [];
  for (let step = 0; step < horizon; step++) {
    const sizes = Float64Array.from(errors, (error) => Math.abs(error[step])).filter((size) => !Number.isNaN(size));
    const before = spread[step - 1] ?? 0;
    const own =
      sizes.length >= 5
        ? quantiles(sizes, [tail.probability])[0] / tail.deviations
        : before * Math.sqrt((step + 1) / Math.max(1, step));
    spread.push(Math.max(before, own));
  }
  return spread;
}

/** The correlation of neighbouring steps' errors. */
function measurePersistence(errors: readonly Float64Array[], spread: readonly number[]): number {
  let shared = 0;
  let squares = 0;
  for (const error of errors) {
    for (let step = 1; step < error.length; step++) {
      const clip = (at: number): number => Math.max(-3, Math.min(3, error[at] / spread[at]));
      const [a, b] = [clip(step - 1), clip(step)];
      if (Number.isNaN(a + b)) continue;
      shared += a * b;
      squares += (a * a + b * b) / 2;
    }
  }
  return squares > 0 ? Math.max(0, Math.min(0.99, shared / squares)) : 0;
}

function measureFactors(errors: readonly (readonly Float64Array[])[], spread: readonly number[]): number[] {
  const sums = errors.map((list) => {
    const sizes = list.map((error) => meanSize(error, spread)).filter((size) => !Number.isNaN(size));
    return { sum: sizes.reduce((sum, size) => sum + size, 0), count: sizes.length };
  });
  const count = sums.reduce((total, item) => total + item.count, 0);
  const pooled = count > 0 ? sums.reduce((total, item) => total + item.sum, 0) / count : meanOverDeviation;
  return sums.map(
    (item) => (item.sum + priorOrigins * pooled) / (item.count + priorOrigins) / (pooled > 0 ? pooled : 1),
  );
}

function meanSize(error: Float64Array, spread: readonly number[]): number {
  let sum = 0;
  let count = 0;
  for (let step = 0; step < error.length; step++) {
    const size = Math.abs(error[step]) / spread[step];
    if (!Number.isFinite(size)) continue;
    sum += size;
    count++;
  }
  return sum / count;
}

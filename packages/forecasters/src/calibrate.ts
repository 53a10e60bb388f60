import type { RollingRecord, Track } from "./auto-backtest.js";
import { poolSteps } from "./pool-steps.js";

/** Calls `visit` with every error of a track whose actual value is known. */
function eachError(
  values: Float64Array,
  { mean }: Track,
  { firstOrigin, origins, steps }: RollingRecord,
  visit: (error: number, step: number, index: number) => void,
): void {
  for (let origin = 0; origin < origins; origin++) {
    const known = Math.min(steps, values.length - firstOrigin - origin);
    for (let step = 0; step < known; step++) {
      const index = origin * steps + step;
      const error = values[firstOrigin + origin + step] - mean[index];
      if (!Number.isNaN(error)) visit(error, step, index);
    }
  }
}

/** The mean absolute error over all origins and steps. */
export function trackError(values: Float64Array, track: Track, record: RollingRecord): number {
  let sum = 0;
  let count = 0;
  eachError(values, track, record, (error) => {
    sum += Math.abs(error);
    count++;
  });
  return sum / count;
}

/** Models leave out their own estimation error: on the M1 competition's series the true spread is about twice the stated one far ahead. */
const prior = { ratio: 4, weight: 4 } as const;
const leastWidening = 1.2;

/**
 * What the spread of each step is to be multiplied by, from a backtest: the square root of squared errors over squared spreads, pooled
 * with neighbouring steps (a step as far as it is ahead weighs nothing; errors k steps ahead overlap and count 1 / k), shrunk to a prior of 2
 * that weighs as 4 errors. At least 1.2, and enough to make `spread`, that of the final forecast, as large as the errors were.
 */
export function widenings(values: Float64Array, track: Track, record: RollingRecord, spread: Float64Array): number[] {
  const { steps } = record;
  const squares = new Float64Array(steps);
  const expected = new Float64Array(steps);
  const counts = new Float64Array(steps);
  eachError(values, track, record, (error, step, index) => {
    squares[step] += error * error;
    expected[step] += track.spread[index] * track.spread[index];
    counts[step]++;
  });
  return Array.from(squares, (_, step) => {
    const { square, stated, count } = poolSteps({ squares, stated: expected, counts }, step);
    const ratio = stated > 0 ? square / stated : prior.ratio;
    const shrunk = Math.sqrt((count * ratio + prior.weight * prior.ratio) / (count + prior.weight));
    const seen = count > 0 && spread[step] > 0 ? Math.sqrt(square / count) / spread[step] : 0;
    return Math.max(leastWidening, shrunk, seen);
  });
}

import { normalQuantile, Rng } from "@sage-twin/kernel";
import { quantiles } from "@sage-twin/numerics";
import { checkLevel, longestHorizon } from "./checks.js";
import type { Process } from "./process.js";
import type { Forecast, Interval } from "./types.js";

/** The quantiles of one step at `tail` and 1 - `tail`. */
type BoundsOf = (step: number, tail: number) => ArrayLike<number>;

function forecast(mean: Float64Array, levels: readonly number[], boundsOf: BoundsOf): Forecast {
  const horizon = mean.length;
  return Object.freeze({
    horizon,
    mean,
    levels,
    interval(level: number): Interval {
      const tail = (1 - checkLevel(level) / 100) / 2;
      const lower = new Float64Array(horizon);
      const upper = new Float64Array(horizon);
      for (let step = 0; step < horizon; step++) {
        [lower[step], upper[step]] = Array.from(boundsOf(step, tail));
      }
      return { level, lower, upper };
    },
  });
}

/** A forecast whose every step is Gaussian. */
export function gaussianForecast(mean: Float64Array, deviation: Float64Array, levels: readonly number[]): Forecast {
  return forecast(mean, levels, (step, tail) => {
    const half = -normalQuantile(tail) * deviation[step];
    return [mean[step] - half, mean[step] + half];
  });
}

/** A forecast whose quantiles are known. */
export function exactForecast(
  mean: Float64Array,
  quantile: (step: number, probability: number) => number,
  levels: readonly number[],
): Forecast {
  return forecast(mean, levels, (step, tail) => [quantile(step, tail), quantile(step, 1 - tail)]);
}

/** How many paths stand behind the quantiles up to a step: many for near steps, fewer for far ones, whatever the horizon. */
const tiers = [
  { paths: 16_384, steps: 64 },
  { paths: 4_096, steps: 512 },
  { paths: 1_024, steps: longestHorizon },
] as const;

/**
 * A forecast whose quantiles come from a fixed simulation, run on the first question for an interval: the innovations of each
 * step are a Latin hypercube (the midpoints of equally likely strata, in random order), so the same model always answers the same.
 */
export function simulatedForecast(process: Process<unknown>, mean: Float64Array, levels: readonly number[]): Forecast {
  const horizon = mean.length;
  const columns: Float64Array[] = [];
  return forecast(mean, levels, (step, tail) => {
    if (columns.length === 0) columns.push(...simulateColumns(process, horizon));
    return quantiles(columns[step], [tail, 1 - tail]);
  });
}

/** The values of each step in a fixed simulation. */
export function simulateColumns(process: Process<unknown>, horizon: number): Float64Array[] {
  const columns = Array.from({ length: horizon }, (_, step) => latinColumn(step));
  for (let tier = 0, first = 0; tier < tiers.length; tier++) {
    // The last paths are the ones that end soonest.
    const { paths, steps } = tiers[tiers.length - 1 - tier];
    const length = Math.min(horizon, steps);
    const block = new Float64Array((paths - first) * length);
    for (let step = 0; step < length; step++)
      for (let path = first, at = step; path < paths; path++, at += length) block[at] = columns[step][path];
    process.simulate(block, length);
    for (let step = 0; step < length; step++)
      for (let path = first, at = step; path < paths; path++, at += length) columns[step][path] = block[at];
    first = paths;
  }
  return columns;
}

/** The standard normal strata of one step, shuffled. */
function latinColumn(step: number): Float64Array {
  const { paths } = tiers.find((tier) => step < tier.steps) ?? tiers[2];
  const column = normalStrata(paths).slice();
  const words = new Rng("quantiles").derive(step).words();
  for (let i = paths - 1; i > 0; i--) {
    const other = Math.floor(words.uniform() * (i + 1));
    const value = column[i];
    column[i] = column[other];
    column[other] = value;
  }
  return column;
}

const knownStrata = /* @__PURE__ */ new Map<number, Float64Array>();

function normalStrata(count: number): Float64Array {
  let strata = knownStrata.get(count);
  if (strata === undefined) {
    strata = Float64Array.from({ length: count }, (_, i) => normalQuantile((i + 0.5) / count));
    knownStrata.set(count, strata);
  }
  return strata;
}

import { tileRuns } from "@sage-twin/causal";
import { TwinError } from "@sage-twin/kernel";
import { quantiles } from "@sage-twin/numerics";
import { type Grid, type GridCounts, gridMiddle, gridQuantiles } from "./grid.js";

/** One figure's distribution over runs, step by step. */
export interface Distributions {
  mean(step: number): number;
  /** The Monte Carlo standard error of that mean. */
  error(step: number): number;
  quantiles(step: number, probabilities: readonly number[]): Float64Array;
  /** Copies the runs at a step. */
  samples(step: number, output: Float64Array): Float64Array;
}

/** How the runs were drawn: apart from each other, or in tiles that hang together. */
export type Drawn = "independent" | "in tiles";

/** The distributions of runs that are kept: `read` copies those of a step. */
export function sampledDistributions(
  runs: number,
  drawn: Drawn,
  read: (step: number, output: Float64Array) => Float64Array,
): Distributions {
  const scratch = new Float64Array(runs);
  return {
    mean: (step) => meanOf(read(step, scratch)),
    error: (step) => standardError(read(step, scratch), drawn),
    quantiles: (step, probabilities) => quantiles(read(step, scratch), probabilities),
    samples: read,
  };
}

/** The distributions of runs that were counted: the cells of a grid from `first` on, one for each step. */
export function countedDistributions(
  runs: number,
  drawn: Drawn,
  grid: Grid,
  counts: GridCounts,
  first: number,
): Distributions {
  return {
    mean: (step) => gridMiddle(grid, first + step) + counts.sums[first + step] / runs,
    error(step) {
      const mean = counts.sums[first + step] / runs;
      if (drawn === "independent")
        return Math.sqrt(Math.max(0, counts.squares[first + step] / runs - mean * mean) / runs);
      const tiles = Math.floor(runs / tileRuns);
      if (tiles < 2) return 0;
      const spread = counts.tileSquares[first + step] / tiles - (tileRuns * mean) ** 2;
      return Math.sqrt(Math.max(0, spread) / tiles) / tileRuns;
    },
    quantiles: (step, probabilities) => gridQuantiles(grid, counts, first + step, runs, probabilities),
    samples() {
      throw new TwinError({
        code: "unsupported",
        path: ["samples"],
        message: `the ${runs} runs were counted and not kept, for they would not fit in memory`,
        fix: "ask for means, quantiles and intervals; or use fewer runs, a shorter horizon, or fewer `metrics`",
      });
    },
  };
}

/** The mean, summed as distances from the first value, so that the mean of equal values is that value. */
export function meanOf(values: Float64Array): number {
  const first = values[0];
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i] - first;
  return first + sum / values.length;
}

/**
 * The standard error of the mean of runs: from their standard deviation where they are independent, else from that of the means of tiles,
 * which for Sobol points is too large rather than too small. 0 for a single run or tile.
 */
export function standardError(values: Float64Array, drawn: Drawn): number {
  const size = drawn === "independent" ? 1 : tileRuns;
  const groups = Math.floor(values.length / size);
  const centre = meanOf(values);
  let squares = 0;
  for (let group = 0; group < groups; group++) {
    let sum = 0;
    for (let i = group * size; i < (group + 1) * size; i++) sum += values[i] - centre;
    squares += (sum / size) * (sum / size);
  }
  return groups > 1 ? Math.sqrt(squares / (groups - 1) / groups) : 0;
}

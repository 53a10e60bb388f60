import { Rng, type RunOptions, TwinError } from "@sage-twin/kernel";
import { studentQuantile } from "@sage-twin/numerics";
import { takeRows } from "../evaluation/take-rows.js";
import { checkWhole } from "../table.js";
import type { Columns, FittedLearner } from "../types.js";

/** How much a model loses without a column. */
export interface PermutationImportance {
  readonly column: string;
  /** The mean rise of the loss when the column's values are dealt anew to the rows. */
  readonly mean: number;
  /** The 95 % interval of that mean, by Student's t over the repetitions. */
  readonly lower: number;
  readonly upper: number;
}

/** What is measured, and how often. */
export interface PermutationOptions extends Pick<RunOptions, "signal" | "seed" | "onProgress"> {
  /** What rises as predictions get worse. Default: the mean squared error (for probabilities the Brier score). */
  readonly loss?: (actual: Float64Array, predicted: Float64Array) => number;
  /** Default: 10. */
  readonly repeats?: number;
}

/**
 * The importance of each column for the predictions of rows, at best rows not learnt from: how much worse they get when its values are shuffled (Breiman 2001; Fisher, Rudin and
 * Dominici 2019). The most important first; default seed `"permutation"`.
 *
 * @example
 * ```ts
 * import { linearRegression, permutationImportance } from "@sage-twin/learners";
 *
 * const x = Array.from({ length: 50 }, (_, row) => row % 10);
 * const noise = x.map((_, row) => (row * 7) % 5);
 * const fitted = linearRegression().fit({ x, noise }, x.map((value) => 3 * value));
 * (await permutationImportance(fitted, { x, noise }, x.map((value) => 3 * value)))[0].column; // => "x"
 * ```
 */
export async function permutationImportance(
  fitted: Pick<FittedLearner, "features" | "predict">,
  columns: Columns,
  target: ArrayLike<number>,
  options: PermutationOptions = {},
): Promise<PermutationImportance[]> {
  const { signal, onProgress, seed = "permutation", loss = squaredError } = options;
  const repeats = checkWhole(options.repeats ?? 10, "repeats", 2, 10_000);
  const actual = Float64Array.from(target);
  const predicted = fitted.predict(columns);
  if (predicted.length !== actual.length || actual.length === 0 || actual.some(Number.isNaN))
    throw new TwinError({
      code: "invalid-data",
      path: ["target"],
      message: `${actual.length} targets for ${predicted.length} rows, or a missing one`,
      fix: "give one for each row",
    });
  const whole = loss(actual, predicted);
  const found: PermutationImportance[] = [];
  const spread = studentQuantile(0.975, repeats - 1) / Math.sqrt(repeats);
  for (const column of fitted.features) {
    const rises: number[] = [];
    for (let repeat = 0; repeat < repeats; repeat++) {
      const words = new Rng(seed).derive(column, repeat).words();
      const order = Int32Array.from(actual, (_, row) => row);
      for (let i = order.length - 1; i > 0; i--) {
        const other = Math.floor(words.uniform() * (i + 1));
        [order[i], order[other]] = [order[other], order[i]];
      }
      const dealt = { ...columns, ...takeRows({ [column]: columns[column] }, order) };
      rises.push(loss(actual, fitted.predict(dealt)) - whole);
      await new Promise((resolve) => setTimeout(resolve));
      signal?.throwIfAborted();
    }
    const mean = rises.reduce((sum, rise) => sum + rise / repeats, 0);
    const variance = rises.reduce((sum, rise) => sum + ((rise - mean) * (rise - mean)) / (repeats - 1), 0);
    const half = spread * Math.sqrt(variance);
    found.push({ column, mean, lower: mean - half, upper: mean + half });
    onProgress?.({ stage: "permutationImportance", done: found.length, total: fitted.features.length });
  }
  return found.sort((a, b) => b.mean - a.mean);
}

function squaredError(actual: Float64Array, predicted: Float64Array): number {
  return actual.reduce((sum, value, row) => sum + (value - predicted[row]) ** 2 / actual.length, 0);
}

import { Rng, type RunOptions } from "@sage-twin/kernel";
import { quantiles } from "@sage-twin/numerics";
import { checkNumber, checkWhole } from "../table.js";

/** A score with what it would be on other rows of the same kind. */
export interface BootstrapInterval {
  readonly estimate: number;
  readonly lower: number;
  readonly upper: number;
  /** In percent. */
  readonly level: number;
}

/** How the rows are drawn. */
export interface BootstrapOptions extends Pick<RunOptions, "signal" | "seed" | "onProgress"> {
  /** Default: 500. */
  readonly samples?: number;
  /** In percent. Default: 95. */
  readonly level?: number;
}

/**
 * A percentile interval of `score(actual, predicted)` from rows drawn with replacement (Efron 1979). Draws without a score, such as those of one class only for an AUC, are left out. Default seed: `"bootstrap"`.
 *
 * @example
 * ```ts
 * import { bootstrapInterval } from "@sage-twin/learners";
 * import { auc } from "@sage-twin/numerics";
 *
 * const labels = Array.from({ length: 200 }, (_, row) => row % 2);
 * const { estimate, lower, upper } = await bootstrapInterval(labels, labels.map((label, row) => label + (row % 7) / 3), auc);
 * lower < estimate && estimate < upper; // => true
 * ```
 */
export async function bootstrapInterval(
  actual: ArrayLike<number>,
  predicted: ArrayLike<number>,
  score: (actual: Float64Array, predicted: Float64Array) => number,
  options: BootstrapOptions = {},
): Promise<BootstrapInterval> {
  const { signal, onProgress, seed = "bootstrap" } = options;
  const samples = checkWhole(options.samples ?? 500, "samples", 20, 100_000);
  const level = checkNumber(options.level ?? 95, "level", 1, 99.9);
  const rows = checkWhole(actual.length, "rows", 1, 2 ** 31);
  const words = new Rng(seed).words();
  const [own, other] = [new Float64Array(rows), new Float64Array(rows)];
  const found: number[] = [];
  for (let sample = 0; sample < samples; sample++) {
    for (let i = 0; i < rows; i++) {
      const row = Math.floor(words.uniform() * rows);
      own[i] = actual[row];
      other[i] = predicted[row];
    }
    const value = score(own, other);
    if (!Number.isNaN(value)) found.push(value);
    if (sample % 20 !== 19) continue;
    onProgress?.({ stage: "bootstrapInterval", done: sample + 1, total: samples });
    await new Promise((resolve) => setTimeout(resolve));
    signal?.throwIfAborted();
  }
  const estimate = score(Float64Array.from(actual), Float64Array.from(predicted));
  if (found.length < samples / 2) return { estimate, lower: Number.NaN, upper: Number.NaN, level };
  const beyond = (1 - level / 100) / 2;
  const [lower, upper] = quantiles(Float64Array.from(found), [beyond, 1 - beyond]);
  return { estimate, lower, upper, level };
}

import { type RunOptions, TwinError } from "@sage-twin/kernel";
import type { Columns, FittedLearner, Learner } from "../types.js";
import type { Fold } from "./folds.js";
import { takeRows } from "./take-rows.js";

/** What cross-validation tells. */
export interface CrossValidated<Fitted extends FittedLearner = FittedLearner> {
  /** Each row predicted by the model of a fold that has not seen it; NaN for rows that no fold tests. */
  readonly predictions: Float64Array;
  /** The model of each fold. */
  readonly models: readonly Fitted[];
}

/**
 * Fits the learner to the training rows of each fold and predicts its testing rows: what scores and calibrators are to be computed from. Between folds it can be aborted.
 *
 * @example
 * ```ts
 * import { crossValidate, linearRegression, stratifiedFolds } from "@sage-twin/learners";
 *
 * const x = Array.from({ length: 20 }, (_, row) => row);
 * const folds = stratifiedFolds(x.map(() => 0));
 * const { predictions } = await crossValidate(linearRegression(), { x }, x.map((value) => 2 * value), folds);
 * predictions[7].toFixed(6); // => "14.000000"
 * ```
 */
export async function crossValidate<Fitted extends FittedLearner>(
  learner: Pick<Learner<Fitted>, "fit">,
  columns: Columns,
  target: ArrayLike<number>,
  folds: readonly Fold[],
  options: Pick<RunOptions, "signal" | "onProgress"> & { readonly weights?: ArrayLike<number> } = {},
): Promise<CrossValidated<Fitted>> {
  const { signal, onProgress, weights } = options;
  for (const [name, column] of Object.entries(columns))
    if (column.length !== target.length)
      throw new TwinError({
        code: "invalid-data",
        path: ["columns", name],
        message: `${column.length} values, not ${target.length}`,
        fix: "give one for each row",
      });
  const predictions = new Float64Array(target.length).fill(Number.NaN);
  const models: Fitted[] = [];
  for (const { training, testing } of folds) {
    signal?.throwIfAborted();
    const pick = (values: ArrayLike<number>): Float64Array => Float64Array.from(training, (row) => values[row]);
    const fitted = learner.fit(takeRows(columns, training), pick(target), weights && { weights: pick(weights) });
    const own = fitted.predict(takeRows(columns, testing));
    testing.forEach((row, at) => {
      predictions[row] = own[at];
    });
    models.push(fitted);
    onProgress?.({ stage: "crossValidate", done: models.length, total: folds.length });
    await Promise.resolve();
  }
  return { predictions, models };
}

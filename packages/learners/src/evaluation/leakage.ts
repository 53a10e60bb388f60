import { Rng } from "@sage-twin/kernel";
import { auc, rSquared } from "@sage-twin/numerics";
import { histogramTrees } from "../histogram-trees.js";
import { checkNumber, readTraining } from "../table.js";
import type { Columns } from "../types.js";
import { stratifiedFolds } from "./folds.js";
import { takeRows } from "./take-rows.js";

/** A column that tells the target by itself. */
export interface LeakageWarning {
  readonly column: string;
  /** Of rows that were not learnt from: the area under the curve for a target of 0 and 1, else the share of variance. */
  readonly score: number;
  readonly message: string;
}

const mostRows = 20_000;

/**
 * Columns that alone predict the target of rows not learnt from too well to be true: a small ensemble of trees on each, cross-validated in two folds on at most 20,000 drawn rows, reaches `threshold` (default
 * 0.98) of area under the curve or of explained variance. Such a column often is known only after the outcome.
 *
 * @example
 * ```ts
 * import { leakageWarnings } from "@sage-twin/learners";
 *
 * const left = Array.from({ length: 400 }, (_, row) => (row % 4 === 0 ? 1 : 0));
 * const columns = { age: left.map((_, row) => row % 50), exitCode: left.map((value) => (value === 1 ? "E7" : null)) };
 * leakageWarnings(columns, left).map(({ column }) => column); // => ["exitCode"]
 * ```
 */
export function leakageWarnings(
  columns: Columns,
  target: ArrayLike<number>,
  options: { readonly threshold?: number; readonly seed?: string | number } = {},
): LeakageWarning[] {
  const threshold = checkNumber(options.threshold ?? 0.98, "threshold", 0.5, 1);
  const table = readTraining(columns, target, undefined, true);
  const { seed = "leakage" } = options;
  const words = new Rng(seed).words();
  const drawn =
    table.rows <= mostRows
      ? Int32Array.from({ length: table.rows }, (_, row) => row)
      : Int32Array.from({ length: mostRows }, () => Math.floor(words.uniform() * table.rows));
  const y = Float64Array.from(drawn, (row) => table.target[row]);
  const binary = y.every((value) => value === 0 || value === 1);
  if (y.length < 20 || y.every((value) => value === y[0])) return [];
  const learner = histogramTrees({
    loss: binary ? "logistic" : "squared",
    trees: 50,
    learningRate: 0.3,
    leafRows: binary ? Math.min(20, Math.ceil(y.length / 20)) : 3,
  });
  const folds = stratifiedFolds(binary ? y : y.map(() => 0), { folds: 2, seed });
  return table.names.flatMap((column) => {
    const own = takeRows({ [column]: columns[column] }, drawn);
    const predicted = new Float64Array(y.length);
    for (const { training, testing } of folds) {
      const fitted = learner.fit(
        takeRows(own, training),
        Float64Array.from(training, (row) => y[row]),
      );
      const values = fitted.predict(takeRows(own, testing));
      testing.forEach((row, at) => {
        predicted[row] = values[at];
      });
    }
    const score = binary ? auc(y, predicted) : rSquared(y, predicted);
    if (!(score >= threshold)) return [];
    const what = binary ? "tells the two outcomes apart" : "determines the target";
    const message = `'${column}' alone ${what} (${score.toFixed(3)} on rows not learnt from): is it known before the outcome?`;
    return [{ column, score, message }];
  });
}

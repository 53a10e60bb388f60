import { Rng } from "@sage-twin/kernel";
import { type Columns, type Learner, linearRegression, logisticRegression } from "@sage-twin/learners";
import type { TestData } from "../refutation/test-columns.js";
import { checkCount, type EffectOptions } from "./effect-estimate.js";
import { checkRoles, readObservations } from "./observations.js";

/** How nuisances are learnt: each row is predicted by models that have not seen it (Chernozhukov et al. 2018). */
export interface CrossFittingOptions extends EffectOptions {
  readonly adjustFor: readonly string[];
  /** Predicts the outcome. Default: `linearRegression()`; `histogramTrees()` bends. */
  readonly outcomeLearner?: Learner;
  /** Predicts the treatment. Default: linear, or logistic for a probability; `histogramTrees({ loss: "logistic" })` bends. */
  readonly treatmentLearner?: Learner;
  /** Parts of the rows, each predicted from the others. Default: 5. */
  readonly folds?: number;
  /** Deals the rows to the folds. Default: `"cross-fitting"`. */
  readonly seed?: string | number;
  readonly signal?: AbortSignal;
}

export interface CrossFittingRows {
  readonly rows: number;
  readonly treatment: Float64Array;
  readonly outcome: Float64Array;
  readonly confounders: Readonly<Record<string, Float64Array>>;
  readonly notes: readonly string[];
}

export function readConfounded(
  data: TestData,
  { treatment, outcome, adjustFor = [] }: EffectOptions,
): CrossFittingRows {
  checkRoles([
    ["treatment", treatment],
    ["outcome", outcome],
    ...adjustFor.map((name) => ["adjustFor", name] as const),
  ]);
  const { columns, rows, notes } = readObservations(data, [treatment, outcome, ...adjustFor], 20);
  const get = (name: string): Float64Array => columns.get(name) as Float64Array;
  return {
    rows,
    treatment: get(treatment),
    outcome: get(outcome),
    confounders: Object.fromEntries(adjustFor.map((name) => [name, get(name)])),
    notes,
  };
}

/** The propensity of a treatment of 0 and 1: logistic, almost without a ridge. */
export const propensityLearner = (): Learner => logisticRegression({ ridge: 1e-6 });
export const meanLearner = (): Learner => linearRegression();

/** The fold of each row, of equal sizes but for one; within `strata` of 0 and 1 each by itself, so that no fold lacks either. */
export function dealFolds(rows: number, folds: number, seed: string | number, strata?: Float64Array): Int32Array {
  checkCount(folds, "folds", 2, Math.max(2, Math.floor(rows / 2)));
  const rng = new Rng(seed).derive("folds");
  const order = Int32Array.from({ length: rows }, (_, row) => row);
  for (let at = rows - 1; at > 0; at--) {
    const other = rng.integer(at + 1);
    [order[at], order[other]] = [order[other], order[at]];
  }
  const fold = new Int32Array(rows);
  const dealt = [0, 0];
  for (const row of order) fold[row] = dealt[strata?.[row] ?? 0]++ % folds;
  return fold;
}

/** Predictions of each row by models of the other folds, of the rows alone that `learnFrom` allows. */
export function crossPredict(
  learner: Learner,
  confounders: Readonly<Record<string, Float64Array>>,
  target: Float64Array,
  fold: Int32Array,
  learnFrom: (row: number) => boolean,
  signal?: AbortSignal,
): Float64Array {
  const predictions = new Float64Array(target.length);
  const folds = fold.reduce((most, value) => Math.max(most, value), 0) + 1;
  const rows = Array.from(target.keys());
  const at = (picked: readonly number[]): Columns =>
    Object.fromEntries(
      Object.entries(confounders).map(([name, values]) => [name, Float64Array.from(picked, (row) => values[row])]),
    );
  for (let part = 0; part < folds; part++) {
    signal?.throwIfAborted();
    const training = rows.filter((row) => fold[row] !== part && learnFrom(row));
    const held = rows.filter((row) => fold[row] === part);
    const known = Float64Array.from(training, (row) => target[row]);
    const predicted = learner.fit(at(training), known).predict(at(held));
    held.forEach((row, index) => {
      predictions[row] = predicted[index];
    });
  }
  return predictions;
}

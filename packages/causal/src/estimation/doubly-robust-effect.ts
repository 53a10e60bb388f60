import type { TestData } from "../refutation/test-columns.js";
import {
  type CrossFittingOptions,
  crossPredict,
  dealFolds,
  meanLearner,
  propensityLearner,
  readConfounded,
} from "./cross-fitting.js";
import { type EffectEstimate, effectEstimate } from "./effect-estimate.js";
import { checkBinary } from "./observations.js";
import { overlapOf } from "./overlap.js";

/** What `doublyRobustEffect` may be told. */
export interface DoublyRobustOptions extends CrossFittingOptions {
  /** Rows with a propensity beyond this from 0 or 1 are left out. Default: 0.01. */
  readonly trim?: number;
}

/**
 * The mean effect of a treatment of 0 and 1 by augmented inverse probability weighting with cross-fitting: right where either the model of
 * the outcome or that of the treatment is (Robins, Rotnitzky and Zhao 1994; Chernozhukov et al. 2018).
 *
 * @throws TwinError for a treatment that is not 0 and 1, and where no rows overlap.
 */
export function doublyRobustEffect(data: TestData, options: DoublyRobustOptions): EffectEstimate {
  const { folds = 5, seed = "cross-fitting", trim = 0.01, signal } = options;
  const { outcomeLearner = meanLearner(), treatmentLearner = propensityLearner() } = options;
  const { rows, treatment, outcome, confounders, notes } = readConfounded(data, options);
  checkBinary(options.treatment, treatment);
  const fold = dealFolds(rows, folds, seed, treatment);
  const predict = (learner: typeof outcomeLearner, target: Float64Array, learnFrom: (row: number) => boolean) =>
    crossPredict(learner, confounders, target, fold, learnFrom, signal);
  const treated = predict(outcomeLearner, outcome, (row) => treatment[row] === 1);
  const untreated = predict(outcomeLearner, outcome, (row) => treatment[row] === 0);
  const propensities = predict(treatmentLearner, treatment, () => true);
  const { kept, warnings } = overlapOf(propensities, trim);
  const scores = Float64Array.from(kept, (row) => {
    const correction =
      treatment[row] === 1
        ? (outcome[row] - treated[row]) / propensities[row]
        : (untreated[row] - outcome[row]) / (1 - propensities[row]);
    return treated[row] - untreated[row] + correction;
  });
  const count = kept.length;
  const effect = scores.reduce((sum, value) => sum + value / count, 0);
  const variance = scores.reduce((sum, value) => sum + (value - effect) ** 2, 0) / count;
  return effectEstimate({
    treatment: options.treatment,
    outcome: options.outcome,
    method: "doubly robust (AIPW)",
    effect,
    standardError: Math.sqrt(variance / count),
    degrees: Number.POSITIVE_INFINITY,
    rows: count,
    warnings: [...notes, ...warnings],
  });
}

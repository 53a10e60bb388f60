import { TwinError } from "@sage-twin/kernel";
import type { TestData } from "../refutation/test-columns.js";
import { type CrossFittingOptions, crossPredict, dealFolds, meanLearner, readConfounded } from "./cross-fitting.js";
import { type EffectEstimate, effectEstimate } from "./effect-estimate.js";
import { dot } from "./robust-regression.js";

/**
 * The effect of a treatment of any amounts, linear in it, with the part of the confounders learnt: outcome and treatment are predicted from
 * them with cross-fitting, and what is left of one is regressed on what is left of the other (partialling out, Chernozhukov et al. 2018).
 *
 * @throws TwinError for unknown columns, fewer than 20 complete rows, and a treatment that the confounders determine.
 */
export function doubleMachineLearning(data: TestData, options: CrossFittingOptions): EffectEstimate {
  const { folds = 5, seed = "cross-fitting", signal } = options;
  const { rows, treatment, outcome, confounders, notes } = readConfounded(data, options);
  const fold = dealFolds(rows, folds, seed);
  const left = (learner = meanLearner(), target: Float64Array): Float64Array => {
    const predicted = crossPredict(learner, confounders, target, fold, () => true, signal);
    return target.map((value, row) => value - predicted[row]);
  };
  const y = left(options.outcomeLearner, outcome);
  const t = left(options.treatmentLearner, treatment);
  const squares = dot(t, t);
  const mean = treatment.reduce((sum, value) => sum + value / rows, 0);
  const share = squares / treatment.reduce((sum, value) => sum + (value - mean) ** 2, Number.MIN_VALUE);
  if (!(share > 1e-9))
    throw new TwinError({
      code: "invalid-data",
      path: ["data", options.treatment],
      message: `'${options.treatment}' does not vary once the confounders are known`,
      fix: "leave out the confounder that determines it",
    });
  const effect = dot(t, y) / squares;
  let meat = 0;
  for (let row = 0; row < rows; row++) meat += (t[row] * (y[row] - effect * t[row])) ** 2;
  return effectEstimate({
    treatment: options.treatment,
    outcome: options.outcome,
    method: "double machine learning",
    effect,
    standardError: Math.sqrt(meat) / squares,
    degrees: Number.POSITIVE_INFINITY,
    rows,
    warnings: [
      ...notes,
      ...(share < 0.1
        ? [
            `the confounders predict ${(100 * (1 - share)).toFixed(0)} % of ${options.treatment}: little is left to learn from`,
          ]
        : []),
    ],
  });
}

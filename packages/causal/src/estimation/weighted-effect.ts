import type { TestData } from "../refutation/test-columns.js";
import { propensityLearner, readConfounded } from "./cross-fitting.js";
import { unadjusted } from "./design-warnings.js";
import { type EffectEstimate, type EffectOptions, effectEstimate } from "./effect-estimate.js";
import { checkBinary } from "./observations.js";
import { overlapOf } from "./overlap.js";
import { fittedBy } from "./robust-regression.js";

/** What `weightedEffect` may be told. */
export interface WeightedEffectOptions extends EffectOptions {
  /** Rows with a propensity beyond this from 0 or 1 are left out. Default: 0.01. */
  readonly trim?: number;
}

/**
 * The mean effect of a treatment of 0 and 1 by inverse probability weighting: logistic propensities, weights stabilised so that they sum to
 * 1 among treated and untreated rows (Hajek 1971; Hirano, Imbens and Ridder 2003). The standard error knows that propensities are estimated.
 *
 * @throws TwinError for a treatment that is not 0 and 1, and where no rows overlap.
 */
export function weightedEffect(data: TestData, options: WeightedEffectOptions): EffectEstimate {
  const { trim = 0.01, adjustFor = [] } = options;
  const { treatment, outcome, confounders, notes } = readConfounded(data, options);
  checkBinary(options.treatment, treatment);
  const share = treatment.reduce((sum, value) => sum + value / treatment.length, 0);
  const propensities =
    adjustFor.length === 0
      ? new Float64Array(treatment.length).fill(share)
      : propensityLearner().fit(confounders, treatment).predict(confounders);
  const { kept, warnings } = overlapOf(propensities, trim);
  const totals = [0, 0];
  const sums = [0, 0];
  const weights = Float64Array.from(kept, (row) => {
    const arm = treatment[row];
    const weight = 1 / (arm === 1 ? propensities[row] : 1 - propensities[row]);
    totals[arm] += weight;
    sums[arm] += weight * outcome[row];
    return weight;
  });
  const means = sums.map((sum, arm) => sum / totals[arm]);
  // Each row's share in the error of the difference, less what its share in the propensity model predicts of it.
  const influence = weights.map((weight, at) => {
    const arm = treatment[kept[at]];
    return ((arm === 1 ? 1 : -1) * (outcome[kept[at]] - means[arm]) * weight) / totals[arm];
  });
  const score = (values: Float64Array | undefined): Float64Array =>
    Float64Array.from(kept, (row) => (treatment[row] - propensities[row]) * (values?.[row] ?? 1));
  const scores = [score(undefined), ...adjustFor.map((name) => score(confounders[name]))];
  const fitted = fittedBy(["intercept", ...adjustFor], scores, influence);
  const variance = influence.reduce((sum, value, at) => sum + (value - fitted[at]) ** 2, 0);
  return effectEstimate({
    treatment: options.treatment,
    outcome: options.outcome,
    method: "inverse probability weighting",
    effect: means[1] - means[0],
    standardError: Math.sqrt(variance),
    degrees: Number.POSITIVE_INFINITY,
    rows: kept.length,
    warnings: [...notes, ...(adjustFor.length === 0 ? [unadjusted(options.treatment)] : []), ...warnings],
  });
}

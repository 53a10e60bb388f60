export {
  type FittedTrees,
  type HistogramTreesOptions,
  histogramTrees,
  openHistogramTrees,
  type TreesFitOptions,
} from "./histogram-trees.js";
export { learnerFromJSON } from "./learner-from-json.js";
export {
  type FittedLinear,
  type FittedLinearRegression,
  type LinearOptions,
  linearRegression,
} from "./linear-regression.js";
export { logisticRegression } from "./logistic-regression.js";
export type { LossName } from "./losses.js";
export { type TreeContributions, treeContributions } from "./tree-contributions.js";
export type { Columns, FittedLearner, Learner, LearnerFitOptions } from "./types.js";

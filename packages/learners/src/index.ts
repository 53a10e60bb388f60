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
export { type AdamOptions, type AdamRules, adamRules } from "./neural/adam.js";
export { checkBatch, checkGradients, checkInputs, checkWeights } from "./neural/check-batch.js";
export { float64Backend } from "./neural/float64-backend.js";
export { initialWeights } from "./neural/initial-weights.js";
export { type NetworkLoss, outputsPerTarget } from "./neural/network-loss.js";
export {
  type Activation,
  type DenseLayer,
  type FixedLayer,
  type LstmLayer,
  type NetworkLayer,
  type NetworkShape,
  type NetworkSpec,
  networkShape,
  type ResidualLayer,
  type WeightBlock,
} from "./neural/network-spec.js";
export type {
  NetworkBatch,
  NetworkGradients,
  NetworkOptions,
  NeuralBackend,
  NeuralNetwork,
  StepOptions,
  SynchronousBackend,
  SynchronousNetwork,
} from "./neural/neural-backend.js";
export { type TreeContributions, treeContributions } from "./tree-contributions.js";
export type { Columns, FittedLearner, Learner, LearnerFitOptions } from "./types.js";

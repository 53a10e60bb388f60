export type { ClassWeights } from "./class-weights.js";
export { type BootstrapInterval, bootstrapInterval } from "./evaluation/bootstrap-interval.js";
export { type CrossValidated, crossValidate } from "./evaluation/cross-validate.js";
export { type Fold, foldsFrom, groupedFolds, stratifiedFolds, timeOrderedFolds } from "./evaluation/folds.js";
export { type LeakageWarning, leakageWarnings } from "./evaluation/leakage.js";
export { takeRows } from "./evaluation/take-rows.js";
export { linearContributions } from "./explanation/linear-contributions.js";
export { type PartialDependence, partialDependence } from "./explanation/partial-dependence.js";
export { type PermutationImportance, permutationImportance } from "./explanation/permutation-importance.js";
export {
  type Row,
  type SmallestChange,
  type SmallestChangeOptions,
  smallestChange,
} from "./explanation/smallest-change.js";
export { type Contributions, treeContributions } from "./explanation/tree-contributions.js";
export type { FittedTrees } from "./fitted-trees.js";
export { histogramTrees, openHistogramTrees, type TreesFitOptions } from "./histogram-trees.js";
export { classifierFromJSON, learnerFromJSON } from "./learner-from-json.js";
export {
  type FittedLinear,
  type FittedLinearRegression,
  type LinearOptions,
  linearRegression,
} from "./linear-regression.js";
export { logisticRegression } from "./logistic-regression.js";
export type { LossName } from "./losses.js";
export { type ClassTreesFitOptions, type FittedClassTrees, multiclassTrees } from "./multiclass-trees.js";
export { type FittedMultinomial, type MultinomialOptions, multinomialRegression } from "./multinomial-regression.js";
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
export { type FittedForest, type RandomForestOptions, randomForest } from "./random-forest.js";
export type { BoostOptions, HistogramTreesOptions, TreeOptions } from "./trees-options.js";
export type {
  Classifier,
  Column,
  Columns,
  FittedClassifier,
  FittedLearner,
  Learner,
  LearnerFitOptions,
} from "./types.js";

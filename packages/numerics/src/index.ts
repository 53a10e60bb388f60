export {
  adaptiveMetropolis,
  adaptiveMetropolisAsync,
  type SampledChains,
  type SamplerOptions,
} from "./adaptive-metropolis.js";
export { autocorrelations } from "./autocorrelation.js";
export { type Autoregression, burg } from "./autoregression.js";
export { boxCox, boxCoxLambda, inverseBoxCox } from "./box-cox.js";
export {
  type BrierParts,
  brierParts,
  type CalibrationBin,
  calibrationCurve,
  calibrationError,
  type LiftPoint,
  liftCurve,
} from "./calibration-curve.js";
export {
  type CalibrationMethod,
  type Calibrator,
  calibrate,
  calibratorShape,
  fitCalibrator,
} from "./calibrators.js";
export { auc, averagePrecision, brier, logLoss, rSquared } from "./classification-scores.js";
export { gaussianCopula, scoreCorrelation, studentCopula } from "./copula.js";
export { chiSquareTail, fTail, studentQuantile, studentTail } from "./distributions.js";
export { digamma, hypergeometric, logGamma } from "./gamma.js";
export { type IsotonicFit, isotonicAt, isotonicFit } from "./isotonic.js";
export { fillLatinHypercube } from "./latin-hypercube.js";
export { type MinimiseOptions, type MinimiseProblem, type MinimiseResult, minimise } from "./lbfgs.js";
export {
  type LeastSquaresProblem,
  type LeastSquaresResult,
  minimiseSquares,
} from "./least-squares.js";
export {
  cholesky,
  invertCholesky,
  type Matrix,
  solveCholesky,
} from "./linear-algebra.js";
export { type MorrisEffect, type MorrisOptions, morrisEffects } from "./morris.js";
export { type MstlDecomposition, type MstlOptions, mstl } from "./mstl.js";
export { type Periodogram, periodogram } from "./periodogram.js";
export { quantiles } from "./quantiles.js";
export {
  type CoefficientPrior,
  type RegressionPosterior,
  regressWithAutocorrelation,
} from "./regression.js";
export { medianAbsoluteDeviation, medianOf } from "./robust.js";
export {
  absoluteErrorScale,
  coverage,
  crpsFromQuantiles,
  mae,
  mape,
  mase,
  msis,
  pinball,
  rmse,
  smape,
} from "./scoring.js";
export { shapley } from "./shapley.js";
export { simplexLeastSquares } from "./simplex-least-squares.js";
export { fillPlainSobol, fillSobol, sobolDimensions } from "./sobol.js";
export {
  type CubeFunction,
  type SensitivityIndex,
  type SobolIndexOptions,
  type SobolIndices,
  sobolIndices,
} from "./sobol-indices.js";
export { type StlDecomposition, type StlOptions, stl } from "./stl.js";

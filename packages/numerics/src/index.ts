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
export { quantiles } from "./quantiles.js";
export {
  type CoefficientPrior,
  type RegressionPosterior,
  regressWithAutocorrelation,
} from "./regression.js";
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

import { exp, log } from "@sage-twin/kernel";
import { cholesky, invertCholesky, type Matrix, solveCholesky } from "./linear-algebra.js";

/** What is believed of one coefficient before the data. */
export interface CoefficientPrior {
  readonly mean: number;
  /** `Infinity` for no belief at all. */
  readonly sd: number;
}

/** A regression's posterior: means and joint covariance (by rows) of the coefficients, in the order of the regressors. */
export interface RegressionPosterior {
  readonly mean: Float64Array;
  readonly covariance: Matrix;
  /** Posterior mean of the errors' autocorrelation. */
  readonly autocorrelation: number;
  /** Standard deviation of the errors' innovations. */
  readonly innovation: number;
  readonly observations: number;
}

const usualAutocorrelations = [0, 0.2, 0.4, 0.6, 0.75, 0.85, 0.92, 0.97, 0.99];

/**
 * Bayesian linear regression whose errors follow a stationary first-order autoregression of unknown coefficient.
 *
 * For each coefficient on a grid from 0 to 0.99 the data are quasi-differenced (Prais and Winsten 1954: the first row of every unbroken
 * stretch is scaled instead) and the normal regression is solved in closed form, with the priors as extra observations and the error
 * variance of the fit without priors. The grid is averaged by restricted likelihood (Harville 1974). Near a coefficient of 1 this is the
 * regression of differences, so that two unrelated random walks are not found to be related. The covariance is widened to that of the
 * Student distribution which an unknown error variance gives.
 *
 * @param response observations in time order; a row with a missing value anywhere is left out and breaks the stretch.
 * @param regressors one array per coefficient, each as long as `response`.
 * @param autocorrelations the grid; `[0]` for rows that are independent of each other.
 * @param doubts by coefficient, the mean square of the bias that causes left out may give it, in units of the errors' variance over that of what is
 * the regressor's own (Cinelli and Hazlett 2020: R2 x R2 / (1 - R2)): however many the rows, the data say no more than that leaves. Default none.
 * @returns `undefined` when too few rows are left.
 */
export function regressWithAutocorrelation(
  response: Float64Array,
  regressors: readonly Float64Array[],
  priors: readonly CoefficientPrior[],
  autocorrelations: readonly number[] = usualAutocorrelations,
  doubts?: readonly number[],
): RegressionPosterior | undefined {
  const size = regressors.length;
  const rows: number[] = [];
  const complete = (row: number) =>
    Number.isFinite(response[row]) && regressors.every((regressor) => Number.isFinite(regressor[row]));
  for (let row = 0; row < response.length; row++) if (complete(row)) rows.push(row);
  const unknown = priors.filter((prior) => prior.sd === Number.POSITIVE_INFINITY).length;
  if (rows.length < unknown + 3) return undefined;
  const fits = autocorrelations.map((rho) => regress(rho, rows, response, regressors, priors, doubts));
  const usable = fits.filter((fit) => fit !== undefined);
  if (usable.length === 0) return undefined;
  const best = Math.max(...usable.map((fit) => fit.logLikelihood));
  const weights = usable.map((fit) => exp(fit.logLikelihood - best));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const mean = new Float64Array(size);
  const covariance = new Float64Array(size * size);
  let autocorrelation = 0;
  let variance = 0;
  usable.forEach((fit, index) => {
    const share = weights[index] / total;
    autocorrelation += share * fit.rho;
    variance += share * fit.variance;
    for (let i = 0; i < size; i++) mean[i] += share * fit.mean[i];
  });
  usable.forEach((fit, index) => {
    const share = weights[index] / total;
    for (let i = 0; i < size; i++) {
      for (let j = 0; j < size; j++) {
        covariance[i * size + j] +=
          share * (fit.covariance[i * size + j] + (fit.mean[i] - mean[i]) * (fit.mean[j] - mean[j]));
      }
    }
  });
  return {
    mean,
    covariance,
    autocorrelation,
    innovation: Math.sqrt(variance),
    observations: rows.length,
  };
}

function regress(
  rho: number,
  rows: readonly number[],
  response: Float64Array,
  regressors: readonly Float64Array[],
  priors: readonly CoefficientPrior[],
  doubts: readonly number[] | undefined,
) {
  const count = rows.length;
  const whitened = (values: Float64Array): Float64Array =>
    Float64Array.from(rows, (row, index) =>
      index > 0 && rows[index - 1] === row - 1
        ? values[row] - rho * values[row - 1]
        : Math.sqrt(1 - rho * rho) * values[row],
    );
  const starts = rows.filter((row, index) => index === 0 || rows[index - 1] !== row - 1).length;
  const columns = regressors.map(whitened);
  const target = whitened(response);
  const free = columns.map(() => ({ mean: 0, sd: Number.POSITIVE_INFINITY }));
  const freedom = Math.max(3, count - columns.length);
  const squares = solve(target, columns, free, 1)?.squares ?? dot(target, target);
  const variance = Math.max(squares / freedom, 1e-12 * dot(target, target) + Number.MIN_VALUE);
  const posterior = solve(target, columns, priors, variance);
  if (posterior === undefined) return undefined;
  const { mean, inverse } =
    (doubts && believe(solve(target, columns, free, variance), doubts, count, priors)) ?? posterior;
  const widening = freedom / (freedom - 2);
  const covariance = inverse.map((value) => value * widening);
  const logLikelihood =
    0.5 * starts * log(1 - rho * rho) -
    0.5 * (count * log(variance) + posterior.squares / variance + posterior.penalty + posterior.logDeterminant);
  return { rho, mean, covariance, variance, logLikelihood };
}

/** The posterior where estimates are off by a bias of their own beside their sampling error. */
function believe(
  estimates: { readonly mean: Float64Array; readonly inverse: Matrix } | undefined,
  doubts: readonly number[],
  count: number,
  priors: readonly CoefficientPrior[],
) {
  if (estimates === undefined) return undefined;
  const size = doubts.length;
  const spread = estimates.inverse.slice();
  doubts.forEach((doubt, i) => {
    spread[i * size + i] *= 1 + doubt * count;
  });
  const precision = invertCholesky(cholesky(spread, size), size);
  const right = priors.map(({ mean, sd }, i) => {
    const strength = 1 / (sd * sd);
    const own = dot(precision.subarray(i * size, (i + 1) * size), estimates.mean);
    precision[i * size + i] += strength;
    return own + (strength > 0 ? strength * mean : 0);
  });
  const inverse = invertCholesky(cholesky(precision, size), size);
  return { mean: Float64Array.from(right, (_, i) => dot(inverse.subarray(i * size, (i + 1) * size), right)), inverse };
}

function solve(
  target: Float64Array,
  columns: readonly Float64Array[],
  priors: readonly CoefficientPrior[],
  variance: number,
) {
  const size = columns.length;
  const precision = new Float64Array(size * size);
  const right = new Float64Array(size);
  for (let i = 0; i < size; i++) {
    for (let j = 0; j <= i; j++) {
      const sum = dot(columns[i], columns[j]) / variance;
      precision[i * size + j] = sum;
      precision[j * size + i] = sum;
    }
    right[i] = dot(columns[i], target) / variance;
    // A coefficient without a prior gets one that the data outweigh, so that a constant column is no singularity.
    const strength = Number.isFinite(priors[i].sd)
      ? 1 / (priors[i].sd * priors[i].sd)
      : 1e-9 * (precision[i * size + i] + 1e-300);
    precision[i * size + i] += strength > 0 ? strength : 1e-12;
    right[i] += strength * priors[i].mean;
  }
  let factor: Matrix;
  try {
    factor = cholesky(precision, size);
  } catch {
    return undefined;
  }
  const mean = solveCholesky(factor, right);
  let squares = 0;
  for (let row = 0; row < target.length; row++) {
    let error = target[row];
    for (let i = 0; i < size; i++) error -= mean[i] * columns[i][row];
    squares += error * error;
  }
  let penalty = 0;
  let logDeterminant = 0;
  for (let i = 0; i < size; i++) {
    if (Number.isFinite(priors[i].sd)) {
      const distance = (mean[i] - priors[i].mean) / priors[i].sd;
      penalty += distance * distance;
    }
    logDeterminant += 2 * log(factor[i * size + i]);
  }
  return {
    mean,
    inverse: invertCholesky(factor, size),
    logDeterminant,
    squares,
    penalty,
  };
}

function dot(a: Float64Array, b: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
  return sum;
}

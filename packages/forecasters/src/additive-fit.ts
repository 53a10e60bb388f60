import { log, pow } from "@sage-twin/kernel";
import { cholesky, minimise, solveCholesky } from "@sage-twin/numerics";
import { type AdditiveProblem, residualsOf } from "./additive-residuals.js";

/** The maximum of the posterior. */
export interface AdditiveFit {
  readonly changepoints: readonly number[];
  readonly rate: number;
  readonly offset: number;
  readonly changes: readonly number[];
  readonly effects: readonly number[];
  /** Estimated with the degrees of freedom that the coefficients use up. */
  readonly sigma: number;
  /** The logarithm of the posterior density, up to a constant. */
  readonly logPosterior: number;
}

const trendPriorPrecision = 1 / 25;
const sigmaPriorScale = 0.5;
const leastVariance = 1e-10;
/** The Laplace prior's |x| is sqrt(x^2 + s^2) - s with s this share of its scale: at most s / scale off. */
const smoothing = 1e-4;
const mostRounds = 24;
/** The tangent of a model that is not linear hardly changes after these. */
const freshRounds = 4;
const mostHalves = 6;
/** Enough for forecasts to three digits. */
const roughRounds = 3;
const softer = 0.1;
/** Keeps the preconditioner positive definite where columns determine each other. */
const jitter = 1e-11;

/**
 * The posterior mode of Taylor and Letham's model (2018), with the priors of Prophet: normal(0, 5) on rate and offset, Laplace on the rate's changes,
 * normal on the effects, half-normal(0.5) on sigma, which is solved for in closed form at every point. L-BFGS on the sum of squares
 * expanded anew in each round (Gauss-Newton), started from its Hessian with the Laplace prior's quadratic majoriser at the last round's changes.
 */
export function fitAdditive(problem: AdditiveProblem, rough = false): AdditiveFit {
  const { growth, changepoints, changepointPriorScale: scale, values, start } = problem;
  const trendSize = growth === "flat" ? 1 : 2 + changepoints.length;
  const size = trendSize + problem.columns.length;
  const count = values.length;
  const residuals = residualsOf(problem, trendSize);
  const linear = growth !== "logistic" && !problem.multiplicative.some(Boolean);
  let soft = scale;

  const precisions = Float64Array.from({ length: size }, (_, i) => {
    const priorScale = problem.priorScales[i - trendSize];
    return i >= trendSize ? 1 / (priorScale * priorScale) : trendPriorPrecision;
  });
  const isChange = (i: number): boolean => i >= 2 && i < trendSize;

  const gram = new Float64Array(size * size);
  const right = new Float64Array(size);
  /** Where the sum of squares was expanded (the curvature in an earlier round), and what it is there. */
  let origin = new Float64Array(size);
  let total = 0;
  const expand = (x: Float64Array, fresh: boolean): void => {
    origin = Float64Array.from(x);
    total = residuals.squares(x);
    residuals.gradient(right);
    if (fresh) residuals.tangent(gram);
  };
  /** The sum of squares to second order about the origin, exact for a linear model, and half its gradient. */
  const squaresAt = (x: Float64Array, gradient: Float64Array): number => {
    let squares = total;
    for (let i = 0; i < size; i++) {
      let product = 0;
      for (let j = 0; j < size; j++) product += gram[i * size + j] * (x[j] - origin[j]);
      gradient[i] = product + right[i];
      squares += (x[i] - origin[i]) * (product + 2 * right[i]);
    }
    return Math.max(0, squares);
  };
  const varianceAt = (squares: number): number =>
    // The root of count s2 - squares + s2^2 / prior^2, where the derivative by sigma is zero.
    Math.max(
      leastVariance,
      (2 * squares) / (count + Math.sqrt(count * count + (4 * squares) / (sigmaPriorScale * sigmaPriorScale))),
    );
  const evaluate = (x: Float64Array, gradient: Float64Array): number => {
    const squares = squaresAt(x, gradient);
    const variance = varianceAt(squares);
    let value = likelihood(squares, variance);
    for (let i = 0; i < size; i++) {
      gradient[i] /= variance;
      if (isChange(i)) {
        const length = Math.sqrt(x[i] * x[i] + soft * soft);
        value += (length - soft) / scale;
        gradient[i] += x[i] / length / scale;
      } else {
        value += (precisions[i] * x[i] * x[i]) / 2;
        gradient[i] += precisions[i] * x[i];
      }
    }
    return value;
  };
  const likelihood = (squares: number, variance: number): number =>
    (count * log(variance) + squares / variance + variance / (sigmaPriorScale * sigmaPriorScale)) / 2;
  /** What `evaluate` would say with the model itself. */
  const exactly = (x: Float64Array, expanded: number): number => {
    const wrong = squaresAt(x, scratch);
    const squares = residuals.squares(x);
    return expanded - likelihood(wrong, varianceAt(wrong)) + likelihood(squares, varianceAt(squares));
  };

  let x = new Float64Array(size);
  if (growth !== "flat") x[0] = start.rate;
  x[growth === "flat" ? 0 : 1] = start.offset;
  const scratch = new Float64Array(size);
  const hessian = new Float64Array(size * size);
  let factor = hessian;
  let value = Number.POSITIVE_INFINITY;
  expand(x, true);
  for (let round = 0; round < (rough ? roughRounds : mostRounds); round++) {
    soft = Math.max(smoothing * scale, scale * pow(softer, round));
    if (!linear && round > 0) expand(x, round < freshRounds);
    const variance = varianceAt(squaresAt(x, scratch));
    for (let i = 0; i < size; i++) {
      for (let j = 0; j < size; j++) hessian[i * size + j] = gram[i * size + j] / variance;
      hessian[i * size + i] *= 1 + jitter;
      hessian[i * size + i] += isChange(i) ? 1 / (scale * Math.sqrt(x[i] * x[i] + soft * soft)) : precisions[i];
    }
    factor = cholesky(hessian, size) as Float64Array<ArrayBuffer>;
    const problem = {
      evaluate,
      precondition: (gradient: Float64Array) => gradient.set(solveCholesky(factor, gradient)),
    };
    const before = evaluate(x, scratch);
    const found = minimise(problem, x, {
      iterations: 20,
      tolerance: soft > smoothing * scale ? 1e-6 : 1e-9,
      memory: 15,
    });
    let next = found.parameters as Float64Array<ArrayBuffer>;
    let reached = found.value;
    if (!linear) {
      // The expansion may lead too far: half the way, as long as it does.
      reached = exactly(next, reached);
      for (let half = 0; half < mostHalves && !(reached <= before); half++) {
        next = next.map((to, i) => (to + x[i]) / 2);
        reached = exactly(next, evaluate(next, scratch));
      }
      if (!(reached <= before)) [next, reached] = [x, before];
    }
    x = next;
    const settled = value - reached < 1e-4;
    value = reached;
    if (settled && soft === smoothing * scale) break;
  }

  const squares = residuals.squares(x);
  const used = size === 0 ? 0 : degreesOfFreedom(factor, gram, varianceAt(squares), size);
  return {
    changepoints,
    rate: growth === "flat" ? 0 : x[0],
    offset: x[growth === "flat" ? 0 : 1],
    changes: Array.from(x.subarray(Math.min(2, trendSize), trendSize)),
    effects: Array.from(x.subarray(trendSize)),
    sigma: Math.sqrt(Math.max(leastVariance, squares / Math.max(1, count - used))),
    logPosterior: -value,
  };
}

/** The trace of (data precision + prior)^-1 x data precision. */
function degreesOfFreedom(factor: Float64Array, gram: Float64Array, variance: number, size: number): number {
  let trace = 0;
  for (let i = 0; i < size; i++) trace += solveCholesky(factor, gram.subarray(i * size, (i + 1) * size))[i] / variance;
  return trace;
}

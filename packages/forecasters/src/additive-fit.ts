import { log, pow } from "@sage-twin/kernel";
import { cholesky, minimise, solveCholesky } from "@sage-twin/numerics";
import { type Growth, innerTrend, logistic } from "./additive-trend.js";

/** What is to be fitted; values are in units of their largest, times from 0 to 1. */
export interface AdditiveProblem {
  readonly growth: Growth;
  readonly cap: number;
  readonly times: Float64Array;
  readonly values: Float64Array;
  readonly changepoints: readonly number[];
  readonly changepointPriorScale: number;
  /** The columns of all terms. */
  readonly columns: readonly Float64Array[];
  readonly multiplicative: readonly boolean[];
  readonly priorScales: readonly number[];
  /** Rate and offset to start from. */
  readonly start: { readonly rate: number; readonly offset: number };
}

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
const mostRounds = 16;
/** The tangent of a model that is not linear hardly changes after these. */
const freshRounds = 3;
/** Enough for forecasts to three digits. */
const roughRounds = 3;
const softer = 0.1;
/** Keeps the preconditioner positive definite where columns determine each other. */
const jitter = 1e-11;

/**
 * The posterior mode of Taylor and Letham's model (2018), with the priors of Prophet: normal(0, 5) on rate and offset, Laplace on the rate's changes,
 * normal on the effects, half-normal(0.5) on sigma, which is solved for in closed form at every point. L-BFGS, started in each round from the
 * Gauss-Newton Hessian with the Laplace prior's quadratic majoriser at the last round's changes.
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
  let total = 0;
  if (linear) {
    // At zero the residuals are the values, and the model is its own tangent.
    total = residuals.squares(new Float64Array(size));
    residuals.tangent(new Float64Array(size), gram);
    residuals.gradient(right);
  }
  /** The sum of squares, and half its gradient. */
  const squaresAt = (x: Float64Array, gradient: Float64Array): number => {
    if (!linear) {
      const squares = residuals.squares(x);
      residuals.gradient(gradient);
      return squares;
    }
    let squares = total;
    for (let i = 0; i < size; i++) {
      let product = 0;
      for (let j = 0; j < size; j++) product += gram[i * size + j] * x[j];
      gradient[i] = product + right[i];
      squares += x[i] * (product + 2 * right[i]);
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
    let value = (count * log(variance) + squares / variance + variance / (sigmaPriorScale * sigmaPriorScale)) / 2;
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

  let x = new Float64Array(size);
  if (growth !== "flat") x[0] = start.rate;
  x[growth === "flat" ? 0 : 1] = start.offset;
  const scratch = new Float64Array(size);
  const hessian = new Float64Array(size * size);
  let factor = hessian;
  let value = Number.POSITIVE_INFINITY;
  for (let round = 0; round < (rough ? roughRounds : mostRounds); round++) {
    soft = Math.max(smoothing * scale, scale * pow(softer, round));
    const variance = varianceAt(squaresAt(x, scratch));
    if (!linear && round < freshRounds) residuals.tangent(x, gram);
    for (let i = 0; i < size; i++) {
      for (let j = 0; j < size; j++) hessian[i * size + j] = gram[i * size + j] / variance;
      hessian[i * size + i] *= 1 + jitter;
      hessian[i * size + i] += isChange(i) ? 1 / (scale * Math.sqrt(x[i] * x[i] + soft * soft)) : precisions[i];
    }
    factor = cholesky(hessian, size) as Float64Array<ArrayBuffer>;
    const found = minimise({ evaluate, precondition: (gradient) => gradient.set(solveCholesky(factor, gradient)) }, x, {
      iterations: 20,
      tolerance: soft > smoothing * scale ? 1e-6 : 1e-9,
      memory: 15,
    });
    x = found.parameters as Float64Array<ArrayBuffer>;
    const settled = value - found.value < 1e-4;
    value = found.value;
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

/** Model minus values, and what moves it. */
function residualsOf(problem: AdditiveProblem, trendSize: number) {
  const { growth, cap, times, values, changepoints, columns, multiplicative } = problem;
  const count = values.length;
  const size = trendSize + columns.length;
  const inner = new Float64Array(count);
  const trend = new Float64Array(count);
  const share = new Float64Array(count);
  const weight = new Float64Array(count);
  const weighted = new Float64Array(count);
  const shared = new Float64Array(count);
  const byRate = new Float64Array(count);
  const byOffset = new Float64Array(count);
  const residual = new Float64Array(count);
  const hinges = changepoints.map((changepoint) => times.map((time) => Math.max(0, time - changepoint)));
  const ones = new Float64Array(count).fill(1);
  let at = new Float64Array(size);

  const squares = (x: Float64Array): number => {
    at = x as Float64Array<ArrayBuffer>;
    const flat = growth === "flat";
    const rate = flat ? 0 : x[0];
    const offset = flat ? x[0] : x[1];
    innerTrend({ growth, rate, offset, changepoints, changes: Array.from(x.subarray(2, trendSize)) }, times, inner);
    share.fill(1);
    for (let i = 0; i < count; i++) {
      const p = growth === "logistic" ? logistic(inner[i]) : 0;
      trend[i] = growth === "logistic" ? cap * p : inner[i];
      weight[i] = growth === "logistic" ? cap * p * (1 - p) : 1;
      residual[i] = -values[i];
    }
    for (let c = 0; c < columns.length; c++) {
      const column = columns[c];
      const effect = x[trendSize + c];
      if (effect === 0) continue;
      const target = multiplicative[c] ? share : residual;
      for (let i = 0; i < count; i++) target[i] += effect * column[i];
    }
    let sum = 0;
    for (let i = 0; i < count; i++) {
      residual[i] += trend[i] * share[i];
      weight[i] *= share[i];
      sum += residual[i] * residual[i];
    }
    return sum;
  };

  /** The columns of the trend's tangent, before the weights of its rows. */
  const trendColumns = (): readonly Float64Array[] => {
    if (growth === "flat") return [ones];
    if (growth === "linear") return [times, ones, ...hinges];
    const [rate, offset] = at;
    for (let i = 0; i < count; i++) {
      byRate[i] = times[i] - offset;
      byOffset[i] = -rate;
    }
    return [byRate, byOffset, ...hinges];
  };
  const allColumns = (): readonly Float64Array[] => [...trendColumns(), ...columns];
  /** What the column's rows are multiplied by: the trend's own slope and share, the trend for a share of it, or nothing. */
  const weightOf = (index: number): Float64Array | undefined =>
    index < trendSize ? weight : multiplicative[index - trendSize] ? trend : undefined;

  return {
    squares,
    /** Half the gradient of the last sum of squares. */
    gradient(output: Float64Array): void {
      for (let i = 0; i < count; i++) {
        weighted[i] = residual[i] * weight[i];
        shared[i] = residual[i] * trend[i];
      }
      // The hinges' products by sums from the end: each begins at its changepoint.
      let sum = 0;
      let moment = 0;
      let row = count - 1;
      for (let index = trendSize - 1; index >= 2; index--) {
        const changepoint = changepoints[index - 2];
        for (; row >= 0 && times[row] > changepoint; row--) {
          sum += weighted[row];
          moment += weighted[row] * times[row];
        }
        output[index] = moment - changepoint * sum;
      }
      const all = allColumns();
      for (let index = 0; index < size; index++) {
        if (index >= 2 && index < trendSize) continue;
        const rows = index < trendSize ? weighted : multiplicative[index - trendSize] ? shared : residual;
        output[index] = dot(all[index], rows);
      }
    },
    /** Half the Gauss-Newton Hessian of the sum of squares. */
    tangent(x: Float64Array, gram: Float64Array): void {
      squares(x);
      const all = allColumns().map((column, index) => {
        const rows = weightOf(index);
        return rows === undefined ? column : column.map((value, i) => value * rows[i]);
      });
      for (let a = 0; a < size; a++)
        for (let b = 0; b <= a; b++) gram[a * size + b] = gram[b * size + a] = dot(all[a], all[b]);
    },
  };
}

function dot(a: Float64Array, b: Float64Array): number {
  // Four sums run side by side in the processor.
  let s0 = 0;
  let s1 = 0;
  let s2 = 0;
  let s3 = 0;
  const whole = a.length & -4;
  let i = 0;
  for (; i < whole; i += 4) {
    s0 += a[i] * b[i];
    s1 += a[i + 1] * b[i + 1];
    s2 += a[i + 2] * b[i + 2];
    s3 += a[i + 3] * b[i + 3];
  }
  for (; i < a.length; i++) s0 += a[i] * b[i];
  return s0 + s1 + (s2 + s3);
}

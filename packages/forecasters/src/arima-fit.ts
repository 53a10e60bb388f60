import { log } from "@sage-twin/kernel";
import { minimiseSquares } from "@sage-twin/numerics";
import { ArimaLikelihood, conditionalSquares } from "./arima-likelihood.js";
import type { ArimaOrder } from "./arima-order.js";
import { type ArimaCoefficients, autoregression, difference, fromPartials, movingAverage } from "./arima-polynomial.js";

/** A fitted ARIMA model, in the units of the series that was given. */
export interface ArimaFit {
  readonly order: ArimaOrder;
  readonly coefficients: ArimaCoefficients;
  /** The mean of the differenced series. */
  readonly mean: number;
  /** The effect of each regressor. */
  readonly beta: readonly number[];
  readonly sigma: number;
  readonly logLikelihood: number;
  readonly aicc: number;
  /** One-step errors of the differenced series: the first belongs to value d + s D. */
  readonly errors: Float64Array;
  /** Where the search ended: to start from for a longer series. */
  readonly parameters: Float64Array;
}

const mostPartial = 0.999;
/** Of autoregressive and moving-average terms: near nothing, and what a differenced series most often has. */
const startingPartials = [
  [0.1, 0.1],
  [0.1, 0.5],
] as const;
const sqrtLimit = 1e-12;

/**
 * Estimates an ARIMA model with regressors by exact maximum likelihood, from the optimum of the conditional sum of squares; or by the latter alone.
 * Each factor is kept stationary or invertible by its partial autocorrelations (Monahan 1984). Undefined where the series cannot carry it.
 */
export function fitArima(
  values: Float64Array,
  regressors: readonly Float64Array[],
  order: ArimaOrder,
  options: { readonly method?: "ml" | "rough" | "css"; readonly start?: Float64Array } = {},
): ArimaFit | undefined {
  const { p, q, P, Q, seasonLength, constant } = order;
  const differenced = difference(values, order);
  const columns = regressors.map((column) => difference(column, order));
  if (constant) columns.unshift(new Float64Array(differenced.length).fill(1));
  const observed = differenced.reduce((count, value) => count + (Number.isNaN(value) ? 0 : 1), 0);
  const shapes = p + q + P + Q;
  const estimated = shapes + columns.length + 1;
  if (observed < estimated + 2) return undefined;

  const unit = rootMeanSquare(differenced, constant) || 1;
  const units = columns.map((column) => rootMeanSquare(column, false) || 1);
  const series = differenced.map((value) => value / unit);
  const scaled = columns.map((column, index) => column.map((value) => value / units[index]));
  const beta = regress(series, scaled);

  const unpack = (parameters: ArrayLike<number>): ArimaCoefficients => ({
    ar: fromPartials(parameters, 0, p),
    ma: negated(fromPartials(parameters, p, q)),
    seasonalAr: fromPartials(parameters, p + q, P),
    seasonalMa: negated(fromPartials(parameters, p + q + P, Q)),
  });
  const likelihood = new ArimaLikelihood(series.length);
  const rest = new Float64Array(series.length);
  const evaluateWith =
    (exact: boolean) =>
    (parameters: Float64Array, output: Float64Array): number => {
      for (let t = 0; t < rest.length; t++) rest[t] = series[t];
      for (let index = 0; index < scaled.length; index++) {
        const effect = parameters[shapes + index];
        const column = scaled[index];
        for (let t = 0; t < rest.length; t++) rest[t] -= effect * column[t];
      }
      const coefficients = unpack(parameters);
      const ar = autoregression(coefficients, seasonLength);
      const ma = movingAverage(coefficients, seasonLength);
      return exact ? likelihood.evaluate(rest, ar, ma, output) : conditionalSquares(rest, ar, ma, output);
    };
  const bound = Float64Array.from({ length: shapes + scaled.length }, (_, index) =>
    index < shapes ? mostPartial : Number.POSITIVE_INFINITY,
  );
  const problem = { lower: bound.map((value) => -value), upper: bound, residualCount: series.length };
  const starts = startingPartials.map(([autoregressive, movingAverage]) =>
    Float64Array.from(bound, (_, index) => {
      if (index >= shapes) return beta[index - shapes];
      return index < p || (index >= p + q && index < p + q + P) ? autoregressive : movingAverage;
    }),
  );
  const conditional = { ...problem, evaluate: evaluateWith(false) };
  const exact = { ...problem, evaluate: evaluateWith(true) };
  const { method = "ml", start } = options;
  const near =
    start ??
    starts
      .map((point) => minimiseSquares(conditional, point, { iterations: 30, tolerance: 1e-4 }))
      .reduce((best, other) => (other.squares < best.squares ? other : best)).parameters;
  const search = method === "rough" ? { iterations: 3, tolerance: 1e-3 } : { iterations: 30, tolerance: 1e-7 };
  const { parameters } = method === "css" ? { parameters: near } : minimiseSquares(exact, near, search);
  const output = new Float64Array(series.length);
  const squares = (method === "css" ? conditional : exact).evaluate(parameters, output);
  if (!(squares > sqrtLimit * observed)) return undefined;

  // sigma^2 |F|^(1/n): the concentrated likelihood. What the conditional sum leaves out counts as the rest does.
  const used = observed;
  const variance = squares / used;
  const logLikelihood = -0.5 * observed * (1 + log(2 * Math.PI * variance)) - observed * log(unit);
  const freedom = Math.max(1, used - estimated + 1);
  return {
    order,
    coefficients: unpack(parameters),
    mean: constant ? (parameters[shapes] * unit) / units[0] : 0,
    beta: regressors.map((_, index) => {
      const at = constant ? index + 1 : index;
      return (parameters[shapes + at] * unit) / units[at];
    }),
    sigma: unit * Math.sqrt(squares / likelihood.determinant / freedom),
    logLikelihood,
    aicc: -2 * logLikelihood + 2 * estimated + (2 * estimated * (estimated + 1)) / (observed - estimated - 1),
    errors: likelihood.errors.map((error, t) => (Number.isNaN(series[t]) ? Number.NaN : error * unit)),
    parameters,
  };
}

/** A moving average 1 + c B is invertible where the autoregression 1 - (-c) B is stationary. */
function negated(coefficients: readonly number[]): number[] {
  return coefficients.map((value) => -value);
}

function rootMeanSquare(values: Float64Array, centred: boolean): number {
  let sum = 0;
  let squares = 0;
  let count = 0;
  for (const value of values) {
    if (Number.isNaN(value)) continue;
    sum += value;
    squares += value * value;
    count++;
  }
  const mean = centred ? sum / count : 0;
  return Math.sqrt(Math.max(0, squares / count - mean * mean));
}

/** Least squares of a series on columns, rows with a missing value left out; zeros where the columns leave no answer. */
function regress(series: Float64Array, columns: readonly Float64Array[]): Float64Array {
  const size = columns.length;
  const beta = new Float64Array(size);
  if (size === 0) return beta;
  const residuals = (parameters: Float64Array, output: Float64Array): number => {
    let squares = 0;
    for (let t = 0; t < series.length; t++) {
      let error = series[t];
      for (let index = 0; index < size; index++) error -= parameters[index] * columns[index][t];
      output[t] = Number.isNaN(error) ? 0 : error;
      squares += output[t] * output[t];
    }
    return squares;
  };
  const bound = new Float64Array(size).fill(Number.POSITIVE_INFINITY);
  return minimiseSquares(
    { lower: bound.map((value) => -value), upper: bound, residualCount: series.length, evaluate: residuals },
    beta,
    { iterations: 3 },
  ).parameters;
}

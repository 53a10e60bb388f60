import { cos, log, sin } from "@sage-twin/kernel";
import { cholesky, solveCholesky } from "@sage-twin/numerics";
import type { SimulatedBusiness } from "../src/index.js";

/** Ordinary least squares: the coefficients in the order of the regressors, and the squared error. */
export function leastSquares(response: ArrayLike<number>, regressors: readonly ArrayLike<number>[]) {
  const size = regressors.length;
  const products = new Float64Array(size * size);
  const right = new Float64Array(size);
  for (let i = 0; i < size; i++) {
    for (let j = 0; j < size; j++) products[i * size + j] = dot(regressors[i], regressors[j]);
    right[i] = dot(regressors[i], response);
  }
  const coefficients = solveCholesky(cholesky(products, size), right);
  let squares = 0;
  for (let row = 0; row < response.length; row++)
    squares += regressors.reduce((rest, regressor, i) => rest - coefficients[i] * regressor[row], response[row]) ** 2;
  return { coefficients, squares };
}

function dot(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
  return sum;
}

export function correlation(a: ArrayLike<number>, b: ArrayLike<number>): number {
  const centred = (values: ArrayLike<number>) => {
    const mean = average(values);
    return Array.from(values, (value) => value - mean);
  };
  const [x, y] = [centred(a), centred(b)];
  return dot(x, y) / Math.sqrt(dot(x, x) * dot(y, y));
}

export function average(values: ArrayLike<number>): number {
  return Array.from(values).reduce((sum, value) => sum + value, 0) / values.length;
}

/** Values as they were a period before; the first row repeats. */
export function before(values: Float64Array): Float64Array {
  return values.map((_, row) => values[Math.max(0, row - 1)]);
}

/** Level, trend and three pairs of a yearly season of weeks. */
export function trendAndSeason(length: number): Float64Array[] {
  const column = (at: (row: number) => number) => Float64Array.from({ length }, (_, row) => at(row));
  const pairs = [1, 2, 3].flatMap((pair) => {
    const turn = (2 * Math.PI * pair) / (365.2425 / 7);
    return [column((row) => cos(turn * row)), column((row) => sin(turn * row))];
  });
  return [column(() => 1), column((row) => row / length - 0.5), ...pairs];
}

/** What the oracle knows of the log of orders beyond price: every cause, the hidden ones too, but not the break. */
export function oracleRegressors({ complete: x, length }: SimulatedBusiness): Float64Array[] {
  return [
    x.price.map(log),
    x.demand,
    x.competitor,
    x.visitors.map(log),
    x.promotion,
    x.promotion.map((depth) => depth * depth),
    x.capacity.map(log),
    before(x.deliveryDelay),
    before(x.sentiment),
    before(x.customers).map(log),
    before(x.availability).map(log),
    ...trendAndSeason(length),
  ];
}

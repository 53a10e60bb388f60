import { TwinError } from "@sage-twin/kernel";
import { cholesky, invertCholesky, type Matrix } from "@sage-twin/numerics";
import { codesOf } from "./observations.js";

/** A linear regression with standard errors that allow for errors of unequal size, or that move together within clusters. */
export interface RobustRegression {
  /** In the order of the columns. */
  readonly coefficients: Float64Array;
  /** By rows. */
  readonly covariance: Matrix;
  readonly residuals: Float64Array;
  readonly degrees: number;
}

export interface RegressionDesign {
  readonly names: readonly string[];
  readonly columns: readonly Float64Array[];
  readonly response: Float64Array;
  /** The columns as instruments predict them; the columns themselves by default. */
  readonly predicted?: readonly Float64Array[];
  readonly clusters?: Float64Array;
  /** Parameters taken out before: 1 for a mean. */
  readonly absorbed: number;
}

const independent = 1e-9;

/**
 * Least squares (or two-stage least squares with `predicted`) on columns from which means were taken out, with the sandwich covariance:
 * HC1 (MacKinnon and White 1985), or clustered with the usual small-sample factor (Liang and Zeger 1986; Cameron and Miller 2015).
 */
export function robustRegression(design: RegressionDesign): RobustRegression {
  const { columns, response, absorbed, clusters } = design;
  const regressors = design.predicted ?? columns;
  const size = columns.length;
  const rows = response.length;
  const spare = rows - absorbed - size;
  if (!(spare > 0))
    throw new TwinError({
      code: "invalid-data",
      path: ["data"],
      message: `${rows} rows cannot carry ${absorbed + size} coefficients`,
      fix: "give more rows or fewer columns",
    });
  const bread = invertGram(design.names, regressors);
  const coefficients = new Float64Array(size);
  const right = regressors.map((column) => dot(column, response));
  for (let i = 0; i < size; i++) for (let j = 0; j < size; j++) coefficients[i] += bread[i * size + j] * right[j];
  const residuals = response.slice();
  for (let j = 0; j < size; j++)
    for (let row = 0; row < rows; row++) residuals[row] -= coefficients[j] * columns[j][row];
  const groups = clusters === undefined ? undefined : codesOf(clusters);
  if (groups !== undefined && groups.count < 2)
    throw new TwinError({
      code: "invalid-data",
      path: ["clusters"],
      message: "one cluster alone gives no standard error",
      fix: "name a column with at least two values",
    });
  const count = groups?.count ?? rows;
  const scores = regressors.map((column) => {
    const sums = new Float64Array(count);
    for (let row = 0; row < rows; row++) sums[groups?.codes[row] ?? row] += column[row] * residuals[row];
    return sums;
  });
  const factor = groups === undefined ? rows / spare : (count / (count - 1)) * ((rows - 1) / spare);
  const meat = scores.map((a) => scores.map((b) => factor * dot(a, b)));
  const covariance = new Float64Array(size * size);
  for (let i = 0; i < size; i++)
    for (let j = 0; j < size; j++)
      for (let k = 0; k < size; k++)
        for (let l = 0; l < size; l++)
          covariance[i * size + j] += bread[i * size + k] * meat[k][l] * bread[l * size + j];
  return { coefficients, covariance, residuals, degrees: groups === undefined ? spare : count - 1 };
}

/** The inverse of X'X; throws for a column that is constant or that those before it determine. */
function invertGram(names: readonly string[], columns: readonly Float64Array[]): Matrix {
  const size = columns.length;
  const lengths = columns.map((column) => Math.sqrt(dot(column, column)));
  const gram = new Float64Array(size * size);
  for (let i = 0; i < size; i++)
    for (let j = 0; j < size; j++) gram[i * size + j] = dot(columns[i], columns[j]) / (lengths[i] * lengths[j]);
  for (let width = 1; width <= size; width++) {
    const part = Float64Array.from(
      { length: width * width },
      (_, at) => gram[Math.floor(at / width) * size + (at % width)],
    );
    let pivot = 0;
    try {
      pivot = cholesky(part, width)[width * width - 1];
    } catch {
      pivot = 0;
    }
    if (!(lengths[width - 1] > 0) || !(pivot * pivot > independent)) throw singular(names[width - 1]);
  }
  return invertCholesky(cholesky(gram, size), size).map(
    (value, at) => value / (lengths[Math.floor(at / size)] * lengths[at % size]),
  );
}

function singular(name: string): TwinError {
  return new TwinError({
    code: "invalid-data",
    path: ["data", name],
    message: `'${name}' does not vary once the other columns are known: its effect cannot be told from theirs`,
    fix: "leave it out, or leave out what determines it",
  });
}

/** What is left of columns when the means of each grouping are taken out, in turn until nothing changes; without groupings, the mean. */
export function takeOutMeans(
  columns: readonly Float64Array[],
  groupings: readonly Float64Array[],
  signal?: AbortSignal,
): { readonly columns: readonly Float64Array[]; readonly absorbed: number } {
  const rows = columns[0].length;
  const groups = groupings.length === 0 ? [codesOf(new Float64Array(rows))] : groupings.map(codesOf);
  const sizes = groups.map(({ codes, count }) => {
    const size = new Float64Array(count);
    for (const code of codes) size[code]++;
    return size;
  });
  const left = columns.map((column) => {
    const values = column.slice();
    const scale = Math.max(...[Math.sqrt(dot(column, column) / rows)], Number.MIN_VALUE);
    for (let round = 0; ; round++) {
      signal?.throwIfAborted();
      let largest = 0;
      groups.forEach(({ codes, count }, at) => {
        const means = new Float64Array(count);
        for (let row = 0; row < rows; row++) means[codes[row]] += values[row] / sizes[at][codes[row]];
        for (let row = 0; row < rows; row++) values[row] -= means[codes[row]];
        for (const mean of means) largest = Math.max(largest, Math.abs(mean));
      });
      if (groups.length === 1 || largest < 1e-11 * scale) break;
      if (round >= mostRounds)
        throw new TwinError({
          code: "invalid-data",
          path: ["within"],
          message: `the fixed effects do not settle in ${mostRounds} rounds`,
          fix: "leave out groups that hardly overlap with the others",
        });
    }
    // What remains of a column that the groups determine is rounding.
    return dot(values, values) > 1e-18 * dot(column, column) ? values : new Float64Array(rows);
  });
  return { columns: left, absorbed: groups.reduce((sum, { count }) => sum + count, 1 - groups.length) };
}

const mostRounds = 10_000;

export function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
  return sum;
}

/** The fit of a column by others: coefficients that are free of the response. */
export function fittedBy(
  names: readonly string[],
  columns: readonly Float64Array[],
  response: Float64Array,
): Float64Array {
  if (columns.length === 0) return new Float64Array(response.length);
  const bread = invertGram(names, columns);
  const right = columns.map((column) => dot(column, response));
  const fitted = new Float64Array(response.length);
  columns.forEach((column, i) => {
    const slope = right.reduce((sum, value, j) => sum + bread[i * columns.length + j] * value, 0);
    for (let row = 0; row < fitted.length; row++) fitted[row] += slope * column[row];
  });
  return fitted;
}

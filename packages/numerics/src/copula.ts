import { normalDistribution, sin, TwinError } from "@sage-twin/kernel";
import { studentTail } from "./distributions.js";

/**
 * Turns independent standard normal columns into uniform ones that hang together, in place: their rank correlation is that of normal scores with the
 * correlation whose Cholesky factor (by rows) is given.
 *
 * @param columns one array for each variable, all of one length.
 */
export function gaussianCopula(columns: readonly Float64Array[], factor: Float64Array): void {
  correlateColumns(columns, factor);
  for (const column of columns)
    for (let row = 0; row < column.length; row++) column[row] = normalDistribution(column[row]);
}

/**
 * As `gaussianCopula`, with extremes that come together: every row's normal scores are divided by one shared root of a chi-square over its degrees
 * (Demarta and McNeil 2005). `shared` holds `degrees` further independent standard normal columns.
 *
 * @param degrees of freedom, a whole number from 1; the fewer, the more do extremes come together.
 */
export function studentCopula(
  columns: readonly Float64Array[],
  factor: Float64Array,
  degrees: number,
  shared: readonly Float64Array[],
): void {
  if (!(Number.isInteger(degrees) && degrees >= 1 && shared.length === degrees))
    throw new TwinError({
      code: "invalid-argument",
      path: ["degrees"],
      message: `${degrees} degrees of freedom with ${shared.length} columns for them`,
      fix: "give a whole number from 1, and as many columns",
    });
  correlateColumns(columns, factor);
  const rows = columns[0]?.length ?? 0;
  for (let row = 0; row < rows; row++) {
    let square = 0;
    for (const column of shared) square += column[row] * column[row];
    const scale = Math.sqrt(square / degrees);
    for (const column of columns) {
      const value = column[row] / scale;
      column[row] = value > 0 ? 1 - studentTail(value, degrees) : studentTail(-value, degrees);
    }
  }
}

/**
 * The correlation of normal scores that gives a rank correlation (Spearman's) in a Gaussian copula: 2 sin(pi r / 6) (Pearson 1907).
 *
 * @example
 * ```ts
 * import { scoreCorrelation } from "@sage-twin/numerics";
 *
 * scoreCorrelation(0.5).toFixed(4); // => "0.5176"
 * ```
 */
export function scoreCorrelation(rankCorrelation: number): number {
  return 2 * sin((Math.PI * rankCorrelation) / 6);
}

function correlateColumns(columns: readonly Float64Array[], factor: Float64Array): void {
  const size = columns.length;
  const rows = columns[0]?.length ?? 0;
  for (let row = 0; row < rows; row++) {
    for (let index = size - 1; index >= 0; index--) {
      let sum = 0;
      for (let other = 0; other <= index; other++) sum += factor[index * size + other] * columns[other][row];
      columns[index][row] = sum;
    }
  }
}

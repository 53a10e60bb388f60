import { cos, log, sin } from "@sage-twin/kernel";
import { burg, fTail } from "@sage-twin/numerics";

const mostHarmonics = 12;
const mostLags = 2;

/** The F test of a season of one length. */
export interface SeasonalTest {
  readonly statistic: number;
  readonly degrees: readonly [number, number];
  /** 1 when there are too few values. */
  readonly pValue: number;
}

/**
 * Tests whether a season of `period` values explains more than chance does, beside a straight trend, the seasons in `known` and an
 * autoregression of the errors of order 0 to 2: the regression on all its harmonics (at most 12) is fitted, the autoregression is taken
 * from its residuals (Burg; order by the corrected Akaike criterion), series and regressors are filtered by it, and the harmonics get
 * an F test in the filtered regression (Cochrane and Orcutt 1949). Missing values (NaN) are left out.
 */
export function seasonalTest(values: Float64Array, period: number, known: readonly number[] = []): SeasonalTest {
  const count = values.length;
  const trend = [new Float64Array(count).fill(1), Float64Array.from(values, (_, row) => row / count - 0.5)];
  const base = [...trend, ...known.flatMap((other) => harmonics(count, other))];
  const full = [...base, ...harmonics(count, period)];
  const present = Float64Array.from(values, (value) => (Number.isNaN(value) ? 0 : 1));
  const masked = (column: Float64Array): Float64Array => column.map((value, row) => (present[row] === 1 ? value : 0));
  const first = residualsOf(full.map(masked), masked(values));
  const lags = chooseAutoregression(first.residuals, Math.min(mostLags, count >> 3));
  const filter = (column: Float64Array): Float64Array => filtered(column, lags, present);
  const series = filter(masked(values));
  const without = residualsOf(base.map(filter), series);
  const within = residualsOf(full.map(filter), series);
  let rows = 0;
  for (let row = lags.length; row < count; row++) rows += usable(present, row, lags.length) ? 1 : 0;
  const numerator = within.rank - without.rank;
  const denominator = rows - within.rank - lags.length;
  if (numerator < 1 || denominator < 1 || !(without.squares > 1e-20 * first.size))
    return { statistic: 0, degrees: [numerator, denominator], pValue: 1 };
  const statistic = (without.squares - within.squares) / numerator / (within.squares / denominator);
  return { statistic, degrees: [numerator, denominator], pValue: fTail(statistic, numerator, denominator) };
}

/** Sines and cosines of a period's harmonics. */
function harmonics(count: number, period: number): Float64Array[] {
  const columns: Float64Array[] = [];
  for (let order = 1; order <= Math.min(mostHarmonics, period / 2); order++) {
    const angle = (2 * Math.PI * order) / period;
    columns.push(Float64Array.from({ length: count }, (_, row) => cos(angle * (row % period))));
    if (2 * order < period) columns.push(Float64Array.from({ length: count }, (_, row) => sin(angle * (row % period))));
  }
  return columns;
}

function chooseAutoregression(residuals: Float64Array, maxOrder: number): Float64Array {
  const count = residuals.length;
  let best = new Float64Array(0);
  let least = Infinity;
  for (const { coefficients, variance } of burg(residuals, maxOrder)) {
    const order = coefficients.length;
    const criterion = count * log(variance) + (2 * order * count) / (count - order - 2);
    if (!(criterion < least)) continue;
    least = criterion;
    best = Float64Array.from(coefficients);
  }
  return best;
}

function usable(present: Float64Array, row: number, lags: number): boolean {
  for (let lag = 0; lag <= lags; lag++) if (present[row - lag] === 0) return false;
  return true;
}

/** The innovations of a column; 0 where a value that they need is missing. */
function filtered(column: Float64Array, coefficients: Float64Array, present: Float64Array): Float64Array {
  const output = new Float64Array(column.length);
  for (let row = coefficients.length; row < column.length; row++) {
    if (!usable(present, row, coefficients.length)) continue;
    let innovation = column[row];
    for (let lag = 0; lag < coefficients.length; lag++) innovation -= coefficients[lag] * column[row - 1 - lag];
    output[row] = innovation;
  }
  return output;
}

/** Least squares by modified Gram-Schmidt; columns that the others determine do not count. */
function residualsOf(columns: readonly Float64Array[], values: Float64Array) {
  const residuals = values.slice();
  const directions: Float64Array[] = [];
  for (const column of columns) {
    const direction = column.slice();
    const length = dot(column, column);
    for (let pass = 0; pass < 2; pass++)
      for (const earlier of directions) subtract(direction, earlier, dot(earlier, direction));
    const left = dot(direction, direction);
    if (!(left > 1e-18 * length)) continue;
    const scale = 1 / Math.sqrt(left);
    for (let row = 0; row < direction.length; row++) direction[row] *= scale;
    directions.push(direction);
    subtract(residuals, direction, dot(direction, residuals));
  }
  return { residuals, squares: dot(residuals, residuals), rank: directions.length, size: dot(values, values) };
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let row = 0; row < a.length; row++) sum += a[row] * b[row];
  return sum;
}

function subtract(from: Float64Array, direction: Float64Array, times: number): void {
  for (let row = 0; row < from.length; row++) from[row] -= times * direction[row];
}

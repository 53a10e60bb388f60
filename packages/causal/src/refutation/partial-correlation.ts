import { log, normalDistribution } from "@sage-twin/kernel";

/** How two columns hang together once others are accounted for. */
export interface PartialCorrelation {
  readonly correlation: number;
  /** The chance of a correlation at least as large where there is none. */
  readonly pValue: number;
}

/** Columns of equal length without gaps, made ready for many tests: centred and scaled, with their correlations. */
export class CorrelationTests {
  readonly #columns: readonly Float64Array[];
  readonly #correlations: Float64Array;
  readonly #rows: number;
  readonly #used: number;
  readonly #ordered: boolean;

  /**
   * @param used how many numbers were already fitted to each column (its trend and season).
   * @param ordered whether rows follow each other in time, so that neighbours may resemble each other.
   */
  constructor(columns: readonly Float64Array[], used: number, ordered: boolean) {
    this.#columns = columns.map(standardised);
    this.#rows = columns[0]?.length ?? 0;
    this.#used = used;
    this.#ordered = ordered;
    const size = columns.length;
    this.#correlations = new Float64Array(size * size);
    for (let a = 0; a < size; a++) {
      for (let b = 0; b <= a; b++) {
        const value = dot(this.#columns[a], this.#columns[b]);
        this.#correlations[a * size + b] = value;
        this.#correlations[b * size + a] = value;
      }
    }
  }

  /**
   * The partial correlation of two columns given others, with the p-value of Fisher's z (1924). Where rows are ordered in time their
   * number is reduced by as much as both residuals repeat themselves (Bartlett 1935).
   */
  test(a: number, b: number, given: readonly number[]): PartialCorrelation {
    const left = this.#residual(a, given);
    const right = this.#residual(b, given);
    const size = Math.sqrt(dot(left, left) * dot(right, right));
    // Where the others determine one of the two, nothing is left to depend on.
    if (!(size > 1e-10)) return { correlation: 0, pValue: 1 };
    const correlation = Math.max(-1, Math.min(1, dot(left, right) / size));
    const rows = this.#ordered ? effectiveRows(left, right) : this.#rows;
    const freedom = rows - given.length - this.#used - 3;
    if (!(freedom > 0)) return { correlation, pValue: 1 };
    const z = 0.5 * log((1 + correlation) / (1 - correlation)) * Math.sqrt(freedom);
    return { correlation, pValue: 2 * normalDistribution(-Math.abs(z)) };
  }

  /** What is left of a column when the given ones are regressed out, by elimination; given columns that others determine are passed over. */
  #residual(column: number, given: readonly number[]): Float64Array {
    const size = this.#columns.length;
    const width = given.length;
    const matrix = new Float64Array(width * (width + 1));
    for (let row = 0; row < width; row++) {
      for (let k = 0; k < width; k++) matrix[row * (width + 1) + k] = this.#correlations[given[row] * size + given[k]];
      matrix[row * (width + 1) + width] = this.#correlations[given[row] * size + column];
    }
    const used = new Uint8Array(width);
    for (let pivot = 0; pivot < width; pivot++) {
      const scale = matrix[pivot * (width + 1) + pivot];
      if (!(scale > 1e-10)) continue;
      used[pivot] = 1;
      for (let row = 0; row < width; row++) {
        const factor = row === pivot ? 0 : matrix[row * (width + 1) + pivot] / scale;
        if (factor === 0) continue;
        for (let k = pivot; k <= width; k++) matrix[row * (width + 1) + k] -= factor * matrix[pivot * (width + 1) + k];
      }
    }
    const residual = this.#columns[column].slice();
    for (let row = 0; row < width; row++) {
      if (used[row] === 0) continue;
      const slope = matrix[row * (width + 1) + width] / matrix[row * (width + 1) + row];
      const regressor = this.#columns[given[row]];
      for (let i = 0; i < residual.length; i++) residual[i] -= slope * regressor[i];
    }
    return residual;
  }
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
  return sum;
}

/** Centred, with squares that sum to 1; a constant column is 0. */
function standardised(values: Float64Array): Float64Array {
  let mean = 0;
  for (const value of values) mean += value / values.length;
  const centred = values.map((value) => value - mean);
  const size = Math.sqrt(dot(centred, centred));
  return centred.map((value) => (size > 0 ? value / size : 0));
}

/** Ranks from 1, those of equal values averaged: correlations of them are Spearman's. */
export function ranksOf(values: Float64Array): Float64Array {
  const order = Array.from(values.keys()).sort((a, b) => values[a] - values[b]);
  const ranks = new Float64Array(values.length);
  for (let start = 0; start < order.length; ) {
    let end = start + 1;
    while (end < order.length && values[order[end]] === values[order[start]]) end++;
    for (let at = start; at < end; at++) ranks[order[at]] = (start + end + 1) / 2;
    start = end;
  }
  return ranks;
}

/** n / (1 + 2 sum of r_a(k) r_b(k)), over lags up to the square root of n, those beyond the noise of an autocorrelation alone. */
function effectiveRows(a: Float64Array, b: Float64Array): number {
  const rows = a.length;
  const noise = 2 / Math.sqrt(rows);
  const squareA = dot(a, a);
  const squareB = dot(b, b);
  let sum = 1;
  for (let lag = 1; lag <= Math.sqrt(rows); lag++) {
    let ofA = 0;
    let ofB = 0;
    for (let i = lag; i < rows; i++) {
      ofA += a[i] * a[i - lag];
      ofB += b[i] * b[i - lag];
    }
    ofA /= squareA;
    ofB /= squareB;
    if (Math.abs(ofA) > noise && Math.abs(ofB) > noise) sum += 2 * ofA * ofB;
  }
  return rows / Math.max(1, sum);
}

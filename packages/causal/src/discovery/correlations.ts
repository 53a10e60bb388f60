const negligible = 1e-10;

/** The correlations of columns, and what is left of them when others are accounted for. */
export class Correlations {
  readonly size: number;
  /** The rows that they rest on. */
  readonly rows: number;
  /** By rows, with 1 on the diagonal. */
  readonly matrix: Float64Array;
  /** The standard deviation of each column. */
  readonly deviations: Float64Array;
  #work: Float64Array = new Float64Array(64);

  constructor(matrix: Float64Array, deviations: Float64Array, rows: number) {
    this.matrix = matrix;
    this.deviations = deviations;
    this.size = deviations.length;
    this.rows = rows;
  }

  /** Of the rows of columns that `chosen` names, which may repeat; all by default. */
  static of(columns: readonly Float64Array[], chosen?: Int32Array): Correlations {
    const size = columns.length;
    const rows = chosen?.length ?? columns[0].length;
    const deviations = new Float64Array(size);
    const centred = columns.map((column, index) => {
      const values = chosen === undefined ? column.slice() : Float64Array.from(chosen, (row) => column[row]);
      let mean = 0;
      for (let row = 0; row < rows; row++) mean += values[row] / rows;
      let square = 0;
      for (let row = 0; row < rows; row++) {
        values[row] -= mean;
        square += values[row] * values[row];
      }
      const scale = Math.sqrt(square);
      deviations[index] = scale / Math.sqrt(rows);
      for (let row = 0; row < rows; row++) values[row] = scale > 0 ? values[row] / scale : 0;
      return values;
    });
    const matrix = new Float64Array(size * size);
    for (let a = 0; a < size; a++) {
      matrix[a * size + a] = 1;
      for (let b = 0; b < a; b++) {
        let sum = 0;
        for (let row = 0; row < rows; row++) sum += centred[a][row] * centred[b][row];
        matrix[a * size + b] = sum;
        matrix[b * size + a] = sum;
      }
    }
    return new Correlations(matrix, deviations, rows);
  }

  /** Of a covariance matrix by rows. */
  static ofCovariance(covariance: Float64Array, size: number, rows: number): Correlations {
    const deviations = Float64Array.from({ length: size }, (_, index) => Math.sqrt(covariance[index * size + index]));
    const matrix = covariance.map((value, at) => value / (deviations[Math.floor(at / size)] * deviations[at % size]));
    return new Correlations(matrix, deviations, rows);
  }

  /** The partial correlation of two columns given others; 0 where the others determine one of the two. */
  partial(a: number, b: number, given: readonly number[]): number {
    if (given.length === 0) return this.matrix[a * this.size + b];
    const width = given.length + 2;
    const work = this.#eliminate([...given, a, b], given.length);
    const last = (width - 2) * width + width - 2;
    const scale = work[last] * work[last + width + 1];
    if (!(work[last] > negligible && work[last + width + 1] > negligible)) return 0;
    return Math.max(-1, Math.min(1, work[last + 1] / Math.sqrt(scale)));
  }

  /** The share of a column's variance that others do not explain. */
  unexplained(column: number, given: readonly number[]): number {
    const work = this.#eliminate([...given, column], given.length);
    return work[(given.length + 1) * (given.length + 1) - 1];
  }

  /** Gaussian elimination of the first `steps` of the columns; those that the ones before determine are passed over. */
  #eliminate(columns: readonly number[], steps: number): Float64Array {
    const width = columns.length;
    if (this.#work.length < width * width) this.#work = new Float64Array(2 * width * width);
    const work = this.#work;
    for (let row = 0; row < width; row++)
      for (let k = 0; k < width; k++) work[row * width + k] = this.matrix[columns[row] * this.size + columns[k]];
    for (let pivot = 0; pivot < steps; pivot++) {
      const scale = work[pivot * width + pivot];
      if (!(scale > negligible)) continue;
      for (let row = pivot + 1; row < width; row++) {
        const factor = work[row * width + pivot] / scale;
        if (factor === 0) continue;
        for (let k = pivot; k < width; k++) work[row * width + k] -= factor * work[pivot * width + k];
      }
    }
    return work;
  }
}

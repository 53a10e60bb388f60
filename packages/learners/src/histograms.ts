/**
 * Sums of gradients by bin. A histogram is one stretch of a Float64Array: for each column, for each bin, the sum of gradients, that of
 * curvatures and the number of rows; where every row's curvature is 1 the last two are one number (`stride` 2).
 */
export class Histograms {
  readonly stride: 2 | 3;
  /** Where the bins of each column start, in a histogram; the last element is its size. */
  readonly offsets: Int32Array;
  readonly #bins: Uint8Array;
  readonly #rows: number;
  readonly #gradients: Float64Array;
  readonly #curvatures: Float64Array;

  /** `bins` holds the bin of each row, column after column; `counts` how many bins each column has. */
  constructor(bins: Uint8Array, rows: number, counts: readonly number[], constantCurvature: boolean) {
    this.stride = constantCurvature ? 2 : 3;
    this.offsets = new Int32Array(counts.length + 1);
    counts.forEach((count, index) => {
      this.offsets[index + 1] = this.offsets[index] + this.stride * count;
    });
    this.#bins = bins;
    this.#rows = rows;
    this.#gradients = new Float64Array(rows);
    this.#curvatures = new Float64Array(constantCurvature ? 0 : rows);
  }

  /** Adds up the rows `order[from]` to `order[to - 1]` for the columns of `chosen`. */
  build(
    output: Float64Array,
    chosen: Int32Array,
    order: Int32Array,
    from: number,
    to: number,
    gradients: Float64Array,
    curvatures: Float64Array,
  ): void {
    const ownGradients = this.#gradients;
    const ownCurvatures = this.#curvatures;
    const count = to - from;
    for (let i = 0; i < count; i++) ownGradients[i] = gradients[order[from + i]];
    if (this.stride === 3) for (let i = 0; i < count; i++) ownCurvatures[i] = curvatures[order[from + i]];
    for (let k = 0; k < chosen.length; k++) {
      const column = chosen[k];
      output.fill(0, this.offsets[column], this.offsets[column + 1]);
    }
    let k = 0;
    if (this.stride === 2) {
      for (; k + 3 < chosen.length; k += 4)
        this.#addFour(output, chosen[k], chosen[k + 1], chosen[k + 2], chosen[k + 3], order, from, count);
      for (; k < chosen.length; k++) this.#addCounts(output, chosen[k], order, from, count);
    } else {
      for (; k + 1 < chosen.length; k += 2) this.#addTwo(output, chosen[k], chosen[k + 1], order, from, count);
      for (; k < chosen.length; k++) this.#addCurvatures(output, chosen[k], order, from, count);
    }
  }

  /** Four columns at a time, so that a row's place and gradient are read once for all. */
  #addFour(
    output: Float64Array,
    first: number,
    second: number,
    third: number,
    fourth: number,
    order: Int32Array,
    from: number,
    count: number,
  ): void {
    const bins = this.#bins;
    const gradients = this.#gradients;
    const [startA, startB, startC, startD] = [first, second, third, fourth].map((column) => column * this.#rows);
    const [offsetA, offsetB, offsetC, offsetD] = [first, second, third, fourth].map((column) => this.offsets[column]);
    for (let i = 0; i < count; i++) {
      const row = order[from + i];
      const gradient = gradients[i];
      const a = offsetA + 2 * bins[startA + row];
      const b = offsetB + 2 * bins[startB + row];
      const c = offsetC + 2 * bins[startC + row];
      const d = offsetD + 2 * bins[startD + row];
      output[a] += gradient;
      output[a + 1] += 1;
      output[b] += gradient;
      output[b + 1] += 1;
      output[c] += gradient;
      output[c + 1] += 1;
      output[d] += gradient;
      output[d + 1] += 1;
    }
  }

  #addTwo(output: Float64Array, first: number, second: number, order: Int32Array, from: number, count: number): void {
    const bins = this.#bins;
    const gradients = this.#gradients;
    const curvatures = this.#curvatures;
    const startA = first * this.#rows;
    const startB = second * this.#rows;
    const offsetA = this.offsets[first];
    const offsetB = this.offsets[second];
    for (let i = 0; i < count; i++) {
      const row = order[from + i];
      const gradient = gradients[i];
      const curvature = curvatures[i];
      const a = offsetA + 3 * bins[startA + row];
      const b = offsetB + 3 * bins[startB + row];
      output[a] += gradient;
      output[a + 1] += curvature;
      output[a + 2] += 1;
      output[b] += gradient;
      output[b + 1] += curvature;
      output[b + 2] += 1;
    }
  }

  #addCounts(output: Float64Array, column: number, order: Int32Array, from: number, count: number): void {
    const bins = this.#bins;
    const gradients = this.#gradients;
    const start = column * this.#rows;
    const offset = this.offsets[column];
    for (let i = 0; i < count; i++) {
      const at = offset + 2 * bins[start + order[from + i]];
      output[at] += gradients[i];
      output[at + 1] += 1;
    }
  }

  #addCurvatures(output: Float64Array, column: number, order: Int32Array, from: number, count: number): void {
    const bins = this.#bins;
    const gradients = this.#gradients;
    const curvatures = this.#curvatures;
    const start = column * this.#rows;
    const offset = this.offsets[column];
    for (let i = 0; i < count; i++) {
      const at = offset + 3 * bins[start + order[from + i]];
      output[at] += gradients[i];
      output[at + 1] += curvatures[i];
      output[at + 2] += 1;
    }
  }
}

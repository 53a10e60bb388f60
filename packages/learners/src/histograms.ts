import {
  addFour,
  addFourPairs,
  forgetColumns,
  pickNumbers,
  pickWords,
  roundInto,
  takeColumn,
} from "./histogram-kernels.js";

const chunk = 2048;
const fewRows = 128; // below it emptying the sums of four columns costs more than it saves

/** The rows of one tree, leaf after leaf. */
interface Side {
  /** The bins of four columns in one number, then those of the next four. */
  readonly words: Int32Array;
  readonly values: readonly Float64Array[];
}

/**
 * Sums of gradients by bin. A histogram is one stretch of a Float64Array: for each column, for each bin, `stride` numbers. Sums that whole numbers hold exactly
 * share one double: with stride 1 gradients (rounded to steps that at least 1/64 of their mean size make up) and rows, where every curvature is 1; with
 * stride 2 gradients, then curvatures and rows; with stride 3, where rounding would tell, all three apart. Rows lie leaf after leaf, so that a leaf is read in one go: on one
 * of two sides, its children on the other.
 */
export class Histograms {
  /** Where the bins of each column start; the last element is how many there are. */
  readonly starts: Int32Array;
  /** How many numbers a histogram may take. */
  readonly size: number;
  stride = 1;
  readonly #sides: readonly Side[];
  readonly #all: Int32Array;
  readonly #rows: number;
  readonly #most: number;
  readonly #groups: Uint8Array;
  #constant = true;
  /** What a row counts, and how large a step is, where numbers share a double. */
  #base = 1;
  #step = 1;

  /** `words` holds the bins of all rows as above; `counts` how many bins each column has; trees take `most` rows at most. */
  constructor(words: Int32Array, rows: number, counts: readonly number[], most: number, constantCurvature: boolean) {
    this.starts = new Int32Array(counts.length + 1);
    counts.forEach((count, index) => {
      this.starts[index + 1] = this.starts[index] + count;
    });
    this.size = this.starts[counts.length] * (constantCurvature ? 2 : 3);
    this.#all = words;
    this.#rows = rows;
    this.#most = most;
    this.#groups = new Uint8Array((counts.length + 3) >> 2);
    const [a, b] = [0, 1].map(() => ({
      words: new Int32Array(this.#groups.length * most),
      values: Array.from({ length: constantCurvature ? 2 : 3 }, () => new Float64Array(most)),
    }));
    this.#sides = [a, b, { words, values: a.values }];
  }

  /** Takes the first `count` rows of `order`, as one leaf; returns its side. Curvatures are absent where each is 1. */
  load(
    order: Int32Array,
    count: number,
    chosen: Int32Array,
    gradients: Float64Array,
    curvatures: Float64Array | undefined,
  ): number {
    const [{ words, values }] = this.#sides;
    const [first, second, third] = values;
    const shared = curvatures === undefined ? first : second;
    pickNumbers(first, gradients, order, 0, count);
    if (curvatures !== undefined) pickNumbers(second, curvatures, order, 0, count);
    let most = 0;
    let sum = 0;
    for (let i = 0; i < count; i++) {
      const size = Math.abs(shared[i]);
      sum += size;
      if (size > most) most = size;
    }
    let base = 2;
    while (base <= count) base *= 2;
    const steps = Math.floor(2 ** 52 / (count * base));
    const fine = most > 0 && steps >= 64 && sum * steps >= 64 * count * most;
    this.#base = base;
    this.#step = most / steps;
    this.#constant = curvatures === undefined;
    this.stride = curvatures === undefined ? (fine ? 1 : 2) : fine ? 2 : 3;
    if (fine) roundInto(shared, count, steps / most, base);
    else if (curvatures === undefined) second.fill(1, 0, count);
    else third.fill(1, 0, count);
    this.#groups.fill(0);
    for (const column of chosen) this.#groups[column >> 2] = 1;
    let inPlace = count === this.#rows && count === this.#most;
    for (let i = 0; inPlace && i < count; i++) inPlace = order[i] === i;
    if (inPlace) return 2;
    for (let group = 0; group < this.#groups.length; group++)
      if (this.#groups[group] === 1)
        pickWords(words, this.#all, order, group * this.#most, group * this.#rows, 0, count);
    return 0;
  }

  /** Writes the places of the rows whose bin of `column` is among those that `goes` marks, then those of the others, from `from` on; returns how many the former are. */
  placeRows(
    places: Int32Array,
    spare: Int32Array,
    goes: Uint8Array,
    column: number,
    side: number,
    from: number,
    to: number,
  ): number {
    const { words } = this.#sides[side];
    const base = (column >> 2) * this.#most;
    const shift = 8 * (column & 3);
    let left = from;
    let right = 0;
    for (let i = from; i < to; i++) {
      // Written to both sides, kept on one: a branch would be mispredicted half of the time.
      const toLeft = goes[(words[base + i] >>> shift) & 255];
      places[left] = i;
      spare[right] = i;
      left += toLeft;
      right += 1 - toLeft;
    }
    for (let i = 0; i < right; i++) places[left + i] = spare[i];
    return left - from;
  }

  /** Moves rows to their `places` on the other side, which it returns. */
  divide(places: Int32Array, side: number, from: number, to: number): number {
    const own = this.#sides[side];
    const other = side === 1 ? 0 : 1;
    const { words, values } = this.#sides[other];
    // By chunks of places, which stay in the nearest cache for all columns.
    for (let at = from; at < to; at += chunk) {
      const end = Math.min(to, at + chunk);
      for (let value = 0; value < this.stride; value++) pickNumbers(values[value], own.values[value], places, at, end);
      for (let group = 0; group < this.#groups.length; group++) {
        const base = group * this.#most;
        if (this.#groups[group] === 1) pickWords(words, own.words, places, base, base, at, end);
      }
    }
    return other;
  }

  /** Adds up the rows from `from` to `to - 1` for the columns of `chosen`, which ascend. */
  build(output: Float64Array, chosen: Int32Array, side: number, from: number, to: number): void {
    const { stride, starts } = this;
    for (let k = 0; k < chosen.length; k++) output.fill(0, stride * starts[chosen[k]], stride * starts[chosen[k] + 1]);
    // A chunk of rows is read once for each four columns: it stays in the nearest cache meanwhile.
    for (let at = from; at < to; at += chunk)
      this.#addChunk(output, chosen, this.#sides[side], at, Math.min(chunk, to - at));
  }

  #addChunk(output: Float64Array, chosen: Int32Array, side: Side, from: number, count: number): void {
    const { stride, starts } = this;
    const [first, second] = side.values;
    const few = count < fewRows;
    for (let k = 0; k < chosen.length; ) {
      const group = chosen[k] >> 2;
      let members = 1;
      while (k + members < chosen.length && chosen[k + members] >> 2 === group) members++;
      const together = members > 2 && stride < 3 && !few;
      if (together) {
        const base = group * this.#most + from;
        if (stride === 1) addFour(side.words, base, first, from, count);
        else addFourPairs(side.words, base, first, second, from, count);
      }
      for (const next = k + members; k < next; k++) {
        const start = stride * starts[chosen[k]];
        if (together) takeColumn(output, start, stride * starts[chosen[k] + 1], stride, chosen[k] & 3);
        else this.#addOne(output, start, chosen[k], side, from, count);
      }
      if (together && members < 4) forgetColumns();
    }
  }

  #addOne(
    output: Float64Array,
    start: number,
    column: number,
    { words, values }: Side,
    from: number,
    count: number,
  ): void {
    const { stride } = this;
    const base = (column >> 2) * this.#most + from;
    const shift = 8 * (column & 3);
    const [first, second, third] = values;
    for (let i = 0; i < count; i++) {
      const at = start + stride * ((words[base + i] >>> shift) & 255);
      output[at] += first[from + i];
      if (stride > 1) output[at + 1] += second[from + i];
      if (stride > 2) output[at + 2] += third[from + i];
    }
  }

  /** Takes `counted` from `parent`, for the columns of `chosen`. */
  subtract(parent: Float64Array, counted: Float64Array, chosen: Int32Array): void {
    const { stride, starts } = this;
    for (let k = 0; k < chosen.length; k++)
      for (let i = stride * starts[chosen[k]], end = stride * starts[chosen[k] + 1]; i < end; i++)
        parent[i] -= counted[i];
  }

  /** Writes one column's sums by bin; returns how many bins there are. */
  read(
    sums: Float64Array,
    column: number,
    gradients: Float64Array,
    curvatures: Float64Array,
    rows: Float64Array,
  ): number {
    const { stride, starts } = this;
    const start = starts[column];
    const bins = starts[column + 1] - start;
    const base = this.#base;
    const step = this.#step;
    if (stride === 1)
      for (let bin = 0; bin < bins; bin++) {
        const steps = Math.floor(sums[start + bin] / base);
        const count = sums[start + bin] - steps * base;
        gradients[bin] = steps * step;
        curvatures[bin] = count;
        rows[bin] = count;
      }
    else if (stride === 2) {
      const constant = this.#constant;
      for (let bin = 0; bin < bins; bin++) {
        const both = sums[2 * (start + bin) + 1];
        const steps = constant ? 0 : Math.floor(both / base);
        const count = both - steps * base;
        gradients[bin] = sums[2 * (start + bin)];
        curvatures[bin] = constant ? count : steps * step;
        rows[bin] = count;
      }
    } else
      for (let bin = 0; bin < bins; bin++) {
        gradients[bin] = sums[3 * (start + bin)];
        curvatures[bin] = sums[3 * (start + bin) + 1];
        rows[bin] = sums[3 * (start + bin) + 2];
      }
    return bins;
  }
}

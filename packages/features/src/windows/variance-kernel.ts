import type { Bounds } from "./bounds.js";
import { room, type WindowKernel } from "./kernel.js";
import { lastValue } from "./sum-kernel.js";

/**
 * Variances and standard deviations, from sums of differences and of their squares about a pivot that lies in every window between
 * two flips. As the pivot is one of the window's n values, the sum of squares is at most n + 1 times what is left after the mean is
 * taken out: no offset and no value that has left the window can cost more than those digits, and constant windows give exactly 0.
 */
export class VarianceKernel implements WindowKernel {
  /** Added since the flip: count, sum, sum of squares, pivot, the row to add next. */
  readonly back: Float64Array = new Float64Array(5);
  readonly #ddof: number;
  readonly #root: boolean;
  readonly #least: number;
  #counts: Float64Array = new Float64Array(0);
  #sums: Float64Array = new Float64Array(0);
  #squares: Float64Array = new Float64Array(0);
  /** Whether the front misses no value, so that its counts are not tabled. */
  #complete = true;
  #base = 0;
  #frontEnd = 0;
  #middle = 0;

  constructor(ddof: number, root: boolean, minPeriods: number) {
    this.#ddof = ddof;
    this.#root = root;
    this.#least = Math.max(minPeriods, 1, ddof + 1);
  }

  flip(values: Float64Array, _others: Float64Array, from: number, to: number): void {
    this.#sums = room(this.#sums, to - from + 1);
    this.#squares = room(this.#squares, to - from + 1);
    const sums = this.#sums;
    const squares = this.#squares;
    const last = lastValue(values, from, to);
    const pivot = last < from ? 0 : values[last];
    let sum = 0;
    let square = 0;
    sums[to - from] = 0;
    squares[to - from] = 0;
    for (let row = to - 1; row >= from; row--) {
      const difference = values[row] - pivot;
      sum += difference;
      square += difference * difference;
      sums[row - from] = sum;
      squares[row - from] = square;
    }
    this.#complete = !Number.isNaN(sum);
    if (!this.#complete) this.#flipMissing(values, from, to, pivot);
    this.#base = from;
    this.#frontEnd = to;
    this.#middle = last < from ? Math.max(to, from + 1) : last + 1;
    const back = this.back;
    back[0] = 0;
    back[1] = 0;
    back[2] = 0;
    back[3] = pivot;
    back[4] = to;
  }

  #flipMissing(values: Float64Array, from: number, to: number, pivot: number): void {
    this.#counts = room(this.#counts, to - from + 1);
    const counts = this.#counts;
    const sums = this.#sums;
    const squares = this.#squares;
    let count = 0;
    let sum = 0;
    let square = 0;
    counts[to - from] = 0;
    for (let row = to - 1; row >= from; row--) {
      const value = values[row];
      if (!Number.isNaN(value)) {
        const difference = value - pivot;
        count++;
        sum += difference;
        square += difference * difference;
      }
      counts[row - from] = count;
      sums[row - from] = sum;
      squares[row - from] = square;
    }
  }

  run(
    values: Float64Array,
    _others: Float64Array,
    bounds: Bounds,
    first: number,
    last: number,
    output: Float64Array,
  ): number {
    const known = this.#complete && this.#frontEnd > this.#base;
    const from = known ? this.#runComplete(values, bounds, first, last, output) : first;
    return from < last ? this.#runMissing(values, bounds, from, last, output) : last;
  }

  /** `run` where no value is missing; stops at a row that adds one that is. */
  #runComplete(
    values: Float64Array,
    { offset, starts, ends }: Bounds,
    first: number,
    last: number,
    output: Float64Array,
  ): number {
    const middle = this.#middle;
    const sums = this.#sums;
    const squares = this.#squares;
    const base = this.#base;
    const least = this.#least;
    const ddof = this.#ddof;
    const root = this.#root;
    const back = this.back;
    const pivot = back[3];
    let sum = back[1];
    let square = back[2];
    let next = back[4] | 0;
    if (back[0] !== next - this.#frontEnd) return first;
    let row = first;
    for (; row < last; row++) {
      const start = offset + starts[row - offset];
      if (start >= middle) break;
      const end = offset + ends[row - offset];
      let added = sum;
      let addedSquare = square;
      for (let at = next; at < end; at++) {
        const difference = values[at] - pivot;
        added += difference;
        addedSquare += difference * difference;
      }
      if (Number.isNaN(added)) break;
      sum = added;
      square = addedSquare;
      next = end;
      const count = end - start;
      const total = sums[start - base] + sum;
      const rest = squares[start - base] + square - (total * total) / count;
      const variance = count < least ? Number.NaN : rest > 0 ? rest / (count - ddof) : 0;
      output[row] = root ? Math.sqrt(variance) : variance;
    }
    back[0] = next - this.#frontEnd;
    back[1] = sum;
    back[2] = square;
    back[4] = next;
    return row;
  }

  #runMissing(
    values: Float64Array,
    { offset, starts, ends }: Bounds,
    first: number,
    last: number,
    output: Float64Array,
  ): number {
    const middle = this.#middle;
    const counts = this.#counts;
    const sums = this.#sums;
    const squares = this.#squares;
    const base = this.#base;
    const frontEnd = this.#frontEnd;
    const complete = this.#complete;
    const least = this.#least;
    const ddof = this.#ddof;
    const root = this.#root;
    const back = this.back;
    let backCount = back[0];
    let backSum = back[1];
    let backSquare = back[2];
    let pivot = back[3];
    let next = back[4] | 0;
    const frontEmpty = (complete ? frontEnd - base : counts[offset + starts[first - offset] - base]) === 0;
    let row = first;
    for (; row < last && offset + starts[row - offset] < middle; row++) {
      for (const end = offset + ends[row - offset]; next < end; next++) {
        const value = values[next];
        if (!Number.isNaN(value)) {
          if (frontEmpty && backCount === 0) pivot = value;
          const difference = value - pivot;
          backCount++;
          backSum += difference;
          backSquare += difference * difference;
        }
      }
      const start = offset + starts[row - offset];
      const count = (complete ? frontEnd - start : counts[start - base]) + backCount;
      const sum = sums[start - base] + backSum;
      const rest = squares[start - base] + backSquare - (sum * sum) / count;
      const variance = count < least ? Number.NaN : rest > 0 ? rest / (count - ddof) : 0;
      output[row] = root ? Math.sqrt(variance) : variance;
    }
    back[0] = backCount;
    back[1] = backSum;
    back[2] = backSquare;
    back[3] = pivot;
    back[4] = next;
    return row;
  }
}

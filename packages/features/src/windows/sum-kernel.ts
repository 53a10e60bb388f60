import type { Bounds } from "./bounds.js";
import { room, type WindowKernel } from "./kernel.js";

/**
 * Counts, sums and means. Values are summed as differences from a pivot that lies in every window between two flips, so that constant
 * windows give their value exactly and an offset costs no digits.
 */
export class SumKernel implements WindowKernel {
  /** Added since the flip: count, sum of differences, pivot, the row to add next. */
  readonly back: Float64Array = new Float64Array(4);
  readonly #statistic: "count" | "sum" | "mean";
  readonly #least: number;
  #counts: Float64Array = new Float64Array(0);
  #sums: Float64Array = new Float64Array(0);
  /** Whether the front misses no value, so that its counts are not tabled. */
  #complete = true;
  #base = 0;
  #frontEnd = 0;
  #middle = 0;

  constructor(statistic: "count" | "sum" | "mean", minPeriods: number) {
    this.#statistic = statistic;
    this.#least = statistic === "count" ? 0 : statistic === "mean" ? Math.max(minPeriods, 1) : minPeriods;
  }

  flip(values: Float64Array, _others: Float64Array, from: number, to: number): void {
    this.#sums = room(this.#sums, to - from + 1);
    const sums = this.#sums;
    const last = lastValue(values, from, to);
    const pivot = last < from ? 0 : values[last];
    let sum = 0;
    sums[to - from] = 0;
    for (let row = to - 1; row >= from; row--) {
      sum += values[row] - pivot;
      sums[row - from] = sum;
    }
    this.#complete = !Number.isNaN(sum);
    if (!this.#complete) this.#flipMissing(values, from, to, pivot);
    this.#base = from;
    this.#frontEnd = to;
    this.#middle = last < from ? Math.max(to, from + 1) : last + 1;
    const back = this.back;
    back[0] = 0;
    back[1] = 0;
    back[2] = pivot;
    back[3] = to;
  }

  #flipMissing(values: Float64Array, from: number, to: number, pivot: number): void {
    this.#counts = room(this.#counts, to - from + 1);
    const counts = this.#counts;
    const sums = this.#sums;
    let count = 0;
    let sum = 0;
    counts[to - from] = 0;
    for (let row = to - 1; row >= from; row--) {
      const value = values[row];
      if (!Number.isNaN(value)) {
        count++;
        sum += value - pivot;
      }
      counts[row - from] = count;
      sums[row - from] = sum;
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
    const known = this.#complete && this.#frontEnd > this.#base && this.#statistic !== "count";
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
    const base = this.#base;
    const least = this.#least;
    const mean = this.#statistic === "mean";
    const back = this.back;
    const pivot = back[2];
    let sum = back[1];
    let next = back[3] | 0;
    if (back[0] !== next - this.#frontEnd) return first;
    let row = first;
    for (; row < last; row++) {
      const start = offset + starts[row - offset];
      if (start >= middle) break;
      const end = offset + ends[row - offset];
      let added = sum;
      for (let at = next; at < end; at++) added += values[at] - pivot;
      if (Number.isNaN(added)) break;
      sum = added;
      next = end;
      const total = sums[start - base] + sum;
      const count = end - start;
      output[row] = count < least ? Number.NaN : mean ? pivot + total / count : pivot * count + total;
    }
    back[0] = next - this.#frontEnd;
    back[1] = sum;
    back[3] = next;
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
    const base = this.#base;
    const frontEnd = this.#frontEnd;
    const complete = this.#complete;
    const least = this.#least;
    const mean = this.#statistic === "mean";
    const counting = this.#statistic === "count";
    const back = this.back;
    let backCount = back[0];
    let backSum = back[1];
    let pivot = back[2];
    let next = back[3] | 0;
    const frontEmpty = (complete ? frontEnd - base : counts[offset + starts[first - offset] - base]) === 0;
    let row = first;
    for (; row < last && offset + starts[row - offset] < middle; row++) {
      for (const end = offset + ends[row - offset]; next < end; next++) {
        const value = values[next];
        if (!Number.isNaN(value)) {
          if (frontEmpty && backCount === 0) pivot = value;
          backCount++;
          backSum += value - pivot;
        }
      }
      const start = offset + starts[row - offset];
      const count = (complete ? frontEnd - start : counts[start - base]) + backCount;
      const sum = sums[start - base] + backSum;
      if (count < least) output[row] = Number.NaN;
      else if (mean) output[row] = pivot + sum / count;
      else output[row] = counting ? count : pivot * count + sum;
    }
    back[0] = backCount;
    back[1] = backSum;
    back[2] = pivot;
    back[3] = next;
    return row;
  }
}

/** The last row of `from .. to - 1` that has a value, or `from - 1`. */
export function lastValue(values: Float64Array, from: number, to: number): number {
  let row = to - 1;
  while (row >= from && Number.isNaN(values[row])) row--;
  return row;
}

import type { Bounds } from "./bounds.js";
import { room, type WindowKernel } from "./kernel.js";

/** Maxima, or minima as the maxima of negated values. */
export class ExtremeKernel implements WindowKernel {
  /** Added since the flip: count, largest, the row to add next. */
  readonly back: Float64Array = new Float64Array(3);
  readonly #sign: 1 | -1;
  readonly #least: number;
  #counts: Float64Array = new Float64Array(0);
  #largest: Float64Array = new Float64Array(0);
  #base = 0;
  #middle = 0;

  constructor(minimum: boolean, minPeriods: number) {
    this.#sign = minimum ? -1 : 1;
    this.#least = Math.max(minPeriods, 1);
  }

  flip(values: Float64Array, _others: Float64Array, from: number, to: number): void {
    this.#counts = room(this.#counts, to - from + 1);
    const counts = this.#counts;
    this.#largest = room(this.#largest, to - from + 1);
    const largest = this.#largest;
    const sign = this.#sign;
    let count = 0;
    let most = -Infinity;
    counts[to - from] = 0;
    largest[to - from] = most;
    for (let row = to - 1; row >= from; row--) {
      const value = sign * values[row];
      if (!Number.isNaN(value)) {
        count++;
        if (value > most) most = value;
      }
      counts[row - from] = count;
      largest[row - from] = most;
    }
    this.#base = from;
    this.back[0] = 0;
    this.back[1] = -Infinity;
    this.back[2] = to;
    this.#middle = Math.max(to, from + 1);
  }

  run(
    values: Float64Array,
    _others: Float64Array,
    { offset, starts, ends }: Bounds,
    first: number,
    last: number,
    output: Float64Array,
  ): number {
    const middle = this.#middle;
    const counts = this.#counts;
    const largest = this.#largest;
    const base = this.#base;
    const sign = this.#sign;
    const least = this.#least;
    const back = this.back;
    let backCount = back[0];
    let most = back[1];
    let next = back[2] | 0;
    let row = first;
    for (; row < last && offset + starts[row - offset] < middle; row++) {
      for (const end = offset + ends[row - offset]; next < end; next++) {
        const value = sign * values[next];
        if (!Number.isNaN(value)) {
          backCount++;
          if (value > most) most = value;
        }
      }
      const front = offset + starts[row - offset] - base;
      const top = largest[front] > most ? largest[front] : most;
      output[row] = counts[front] + backCount < least ? Number.NaN : sign * top;
    }
    back[0] = backCount;
    back[1] = most;
    back[2] = next;
    return row;
  }
}

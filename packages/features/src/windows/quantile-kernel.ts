import type { Bounds } from "./bounds.js";
import type { WindowKernel } from "./kernel.js";
import { SortedList } from "./sorted-list.js";

/** Quantiles, linear between order statistics (Hyndman and Fan 1996, type 7), from a sorted list of the window. */
export class QuantileKernel implements WindowKernel {
  /** The row to remove next, the row to add next. */
  readonly back: Float64Array = new Float64Array(2);
  readonly #probability: number;
  readonly #least: number;
  readonly #list = new SortedList();
  #middle = 0;

  constructor(probability: number, minPeriods: number) {
    this.#probability = probability;
    this.#least = Math.max(minPeriods, 1);
  }

  flip(values: Float64Array, _others: Float64Array, from: number, to: number): void {
    this.#list.reset(values.slice(from, to).filter((value) => !Number.isNaN(value)));
    this.back[0] = from;
    this.back[1] = to;
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
    const list = this.#list;
    const least = this.#least;
    const probability = this.#probability;
    let oldest = this.back[0] | 0;
    let next = this.back[1] | 0;
    let row = first;
    for (; row < last && offset + starts[row - offset] < middle; row++) {
      for (; next < offset + ends[row - offset]; next++) {
        const value = values[next];
        if (!Number.isNaN(value)) list.add(value);
      }
      for (; oldest < offset + starts[row - offset]; oldest++) {
        const value = values[oldest];
        if (!Number.isNaN(value)) list.remove(value);
      }
      if (list.size < least) {
        output[row] = Number.NaN;
        continue;
      }
      const position = probability * (list.size - 1);
      const below = Math.floor(position);
      const low = list.at(below);
      output[row] = position === below ? low : low + (position - below) * (list.at(below + 1) - low);
    }
    this.back[0] = oldest;
    this.back[1] = next;
    return row;
  }
}

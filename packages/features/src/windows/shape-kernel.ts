import type { Bounds } from "./bounds.js";
import { room, type WindowKernel } from "./kernel.js";
import { lastValue } from "./sum-kernel.js";

const powers = 4;

/** Skewness and excess kurtosis, both corrected for bias, from sums of powers of differences as in `VarianceKernel`. */
export class ShapeKernel implements WindowKernel {
  /** Added since the flip: count, sums of the powers 1 to 4, pivot, the row to add next. */
  readonly back: Float64Array = new Float64Array(powers + 3);
  readonly #skew: boolean;
  readonly #least: number;
  #table: Float64Array = new Float64Array(0);
  #base = 0;
  #middle = 0;

  constructor(skew: boolean, minPeriods: number) {
    this.#skew = skew;
    this.#least = Math.max(minPeriods, skew ? 3 : 4);
  }

  flip(values: Float64Array, _others: Float64Array, from: number, to: number): void {
    this.#table = room(this.#table, (to - from + 1) * (powers + 1));
    const table = this.#table;
    const last = lastValue(values, from, to);
    const back = this.back.fill(0);
    back[powers + 1] = last < from ? 0 : values[last];
    back[powers + 2] = to;
    const sums = new Float64Array(powers + 1);
    for (let row = to; row >= from; row--) {
      if (row < to) addPowers(sums, values[row], back[powers + 1]);
      for (let power = 0; power <= powers; power++) table[(row - from) * (powers + 1) + power] = sums[power];
    }
    this.#base = from;
    this.#middle = last < from ? Math.max(to, from + 1) : last + 1;
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
    const table = this.#table;
    const back = this.back;
    const least = this.#least;
    const frontEmpty = table[(offset + starts[first - offset] - this.#base) * (powers + 1)] === 0;
    let row = first;
    for (; row < last && offset + starts[row - offset] < middle; row++) {
      for (; back[powers + 2] < offset + ends[row - offset]; back[powers + 2]++) {
        const value = values[back[powers + 2]];
        if (!Number.isNaN(value) && back[0] === 0 && frontEmpty) back[powers + 1] = value;
        addPowers(back, value, back[powers + 1]);
      }
      const front = (offset + starts[row - offset] - this.#base) * (powers + 1);
      const count = table[front] + back[0];
      if (count < least) {
        output[row] = Number.NaN;
        continue;
      }
      const mean = (table[front + 1] + back[1]) / count;
      const second = (table[front + 2] + back[2]) / count;
      const third = (table[front + 3] + back[3]) / count;
      const variance = second - mean * mean;
      if (this.#skew) {
        const moment = third - 3 * mean * second + 2 * mean * mean * mean;
        const bias = Math.sqrt(count * (count - 1)) / (count - 2);
        output[row] = variance > 0 ? (bias * moment) / (variance * Math.sqrt(variance)) : 0;
      } else {
        const fourth = (table[front + 4] + back[4]) / count;
        const moment = fourth - mean * (4 * third - mean * (6 * second - 3 * mean * mean));
        const excess = variance > 0 ? ((count + 1) * moment) / (variance * variance) - 3 * (count - 1) : 0;
        output[row] = variance > 0 ? (excess * (count - 1)) / ((count - 2) * (count - 3)) : -3;
      }
    }
    return row;
  }
}

function addPowers(sums: Float64Array, value: number, pivot: number): void {
  if (Number.isNaN(value)) return;
  const difference = value - pivot;
  const square = difference * difference;
  sums[0]++;
  sums[1] += difference;
  sums[2] += square;
  sums[3] += square * difference;
  sums[4] += square * square;
}

import type { Bounds } from "./bounds.js";
import { room, type WindowKernel } from "./kernel.js";

/** What is asked of the pairs in a window. */
export type PairStatistic = "covariance" | "correlation" | "slope";

const parts = 6; // count, sums of x, y, x x, x y, y y

/** Covariances, correlations and slopes of `values` on `others`, over the rows that have both; summed as in `VarianceKernel`. */
export class PairKernel implements WindowKernel {
  /** Added since the flip: the six sums, the pivots of values and others, the row to add next. */
  readonly back: Float64Array = new Float64Array(parts + 3);
  readonly #statistic: PairStatistic;
  readonly #ddof: number;
  readonly #least: number;
  #table: Float64Array = new Float64Array(0);
  #base = 0;
  #middle = 0;

  constructor(statistic: PairStatistic, ddof: number, minPeriods: number) {
    this.#statistic = statistic;
    this.#ddof = ddof;
    this.#least = Math.max(minPeriods, 1, statistic === "covariance" ? ddof + 1 : 2);
  }

  flip(values: Float64Array, others: Float64Array, from: number, to: number): void {
    this.#table = room(this.#table, (to - from + 1) * parts);
    const table = this.#table;
    let last = to - 1;
    while (last >= from && Number.isNaN(values[last] + others[last])) last--;
    const back = this.back.fill(0);
    if (last >= from) {
      back[parts] = values[last];
      back[parts + 1] = others[last];
    }
    back[parts + 2] = to;
    const sums = new Float64Array(parts);
    for (let row = to; row >= from; row--) {
      if (row < to) addPair(sums, values[row], others[row], back[parts], back[parts + 1]);
      for (let part = 0; part < parts; part++) table[(row - from) * parts + part] = sums[part];
    }
    this.#base = from;
    this.#middle = last < from ? Math.max(to, from + 1) : last + 1;
  }

  run(
    values: Float64Array,
    others: Float64Array,
    { offset, starts, ends }: Bounds,
    first: number,
    last: number,
    output: Float64Array,
  ): number {
    const middle = this.#middle;
    const table = this.#table;
    const back = this.back;
    const statistic = this.#statistic;
    const frontEmpty = table[(offset + starts[first - offset] - this.#base) * parts] === 0;
    let row = first;
    for (; row < last && offset + starts[row - offset] < middle; row++) {
      for (; back[parts + 2] < offset + ends[row - offset]; back[parts + 2]++) {
        const next = back[parts + 2];
        if (back[0] === 0 && frontEmpty && !Number.isNaN(values[next] + others[next])) {
          back[parts] = values[next];
          back[parts + 1] = others[next];
        }
        addPair(back, values[next], others[next], back[parts], back[parts + 1]);
      }
      const front = (offset + starts[row - offset] - this.#base) * parts;
      const count = table[front] + back[0];
      const y = table[front + 1] + back[1];
      const x = table[front + 2] + back[2];
      const yy = table[front + 3] + back[3] - (y * y) / count;
      const xy = table[front + 4] + back[4] - (x * y) / count;
      const xx = table[front + 5] + back[5] - (x * x) / count;
      if (count < this.#least) output[row] = Number.NaN;
      else if (statistic === "covariance") output[row] = xy / (count - this.#ddof);
      else if (statistic === "slope") output[row] = xx > 0 ? xy / xx : Number.NaN;
      else output[row] = xx > 0 && yy > 0 ? Math.max(-1, Math.min(1, xy / Math.sqrt(xx * yy))) : Number.NaN;
    }
    return row;
  }
}

function addPair(sums: Float64Array, value: number, other: number, pivot: number, otherPivot: number): void {
  const y = value - pivot;
  const x = other - otherPivot;
  if (Number.isNaN(x + y)) return;
  sums[0]++;
  sums[1] += y;
  sums[2] += x;
  sums[3] += y * y;
  sums[4] += x * y;
  sums[5] += x * x;
}

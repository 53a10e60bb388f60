import type { WindowSpan } from "./bounds.js";
import type { WindowKernel } from "./kernel.js";

/** What a stream of windows remembers: the rows that later windows may hold, or what an ever-growing window has summed. */
export interface WindowMemory {
  readonly values: readonly number[];
  readonly others: readonly number[];
  readonly times: readonly number[];
  readonly sums: readonly number[];
}

/**
 * A window's statistic one row at a time, by the same kernel as for whole columns. It holds the rows of about two windows; windows that
 * only grow (no `span`) hold their sums alone.
 */
export class WindowStream {
  readonly #kernel: WindowKernel;
  readonly #span: WindowSpan | undefined;
  readonly #starts = new Int32Array(1);
  readonly #ends = new Int32Array(1);
  readonly #bounds = { offset: 0, starts: this.#starts, ends: this.#ends };
  readonly #output = new Float64Array(1);
  #values = new Float64Array(64);
  #others = new Float64Array(64);
  #times = new Float64Array(64);
  #length = 0;
  #start = 0;

  constructor(kernel: WindowKernel, span?: WindowSpan) {
    this.#kernel = kernel;
    this.#span = span;
    kernel.flip(this.#values, this.#others, 0, 0);
  }

  /** The statistic of the window of this row, which is the next one. */
  push(value: number, other = value, time = 0): number {
    if (this.#length === this.#values.length) this.#grow();
    const row = this.#length++;
    this.#values[row] = value;
    this.#others[row] = other;
    this.#times[row] = time;
    const span = this.#span;
    this.#starts[0] = 0;
    this.#ends[0] = row + 1;
    if (span !== undefined) {
      this.#start = this.#startOf(span, row, time);
      this.#starts[0] = this.#start;
      this.#ends[0] = span.rightClosed ? row + 1 : row;
    }
    if (this.#run() === 0) {
      this.#compact();
      this.#kernel.flip(this.#values, this.#others, 0, this.#ends[0]);
      this.#run();
    }
    if (span === undefined) this.#forget();
    return this.#output[0];
  }

  memory(): WindowMemory {
    const from = this.#start;
    const part = (column: Float64Array): number[] => Array.from(column.subarray(from, this.#length));
    return {
      values: part(this.#values),
      others: part(this.#others),
      times: part(this.#times),
      sums: this.#span === undefined ? Array.from(this.#kernel.back) : [],
    };
  }

  /** Continues where `memory()` was taken. */
  restore({ values, others, times, sums }: WindowMemory): void {
    if (this.#span === undefined) this.#kernel.back.set(sums);
    else for (let row = 0; row < values.length; row++) this.push(values[row], others[row], times[row]);
  }

  #run(): number {
    // Rows are numbered from what is held: the one row that is written stands first among the bounds and in the output.
    return this.#kernel.run(this.#values, this.#others, this.#bounds, 0, 1, this.#output);
  }

  #startOf({ rows, leftClosed, before }: WindowSpan, row: number, time: number): number {
    let start = this.#start;
    if (rows !== undefined) return Math.max(start, row + (leftClosed ? 0 : 1) - rows);
    const from = before(time);
    while (start < row && (leftClosed ? this.#times[start] < from : this.#times[start] <= from)) start++;
    return start;
  }

  /** Drops the rows before the window. */
  #compact(): void {
    for (const column of [this.#values, this.#others, this.#times]) column.copyWithin(0, this.#start, this.#length);
    this.#length -= this.#start;
    this.#ends[0] -= this.#start;
    this.#starts[0] = 0;
    this.#start = 0;
  }

  #forget(): void {
    this.#kernel.back[this.#kernel.back.length - 1] = 0; // the row to add next
    this.#length = 0;
  }

  #grow(): void {
    const doubled = (column: Float64Array): Float64Array<ArrayBuffer> => {
      const wider = new Float64Array(2 * column.length);
      wider.set(column);
      return wider;
    };
    this.#values = doubled(this.#values);
    this.#others = doubled(this.#others);
    this.#times = doubled(this.#times);
  }
}

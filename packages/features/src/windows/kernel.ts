import type { Bounds, FillBounds } from "./bounds.js";

/**
 * A statistic of windows that slide over rows. Values are never taken out of a sum, so that nothing drifts and a large value
 * leaves no error behind: a window is the merger of a front, whose summaries from each row to its end are tabled by `flip`, and of a
 * back, to which `run` adds (the two-stack queue; for windows of equal length van Herk 1992). Each row costs one addition to a
 * table, one to the back, and one merger.
 */
export interface WindowKernel {
  /** Tables the front `from .. to - 1` and empties the back. */
  flip(values: Float64Array, others: Float64Array, from: number, to: number): void;
  /**
   * Writes the statistic of the rows from `first`, adding rows in order to the back, and returns the row at which it stopped: `last`, or
   * one whose window holds nothing of the front, so that it is time to flip.
   */
  run(
    values: Float64Array,
    others: Float64Array,
    bounds: Bounds,
    first: number,
    last: number,
    output: Float64Array,
  ): number;
  /** What the back has summed, to be saved by and restored to windows that only grow. */
  readonly back: Float64Array;
}

const blockRows = 4096;

/** The statistic of every window. */
export function slide(
  kernel: WindowKernel,
  values: Float64Array,
  others: Float64Array,
  fillBounds: FillBounds,
): Float64Array {
  const output = new Float64Array(values.length);
  const starts = new Int32Array(blockRows);
  const ends = new Int32Array(blockRows);
  for (let offset = 0; offset < output.length; offset += blockRows) {
    const bounds = { offset, starts, ends };
    const end = Math.min(output.length, offset + blockRows);
    fillBounds(offset, end, starts, ends);
    let row = offset;
    if (row === 0) kernel.flip(values, others, starts[0], ends[0]);
    for (;;) {
      row = kernel.run(values, others, bounds, row, end, output);
      if (row >= end) break;
      kernel.flip(values, others, offset + starts[row - offset], offset + ends[row - offset]);
    }
  }
  return output;
}

/** Room for at least `size` numbers, in what is there or afresh. */
export function room(array: Float64Array, size: number): Float64Array {
  return array.length >= size ? array : new Float64Array(Math.max(16, 2 * size));
}

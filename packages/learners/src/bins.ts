import { Rng } from "@sage-twin/kernel";

/** How a column's values fall into bins: bin 0 is missing, then numbers ascending, or one bin for each category. */
export interface FeatureBins {
  readonly categorical: boolean;
  /** Numbers: bin i + 1 holds the values up to edge i, the last bin those above. Categories: the code of bin i + 1. */
  readonly edges: Float64Array;
}

/** The most bins of a column, without the one of missing values. */
export const mostBins = 255;

const sampled = 65_536;

/** How many bins a column has, that of missing values included. */
export function binCount({ categorical, edges }: FeatureBins): number {
  return edges.length + (categorical ? 1 : 2);
}

/**
 * Bins of about equally many values, between which an edge lies halfway; a value that is more frequent than that has a bin of its own. Edges come
 * from at most 65,536 rows, drawn with a fixed seed.
 */
export function findBins(column: Float64Array, most: number): FeatureBins {
  const values = sortedSample(column);
  const total = values.length;
  const counts = new Int32Array(total);
  let distinct = 0;
  for (let i = 0; i < total; i++) {
    if (distinct === 0 || values[i] !== values[distinct - 1]) values[distinct++] = values[i];
    counts[distinct - 1]++;
  }
  const crowded = distinct > most;
  const edges = new Float64Array(Math.max(0, Math.min(distinct, most) - 1));
  let found = 0;
  let left = total;
  let held = 0;
  for (let i = 0; i + 1 < distinct && found + 1 < most; i++) {
    held += counts[i];
    const share = left / (most - found);
    if (crowded && held < share && counts[i + 1] <= share) continue;
    edges[found++] = halfway(values[i], values[i + 1]);
    left -= held;
    held = 0;
  }
  return { categorical: false, edges: edges.slice(0, found) };
}

/** One bin for each code, ascending. */
export function findCategories(column: Float64Array): FeatureBins {
  const codes = new Set(column.filter((value) => !Number.isNaN(value)));
  return { categorical: true, edges: Float64Array.from(codes).sort() };
}

/** The values that are not missing, ascending. */
function sortedSample(column: Float64Array): Float64Array {
  const values = new Float64Array(Math.min(column.length, sampled));
  const words = new Rng("bins").words();
  let count = 0;
  for (let i = 0; i < values.length; i++) {
    const value = column[column.length <= sampled ? i : Math.floor(words.uniform() * column.length)];
    if (!Number.isNaN(value)) values[count++] = value;
  }
  return values.subarray(0, count).sort();
}

function halfway(low: number, high: number): number {
  const middle = low + (high - low) / 2;
  return middle < high ? middle : low;
}

/** Writes the bin of each value to `output` from `offset` on. A code that was not there when the bins were made counts as missing. */
export function assignBins(
  column: Float64Array,
  { categorical, edges }: FeatureBins,
  output: Uint8Array | Float64Array,
  offset: number,
): void {
  const count = edges.length;
  for (let row = 0; row < column.length; row++) {
    const value = column[row];
    let low = 0; // the first edge that is not below the value
    for (let high = count; low < high; ) {
      const middle = (low + high) >> 1;
      if (edges[middle] < value) low = middle + 1;
      else high = middle;
    }
    const none = Number.isNaN(value) || (categorical && !(low < count && edges[low] === value));
    output[offset + row] = none ? 0 : low + 1;
  }
}

import { Rng } from "@sage-twin/kernel";

/** How a column's values fall into bins: bin 0 is missing, then numbers ascending, or one bin for each category. */
export interface FeatureBins {
  readonly categorical: boolean;
  /** Numbers: bin i + 1 holds the values up to edge i, the last bin those above. Categories given as numbers: the code of bin i + 1. */
  readonly edges: Float64Array;
  /** Categories given as text: that of bin i + 1. */
  readonly labels?: readonly string[];
  /** Whether the last bin holds all categories that have none of their own, those unseen in training included. */
  readonly rare?: boolean;
}

/** The most bins of a column, without the one of missing values. */
export const mostBins = 255;

const sampled = 65_536;

/** How many bins a column has, that of missing values included. */
export function binCount({ categorical, edges, labels, rare }: FeatureBins): number {
  return categorical ? (labels ?? edges).length + (rare ? 2 : 1) : edges.length + 2;
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

/**
 * One bin for each category; beyond 255 one for each of the 254 most frequent and one for all others. `values` holds the codes, or the places of
 * texts in `levels`.
 */
export function findCategories(values: Float64Array, levels: readonly string[] | undefined): FeatureBins {
  const counts = new Map<number, number>();
  for (const value of values) if (!Number.isNaN(value)) counts.set(value, (counts.get(value) ?? 0) + 1);
  const rare = counts.size > mostBins;
  const kept = Float64Array.from(
    rare
      ? [...counts]
          .sort((a, b) => b[1] - a[1] || a[0] - b[0])
          .slice(0, mostBins - 1)
          .map(([value]) => value)
      : counts.keys(),
  ).sort();
  return {
    categorical: true,
    edges: levels === undefined ? kept : new Float64Array(0),
    ...(levels === undefined ? {} : { labels: Array.from(kept, (place) => levels[place]) }),
    ...(rare ? { rare } : {}),
  };
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

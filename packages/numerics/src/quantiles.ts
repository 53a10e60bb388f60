import { TwinError } from "@sage-twin/kernel";

const bins = 2048;
const smallEnoughToSort = 64;

/**
 * Exact quantiles of a sample by bucket selection: one pass counts 2,048 bins, and only the bins that hold a wanted order statistic are sorted.
 * Quantiles interpolate between order statistics (Hyndman and Fan 1996, type 7: the default of R and NumPy).
 *
 * @param sample values without NaN; it is not changed.
 * @param probabilities each in [0, 1], in any order.
 *
 * @example
 * ```ts
 * import { quantiles } from "@sage-twin/numerics";
 *
 * [...quantiles(Float64Array.of(4, 1, 3, 2), [0, 0.5, 1])]; // => [1, 2.5, 4]
 * ```
 */
export function quantiles(sample: Float64Array, probabilities: readonly number[]): Float64Array {
  const count = sample.length;
  if (count === 0)
    throw new TwinError({
      code: "invalid-argument",
      path: ["sample"],
      message: "there is no quantile of an empty sample",
    });
  for (const probability of probabilities) {
    if (!(probability >= 0 && probability <= 1)) {
      throw new TwinError({
        code: "out-of-range",
        path: ["probability"],
        message: `a probability lies in 0..1, not ${probability}`,
      });
    }
  }
  const positions = probabilities.map((probability) => probability * (count - 1));
  const ranks = [...new Set(positions.flatMap((position) => [Math.floor(position), Math.ceil(position)]))].sort(
    (a, b) => a - b,
  );
  const values = orderStatistics(sample, ranks);
  const valueAt = new Map(ranks.map((rank, index) => [rank, values[index]]));
  return Float64Array.from(positions, (position) => {
    const low = valueAt.get(Math.floor(position)) as number;
    const high = valueAt.get(Math.ceil(position)) as number;
    return low === high ? low : low + (position - Math.floor(position)) * (high - low);
  });
}

const binOf = { array: new Uint16Array(0) };

/** The values at ascending ranks of the sorted sample. */
function orderStatistics(sample: Float64Array, ranks: readonly number[]): number[] {
  const count = sample.length;
  if (count <= smallEnoughToSort) {
    const sorted = sample.slice().sort();
    return ranks.map((rank) => sorted[rank]);
  }
  let low = sample[0];
  let high = sample[0];
  for (let i = 1; i < count; i++) {
    const value = sample[i];
    if (value < low) low = value;
    if (value > high) high = value;
  }
  const scale = (bins - 1) / (high - low);
  if (!(scale > 0 && scale < Number.POSITIVE_INFINITY)) {
    if (high === low) return ranks.map(() => low);
    const sorted = sample.slice().sort();
    return ranks.map((rank) => sorted[rank]);
  }
  if (binOf.array.length < count) binOf.array = new Uint16Array(count);
  const binIndex = binOf.array;
  const counts = new Uint32Array(bins);
  for (let i = 0; i < count; i++) {
    const bin = ((sample[i] - low) * scale) | 0;
    binIndex[i] = bin;
    counts[bin]++;
  }
  // Slots for the bins that hold a wanted rank.
  const starts: number[] = [];
  const slotOf = new Int32Array(bins).fill(-1);
  const members: Float64Array[] = [];
  const rankSlots: number[] = [];
  let before = 0;
  let bin = 0;
  for (const rank of ranks) {
    while (before + counts[bin] <= rank) before += counts[bin++];
    if (slotOf[bin] < 0) {
      slotOf[bin] = members.length;
      members.push(new Float64Array(counts[bin]));
      starts.push(before);
    }
    rankSlots.push(slotOf[bin]);
  }
  const filled = new Uint32Array(members.length);
  for (let i = 0; i < count; i++) {
    const slot = slotOf[binIndex[i]];
    if (slot >= 0) members[slot][filled[slot]++] = sample[i];
  }
  for (let slot = 0; slot < members.length; slot++) {
    const wanted = ranks.filter((_, index) => rankSlots[index] === slot).map((rank) => rank - starts[slot]);
    // An overfull bin (a spike beside an outlier) is selected again on its own range.
    if (members[slot].length > count / 4 && members[slot].length > smallEnoughToSort) {
      const selected = orderStatistics(members[slot].slice(), wanted);
      wanted.forEach((rank, index) => {
        members[slot][rank] = selected[index];
      });
    } else {
      members[slot].sort();
    }
  }
  return ranks.map((rank, index) => members[rankSlots[index]][rank - starts[rankSlots[index]]]);
}

import { tileRuns } from "@sage-twin/causal";
import { quantiles } from "@sage-twin/numerics";

/** Bins of a grid; its width is that of the runs it is placed by, so that one bin is some hundredth of a standard deviation. */
const bins = 1024;

/** How far a grid reaches beyond the runs it is placed by, as a share of their range, on either side. */
const margin = 0.1;

/** Where the bins of each figure and step lie: bin = (value - low) x scale, the first and the last open. */
export interface Grid {
  readonly low: Float64Array;
  readonly scale: Float64Array;
}

/** Counts of runs on a grid and their moments; by figure and step, counts also by bin. */
export interface GridCounts {
  readonly counts: Uint16Array | Uint32Array;
  /** Sums of the distances from the middle of the grid. */
  readonly sums: Float64Array;
  readonly squares: Float64Array;
  /** Sums over whole tiles of the squared sum of a tile's distances from the middle. */
  readonly tileSquares: Float64Array;
  readonly lowest: Float64Array;
  readonly highest: Float64Array;
}

/** No runs yet, of `runs` to come: counts are as narrow as these allow, because they are most of the memory that counting passes over. */
export function emptyCounts(cells: number, runs: number): GridCounts {
  const Counts = runs < 2 ** 16 ? Uint16Array : Uint32Array;
  return {
    counts: new Counts(cells * bins),
    sums: new Float64Array(cells),
    squares: new Float64Array(cells),
    tileSquares: new Float64Array(cells),
    lowest: new Float64Array(cells).fill(Number.POSITIVE_INFINITY),
    highest: new Float64Array(cells).fill(Number.NEGATIVE_INFINITY),
  };
}

/** Places one cell of a grid by a sample. */
export function placeCell(grid: Grid, cell: number, sample: Float64Array): void {
  let low = sample[0];
  let high = sample[0];
  for (let run = 1; run < sample.length; run++) {
    const value = sample[run];
    if (value < low) low = value;
    if (value > high) high = value;
  }
  const reach = margin * (high - low);
  const scale = bins / (high - low + 2 * reach);
  grid.low[cell] = low - reach;
  grid.scale[cell] = scale < Number.POSITIVE_INFINITY ? scale : 0;
}

/** Counts the first `width` values of one cell, two at a time; returns the sum of their distances from the middle. */
export function countCell(grid: Grid, into: GridCounts, cell: number, values: Float64Array, width: number): number {
  const low = grid.low[cell];
  const scale = grid.scale[cell];
  const middle = gridMiddle(grid, cell) - low;
  const { counts } = into;
  const first = cell * bins;
  const last = bins - 1;
  let sum = 0;
  let square = 0;
  let otherSum = 0;
  let otherSquare = 0;
  let lowest = into.lowest[cell];
  let highest = into.highest[cell];
  for (let run = 0; run < width; run += 2) {
    const distance = values[run] - low;
    const position = distance * scale;
    counts[first + (position < last ? (position > 0 ? position | 0 : 0) : last)]++;
    const fromMiddle = distance - middle;
    sum += fromMiddle;
    square += fromMiddle * fromMiddle;
    if (distance < lowest) lowest = distance;
    if (distance > highest) highest = distance;
    if (run + 1 === width) break;
    const other = values[run + 1] - low;
    const otherPosition = other * scale;
    counts[first + (otherPosition < last ? (otherPosition > 0 ? otherPosition | 0 : 0) : last)]++;
    const otherFromMiddle = other - middle;
    otherSum += otherFromMiddle;
    otherSquare += otherFromMiddle * otherFromMiddle;
    if (other < lowest) lowest = other;
    if (other > highest) highest = other;
  }
  sum += otherSum;
  into.sums[cell] += sum;
  into.squares[cell] += square + otherSquare;
  if (width === tileRuns) into.tileSquares[cell] += sum * sum;
  into.lowest[cell] = lowest;
  into.highest[cell] = highest;
  return sum;
}

/** The middle of a cell's bins. */
export function gridMiddle({ low, scale }: Grid, cell: number): number {
  return scale[cell] === 0 ? low[cell] : low[cell] + bins / 2 / scale[cell];
}

/** Adds one chunk's counts to those of all. */
export function addCounts(total: GridCounts, part: GridCounts): void {
  const add = (
    into: Float64Array | Uint16Array | Uint32Array,
    from: Float64Array | Uint16Array | Uint32Array,
  ): void => {
    for (let i = 0; i < into.length; i++) into[i] += from[i];
  };
  add(total.counts, part.counts);
  add(total.sums, part.sums);
  add(total.squares, part.squares);
  add(total.tileSquares, part.tileSquares);
  for (let cell = 0; cell < total.lowest.length; cell++) {
    total.lowest[cell] = Math.min(total.lowest[cell], part.lowest[cell]);
    total.highest[cell] = Math.max(total.highest[cell], part.highest[cell]);
  }
}

/** Quantiles of one cell: exact counts up to a bin, evenly spread within it. The outermost bins end at the extremes. */
export function gridQuantiles(
  grid: Grid,
  { counts, lowest, highest }: GridCounts,
  cell: number,
  runs: number,
  probabilities: readonly number[],
): Float64Array {
  const own = counts.subarray(cell * bins, (cell + 1) * bins);
  const scale = grid.scale[cell];
  const edge = (bin: number): number =>
    scale === 0
      ? bin === 0
        ? lowest[cell]
        : highest[cell]
      : Math.min(highest[cell], Math.max(lowest[cell], bin / scale));
  const order = probabilities.map((_, index) => index).sort((a, b) => probabilities[a] - probabilities[b]);
  const found = new Float64Array(probabilities.length);
  // Refuses what is no probability, as quantiles of samples are refused.
  quantiles(Float64Array.of(0), probabilities);
  let bin = 0;
  let before = 0;
  for (const index of order) {
    const wanted = probabilities[index] * runs;
    while (bin < bins - 1 && before + own[bin] < wanted) before += own[bin++];
    const from = bin === 0 ? lowest[cell] : edge(bin);
    const to = bin === bins - 1 ? highest[cell] : edge(bin + 1);
    const share = own[bin] > 0 ? (wanted - before) / own[bin] : 0;
    found[index] = grid.low[cell] + from + share * (to - from);
  }
  return found;
}

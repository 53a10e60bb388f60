import { quantiles } from "@sage-twin/numerics";

/** A curve by points: straight lines between them, flat beyond. */
export interface Points {
  readonly x: readonly number[];
  readonly y: readonly number[];
}

const mostBins = 64;
const learningRate = 0.1;
const mostRounds = 500;
const patience = 25;
const validationShare = 0.2;

/**
 * Gradient boosting of stumps on one cause under squared loss (Friedman 2001; one cause at a time, as in Lou, Caruana and Gehrke 2012): up to 64 bins of as many
 * values each, steps of a tenth. The last fifth of the rows says when to stop; then all rows are boosted as often. The heights of bins are joined at
 * the bins' means, so that the curve is a lookup.
 *
 * @param x and y by row in order of time, without gaps.
 * @returns heights around a mean of 0; flat where no split helped.
 */
export function boostCurve(x: Float64Array, y: Float64Array): Points {
  const count = x.length;
  const bins = binsOf(x);
  const training = count - Math.floor(count * validationShare);
  const learnt = sumsOf(bins, y, 0, training);
  const held = sumsOf(bins, y, training, count);
  let best = 0;
  let bestLoss = lossOf(held, learnt.mean, new Float64Array(bins.size));
  boost(learnt, mostRounds, (heights, round) => {
    const loss = lossOf(held, learnt.mean, heights);
    if (loss < bestLoss) {
      bestLoss = loss;
      best = round;
    }
    return round - best < patience;
  });
  const all = sumsOf(bins, y, 0, count);
  const heights = boost(all, best, () => true);
  return pointsOf(bins.centre, heights);
}

interface Bins {
  readonly of: Int32Array;
  readonly size: number;
  readonly centre: Float64Array;
}

interface Sums {
  readonly counts: Float64Array;
  readonly sums: Float64Array;
  readonly mean: number;
  readonly total: number;
}

function binsOf(x: Float64Array): Bins {
  const probabilities = Array.from({ length: mostBins - 1 }, (_, index) => (index + 1) / mostBins);
  const bounds = [...new Set(quantiles(x, probabilities))];
  const of = Int32Array.from(x, (value) => {
    let low = 0;
    let high = bounds.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (bounds[middle] < value) low = middle + 1;
      else high = middle;
    }
    return low;
  });
  // Bins that hold nothing are left out.
  const seen = [...new Set(of)].sort((a, b) => a - b);
  const place = new Map(seen.map((bin, index) => [bin, index]));
  const counts = new Float64Array(seen.length);
  const centre = new Float64Array(seen.length);
  of.forEach((bin, row) => {
    const index = place.get(bin) as number;
    of[row] = index;
    counts[index]++;
    centre[index] += (x[row] - centre[index]) / counts[index];
  });
  return { of, size: seen.length, centre };
}

function sumsOf({ of, size }: Bins, y: Float64Array, from: number, until: number): Sums {
  const counts = new Float64Array(size);
  const sums = new Float64Array(size);
  let total = 0;
  for (let row = from; row < until; row++) {
    counts[of[row]]++;
    sums[of[row]] += y[row];
    total += y[row];
  }
  const mean = total / Math.max(1, until - from);
  for (let bin = 0; bin < size; bin++) sums[bin] -= counts[bin] * mean;
  return { counts, sums, mean, total: until - from };
}

/** Boosts for so many rounds, or until `go` says no; returns the heights by bin. */
function boost(
  { counts, sums, total }: Sums,
  rounds: number,
  go: (heights: Float64Array, round: number) => boolean,
): Float64Array {
  const size = counts.length;
  const heights = new Float64Array(size);
  const left = sums.slice();
  const least = Math.max(5, 0.02 * total);
  for (let round = 1; round <= rounds; round++) {
    let whole = 0;
    for (let bin = 0; bin < size; bin++) whole += left[bin];
    let split = -1;
    let gain = 0;
    let step = [0, 0];
    let sum = 0;
    let rows = 0;
    for (let bin = 0; bin < size - 1; bin++) {
      sum += left[bin];
      rows += counts[bin];
      if (rows < least || total - rows < least) continue;
      const rest = whole - sum;
      const gained = (sum * sum) / rows + (rest * rest) / (total - rows) - (whole * whole) / total;
      if (gained <= gain) continue;
      gain = gained;
      split = bin;
      step = [sum / rows, rest / (total - rows)];
    }
    if (split < 0) break;
    for (let bin = 0; bin < size; bin++) {
      const moved = learningRate * step[bin <= split ? 0 : 1];
      heights[bin] += moved;
      left[bin] -= counts[bin] * moved;
    }
    if (!go(heights, round)) break;
  }
  return heights;
}

/** The squared error of other rows, but for what no height changes. */
function lossOf({ counts, sums, mean }: Sums, level: number, heights: Float64Array): number {
  let loss = 0;
  for (let bin = 0; bin < heights.length; bin++) {
    const off = level - mean + heights[bin];
    loss += counts[bin] * off * off - 2 * off * sums[bin];
  }
  return loss;
}

/** The points of a curve without those that lie on the line between their neighbours; two at least. */
function pointsOf(centre: Float64Array, heights: Float64Array): Points {
  const last = centre.length - 1;
  const kept = [...centre.keys()].filter(
    (bin) => bin === 0 || bin === last || heights[bin] !== heights[bin - 1] || heights[bin] !== heights[bin + 1],
  );
  if (kept.length === 1) return { x: [centre[0], centre[0] + 1], y: [0, 0] };
  return { x: kept.map((bin) => centre[bin]), y: kept.map((bin) => heights[bin]) };
}

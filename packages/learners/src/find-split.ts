import { binCount, type FeatureBins } from "./bins.js";
import type { Histograms } from "./histograms.js";

/** What a split must hold. */
export interface SplitRules {
  /** Added to the sum of curvatures of each side (Chen and Guestrin 2016). */
  readonly l2: number;
  readonly leastRows: number;
  readonly leastWeight: number;
  /** By column 1 where the score may only rise with it, -1 where it may only fall, else 0; absent without such a column. */
  readonly monotone?: Int8Array;
}

/** A node to be split: its sums, and between what its leaves must stay. */
export interface NodeSums {
  gradient: number;
  curvature: number;
  rows: number;
  low: number;
  high: number;
}

/** The best split of one node so far. */
export class Split {
  gain = 0;
  feature = -1;
  bin = 0;
  missingLeft = false;
  gradientLeft = 0;
  curvatureLeft = 0;
  rowsLeft = 0;
  readonly set = new Int32Array(8);
}

const categorySmoothing = 10; // as in LightGBM: added to a category's curvature before it is ranked, and to that of both sides

/** What a leaf adds by these sums, within its bounds. */
export function leafValue(gradient: number, curvature: number, low: number, high: number): number {
  return curvature > 0 ? Math.max(low, Math.min(high, -gradient / curvature)) : Math.max(low, Math.min(high, 0));
}

/** Looks for the best split of a node by any of the `chosen` columns. */
export class SplitFinder {
  readonly #histograms: Histograms;
  readonly #features: readonly FeatureBins[];
  readonly #rules: SplitRules;
  readonly #gradients: Float64Array;
  readonly #curvatures: Float64Array;
  readonly #rows: Float64Array;
  readonly #rank = new Float64Array(256);
  readonly #order = new Int32Array(256);
  #parent = 0;

  constructor(histograms: Histograms, features: readonly FeatureBins[], rules: SplitRules) {
    const bins = Math.max(1, ...features.map(binCount));
    this.#histograms = histograms;
    this.#features = features;
    this.#rules = rules;
    this.#gradients = new Float64Array(bins);
    this.#curvatures = new Float64Array(bins);
    this.#rows = new Float64Array(bins);
  }

  find(split: Split, sums: Float64Array, chosen: Int32Array, node: NodeSums): void {
    const { l2, leastRows, monotone } = this.#rules;
    split.gain = 0;
    split.feature = -1;
    if (node.rows < 2 * leastRows) return;
    for (let k = 0; k < chosen.length; k++) {
      const feature = chosen[k];
      const bins = this.#histograms.read(sums, feature, this.#gradients, this.#curvatures, this.#rows);
      const { categorical } = this.#features[feature];
      const added = categorical ? l2 + categorySmoothing : l2;
      this.#parent = sideGain(node.gradient, node.curvature + added, node.low, node.high);
      if (categorical) this.#scanCategories(split, bins, feature, node);
      else {
        // Without missing values both directions are the same split.
        if (this.#rows[0] > 0) this.#scanNumbers(split, bins, feature, node, true, monotone?.[feature] ?? 0);
        this.#scanNumbers(split, bins, feature, node, false, monotone?.[feature] ?? 0);
      }
    }
  }

  #scanNumbers(
    split: Split,
    bins: number,
    feature: number,
    { gradient, curvature, rows, low, high }: NodeSums,
    missingLeft: boolean,
    direction: number,
  ): void {
    const { l2, leastRows, leastWeight, monotone } = this.#rules;
    const gradients = this.#gradients;
    const curvatures = this.#curvatures;
    const counts = this.#rows;
    const bounded = monotone !== undefined;
    const parent = this.#parent;
    // Missing values alone may go right.
    const end = missingLeft || counts[0] === 0 ? bins - 1 : bins;
    let g = missingLeft ? gradients[0] : 0;
    let h = missingLeft ? curvatures[0] : 0;
    let n = missingLeft ? counts[0] : 0;
    let best = split.gain;
    for (let bin = 1; bin < end; bin++) {
      if (counts[bin] < 0.5) continue; // the same split as at the bin before
      g += gradients[bin];
      h += curvatures[bin];
      n += counts[bin];
      if (n < leastRows || h < leastWeight) continue;
      if (rows - n < leastRows || curvature - h < leastWeight) break;
      const other = gradient - g;
      const left = h + l2;
      const right = curvature - h + l2;
      let gain = 0;
      if (bounded) {
        const rise = leafValue(other, right, low, high) - leafValue(g, left, low, high);
        if (direction * rise < 0) continue;
        gain = sideGain(g, left, low, high) + sideGain(other, right, low, high) - parent;
      } else gain = (g * g) / left + (other * other) / right - parent;
      if (!(gain > best)) continue;
      best = gain;
      split.gain = gain;
      split.feature = feature;
      split.bin = bin;
      split.missingLeft = missingLeft;
      split.gradientLeft = g;
      split.curvatureLeft = h;
      split.rowsLeft = n;
    }
    // Nothing missing here: later on it goes the way of most rows.
    if (split.feature === feature && !missingLeft && counts[0] === 0) split.missingLeft = 2 * split.rowsLeft > rows;
  }

  /** Categories in the order of their mean gradients: the best two groups are neighbours in it (Fisher 1958). */
  #scanCategories(
    split: Split,
    bins: number,
    feature: number,
    { gradient, curvature, rows, low, high }: NodeSums,
  ): void {
    const { leastRows, leastWeight } = this.#rules;
    const l2 = this.#rules.l2 + categorySmoothing;
    const rank = this.#rank;
    const order = this.#order;
    let count = 0;
    for (let bin = 0; bin < bins; bin++) {
      if (this.#rows[bin] < 0.5) continue;
      const own = this.#gradients[bin] / (this.#curvatures[bin] + categorySmoothing);
      let place = count++;
      for (; place > 0 && rank[place - 1] > own; place--) {
        rank[place] = rank[place - 1];
        order[place] = order[place - 1];
      }
      rank[place] = own;
      order[place] = bin;
    }
    let g = 0;
    let h = 0;
    let n = 0;
    let last = -1;
    for (let place = 0; place + 1 < count; place++) {
      const bin = order[place];
      g += this.#gradients[bin];
      h += this.#curvatures[bin];
      n += this.#rows[bin];
      if (n < leastRows || h < leastWeight) continue;
      if (rows - n < leastRows || curvature - h < leastWeight) break;
      const gain =
        sideGain(g, h + l2, low, high) + sideGain(gradient - g, curvature - h + l2, low, high) - this.#parent;
      if (!(gain > split.gain)) continue;
      last = place;
      split.gain = gain;
      split.feature = feature;
      split.gradientLeft = g;
      split.curvatureLeft = h;
      split.rowsLeft = n;
    }
    if (last < 0) return;
    split.set.fill(0);
    split.missingLeft = this.#rows[0] === 0 && 2 * split.rowsLeft > rows;
    for (let place = 0; place <= last; place++) {
      if (order[place] === 0) split.missingLeft = true;
      else split.set[order[place] >> 5] |= 1 << (order[place] & 31);
    }
  }
}

/** How much a leaf lowers the loss, twice: the square of its gradient over its curvature where no bound tells. */
function sideGain(gradient: number, curvature: number, low: number, high: number): number {
  const value = leafValue(gradient, curvature, low, high);
  return -value * (2 * gradient + curvature * value);
}

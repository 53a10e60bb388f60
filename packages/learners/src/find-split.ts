import type { FeatureBins } from "./bins.js";
import type { Histograms } from "./histograms.js";

/** What a split must hold. */
export interface SplitRules {
  /** Added to the sum of curvatures of each side (Chen and Guestrin 2016). */
  readonly l2: number;
  readonly leastRows: number;
  readonly leastWeight: number;
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

/** Looks for the best split of a node, whose histogram starts at 0 of `sums`, by any of the `chosen` columns. */
export class SplitFinder {
  readonly #histograms: Histograms;
  readonly #features: readonly FeatureBins[];
  readonly #rules: SplitRules;
  readonly #rank = new Float64Array(256);
  readonly #order = new Int32Array(256);

  constructor(histograms: Histograms, features: readonly FeatureBins[], rules: SplitRules) {
    this.#histograms = histograms;
    this.#features = features;
    this.#rules = rules;
  }

  find(split: Split, sums: Float64Array, chosen: Int32Array, gradient: number, curvature: number, rows: number): void {
    const { l2, leastRows } = this.#rules;
    split.gain = 0;
    split.feature = -1;
    if (rows < 2 * leastRows) return;
    const parent = (gradient * gradient) / (curvature + l2);
    for (let k = 0; k < chosen.length; k++) {
      const feature = chosen[k];
      if (this.#features[feature].categorical)
        this.#scanCategories(
          split,
          sums,
          feature,
          gradient,
          curvature,
          rows,
          (gradient * gradient) / (curvature + l2 + categorySmoothing),
        );
      else {
        const missing = sums[this.#histograms.offsets[feature] + this.#histograms.stride - 1];
        // Without missing values both directions are the same split.
        if (missing > 0) this.#scanNumbers(split, sums, feature, gradient, curvature, rows, parent, true);
        this.#scanNumbers(split, sums, feature, gradient, curvature, rows, parent, false);
      }
    }
  }

  #scanNumbers(
    split: Split,
    sums: Float64Array,
    feature: number,
    gradient: number,
    curvature: number,
    rows: number,
    parent: number,
    missingLeft: boolean,
  ): void {
    const { l2, leastRows, leastWeight } = this.#rules;
    const { stride, offsets } = this.#histograms;
    const start = offsets[feature];
    // Missing values alone may go right.
    const end = offsets[feature + 1] - (missingLeft || sums[start + stride - 1] === 0 ? stride : 0);
    let g = missingLeft ? sums[start] : 0;
    let h = missingLeft ? sums[start + 1] : 0;
    let n = missingLeft ? sums[start + stride - 1] : 0;
    let best = split.gain;
    for (let at = start + stride; at < end; at += stride) {
      g += sums[at];
      h += sums[at + 1];
      n += sums[at + stride - 1];
      if (n < leastRows || h < leastWeight) continue;
      if (rows - n < leastRows || curvature - h < leastWeight) break;
      const other = gradient - g;
      const gain = (g * g) / (h + l2) + (other * other) / (curvature - h + l2) - parent;
      if (!(gain > best)) continue;
      best = gain;
      split.gain = gain;
      split.feature = feature;
      split.bin = (at - start) / stride;
      split.missingLeft = missingLeft;
      split.gradientLeft = g;
      split.curvatureLeft = h;
      split.rowsLeft = n;
    }
    // Nothing missing here: later on it goes the way of most rows.
    if (split.feature === feature && !missingLeft && sums[start + stride - 1] === 0)
      split.missingLeft = 2 * split.rowsLeft > rows;
  }

  /** Categories in the order of their mean gradients: the best two groups are neighbours in it (Fisher 1958). */
  #scanCategories(
    split: Split,
    sums: Float64Array,
    feature: number,
    gradient: number,
    curvature: number,
    rows: number,
    parent: number,
  ): void {
    const { leastRows, leastWeight } = this.#rules;
    const l2 = this.#rules.l2 + categorySmoothing;
    const { stride, offsets } = this.#histograms;
    const start = offsets[feature];
    const bins = (offsets[feature + 1] - start) / stride;
    const rank = this.#rank;
    const order = this.#order;
    let count = 0;
    for (let bin = 0; bin < bins; bin++) {
      const at = start + bin * stride;
      if (sums[at + stride - 1] < 1) continue;
      const own = sums[at] / (sums[at + 1] + categorySmoothing);
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
      const at = start + order[place] * stride;
      g += sums[at];
      h += sums[at + 1];
      n += sums[at + stride - 1];
      if (n < leastRows || h < leastWeight) continue;
      if (rows - n < leastRows || curvature - h < leastWeight) break;
      const other = gradient - g;
      const gain = (g * g) / (h + l2) + (other * other) / (curvature - h + l2) - parent;
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
    split.missingLeft = sums[start + stride - 1] === 0 && 2 * split.rowsLeft > rows;
    for (let place = 0; place <= last; place++) {
      if (order[place] === 0) split.missingLeft = true;
      else split.set[order[place] >> 5] |= 1 << (order[place] & 31);
    }
  }
}

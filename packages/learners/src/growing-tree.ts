import type { FeatureBins } from "./bins.js";
import type { Split } from "./find-split.js";
import type { Tree } from "./tree.js";

/** A tree while it grows; nodes are numbered in the order in which they came to be. */
export class GrowingTree {
  readonly feature: Int32Array;
  readonly threshold: Float64Array;
  readonly left: Int32Array;
  readonly right: Int32Array;
  readonly missingLeft: Uint8Array;
  readonly value: Float64Array;
  readonly gain: Float64Array;
  readonly cover: Float64Array;
  readonly gradient: Float64Array;
  /** The last bin that goes left. */
  readonly bin: Uint8Array;
  readonly sets: number[] = [];
  nodes = 0;

  constructor(leaves: number) {
    const size = 2 * leaves - 1;
    this.feature = new Int32Array(size).fill(-1);
    this.threshold = new Float64Array(size);
    this.left = new Int32Array(size);
    this.right = new Int32Array(size);
    this.missingLeft = new Uint8Array(size);
    this.value = new Float64Array(size);
    this.gain = new Float64Array(size);
    this.cover = new Float64Array(size);
    this.gradient = new Float64Array(size);
    this.bin = new Uint8Array(size);
  }

  add(): number {
    return this.nodes++;
  }

  split(node: number, split: Split, { categorical, edges }: FeatureBins, left: number, right: number): void {
    this.feature[node] = split.feature;
    this.missingLeft[node] = split.missingLeft ? 1 : 0;
    this.gain[node] = split.gain;
    this.left[node] = left;
    this.right[node] = right;
    this.bin[node] = split.bin;
    this.threshold[node] = categorical ? this.sets.length / 8 : (edges[split.bin - 1] ?? Number.POSITIVE_INFINITY);
    if (categorical) this.sets.push(...split.set);
  }

  /** Sums of nodes from those of the leaves, and from them what each would add. */
  sumUp(l2: number): void {
    for (let node = this.nodes - 1; node >= 0; node--) {
      if (this.feature[node] >= 0) {
        this.gradient[node] = this.gradient[this.left[node]] + this.gradient[this.right[node]];
        this.cover[node] = this.cover[this.left[node]] + this.cover[this.right[node]];
      }
      const curvature = this.cover[node] + l2;
      this.value[node] = curvature > 0 ? -this.gradient[node] / curvature : 0;
    }
  }

  /** Adds the leaf of each of the `members` to `output`, by the bins of four columns in each of the `words`. */
  addTo(
    output: Float64Array,
    words: Int32Array,
    rows: number,
    features: readonly FeatureBins[],
    members: Int32Array,
  ): void {
    const { feature, bin, left, right, missingLeft, threshold, sets, value } = this;
    for (let i = 0; i < members.length; i++) {
      const row = members[i];
      let node = 0;
      for (let split = feature[0]; split >= 0; split = feature[node]) {
        const own = (words[(split >> 2) * rows + row] >>> (8 * (split & 3))) & 255;
        const toLeft =
          own === 0
            ? missingLeft[node] === 1
            : features[split].categorical
              ? ((sets[8 * threshold[node] + (own >> 5)] >>> (own & 31)) & 1) === 1
              : own <= bin[node];
        node = toLeft ? left[node] : right[node];
      }
      output[row] += value[node];
    }
  }

  /** The tree as it is kept: as long as it has nodes. */
  finish(): Tree {
    const { nodes } = this;
    return {
      feature: this.feature.slice(0, nodes),
      threshold: this.threshold.slice(0, nodes),
      left: this.left.slice(0, nodes),
      right: this.right.slice(0, nodes),
      missingLeft: this.missingLeft.slice(0, nodes),
      value: this.value.slice(0, nodes),
      gain: this.gain.slice(0, nodes),
      cover: this.cover.slice(0, nodes),
      sets: Int32Array.from(this.sets),
    };
  }
}

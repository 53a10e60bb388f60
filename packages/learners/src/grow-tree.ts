import type { FeatureBins } from "./bins.js";
import { Split, SplitFinder, type SplitRules } from "./find-split.js";
import { Histograms } from "./histograms.js";
import type { Tree } from "./tree.js";

/** When a tree stops growing. */
export interface GrowthRules extends SplitRules {
  readonly leaves: number;
  /** Splits between the root and a leaf. */
  readonly depth: number;
  /** The least gain of a split. */
  readonly leastGain: number;
}

/** Columns as bins, for many trees. */
export interface BinnedTable {
  readonly features: readonly FeatureBins[];
  readonly counts: readonly number[];
  /** The bin of each row, column after column. */
  readonly bins: Uint8Array;
  readonly rows: number;
}

/**
 * Grows trees leaf by leaf, the one with the largest gain first (Shi 2007; Ke et al. 2017). A child's histogram is its parent's less its sibling's,
 * so that only the smaller child is counted. Buffers are kept from tree to tree.
 */
export class TreeGrower {
  /** Rows, leaf after leaf: leaf i of the last tree holds `order[start[i]]` to `order[end[i] - 1]`. */
  readonly order: Int32Array;
  readonly start: Int32Array;
  readonly end: Int32Array;
  /** The node of each leaf of the last tree. */
  readonly nodes: Int32Array;
  leafCount = 0;
  readonly #table: BinnedTable;
  readonly #rules: GrowthRules;
  readonly #histograms: Histograms;
  readonly #finder: SplitFinder;
  readonly #splits: Split[] = [];
  readonly #sums: Float64Array[] = [];
  readonly #spare: Int32Array;
  readonly #goes = new Uint8Array(256);
  readonly #depth: Int32Array;
  readonly #gradient: Float64Array;
  readonly #curvature: Float64Array;
  readonly #root: Float64Array;

  /** `rows` is how many rows of the table trees are grown on at most. */
  constructor(table: BinnedTable, rows: number, rules: GrowthRules, constantCurvature: boolean) {
    const { leaves } = rules;
    this.#table = table;
    this.#rules = rules;
    this.#histograms = new Histograms(table.bins, table.rows, table.counts, constantCurvature);
    this.#finder = new SplitFinder(this.#histograms, table.features, rules);
    this.order = new Int32Array(rows);
    this.#spare = new Int32Array(rows);
    this.start = new Int32Array(leaves);
    this.end = new Int32Array(leaves);
    this.nodes = new Int32Array(leaves);
    this.#depth = new Int32Array(leaves);
    this.#gradient = new Float64Array(leaves);
    this.#curvature = new Float64Array(leaves);
    this.#root = new Float64Array(2);
  }

  /** Grows one tree on the first `count` rows of `order`, splitting by the `chosen` columns. */
  grow(count: number, chosen: Int32Array, gradients: Float64Array, curvatures: Float64Array): GrowingTree {
    const { leaves, depth, leastGain } = this.#rules;
    const tree = new GrowingTree(leaves);
    this.#sumRoot(count, gradients, curvatures);
    this.leafCount = 1;
    this.start[0] = 0;
    this.end[0] = count;
    this.nodes[0] = tree.add(this.#root[0], this.#root[1], this.#rules.l2);
    this.#depth[0] = 0;
    this.#gradient[0] = this.#root[0];
    this.#curvature[0] = this.#root[1];
    this.#histograms.build(this.#sumsOf(0), chosen, this.order, 0, count, gradients, curvatures);
    this.#findSplit(0, chosen);
    while (this.leafCount < leaves) {
      let leaf = -1;
      for (let i = 0; i < this.leafCount; i++) {
        const { gain, feature } = this.#splits[i];
        if (feature >= 0 && gain > leastGain && (leaf < 0 || gain > this.#splits[leaf].gain)) leaf = i;
      }
      if (leaf < 0) break;
      this.#divide(tree, leaf, chosen, gradients, curvatures, this.#depth[leaf] + 1 < depth);
    }
    return tree;
  }

  #sumRoot(count: number, gradients: Float64Array, curvatures: Float64Array): void {
    const constant = this.#histograms.stride === 2;
    let gradient = 0;
    let curvature = constant ? count : 0;
    for (let i = 0; i < count; i++) gradient += gradients[this.order[i]];
    if (!constant) for (let i = 0; i < count; i++) curvature += curvatures[this.order[i]];
    this.#root[0] = gradient;
    this.#root[1] = curvature;
  }

  #sumsOf(leaf: number): Float64Array {
    const { offsets } = this.#histograms;
    this.#sums[leaf] ??= new Float64Array(offsets[offsets.length - 1]);
    return this.#sums[leaf];
  }

  #findSplit(leaf: number, chosen: Int32Array): void {
    this.#splits[leaf] ??= new Split();
    const rows = this.end[leaf] - this.start[leaf];
    this.#finder.find(
      this.#splits[leaf],
      this.#sumsOf(leaf),
      chosen,
      this.#gradient[leaf],
      this.#curvature[leaf],
      rows,
    );
  }

  #divide(
    tree: GrowingTree,
    leaf: number,
    chosen: Int32Array,
    gradients: Float64Array,
    curvatures: Float64Array,
    deeper: boolean,
  ): void {
    const split = this.#splits[leaf];
    const other = this.leafCount++;
    const middle = this.#partition(split, this.start[leaf], this.end[leaf]);
    this.start[other] = middle;
    this.end[other] = this.end[leaf];
    this.end[leaf] = middle;
    this.#gradient[other] = this.#gradient[leaf] - split.gradientLeft;
    this.#curvature[other] = this.#curvature[leaf] - split.curvatureLeft;
    this.#gradient[leaf] = split.gradientLeft;
    this.#curvature[leaf] = split.curvatureLeft;
    const { l2 } = this.#rules;
    const left = tree.add(this.#gradient[leaf], this.#curvature[leaf], l2);
    const right = tree.add(this.#gradient[other], this.#curvature[other], l2);
    tree.split(this.nodes[leaf], split, this.#table.features[split.feature], left, right);
    this.nodes[leaf] = left;
    this.nodes[other] = right;
    this.#depth[other] = ++this.#depth[leaf];
    this.#splits[other] ??= new Split();
    this.#splits[other].feature = -1;
    split.feature = -1;
    if (!deeper || this.leafCount === this.start.length) return;
    const smaller = middle - this.start[leaf] <= this.end[other] - middle ? leaf : other;
    // The parent's histogram stands at `leaf`: the smaller child is counted, the larger is what it leaves.
    const parent = this.#sumsOf(leaf);
    const counted = this.#sumsOf(other);
    this.#histograms.build(counted, chosen, this.order, this.start[smaller], this.end[smaller], gradients, curvatures);
    const { offsets } = this.#histograms;
    for (let k = 0; k < chosen.length; k++)
      for (let i = offsets[chosen[k]], end = offsets[chosen[k] + 1]; i < end; i++) parent[i] -= counted[i];
    if (smaller === leaf) {
      this.#sums[leaf] = counted;
      this.#sums[other] = parent;
    }
    this.#findSplit(leaf, chosen);
    this.#findSplit(other, chosen);
  }

  /** Moves the rows that go left before the others, each side in its old order; returns where the right side starts. */
  #partition(split: Split, from: number, to: number): number {
    const { bins, rows, features, counts } = this.#table;
    const { order } = this;
    const spare = this.#spare;
    const start = split.feature * rows;
    const goes = this.#goes;
    for (let bin = 1; bin < counts[split.feature]; bin++)
      goes[bin] = features[split.feature].categorical
        ? (split.set[bin >> 5] >>> (bin & 31)) & 1
        : bin <= split.bin
          ? 1
          : 0;
    goes[0] = split.missingLeft ? 1 : 0;
    let left = from;
    let right = 0;
    for (let i = from; i < to; i++) {
      // Written to both sides, kept on one: a branch would be mispredicted half of the time.
      const row = order[i];
      const toLeft = goes[bins[start + row]];
      order[left] = row;
      spare[right] = row;
      left += toLeft;
      right += 1 - toLeft;
    }
    for (let i = 0; i < right; i++) order[left + i] = spare[i];
    return left;
  }
}

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
    this.bin = new Uint8Array(size);
  }

  add(gradient: number, curvature: number, l2: number): number {
    this.value[this.nodes] = curvature + l2 > 0 ? -gradient / (curvature + l2) : 0;
    this.cover[this.nodes] = curvature;
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

  /** Adds each row's leaf to `output`, by bins. */
  addTo(output: Float64Array, { bins, rows, features }: BinnedTable, members: Int32Array): void {
    const { feature, bin, left, right, missingLeft, threshold, sets, value } = this;
    for (let i = 0; i < members.length; i++) {
      const row = members[i];
      let node = 0;
      for (let split = feature[0]; split >= 0; split = feature[node]) {
        const own = bins[split * rows + row];
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

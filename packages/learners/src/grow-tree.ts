import type { Binner } from "./binner.js";
import { binCount, type FeatureBins } from "./bins.js";
import { leafValue, type NodeSums, Split, SplitFinder, type SplitRules } from "./find-split.js";
import { GrowingTree } from "./growing-tree.js";
import { pickWords } from "./histogram-kernels.js";
import { Histograms } from "./histograms.js";

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
  /** The bins of four columns in one number, row after row, then those of the next four. */
  readonly words: Int32Array;
  readonly rows: number;
}

const chunk = 4096;

export function binTable(
  features: readonly FeatureBins[],
  binners: readonly Binner[],
  columns: readonly Float64Array[],
  rows: number,
): BinnedTable {
  const words = new Int32Array(((features.length + 3) >> 2) * rows);
  const bins = new Int32Array(chunk);
  columns.forEach((column, index) => {
    const base = (index >> 2) * rows;
    const shift = 8 * (index & 3);
    for (let from = 0; from < rows; from += chunk) {
      const to = Math.min(rows, from + chunk);
      binners[index].fill(column, from, to, bins);
      for (let row = from; row < to; row++) words[base + row] |= bins[row - from] << shift;
    }
  });
  return { features, words, rows, counts: features.map(binCount) };
}

/** The columns that a node may be split by, from those of its tree. */
export type ColumnDraw = (chosen: Int32Array) => Int32Array;

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
  readonly #leaves: NodeSums[] = [];
  readonly #sums: (Float64Array | undefined)[] = [];
  readonly #free: Float64Array[] = [];
  readonly #spare: Int32Array;
  readonly #places: Int32Array;
  /** On which side of the histograms the rows of each leaf lie. */
  readonly #sides: Uint8Array;
  readonly #goes = new Uint8Array(256);
  readonly #depth: Int32Array;

  /** `rows` is how many rows of the table trees are grown on at most. */
  constructor(table: BinnedTable, rows: number, rules: GrowthRules, constantCurvature: boolean) {
    const { leaves } = rules;
    this.#table = table;
    this.#rules = rules;
    this.#histograms = new Histograms(table.words, table.rows, table.counts, rows, constantCurvature);
    this.#places = new Int32Array(rows);
    this.#sides = new Uint8Array(leaves);
    this.#finder = new SplitFinder(this.#histograms, table.features, rules);
    this.order = new Int32Array(rows);
    this.#spare = new Int32Array(rows);
    this.start = new Int32Array(leaves);
    this.end = new Int32Array(leaves);
    this.nodes = new Int32Array(leaves);
    this.#depth = new Int32Array(leaves);
  }

  /** Grows one tree on the first `count` rows of `order`, splitting by the `chosen` columns. Curvatures are absent where each is 1. */
  grow(
    count: number,
    chosen: Int32Array,
    gradients: Float64Array,
    curvatures: Float64Array | undefined,
    draw?: ColumnDraw,
  ): GrowingTree {
    const { leaves, depth, leastGain, l2 } = this.#rules;
    const tree = new GrowingTree(Math.min(leaves, Math.max(1, count)));
    this.#sides[0] = this.#histograms.load(this.order, count, chosen, gradients, curvatures);
    this.leafCount = 1;
    this.start[0] = 0;
    this.end[0] = count;
    this.nodes[0] = tree.add();
    this.#depth[0] = 0;
    this.#openLeaf(0, count);
    this.#sumLeaf(0, gradients, curvatures);
    const sums = this.#takeSums();
    this.#sums[0] = sums;
    this.#histograms.build(sums, chosen, this.#sides[0], 0, count);
    this.#findSplit(0, chosen, draw);
    while (this.leafCount < leaves) {
      let leaf = -1;
      for (let i = 0; i < this.leafCount; i++) {
        const { gain, feature } = this.#splits[i];
        if (feature >= 0 && gain > leastGain && (leaf < 0 || gain > this.#splits[leaf].gain)) leaf = i;
      }
      if (leaf < 0) break;
      this.#divide(tree, leaf, chosen, this.#depth[leaf] + 1 < depth, draw);
    }
    for (let leaf = 0; leaf < this.leafCount; leaf++) {
      this.#release(leaf);
      this.#sumLeaf(leaf, gradients, curvatures);
      tree.gradient[this.nodes[leaf]] = this.#leaves[leaf].gradient;
      tree.cover[this.nodes[leaf]] = this.#leaves[leaf].curvature;
    }
    tree.sumUp(l2);
    for (let leaf = 0; leaf < this.leafCount; leaf++) {
      const { low, high } = this.#leaves[leaf];
      const node = this.nodes[leaf];
      tree.value[node] = Math.max(low, Math.min(high, tree.value[node]));
    }
    return tree;
  }

  #openLeaf(leaf: number, rows: number): NodeSums {
    const free = { gradient: 0, curvature: 0, rows, low: Number.NEGATIVE_INFINITY, high: Number.POSITIVE_INFINITY };
    this.#leaves[leaf] = free;
    this.#splits[leaf] ??= new Split();
    this.#splits[leaf].feature = -1;
    return free;
  }

  /** The sums of a leaf's rows, without the rounding of histograms. */
  #sumLeaf(leaf: number, gradients: Float64Array, curvatures: Float64Array | undefined): void {
    const { order } = this;
    const from = this.start[leaf];
    const to = this.end[leaf];
    let gradient = 0;
    let curvature = 0;
    for (let i = from; i < to; i++) gradient += gradients[order[i]];
    if (curvatures !== undefined) for (let i = from; i < to; i++) curvature += curvatures[order[i]];
    this.#leaves[leaf].gradient = gradient;
    this.#leaves[leaf].curvature = curvatures === undefined ? to - from : curvature;
  }

  #takeSums(): Float64Array {
    return this.#free.pop() ?? new Float64Array(this.#histograms.size);
  }

  #release(leaf: number): void {
    const sums = this.#sums[leaf];
    if (sums !== undefined) this.#free.push(sums);
    this.#sums[leaf] = undefined;
  }

  /** A leaf that cannot be split gives its histogram back. */
  #findSplit(leaf: number, chosen: Int32Array, draw: ColumnDraw | undefined): void {
    const sums = this.#sums[leaf] as Float64Array;
    this.#finder.find(this.#splits[leaf], sums, draw?.(chosen) ?? chosen, this.#leaves[leaf]);
    if (this.#splits[leaf].feature < 0) this.#release(leaf);
  }

  #divide(tree: GrowingTree, leaf: number, chosen: Int32Array, deeper: boolean, draw: ColumnDraw | undefined): void {
    const split = this.#splits[leaf];
    const other = this.leafCount++;
    const middle = this.#partition(split, this.#sides[leaf], this.start[leaf], this.end[leaf]);
    this.start[other] = middle;
    this.end[other] = this.end[leaf];
    this.end[leaf] = middle;
    this.#divideSums(leaf, other, split);
    const left = tree.add();
    const right = tree.add();
    tree.split(this.nodes[leaf], split, this.#table.features[split.feature], left, right);
    this.nodes[leaf] = left;
    this.nodes[other] = right;
    this.#depth[other] = ++this.#depth[leaf];
    split.feature = -1;
    const least = 2 * this.#rules.leastRows;
    const [a, b] = [this.#leaves[leaf].rows, this.#leaves[other].rows];
    if (!deeper || this.leafCount === this.start.length || Math.max(a, b) < least) {
      this.#release(leaf);
      return;
    }
    const smaller = a <= b ? leaf : other;
    const side = this.#histograms.divide(this.#places, this.#sides[leaf], this.start[leaf], this.end[other]);
    this.#sides[leaf] = side;
    this.#sides[other] = side;
    // The parent's histogram stands at `leaf`: the smaller child is counted, the larger is what it leaves.
    const parent = this.#sums[leaf] as Float64Array;
    const counted = this.#takeSums();
    this.#histograms.build(counted, chosen, side, this.start[smaller], this.end[smaller]);
    this.#histograms.subtract(parent, counted, chosen);
    this.#sums[leaf] = smaller === leaf ? counted : parent;
    this.#sums[other] = smaller === leaf ? parent : counted;
    this.#findSplit(leaf, chosen, draw);
    this.#findSplit(other, chosen, draw);
  }

  #divideSums(leaf: number, other: number, split: Split): void {
    const { l2, monotone } = this.#rules;
    const whole = this.#leaves[leaf];
    const right = this.#openLeaf(other, this.end[other] - this.start[other]);
    right.gradient = whole.gradient - split.gradientLeft;
    right.curvature = whole.curvature - split.curvatureLeft;
    right.low = whole.low;
    right.high = whole.high;
    whole.rows = this.end[leaf] - this.start[leaf];
    whole.gradient = split.gradientLeft;
    whole.curvature = split.curvatureLeft;
    const direction = monotone?.[split.feature] ?? 0;
    if (direction === 0) return;
    const { low, high } = whole;
    const middle =
      (leafValue(whole.gradient, whole.curvature + l2, low, high) +
        leafValue(right.gradient, right.curvature + l2, low, high)) /
      2;
    if (direction > 0) {
      whole.high = middle;
      right.low = middle;
    } else {
      whole.low = middle;
      right.high = middle;
    }
  }

  /** Moves the rows that go left before the others, each side in its old order; returns where the right side starts. */
  #partition(split: Split, side: number, from: number, to: number): number {
    const { features, counts } = this.#table;
    const goes = this.#goes;
    for (let bin = 1; bin < counts[split.feature]; bin++)
      goes[bin] = features[split.feature].categorical
        ? (split.set[bin >> 5] >>> (bin & 31)) & 1
        : bin <= split.bin
          ? 1
          : 0;
    goes[0] = split.missingLeft ? 1 : 0;
    const places = this.#places;
    const spare = this.#spare;
    const left = this.#histograms.placeRows(places, spare, goes, split.feature, side, from, to);
    pickWords(spare, this.order, places, 0, 0, from, to);
    this.order.set(spare.subarray(from, to), from);
    return from + left;
  }
}

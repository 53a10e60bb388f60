import type { FeatureBins } from "../bins.js";
import { type FittedTrees, readForTrees, treesOf } from "../fitted-trees.js";
import { goesLeft, type Tree } from "../tree.js";
import type { Columns } from "../types.js";

/** What each column contributed to each row's score. */
export interface Contributions {
  /** The mean score of the training rows. */
  readonly base: number;
  /**
   * By column, one number per row. With `base` they sum to the row's score: its prediction, the logarithm of that for `"poisson"` and `"tweedie"`, its log-odds
   * for `"logistic"` and logistic regression.
   */
  readonly columns: Readonly<Record<string, Float64Array>>;
}

/**
 * Shapley values of each column in each prediction, by the path-dependent TreeSHAP (Lundberg, Erion and Lee 2018, algorithm 2): a column that is left out
 * takes both ways of a split in the shares of the training rows.
 *
 * @example
 * ```ts
 * import { histogramTrees, treeContributions } from "@sage-twin/learners";
 *
 * const a = Float64Array.from({ length: 100 }, (_, row) => row % 10);
 * const fitted = histogramTrees().fit({ a, b: a.map((_, row) => row) }, a.map((value) => 3 * value));
 * const { base, columns } = treeContributions(fitted, { a: [7], b: [50] });
 * Math.abs(base + columns.a[0] + columns.b[0] - fitted.predict({ a: [7], b: [50] })[0]) < 1e-9; // => true
 * ```
 */
export function treeContributions(fitted: FittedTrees, columns: Columns): Contributions {
  const state = treesOf(fitted);
  const table = readForTrees(state, columns);
  const output = state.features.map(() => new Float64Array(table.rows));
  const walk = new Walk(state.features, Math.max(0, ...state.trees.map(depthOf)));
  let base = state.start;
  for (const tree of state.trees) {
    base += meanOf(tree, 0);
    for (let row = 0; row < table.rows; row++) walk.add(tree, table.columns, row, output);
  }
  return { base, columns: Object.fromEntries(state.features.map(({ name }, index) => [name, output[index]])) };
}

function depthOf(tree: Tree): number {
  const depths = new Int32Array(tree.feature.length);
  let deepest = 0;
  tree.feature.forEach((feature, node) => {
    if (feature < 0) return;
    for (const child of [tree.left[node], tree.right[node]]) {
      depths[child] = depths[node] + 1;
      deepest = Math.max(deepest, depths[child]);
    }
  });
  return deepest;
}

function meanOf(tree: Tree, node: number): number {
  if (tree.feature[node] < 0) return tree.value[node];
  const [left, right] = [tree.left[node], tree.right[node]];
  const share = shareOf(tree, left, right);
  return share * meanOf(tree, left) + (1 - share) * meanOf(tree, right);
}

/** The share of a node's training rows that went to `child`; a half where they weigh nothing. */
function shareOf({ cover }: Tree, child: number, sibling: number): number {
  const total = cover[child] + cover[sibling];
  return total > 0 ? cover[child] / total : 0.5;
}

/** One row's way through a tree. A path of length d starts at element (d) (d + 1) / 2 of the arrays, so that each depth keeps its own copy. */
class Walk {
  readonly #features: readonly FeatureBins[];
  readonly #column: Int32Array;
  readonly #zero: Float64Array;
  readonly #one: Float64Array;
  readonly #weight: Float64Array;
  #tree!: Tree;
  #columns!: readonly Float64Array[];
  #row = 0;
  #output!: readonly Float64Array[];

  constructor(features: readonly FeatureBins[], depth: number) {
    const size = ((depth + 2) * (depth + 3)) / 2;
    this.#features = features;
    this.#column = new Int32Array(size);
    this.#zero = new Float64Array(size);
    this.#one = new Float64Array(size);
    this.#weight = new Float64Array(size);
  }

  add(tree: Tree, columns: readonly Float64Array[], row: number, output: readonly Float64Array[]): void {
    this.#tree = tree;
    this.#columns = columns;
    this.#row = row;
    this.#output = output;
    this.#visit(0, 0, 0, 0, 1, 1, -1);
  }

  /** `level` is how deep the node lies, `length` how many different columns the path has, which is less where one comes twice. */
  #visit(node: number, level: number, length: number, parent: number, zero: number, one: number, column: number): void {
    if (zero === 0 && one === 0) return; // no coalition gets here
    const at = (level * (level + 1)) / 2;
    this.#column.copyWithin(at, parent, parent + length);
    this.#zero.copyWithin(at, parent, parent + length);
    this.#one.copyWithin(at, parent, parent + length);
    this.#weight.copyWithin(at, parent, parent + length);
    this.#extend(at, length, zero, one, column);
    const { feature, left, right, value } = this.#tree;
    const split = feature[node];
    if (split < 0) {
      for (let i = 1; i <= length; i++) {
        const share = this.#unwoundSum(at, length, i) * (this.#one[at + i] - this.#zero[at + i]);
        this.#output[this.#column[at + i]][this.#row] += share * value[node];
      }
      return;
    }
    const toLeft = goesLeft(this.#tree, node, this.#columns[split][this.#row], this.#features[split].categorical);
    const hot = toLeft ? left[node] : right[node];
    const cold = toLeft ? right[node] : left[node];
    let zeroBefore = 1;
    let oneBefore = 1;
    let last = length;
    for (let i = 1; i <= length; i++) {
      if (this.#column[at + i] !== split) continue;
      zeroBefore = this.#zero[at + i];
      oneBefore = this.#one[at + i];
      this.#unwind(at, length, i);
      last--;
      break;
    }
    const share = shareOf(this.#tree, hot, cold);
    this.#visit(hot, level + 1, last + 1, at, zeroBefore * share, oneBefore, split);
    this.#visit(cold, level + 1, last + 1, at, zeroBefore * (1 - share), 0, split);
  }

  #extend(at: number, length: number, zero: number, one: number, column: number): void {
    const weight = this.#weight;
    this.#column[at + length] = column;
    this.#zero[at + length] = zero;
    this.#one[at + length] = one;
    weight[at + length] = length === 0 ? 1 : 0;
    for (let i = length - 1; i >= 0; i--) {
      weight[at + i + 1] += (one * weight[at + i] * (i + 1)) / (length + 1);
      weight[at + i] = (zero * weight[at + i] * (length - i)) / (length + 1);
    }
  }

  #unwind(at: number, length: number, index: number): void {
    const weight = this.#weight;
    const one = this.#one[at + index];
    const zero = this.#zero[at + index];
    let next = weight[at + length];
    for (let i = length - 1; i >= 0; i--) {
      if (one === 0) weight[at + i] = (weight[at + i] * (length + 1)) / (zero * (length - i));
      else {
        const before = weight[at + i];
        weight[at + i] = (next * (length + 1)) / ((i + 1) * one);
        next = before - (weight[at + i] * zero * (length - i)) / (length + 1);
      }
    }
    for (let i = index; i < length; i++) {
      this.#column[at + i] = this.#column[at + i + 1];
      this.#zero[at + i] = this.#zero[at + i + 1];
      this.#one[at + i] = this.#one[at + i + 1];
    }
  }

  #unwoundSum(at: number, length: number, index: number): number {
    const weight = this.#weight;
    const one = this.#one[at + index];
    const zero = this.#zero[at + index];
    let next = weight[at + length];
    let sum = 0;
    for (let i = length - 1; i >= 0; i--) {
      if (one === 0) sum += weight[at + i] / (zero * (length - i));
      else {
        const part = next / ((i + 1) * one);
        sum += part;
        next = weight[at + i] - part * zero * (length - i);
      }
    }
    return sum * (length + 1);
  }
}

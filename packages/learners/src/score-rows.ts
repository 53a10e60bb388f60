import { type Binner, categoryBinner, NumberBinner } from "./binner.js";
import type { FeatureBins } from "./bins.js";
import type { Tree } from "./tree.js";

const block = 128; // rows whose bins stay in the nearest cache
const missingRight = 1 << 30;

/** One tree with the children of a node side by side: four numbers a node. */
interface FlatTree {
  /** Where the column's bin stands, the last bin that goes left (or where the node's set starts), the left child's place. */
  readonly nodes: Int32Array;
  readonly values: Float64Array;
  readonly depth: number;
  /** Bins that go left, one bit each; absent where every split is by a number. */
  readonly sets: Int32Array | undefined;
}

/**
 * Adds trees to rows: values become their bins among the thresholds of all trees once, then rows walk each tree by whole numbers, without branches.
 * A missing value has two bins, one that always goes left and one that always goes right.
 */
export class RowScorer {
  readonly #binners: readonly Binner[];
  readonly #trees: readonly FlatTree[];
  readonly #bins: Int32Array;
  readonly #column = new Int32Array(block);
  readonly #walkers = new Int32Array(block);

  constructor(trees: readonly Tree[], features: readonly FeatureBins[]) {
    const thresholds = features.map((feature, index) => (feature.categorical ? [] : thresholdsOf(trees, index)));
    this.#binners = features.map((feature, index) =>
      feature.categorical ? categoryBinner(feature) : new NumberBinner(Float64Array.from(thresholds[index])),
    );
    const places = thresholds.map((own) => new Map(own.map((threshold, index) => [threshold, index + 1])));
    this.#trees = trees.map((tree) => flatten(tree, features, places));
    this.#bins = new Int32Array(2 * block * features.length);
  }

  /** Adds each tree's value to `output`, row by row, the trees in their order. */
  add(columns: readonly Float64Array[], output: Float64Array): void {
    for (let from = 0; from < output.length; from += block) {
      const count = Math.min(block, output.length - from);
      this.#fill(columns, from, count);
      for (const tree of this.#trees) {
        if (tree.sets === undefined) this.#walk(tree, from, count, output);
        else this.#walkSets(tree, tree.sets, from, count, output);
      }
    }
  }

  #fill(columns: readonly Float64Array[], from: number, count: number): void {
    const bins = this.#bins;
    const own = this.#column;
    const width = 2 * columns.length;
    for (let index = 0; index < columns.length; index++) {
      this.#binners[index].fill(columns[index], from, from + count, own);
      for (let row = 0, at = 2 * index; row < count; row++, at += width) {
        const bin = own[row];
        bins[at] = bin;
        bins[at + 1] = bin === 0 ? missingRight : bin;
      }
    }
  }

  #walk({ nodes, values, depth }: FlatTree, from: number, count: number, output: Float64Array): void {
    const bins = this.#bins;
    const width = 2 * this.#binners.length;
    let row = 0;
    for (; row + 3 < count; row += 4) {
      const rowA = row * width;
      const rowB = rowA + width;
      const rowC = rowB + width;
      const rowD = rowC + width;
      let a = 0;
      let b = 0;
      let c = 0;
      let d = 0;
      for (let level = 0; level < depth; level++) {
        a = nodes[a + 2] + (((nodes[a + 1] - bins[rowA + nodes[a]]) >> 31) & 4);
        b = nodes[b + 2] + (((nodes[b + 1] - bins[rowB + nodes[b]]) >> 31) & 4);
        c = nodes[c + 2] + (((nodes[c + 1] - bins[rowC + nodes[c]]) >> 31) & 4);
        d = nodes[d + 2] + (((nodes[d + 1] - bins[rowD + nodes[d]]) >> 31) & 4);
      }
      output[from + row] += values[a >> 2];
      output[from + row + 1] += values[b >> 2];
      output[from + row + 2] += values[c >> 2];
      output[from + row + 3] += values[d >> 2];
    }
    for (; row < count; row++) {
      let a = 0;
      for (let level = 0; level < depth; level++)
        a = nodes[a + 2] + (((nodes[a + 1] - bins[row * width + nodes[a]]) >> 31) & 4);
      output[from + row] += values[a >> 2];
    }
  }

  /** Where `nodes[at + 3]` is 1 the second number is a set's place. */
  #walkSets(
    { nodes, values, depth }: FlatTree,
    sets: Int32Array,
    from: number,
    count: number,
    output: Float64Array,
  ): void {
    const bins = this.#bins;
    const width = 2 * this.#binners.length;
    const walkers = this.#walkers.fill(0);
    for (let level = 0; level < depth; level++)
      for (let row = 0; row < count; row++) {
        const at = walkers[row];
        const bin = bins[row * width + nodes[at]];
        const right =
          nodes[at + 3] === 0
            ? ((nodes[at + 1] - bin) >> 31) & 4
            : 4 - (((sets[nodes[at + 1] + ((bin & 255) >> 5)] >>> (bin & 31)) & 1) << 2);
        walkers[row] = nodes[at + 2] + right;
      }
    for (let row = 0; row < count; row++) output[from + row] += values[walkers[row] >> 2];
  }
}

function thresholdsOf(trees: readonly Tree[], column: number): number[] {
  const all = new Set<number>();
  for (const { feature, threshold } of trees)
    for (let node = 0; node < feature.length; node++) if (feature[node] === column) all.add(threshold[node]);
  return [...Float64Array.from(all).sort()];
}

function flatten(tree: Tree, features: readonly FeatureBins[], places: readonly Map<number, number>[]): FlatTree {
  const size = tree.feature.length;
  const nodes = new Int32Array(4 * size);
  const values = new Float64Array(size);
  const sets: number[] = [];
  const order = [0];
  const depths = [0];
  let depth = 0;
  for (let at = 0; at < order.length; at++) {
    const node = order[at];
    const split = tree.feature[node];
    values[at] = tree.value[node];
    nodes[4 * at] = 2 * Math.max(0, split);
    nodes[4 * at + 1] = 2 ** 31 - 1;
    nodes[4 * at + 2] = 4 * at;
    if (split < 0) continue;
    depth = Math.max(depth, depths[at] + 1);
    nodes[4 * at + 2] = 4 * order.length;
    if (features[split].categorical) {
      nodes[4 * at + 1] = sets.length;
      nodes[4 * at + 3] = 1;
      sets.push(...tree.sets.subarray(8 * tree.threshold[node], 8 * tree.threshold[node] + 8));
      // The bit of bin 0 is that of missing values.
      sets[sets.length - 8] = (sets[sets.length - 8] & ~1) | tree.missingLeft[node];
    } else {
      nodes[4 * at] += tree.missingLeft[node] === 1 ? 0 : 1;
      nodes[4 * at + 1] = places[split].get(tree.threshold[node]) as number;
    }
    order.push(tree.left[node], tree.right[node]);
    depths.push(depths[at] + 1, depths[at] + 1);
  }
  return { nodes, values, depth, sets: sets.length > 0 ? Int32Array.from(sets) : undefined };
}

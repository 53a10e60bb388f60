import type { WordStream } from "@sage-twin/kernel";
import { type BinnedTable, type GrowthRules, TreeGrower } from "./grow-tree.js";
import type { GrowingTree } from "./growing-tree.js";
import type { Tree } from "./tree.js";

/** How an ensemble is grown. */
export interface BoostRules extends GrowthRules {
  readonly trees: number;
  readonly learningRate: number;
  /** The share of rows, and of columns, that each tree sees. */
  readonly subsample: number;
  readonly columnSample: number;
  /** Trees without progress on the validation rows, after which growing stops. */
  readonly patience: number;
}

/** Puts other values into the leaves of a tree that has just been grown. */
export type LeafRenewal = (tree: GrowingTree, grower: TreeGrower) => void;

/** Grows one tree after another on drawn rows and columns, and adds each to the scores of all rows. */
export class TreeSteps {
  readonly grower: TreeGrower;
  readonly #table: BinnedTable;
  readonly #rules: BoostRules;
  /** How many of the rows, the first ones, are grown on. */
  readonly #training: number;
  readonly #drawn: Uint8Array;
  readonly #rest: Int32Array;
  #count = 0;
  #columns: Int32Array = new Int32Array(0);

  constructor(table: BinnedTable, training: number, rules: BoostRules, constantCurvature: boolean) {
    this.grower = new TreeGrower(table, training, rules, constantCurvature);
    this.#table = table;
    this.#rules = rules;
    this.#training = training;
    this.#drawn = new Uint8Array(training).fill(1);
    this.#rest = new Int32Array(rules.subsample < 1 ? table.rows : table.rows - training);
  }

  /** Draws the rows and columns of the next trees. */
  draw(words: WordStream): void {
    const { subsample, columnSample } = this.#rules;
    if (subsample < 1)
      for (let row = 0; row < this.#training; row++) this.#drawn[row] = words.uniform() < subsample ? 1 : 0;
    this.#columns = drawColumns(this.#table.features.length, columnSample, words);
  }

  /** The next tree; `split` says whether it is more than a root, or might have been with another draw. */
  grow(
    gradients: Float64Array,
    curvatures: Float64Array | undefined,
    scores: Float64Array,
    renew?: LeafRenewal,
  ): { readonly tree: Tree; readonly split: boolean } {
    const { grower } = this;
    this.#count = 0;
    for (let row = 0; row < this.#training; row++) {
      grower.order[this.#count] = row;
      this.#count += this.#drawn[row];
    }
    const tree = grower.grow(this.#count, this.#columns, gradients, curvatures);
    renew?.(tree, grower);
    for (let node = 0; node < tree.nodes; node++) tree.value[node] *= this.#rules.learningRate;
    for (let leaf = 0; leaf < grower.leafCount; leaf++) {
      const value = tree.value[grower.nodes[leaf]];
      for (let i = grower.start[leaf]; i < grower.end[leaf]; i++) scores[grower.order[i]] += value;
    }
    this.#addToOthers(tree, scores);
    const sampled = this.#rules.subsample < 1 || this.#rules.columnSample < 1;
    return { tree: tree.finish(), split: tree.nodes > 1 || sampled };
  }

  #addToOthers(tree: GrowingTree, scores: Float64Array): void {
    const { words, rows, features } = this.#table;
    let others = 0;
    if (this.#count < this.#training)
      for (let row = 0; row < this.#training; row++) if (this.#drawn[row] === 0) this.#rest[others++] = row;
    for (let row = this.#training; row < rows; row++) this.#rest[others++] = row;
    tree.addTo(scores, words, rows, features, this.#rest.subarray(0, others));
  }
}

/** A drawn share of the columns, ascending: at least one. */
function drawColumns(columns: number, share: number, words: WordStream): Int32Array {
  const all = Int32Array.from({ length: columns }, (_, index) => index);
  const count = Math.max(1, Math.round(share * columns));
  for (let i = 0; i < count && count < columns; i++) {
    const other = i + Math.floor(words.uniform() * (columns - i));
    [all[i], all[other]] = [all[other], all[i]];
  }
  return all.slice(0, count).sort();
}

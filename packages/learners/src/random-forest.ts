import { Rng, type WordStream } from "@sage-twin/kernel";
import { type FittedTrees, publishTrees } from "./fitted-trees.js";
import { type ColumnDraw, TreeGrower } from "./grow-tree.js";
import { type PreparedTable, prepareTrees } from "./prepare-trees.js";
import { checkNumber, checkWhole, readTraining, singleTargetNotes } from "./table.js";
import type { Tree } from "./tree.js";
import { checkBoostOptions, type TreeOptions } from "./trees-options.js";
import type { Learner } from "./types.js";

/** What `randomForest` may be told. */
export interface RandomForestOptions extends TreeOptions {
  /** Default: 200. */
  readonly trees?: number;
  /** The share of columns that each split is chosen from. Default: the root of their number for a target of 0 and 1, else a third of them (Breiman 2001). */
  readonly columnSample?: number;
}

/** What `randomForest` tells beyond trees. */
export interface FittedForest extends FittedTrees {
  /** The mean square of what the trees that have not seen a row miss it by: the Brier score for a target of 0 and 1; NaN where each has seen every row. */
  readonly outOfBagError: number;
  /** Each row's mean over the trees that have not seen it; NaN where there is none. */
  readonly outOfBag: Float64Array;
}

/**
 * A random forest (Breiman 2001): each tree on rows drawn with replacement, each split by the best of a few drawn columns, on the bins of `histogramTrees`; the prediction is the mean of
 * the trees, for a target of 0 and 1 the probability of 1. Saved, it opens as trees without what was out of bag.
 *
 * @example
 * ```ts
 * import { randomForest } from "@sage-twin/learners";
 *
 * const size = Float64Array.from({ length: 200 }, (_, row) => row);
 * const fitted = randomForest({ trees: 50 }).fit({ size }, size.map((value) => (value < 120 ? 1 : 5)));
 * Array.from(fitted.predict({ size: [10, 190] }), Math.round); // => [1, 5]
 * fitted.outOfBagError < 0.5; // => true
 * ```
 */
export function randomForest(options: RandomForestOptions = {}): Learner<FittedForest> {
  const { leaves = 1024, leafRows = 5 } = options;
  const settings = checkBoostOptions({ ...options, leaves, leafRows, trees: 1, columnSample: 1 });
  const trees = checkWhole(options.trees ?? 200, "trees", 1, 100_000);
  const share = options.columnSample && checkNumber(options.columnSample, "columnSample", 1e-3, 1);
  return {
    name: "randomForest",
    fit(columns, target, { weights } = {}) {
      const read = readTraining(columns, target, weights, true);
      const rng = new Rng(settings.seed);
      const prepared = prepareTrees(settings, read, undefined, rng);
      const width = prepared.features.length;
      const binary = read.target.every((value) => value === 0 || value === 1);
      const tried = Math.max(1, Math.round(share ? share * width : binary ? Math.sqrt(width) : width / 3));
      const grown = growForest(prepared, { ...settings.rules, trees }, tried, rng);
      const notes = [...singleTargetNotes(read.target), ...prepared.notes];
      const { features } = prepared;
      return publishTrees(
        { learner: "randomForest", loss: "squared", features, start: 0, trees: grown.trees, notes },
        grown.outside,
      );
    },
  };
}

interface Forest {
  readonly trees: Tree[];
  readonly outside: Pick<FittedForest, "outOfBag" | "outOfBagError">;
}

function growForest(
  { table, target, weights }: PreparedTable,
  rules: ReturnType<typeof checkBoostOptions>["rules"],
  tried: number,
  rng: Rng,
): Forest {
  const { rows } = table;
  const grower = new TreeGrower(table, rows, rules, weights === undefined);
  const gradients = target.map((value, row) => -value * (weights === undefined ? 1 : weights[row]));
  const all = Int32Array.from({ length: table.features.length }, (_, index) => index);
  const counts = new Int32Array(rows);
  const rest = new Int32Array(rows);
  const sums = new Float64Array(rows);
  const votes = new Int32Array(rows);
  const trees: Tree[] = [];
  for (let number = 0; number < rules.trees; number++) {
    const words = rng.derive("tree", number).words();
    counts.fill(0);
    for (let i = 0; i < rows; i++) counts[Math.floor(words.uniform() * rows)]++;
    let drawn = 0;
    let others = 0;
    for (let row = 0; row < rows; row++) {
      for (let i = 0; i < counts[row]; i++) grower.order[drawn++] = row;
      if (counts[row] > 0) continue;
      rest[others++] = row;
      votes[row]++;
    }
    const tree = grower.grow(rows, all, gradients, weights, drawFrom(all, tried, words));
    tree.addTo(sums, table.words, rows, table.features, rest.subarray(0, others));
    for (let node = 0; node < tree.nodes; node++) tree.value[node] /= rules.trees;
    trees.push(tree.finish());
  }
  const outOfBag = sums.map((sum, row) => sum / votes[row]);
  let errors = 0;
  let total = 0;
  outOfBag.forEach((value, row) => {
    if (Number.isNaN(value)) return;
    const weight = weights === undefined ? 1 : weights[row];
    errors += weight * (value - target[row]) * (value - target[row]);
    total += weight;
  });
  return { trees, outside: { outOfBag, outOfBagError: errors / total } };
}

/** Draws the columns of one split, ascending. */
function drawFrom(all: Int32Array, count: number, words: WordStream): ColumnDraw | undefined {
  if (count >= all.length) return undefined;
  const deck = all.slice();
  const hand = new Int32Array(count);
  return () => {
    for (let i = 0; i < count; i++) {
      const other = i + Math.floor(words.uniform() * (deck.length - i));
      const column = deck[other];
      deck[other] = deck[i];
      deck[i] = column;
      hand[i] = column;
    }
    return hand.sort();
  };
}

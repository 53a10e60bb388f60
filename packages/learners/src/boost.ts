import type { Rng } from "@sage-twin/kernel";
import { assignBins, binCount, type FeatureBins } from "./bins.js";
import { type BinnedTable, type GrowingTree, type GrowthRules, TreeGrower } from "./grow-tree.js";
import type { Loss } from "./losses.js";
import type { Tree } from "./tree.js";
import { weightedQuantile } from "./weighted-quantile.js";

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

/** Rows to grow on, then rows to validate by; both parts of the same columns. */
export interface BoostTable {
  readonly features: readonly FeatureBins[];
  readonly columns: readonly Float64Array[];
  readonly target: Float64Array;
  readonly weights: Float64Array | undefined;
  /** How many of the rows, the first ones, are grown on. */
  readonly training: number;
}

/** An ensemble: the score is `start` plus the trees. */
export interface Ensemble {
  readonly start: number;
  readonly trees: readonly Tree[];
  /** How many trees were grown, those after the best one included. */
  readonly grown: number;
}

/** Gradient boosting (Friedman 2001) with second-order leaves (Chen and Guestrin 2016). */
export function boost(
  { features, columns, target, weights, training }: BoostTable,
  loss: Loss,
  rules: BoostRules,
  rng: Rng,
): Ensemble {
  const rows = target.length;
  const bins = new Uint8Array(features.length * rows);
  features.forEach((feature, index) => {
    assignBins(columns[index], feature, bins, index * rows);
  });
  const table: BinnedTable = { features, bins, rows, counts: features.map(binCount) };
  const constant = loss.constantCurvature && weights === undefined;
  const grower = new TreeGrower(table, training, rules, constant);
  const gradients = new Float64Array(rows);
  const curvatures = new Float64Array(constant ? 0 : rows);
  const start = loss.start(target, weights, training);
  const scores = new Float64Array(rows).fill(start);
  const drawn = new Uint8Array(training).fill(1);
  const rest = new Int32Array(rows);
  const spare = new Float64Array(loss.leafQuantile === undefined ? 0 : training);
  const spareWeights = new Float64Array(loss.leafQuantile === undefined || weights === undefined ? 0 : training);
  const trees: Tree[] = [];
  let best = Number.POSITIVE_INFINITY;
  let kept = 0;
  while (trees.length < rules.trees) {
    loss.differentiate(target, scores, training, gradients, curvatures);
    if (weights !== undefined) applyWeights(weights, training, gradients, curvatures, loss.constantCurvature);
    const words = rng.derive("tree", trees.length).words();
    const count = drawRows(drawn, training, rules.subsample, () => words.uniform(), grower.order);
    const tree = grower.grow(
      count,
      drawColumns(features.length, rules.columnSample, () => words.uniform()),
      gradients,
      curvatures,
    );
    if (loss.leafQuantile !== undefined)
      renewLeaves(tree, grower, target, scores, weights, loss.leafQuantile, spare, spareWeights);
    for (let node = 0; node < tree.nodes; node++) tree.value[node] *= rules.learningRate;
    for (let leaf = 0; leaf < grower.leafCount; leaf++) {
      const value = tree.value[grower.nodes[leaf]];
      for (let i = grower.start[leaf]; i < grower.end[leaf]; i++) scores[grower.order[i]] += value;
    }
    let others = 0;
    if (count < training) for (let row = 0; row < training; row++) if (drawn[row] === 0) rest[others++] = row;
    for (let row = training; row < rows; row++) rest[others++] = row;
    tree.addTo(scores, table, rest.subarray(0, others));
    trees.push(tree.finish());
    if (rows === training) {
      kept = trees.length;
      if (tree.nodes === 1 && count === training && rules.columnSample === 1) break; // no split is left, nor will be
      continue;
    }
    let validation = 0;
    for (let row = training; row < rows; row++)
      validation += (weights === undefined ? 1 : weights[row]) * loss.at(target[row], scores[row]);
    if (validation < best) {
      best = validation;
      kept = trees.length;
    } else if (trees.length - kept >= rules.patience) break;
  }
  return { start, trees: trees.slice(0, kept), grown: trees.length };
}

function applyWeights(
  weights: Float64Array,
  count: number,
  gradients: Float64Array,
  curvatures: Float64Array,
  constant: boolean,
): void {
  for (let i = 0; i < count; i++) {
    gradients[i] *= weights[i];
    curvatures[i] = constant ? weights[i] : curvatures[i] * weights[i];
  }
}

/** Writes the rows of one tree to `order`, ascending, and marks them; returns how many they are. */
function drawRows(
  drawn: Uint8Array,
  training: number,
  share: number,
  uniform: () => number,
  order: Int32Array,
): number {
  let count = 0;
  for (let row = 0; row < training; row++) {
    drawn[row] = share >= 1 || uniform() < share ? 1 : 0;
    if (drawn[row] === 1) order[count++] = row;
  }
  return count;
}

/** The columns of one tree, ascending: at least one. */
function drawColumns(columns: number, share: number, uniform: () => number): Int32Array {
  const all = Int32Array.from({ length: columns }, (_, index) => index);
  const count = Math.max(1, Math.round(share * columns));
  for (let i = 0; i < count && count < columns; i++) {
    const other = i + Math.floor(uniform() * (columns - i));
    [all[i], all[other]] = [all[other], all[i]];
  }
  return all.slice(0, count).sort();
}

/** Puts the quantile of what its rows leave over into each leaf. */
function renewLeaves(
  tree: GrowingTree,
  grower: TreeGrower,
  target: Float64Array,
  scores: Float64Array,
  weights: Float64Array | undefined,
  probability: number,
  spare: Float64Array,
  spareWeights: Float64Array,
): void {
  for (let leaf = 0; leaf < grower.leafCount; leaf++) {
    let count = 0;
    for (let i = grower.start[leaf]; i < grower.end[leaf]; i++) {
      const row = grower.order[i];
      if (weights !== undefined) spareWeights[count] = weights[row];
      spare[count++] = target[row] - scores[row];
    }
    if (count > 0)
      tree.value[grower.nodes[leaf]] = weightedQuantile(spare, weights && spareWeights, count, probability);
  }
}

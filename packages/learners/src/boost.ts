import type { Rng } from "@sage-twin/kernel";
import type { BinnedTable } from "./grow-tree.js";
import type { Loss } from "./losses.js";
import type { Tree } from "./tree.js";
import { type BoostRules, type LeafRenewal, TreeSteps } from "./tree-steps.js";
import { weightedQuantile } from "./weighted-quantile.js";

/** Rows to grow on, then rows to validate by; both parts of the same columns. */
export interface BoostTable {
  readonly table: BinnedTable;
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
  { table, target, weights, training }: BoostTable,
  loss: Loss,
  rules: BoostRules,
  rng: Rng,
): Ensemble {
  const rows = target.length;
  const constant = loss.constantCurvature && weights === undefined;
  const steps = new TreeSteps(table, training, rules, constant);
  const gradients = new Float64Array(rows);
  const curvatures = new Float64Array(constant ? 0 : rows);
  const start = loss.start(target, weights, training);
  const scores = new Float64Array(rows).fill(start);
  const renew = loss.leafQuantile === undefined ? undefined : renewal(target, scores, weights, loss.leafQuantile);
  const trees: Tree[] = [];
  let best = Number.POSITIVE_INFINITY;
  let kept = 0;
  while (trees.length < rules.trees) {
    loss.differentiate(target, scores, training, gradients, curvatures);
    if (weights !== undefined) applyWeights(weights, training, gradients, curvatures, loss.constantCurvature);
    steps.draw(rng.derive("tree", trees.length).words());
    const { tree, split } = steps.grow(gradients, constant ? undefined : curvatures, scores, renew);
    trees.push(tree);
    if (rows === training) {
      kept = trees.length;
      if (!split) break;
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

/** Puts the quantile of what its rows leave over into each leaf. */
function renewal(
  target: Float64Array,
  scores: Float64Array,
  weights: Float64Array | undefined,
  probability: number,
): LeafRenewal {
  const spare = new Float64Array(target.length);
  const spareWeights = new Float64Array(weights === undefined ? 0 : target.length);
  return (tree, grower) => {
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
  };
}

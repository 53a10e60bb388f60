import { exp, log, type Rng } from "@sage-twin/kernel";
import type { BoostTable, Ensemble } from "./boost.js";
import type { Tree } from "./tree.js";
import { type BoostRules, TreeSteps } from "./tree-steps.js";

/**
 * Boosting of several classes: in each round one tree a class on the derivatives of the softmax (Friedman 2001, algorithm 6), its curvatures times
 * classes / (classes - 1) as in LightGBM. `target` holds the place of each row's class.
 */
export function boostClasses(
  { table, target, weights, training }: BoostTable,
  classes: number,
  rules: BoostRules,
  rng: Rng,
): Ensemble[] {
  const rows = target.length;
  const steps = new TreeSteps(table, training, rules, false);
  const shares = classShares(target, weights, training, classes);
  const starts = Array.from(shares, (share) => log(Math.max(share, 1e-12)));
  const scores = starts.map((start) => new Float64Array(rows).fill(start));
  const probabilities = starts.map(() => new Float64Array(rows));
  const gradients = new Float64Array(rows);
  const curvatures = new Float64Array(rows);
  const trees: Tree[][] = starts.map(() => []);
  const factor = classes / (classes - 1);
  let best = Number.POSITIVE_INFINITY;
  let kept = 0;
  let round = 0;
  softmax(scores, probabilities);
  while (round < rules.trees) {
    steps.draw(rng.derive("tree", round).words());
    round++;
    let split = false;
    for (let k = 0; k < classes; k++) {
      const own = probabilities[k];
      for (let row = 0; row < training; row++) {
        const weight = weights === undefined ? 1 : weights[row];
        gradients[row] = weight * (own[row] - (target[row] === k ? 1 : 0));
        curvatures[row] = weight * Math.max(factor * own[row] * (1 - own[row]), 1e-16);
      }
      const grown = steps.grow(gradients, curvatures, scores[k]);
      trees[k].push(grown.tree);
      split ||= grown.split;
    }
    softmax(scores, probabilities);
    if (rows === training) {
      kept = round;
      if (!split) break;
      continue;
    }
    let validation = 0;
    for (let row = training; row < rows; row++)
      validation -= (weights === undefined ? 1 : weights[row]) * log(Math.max(probabilities[target[row]][row], 1e-300));
    if (validation < best) {
      best = validation;
      kept = round;
    } else if (round - kept >= rules.patience) break;
  }
  return starts.map((start, k) => ({ start, trees: trees[k].slice(0, kept), grown: round }));
}

function classShares(
  target: Float64Array,
  weights: Float64Array | undefined,
  count: number,
  classes: number,
): Float64Array {
  const shares = new Float64Array(classes);
  let total = 0;
  for (let row = 0; row < count; row++) {
    const weight = weights === undefined ? 1 : weights[row];
    shares[target[row]] += weight;
    total += weight;
  }
  return shares.map((share) => share / total);
}

/** Scores as probabilities, row by row; the arrays may be the same. */
export function softmax(scores: readonly Float64Array[], probabilities: readonly Float64Array[]): void {
  for (let row = 0; row < scores[0].length; row++) {
    let most = Number.NEGATIVE_INFINITY;
    for (const own of scores) most = Math.max(most, own[row]);
    let sum = 0;
    for (let k = 0; k < scores.length; k++) {
      const power = exp(scores[k][row] - most);
      probabilities[k][row] = power;
      sum += power;
    }
    for (const own of probabilities) own[row] /= sum;
  }
}

import { TwinError } from "@sage-twin/kernel";
import { minimise } from "@sage-twin/numerics";
import { acyclicity } from "./acyclicity.js";
import type { Budget } from "./budget.js";
import type { Correlations } from "./correlations.js";
import type { EdgeRules } from "./knowledge.js";
import { Pattern } from "./pattern.js";
import { checkDiscovery } from "./resample.js";
import { suggestPattern } from "./suggest-pattern.js";
import type { DiscoveryOptions, Suggestion } from "./suggestion.js";

/** How NOTEARS searches. */
export interface NotearsOptions extends DiscoveryOptions {
  /** The price of weights, in squares of the columns' unit. Default: 0.1. */
  readonly penalty?: number;
  /** Smaller weights are no edges; in units of the effect per unit of the cause. Default: 0.3. */
  readonly threshold?: number;
}

const mostColumns = 50;
/** Where the absolute value is rounded off, so that it has a gradient. */
const corner = 1e-3;
const note =
  "directions rest on errors of equal variance in the units given: rescaled columns can turn them (Reisach, Seiler and Weichwald 2021)";

/**
 * Suggests a linear graph by smooth optimisation in the manner of NOTEARS (Zheng, Aragam, Ravikumar and Xing 2018): least squares with a price on
 * weights, under the condition that they hold no cycle (augmented Lagrangian, L-BFGS); small weights are dropped at the end. Every edge is directed.
 *
 * @param data columns of independent rows, in one unit; rows with gaps are left out and counted in `notes`. At most 50 columns.
 * @throws TwinError `invalid-data` for constant or determined columns and too few rows; `too-large`; with every problem of what is known.
 *
 * @example
 * ```ts
 * import { notears } from "@sage-twin/causal";
 * import { Rng } from "@sage-twin/kernel";
 *
 * const rng = new Rng("example");
 * const visits = Array.from({ length: 300 }, () => rng.normal());
 * const orders = visits.map((value) => value + rng.normal());
 * const { edges } = await notears({ orders, visits });
 * edges.map(({ from, to }) => [from, to]); // => [["visits", "orders"]]
 * ```
 */
export async function notears(
  data: Readonly<Record<string, ArrayLike<number>>>,
  options: NotearsOptions = {},
): Promise<Suggestion> {
  checkDiscovery(options);
  const { penalty = 0.1, threshold = 0.3 } = options;
  for (const [name, value] of Object.entries({ penalty, threshold }))
    if (!(value >= 0))
      throw new TwinError({ code: "out-of-range", path: [name], message: `the ${name} is 0 or more, not ${value}` });
  return suggestPattern("notears", data, options, mostColumns, note, (correlations, rules, budget) =>
    searchNotears(correlations, rules, penalty, threshold, budget),
  );
}

/** NOTEARS on correlations and standard deviations. */
function searchNotears(
  correlations: Correlations,
  rules: EdgeRules,
  penalty: number,
  threshold: number,
  budget: Budget,
): Pattern {
  const { size, matrix, deviations } = correlations;
  const covariance = matrix.map((value, at) => value * deviations[Math.floor(at / size)] * deviations[at % size]);
  const allowed = rules.allowed[0];
  let weights = new Float64Array(size * size);
  let multiplier = 0;
  let weight = 1;
  let cycles = Number.POSITIVE_INFINITY;
  const evaluate = (parameters: Float64Array, gradient: Float64Array): number => {
    if (!budget.spend()) {
      gradient.fill(0);
      return Number.NaN;
    }
    const value = leastSquares(parameters, covariance, size, gradient);
    let price = 0;
    for (let at = 0; at < gradient.length; at++) {
      const rounded = Math.sqrt(parameters[at] * parameters[at] + corner * corner);
      price += penalty * rounded;
      gradient[at] += (penalty * parameters[at]) / rounded;
    }
    const found = acyclicity(parameters, size, (h) => multiplier + weight * h, gradient);
    for (let at = 0; at < gradient.length; at++) if (allowed[at] === 0) gradient[at] = 0;
    return value + price + multiplier * found + 0.5 * weight * found * found;
  };
  for (let round = 0; round < 100 && cycles > 1e-8 && weight < 1e16 && budget.complete; round++) {
    let now = cycles;
    let next = weights;
    for (; weight < 1e16 && budget.complete; weight *= 10) {
      next = Float64Array.from(minimise({ evaluate }, weights, { tolerance: 1e-9 }).parameters);
      now = acyclicity(next, size, () => 0, new Float64Array(size * size));
      if (now <= 0.25 * cycles) break;
    }
    weights = next;
    cycles = now;
    multiplier += weight * cycles;
  }
  return graphOf(weights, rules, threshold);
}

/** Half the variance that a weighted sum of the others leaves of each column, and its gradient. */
function leastSquares(weights: Float64Array, covariance: Float64Array, size: number, gradient: Float64Array): number {
  let value = 0;
  gradient.fill(0);
  for (let from = 0; from < size; from++)
    for (let k = 0; k < size; k++) {
      const shared = covariance[from * size + k];
      for (let to = 0; to < size; to++)
        gradient[from * size + to] -= shared * ((k === to ? 1 : 0) - weights[k * size + to]);
    }
  for (let from = 0; from < size; from++)
    for (let to = 0; to < size; to++)
      value -= 0.5 * ((from === to ? 1 : 0) - weights[from * size + to]) * gradient[from * size + to];
  return value;
}

/** The edges with large weights, the largest first, passing over any that would close a cycle; required ones come before all. */
function graphOf(weights: Float64Array, { size, required: [required] }: EdgeRules, threshold: number): Pattern {
  const graph = new Pattern(size);
  graph.marks.set(required);
  const order = Array.from(weights.keys())
    .filter((at) => Math.abs(weights[at]) >= threshold && weights[at] !== 0)
    .sort((a, b) => Math.abs(weights[b]) - Math.abs(weights[a]));
  for (const at of order) {
    const [from, to] = [Math.floor(at / size), at % size];
    if (!graph.adjacent(from, to) && !graph.leads(to, from, false)) graph.direct(from, to);
  }
  return graph;
}

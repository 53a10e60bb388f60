import { log } from "@sage-twin/kernel";
import type { Budget } from "./budget.js";
import type { Correlations } from "./correlations.js";
import type { Pattern } from "./pattern.js";

/** The Bayesian information criterion (Schwarz 1978) of a column given its causes, larger being better; each is computed once. */
export class BayesScore {
  readonly #correlations: Correlations;
  readonly #budget: Budget;
  readonly #known: Map<string, number>[];

  constructor(correlations: Correlations, budget: Budget) {
    this.#correlations = correlations;
    this.#budget = budget;
    this.#known = Array.from({ length: correlations.size }, () => new Map());
  }

  /** -n/2 log(unexplained variance) - log(n)/2 per cause; minus infinity once the budget is spent. */
  local(node: number, causes: readonly number[]): number {
    const given = [...causes].sort((a, b) => a - b);
    const key = given.join();
    let score = this.#known[node].get(key);
    if (score === undefined) {
      if (!this.#budget.spend()) return Number.NEGATIVE_INFINITY;
      const { rows } = this.#correlations;
      const unexplained = Math.max(this.#correlations.unexplained(node, given), 1e-12);
      score = -0.5 * rows * log(unexplained) - 0.5 * log(rows) * given.length;
      this.#known[node].set(key, score);
    }
    return score;
  }

  /** The score of a graph without undirected edges. */
  of(graph: Pattern): number {
    let sum = 0;
    for (let node = 0; node < graph.size; node++) sum += this.local(node, graph.parentsOf(node));
    return sum;
  }
}

import { BayesScore } from "./bayes-score.js";
import type { Budget } from "./budget.js";
import type { Correlations } from "./correlations.js";
import type { EdgeRules } from "./knowledge.js";
import { climb } from "./climb.js";
import { type Move, deletions, insertions } from "./ges-moves.js";
import { extensionOf, Pattern, patternOf } from "./pattern.js";
import { checkDiscovery } from "./resample.js";
import { suggestPattern } from "./suggest-pattern.js";
import type { DiscoveryOptions, Suggestion } from "./suggestion.js";

const mostColumns = 100;
const note = "holds where no hidden cause moves two columns, effects are linear and errors are normal";
const gain = 1e-9;

/**
 * Suggests the edges that the Bayesian information criterion prefers: greedy equivalence search (Chickering 2002), forward and backward over classes of
 * graphs; then single edges of a graph of the class are added, removed and turned, and both are repeated while the score rises.
 *
 * @param data columns of independent rows; rows with gaps are left out and counted in `notes`. At most 100 columns.
 * @throws TwinError `invalid-data` for constant or determined columns and too few rows; `too-large`; with every problem of what is known.
 *
 * @example
 * ```ts
 * import { ges } from "@sage-twin/causal";
 * import { Rng } from "@sage-twin/kernel";
 *
 * const rng = new Rng("example");
 * const ads = Array.from({ length: 300 }, () => rng.normal());
 * const visits = ads.map((value) => value + rng.normal());
 * const orders = visits.map((value) => value + rng.normal());
 * const { edges } = await ges({ ads, visits, orders }, { tiers: [["ads"], ["visits", "orders"]] });
 * edges.map(({ from, to, kind }) => [from, to, kind]); // => [["ads", "visits", "directed"], ["visits", "orders", "directed"]]
 * ```
 */
export async function ges(
  data: Readonly<Record<string, ArrayLike<number>>>,
  options: DiscoveryOptions = {},
): Promise<Suggestion> {
  checkDiscovery(options);
  return suggestPattern("ges", data, options, mostColumns, note, searchGes);
}

/** Greedy equivalence search on correlations. */
export function searchGes(correlations: Correlations, rules: EdgeRules, budget: Budget): Pattern {
  const score = new BayesScore(correlations, budget);
  const start = new Pattern(correlations.size);
  start.marks.set(rules.required[0]);
  let graph = start;
  for (let before = Number.NEGATIVE_INFINITY; budget.complete; ) {
    graph = sweep(graph, rules, score, budget, insertions);
    graph = sweep(graph, rules, score, budget, deletions);
    graph = climb(graph, rules, score, budget);
    const now = score.of(graph);
    if (!(now > before + gain)) break;
    before = now;
  }
  return patternOf(graph, rules);
}

/** Makes the best move of one kind while there is one that raises the score. */
function sweep(
  start: Pattern,
  rules: EdgeRules,
  score: BayesScore,
  budget: Budget,
  movesOf: (pattern: Pattern, rules: EdgeRules, score: BayesScore, budget: Budget) => Move[],
): Pattern {
  let graph = start;
  for (;;) {
    const current = score.of(graph);
    const pattern = patternOf(graph, rules);
    const moves = movesOf(pattern, rules, score, budget).sort((one, other) => other.gain - one.gain);
    let moved: Pattern | undefined;
    for (const move of moves) {
      const extended = extensionOf(move.apply(pattern), rules);
      if (extended === undefined || !(score.of(extended) > current + gain)) continue;
      moved = extended;
      break;
    }
    if (moved === undefined) return graph;
    graph = moved;
  }
}

import { Rng } from "@sage-twin/kernel";
import { BayesScore } from "./bayes-score.js";
import type { Budget } from "./budget.js";
import { climb } from "./climb.js";
import type { Correlations } from "./correlations.js";
import { deletions, insertions, type Move } from "./ges-moves.js";
import type { EdgeRules } from "./knowledge.js";
import { extensionOf, Pattern, patternOf } from "./pattern.js";
import { checkDiscovery } from "./resample.js";
import { suggestPattern } from "./suggest-pattern.js";
import type { DiscoveryOptions, Suggestion } from "./suggestion.js";

const mostColumns = 100;
const note = "holds where no hidden cause moves two columns, effects are linear and errors are normal";
const gain = 1e-9;
const restarts = 30;

/**
 * Suggests the edges that the Bayesian information criterion prefers: greedy equivalence search (Chickering 2002), forward and backward over classes of
 * graphs; then single edges of a graph of the class are added,
 * removed and turned. The search goes on from the best graph with some edges removed or turned by chance (the same on every call), 30 times.
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
  const rng = new Rng("ges");
  const start = new Pattern(correlations.size);
  start.marks.set(rules.required[0]);
  let best = ascend(start, rules, score, budget);
  for (let restart = 0; restart < restarts && budget.complete; restart++) {
    const graph = ascend(shaken(best, rules, rng), rules, score, budget);
    if (score.of(graph) > score.of(best) + gain) best = graph;
  }
  return patternOf(best, rules);
}

function ascend(start: Pattern, rules: EdgeRules, score: BayesScore, budget: Budget): Pattern {
  let graph = start;
  for (let before = Number.NEGATIVE_INFINITY; ; ) {
    graph = sweep(graph, rules, score, budget, insertions);
    graph = sweep(graph, rules, score, budget, deletions);
    graph = climb(graph, rules, score, budget);
    const now = score.of(graph);
    if (!(now > before + gain) || !budget.complete) return graph;
    before = now;
  }
}

/** The graph with about three tenths of its edges gone and two tenths turned. */
function shaken(graph: Pattern, { size, allowed: [allowed], required: [required] }: EdgeRules, rng: Rng): Pattern {
  const next = graph.copy();
  for (let from = 0; from < size; from++)
    for (let to = 0; to < size; to++) {
      if (!graph.directed(from, to) || required[from * size + to] !== 0 || rng.uniform() > 0.5) continue;
      next.separate(from, to);
      if (rng.uniform() < 0.4 && allowed[to * size + from] !== 0 && !next.leads(from, to, false)) next.direct(to, from);
    }
  return next;
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

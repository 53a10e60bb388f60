import type { BayesScore } from "./bayes-score.js";
import type { Budget } from "./budget.js";
import type { EdgeRules } from "./knowledge.js";
import type { Pattern } from "./pattern.js";

const gain = 1e-9;

/** Adds, removes or turns the one edge of a graph that raises its score most, while there is one. */
export function climb(
  start: Pattern,
  { allowed: [allowed], required: [required] }: EdgeRules,
  score: BayesScore,
  budget: Budget,
): Pattern {
  const graph = start.copy();
  const { size } = graph;
  for (;;) {
    let best = gain;
    let apply: (() => void) | undefined;
    const consider = (rise: number, action: () => void): void => {
      if (rise > best) [best, apply] = [rise, action];
    };
    for (let from = 0; from < size; from++)
      for (let to = 0; to < size; to++) {
        if (from === to || !budget.spend()) continue;
        const parents = graph.parentsOf(to);
        if (graph.directed(from, to)) {
          if (required[from * size + to] !== 0) continue;
          const loss =
            score.local(
              to,
              parents.filter((node) => node !== from),
            ) - score.local(to, parents);
          consider(loss, () => graph.separate(from, to));
          if (allowed[to * size + from] === 0) continue;
          const reversed = graph.parentsOf(from);
          const rise = loss + score.local(from, [...reversed, to]) - score.local(from, reversed);
          if (rise > best && !leadsElsewhere(graph, from, to)) consider(rise, () => graph.direct(to, from));
        } else if (!graph.adjacent(from, to) && allowed[from * size + to] !== 0) {
          const rise = score.local(to, [...parents, from]) - score.local(to, parents);
          if (rise > best && !graph.leads(to, from, false)) consider(rise, () => graph.direct(from, to));
        }
      }
    if (apply === undefined || !budget.complete) return graph;
    apply();
  }
}

/** Whether another way than the edge itself leads from one end to the other. */
function leadsElsewhere(graph: Pattern, from: number, to: number): boolean {
  graph.separate(from, to);
  const leads = graph.leads(from, to, false);
  graph.direct(from, to);
  return leads;
}

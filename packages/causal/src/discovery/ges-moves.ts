import type { BayesScore } from "./bayes-score.js";
import type { Budget } from "./budget.js";
import type { EdgeRules } from "./knowledge.js";
import type { Pattern } from "./pattern.js";
import { subsetsOf } from "./subsets.js";

/** A step from one class of graphs to another. */
export interface Move {
  /** By how much the score rises. */
  readonly gain: number;
  apply(pattern: Pattern): Pattern;
}

/** The largest set of undirected neighbours that one step turns. */
const mostTurned = 6;

/** The valid insertions of an edge that raise the score (Chickering 2002, theorem 15). */
export function insertions(
  pattern: Pattern,
  { allowed: [allowed] }: EdgeRules,
  score: BayesScore,
  budget: Budget,
): Move[] {
  const moves: Move[] = [];
  const { size } = pattern;
  for (let from = 0; from < size; from++)
    for (let to = 0; to < size; to++) {
      if (allowed[from * size + to] === 0 || pattern.adjacent(from, to)) continue;
      const neighbours = pattern.neighboursOf(to);
      const shared = neighbours.filter((node) => pattern.adjacent(node, from));
      const free = neighbours.filter((node) => !pattern.adjacent(node, from));
      const parents = pattern.parentsOf(to);
      for (const turned of turnedSets(free, budget)) {
        const between = [...shared, ...turned];
        if (!isClique(pattern, between)) continue;
        const causes = [...new Set([...between, ...parents])];
        const gain = score.local(to, [...causes, from]) - score.local(to, causes);
        if (!(gain > 0) || pattern.leads(to, from, true, between)) continue;
        moves.push({
          gain,
          apply: (current) => {
            const next = current.copy();
            next.direct(from, to);
            for (const node of turned) next.direct(node, to);
            return next;
          },
        });
      }
    }
  return moves;
}

/** The valid deletions of an edge that raise the score (Chickering 2002, theorem 17). */
export function deletions(
  pattern: Pattern,
  { required: [required] }: EdgeRules,
  score: BayesScore,
  budget: Budget,
): Move[] {
  const moves: Move[] = [];
  const { size } = pattern;
  for (let from = 0; from < size; from++)
    for (let to = 0; to < size; to++) {
      if (pattern.marks[from * size + to] === 0 || required[from * size + to] !== 0) continue;
      const shared = pattern.neighboursOf(to).filter((node) => pattern.adjacent(node, from));
      const parents = pattern.parentsOf(to).filter((node) => node !== from);
      for (const turned of turnedSets(shared, budget)) {
        const kept = shared.filter((node) => !turned.includes(node));
        if (!isClique(pattern, kept)) continue;
        const causes = [...new Set([...kept, ...parents])];
        const gain = score.local(to, causes) - score.local(to, [...causes, from]);
        if (!(gain > 0)) continue;
        moves.push({
          gain,
          apply: (current) => {
            const next = current.copy();
            next.separate(from, to);
            for (const node of turned) {
              next.direct(to, node);
              if (next.undirected(from, node)) next.direct(from, node);
            }
            return next;
          },
        });
      }
    }
  return moves;
}

function* turnedSets(nodes: readonly number[], budget: Budget): Generator<number[]> {
  if (nodes.length > mostTurned) budget.complete = false;
  for (let width = 0; width <= Math.min(nodes.length, mostTurned); width++)
    for (const set of subsetsOf(nodes, width)) {
      if (!budget.spend()) return;
      yield set;
    }
}

function isClique(pattern: Pattern, nodes: readonly number[]): boolean {
  return nodes.every((a, at) => nodes.every((b, other) => other <= at || pattern.adjacent(a, b)));
}

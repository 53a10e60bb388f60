import type { MixedGraph } from "../structure/mixed-graph.js";
import { ancestorsOf, listOf, type NodeSet, union, where } from "../structure/node-set.js";
import { reach } from "./separation.js";

/** Two sets of nodes to be separated, by nodes of `allowed` with all those of `required`. */
export interface SeparatorProblem {
  readonly graph: MixedGraph;
  readonly from: NodeSet;
  readonly to: NodeSet;
  readonly required: NodeSet;
  readonly allowed: NodeSet;
}

/** How long a search may go on. */
export interface SearchBounds {
  /** The most sets that are listed. */
  readonly limit: number;
  /** The most edges that are walked. */
  readonly effort: number;
  readonly signal?: AbortSignal;
}

/** Sets found, and whether they are all that there are. */
export interface Listing {
  readonly sets: readonly NodeSet[];
  readonly complete: boolean;
}

/**
 * Walks between the two sides among the ancestors of all nodes concerned. There, every meeting of arrowheads may be taken as open: a set
 * within these ancestors separates if and only if no such walk gets by (van der Zander and Liskiewicz 2020).
 */
function walker({ graph, from, to, required, allowed }: SeparatorProblem) {
  const within = ancestorsOf(graph, union(from, to, required));
  const size = graph.names.length;
  const free = where(size, (node) => allowed[node] !== 0 && within[node] !== 0 && required[node] === 0);
  const fixed = listOf(required);
  const walk = (start: NodeSet, blocking: NodeSet, until?: NodeSet): NodeSet => {
    let given = blocking;
    if (fixed.length > 0) {
      given = blocking.slice();
      for (const node of fixed) given[node] = 1;
    }
    return reach(graph, start, { given, open: within, within, until });
  };
  return { free, walk, from, to };
}

type Walker = ReturnType<typeof walker>;

function meets(a: NodeSet, b: NodeSet): boolean {
  for (let node = 0; node < a.length; node++) if (a[node] !== 0 && b[node] !== 0) return true;
  return false;
}

function both(a: NodeSet, b: NodeSet): NodeSet {
  const common = a.slice();
  for (let node = 0; node < common.length; node++) common[node] &= b[node];
  return common;
}

/** Of the nodes of `blocking`, those that are met first from one side and then from the other; nothing where they do not separate. */
function trim({ walk, from, to }: Walker, blocking: NodeSet): NodeSet | undefined {
  const reached = walk(from, blocking, to);
  if (meets(reached, to)) return undefined;
  const near = both(blocking, reached);
  return both(near, walk(to, near));
}

/**
 * The minimal separating set nearest to `from`, in linear time (van der Zander and Liskiewicz 2020), without the required nodes;
 * nothing where no allowed set separates.
 */
export function nearestSeparator(problem: SeparatorProblem): NodeSet | undefined {
  const sides = walker(problem);
  return trim(sides, sides.free);
}

/**
 * Every minimal separating set (minimal among those that hold the required nodes, which are left out of it), each found from one nearer
 * to `from` by moving one of its nodes to that side (Shen and Liang 1997; Takata 2010), with polynomial delay.
 */
export function listMinimalSeparators(problem: SeparatorProblem, bounds: SearchBounds): Listing {
  const sides = walker(problem);
  const { free, walk, from, to } = sides;
  const first = trim(sides, free);
  if (first === undefined) return { sets: [], complete: true };
  const { parents, spouses, names } = problem.graph;
  const costOfWalk = names.length + parents.targets.length + spouses.targets.length;
  let effort = bounds.effort;
  const sets = [first];
  const seen = new Set([listOf(first).join()]);
  for (const set of sets) {
    const side = walk(from, set);
    for (const moved of listOf(set)) {
      bounds.signal?.throwIfAborted();
      if (effort < 0) return { sets, complete: false };
      effort -= 2 * costOfWalk;
      const blocking = where(
        free.length,
        (node) => free[node] !== 0 && node !== moved && (side[node] === 0 || set[node] !== 0),
      );
      const next = trim({ free, walk, from, to }, blocking);
      if (next === undefined) continue;
      const key = listOf(next).join();
      if (seen.has(key)) continue;
      if (sets.length >= bounds.limit) return { sets, complete: false };
      seen.add(key);
      sets.push(next);
    }
  }
  return { sets, complete: true };
}

import type { MixedGraph } from "../structure/mixed-graph.js";
import {
  ancestorsOf,
  closure,
  isEmpty,
  isSubset,
  listOf,
  type NodeSet,
  namesOf,
  where,
} from "../structure/node-set.js";
import type { GraphView } from "../structure/summary.js";
import { compareLists } from "./adjustment.js";
import { type EffectQuery, type ResolvedQuery, resolveQuery } from "./query.js";
import { ancestorsCut, reach } from "./separation.js";

/** Sets of metrics through which the whole effect goes. */
export interface FrontDoorSets {
  /** A set of which no variable can be left out; of those listed, one with the fewest variables. */
  readonly minimal?: readonly string[];
  /** The set that holds every other. */
  readonly maximal?: readonly string[];
  /** The minimal sets, those with the fewest variables first. */
  readonly sets: readonly (readonly string[])[];
  /** Whether `sets` holds every minimal set. */
  readonly complete: boolean;
}

/** The most edges that a listing walks: so many, and those of so many walks over the whole graph. */
const mostEffort = 1e6;
const mostWalks = 300;

/** Finds front-door sets among candidates, counting the edges walked. */
class FrontDoorSearch {
  effort: number;
  readonly #graph: MixedGraph;
  readonly #treatment: NodeSet;
  readonly #outcome: NodeSet;
  readonly #costOfWalk: number;

  constructor({ graph, treatment, outcome }: ResolvedQuery) {
    this.#graph = graph;
    this.#treatment = treatment;
    this.#outcome = outcome;
    this.#costOfWalk = graph.names.length + graph.parents.targets.length + graph.spouses.targets.length;
    this.effort = mostEffort + mostWalks * this.#costOfWalk;
  }

  /** The candidates that no back-door path joins to the treatment. */
  unconfounded(candidates: NodeSet): NodeSet {
    const nothing = new Uint8Array(candidates.length);
    const treatment = this.#treatment;
    const joined = reach(this.#graph, treatment, { given: nothing, open: nothing, cutOut: treatment });
    return where(candidates.length, (node) => candidates[node] && !joined[node]);
  }

  /** The largest front-door set among unconfounded candidates; nothing where there is none. It holds every other. */
  largest(candidates: NodeSet): NodeSet | undefined {
    const graph = this.#graph;
    const given = this.#treatment;
    let set = candidates;
    for (;;) {
      this.effort -= 2 * this.#costOfWalk;
      const open = ancestorsCut(graph, given, set);
      const joined = reach(graph, this.#outcome, { given, open, cutOut: set });
      const kept = where(set.length, (node) => set[node] && !joined[node]);
      if (isSubset(set, kept)) break;
      // Removing a node restores its edges, which can join others to the outcome.
      set = kept;
    }
    return this.#intercepts(set) ? set : undefined;
  }

  /** Whether every directed path from treatment to outcome passes the set. */
  #intercepts(set: NodeSet): boolean {
    const passed = closure(this.#graph.children, this.#treatment, undefined, set);
    return !this.#outcome.some((inOutcome, node) => inOutcome !== 0 && passed[node] !== 0);
  }

  /** Whether some front-door set among the candidates holds `required`. */
  holds(candidates: NodeSet, required: NodeSet): boolean {
    const largest = this.largest(candidates);
    return largest !== undefined && isSubset(required, largest);
  }

  /**
   * A minimal set that holds `required`, taken from `set`, which holds one. What is needed beside the nodes kept is the last of the
   * shortest run of nodes that suffices with them, found by bisection.
   */
  shrink(set: NodeSet, required: NodeSet): NodeSet {
    const free = listOf(set).filter((node) => required[node] === 0);
    const kept = required.slice();
    const withFirst = (count: number): NodeSet => {
      const some = kept.slice();
      for (const node of free.slice(0, count)) some[node] = 1;
      return some;
    };
    let length = free.length;
    while (!this.holds(kept, required)) {
      let short = 0;
      while (length - short > 1) {
        const middle = (short + length) >> 1;
        if (this.holds(withFirst(middle), required)) length = middle;
        else short = middle;
      }
      kept[free[--length]] = 1;
    }
    return kept;
  }
}

/**
 * The sets of metrics through which the effect can be found though treatment and outcome share hidden causes: Pearl's front-door
 * criterion, the largest set in polynomial time (Jeong, Tian and Bareinboim 2022), the minimal ones listed until `limit` or a bound on
 * the work is reached.
 *
 * @throws TwinError as `identify` does.
 *
 * @example
 * ```ts
 * import { causalGraph, frontDoorSets, linear } from "@sage-twin/causal";
 *
 * const graph = causalGraph()
 *   .cause("advertising", "visits", linear())
 *   .cause("visits", "orders", linear())
 *   .confounded("advertising", "orders");
 * frontDoorSets(graph, { treatment: "advertising", outcome: "orders" }).minimal; // => ["visits"]
 * ```
 */
export function frontDoorSets(graph: GraphView, query: EffectQuery): FrontDoorSets {
  return frontDoorOf(resolveQuery(graph, query));
}

/** The front-door sets of a query in indices. */
export function frontDoorOf(query: ResolvedQuery): FrontDoorSets {
  const { graph, allowed, required, limit, signal } = query;
  const search = new FrontDoorSearch(query);
  const all = search.largest(search.unconfounded(allowed));
  if (all === undefined || !isSubset(required, all)) return { sets: [], complete: true };
  // What is no cause of the outcome can be left out of any set, unless it is required.
  const causes = ancestorsOf(graph, query.outcome);
  const useful = search.largest(where(all.length, (node) => all[node] && (causes[node] || required[node]))) ?? all;
  const first = search.shrink(useful, required);
  const { sets, complete } = listMinimal(search, useful, required, first, limit, signal);
  const sorted = sets
    .map((set) => listOf(set))
    .sort((a, b) => a.length - b.length || compareLists(a, b))
    .map((nodes) => namesOf(graph, nodes));
  return { minimal: sorted[0], maximal: namesOf(graph, all), sets: sorted, complete };
}

/** Branches on each node, out or in; a branch ends where what is in holds a front-door set, or what is left holds none. */
function listMinimal(
  search: FrontDoorSearch,
  candidates: NodeSet,
  required: NodeSet,
  first: NodeSet,
  limit: number,
  signal: AbortSignal | undefined,
) {
  const free = listOf(candidates).filter((node) => required[node] === 0);
  const found = new Map([[listOf(first).join(), first]]);
  const branches = [{ inside: required, left: candidates, next: 0 }];
  for (let branch = branches.pop(); branch !== undefined; branch = branches.pop()) {
    signal?.throwIfAborted();
    if (search.effort < 0) return { sets: [...found.values()], complete: false };
    const { inside, left, next } = branch;
    const rest = search.largest(left);
    if (rest === undefined || !isSubset(inside, rest)) continue;
    if (search.holds(inside, required)) {
      if (!isSubset(inside, search.shrink(inside, required))) continue;
      const key = listOf(inside).join();
      if (found.has(key)) continue;
      if (found.size >= limit) return { sets: [...found.values()], complete: false };
      found.set(key, inside);
      continue;
    }
    const at = free.findIndex((node, position) => position >= next && rest[node] !== 0);
    if (at < 0) continue;
    const node = free[at];
    const more = inside.slice();
    more[node] = 1;
    branches.push({ inside: more, left: rest, next: at + 1 });
    branches.push({ inside, left: where(rest.length, (other) => other !== node && rest[other]), next: at + 1 });
  }
  return { sets: [...found.values()], complete: true };
}

/** Whether no directed path leads from treatment to outcome. */
export function hasNoEffect({
  graph,
  treatment,
  outcome,
}: Pick<ResolvedQuery, "graph" | "outcome" | "treatment">): boolean {
  const causes = ancestorsOf(graph, outcome);
  return isEmpty(where(causes.length, (node) => causes[node] && treatment[node]));
}

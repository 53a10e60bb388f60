import { bidirectedPairs, buildMixedGraph, type MixedGraph, pairsOf } from "../structure/mixed-graph.js";
import {
  ancestorsOf,
  closure,
  descendantsOf,
  isSubset,
  listOf,
  type NodeSet,
  namesOf,
  union,
  where,
} from "../structure/node-set.js";
import type { GraphView } from "../structure/summary.js";
import { listMinimalSeparators, type SeparatorProblem } from "./minimal-separators.js";
import { type EffectQuery, type ResolvedQuery, resolveQuery } from "./query.js";
import { separates } from "./separation.js";

/** What to adjust for. */
export interface AdjustmentSets {
  /** A set of which no variable can be left out, of those listed one with the fewest variables; nothing where no set is valid. */
  readonly minimal?: readonly string[];
  /** Every allowed cause of treatment or outcome that does no harm: valid where any set is. */
  readonly maximal?: readonly string[];
  /** The minimal sets, those with the fewest variables first. */
  readonly sets: readonly (readonly string[])[];
  /** Whether `sets` holds every minimal set. */
  readonly complete: boolean;
}

/** The most edges that a listing walks. */
const mostEffort = 1e8;

/**
 * The nodes on the way from treatment to outcome, the treatments left out (PCP): on paths of directed edges that touch the treatments at
 * their start alone.
 */
export function causalPath(graph: MixedGraph, treatment: NodeSet, outcome: NodeSet): NodeSet {
  const untreated = treatment.map((set) => 1 - set);
  const starts = where(
    treatment.length,
    (node) =>
      untreated[node] &&
      graph.parents.targets
        .subarray(graph.parents.offsets[node], graph.parents.offsets[node + 1])
        .some((parent) => treatment[parent] !== 0),
  );
  const after = closure(graph.children, starts, untreated);
  const before = closure(graph.parents, outcome, untreated);
  return where(treatment.length, (node) => after[node] && before[node]);
}

/** The graph without the first edges of the paths from treatment to outcome: what is left open in it is bias. */
export function withoutCausalPaths(graph: MixedGraph, treatment: NodeSet, path: NodeSet): MixedGraph {
  return buildMixedGraph(
    graph.names,
    pairsOf(graph.children).filter(([from, to]) => treatment[from] === 0 || path[to] === 0),
    bidirectedPairs(graph),
    graph.kinds,
    graph.members,
  );
}

/** The separation that adjustment comes down to (van der Zander, Liskiewicz and Textor 2019, theorem 3). */
function adjustmentProblem({ graph, treatment, outcome, required, allowed }: ResolvedQuery): SeparatorProblem & {
  readonly harmful: NodeSet;
} {
  const path = causalPath(graph, treatment, outcome);
  const harmful = descendantsOf(graph, path);
  return {
    graph: withoutCausalPaths(graph, treatment, path),
    from: treatment,
    to: outcome,
    required,
    allowed: where(allowed.length, (node) => allowed[node] && !harmful[node]),
    harmful,
  };
}

/**
 * The sets of metrics to adjust for, so that what is left of the dependence of outcome on treatment is the effect: Pearl's back-door
 * criterion, widened to every set for which adjustment is right, several treatments and outcomes included (the adjustment criterion of
 * Shpitser, VanderWeele and Robins 2010; van der Zander, Liskiewicz and Textor 2019). A minimal set takes linear time, each further
 * one polynomial time; the listing stops at `limit` sets and says so in `complete`.
 *
 * @throws TwinError as `identify` does.
 *
 * @example
 * ```ts
 * import { adjustmentSets, causalGraph, linear } from "@sage-twin/causal";
 *
 * const graph = causalGraph()
 *   .cause("season", "price", linear())
 *   .cause("season", "orders", linear())
 *   .cause("price", "orders", linear());
 * adjustmentSets(graph, { treatment: "price", outcome: "orders" }).sets; // => [["season"]]
 * ```
 */
export function adjustmentSets(graph: GraphView, query: EffectQuery): AdjustmentSets {
  return adjustmentOf(resolveQuery(graph, query));
}

/** The adjustment sets of a query in indices. */
export function adjustmentOf(query: ResolvedQuery): AdjustmentSets {
  const { graph, required, limit, signal } = query;
  const problem = adjustmentProblem(query);
  const none = { sets: [], complete: true };
  if (
    !isSubset(
      required,
      where(required.length, (node) => !problem.harmful[node]),
    )
  )
    return none;
  const { sets, complete } = listMinimalSeparators(problem, { limit, effort: mostEffort, signal });
  if (sets.length === 0) return none;
  const sorted = sets
    .map((set) => listOf(union(set, required)))
    .sort((a, b) => a.length - b.length || compareLists(a, b))
    .map((nodes) => namesOf(graph, nodes));
  const causes = ancestorsOf(problem.graph, union(problem.from, problem.to, required));
  const maximal = where(causes.length, (node) => required[node] || (causes[node] && problem.allowed[node]));
  return { minimal: sorted[0], maximal: namesOf(graph, maximal), sets: sorted, complete };
}

/** The first difference decides. */
export function compareLists(a: readonly number[], b: readonly number[]): number {
  const at = a.findIndex((value, index) => value !== b[index]);
  return at < 0 ? 0 : a[at] - b[at];
}

/**
 * Whether adjusting for exactly the metrics `given` leaves the effect of treatment on outcome, by the adjustment criterion.
 *
 * @throws TwinError as `identify` does.
 */
export function isAdjustmentSet(
  graph: GraphView,
  query: Pick<EffectQuery, "outcome" | "treatment">,
  given: readonly string[],
): boolean {
  const { treatment, outcome } = query;
  const resolved = resolveQuery(graph, { treatment, outcome, required: given });
  const { graph: bare, from, to, harmful } = adjustmentProblem(resolved);
  const { required } = resolved;
  return !required.some((set, node) => set !== 0 && harmful[node] !== 0) && separates(bare, from, to, required);
}

import { TwinError } from "@sage-twin/kernel";
import { nearestSeparator } from "../identification/minimal-separators.js";
import { nodesNamed } from "../identification/node-names.js";
import { type MixedGraph, neighbours } from "../structure/mixed-graph.js";
import { listOf, type NodeSet, namesOf, setOf, where } from "../structure/node-set.js";
import { type GraphView, summarise } from "../structure/summary.js";

/** Two metrics that are independent, by the graph, once the others are given. */
export interface Independence {
  readonly a: string;
  readonly b: string;
  readonly given: readonly string[];
}

/** What of a graph data can contradict. */
export interface ImpliedIndependences {
  readonly independences: readonly Independence[];
  /** Whether every pair of metrics without an edge was looked at. */
  readonly complete: boolean;
}

export interface ImpliedIndependencesOptions {
  /** The metrics that data hold. Default: every one of the graph. */
  readonly observed?: readonly string[];
  /** The most independences that are listed. Default: 100. */
  readonly limit?: number;
  readonly signal?: AbortSignal;
}

/** An independence in indices. */
export interface NodeIndependence {
  readonly a: number;
  readonly b: number;
  readonly given: readonly number[];
}

const mostEffort = 2e8;
const highestLimit = 10_000;

/**
 * The independences that a graph implies: for each pair of metrics that no edge joins, one, with a minimal separating set given. Some
 * pairs without an edge have none, as nothing observed separates them.
 *
 * Identities are left out: what they say is exact and checked with the data. So are loops through time: `unroll` the graph for these.
 *
 * @throws TwinError `unknown-name`, `out-of-range` for the limit, and with the problems of the graph.
 *
 * @example
 * ```ts
 * import { causalGraph, impliedIndependences, linear } from "@sage-twin/causal";
 *
 * const graph = causalGraph().cause("ads", "visits", linear()).cause("visits", "orders", linear());
 * impliedIndependences(graph).independences; // => [{ a: "ads", b: "orders", given: ["visits"] }]
 * ```
 */
export function impliedIndependences(
  graph: GraphView,
  options: ImpliedIndependencesOptions = {},
): ImpliedIndependences {
  const view = summarise(graph);
  const { observed, limit = 100, signal } = options;
  const held = observed === undefined ? undefined : nodesNamed(view, observed, ["observed"]);
  const { found, complete } = independencesOf(view, testable(view, held), limit, signal);
  const independences = found.map(({ a, b, given }) => ({
    a: view.names[a],
    b: view.names[b],
    given: namesOf(view, given),
  }));
  return { independences, complete };
}

/** The nodes that a test can be about: observed, with chance of their own, single metrics. */
export function testable(graph: MixedGraph, observed?: NodeSet): NodeSet {
  return where(
    graph.names.length,
    (node) => observed?.[node] !== 0 && graph.kinds[node] === "chance" && graph.members[node].length === 1,
  );
}

/** The independences among `nodes`, the last nodes first: in an unrolled graph those are the present. */
export function independencesOf(graph: MixedGraph, nodes: NodeSet, limit: number, signal?: AbortSignal) {
  if (!Number.isInteger(limit) || limit < 1 || limit > highestLimit) {
    throw new TwinError({
      code: "out-of-range",
      path: ["limit"],
      message: `a limit is a whole number from 1 to ${highestLimit}, not ${limit}`,
    });
  }
  const found: NodeIndependence[] = [];
  const size = graph.names.length;
  const cost = 2 * (size + graph.parents.targets.length + graph.spouses.targets.length);
  const listed = listOf(nodes);
  let effort = mostEffort;
  for (let second = listed.length - 1; second > 0; second--) {
    const b = listed[second];
    const near = new Set(
      [graph.parents, graph.children, graph.spouses].flatMap((edges) => Array.from(neighbours(edges, b))),
    );
    for (let first = second - 1; first >= 0; first--) {
      const a = listed[first];
      if (near.has(a)) continue;
      signal?.throwIfAborted();
      if (effort < 0) return { found, complete: false };
      effort -= cost;
      const separator = nearestSeparator({
        graph,
        from: setOf(graph, [a]),
        to: setOf(graph, [b]),
        required: new Uint8Array(size),
        allowed: where(size, (node) => nodes[node] && node !== a && node !== b),
      });
      if (separator === undefined) continue;
      if (found.length >= limit) return { found, complete: false };
      found.push({ a, b, given: listOf(separator) });
    }
  }
  return { found, complete: true };
}

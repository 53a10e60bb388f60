import { TwinError } from "@sage-twin/kernel";
import { type Adjacency, type MixedGraph, neighbours } from "../structure/mixed-graph.js";
import { ancestorsOf, listOf, type NodeSet, where } from "../structure/node-set.js";
import { type GraphView, summarise } from "../structure/summary.js";
import { nodesNamed } from "./node-names.js";

/** What a walk along edges may pass. */
export interface Walk {
  /** Nodes that block it, except where two arrowheads meet. */
  readonly given: NodeSet;
  /** Nodes that two arrowheads may meet at. */
  readonly open: NodeSet;
  /** Nodes that it may enter at all. Default: every one. */
  readonly within?: NodeSet;
  /** Nodes whose outgoing edges are cut. Default: none. */
  readonly cutOut?: NodeSet;
  /** Nodes at which the walk ends: none of the rest is entered. Default: none. */
  readonly until?: NodeSet;
}

const byTail = 1;
const byHead = 2;

/**
 * The nodes that open paths lead to from `sources`, these included (Shachter's Bayes ball 1998, with bidirected edges): every node is
 * entered at most twice, through an arrowhead and through a tail, so the time is linear in the edges.
 */
export function reach(graph: MixedGraph, sources: NodeSet, { given, open, within, cutOut, until }: Walk): NodeSet {
  const seen = new Uint8Array(sources.length);
  const stack: number[] = [];
  let ended = false;
  const enter = (node: number, how: number): void => {
    if ((seen[node] & how) !== 0 || within?.[node] === 0) return;
    seen[node] |= how;
    if (until !== undefined && until[node] !== 0) ended = true;
    stack.push(2 * node + how - 1);
  };
  const leave = (edges: Adjacency, node: number, how: number): void => {
    for (const next of neighbours(edges, node)) {
      // An edge from a parent is cut where that parent's outgoing edges are.
      if (how === byTail && cutOut !== undefined && cutOut[next] !== 0) continue;
      enter(next, how);
    }
  };
  const leaveByTail = (node: number): void => {
    if (cutOut === undefined || cutOut[node] === 0) leave(graph.children, node, byHead);
  };
  const leaveByHead = (node: number): void => {
    leave(graph.parents, node, byTail);
    leave(graph.spouses, node, byHead);
  };
  for (let node = 0; node < sources.length; node++) {
    if (sources[node] === 0) continue;
    seen[node] |= 4;
    leaveByTail(node);
    leaveByHead(node);
  }
  for (let state = stack.pop(); state !== undefined && !ended; state = stack.pop()) {
    const node = state >> 1;
    const throughHead = (state & 1) === byHead - 1;
    const free = given[node] === 0;
    if (free) leaveByTail(node);
    if (throughHead ? open[node] !== 0 : free) leaveByHead(node);
  }
  for (let node = 0; node < seen.length; node++) if (seen[node] !== 0) seen[node] = 1;
  return seen;
}

/** Whether `given` m-separates `a` from `b`, edges out of `cutOut` removed; d-separation where no edge is bidirected. */
export function separates(graph: MixedGraph, a: NodeSet, b: NodeSet, given: NodeSet, cutOut?: NodeSet): boolean {
  const open = cutOut === undefined ? ancestorsOf(graph, given) : ancestorsCut(graph, given, cutOut);
  const reached = reach(graph, a, { given, open, cutOut, until: b });
  return !b.some((inB, node) => inB !== 0 && reached[node] !== 0);
}

/** Ancestors in the graph without the edges out of `cutOut`. */
export function ancestorsCut(graph: MixedGraph, nodes: NodeSet, cutOut: NodeSet): NodeSet {
  const found = nodes.slice();
  const stack = listOf(nodes);
  for (let node = stack.pop(); node !== undefined; node = stack.pop()) {
    for (const parent of neighbours(graph.parents, node)) {
      if (found[parent] !== 0 || cutOut[parent] !== 0) continue;
      found[parent] = 1;
      stack.push(parent);
    }
  }
  return found;
}

/** The nodes and those that they determine: identities and levels whose parts are all known (Geiger, Verma and Pearl 1990). */
export function determinedBy(graph: MixedGraph, nodes: NodeSet): NodeSet {
  const known = nodes.slice();
  for (const node of graph.order) {
    if (known[node] !== 0 || graph.kinds[node] === "chance") continue;
    const parts = neighbours(graph.parents, node);
    if (parts.length > 0 && parts.every((part) => known[part] !== 0)) known[node] = 1;
  }
  return known;
}

/**
 * Whether a graph implies that `a` and `b` are independent given `given`: d-separation, with hidden confounders as bidirected edges
 * (m-separation, Richardson 2003), in time linear in the edges. An identity whose parts are given counts as given too
 * (D-separation, Geiger, Verma and Pearl 1990).
 *
 * @param a a metric or several; so are `b` and `given`. Lags do not count: `unroll` the graph where they should.
 * @throws TwinError `unknown-name`, or `invalid-argument` where one metric is in two of the sets.
 *
 * @example
 * ```ts
 * import { causalGraph, dSeparated, linear } from "@sage-twin/causal";
 *
 * const graph = causalGraph().cause("season", "price", linear()).cause("season", "orders", linear());
 * dSeparated(graph, "price", "orders"); // => false
 * dSeparated(graph, "price", "orders", ["season"]); // => true
 * ```
 */
export function dSeparated(
  graph: GraphView,
  a: string | readonly string[],
  b: string | readonly string[],
  given: string | readonly string[] = [],
): boolean {
  const view = summarise(graph);
  const left = nodesNamed(view, a, ["a"]);
  const right = nodesNamed(view, b, ["b"]);
  const known = nodesNamed(view, given, ["given"]);
  for (let node = 0; node < view.names.length; node++) {
    if (left[node] + right[node] + known[node] < 2) continue;
    throw new TwinError({
      code: "invalid-argument",
      path: ["given"],
      message: `'${view.names[node]}' stands in two of the sets`,
      fix: "name each metric once",
    });
  }
  const conditioned = determinedBy(view, known);
  const chance = (set: NodeSet): NodeSet => where(set.length, (node) => set[node] !== 0 && conditioned[node] === 0);
  return separates(view, chance(left), chance(right), conditioned);
}

import { TwinError, unknownName } from "@sage-twin/kernel";
import { sortTopologically } from "./topological-order.js";

/** The neighbours of every node, packed: those of node `i` are `targets[offsets[i]]` up to, not including, `targets[offsets[i + 1]]`. */
export interface Adjacency {
  readonly offsets: Int32Array;
  readonly targets: Int32Array;
}

/**
 * How a node gets its value: from its parents and chance; as a formula of its parents, so that it cannot be set by itself; or as a level
 * that its parents determine, the level before among them.
 */
export type NodeKind = "chance" | "identity" | "level";

/**
 * The bare structure of a causal graph: nodes by index, directed edges, and bidirected edges for hidden common causes, without cycles
 * (an acyclic directed mixed graph). What identification and falsification work on.
 */
export interface MixedGraph {
  readonly names: readonly string[];
  readonly kinds: readonly NodeKind[];
  readonly parents: Adjacency;
  readonly children: Adjacency;
  /** The other ends of bidirected edges. */
  readonly spouses: Adjacency;
  /** Node indices, causes before effects. */
  readonly order: Int32Array;
  /** The metrics that each node stands for: itself, or all of a loop through time. */
  readonly members: readonly (readonly string[])[];
  /** The node of each name and each member. */
  readonly index: ReadonlyMap<string, number>;
}

/** What a mixed graph is made of, by name. */
export interface MixedGraphParts {
  readonly nodes: readonly string[];
  /** Cause and effect. */
  readonly directed: readonly (readonly [string, string])[];
  /** Pairs that share a hidden cause. Default: none. */
  readonly bidirected?: readonly (readonly [string, string])[];
}

/**
 * Builds a structure from names; an edge that is given twice counts once.
 *
 * @throws TwinError with an issue per unknown or repeated name and per edge of a node with itself; `cycle` names a cycle.
 *
 * @example
 * ```ts
 * import { mixedGraph } from "@sage-twin/causal";
 *
 * mixedGraph({ nodes: ["x", "y"], directed: [["x", "y"]], bidirected: [["x", "y"]] }).order; // => Int32Array(2) [0, 1]
 * ```
 */
export function mixedGraph({ nodes, directed, bidirected = [] }: MixedGraphParts): MixedGraph {
  const index = new Map(nodes.map((name, node) => [name, node]));
  const issues = [...new Set(nodes.filter((name, node) => index.get(name) !== node))].map((name) => ({
    code: "invalid-graph" as const,
    path: ["nodes"],
    message: `'${name}' is there twice`,
    fix: "give each node a name of its own",
  }));
  if (issues.length > 0) throw new TwinError(issues);
  const resolve = (pairs: readonly (readonly [string, string])[], what: string) =>
    pairs.map((pair, position) => {
      const [a, b] = pair.map((name) => {
        const node = index.get(name);
        if (node === undefined) throw unknownName("node", name, nodes, [what, position]);
        return node;
      });
      if (a === b) {
        throw new TwinError({
          code: what === "directed" ? "cycle" : "invalid-graph",
          path: [what, position],
          message: `'${pair[0]}' is joined to itself`,
          fix: "an edge has two different ends",
        });
      }
      return [a, b] as const;
    });
  return buildMixedGraph(nodes, resolve(directed, "directed"), resolve(bidirected, "bidirected"));
}

/** Builds a structure from indices. */
export function buildMixedGraph(
  names: readonly string[],
  directed: readonly (readonly [number, number])[],
  bidirected: readonly (readonly [number, number])[],
  kinds: readonly NodeKind[] = names.map(() => "chance"),
  members: readonly (readonly string[])[] = names.map((name) => [name]),
): MixedGraph {
  const size = names.length;
  const children = pack(size, directed);
  const parents = pack(
    size,
    directed.map(([from, to]) => [to, from]),
  );
  const index = new Map(members.flatMap((group, node) => group.map((name) => [name, node] as const)));
  names.forEach((name, node) => {
    index.set(name, node);
  });
  return {
    names,
    kinds,
    parents,
    children,
    spouses: pack(
      size,
      bidirected.flatMap(([a, b]) => [[a, b] as const, [b, a] as const]),
    ),
    order: orderNodes(names, parents, children),
    members,
    index,
  };
}

/** The neighbours of `node`. */
export function neighbours({ offsets, targets }: Adjacency, node: number): Int32Array {
  return targets.subarray(offsets[node], offsets[node + 1]);
}

/** All edges of an adjacency as pairs, in the order of their first ends. */
export function pairsOf({ offsets, targets }: Adjacency): [number, number][] {
  const pairs: [number, number][] = [];
  for (let node = 0; node + 1 < offsets.length; node++)
    for (let at = offsets[node]; at < offsets[node + 1]; at++) pairs.push([node, targets[at]]);
  return pairs;
}

/** Each bidirected edge once, the lower index first. */
export function bidirectedPairs(graph: MixedGraph): [number, number][] {
  return pairsOf(graph.spouses).filter(([a, b]) => a < b);
}

/** Counting sort by first end, then by second; repeated edges are dropped. */
function pack(size: number, pairs: readonly (readonly [number, number])[]): Adjacency {
  const lists: number[][] = Array.from({ length: size }, () => []);
  for (const [from, to] of pairs) lists[from].push(to);
  const offsets = new Int32Array(size + 1);
  const targets: number[] = [];
  lists.forEach((list, node) => {
    list.sort((a, b) => a - b);
    list.forEach((target, position) => {
      if (position === 0 || target !== list[position - 1]) targets.push(target);
    });
    offsets[node + 1] = targets.length;
  });
  return { offsets, targets: Int32Array.from(targets) };
}

/** Kahn's order, the first in the graph first among those that are ready. */
function orderNodes(names: readonly string[], parents: Adjacency, children: Adjacency): Int32Array {
  const size = names.length;
  const order = new Int32Array(size);
  const waiting = Int32Array.from({ length: size }, (_, node) => parents.offsets[node + 1] - parents.offsets[node]);
  let placed = 0;
  for (let node = 0; node < size; node++) if (waiting[node] === 0) order[placed++] = node;
  for (let at = 0; at < placed; at++)
    for (const child of neighbours(children, order[at])) if (--waiting[child] === 0) order[placed++] = child;
  if (placed === size) return order;
  const causes = new Map(names.map((name, node) => [name, Array.from(neighbours(parents, node), (p) => names[p])]));
  const { cycle = [] } = sortTopologically(names, causes);
  throw new TwinError({
    code: "cycle",
    path: ["directed"],
    message: `a cycle: ${cycle.join(" -> ")}`,
    fix: "remove one of its edges, or unroll the graph over time",
  });
}

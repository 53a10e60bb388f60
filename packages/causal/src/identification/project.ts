import { TwinError } from "@sage-twin/kernel";
import { bidirectedPairs, buildMixedGraph, type MixedGraph, neighbours, pairsOf } from "../structure/mixed-graph.js";
import { type NodeSet, where } from "../structure/node-set.js";
import { determinedBy } from "./separation.js";

const mostMarriages = 4_000_000;

/**
 * The structure over the nodes of `kept` alone that allows the same conclusions about them (latent projection, Verma and Pearl 1990): a
 * hidden node's causes become causes of its effects, which then share a hidden cause. A node that its causes determine, all of them
 * kept, is no hidden cause: its formula is put in its place.
 */
export function project(graph: MixedGraph, kept: NodeSet): MixedGraph {
  const size = kept.length;
  const listed = (pairs: readonly (readonly [number, number])[]): Set<number>[] => {
    const sets: Set<number>[] = Array.from({ length: size }, () => new Set());
    for (const [a, b] of pairs) sets[a].add(b);
    return sets;
  };
  const children = listed(pairsOf(graph.children));
  const parents = listed(pairsOf(graph.parents));
  const spouses = listed(pairsOf(graph.spouses));
  let marriages = 0;
  const marry = (a: number, b: number): void => {
    if (a === b) return;
    if (++marriages > mostMarriages) {
      throw new TwinError({
        code: "too-large",
        path: ["observed"],
        message: `the hidden variables join more than ${mostMarriages} pairs of observed ones`,
        fix: "leave out of the graph what is neither treatment nor outcome nor on a path between them",
      });
    }
    spouses[a].add(b);
    spouses[b].add(a);
  };
  const formulas = determinedBy(graph, kept);
  // Effects first: a hidden node's hidden effects are gone when its turn comes.
  for (let at = size - 1; at >= 0; at--) {
    const node = graph.order[at];
    if (kept[node] !== 0) continue;
    for (const child of children[node]) {
      parents[child].delete(node);
      for (const parent of parents[node]) {
        parents[child].add(parent);
        children[parent].add(child);
      }
      for (const spouse of spouses[node]) marry(child, spouse);
      if (formulas[node] === 0) for (const other of children[node]) marry(child, other);
    }
    for (const parent of parents[node]) children[parent].delete(node);
    for (const spouse of spouses[node]) spouses[spouse].delete(node);
    spouses[node].clear();
    children[node].clear();
    parents[node].clear();
  }
  return take(graph, kept, children, spouses);
}

function take(graph: MixedGraph, kept: NodeSet, children: readonly Set<number>[], spouses: readonly Set<number>[]) {
  const nodes = graph.names.flatMap((_, node) => (kept[node] !== 0 ? [node] : []));
  const place = new Int32Array(kept.length);
  nodes.forEach((node, position) => {
    place[node] = position;
  });
  const edges = (sets: readonly Set<number>[]) =>
    nodes.flatMap((node) => Array.from(sets[node], (other) => [place[node], place[other]] as const));
  return buildMixedGraph(
    nodes.map((node) => graph.names[node]),
    edges(children),
    edges(spouses),
    nodes.map((node) => graph.kinds[node]),
    nodes.map((node) => graph.members[node]),
  );
}

/** The structure without some bidirected edges, each by its two ends, the lower first. */
export function withoutConfounders(graph: MixedGraph, dropped: readonly (readonly [number, number])[]): MixedGraph {
  const keys = new Set(dropped.map(([a, b]) => a * graph.names.length + b));
  return buildMixedGraph(
    graph.names,
    pairsOf(graph.children),
    bidirectedPairs(graph).filter(([a, b]) => !keys.has(a * graph.names.length + b)),
    graph.kinds,
    graph.members,
  );
}

/** The nodes that stay when identities whose parts are all kept give way to their formulas. */
export function withoutIdentities(graph: MixedGraph, kept: NodeSet, needed: NodeSet): NodeSet {
  return where(kept.length, (node) => {
    if (kept[node] === 0) return false;
    const formula =
      graph.kinds[node] === "identity" && neighbours(graph.parents, node).every((parent) => kept[parent] !== 0);
    return needed[node] !== 0 || !formula;
  });
}

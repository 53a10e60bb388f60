import { type Adjacency, type MixedGraph, neighbours } from "./mixed-graph.js";

/** A set of nodes: 1 at the index of each one in it. */
export type NodeSet = Uint8Array;

/** The set of these nodes. */
export function setOf(graph: MixedGraph, nodes: Iterable<number>): NodeSet {
  const set = new Uint8Array(graph.names.length);
  for (const node of nodes) set[node] = 1;
  return set;
}

/** The indices in a set, ascending. */
export function listOf(set: NodeSet): number[] {
  const list: number[] = [];
  for (let node = 0; node < set.length; node++) if (set[node] !== 0) list.push(node);
  return list;
}

/** The nodes for which `test` holds of every set, as a new set. */
export function where(size: number, test: (node: number) => unknown): NodeSet {
  const set = new Uint8Array(size);
  for (let node = 0; node < size; node++) if (test(node)) set[node] = 1;
  return set;
}

export function union(...sets: readonly NodeSet[]): NodeSet {
  return where(sets[0].length, (node) => sets.some((set) => set[node] !== 0));
}

export function isEmpty(set: NodeSet): boolean {
  return !set.includes(1);
}

export function isSubset(set: NodeSet, of: NodeSet): boolean {
  return set.every((inSet, node) => inSet === 0 || of[node] !== 0);
}

/** The metrics that the nodes of a set stand for, in the order of the graph. */
export function namesOf(graph: MixedGraph, set: NodeSet | readonly number[]): string[] {
  const nodes = set instanceof Uint8Array ? listOf(set) : [...set].sort((a, b) => a - b);
  return nodes.flatMap((node) => graph.members[node]);
}

/** The nodes of `start` and all that edges lead to from them; `within` bounds the walk, and it does not go on from `stop`. */
export function closure(edges: Adjacency, start: NodeSet, within?: NodeSet, stop?: NodeSet): NodeSet {
  const found = new Uint8Array(start.length);
  const stack: number[] = [];
  const enter = (node: number): void => {
    if (found[node] !== 0 || within?.[node] === 0) return;
    found[node] = 1;
    stack.push(node);
  };
  for (let node = 0; node < start.length; node++) if (start[node] !== 0) enter(node);
  for (let node = stack.pop(); node !== undefined; node = stack.pop())
    if (!stop?.[node]) for (const next of neighbours(edges, node)) enter(next);
  return found;
}

/** These nodes and their causes, direct and indirect, among the nodes of `within`. */
export function ancestorsOf(graph: MixedGraph, nodes: NodeSet, within?: NodeSet): NodeSet {
  return closure(graph.parents, nodes, within);
}

/** These nodes and their effects, direct and indirect. */
export function descendantsOf(graph: MixedGraph, nodes: NodeSet): NodeSet {
  return closure(graph.children, nodes);
}

/** The nodes that bidirected edges join to `node`, directly or through each other, among those of `within` (its district, or c-component). */
export function districtOf(graph: MixedGraph, node: number, within: NodeSet): NodeSet {
  return closure(graph.spouses, setOf(graph, [node]), within);
}

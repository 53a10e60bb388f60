// Slow definitions, written without the library: every simple path is looked at.
import { WordStream } from "@sage-twin/kernel";

/** A small graph by index. */
export interface SmallGraph {
  readonly size: number;
  readonly directed: readonly (readonly [number, number])[];
  readonly bidirected: readonly (readonly [number, number])[];
}

export const nameOf = (node: number): string => `v${node}`;

export function partsOf({ size, directed, bidirected }: SmallGraph) {
  const named = (pairs: readonly (readonly [number, number])[]) =>
    pairs.map(([a, b]) => [nameOf(a), nameOf(b)] as const);
  return {
    nodes: Array.from({ length: size }, (_, node) => nameOf(node)),
    directed: named(directed),
    bidirected: named(bidirected),
  };
}

/** Random: each pair, in a random order of the nodes, has an edge with these probabilities. */
export function randomGraph(seed: number, size: number, directed: number, bidirected: number): SmallGraph {
  const words = new WordStream([seed, 2, 3, 4]);
  for (let skip = 0; skip < 20; skip++) words.next();
  const order = Array.from({ length: size }, (_, node) => node);
  for (let at = size - 1; at > 0; at--) {
    const other = words.next() % (at + 1);
    [order[at], order[other]] = [order[other], order[at]];
  }
  const graph = { size, directed: [] as [number, number][], bidirected: [] as [number, number][] };
  for (let a = 0; a < size; a++)
    for (let b = a + 1; b < size; b++) {
      if (words.uniform() < directed) graph.directed.push([order[a], order[b]]);
      if (words.uniform() < bidirected) graph.bidirected.push([order[a], order[b]]);
    }
  return graph;
}

export function subsets(items: readonly number[]): number[][] {
  return Array.from({ length: 2 ** items.length }, (_, bits) => items.filter((_, index) => (bits >> index) & 1));
}

export function descendants({ directed }: SmallGraph, nodes: readonly number[]): Set<number> {
  const found = new Set(nodes);
  for (const node of found) for (const [from, to] of directed) if (from === node) found.add(to);
  return found;
}

export function ancestors({ size, directed, bidirected }: SmallGraph, nodes: readonly number[]): Set<number> {
  return descendants({ size, directed: directed.map(([a, b]) => [b, a] as const), bidirected }, nodes);
}

interface Step {
  readonly to: number;
  readonly headHere: boolean;
  readonly headThere: boolean;
}

function stepsFrom({ directed, bidirected }: SmallGraph, node: number): Step[] {
  return [
    ...directed.filter(([from]) => from === node).map(([, to]) => ({ to, headHere: false, headThere: true })),
    ...directed.filter(([, to]) => to === node).map(([from]) => ({ to: from, headHere: true, headThere: false })),
    ...bidirected
      .filter((pair) => pair.includes(node))
      .map(([a, b]) => ({ to: a === node ? b : a, headHere: true, headThere: true })),
  ];
}

/** Whether no simple path between the sets is open given `given`. */
export function pathSeparated(
  graph: SmallGraph,
  a: readonly number[],
  b: readonly number[],
  given: readonly number[],
): boolean {
  const open = ancestors(graph, given);
  const visit = (node: number, throughHead: boolean | undefined, path: ReadonlySet<number>): boolean =>
    stepsFrom(graph, node).some(({ to, headHere, headThere }) => {
      if (path.has(to)) return false;
      if (throughHead !== undefined && (throughHead && headHere ? !open.has(node) : given.includes(node))) return false;
      return b.includes(to) || visit(to, headThere, new Set([...path, to]));
    });
  return !a.some((node) => visit(node, undefined, new Set([node])));
}

/** All proper causal paths, as lists of nodes. */
function properCausalPaths({ directed }: SmallGraph, x: readonly number[], y: readonly number[]): number[][] {
  const grow = (path: number[]): number[][] => {
    const last = path[path.length - 1];
    const onward = directed
      .filter(([from, to]) => from === last && !x.includes(to) && !path.includes(to))
      .flatMap(([, to]) => grow([...path, to]));
    return y.includes(last) ? [path, ...onward] : onward;
  };
  return x.flatMap((node) => grow([node]));
}

/** The adjustment criterion: nothing on or below a causal path, and every other proper path blocked. */
export function isAdjustment(
  graph: SmallGraph,
  x: readonly number[],
  y: readonly number[],
  set: readonly number[],
): boolean {
  const paths = properCausalPaths(graph, x, y);
  const harmful = descendants(
    graph,
    paths.flatMap((path) => path.slice(1)),
  );
  if (set.some((node) => harmful.has(node))) return false;
  const first = new Set(paths.map(([a, b]) => `${a}>${b}`));
  const bare = { ...graph, directed: graph.directed.filter(([a, b]) => !first.has(`${a}>${b}`)) };
  return pathSeparated(bare, x, y, set);
}

/** Pearl's three conditions (2009, definition 3.3.3). */
export function isFrontDoor(
  graph: SmallGraph,
  x: readonly number[],
  y: readonly number[],
  set: readonly number[],
): boolean {
  const cut = (nodes: readonly number[]): SmallGraph => ({
    ...graph,
    directed: graph.directed.filter(([from]) => !nodes.includes(from)),
  });
  const free = { ...graph, directed: graph.directed.filter((pair) => !pair.some((node) => set.includes(node))) };
  const reached = descendants(free, x);
  if (y.some((node) => reached.has(node))) return false;
  if (set.some((node) => !pathSeparated(cut(x), x, [node], []))) return false;
  return set.length === 0 || pathSeparated(cut(set), set, y, x);
}

export function minimalOf(sets: readonly (readonly number[])[]): number[][] {
  return sets.filter(
    (set) => !sets.some((other) => other.length < set.length && other.every((n) => set.includes(n))),
  ) as number[][];
}

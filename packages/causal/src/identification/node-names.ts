import { TwinError, unknownName } from "@sage-twin/kernel";
import type { MixedGraph } from "../structure/mixed-graph.js";
import type { NodeSet } from "../structure/node-set.js";

/** The nodes of one name or several; every unknown one is an issue. */
export function nodesNamed(
  graph: MixedGraph,
  names: string | readonly string[],
  path: readonly (string | number)[],
): NodeSet {
  const set = new Uint8Array(graph.names.length);
  const listed = typeof names === "string" ? [names] : names;
  const issues = listed.flatMap((name, position) => {
    const node = graph.index.get(name);
    if (node !== undefined) set[node] = 1;
    const at = typeof names === "string" ? path : [...path, position];
    return node === undefined ? unknownName("metric", String(name), graph.names, at).issues : [];
  });
  if (issues.length > 0) throw new TwinError(issues);
  return set;
}

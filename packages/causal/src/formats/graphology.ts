import {
  arrayShape,
  describeValue,
  objectShape,
  optionalShape,
  requireJson,
  type Shape,
  TwinError,
  textShape,
} from "@sage-twin/kernel";
import type { CausalGraph } from "../graph.js";
import { type Attributes, elementsOf, GraphBuilder, type ImportedGraph } from "./graph-elements.js";

/** A graph as graphology's `export()` gives it and `Graph.from` takes it. */
export interface SerializedGraph {
  readonly attributes?: Readonly<Record<string, unknown>>;
  readonly options?: { readonly type?: string; readonly multi?: boolean; readonly allowSelfLoops?: boolean };
  readonly nodes: readonly { readonly key: string; readonly attributes?: Readonly<Record<string, unknown>> }[];
  readonly edges: readonly {
    readonly key?: string;
    readonly source: string;
    readonly target: string;
    readonly attributes?: Readonly<Record<string, unknown>>;
    readonly undirected?: boolean;
  }[];
}

/**
 * The graph in graphology's serialised form, for `Graph.from(json)` (graphology 0.26): causes are directed edges, hidden confounders
 * undirected ones with `kind: "confounder"`.
 */
export function toGraphology(graph: CausalGraph): SerializedGraph {
  const { nodes, arrows, confounders } = elementsOf(graph);
  return {
    attributes: {},
    options: { type: "mixed", multi: true, allowSelfLoops: true },
    nodes: nodes.map(({ name, attributes }) => ({ key: name, attributes })),
    edges: [
      ...arrows.map(({ from, to, attributes }, index) => ({ key: `e${index}`, source: from, target: to, attributes })),
      ...confounders.map(({ between: [source, target], name }, index) => ({
        key: `c${index}`,
        source,
        target,
        attributes: { kind: "confounder", ...(name === undefined ? {} : { name }) },
        undirected: true,
      })),
    ],
  };
}

const known = new Set([
  "identity",
  "stock",
  "link",
  "kind",
  "effect",
  "sd",
  "lag",
  "carryover",
  "source",
  "mechanism",
  "name",
]);
const anything: Shape<unknown> = (value) => value;
const attributesShape: Shape<Record<string, unknown>> = (value, path = []) => {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  throw new TwinError({ code: "corrupt", path, message: `${describeValue(value)} is not an object of attributes` });
};
const serialized = objectShape({
  attributes: optionalShape(anything),
  options: optionalShape(anything),
  nodes: arrayShape(objectShape({ key: textShape, attributes: optionalShape(attributesShape) })),
  edges: arrayShape(
    objectShape({
      key: optionalShape(anything),
      source: textShape,
      target: textShape,
      attributes: optionalShape(attributesShape),
      undirected: optionalShape(anything),
    }),
  ),
});

/**
 * Reads what graphology's `export()` gives. An undirected edge is a hidden confounder; a directed one without attributes of ours is
 * linear with an effect to be learnt.
 *
 * @throws TwinError with the path of what is wrong, and with the problems of the graph.
 */
export function fromGraphology(json: unknown): ImportedGraph {
  requireJson(json, "corrupt");
  const { nodes, edges } = serialized(json);
  const builder = new GraphBuilder("graphology");
  const ignored = new Map<string, number>();
  const keep = (attributes: Readonly<Record<string, unknown>> | undefined): Attributes =>
    Object.fromEntries(
      Object.entries(attributes ?? {}).flatMap(([key, value]) => {
        if (known.has(key) && (typeof value === "string" || typeof value === "number")) return [[key, String(value)]];
        ignored.set(key, (ignored.get(key) ?? 0) + 1);
        return [];
      }),
    );
  for (const [index, { key, attributes }] of nodes.entries()) builder.node(key, keep(attributes), ["nodes", index]);
  for (const [index, { source, target, attributes, undirected }] of edges.entries()) {
    if (undirected === true) builder.confounder(source, target, keep(attributes).name, ["edges", index]);
    else builder.arrow(source, target, keep(attributes), ["edges", index]);
  }
  const notes = Array.from(
    ignored,
    ([key, count]) => `the attribute '${key}', ${count === 1 ? "once" : `${count} times`}`,
  );
  return { graph: builder.build(), ignored: notes };
}

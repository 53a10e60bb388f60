import type { CausalGraph } from "../graph.js";
import { parseDot, quote, writeAttributes } from "./dot-syntax.js";
import {
  type Attributes,
  elementsOf,
  GraphBuilder,
  type ImportedGraph,
  mechanismLabel,
  requireText,
} from "./graph-elements.js";

/**
 * The graph in Graphviz's DOT language: effects, lags and sources as attributes beside a readable label, identities and stocks as
 * attributes of their node, hidden confounders as dashed arrows with two heads.
 *
 * @example
 * ```ts
 * import { causalGraph, linear, toDot } from "@sage-twin/causal";
 *
 * toDot(causalGraph().confounded("price", "orders")).split("\n")[3]; // => '  "price" -> "orders" [dir="both", style="dashed"];'
 * ```
 */
export function toDot(graph: CausalGraph): string {
  const { nodes, arrows, confounders } = elementsOf(graph);
  const lines = nodes.map(({ name, attributes }) => {
    const label = attributes.identity === undefined ? {} : { label: `${name} = ${attributes.identity}` };
    const shape = attributes.stock === undefined ? {} : { shape: "box" };
    return `${quote(name)}${writeAttributes({ ...label, ...shape, ...attributes })}`;
  });
  arrows.forEach(({ from, to, attributes }, index) => {
    const style =
      index < graph.edges.length ? { label: mechanismLabel(graph.edges[index].mechanism) } : { style: "dotted" };
    lines.push(`${quote(from)} -> ${quote(to)}${writeAttributes({ ...style, ...attributes })}`);
  });
  for (const { between, name } of confounders) {
    const [a, b] = between.map(quote);
    const label = name === undefined ? {} : { label: name };
    lines.push(`${a} -> ${b}${writeAttributes({ dir: "both", style: "dashed", ...label })}`);
  }
  return `digraph {\n${lines.map((line) => `  ${line};\n`).join("")}}\n`;
}

/** Attributes that are read; the others are about the drawing. */
const knownAttributes = [
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
];

/** Those attributes that say something about the causes. */
export function keepKnown(attributes: ReadonlyMap<string, string>): Attributes {
  return Object.fromEntries([...attributes].filter(([name]) => knownAttributes.includes(name)));
}

/**
 * Reads a directed graph in DOT. An arrow with two heads (`dir=both`) is a hidden confounder, its label the name; an arrow without
 * attributes of ours is linear with an effect to be learnt. All else is about drawing and is left.
 *
 * @throws TwinError with the line of what is wrong, `unsupported` for an undirected graph, and with the problems of the graph.
 */
export function fromDot(text: string): ImportedGraph {
  const builder = new GraphBuilder("dot");
  const { type, elements } = parseDot(requireText(text, "dot"), builder);
  if (type !== "digraph")
    throw builder.problem(
      1,
      `${type === "" ? "no 'digraph {'" : `a '${type}'`} where a directed graph is expected`,
      "begin it with 'digraph {'",
      "unsupported",
    );
  for (const element of elements) {
    const { attributes, line } = element;
    if (element.kind === "node") {
      builder.node(element.name, keepKnown(attributes), line);
      continue;
    }
    const { arrow, from, to } = element;
    if (arrow !== "->") throw builder.problem(line, `'${arrow}' is no directed edge`, "use ->", "unsupported");
    for (const a of from)
      for (const b of to) {
        const direction = attributes.get("dir");
        if (direction === "both") builder.confounder(a, b, attributes.get("label"), line);
        else if (direction === "back") builder.arrow(b, a, keepKnown(attributes), line);
        else builder.arrow(a, b, keepKnown(attributes), line);
      }
  }
  return { graph: builder.build(), ignored: [] };
}

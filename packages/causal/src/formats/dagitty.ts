import type { CausalGraph } from "../graph.js";
import { keepKnown } from "./dot.js";
import { parseDot, quote, writeAttributes } from "./dot-syntax.js";
import { elementsOf, GraphBuilder, type ImportedGraph, requireText } from "./graph-elements.js";

/** What dagitty marks variables as. */
export interface DagittyRoles {
  /** Dagitty's exposures. */
  readonly treatment: readonly string[];
  readonly outcome: readonly string[];
  /** Variables that are in the graph but not observed (latent). */
  readonly hidden: readonly string[];
  readonly adjusted: readonly string[];
  readonly selected: readonly string[];
}

/** Dagitty's marks, with the short forms that its R package knows. */
const marks: readonly (readonly [role: keyof DagittyRoles, mark: string, short: readonly string[]])[] = [
  ["treatment", "exposure", ["source", "e"]],
  ["outcome", "outcome", ["target", "o"]],
  ["hidden", "latent", ["unobserved", "u", "l"]],
  ["adjusted", "adjusted", ["a", "adjustednode"]],
  ["selected", "selected", ["s"]],
];

/** The graph in dagitty's text, for its website and its R package; effects are there as `beta`, and all else as in `toDot`. */
export function toDagitty(graph: CausalGraph, roles: Partial<DagittyRoles> = {}): string {
  const { nodes, arrows, confounders } = elementsOf(graph);
  const lines = nodes.map(({ name, attributes }) => {
    const own = marks.flatMap(([role, mark]) => (roles[role]?.includes(name) ? [mark] : []));
    const rest = writeAttributes(attributes).slice(2, -1);
    const all = [...own, ...(rest === "" ? [] : [rest])].join(", ");
    return `${quote(name)}${all === "" ? "" : ` [${all}]`}`;
  });
  for (const { from, to, attributes } of arrows) {
    const beta = attributes.effect === undefined ? {} : { beta: attributes.effect };
    lines.push(`${quote(from)} -> ${quote(to)}${writeAttributes({ ...beta, ...attributes })}`);
  }
  for (const { between, name } of confounders) {
    const [a, b] = between.map(quote);
    lines.push(`${a} <-> ${b}${writeAttributes(name === undefined ? {} : { source: name })}`);
  }
  return `dag {\n${lines.map((line) => `${line}\n`).join("")}}\n`;
}

/**
 * Reads dagitty's text, of its website or its R package: `dag { x -> y; x <-> y; z [latent] }`, the header may be left out. A `beta` is
 * the effect of a linear cause. Marks of variables come back as roles, to be given to `identify`.
 *
 * @throws TwinError with the line of what is wrong; `unsupported` for equivalence classes (pdag, mag, pag) and undirected edges.
 *
 * @example
 * ```ts
 * import { fromDagitty, identify } from "@sage-twin/causal";
 *
 * const { graph, roles } = fromDagitty("dag { x [exposure] y [outcome] z -> {x y} x -> y }");
 * identify(graph, { treatment: roles.treatment, outcome: roles.outcome }).backdoor.sets; // => [["z"]]
 * ```
 */
export function fromDagitty(text: string): ImportedGraph & { readonly roles: DagittyRoles } {
  const builder = new GraphBuilder("dagitty");
  const { type, elements } = parseDot(requireText(text, "dagitty"), builder);
  if (type !== "dag" && type !== "")
    throw builder.problem(
      1,
      `a '${type}' is not a causal graph with all its arrows known`,
      "give a 'dag { ... }'",
      "unsupported",
    );
  const roles = {
    treatment: new Set<string>(),
    outcome: new Set<string>(),
    hidden: new Set<string>(),
    adjusted: new Set<string>(),
    selected: new Set<string>(),
  };
  for (const element of elements) {
    const { attributes, line } = element;
    if (element.kind === "node") {
      builder.node(element.name, keepKnown(attributes), line);
      for (const [role, mark, short] of marks)
        if ([mark, ...short].some((name) => attributes.get(name) === "true")) roles[role].add(element.name);
      continue;
    }
    const { arrow, from, to } = element;
    const beta = attributes.get("beta");
    const kept = {
      ...(beta === undefined || attributes.has("effect") ? {} : { effect: beta }),
      ...keepKnown(attributes),
    };
    for (const a of from)
      for (const b of to) {
        if (arrow === "->") builder.arrow(a, b, kept, line);
        else if (arrow === "<-") builder.arrow(b, a, kept, line);
        else if (arrow === "<->") builder.confounder(a, b, attributes.get("source"), line);
        else throw builder.problem(line, `'${arrow}' leaves a direction open`, "use ->, <- or <->", "unsupported");
      }
  }
  const graph = builder.build();
  const listed = (role: keyof DagittyRoles): readonly string[] => [...roles[role]];
  const ignored = roles.selected.size === 0 ? [] : [`selection on ${listed("selected").join(", ")}`];
  return {
    graph,
    ignored,
    roles: {
      treatment: listed("treatment"),
      outcome: listed("outcome"),
      hidden: listed("hidden"),
      adjusted: listed("adjusted"),
      selected: listed("selected"),
    },
  };
}

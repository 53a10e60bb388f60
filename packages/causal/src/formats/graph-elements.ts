import { namesIn, parseExpression } from "@sage-twin/formulas";
import { describeValue, type Issue, parseJson, TwinError } from "@sage-twin/kernel";
import { CausalGraph, orderMetrics } from "../graph.js";
import { type Confounding, type Edge, type GraphState, parseGraphState } from "../graph-state.js";
import { elasticity } from "../mechanisms/elasticity.js";
import { linear } from "../mechanisms/linear.js";
import type { Mechanism } from "../mechanisms/mechanism.js";

/** Attributes of a node or an edge, as text. */
export type Attributes = Readonly<Record<string, string>>;

/** A graph in the terms of the file formats: nodes, arrows, and arrows with two heads, each with attributes. */
export interface GraphElements {
  readonly nodes: readonly { readonly name: string; readonly attributes: Attributes }[];
  readonly arrows: readonly { readonly from: string; readonly to: string; readonly attributes: Attributes }[];
  readonly confounders: readonly Confounding[];
}

/** A graph read from a file. */
export interface ImportedGraph {
  readonly graph: CausalGraph;
  /** What the file says that a causal graph does not hold, in words; what concerns drawing alone is not listed. */
  readonly ignored: readonly string[];
}

/** The arrow from a part to its identity or stock; what it says stands in the node. */
const part: Attributes = { kind: "part" };

/** The elements that say everything about a graph. */
export function elementsOf(graph: CausalGraph): GraphElements {
  const arrows = graph.edges.map(({ from, to, mechanism }) => ({
    from,
    to,
    attributes: mechanismAttributes(mechanism),
  }));
  const about = new Map(graph.metrics.map((name): [string, Record<string, string>] => [name, {}]));
  const note = (name: string, attributes: Attributes): void => {
    Object.assign(about.get(name) as Record<string, string>, attributes);
  };
  for (const { name, expression } of graph.identities) {
    note(name, { identity: expression });
    for (const from of namesIn(parseExpression(expression))) arrows.push({ from, to: name, attributes: part });
  }
  for (const { name, ...flows } of graph.stocks) {
    note(name, { stock: JSON.stringify(flows) });
    for (const from of [flows.inflow, flows.outflow]) arrows.push({ from, to: name, attributes: part });
  }
  for (const [name, link] of Object.entries(graph.links)) note(name, { link: JSON.stringify(link) });
  return {
    nodes: Array.from(about, ([name, attributes]) => ({ name, attributes })),
    arrows,
    confounders: graph.confounders,
  };
}

/** A mechanism as attributes: its numbers where they say everything, all of it as JSON where they do not. */
function mechanismAttributes(mechanism: Mechanism): Attributes {
  const { kind, prior, evidence, source, lag, carryover } = mechanism;
  const plain: Attributes = {
    kind,
    ...(evidence === "data" ? {} : { effect: String(prior.mean) }),
    sd: String(prior.sd),
    ...(lag === undefined ? {} : { lag }),
    ...(carryover > 0 ? { carryover: String(carryover) } : {}),
    ...(source === undefined ? {} : { source }),
  };
  const again = kind === "elasticity" || kind === "linear" ? readMechanism(plain) : undefined;
  return again !== undefined && inOrder(again) === inOrder(mechanism)
    ? plain
    : { ...plain, mechanism: JSON.stringify(mechanism) };
}

/** JSON with its members in the order of their names. */
function inOrder(value: object): string {
  return JSON.stringify(value, (_, item: unknown) =>
    typeof item === "object" && item !== null && !Array.isArray(item)
      ? Object.fromEntries(Object.entries(item).sort(([a], [b]) => (a < b ? -1 : 1)))
      : item,
  );
}

/** The mechanism that attributes state; an arrow without any is linear with an effect to be learnt. */
function readMechanism(attributes: Attributes): Mechanism {
  if (attributes.mechanism !== undefined) {
    const edges = [{ from: "", to: "", mechanism: parseJson(attributes.mechanism) }];
    return parseGraphState({ edges, identities: [], stocks: [], links: {} }).edges[0].mechanism;
  }
  const { kind = "linear", lag, source } = attributes;
  if (kind !== "linear" && kind !== "elasticity") {
    throw new TwinError({
      code: "unsupported",
      path: ["kind"],
      message: `${describeValue(kind)} is not a mechanism that attributes alone can state`,
      fix: 'use kind "linear" or "elasticity", or give the whole mechanism as JSON in the attribute "mechanism"',
    });
  }
  const number = (name: string): number | undefined => {
    const text = attributes[name];
    if (text === undefined) return undefined;
    const value = text.trim() === "" ? Number.NaN : Number(text);
    if (Number.isFinite(value)) return value;
    throw new TwinError({ code: "invalid-argument", path: [name], message: `${describeValue(text)} is not a number` });
  };
  const options = {
    sd: number("sd"),
    carryover: number("carryover"),
    ...(lag === undefined ? {} : { lag: lag as Mechanism["lag"] }),
    ...(source === undefined ? {} : { source }),
  };
  return kind === "linear" ? linear(number("effect"), options) : elasticity(number("effect"), options);
}

/** What a mechanism says, in a few words for a picture: `elasticity -1.2 ± 0.4, lag 1W`. */
export function mechanismLabel({ kind, prior, evidence, lag, carryover, smoothing }: Mechanism): string {
  return [
    evidence === "data" ? kind : `${kind} ${prior.mean} ± ${prior.sd}`,
    ...(lag === undefined ? [] : [`lag ${lag}`]),
    ...(carryover > 0 ? [`carry-over ${carryover}`] : []),
    ...(smoothing === undefined ? [] : [`smoothed over ${smoothing.over}`]),
  ].join(", ");
}

/** Where something stands in a file: its line, or a list and the position in it. */
export type Place = number | readonly [list: string, position: number];

/** Builds a graph from elements one by one, each with the place that it stands at in its file. */
export class GraphBuilder {
  readonly #nodes = new Map<string, Attributes>();
  readonly #edges: Edge[] = [];
  readonly #confounders: Confounding[] = [];
  readonly #format: string;
  #elements = 0;

  constructor(format: string) {
    this.#format = format;
  }

  /** An error at a place of the file. */
  problem(place: Place, message: string, fix?: string, code: Issue["code"] = "invalid-graph"): TwinError {
    const at = typeof place === "number" ? [place] : place;
    const line = typeof place === "number" ? `line ${place}: ` : "";
    return new TwinError({ code, path: [this.#format, ...at], message: `${line}${message}`, fix });
  }

  /** Runs `action`; what it throws is told with its place. */
  at<Value>(place: Place, action: () => Value): Value {
    try {
      return action();
    } catch (cause) {
      if (!TwinError.isInstance(cause)) throw cause;
      const { code, message, fix } = cause.issues[0];
      throw this.problem(place, message, fix, code);
    }
  }

  node(name: string, attributes: Attributes, place: Place): void {
    this.#count(place);
    if (name === "") throw this.problem(place, "a node without a name");
    this.#nodes.set(name, { ...this.#nodes.get(name), ...attributes });
  }

  arrow(from: string, to: string, attributes: Attributes, place: Place): void {
    this.node(from, {}, place);
    this.node(to, {}, place);
    if (attributes.kind === part.kind) return;
    this.#edges.push({ from, to, mechanism: this.at(place, () => readMechanism(attributes)) });
  }

  confounder(a: string, b: string, name: string | undefined, place: Place): void {
    this.node(a, {}, place);
    this.node(b, {}, place);
    this.#confounders.push(name === undefined ? { between: [a, b] } : { between: [a, b], name });
  }

  /** The graph, checked as a whole. */
  build(): CausalGraph {
    const state = {
      edges: this.#edges,
      identities: [] as unknown[],
      stocks: [] as unknown[],
      links: {} as Record<string, unknown>,
      confounders: this.#confounders,
    };
    for (const [name, { identity, stock, link }] of this.#nodes) {
      if (identity !== undefined) {
        parseExpression(identity, ["identity", name]);
        state.identities.push({ name, expression: identity });
      }
      if (stock !== undefined) state.stocks.push({ name, ...(parseJson(stock) as object) });
      if (link !== undefined) state.links[name] = parseJson(link);
    }
    const parsed: GraphState = parseGraphState(state);
    const named = new Set(new CausalGraph(parsed).metrics);
    const lone = [...this.#nodes.keys()].filter((name) => !named.has(name));
    const graph = new CausalGraph({ ...parsed, lone });
    orderMetrics(graph, graph.metrics);
    return graph;
  }

  #count(place: Place): void {
    if (++this.#elements > mostElements)
      throw this.problem(place, `more than ${mostElements} nodes and edges`, "read the graph in parts", "too-large");
  }
}

const mostElements = 300_000;
const mostCharacters = 5_000_000;

/** Refuses what is not text, and text beyond 5 million characters. */
export function requireText(text: unknown, format: string): string {
  if (typeof text !== "string") {
    throw new TwinError({ code: "invalid-argument", path: [format], message: `${describeValue(text)} is not text` });
  }
  if (text.length <= mostCharacters) return text;
  throw new TwinError({
    code: "too-large",
    path: [format],
    message: `a text of ${text.length} characters; at most ${mostCharacters} are read`,
  });
}

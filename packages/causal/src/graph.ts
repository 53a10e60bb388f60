import { namesIn, parseExpression } from "@sage-twin/formulas";
import { defineEnvelope, type Issue, nearest, TwinError, unknownName } from "@sage-twin/kernel";
import {
  type Confounding,
  type Edge,
  type GraphState,
  type Identity,
  parseGraphState,
  type Stock,
} from "./graph-state.js";
import type { Link } from "./link.js";
import type { Noise } from "./margin.js";
import type { Mechanism } from "./mechanisms/mechanism.js";
import { sortTopologically } from "./structure/topological-order.js";

const envelope = defineEnvelope<GraphState>({
  kind: "causal-graph",
  version: 1,
  parse: parseGraphState,
});

/**
 * What causes what: an immutable graph of edges with mechanisms, identities and stocks. Each verb returns a new graph.
 *
 * @example
 * ```ts
 * import { causalGraph, elasticity } from "@sage-twin/causal";
 *
 * const graph = causalGraph()
 *   .cause("price", "orders", elasticity(-1.2, { sd: 0.4 }))
 *   .identity("revenue", "orders * price");
 * graph.metrics; // => ["price", "orders", "revenue"]
 * ```
 */
export class CausalGraph {
  readonly edges: readonly Edge[];
  readonly identities: readonly Identity[];
  readonly stocks: readonly Stock[];
  readonly links: Readonly<Record<string, Link>>;
  /** Hidden common causes: bidirected edges. */
  readonly confounders: readonly Confounding[];
  /** Metrics named by `metric`. */
  readonly lone: readonly string[];
  readonly noises: Readonly<Record<string, Noise>>;

  /** @internal Start with `causalGraph()`. */
  constructor(state: GraphState) {
    this.edges = state.edges;
    this.identities = state.identities;
    this.stocks = state.stocks;
    this.links = state.links;
    this.confounders = state.confounders ?? [];
    this.lone = state.lone ?? [];
    this.noises = state.noises ?? {};
  }

  /** Adds an edge; `from` and `to` are metric names. */
  cause(from: string, to: string, mechanism: Mechanism): CausalGraph {
    return this.#with({ edges: [...this.edges, { from, to, mechanism }] });
  }

  /**
   * Takes out all that `from` does to `to`, so that it can be stated anew.
   *
   * @throws TwinError where there is nothing to take out.
   */
  withoutCause(from: string, to: string): CausalGraph {
    const edges = this.edges.filter((edge) => edge.from !== from || edge.to !== to);
    if (edges.length < this.edges.length) return this.#with({ edges });
    const all = this.edges.map((edge) => `${edge.from} -> ${edge.to}`);
    throw unknownName("cause", `${from} -> ${to}`, all, ["withoutCause"]);
  }

  /** Declares that `name` equals the formula `expression`, exactly. */
  identity(name: string, expression: string): CausalGraph {
    parseExpression(expression, ["identity", name]);
    return this.#with({
      identities: [...this.identities, { name, expression }],
    });
  }

  /** Declares that `name` accumulates: its level at the end of a period is that before, plus `inflow`, minus `outflow`. */
  stock(
    name: string,
    flows: {
      inflow: string;
      outflow: string;
      floor?: number;
      proportional?: boolean;
    },
  ): CausalGraph {
    return this.#with({
      stocks: [...this.stocks, { name, proportional: true, ...flows }],
    });
  }

  /**
   * Declares that a hidden cause, not among the metrics, moves both `a` and `b`: a bidirected edge. Identification and falsification
   * use it, and a fit doubts the effects on either; `name` says what the cause may be.
   */
  confounded(a: string, b: string, { name }: { readonly name?: string } = {}): CausalGraph {
    const between = [a, b] as const;
    return this.#with({ confounders: [...this.confounders, name === undefined ? { between } : { between, name }] });
  }

  /** Names a metric that no edge mentions. */
  metric(name: string): CausalGraph {
    return this.#with({ lone: [...this.lone, name] });
  }

  /** Declares the scale on which the causes of `name` add up; otherwise its mechanisms and its data decide. */
  link(name: string, link: Link): CausalGraph {
    return this.#with({ links: { ...this.links, [name]: link } });
  }

  /** Declares how the errors of `name` are distributed; otherwise they are normal, or, for a metric without causes in a structural fit, as seen. */
  noise(name: string, noise: Noise): CausalGraph {
    if (noise.kind === "student" && !(noise.degrees > 2)) {
      throw new TwinError({
        code: "invalid-argument",
        path: ["noise", name, "degrees"],
        message: `a Student distribution of ${noise.degrees} degrees of freedom has no variance`,
        fix: "give more than 2",
      });
    }
    return this.#with({ noises: { ...this.noises, [name]: noise } });
  }

  /** Every metric that the graph names, in order of appearance. */
  get metrics(): readonly string[] {
    return [
      ...new Set([
        ...this.edges.flatMap(({ from, to }) => [from, to]),
        ...this.identities.flatMap(({ name, expression }) => [...namesIn(parseExpression(expression)), name]),
        ...this.stocks.flatMap(({ name, inflow, outflow }) => [inflow, outflow, name]),
        ...Object.keys(this.links),
        ...Object.keys(this.noises),
        ...this.confounders.flatMap(({ between }) => between),
        ...this.lone,
      ]),
    ];
  }

  /** The metrics that an identity or a stock is made of; none for any other metric. */
  partsOf(name: string): readonly string[] {
    const identity = this.identities.find((candidate) => candidate.name === name);
    if (identity !== undefined) return namesIn(parseExpression(identity.expression));
    const stock = this.stocks.find((candidate) => candidate.name === name);
    return stock === undefined ? [] : [stock.inflow, stock.outflow];
  }

  toJSON() {
    return envelope.seal(this.#state());
  }

  /** Reads what `toJSON` wrote; anything else is a `TwinError`. */
  static fromJSON(json: unknown): CausalGraph {
    return new CausalGraph(envelope.open(json));
  }

  #with(change: Partial<GraphState>): CausalGraph {
    return new CausalGraph({ ...this.#state(), ...change });
  }

  #state(): GraphState {
    const { edges, identities, stocks, links, confounders, lone, noises } = this;
    return {
      edges,
      identities,
      stocks,
      links,
      ...(confounders.length > 0 ? { confounders } : {}),
      ...(lone.length > 0 ? { lone } : {}),
      ...(Object.keys(noises).length > 0 ? { noises } : {}),
    };
  }
}

/** A graph without metrics, to be built on. */
export function causalGraph(): CausalGraph {
  return new CausalGraph({ edges: [], identities: [], stocks: [], links: {} });
}

/**
 * Checks a graph against the metrics that exist, gathering every problem, and returns the metrics in an order in which each one's
 * same-period causes come before it.
 *
 * @throws TwinError with an issue per unknown metric, metric determined twice, and cycle without a lag (named).
 */
export function orderMetrics(graph: CausalGraph, known: Iterable<string>): readonly string[] {
  const metrics = new Set(known);
  const issues: Issue[] = [];
  const expect = (name: string, path: readonly (string | number)[]): void => {
    if (metrics.has(name)) return;
    const near = nearest(name, metrics);
    const fix = near === undefined ? "add it to a department or to the levers" : `did you mean '${near}'?`;
    issues.push({
      code: "unknown-name",
      path,
      message: `unknown metric '${name}'`,
      fix,
    });
  };
  const determinedBy = new Map<string, string>();
  const determine = (name: string, how: string): void => {
    const before = determinedBy.get(name);
    if (before !== undefined && (before !== "causes" || how !== "causes")) {
      issues.push({
        code: "invalid-graph",
        path: [how === "causes" ? "causes" : how, name],
        message: `'${name}' is determined by ${before} and by ${how}`,
        fix: "keep one of them",
      });
    }
    determinedBy.set(name, how);
  };
  /** Same-period causes of each metric. */
  const causes = new Map<string, string[]>([...metrics].map((name) => [name, []]));
  graph.identities.forEach(({ name, expression }) => {
    expect(name, ["identity", name]);
    determine(name, "an identity");
    for (const input of namesIn(parseExpression(expression))) {
      expect(input, ["identity", name]);
      causes.get(name)?.push(input);
    }
  });
  graph.stocks.forEach(({ name, inflow, outflow }) => {
    for (const metric of [name, inflow, outflow]) expect(metric, ["stock", name]);
    determine(name, "a stock");
    causes.get(name)?.push(inflow, outflow);
  });
  const stated = new Set<string>();
  graph.edges.forEach(({ from, to, mechanism }, index) => {
    expect(from, ["causes", index, "from"]);
    expect(to, ["causes", index, "to"]);
    determine(to, "causes");
    const names = mechanism.curve.kind === "formula" ? namesIn(parseExpression(mechanism.curve.expression)) : [];
    for (const name of names.filter((name) => name !== from)) {
      issues.push({
        code: "invalid-formula",
        path: ["causes", index, "formula"],
        message: `the formula of '${from}' on '${to}' uses '${name}'`,
        fix: `a formula sees its own cause, '${from}', alone; give '${name}' an edge of its own`,
      });
    }
    const key = JSON.stringify([from, to, mechanism.lag ?? ""]);
    if (stated.has(key)) {
      issues.push({
        code: "invalid-graph",
        path: ["causes", index],
        message: `'${from}' causes '${to}' twice with the same lag`,
        fix: "keep one of the two edges",
      });
    }
    stated.add(key);
    if (mechanism.lag === undefined) causes.get(to)?.push(from);
  });
  for (const name of Object.keys(graph.links)) expect(name, ["link", name]);
  for (const name of graph.lone) expect(name, ["metric", name]);
  for (const name of Object.keys(graph.noises)) expect(name, ["noise", name]);
  issues.push(...confounderIssues(graph, determinedBy, expect));
  const { order, cycle } = sortTopologically(metrics, causes);
  if (cycle !== undefined) {
    issues.push({
      code: "cycle",
      path: ["causes"],
      message: `a cycle within one period: ${cycle.join(" -> ")}`,
      fix: 'give one of its edges a lag, such as { lag: "1W" }, or remove it',
    });
  }
  if (issues.length > 0) throw new TwinError(issues);
  return order;
}

function confounderIssues(
  graph: CausalGraph,
  determinedBy: ReadonlyMap<string, string>,
  expect: (name: string, path: readonly (string | number)[]) => void,
): Issue[] {
  const issues: Issue[] = [];
  const stated = new Set<string>();
  graph.confounders.forEach(({ between: [a, b] }, index) => {
    const refuse = (message: string, fix: string) =>
      issues.push({ code: "invalid-graph", path: ["confounders", index], message, fix });
    for (const name of new Set([a, b])) {
      expect(name, ["confounders", index]);
      const how = determinedBy.get(name);
      if (how !== undefined && how !== "causes") {
        const parts = graph.partsOf(name).map((part) => `'${part}'`);
        refuse(
          `'${name}' is ${how} and has no hidden cause of its own`,
          `confound one of its parts: ${parts.join(" or ")}`,
        );
      }
    }
    const key = JSON.stringify([a, b].sort());
    if (a === b) refuse(`'${a}' is confounded with itself`, "name the two metrics that share the hidden cause");
    else if (stated.has(key)) refuse(`'${a}' and '${b}' are confounded twice`, "keep one of the two");
    stated.add(key);
  });
  return issues;
}

import { TwinError, unknownName } from "@sage-twin/kernel";
import { chooseLinks, type MetricBounds } from "./choose-links.js";
import { lagSteps, type View, viewOf } from "./features.js";
import { type CausalGraph, orderMetrics } from "./graph.js";
import type { Edge } from "./graph-state.js";
import { gatherHistory, type HistoryTable } from "./history.js";
import type { Link } from "./link.js";
import { elasticity } from "./mechanisms/elasticity.js";

/** What is known of a business's metrics beside its graph and its data. */
export interface PrepareOptions {
  /** Metrics that are set by decision: their baseline is their forecast without error, or `baseline` where there are no data. */
  readonly levers?: Readonly<Record<string, { readonly baseline?: number }>>;
  /** What is known of a metric's range; it decides the link where no mechanism does. */
  readonly bounds?: Readonly<Record<string, MetricBounds>>;
}

/** A graph checked against its data: everything that fitting needs and that can be wrong before it. */
export interface PreparedGraph {
  readonly order: readonly string[];
  readonly history: ReadonlyMap<string, Float64Array>;
  readonly constants: Readonly<Record<string, number>>;
  readonly edges: readonly Edge[];
  readonly lags: readonly number[];
  readonly views: readonly View[];
  readonly links: Readonly<Record<string, Link>>;
  /** Metrics that are neither identities nor stocks. */
  readonly metrics: readonly string[];
  readonly notes: readonly string[];
}

/**
 * Checks a graph against its data without fitting it: names, cycles, identities, links and lags.
 *
 * @throws TwinError with the problems found.
 */
export function prepareGraph(
  graph: CausalGraph,
  table: HistoryTable,
  { levers = {}, bounds = {} }: PrepareOptions = {},
): PreparedGraph {
  const known = [...table.metrics, ...Object.keys(levers), ...graph.identities.map(({ name }) => name)];
  refuseDerivedLevers(graph, Object.keys(levers), known);
  const order = orderMetrics(graph, known);
  const constants = Object.fromEntries(
    Object.entries(levers).flatMap(([name, { baseline }]) =>
      baseline === undefined || table.metrics.includes(name) ? [] : [[name, baseline]],
    ),
  );
  const history = gatherHistory(graph, table, order, constants);
  const notes: string[] = [];
  const edges = [...graph.edges, ...proportionalOutflows(graph, history, table, notes)];
  const derived = new Set([...graph.identities, ...graph.stocks].map(({ name }) => name));
  const metrics = order.filter((name) => !derived.has(name));
  const links = chooseLinks(graph, edges, history, metrics, bounds, notes);
  const lags = edges.map((edge, index) => lagSteps(edge, table.frequency, ["causes", index, "lag"]));
  const views = edges.map((edge, index) => viewOf(edge, table.frequency, ["causes", index, "smoothing"]));
  return { order, history, constants, edges, lags, views, links, metrics, notes };
}

function refuseDerivedLevers(graph: CausalGraph, levers: readonly string[], known: readonly string[]): void {
  for (const name of levers) {
    const parts = graph.partsOf(name);
    if (parts.length > 0) {
      throw new TwinError({
        code: "invalid-graph",
        path: ["levers", name],
        message: `'${name}' follows from ${parts.join(" and ")} and cannot be set by itself`,
        fix: `make ${parts.map((part) => `'${part}'`).join(" or ")} a lever`,
      });
    }
    if (!known.includes(name)) throw unknownName("metric", name, known, ["levers"]);
  }
}

/** The edges by which a stock drives its own outflow, a period later: outflow is a rate times the stock. */
function proportionalOutflows(
  graph: CausalGraph,
  history: ReadonlyMap<string, Float64Array>,
  table: HistoryTable,
  notes: string[],
): Edge[] {
  return graph.stocks.flatMap(({ name, outflow, proportional }) => {
    if (!proportional || graph.edges.some((edge) => edge.from === name && edge.to === outflow)) return [];
    if (graph.identities.some((identity) => identity.name === outflow)) return [];
    const positive = [name, outflow].every((metric) =>
      (history.get(metric) as Float64Array).every((value) => !(value <= 0)),
    );
    if (!positive) {
      notes.push(`${outflow}: it or ${name} reaches zero, so the outflow is not taken as a rate times the stock`);
      return [];
    }
    const mechanism = elasticity(1, { sd: 0, lag: table.frequency });
    return [{ from: name, to: outflow, mechanism }];
  });
}

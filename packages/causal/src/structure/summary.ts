import { namesIn, parseExpression } from "@sage-twin/formulas";
import type { Frequency } from "@sage-twin/kernel";
import { type CausalGraph, orderMetrics } from "../graph.js";
import type { Smoothing } from "../mechanisms/mechanism.js";
import { buildMixedGraph, type MixedGraph } from "./mixed-graph.js";
import { strongComponents } from "./strong-components.js";

/** A graph to ask questions of: a business's, or a bare structure. */
export type GraphView = CausalGraph | MixedGraph;

/** A relation of a causal graph, whatever it is made by. */
export interface Relation {
  readonly from: string;
  readonly to: string;
  /** A calendar duration, `"period"` for the period before, or nothing for the same period. */
  readonly lag?: Frequency | "period";
  readonly carryover: number;
  readonly smoothing?: Smoothing;
}

/** Every directed edge of a graph: causes, the parts of identities, the flows of stocks, and the share of a stock that leaves it. */
export function relationsOf(graph: CausalGraph): Relation[] {
  const relations: Relation[] = graph.edges.map(({ from, to, mechanism: { lag, carryover, smoothing } }) => ({
    from,
    to,
    lag,
    carryover,
    smoothing,
  }));
  const identities = new Set(graph.identities.map(({ name }) => name));
  for (const { name, expression } of graph.identities)
    for (const from of namesIn(parseExpression(expression))) relations.push({ from, to: name, carryover: 0 });
  for (const { name, inflow, outflow, proportional } of graph.stocks) {
    for (const from of [inflow, outflow]) relations.push({ from, to: name, carryover: 0 });
    relations.push({ from: name, to: name, lag: "period", carryover: 0 });
    const stated = graph.edges.some((edge) => edge.from === name && edge.to === outflow);
    if (proportional && !stated && !identities.has(outflow))
      relations.push({ from: name, to: outflow, lag: "period", carryover: 0 });
  }
  return relations;
}

/**
 * The structure of a causal graph without its times: a node per metric, an edge per cause whatever its lag. Metrics that cause each other
 * through a lag become one node that stands for all of them (a cluster, Anand, Ribeiro, Tian and Bareinboim 2023); what holds of it
 * holds of its members together. `unroll` keeps them apart.
 *
 * @throws TwinError with every problem of the graph.
 */
export function summarise(graph: GraphView): MixedGraph {
  if (!("identities" in graph)) return graph;
  const metrics = graph.metrics;
  orderMetrics(graph, metrics);
  const index = new Map(metrics.map((name, node) => [name, node]));
  const at = (name: string): number => index.get(name) as number;
  const edges = relationsOf(graph).map(({ from, to }) => [at(from), at(to)] as const);
  const { componentOf, components } = strongComponents(metrics.length, edges);
  const members = components.map((nodes) => nodes.map((node) => metrics[node]));
  const identities = new Set(graph.identities.map(({ name }) => name));
  const joined = (pairs: readonly (readonly [number, number])[]) =>
    pairs.map(([a, b]) => [componentOf[a], componentOf[b]] as const).filter(([a, b]) => a !== b);
  return buildMixedGraph(
    members.map((names) => names.join(" + ")),
    joined(edges),
    joined(graph.confounders.map(({ between: [a, b] }) => [at(a), at(b)] as const)),
    members.map((names) => (names.length === 1 ? (identities.has(names[0]) ? "identity" : "chance") : "chance")),
    members,
  );
}

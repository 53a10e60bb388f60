import { type Frequency, parseFrequency, type RunOptions, TwinError } from "@sage-twin/kernel";
import { type CausalGraph, causalGraph, orderMetrics } from "../graph.js";
import { linear } from "../mechanisms/linear.js";
import type { Knowledge } from "./knowledge.js";

/** What every search for edges can be told. */
export interface DiscoveryOptions extends Knowledge, Pick<RunOptions, "onProgress" | "seed" | "signal"> {
  /** How many times the rows are drawn anew to see which edges come back. Default: 0, no confidence. */
  readonly resamples?: number;
  /** The most tests or scores of one search; beyond it the answer is not `complete`. Default: 1,000,000. */
  readonly limit?: number;
}

/** An edge that data suggest. */
export interface SuggestedEdge {
  readonly from: string;
  readonly to: string;
  /** `"undirected"` where the data do not say which of the two is the cause. */
  readonly kind: "directed" | "undirected";
  /** In periods; for searches over time alone. */
  readonly lag?: number;
  /** The partial correlation of the two, the other causes accounted for: -1 to 1. */
  readonly strength: number;
  /** The share of resamples with the edge: directed the same way, or for an undirected one joined in any way. */
  readonly confidence?: number;
}

/** What a search suggests: to be looked at, not taken over by itself. */
export interface Suggestion {
  readonly method: "ges" | "notears" | "pc" | "pcmci";
  readonly edges: readonly SuggestedEdge[];
  /** The rows that it rests on. */
  readonly rows: number;
  /** Whether the search ended by itself, not at `limit` or another bound. */
  readonly complete: boolean;
  /** What is to be known before any of it is believed. */
  readonly notes: readonly string[];
  /**
   * Adds the directed edges to `base` (default: an empty graph) as linear mechanisms with effects to be learnt; edges that it has already, undirected ones,
   * and a metric's dependence on its own past, which its baseline holds, are left out.
   *
   * @throws TwinError with the problems of the graph that results; `invalid-time` for lags of columns without a frequency.
   */
  toGraph(base?: CausalGraph): CausalGraph;
  toString(): string;
}

/** Adds what a suggestion can do to what it holds. */
export function makeSuggestion(found: Omit<Suggestion, "toGraph" | "toString">, frequency?: Frequency): Suggestion {
  return {
    ...found,
    toGraph: (base = causalGraph()) => addEdges(base, found.edges, frequency),
    toString: () => describe(found),
  };
}

function addEdges(base: CausalGraph, edges: readonly SuggestedEdge[], frequency?: Frequency): CausalGraph {
  let graph = base;
  for (const { from, to, kind, lag = 0 } of edges) {
    if (kind !== "directed" || from === to) continue;
    const duration = lag === 0 ? undefined : durationOf(lag, frequency);
    const known = base.edges.some((edge) => edge.from === from && edge.to === to && edge.mechanism.lag === duration);
    if (!known) graph = graph.cause(from, to, linear(undefined, duration === undefined ? {} : { lag: duration }));
  }
  orderMetrics(graph, graph.metrics);
  return graph;
}

function durationOf(lag: number, frequency?: Frequency): Frequency {
  if (frequency === undefined)
    throw new TwinError({
      code: "invalid-time",
      path: ["data"],
      message: "columns have no frequency, so a lag in periods is no duration",
      fix: "give pcmci a table of periods",
    });
  const count = Number.parseInt(frequency, 10);
  const periods = (Number.isNaN(count) ? 1 : count) * lag;
  return parseFrequency(`${periods === 1 ? "" : periods}${frequency.slice(-1)}`);
}

function describe({ method, edges, rows, complete, notes }: Omit<Suggestion, "toGraph" | "toString">): string {
  const lines = edges.map(({ from, to, kind, lag, strength, confidence }) => {
    const later = lag === undefined || lag === 0 ? "" : ` after ${lag}`;
    const sure = confidence === undefined ? "" : `, in ${(100 * confidence).toFixed(0)} % of resamples`;
    return `- ${from} ${kind === "directed" ? "->" : "--"} ${to}${later}: ${strength.toFixed(2)}${sure}`;
  });
  const head = `${method} suggests ${edges.length} edges from ${rows} rows${complete ? "" : "; the search was cut short"}`;
  return [head, ...lines, ...notes].join("\n");
}

import { Budget } from "./budget.js";
import { completeColumns, readColumns } from "./columns.js";
import { Correlations } from "./correlations.js";
import { type EdgeRules, readKnowledge } from "./knowledge.js";
import type { Pattern } from "./pattern.js";
import { resampleEdges } from "./resample.js";
import { type DiscoveryOptions, makeSuggestion, type SuggestedEdge, type Suggestion } from "./suggestion.js";

/** Finds a pattern from correlations. */
export type PatternSearch = (correlations: Correlations, rules: EdgeRules, budget: Budget) => Pattern;

const defaultLimit = 1_000_000;

/** Reads data and knowledge, searches once on all rows and once per resample, and puts the edges into words. */
export async function suggestPattern(
  method: Suggestion["method"],
  data: Readonly<Record<string, ArrayLike<number>>>,
  options: DiscoveryOptions,
  mostColumns: number,
  note: string,
  search: PatternSearch,
): Promise<Suggestion> {
  const { signal, limit = defaultLimit } = options;
  signal?.throwIfAborted();
  const read = readColumns(data, mostColumns);
  const rules = readKnowledge(read.names, options);
  const { names, columns, notes } = completeColumns(read.names, read.columns);
  const correlations = Correlations.of(columns);
  const budget = new Budget(limit, signal);
  const pattern = search(correlations, rules, budget);
  const share = await resampleEdges(method, columns[0].length, 1, options, (chosen) =>
    keysOf(search(Correlations.of(columns, chosen), rules, new Budget(limit, signal))),
  );
  const edges = edgesOf(pattern).map(([from, to, kind]): SuggestedEdge => {
    const others = [...pattern.parentsOf(to), ...pattern.neighboursOf(to)].filter((node) => node !== from);
    return {
      from: names[from],
      to: names[to],
      kind,
      strength: correlations.partial(from, to, others),
      ...(share === undefined ? {} : { confidence: share(keyOf(from, to, kind)) }),
    };
  });
  return makeSuggestion({
    method,
    edges,
    rows: columns[0].length,
    complete: budget.complete,
    notes: [note, ...notes],
  });
}

function edgesOf(pattern: Pattern) {
  const edges: [number, number, SuggestedEdge["kind"]][] = [];
  for (let from = 0; from < pattern.size; from++)
    for (let to = 0; to < pattern.size; to++) {
      if (pattern.directed(from, to)) edges.push([from, to, "directed"]);
      else if (from < to && pattern.undirected(from, to)) edges.push([from, to, "undirected"]);
    }
  return edges;
}

function keyOf(from: number, to: number, kind: SuggestedEdge["kind"]): string {
  return kind === "directed" ? `${from}>${to}` : `${Math.min(from, to)}-${Math.max(from, to)}`;
}

/** Every edge counts as joined, a directed one also as directed. */
function keysOf(pattern: Pattern): string[] {
  return edgesOf(pattern).flatMap(([from, to, kind]) => [
    keyOf(from, to, "undirected"),
    ...(kind === "directed" ? [keyOf(from, to, kind)] : []),
  ]);
}

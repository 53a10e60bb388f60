import { describeValue, type Issue, seasonLengths, TwinError } from "@sage-twin/kernel";
import type { CausalGraph } from "../graph.js";
import type { HistoryTable } from "../history.js";
import type { MixedGraph } from "../structure/mixed-graph.js";
import { type GraphView, summarise } from "../structure/summary.js";
import { longestLag, unroll } from "../structure/unroll.js";
import { deviationsOf, trendAndSeason } from "./deviations.js";
import { testable } from "./implied-independences.js";
import { CorrelationTests, ranksOf } from "./partial-correlation.js";

/** Columns of independent rows by metric, or a table of periods. */
export type TestData = HistoryTable | Readonly<Record<string, ArrayLike<number>>>;

/** A graph and the columns of its nodes, ready to be tested against each other. */
export interface TestColumns {
  readonly graph: MixedGraph;
  /** Per node: its column, or -1 for nodes that are not tested. */
  readonly columnOf: Int32Array;
  readonly tests: CorrelationTests;
  readonly rows: number;
  /** The nodes that are tested, by metric: they are relabelled together. */
  readonly groups: readonly (readonly number[])[];
  readonly notes: readonly string[];
}

const fewestRows = 20;
/** Lags further back than this are taken as hidden: each doubles the nodes. */
const longestWindow = 12;

/** Finds the column of each node that can be tested: as they are, or over time as deviations from trend and season. */
export function testColumns(graph: GraphView, data: TestData, ranked: boolean): TestColumns {
  return isTable(data) ? overTime(graph, data, ranked) : asGiven(graph, data, ranked);
}

function isTable(data: TestData): data is HistoryTable {
  return typeof (data as HistoryTable).column === "function";
}

function asGiven(graph: GraphView, data: Readonly<Record<string, ArrayLike<number>>>, ranked: boolean): TestColumns {
  const view = summarise(graph);
  const columns = view.names.map((name) => (Object.hasOwn(data, name) ? data[name] : undefined));
  const lengths = new Map(Object.entries(data).map(([name, values]) => [name, values.length]));
  const [[longest, length] = ["", 0]] = [...lengths].sort((a, b) => b[1] - a[1]);
  const issues = [...lengths].flatMap(([name, own]): Issue[] =>
    own === length
      ? []
      : [{ code: "invalid-data", path: ["data", name], message: `${own} rows, but '${longest}' has ${length}` }],
  );
  for (const [name, values] of Object.entries(data)) {
    const row = Array.from(values).findIndex((value) => typeof value !== "number");
    if (row >= 0)
      issues.push({
        code: "invalid-data",
        path: ["data", name, row],
        message: `${describeValue((values as ArrayLike<unknown>)[row])} is not a number`,
      });
  }
  if (issues.length > 0) throw new TwinError(issues);
  const groups = view.names.map((_, node) => [node]);
  return prepare(
    view,
    columns.map((values) => values && Float64Array.from(values)),
    groups,
    ranked,
    0,
    false,
  );
}

function overTime(graph: GraphView, table: HistoryTable, ranked: boolean): TestColumns {
  if (!("identities" in graph)) {
    throw new TwinError({
      code: "invalid-argument",
      path: ["graph"],
      message: "a bare structure has no lags to lay over the periods of a table",
      fix: "give the causal graph, or the columns of the structure's nodes",
    });
  }
  const longest = longestLag(graph, table.frequency);
  const periods = Math.min(longest, longestWindow) + 1;
  const view = unroll(graph, { periods, frequency: table.frequency });
  const metrics = graph.metrics;
  const season = seasonLengths(table.frequency).find((length) => table.length >= 3 * length) ?? 1;
  const deviations = metrics.map((name) => {
    if (!table.metrics.includes(name)) return undefined;
    const values = table.column(name);
    if (values.filter(Number.isFinite).length < fewestRows) return undefined;
    return deviationsOf(values, season, onLogScale(graph, name, values));
  });
  const first = periods - 1;
  const rows = Math.max(0, table.length - first);
  const columns = view.names.map((_, node) => {
    const back = first - Math.floor(node / metrics.length);
    return deviations[node % metrics.length]?.slice(first - back, first - back + rows);
  });
  const groups = metrics.map((_, metric) =>
    Array.from({ length: periods }, (_, back) => (first - back) * metrics.length + metric),
  );
  const used = trendAndSeason(table.length, season).length;
  const prepared = prepare(view, columns, groups, ranked, used, true);
  const notes = longest > first ? [`lags beyond ${first} periods are taken as hidden`] : [];
  return { ...prepared, notes: [...prepared.notes, ...notes] };
}

/** A metric whose effects multiply is tested by its logarithm. */
function onLogScale(graph: CausalGraph, name: string, values: Float64Array): boolean {
  const multiplies = graph.edges.some(
    ({ from, to, mechanism }) =>
      (from === name && mechanism.curve.kind === "log") || (to === name && mechanism.link?.kind === "log"),
  );
  return multiplies && values.every((value) => !(value <= 0));
}

function prepare(
  graph: MixedGraph,
  columns: readonly (Float64Array | undefined)[],
  groups: readonly (readonly number[])[],
  ranked: boolean,
  used: number,
  ordered: boolean,
): TestColumns {
  const eligible = testable(graph);
  const whole = groups.filter((group) => group.every((node) => columns[node] !== undefined && eligible[node] !== 0));
  const nodes = whole.flat().sort((a, b) => a - b);
  const listed = nodes.map((node) => columns[node] as Float64Array);
  const length = listed[0]?.length ?? 0;
  const complete = Array.from({ length }, (_, row) => row).filter((row) =>
    listed.every((column) => Number.isFinite(column[row])),
  );
  if (complete.length < fewestRows) {
    throw new TwinError({
      code: "invalid-data",
      path: ["data"],
      message:
        nodes.length === 0
          ? "no column is a metric of the graph that can be tested"
          : `${complete.length} rows are complete; a test needs at least ${fewestRows}`,
      fix: "give columns named as the metrics of the graph, without gaps in most rows",
    });
  }
  const columnOf = new Int32Array(graph.names.length).fill(-1);
  nodes.forEach((node, column) => {
    columnOf[node] = column;
  });
  const kept = listed.map((column) => Float64Array.from(complete, (row) => column[row]));
  return {
    graph,
    columnOf,
    tests: new CorrelationTests(ranked ? kept.map(ranksOf) : kept, used, ordered),
    rows: complete.length,
    groups: whole,
    notes: complete.length < length ? [`${length - complete.length} of ${length} rows have gaps and are left out`] : [],
  };
}

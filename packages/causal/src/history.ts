import { compileColumns, namesIn, parseExpression } from "@sage-twin/formulas";
import { type Frequency, type Issue, TwinError } from "@sage-twin/kernel";
import type { CausalGraph } from "./graph.js";

/** What a graph is fitted on: regular columns, NaN where a value is missing. A `TimeTable` is one. */
export interface HistoryTable {
  readonly frequency: Frequency;
  /** The instant of the first row. */
  readonly start: number;
  readonly length: number;
  readonly metrics: readonly string[];
  column(metric: string): Float64Array;
}

const tolerance = 1e-6;
const shownRows = 3;

/**
 * Every metric's history: the table's columns, constants for levers without data, and identities computed from their parts.
 * An identity or a stock that has a column of its own must agree with it.
 *
 * @throws TwinError `contradiction` with an issue per row that disagrees, at most three per metric.
 */
export function gatherHistory(
  graph: CausalGraph,
  table: HistoryTable,
  order: readonly string[],
  constants: Readonly<Record<string, number>>,
): ReadonlyMap<string, Float64Array> {
  const history = new Map<string, Float64Array>();
  const issues: Issue[] = [];
  for (const name of order) {
    const own = table.metrics.includes(name) ? table.column(name) : undefined;
    const identity = graph.identities.find((candidate) => candidate.name === name);
    const stock = graph.stocks.find((candidate) => candidate.name === name);
    if (identity !== undefined) {
      const expression = parseExpression(identity.expression, ["identity", name]);
      const inputs = namesIn(expression);
      const computed = new Float64Array(table.length);
      compileColumns(expression, inputs)(
        inputs.map((input) => history.get(input) as Float64Array),
        computed,
        table.length,
      );
      if (own !== undefined) issues.push(...disagreements(name, `${name} = ${identity.expression}`, own, computed));
      history.set(name, computed);
    } else if (own !== undefined) {
      if (stock !== undefined) {
        const inflow = table.metrics.includes(stock.inflow) ? table.column(stock.inflow) : history.get(stock.inflow);
        const outflow = table.metrics.includes(stock.outflow)
          ? table.column(stock.outflow)
          : history.get(stock.outflow);
        if (inflow !== undefined && outflow !== undefined) {
          const computed = own.map((_, row) => (row === 0 ? Number.NaN : own[row - 1] + inflow[row] - outflow[row]));
          issues.push(...disagreements(name, `${name} = previous + ${stock.inflow} - ${stock.outflow}`, own, computed));
        }
      }
      history.set(name, own);
    } else if (Object.hasOwn(constants, name)) {
      history.set(name, new Float64Array(table.length).fill(constants[name]));
    } else {
      issues.push({
        code: "not-found",
        path: ["data", name],
        message: `'${name}' has no data`,
        fix: "add a column, declare it as an identity, or make it a lever with a baseline",
      });
      history.set(name, new Float64Array(table.length).fill(Number.NaN));
    }
  }
  if (issues.length > 0) throw new TwinError(issues);
  return history;
}

function disagreements(name: string, rule: string, found: Float64Array, computed: Float64Array): Issue[] {
  const rows = [...found.keys()].filter(
    (row) => Math.abs(found[row] - computed[row]) > tolerance * Math.max(1, Math.abs(found[row])),
  );
  return rows.slice(0, shownRows).map((row) => ({
    code: "contradiction",
    path: ["data", name, row],
    message: `the data say ${found[row]} where ${rule} gives ${computed[row]}${rows.length > shownRows ? ` (${rows.length} rows disagree)` : ""}`,
    fix: `correct the data, or remove the rule for '${name}'`,
  }));
}

/** A column without gaps: missing values interpolated, or carried from the nearest end. For carry-over and ring memory alone. */
export function bridgeGaps(values: Float64Array): Float64Array {
  const bridged = values.slice();
  let last = -1;
  for (let row = 0; row <= bridged.length; row++) {
    if (row < bridged.length && !Number.isFinite(bridged[row])) continue;
    for (let gap = last + 1; gap < row; gap++) {
      const before = last >= 0 ? bridged[last] : bridged[row];
      const after = row < bridged.length ? bridged[row] : before;
      bridged[gap] = before + ((after - before) * (gap - last)) / (row - last);
    }
    last = row;
  }
  return bridged;
}

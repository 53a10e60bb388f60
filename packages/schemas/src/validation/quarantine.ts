import type { Issue } from "@sage-twin/kernel";
import type { ColumnTable } from "../tables/column-table.js";
import { TimeTable } from "../tables/time-table.js";
import type { ColumnView, PipelineData } from "./column-view.js";
import type { QuarantinedRow } from "./pipeline-result.js";
import type { Finding } from "./run-expectation.js";

/** The bad rows of findings, ascending, each with its reasons. */
export function quarantine(
  view: ColumnView,
  rows: readonly unknown[] | undefined,
  findings: readonly Finding[],
): QuarantinedRow[] {
  const reasons = new Map<number, Issue[]>();
  for (const finding of findings) {
    finding.rows.forEach((row, index) => {
      const known = reasons.get(row);
      if (known === undefined) reasons.set(row, [finding.issue(index)]);
      else known.push(finding.issue(index));
    });
  }
  const value = (row: number): unknown =>
    rows === undefined ? Object.fromEntries(view.names.map((name) => [name, view.column(name)[row]])) : rows[row];
  return Array.from(reasons, ([row, list]) => ({ row, value: value(row), reasons: list })).sort(
    (a, b) => a.row - b.row,
  );
}

/** The data without the bad rows of findings; a bad period of a table becomes a gap. */
export function acceptRows(
  data: PipelineData,
  rows: readonly unknown[] | undefined,
  findings: readonly Finding[],
): readonly unknown[] | ColumnTable | TimeTable {
  const bad = new Set<number>();
  for (const finding of findings) for (const row of finding.rows) bad.add(row);
  if (rows !== undefined) return rows.filter((_, row) => !bad.has(row));
  if (data instanceof TimeTable) {
    const columns = data.metrics.map((metric) => [
      metric,
      data.column(metric).map((value, row) => (bad.has(row) ? Number.NaN : value)),
    ]);
    return TimeTable.of({ frequency: data.frequency, start: data.start, columns: Object.fromEntries(columns) });
  }
  const table = data as ColumnTable;
  const [any] = Object.values(table);
  const good = Uint32Array.from({ length: any.length }, (_, row) => row).filter((row) => !bad.has(row));
  const kept = Object.entries(table).map(([name, cells]) => [
    name,
    cells instanceof Float64Array
      ? Float64Array.from(good, (row) => cells[row])
      : Array.from(good, (row) => cells[row]),
  ]);
  return Object.fromEntries(kept) as ColumnTable;
}

import { formatInstant, type Issue, periodStart, TwinError, unknownName } from "@sage-twin/kernel";
import type { IntakeFigures, RejectionReason } from "../quality/quality.js";
import { addImputations } from "./imputation.js";
import type { TableParts } from "./table-parts.js";

/** The parts of one table and then another; see `TimeTable.append`. */
export function appendParts(table: TableParts, other: TableParts): TableParts {
  const offset = other.first - table.first;
  requireAppendable(table, other, offset);
  const mine = table.present.length;
  const theirs = other.present.length;
  const length = Math.max(mine, offset + theirs);
  const present = new Uint8Array(length);
  present.set(table.present);
  for (let row = 0; row < theirs; row++) present[offset + row] |= other.present[row];
  const columns = new Map<string, Float64Array>();
  for (const [metric, values] of table.columns) {
    const all = new Float64Array(length).fill(Number.NaN);
    all.set(values);
    all.set(other.columns.get(metric) ?? [], offset);
    columns.set(metric, all);
  }
  const incomplete = [...(table.incomplete ?? []), ...(other.incomplete ?? [])];
  const imputed = addImputations(table.imputed, other.imputed ?? []);
  return { ...table, columns, present, intake: addIntakes(table.intake, other.intake), incomplete, imputed };
}

function requireAppendable(table: TableParts, other: TableParts, offset: number): void {
  const { frequency } = table;
  const conflict = (path: Issue["path"], message: string, fix?: string): Issue => ({
    code: "conflict",
    path,
    message,
    fix,
  });
  const date = (row: number): string => formatInstant(periodStart(table.first + row, frequency), frequency);
  if (other.frequency !== frequency)
    throw new TwinError(conflict(["frequency"], `'${other.frequency}' after '${frequency}'`, "resample one of them"));
  const issues: Issue[] = [];
  for (const metric of other.columns.keys())
    if (!table.columns.has(metric))
      issues.push(...unknownName("metric", metric, table.columns.keys(), ["metrics"]).issues);
  for (const [metric, values] of table.columns) {
    const theirs = other.columns.get(metric);
    if (theirs === undefined) issues.push(conflict(["metrics", metric], "the later table does not have this metric"));
    else if (offset >= 0) {
      const overlap = Math.min(values.length - offset, theirs.length);
      for (let row = 0; row < overlap; row++) {
        const held = values[offset + row];
        if (!Object.is(held, theirs[row]))
          issues.push(conflict([metric, date(offset + row)], `${theirs[row]} where the table has ${held}`));
      }
    }
  }
  if (offset < 0)
    issues.push(conflict(["start"], `${date(offset)} is before ${date(0)}`, "append the later to the earlier"));
  if (issues.length > 0) throw new TwinError(issues);
}

function addReasons(a: readonly RejectionReason[], b: readonly RejectionReason[]): RejectionReason[] {
  const same = (one: RejectionReason, other: RejectionReason): boolean =>
    one.reason === other.reason && one.column === other.column;
  const both = a.map((one) => ({ ...one, count: one.count + (b.find((other) => same(one, other))?.count ?? 0) }));
  return [...both, ...b.filter((other) => !a.some((one) => same(one, other)))];
}

function addIntakes(a: IntakeFigures, b: IntakeFigures): IntakeFigures {
  return {
    rowsRead: a.rowsRead + b.rowsRead,
    rowsRejected: a.rowsRejected + b.rowsRejected,
    reasons: addReasons(a.reasons, b.reasons),
    duplicates: a.duplicates + b.duplicates,
    unsorted: a.unsorted + b.unsorted,
    ambiguousTimes: a.ambiguousTimes + b.ambiguousTimes,
    cells: new Map(
      Array.from(a.cells, ([metric, { read, empty, invalid }]) => {
        const more = b.cells.get(metric) ?? { read: 0, empty: 0, invalid: 0 };
        return [
          metric,
          {
            read: read + more.read,
            empty: empty + more.empty,
            invalid: invalid + more.invalid,
          },
        ];
      }),
    ),
  };
}

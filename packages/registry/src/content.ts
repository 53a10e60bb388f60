import { describeValue, type Issue, type Path, TwinError } from "@sage-twin/kernel";
import { type ColumnTable, type ColumnValues, TimeTable } from "@sage-twin/schemas";
import type { ColumnSummary, Dataset, TableSummary } from "./dataset-version.js";
import { type ContentId, contentId, numbersId, textsId } from "./digest.js";

const refusedNames = new Set(["", "__proto__", "constructor", "prototype"]);

/** The columns of a table, checked. */
export function columnsOf(table: TimeTable | ColumnTable, path: Path): ReadonlyMap<string, ColumnValues> {
  if (table instanceof TimeTable) return new Map(table.metrics.map((metric) => [metric, table.column(metric)]));
  if (typeof table !== "object" || table === null || Array.isArray(table))
    throw new TwinError({
      code: "invalid-argument",
      path,
      message: `${describeValue(table)} is not a table`,
      fix: "give a TimeTable, or an object of columns of one length",
    });
  const issues: Issue[] = [];
  const refuse = (column: string, message: string, fix?: string): void => {
    issues.push({ code: "invalid-data", path: [...path, column], message, fix });
  };
  const columns = new Map(Object.entries(table));
  const rows = columns.values().next().value?.length ?? 0;
  for (const [name, values] of columns) {
    if (refusedNames.has(name)) refuse(name, `'${name}' cannot be a column's name`, "rename it");
    else if (typeof values !== "object" || values === null || !Number.isInteger(values.length))
      refuse(name, `${describeValue(values)} is not a column`);
    else if (values.length !== rows) refuse(name, `${values.length} values beside ${rows} in the first column`);
    else if (!isNumbers(values) && !isTexts(values))
      refuse(name, "the values are neither all numbers nor all texts or null", "convert them to one of the two");
  }
  if (issues.length > 0) throw new TwinError(issues);
  return columns;
}

/** Whether every value of a column is a number; a column without values counts as one of numbers. */
export function isNumbers(values: ColumnValues): values is ArrayLike<number> {
  return ArrayBuffer.isView(values) || cellsOf(values).every((value) => typeof value === "number");
}

function isTexts(values: ColumnValues): values is readonly (string | null)[] {
  return cellsOf(values).every((value) => typeof value === "string" || value === null);
}

/** The cells of a column of either kind. */
export function cellsOf(values: ColumnValues): readonly (number | string | null)[] {
  return Array.from(values as ArrayLike<number | string | null>);
}

/** A table without its values. */
export function summarise(table: TimeTable | ColumnTable, path: Path): TableSummary {
  const columns = columnsOf(table, path);
  const summaries: Record<string, ColumnSummary> = {};
  let rows = 0;
  for (const [name, values] of columns) {
    rows = values.length;
    summaries[name] = isNumbers(values)
      ? { type: "numbers", id: numbersId(values), missing: count(values, Number.isNaN) }
      : { type: "texts", id: textsId(values, [...path, name]), missing: count(values, (value) => value === null) };
  }
  if (!(table instanceof TimeTable)) return { kind: "column-table", rows, columns: summaries };
  const { frequency, start, length, quality } = table;
  return { kind: "time-table", rows: length, frequency, start, columns: summaries, score: quality.score };
}

function count<Value>(values: ArrayLike<Value>, counted: (value: Value) => boolean): number {
  let total = 0;
  for (let row = 0; row < values.length; row++) if (counted(values[row])) total++;
  return total;
}

/** The id of a dataset's content: of everything but the order of tables and columns, and what is only said about them. */
export function datasetId(tables: Readonly<Record<string, TableSummary>>): ContentId {
  return contentId(
    Object.fromEntries(
      Object.entries(tables).map(([name, { kind, rows, frequency, start, columns }]) => [
        name,
        {
          kind,
          rows,
          frequency,
          start,
          columns: Object.fromEntries(Object.entries(columns).map(([column, { type, id }]) => [column, [type, id]])),
        },
      ]),
    ),
  );
}

/** The tables of a dataset, checked: their names, and that there is one. */
export function requireDataset(tables: Dataset): readonly [string, TimeTable | ColumnTable][] {
  const entries = typeof tables === "object" && tables !== null ? Object.entries(tables) : [];
  const wrong = entries.filter(([name]) => refusedNames.has(name)).map(([name]) => name);
  if (entries.length > 0 && wrong.length === 0 && !(tables instanceof TimeTable)) return entries;
  throw new TwinError({
    code: "invalid-argument",
    path: ["tables", ...wrong.slice(0, 1)],
    message: wrong.length > 0 ? `'${wrong[0]}' cannot be a table's name` : "these are not tables by name",
    fix: "give an object such as { revenue: table }",
  });
}

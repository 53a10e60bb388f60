import {
  describeValue,
  formatInstant,
  type Instant,
  type Issue,
  periodIndex,
  TwinError,
  toInstant,
  unknownName,
} from "@sage-twin/kernel";
import { type ColumnTable, type ColumnValues, TimeTable } from "@sage-twin/schemas";
import { instantsOf } from "../windows/bounds.js";

/** What a pipeline reads: metrics over periods, or columns of numbers and texts, in the order of time. */
export type FeatureSource<Name extends string = string> = TimeTable<Name> | ColumnTable;

/** The columns that a pipeline declares. */
export interface PipelineColumns {
  /** The columns of numbers and the unit of each, `""` for none. */
  readonly numbers: Readonly<Record<string, string>>;
  /** The columns of texts. */
  readonly texts: readonly string[];
  /** The column, or member of a row, that holds the time. */
  readonly time: string;
}

/** A table as the steps see it; features join its columns as they are made. */
export interface Inputs {
  readonly rows: number;
  readonly numbers: Map<string, Float64Array>;
  readonly texts: ReadonlyMap<string, readonly (string | null)[]>;
  /** Absent when the table has no time. */
  readonly instants: Float64Array | undefined;
}

/** A row as the steps see it. */
export interface RowInputs {
  readonly numbers: Map<string, number>;
  readonly texts: ReadonlyMap<string, string | null>;
  /** NaN when the rows have no time. */
  readonly instant: number;
}

/** Reads the declared columns of a table; a `TwinError` names all that are missing or of another type. */
export function readTable(table: FeatureSource, columns: PipelineColumns): Inputs {
  const issues: Issue[] = [];
  const numbers = new Map<string, Float64Array>();
  const texts = new Map<string, readonly (string | null)[]>();
  const timed = table instanceof TimeTable;
  const names = timed ? table.metrics : Object.keys(table);
  const found = (name: string): ColumnValues | undefined => {
    if (names.includes(name)) return timed ? table.column(name) : table[name];
    issues.push(...unknownName("column", name, names, ["table"]).issues);
    return undefined;
  };
  for (const name of Object.keys(columns.numbers)) {
    const values = found(name);
    if (values === undefined) continue;
    const wrong = Array.prototype.findIndex.call(values, (value: unknown) => typeof value !== "number");
    if (wrong >= 0) issues.push(wrongCell(name, wrong, values[wrong], "a number", "give NaN where a value is missing"));
    else numbers.set(name, Float64Array.from(values as ArrayLike<number>));
  }
  for (const name of columns.texts) {
    const values = found(name);
    if (values === undefined) continue;
    const wrong = Array.prototype.findIndex.call(
      values,
      (value: unknown) => typeof value !== "string" && value !== null,
    );
    if (wrong >= 0) issues.push(wrongCell(name, wrong, values[wrong], "text", "give null where it is missing"));
    else texts.set(name, Array.from(values as readonly (string | null)[]));
  }
  if (issues.length > 0) throw new TwinError(issues);
  const lengths = [...numbers, ...texts].map(([name, values]) => [name, values.length] as const);
  const rows = lengths[0]?.[1] ?? 0;
  for (const [name, length] of lengths)
    if (length !== rows)
      issues.push({
        code: "invalid-data",
        path: [name],
        message: `${length} values beside ${rows} in '${lengths[0][0]}'`,
      });
  if (issues.length > 0) throw new TwinError(issues);
  const times = timed ? undefined : table[columns.time];
  const instants = timed
    ? Float64Array.from({ length: rows }, (_, row) => table.instant(row))
    : times === undefined
      ? undefined
      : instantsOf(times as readonly Instant[], rows);
  return { rows, numbers, texts, instants };
}

function wrongCell(column: string, row: number, value: unknown, expected: string, fix: string): Issue {
  return { code: "invalid-data", path: [column, row], message: `${describeValue(value)} is not ${expected}`, fix };
}

/** Reads one row after those before it; a `TwinError` names all that is missing or does not follow. */
export function readRow(
  row: Readonly<Record<string, unknown>>,
  { numbers: declared, texts: textNames, time }: PipelineColumns,
  previous: number,
  frequency: string | undefined,
): RowInputs {
  const issues: Issue[] = [];
  const numbers = new Map<string, number>();
  const texts = new Map<string, string | null>();
  const problem = (name: string, expected: string, fix: string): void => {
    const message = Object.hasOwn(row, name)
      ? `${describeValue(row[name])} is not ${expected}`
      : "it is not in the row";
    issues.push({ code: "invalid-data", path: ["row", name], message, fix });
  };
  for (const name of Object.keys(declared)) {
    const value = Object.hasOwn(row, name) ? row[name] : undefined;
    if (typeof value === "number") numbers.set(name, value);
    else problem(name, "a number", "give NaN where a value is missing");
  }
  for (const name of textNames) {
    const value = Object.hasOwn(row, name) ? row[name] : undefined;
    if (typeof value === "string" || value === null) texts.set(name, value);
    else problem(name, "text", "give null where it is missing");
  }
  let instant = Number.NaN;
  if (Object.hasOwn(row, time)) {
    try {
      instant = toInstant(row[time] as Instant, ["row", time]);
    } catch (error) {
      if (!TwinError.isInstance(error)) throw error;
      issues.push(...error.issues);
    }
  } else if (frequency !== undefined || !Number.isNaN(previous)) problem(time, "a time", "give the time of the row");
  const out = order(instant, previous, frequency, time);
  if (out !== undefined) issues.push(out);
  if (issues.length > 0) throw new TwinError(issues);
  return { numbers, texts, instant };
}

function order(instant: number, previous: number, frequency: string | undefined, time: string): Issue | undefined {
  if (Number.isNaN(previous) || Number.isNaN(instant)) return undefined;
  const issue = (message: string, fix: string): Issue => ({ code: "conflict", path: ["row", time], message, fix });
  if (frequency === undefined) {
    if (instant >= previous) return undefined;
    return issue(
      `${formatInstant(instant, "h")} is before the last row, ${formatInstant(previous, "h")}`,
      "give rows in the order of time, or begin anew: fitted.restart()",
    );
  }
  const ahead = periodIndex(instant, frequency) - periodIndex(previous, frequency);
  if (ahead === 1) return undefined;
  return issue(
    `${formatInstant(instant, frequency)} does not follow ${formatInstant(previous, frequency)}`,
    ahead > 1
      ? "give a row of NaN for each period between"
      : "rows of the training table are known already; to begin anew: fitted.restart()",
  );
}

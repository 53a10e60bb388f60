import { describeValue, type Issue, type Path, TwinError, toInstant, unknownName } from "@sage-twin/kernel";
import type { ColumnTable } from "../tables/column-table.js";
import { TimeTable } from "../tables/time-table.js";

/** What a pipeline judges: row objects, columns, or a table of periods (whose dates are the column `date`). */
export type PipelineData = Iterable<Readonly<Record<string, unknown>>> | ColumnTable | TimeTable;

/** Numbers of a column, NaN where missing, and 1 in `wrong` where the cell is something else. */
export interface NumberCells {
  readonly values: Float64Array;
  readonly wrong: Uint8Array | undefined;
}

/** Data by columns, whatever it came as. */
export class ColumnView {
  readonly length: number;
  readonly names: readonly string[];
  readonly #read: (name: string) => ArrayLike<unknown>;
  readonly #cells = new Map<string, ArrayLike<unknown>>();
  readonly #numbers = new Map<string, NumberCells>();
  readonly #instants = new Map<string, NumberCells>();

  constructor(length: number, names: readonly string[], read: (name: string) => ArrayLike<unknown>) {
    this.length = length;
    this.names = names;
    this.#read = read;
  }

  /** Throws a `TwinError` with the near name for an unknown column; data without a row has every column. */
  column(name: string): ArrayLike<unknown> {
    let cells = this.#cells.get(name);
    if (cells === undefined) {
      if (this.length === 0) return [];
      if (!this.names.includes(name)) throw unknownName("column", name, this.names, ["columns", name]);
      cells = this.#read(name);
      this.#cells.set(name, cells);
    }
    return cells;
  }

  numbers(name: string): NumberCells {
    return remember(this.#numbers, name, () =>
      toNumbers(this.column(name), (cell) => (typeof cell === "number" ? cell : undefined)),
    );
  }

  /** Times as milliseconds: numbers as they are, dates, and ISO 8601 text. */
  instants(name: string): NumberCells {
    return remember(this.#instants, name, () => toNumbers(this.column(name), readInstant));
  }

  /** These rows alone. */
  subset(rows: Uint32Array): ColumnView {
    return new ColumnView(rows.length, this.names, (name) => {
      const cells = this.column(name);
      if (cells instanceof Float64Array) return Float64Array.from(rows, (row) => cells[row]);
      return Array.from(rows, (row) => cells[row]);
    });
  }
}

function remember<Value>(known: Map<string, Value>, name: string, make: () => Value): Value {
  let value = known.get(name);
  if (value === undefined) {
    value = make();
    known.set(name, value);
  }
  return value;
}

function toNumbers(cells: ArrayLike<unknown>, read: (cell: unknown) => number | undefined): NumberCells {
  if (cells instanceof Float64Array) return { values: cells, wrong: undefined };
  const values = new Float64Array(cells.length);
  let wrong: Uint8Array | undefined;
  for (let i = 0; i < cells.length; i++) {
    const number = isMissing(cells[i]) ? Number.NaN : read(cells[i]);
    values[i] = number ?? Number.NaN;
    if (number !== undefined) continue;
    wrong ??= new Uint8Array(cells.length);
    wrong[i] = 1;
  }
  return { values, wrong };
}

function readInstant(cell: unknown): number | undefined {
  try {
    return toInstant(cell as string);
  } catch {
    return undefined;
  }
}

/** Whether a cell holds nothing: undefined, null or NaN. Empty text is a value. */
export function isMissing(cell: unknown): boolean {
  return cell === undefined || cell === null || Number.isNaN(cell);
}

/** Throws a `TwinError` for what is no `TimeTable`. */
export function requireTable(value: TimeTable, path: Path): void {
  if (value instanceof TimeTable) return;
  throw new TwinError({
    code: "invalid-argument",
    path,
    message: `${describeValue(value)} is not a TimeTable`,
    fix: "make one with ingest or TimeTable.of",
  });
}

/** The data as columns; `faults` are the rows that are not objects. Throws a `TwinError` for data of another form. */
export function viewOf(data: PipelineData): {
  readonly view: ColumnView;
  readonly rows: readonly unknown[] | undefined;
  readonly faults: readonly number[];
} {
  if (data instanceof TimeTable) {
    const names = ["date", ...data.metrics];
    const read = (name: string): ArrayLike<unknown> => (name === "date" ? data.dates : data.column(name));
    return { view: new ColumnView(data.length, names, read), rows: undefined, faults: [] };
  }
  if (typeof data !== "object" || data === null) {
    throw new TwinError({
      code: "invalid-argument",
      path: ["data"],
      message: `${describeValue(data)} is not data`,
      fix: "give row objects, columns or a TimeTable",
    });
  }
  return Symbol.iterator in data ? viewOfRows([...(data as Iterable<unknown>)]) : viewOfColumns(data as ColumnTable);
}

function viewOfRows(rows: readonly unknown[]): ReturnType<typeof viewOf> {
  const names = new Set<string>();
  const faults: number[] = [];
  rows.forEach((row, index) => {
    if (isRow(row)) for (const key of Object.keys(row)) names.add(key);
    else faults.push(index);
  });
  const read = (name: string): unknown[] =>
    rows.map((row) => (isRow(row) && Object.hasOwn(row, name) ? row[name] : undefined));
  return { view: new ColumnView(rows.length, [...names], read), rows, faults };
}

function isRow(row: unknown): row is Record<string, unknown> {
  return typeof row === "object" && row !== null && !Array.isArray(row);
}

function viewOfColumns(table: ColumnTable): ReturnType<typeof viewOf> {
  const names = Object.keys(table);
  const length = table[names[0]]?.length ?? 0;
  const issues = names.flatMap((name): Issue[] => {
    const count: unknown = table[name]?.length;
    if (count === length && typeof table[name] === "object") return [];
    const message = typeof count === "number" ? `${count} cells beside ${length}` : "this is not a column";
    return [{ code: "invalid-data", path: ["columns", name], message, fix: "give columns of one length" }];
  });
  if (issues.length > 0) throw new TwinError(issues);
  return { view: new ColumnView(length, names, (name) => table[name]), rows: undefined, faults: [] };
}

import { describeValue, type Issue, type RunOptions, TwinError, unknownName } from "@sage-twin/kernel";

/** A row that cannot be read at all. */
export interface RowFault {
  readonly row: number;
  readonly reason: string;
  readonly message: string;
}

/** Some rows of a source, column by column in the order asked for. */
export interface Batch {
  /** The number of each row: in CSV as in the file, the header being row 1; elsewhere its index from 0. */
  readonly rows: ArrayLike<number>;
  readonly columns: readonly ArrayLike<unknown>[];
  readonly faults: readonly RowFault[];
}

const batchLength = 8192;
const searchedRows = 100;

/** Rows of objects in batches; a column that no row has goes to `report`, with the near name, and is empty. */
export function* objectBatches(
  rows: Iterable<unknown>,
  columns: readonly string[],
  report: (issues: readonly Issue[]) => void,
  { signal, onProgress }: Pick<RunOptions, "signal" | "onProgress">,
): Generator<Batch> {
  const total = Array.isArray(rows) ? rows.length : 0;
  const missing = new Set(columns);
  const known = new Set<string>();
  let row = 0;
  let cells: unknown[][] = columns.map(() => []);
  let numbers: number[] = [];
  let faults: RowFault[] = [];
  const flush = (last: boolean): Batch => {
    const batch = { rows: numbers, columns: cells, faults };
    cells = columns.map(() => []);
    numbers = [];
    faults = [];
    signal?.throwIfAborted();
    onProgress?.({ stage: "read", done: row, total: last ? row : total });
    return batch;
  };
  for (const record of rows) {
    if (typeof record !== "object" || record === null || Array.isArray(record)) {
      faults.push({
        row,
        reason: "not an object",
        message: `${describeValue(record)} is not a row object`,
      });
    } else {
      numbers.push(row);
      if (row < searchedRows) for (const key of Object.keys(record)) known.add(key);
      for (let i = 0; i < columns.length; i++) {
        const has = Object.hasOwn(record, columns[i]);
        if (has) missing.delete(columns[i]);
        cells[i].push(has ? (record as Record<string, unknown>)[columns[i]] : undefined);
      }
    }
    row++;
    if (row % batchLength === 0) yield flush(false);
  }
  yield flush(true);
  if (known.size > 0)
    report([...missing].flatMap((name) => unknownName("column", name, known, ["columns", name]).issues));
}

/** Columns in batches. */
export function* columnBatches(
  source: Readonly<Record<string, ArrayLike<unknown>>>,
  columns: readonly string[],
  report: (issues: readonly Issue[]) => void,
  { signal, onProgress }: Pick<RunOptions, "signal" | "onProgress">,
): Generator<Batch> {
  const found = columns.map((name) => (Object.hasOwn(source, name) ? source[name] : undefined));
  const length = found.find((cells) => cells !== undefined)?.length ?? 0;
  const issues: Issue[] = [];
  columns.forEach((name, index) => {
    const path = ["columns", name];
    const cells = found[index];
    if (cells === undefined) issues.push(...unknownName("column", name, Object.keys(source), path).issues);
    else if (cells.length !== length)
      issues.push({
        code: "invalid-data",
        path,
        message: `${cells.length} cells beside ${length} in another column`,
      });
  });
  if (issues.some(({ code }) => code === "invalid-data")) throw new TwinError(issues);
  report(issues);
  for (let from = 0; from < length; from += batchLength) {
    const rows = Array.from({ length: Math.min(batchLength, length - from) }, (_, index) => from + index);
    signal?.throwIfAborted();
    const to = from + rows.length;
    yield { rows, columns: found.map((cells) => part(cells, from, to)), faults: [] };
    onProgress?.({ stage: "read", done: to, total: length });
  }
}

function part(cells: ArrayLike<unknown> | undefined, from: number, to: number): ArrayLike<unknown> {
  if (cells instanceof Float64Array) return cells.subarray(from, to);
  return Array.from({ length: to - from }, (_, index) => cells?.[from + index]);
}

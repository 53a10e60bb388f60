import { describeValue, type Issue, type RunOptions, TwinError, unknownName } from "@sage-twin/kernel";
import { beyond, limitsOf, type ReadOptions } from "./read-options.js";

/** A row that cannot be read at all. */
export interface RowFault {
  readonly row: number;
  readonly reason: string;
  readonly message: string;
}

/** Some rows of a source, column by column in the order asked for. */
export interface Batch {
  /** The number of each row: in CSV as in the file, the header being row 1; in NDJSON its line; elsewhere its index from 0. */
  readonly rows: ArrayLike<number>;
  readonly columns: readonly ArrayLike<unknown>[];
  readonly faults: readonly RowFault[];
}

/** What a reader is asked by: which columns, once the source has told its own, and where what is wrong with them goes. */
export interface Request {
  readonly choose: (header: readonly string[]) => readonly string[];
  readonly report: (issues: readonly Issue[]) => void;
}

const batchLength = 8192;
const searchedRows = 100;
const pollutingKeys = ["__proto__", "constructor", "prototype"] as const;

/** An issue for each name among a source's columns that JavaScript objects have a use for. */
export function pollutionIssues(header: readonly string[]): Issue[] {
  return pollutingKeys
    .filter((key) => header.includes(key))
    .map((key) => ({
      code: "invalid-data",
      path: ["columns", key],
      message: `'${key}' is not allowed as a column`,
      fix: "rename it",
    }));
}

/** Gathers row objects into batches; a column that no row has is empty, and told with the near name by `end`. */
export class RowBatcher {
  readonly #request: Request;
  readonly #longestCell: number;
  #waiting: { readonly row: number; readonly record: object }[] = [];
  #names: readonly string[] | undefined;
  readonly #missing = new Set<string>();
  readonly #known = new Set<string>();
  #rows: number[] = [];
  #cells: unknown[][] = [];
  #faults: RowFault[] = [];

  constructor(request: Request, longestCell: number) {
    this.#request = request;
    this.#longestCell = longestCell;
  }

  add(row: number, record: unknown): void {
    if (typeof record !== "object" || record === null || Array.isArray(record))
      this.fault(row, "not an object", `${describeValue(record)} is not a row object`);
    else {
      const key = pollutingKeys.find((name) => Object.hasOwn(record, name));
      if (key !== undefined) this.fault(row, "a key that is not allowed", `the key '${key}' is not allowed`);
      else if (this.#names !== undefined) this.#take(row, record);
      else if (this.#waiting.push({ row, record }) === searchedRows) this.#choose();
    }
  }

  fault(row: number, reason: string, message: string): void {
    this.#faults.push({ row, reason, message });
  }

  /** What was added since the last batch. */
  batch(): Batch {
    this.#choose();
    const batch = { rows: this.#rows, columns: this.#cells, faults: this.#faults };
    this.#rows = [];
    this.#cells = this.#cells.map(() => []);
    this.#faults = [];
    return batch;
  }

  end(): void {
    if (this.#known.size === 0) return;
    this.#request.report(
      Array.from(this.#missing, (name) => unknownName("column", name, this.#known, ["columns", name]).issues).flat(),
    );
  }

  #choose(): void {
    if (this.#names !== undefined) return;
    for (const { record } of this.#waiting) for (const key of Object.keys(record)) this.#known.add(key);
    this.#names = this.#request.choose([...this.#known]);
    for (const name of this.#names) this.#missing.add(name);
    this.#cells = this.#names.map(() => []);
    for (const { row, record } of this.#waiting) this.#take(row, record);
    this.#waiting = [];
  }

  #take(row: number, record: object): void {
    const names = this.#names as readonly string[];
    this.#rows.push(row);
    for (let i = 0; i < names.length; i++) {
      const has = Object.hasOwn(record, names[i]);
      if (has && this.#missing.size > 0) this.#missing.delete(names[i]);
      const cell = has ? (record as Record<string, unknown>)[names[i]] : undefined;
      if (typeof cell === "string" && cell.length > this.#longestCell)
        throw beyond("cell", this.#longestCell, ["rows", row, names[i]], "the characters of the cell are");
      this.#cells[i].push(cell);
    }
  }
}

/** Rows of objects in batches. */
export function* objectBatches(rows: Iterable<unknown>, request: Request, options: ReadOptions): Generator<Batch> {
  const { signal, onProgress } = options;
  const total = Array.isArray(rows) ? rows.length : 0;
  const batcher = new RowBatcher(request, limitsOf(options).cell);
  let row = 0;
  const flush = (last: boolean): Batch => {
    signal?.throwIfAborted();
    onProgress?.({ stage: "read", done: row, total: last ? row : total });
    return batcher.batch();
  };
  for (const record of rows) {
    batcher.add(row++, record);
    if (row % batchLength === 0) yield flush(false);
  }
  yield flush(true);
  batcher.end();
}

/** Columns in batches. */
export function* columnBatches(
  source: Readonly<Record<string, ArrayLike<unknown>>>,
  { choose, report }: Request,
  { signal, onProgress }: Pick<RunOptions, "signal" | "onProgress">,
): Generator<Batch> {
  const header = Object.keys(source);
  const columns = choose(header);
  const found = columns.map((name) => (Object.hasOwn(source, name) ? source[name] : undefined));
  const length = found.find((cells) => cells !== undefined)?.length ?? 0;
  const uneven: Issue[] = [];
  const issues = pollutionIssues(header);
  columns.forEach((name, index) => {
    const path = ["columns", name];
    const cells = found[index];
    if (cells === undefined) issues.push(...unknownName("column", name, header, path).issues);
    else if (cells.length !== length)
      uneven.push({ code: "invalid-data", path, message: `${cells.length} cells beside ${length} in another column` });
  });
  if (uneven.length > 0) throw new TwinError([...uneven, ...issues]);
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

import { type Issue, TwinError, unknownName } from "@sage-twin/kernel";
import { dsvFormat } from "d3-dsv";
import { type Batch, pollutionIssues, type Request, type RowFault } from "./batch.js";
import { CsvRecords } from "./csv-records.js";
import { beyond, limitsOf, type ReadOptions } from "./read-options.js";
import { type TextSource, textOf } from "./text-source.js";

const charactersPerTurn = 1 << 22;

/**
 * Reads chosen columns of CSV with a header, batch by batch and column by column, as text. Blank lines are skipped; a row with
 * another number of cells than the header is among the batch's `faults`. Throws a `TwinError` for an empty source, a column
 * that is not there (with the near name) or is there twice, a quote that is not closed, and where a limit is reached.
 *
 * @example
 * ```ts
 * import { readCsv } from "@sage-twin/schemas";
 *
 * const prices: string[] = [];
 * for await (const batch of readCsv("sku,price\na,1.20\nb,3.40", ["price"])) prices.push(...(batch.columns[0] as string[]));
 * prices; // => ["1.20", "3.40"]
 * ```
 */
export async function* readCsv(
  source: TextSource,
  columns: readonly string[],
  options: Omit<ReadOptions, "type"> = {},
): AsyncGenerator<Batch> {
  const report = (issues: readonly Issue[]): void => {
    if (issues.length > 0) throw new TwinError(issues);
  };
  yield* csvBatches(source, { choose: () => columns, report }, options);
}

/** As `readCsv`; what is wrong with the header goes to `report`, and a column that is not there is empty. */
export async function* csvBatches(
  source: TextSource,
  { choose, report }: Request,
  options: ReadOptions,
): AsyncGenerator<Batch> {
  const { signal, onProgress, delimiter = "," } = options;
  const limits = limitsOf(options);
  const records = new CsvRecords(delimiter, limits.line);
  const parser = dsvFormat(delimiter);
  const total = typeof source === "string" ? source.length : 0;
  let header: string[] | undefined;
  let columns: readonly string[] = [];
  let places: number[] = [];
  let row = 0;
  let done = 0;
  let turn = charactersPerTurn;

  const parse = (text: string): Batch => {
    let cells: string[][] = columns.map(() => []);
    const rows: number[] = [];
    const faults: RowFault[] = [];
    const mayBeLong = text.length > limits.cell;
    parser.parseRows(text, (record) => {
      row++;
      if (mayBeLong && record.some((cell) => cell.length > limits.cell))
        throw beyond("cell", limits.cell, ["rows", row], "the characters of a cell are");
      if (header === undefined) {
        header = record;
        columns = choose(record);
        cells = columns.map(() => []);
        places = columns.map((name) => record.indexOf(name));
        report(headerIssues(record, columns));
      } else if (record.length === header.length) {
        rows.push(row);
        for (let i = 0; i < places.length; i++) cells[i].push(places[i] < 0 ? "" : record[places[i]]);
      } else if (record.length > 1 || record[0] !== "") {
        const message = `${record.length} cells, where the header has ${header.length}`;
        faults.push({ row, reason: "another number of cells than the header", message });
      }
      return undefined;
    });
    return { rows, columns: cells, faults };
  };

  const advance = async (text: string, last: boolean): Promise<Batch> => {
    const { whole, problem } = records.next(text, last);
    const batch = parse(problem?.code === "too-large" ? "" : whole);
    if (problem !== undefined) pending = new TwinError({ ...problem, path: ["rows", row + 1] });
    done += text.length;
    onProgress?.({ stage: "read", done, total: last ? done : total });
    if (done >= turn) {
      // lets timers and clicks through, so that a signal can abort the reading of one long text
      turn = done + charactersPerTurn;
      await new Promise((resolve) => setTimeout(resolve));
    }
    signal?.throwIfAborted();
    return batch;
  };

  let pending: TwinError | undefined;
  signal?.throwIfAborted();
  for await (const text of textOf(source, options)) {
    yield await advance(text, false);
    if (pending !== undefined) throw pending;
  }
  yield await advance("", true);
  if (pending !== undefined) throw pending;
  if (header === undefined) throw emptySource();
}

/** The error of a source without a header. */
export function emptySource(): TwinError {
  return new TwinError({
    code: "invalid-data",
    path: ["source"],
    message: "the source is empty",
    fix: "give a header and rows",
  });
}

function headerIssues(header: readonly string[], columns: readonly string[]): Issue[] {
  const issues = pollutionIssues(header);
  for (const name of new Set(columns)) {
    const path = ["columns", name];
    const places = header.filter((other) => other === name).length;
    if (places === 0) {
      const known = header.map((other) => other.slice(0, 80));
      issues.push(...unknownName("column", name, known, path).issues);
    } else if (places > 1)
      issues.push({ code: "conflict", path, message: `the header has it ${places} times`, fix: "rename one" });
  }
  const separator = [";", "\t", "|"].find((other) => header.length === 1 && header[0].includes(other));
  if (separator !== undefined && issues.length > 0)
    issues[0] = { ...issues[0], fix: `the header is one cell: is the delimiter ${JSON.stringify(separator)}?` };
  if (/^\s*[[{]/.test(header[0]) && issues.length > 0) issues[0] = { ...issues[0], fix: 'is it JSON? type: "json"' };
  return issues;
}

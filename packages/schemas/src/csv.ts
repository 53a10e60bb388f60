import { type Issue, type RunOptions, TwinError, unknownName } from "@sage-twin/kernel";
import { csvParseRows } from "d3-dsv";
import type { Batch, RowFault } from "./batch.js";
import { CsvRecords } from "./csv-records.js";
import { type CsvSource, csvText } from "./csv-text.js";

const charactersPerTurn = 1 << 22;

/**
 * Reads chosen columns of CSV with a header, batch by batch and column by column, as text. Blank lines are skipped; a row with
 * another number of cells than the header is among the batch's `faults`. Throws a `TwinError` for an empty source, a column
 * that is not there (with the near name) or is there twice, and a quote that is not closed.
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
  source: CsvSource,
  columns: readonly string[],
  options: Pick<RunOptions, "signal" | "onProgress"> = {},
): AsyncGenerator<Batch> {
  const requireAll = (issues: readonly Issue[]): void => {
    if (issues.length > 0) throw new TwinError(issues);
  };
  yield* csvBatches(source, columns, requireAll, options);
}

/** As `readCsv`; what is wrong with the header goes to `report`, and a column that is not there is empty. */
export async function* csvBatches(
  source: CsvSource,
  columns: readonly string[],
  report: (issues: readonly Issue[]) => void,
  { signal, onProgress }: Pick<RunOptions, "signal" | "onProgress">,
): AsyncGenerator<Batch> {
  const records = new CsvRecords();
  const total = typeof source === "string" ? source.length : 0;
  let header: string[] | undefined;
  let places: number[] = [];
  let row = 0;
  let done = 0;
  let turn = charactersPerTurn;

  const parse = (text: string): Batch => {
    const cells: string[][] = columns.map(() => []);
    const rows: number[] = [];
    const faults: RowFault[] = [];
    csvParseRows(text, (record) => {
      row++;
      if (header === undefined) {
        header = record;
        places = columns.map((name) => record.indexOf(name));
        report(headerIssues(record, columns));
      } else if (record.length === header.length) {
        rows.push(row);
        for (let i = 0; i < places.length; i++) cells[i].push(places[i] < 0 ? "" : record[places[i]]);
      } else if (record.length > 1 || record[0] !== "") {
        const message = `${record.length} cells, where the header has ${header.length}`;
        faults.push({
          row,
          reason: "another number of cells than the header",
          message,
        });
      }
      return undefined;
    });
    return { rows, columns: cells, faults };
  };

  const advance = async (text: string, last: boolean): Promise<Batch> => {
    const { whole, problem } = records.next(text, last);
    const batch = parse(whole);
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
  for await (const text of csvText(source)) {
    yield await advance(text, false);
    if (pending !== undefined) throw pending;
  }
  yield await advance("", true);
  if (pending !== undefined) throw pending;
  if (header === undefined) {
    throw new TwinError({
      code: "invalid-data",
      path: ["source"],
      message: "the source is empty",
      fix: "give a header and rows",
    });
  }
}

function headerIssues(header: readonly string[], columns: readonly string[]): Issue[] {
  const issues: Issue[] = [];
  for (const name of new Set(columns)) {
    const path = ["columns", name];
    const places = header.filter((other) => other === name).length;
    if (places === 0)
      issues.push(
        ...unknownName(
          "column",
          name,
          header.map((other) => other.slice(0, 80)),
          path,
        ).issues,
      );
    else if (places > 1)
      issues.push({
        code: "conflict",
        path,
        message: `the header has it ${places} times`,
        fix: "rename one",
      });
  }
  return issues;
}

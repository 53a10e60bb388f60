import { periodIndex, TwinError, toInstant } from "@sage-twin/kernel";
import { TimeTable } from "../tables/time-table.js";

/** How CSV is written. */
export interface CsvOptions {
  /** Default `","`. */
  readonly delimiter?: "," | ";" | "\t" | "|";
  /** Default: the keys of the first row. */
  readonly columns?: readonly string[];
}

type Row = Readonly<Record<string, unknown>>;

const formulaStart = /^[=+\-@\t\r]/;
const rowsPerPiece = 1000;

/**
 * A table or rows as CSV with a header, numbers in full, missing values empty, times as ISO text. Text that a spreadsheet would
 * run as a formula, which starts with `=`, `+`, `-`, `@`, a tab or a carriage return, gets an apostrophe before it, which
 * spreadsheets do not show (OWASP, "CSV Injection"). `ingest` reads a table back to the same values: gaps between periods are not
 * written, as they come back by themselves.
 *
 * @example
 * ```ts
 * import { TimeTable, toCsv } from "@sage-twin/schemas";
 *
 * const table = TimeTable.of({ frequency: "D", start: "2026-01-05", columns: { sales: [1.5, NaN, 2], staff: [3, NaN, NaN] } });
 * toCsv(table); // => "date,sales,staff\n2026-01-05,1.5,3\n2026-01-07,2,\n"
 * toCsv([{ name: "=1+1", sales: -2 }]); // => "name,sales\n'=1+1,-2\n"
 * ```
 */
export function toCsv(source: TimeTable | Iterable<Row>, options: CsvOptions = {}): string {
  return [...csvPieces(source, options)].join("");
}

/** The text of `toCsv` in pieces, each of whole lines: `ReadableStream.from(csvPieces(rows))`. */
export function* csvPieces(source: TimeTable | Iterable<Row>, options: CsvOptions = {}): Generator<string> {
  const { delimiter = "," } = options;
  const isTable = source instanceof TimeTable;
  let columns = options.columns ?? (isTable ? ["date", ...source.metrics] : undefined);
  const quoted = new RegExp(`["\\n\\r${delimiter === "|" ? "\\|" : delimiter}]`);
  const cell = (value: unknown): string => {
    const text = cellText(value);
    return quoted.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  };
  const line = (cells: readonly unknown[]): string => {
    const text = cells.map(cell).join(delimiter);
    // a line of one empty cell would be a blank line
    return `${text === "" ? '""' : text}\n`;
  };
  let piece = columns === undefined ? "" : line(columns);
  let rows = 0;
  for (const row of isTable ? heldRows(source) : source) {
    if (columns === undefined) {
      columns = Object.keys(row);
      piece += line(columns);
    }
    const unknown = Object.keys(row).find((key) => !columns?.includes(key));
    if (unknown !== undefined && options.columns === undefined)
      throw new TwinError({
        code: "invalid-data",
        path: ["rows", rows, unknown],
        message: "the first row does not have this column",
        fix: "name the columns to write: columns: [...]",
      });
    piece += line(columns.map((name) => (Object.hasOwn(row, name) ? row[name] : undefined)));
    if (++rows % rowsPerPiece !== 0) continue;
    yield piece;
    piece = "";
  }
  yield piece;
}

/** The rows of a table without its gaps, which come back by themselves, but for those at its ends, which would not. */
function* heldRows(table: TimeTable): Generator<Row> {
  const { frequency, quality, length } = table;
  const first = periodIndex(table.start, frequency);
  const left = new Set<number>();
  for (const { from, periods } of quality.gaps) {
    const start = periodIndex(toInstant(from), frequency) - first;
    for (let row = start; row < start + periods; row++) if (row > 0 && row < length - 1) left.add(row);
  }
  let index = 0;
  for (const row of table.rows()) {
    const filled = table.metrics.some((metric) => !Number.isNaN(row[metric] as number));
    if (!left.has(index++) || filled) yield row;
  }
}

function cellText(value: unknown): string {
  if (value === undefined || value === null || Number.isNaN(value)) return "";
  if (typeof value === "number") return Object.is(value, -0) ? "-0" : String(value);
  if (value instanceof Date) return value.toISOString();
  const text = String(value);
  return typeof value !== "bigint" && formulaStart.test(text) ? `'${text}` : text;
}

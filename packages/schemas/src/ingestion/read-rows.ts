import { type Issue, TwinError } from "@sage-twin/kernel";
import type { RejectionReason } from "../quality/quality.js";
import type { RowOptions } from "./ingest-options.js";
import { RowReader } from "./row-reader.js";
import { type IngestSource, openSource } from "./source.js";

/** The rows of a source that hold, and what was wrong with the others. */
export interface ReadRows<Metric extends string> {
  /** `date` is the local date, with the time of day where there is one; a missing value is null. */
  readonly rows: readonly ({ readonly date: string } & Readonly<Record<Metric, number | string | null>>)[];
  readonly rowsRead: number;
  readonly rowsRejected: number;
  /** Every issue of the rejected rows (the first thousand, and the number of the others). */
  readonly issues: readonly Issue[];
  readonly reasons: readonly RejectionReason[];
}

const day = 86_400_000;

/**
 * Reads the rows of any source and checks them against a department as `ingest` does, without aggregating them: row objects that
 * `validate`, `ingest` and a twin's `observe` take. All rows are held in memory.
 *
 * @example
 * ```ts
 * import { department, readRows } from "@sage-twin/schemas";
 *
 * const shop = department("shop", { sales: { unit: "GBP", kind: "flow" } });
 * const { rows } = await readRows("date,sales\n2026-01-05 09:30,10\n2026-01-06,", { schema: shop });
 * rows; // => [{ date: "2026-01-05T09:30:00", sales: 10 }, { date: "2026-01-06", sales: null }]
 * ```
 */
export async function readRows<Metric extends string>(
  source: IngestSource,
  options: RowOptions<Metric>,
): Promise<ReadRows<Metric>> {
  const reader = await RowReader.open(options);
  const rows: Record<string, unknown>[] = [];
  for await (const batch of openSource(source, reader, options)) {
    const { walls, bad, cells } = reader.check(batch);
    if (reader.log.broken) break;
    for (let i = 0; i < bad.length; i++) {
      if (bad[i] === 1) continue;
      const row: Record<string, unknown> = { date: localTime(walls[i]) };
      reader.feeds.forEach(({ metric }, feed) => {
        const cell = cells[feed][i];
        row[metric] = typeof cell === "number" && Number.isNaN(cell) ? null : cell;
      });
      rows.push(row);
    }
  }
  const { issues, reasons, broken } = reader.log;
  if (broken || (options.invalid !== "reject" && issues.length > 0)) throw new TwinError(issues);
  return {
    rows: rows as unknown as ReadRows<Metric>["rows"],
    rowsRead: reader.rowsRead,
    rowsRejected: reader.rowsRead - rows.length,
    issues,
    reasons,
  };
}

function localTime(wall: number): string {
  const text = new Date(wall).toISOString();
  return wall % day === 0 ? text.slice(0, 10) : text.replace(/(\.000)?Z$/, "");
}

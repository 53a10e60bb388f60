import { TwinError } from "@sage-twin/kernel";
import type { TimeTable } from "../tables/time-table.js";
import type { IngestOptions } from "./ingest-options.js";
import { Intake } from "./intake.js";
import { RowReader } from "./row-reader.js";
import { type IngestSource, openSource } from "./source.js";

/**
 * Reads rows, checks them against a department, and aggregates them into a `TimeTable` of regular periods. Unless `format` says
 * otherwise, numbers are written with a point and without separators; empty cells, `NaN`, `NA`, `N/A` and `null` are missing; columns that feed no metric are
 * ignored; rows may come in any order. Throws one `TwinError` with all issues: rows are numbered as in the file, the header
 * being row 1, and row objects and columns from 0. Progress is in characters of CSV or in rows; a total that is not known is 0
 * until the end.
 *
 * @example
 * ```ts
 * import { department, ingest } from "@sage-twin/schemas";
 *
 * const shop = department("shop", {
 *   sales: { unit: "GBP", kind: "flow" },
 *   customers: { unit: "customers", kind: "flow", aggregate: "distinctCount" },
 * });
 * const csv = "time,amount,customer\n2026-01-05 09:30,10,ann\n2026-01-05 17:00,5,ann\n2026-01-06 12:15,7,bob";
 * const table = await ingest(csv, {
 *   schema: shop,
 *   frequency: "D",
 *   time: "time",
 *   columns: { sales: "amount", customers: "customer" },
 * });
 * [...table.column("sales")]; // => [15, 7]
 * [...table.column("customers")]; // => [1, 1]
 * ```
 */
export async function ingest<Metric extends string>(
  source: IngestSource,
  options: IngestOptions<Metric>,
): Promise<TimeTable<Metric>> {
  const reader = await RowReader.open(options);
  const intake = new Intake(options, reader);
  try {
    for await (const batch of openSource(source, reader, options)) intake.add(batch);
  } catch (error) {
    // what the reader stopped at is told together with what was found before it
    if (!TwinError.isInstance(error)) throw error;
    reader.report(error.issues);
  }
  return intake.table() as TimeTable<Metric>;
}

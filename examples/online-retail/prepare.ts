import { createReadStream } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { createGunzip } from "node:zlib";
import type { RunOptions } from "@sage-twin/kernel";
import { type CsvSource, type TimeTable, toCsv } from "@sage-twin/schemas";
import { matchCancellations } from "./prepare/cancellations.js";
import { classify } from "./prepare/classify.js";
import { customerOrders } from "./prepare/customer-orders.js";
import { toEvents } from "./prepare/events.js";
import { type PreparationNotes, takeNotes } from "./prepare/notes.js";
import { readLines } from "./prepare/read-lines.js";
import { type Tables, tablesOf } from "./prepare/tables.js";

const firstDay = "2010-12-01";
const firstMonday = "2010-12-06";
/** The last Monday: the week that it starts is cut off. */
const lastMonday = "2011-12-05";
/** The last day, which ends at 12:50. */
const lastDay = "2011-12-09";

/** The shop's tables: every whole day, and every whole week from Monday to Sunday. */
export interface PreparedTables {
  readonly daily: Tables;
  readonly weekly: Tables;
}

/** The department tables of the raw transactions, the customers' orders as CSV, and what was done with every line. */
export async function prepareFromRaw(
  source: CsvSource,
  options: RunOptions = {},
): Promise<{ readonly tables: PreparedTables; readonly orders: string; readonly notes: PreparationNotes }> {
  const lines = await readLines(source, options);
  const kinds = classify(lines);
  const cancellations = matchCancellations(lines, kinds);
  const events = toEvents(lines, kinds, cancellations);
  const { signal } = options;
  const daily = await tablesOf(events, "D", firstDay, lastDay, { signal });
  const weekly = await tablesOf(events, "W", firstMonday, lastMonday, { signal });
  const orders = customerOrders(lines, kinds, cancellations);
  return { tables: { daily, weekly }, orders, notes: takeNotes(lines, kinds, cancellations) };
}

/** The raw file as a stream of CSV bytes. */
export function openRaw(path: string): CsvSource {
  return path.endsWith(".gz")
    ? createReadStream(path).pipe(createGunzip({ chunkSize: 1 << 18 }))
    : createReadStream(path);
}

async function main(): Promise<void> {
  const data = process.env["SAGE_TWIN_DATA"] ?? fileURLToPath(new URL("../../../shared/data", import.meta.url));
  const raw = process.argv[2] ?? join(data, "online-retail.csv.gz");
  const out = fileURLToPath(new URL("../data/online-retail", import.meta.url));
  const { tables, orders, notes } = await prepareFromRaw(openRaw(raw));
  await mkdir(out, { recursive: true });
  for (const frequency of ["daily", "weekly"] as const) {
    for (const [name, table] of Object.entries<TimeTable>(tables[frequency])) {
      await writeFile(join(out, `${name}-${frequency}.csv`), toCsv(table));
      console.log(`${name}-${frequency}.csv: ${table.length} periods, ${table.quality.gaps.length} gaps`);
    }
  }
  await writeFile(join(out, "customer-orders.csv"), orders);
  await writeFile(join(out, "notes.json"), `${JSON.stringify(notes, null, 2)}\n`);
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) await main();

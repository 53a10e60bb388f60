// The raw retail file to its department tables: rows per second, median of three, and peak memory. With --danfo, part of the
// same work (read the CSV, count and sum by day) through danfojs 1.2.0 and through this package, one after the other.
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gunzipSync } from "node:zlib";
import { department, ingest } from "@sage-twin/schemas";
import { requirePeers } from "../../../.tools/peers.js";
import { openRaw, prepareFromRaw } from "../../../examples/online-retail/prepare.js";

const data = process.env["SAGE_TWIN_DATA"] ?? fileURLToPath(new URL("../../../../shared/data", import.meta.url));
const path = join(data, "online-retail.csv.gz");
const repeats = 3;

if (!existsSync(path)) {
  console.log(`skipped: ${path} is not there; set SAGE_TWIN_DATA to the folder that holds online-retail.csv.gz`);
} else {
  await report("raw .csv.gz to five department tables, daily and weekly", async () => {
    const { notes } = await prepareFromRaw(openRaw(path));
    return notes.rows;
  });
  const memory = Math.round(process.resourceUsage().maxRSS / 1024);
  console.log(`peak memory of the process ${memory} MB`);
  if (process.argv.includes("--danfo")) await besideDanfo();
}

async function report(name: string, work: () => Promise<number>): Promise<void> {
  const seconds: number[] = [];
  let rows = 0;
  for (let i = 0; i < repeats; i++) {
    const start = performance.now();
    rows = await work();
    seconds.push((performance.now() - start) / 1000);
  }
  const median = seconds.sort((a, b) => a - b)[repeats >> 1];
  console.log(`${name}: ${median.toFixed(2)} s, ${Math.round(rows / median)} rows/s`);
}

async function besideDanfo(): Promise<void> {
  const schema = department("lines", {
    units: { unit: "units", kind: "flow" },
    lines: { unit: "lines", kind: "flow", aggregate: "count" },
  });
  const csv = gunzipSync(readFileSync(path)).toString();
  await report("CSV text to units and lines by day, @sage-twin/schemas", async () => {
    const columns = { units: "Quantity", lines: "InvoiceNo" };
    const table = await ingest(csv, { schema, frequency: "D", time: "InvoiceDate", columns });
    console.log(`  ${table.column("units").reduce((sum, units) => sum + (units || 0), 0)} units`);
    return table.quality.rowsRead;
  });
  const peers = new URL("../../adapters/danfo/test/peers/", import.meta.url);
  if (requirePeers(peers) === undefined) return;
  const script = fileURLToPath(new URL("danfo-by-day.cjs", import.meta.url));
  const folder = fileURLToPath(new URL("package.json", peers));
  execFileSync(process.execPath, ["--max-old-space-size=8192", script, path, folder], { stdio: "inherit" });
}

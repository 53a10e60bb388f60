// The raw retail file ten times over, as a stream through gunzip: peak resident memory above that at the start, and rows per
// second. Once into one table (ingest), once into periods as they close (openIngest; each copy is two years after the last).
import { createReadStream, existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { createGunzip } from "node:zlib";
import { department, ingest, openIngest } from "@sage-twin/schemas";

const data = process.env["SAGE_TWIN_DATA"] ?? fileURLToPath(new URL("../../../../shared/data", import.meta.url));
const path = join(data, "online-retail.csv.gz");
const copies = 10;
const schema = department("lines", {
  units: { unit: "units", kind: "flow" },
  price: { unit: "GBP", kind: "price" },
  invoices: { unit: "invoices", kind: "flow", aggregate: "distinctCount" },
});
const options = {
  schema,
  frequency: "D",
  time: "InvoiceDate",
  columns: { units: "Quantity", price: "UnitPrice", invoices: "InvoiceNo" },
} as const;

/** The bytes of all copies, with the header of the first; `shift` moves the years of each copy on. */
async function* repeated(shift: boolean): AsyncGenerator<Uint8Array> {
  for (let copy = 0; copy < copies; copy++) {
    let line = "";
    let first = copy > 0;
    const stream = createReadStream(path).pipe(createGunzip({ chunkSize: 1 << 16 }));
    for await (const piece of stream as AsyncIterable<Buffer>) {
      let text = line + piece.toString("latin1");
      const end = text.lastIndexOf("\n") + 1;
      line = text.slice(end);
      text = text.slice(0, end);
      if (first) text = text.slice(text.indexOf("\n") + 1);
      first = false;
      if (shift) text = text.replaceAll(",2010-", `,${2010 + 2 * copy}-`).replaceAll(",2011-", `,${2011 + 2 * copy}-`);
      yield Buffer.from(text, "latin1");
    }
    if (line !== "") yield Buffer.from(`${line}\n`, "latin1");
  }
}

gc?.();
const start = process.memoryUsage.rss();

async function measure(name: string, work: () => Promise<number>): Promise<void> {
  let peak = start;
  const sample = setInterval(() => {
    peak = Math.max(peak, process.memoryUsage.rss());
  }, 5);
  const from = performance.now();
  const rows = await work();
  const seconds = (performance.now() - from) / 1000;
  clearInterval(sample);
  peak = Math.max(peak, process.memoryUsage.rss());
  const above = Math.round((peak - start) / 2 ** 20);
  console.log(`${name}: ${rows} rows, ${Math.round(rows / seconds)} rows/s, peak ${above} MB above start`);
}

if (!existsSync(path)) {
  console.log(`skipped: ${path} is not there; set SAGE_TWIN_DATA to the folder that holds online-retail.csv.gz`);
} else {
  await measure("openIngest, 10 copies of the file", async () => {
    const stream = openIngest(repeated(true), { ...options, lateness: "1D" });
    let periods = 0;
    for await (const _ of stream) periods++;
    console.log(`  ${periods} periods`);
    return stream.report.rowsRead;
  });
  await measure("ingest, 10 copies of the file", async () => {
    const { quality } = await ingest(repeated(false), options);
    return quality.rowsRead;
  });
}

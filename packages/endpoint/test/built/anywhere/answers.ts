import { createIngestHandler, openApiDocument } from "@sage-twin/endpoint";
import { detectAnomalies, detectSeasonality, featurePipeline, rolling } from "@sage-twin/features";
import { encodeNumbers, memoryStore, Rng } from "@sage-twin/kernel";
import { contentId, datasetRegistry, fileId } from "@sage-twin/registry";
import {
  between,
  department,
  departmentExpectations,
  ingest,
  matches,
  openIngest,
  pickMetrics,
  revenueDepartment,
  rowSchema,
  tableQuality,
  toCsv,
  validationPipeline,
} from "@sage-twin/schemas";

const shop = department("shop", {
  sales: { unit: "GBP", kind: "flow", good: "up", minimum: 0 },
  orders: { unit: "orders", kind: "flow", aggregate: "distinctCount" },
  price: { unit: "GBP", kind: "price", minimum: 0 },
});

function invoices(): string {
  const rng = new Rng("data anywhere");
  const lines = Array.from({ length: 800 }, (_, index) => {
    const day = new Date(Date.UTC(2026, 0, 5 + Math.floor(index / 8))).toISOString().slice(0, 10);
    const sales = (20 + 6 * Math.sin((index / 8) * 0.9) + rng.normal()).toFixed(2).replace(".", ",");
    return `${day};"£${sales}";A${Math.floor(index / 3)};${index % 97 === 0 ? "soon" : "2,50"}`;
  });
  return `Datum;Sales (GBP);Orders;Price\r\n${lines.join("\r\n")}`;
}

/** One text for each thing that the data packages say of the same invoices. */
export async function answers(): Promise<Readonly<Record<string, string>>> {
  const text = invoices();
  const common = { schema: shop, time: "Datum", delimiter: ";", columns: "match", format: { decimal: "," } } as const;
  const table = await ingest(new Blob([text]).stream(), { ...common, frequency: "D", invalid: "reject" });
  const stream = openIngest(text, { ...common, frequency: "W", lateness: "1D", invalid: "reject" });
  const periods: unknown[] = [];
  for await (const period of stream) periods.push(period);
  const datasets = datasetRegistry(memoryStore(), { clock: { now: () => 0 } });
  const version = await datasets.commit("shop", { shop: table }, { message: "anywhere", schema: [shop] });
  const pipeline = validationPipeline("anywhere").expect(
    between("sales", { minimum: 100, maximum: 200, mostly: 0.9 }),
    matches("orders", "[0-9]+", { severity: "warn" }),
    ...departmentExpectations(pickMetrics(revenueDepartment, ["revenue", "costs"])),
  );
  const checked = await pipeline.run(table, { detail: "summary" });
  const sales = table.column("sales");
  const features = featurePipeline({ numbers: { sales: "GBP", price: "GBP" }, frequency: "D" })
    .lag("yesterday", "sales", 1)
    .rolling("week", "sales", "std", { window: 7 })
    .rolling("usual", "sales", "median", { window: 7 })
    .fourier("year", { period: "Y", order: 2 })
    .formula("units", "sales / price", { unit: "1" });
  const { features: columns } = features.fitTransform(table);
  const handler = createIngestHandler(memoryStore(), { schema: shop });
  const posted = await handler(
    new Request("https://example.org/shop", {
      method: "POST",
      headers: { "content-type": "application/json", "idempotency-key": "1" },
      body: JSON.stringify([
        { date: "2026-01-05", sales: -1, orders: "A", price: 2 },
        { date: "2026-01-06", sales: 1, orders: "A", price: 2 },
      ]),
    }),
  );
  return {
    table: JSON.stringify(table),
    csv: toCsv(table),
    file: (await fileId(new Blob([text]).stream())).id,
    periods: JSON.stringify([periods, stream.report]),
    version: JSON.stringify(version),
    checks: JSON.stringify(checked.checks),
    quality: JSON.stringify(tableQuality(shop, table)),
    rolling: JSON.stringify(encodeNumbers(rolling(sales, { window: 9, minPeriods: 3 }).skew())),
    features: JSON.stringify(columns.features.map((name) => encodeNumbers(columns.column(name)))),
    pipeline: contentId(JSON.parse(JSON.stringify(features))),
    season: JSON.stringify(detectSeasonality(sales, { periods: [7] })),
    anomalies: JSON.stringify(detectAnomalies(sales)),
    openapi: JSON.stringify(openApiDocument([shop])),
    posted: `${posted.status} ${await posted.text()}`,
    row: String(rowSchema(shop).safeParse({ date: "2026-01-05", sales: -1 }).success),
  };
}

/** Tells the test that started this script. */
export function tell(answer: unknown): void {
  const { report = console.log } = globalThis as { report?: (text: string) => void };
  report(JSON.stringify(answer));
}

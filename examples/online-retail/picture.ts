// Draws docs/picture.svg, the picture of the front page: npx tsx examples/online-retail/picture.ts
import { readFile, writeFile } from "node:fs/promises";
import { type Department, ingest } from "@sage-twin/core";
import { forecastFan, paletteStyle, toSVG } from "@sage-twin/viz";
import { departments } from "./departments.js";
import { type ShopTables, shopTwin } from "./shop.js";

const folder = new URL("../data/online-retail/", import.meta.url);
const tables: Record<string, unknown> = {};
for (const [name, schema] of Object.entries<Department>(departments)) {
  tables[name] = await ingest(await readFile(new URL(`${name}-weekly.csv`, folder), "utf8"), { schema });
}
const twin = await shopTwin(tables as unknown as ShopTables);
const outlook = await twin.forecast("netSales", { levels: [50, 80] });
const spec = forecastFan({
  metric: "net sales",
  title: "Net sales by week: known, and forecast for three months",
  unit: outlook.unit,
  history: twin.history("netSales"),
  outlook: { dates: outlook.dates, median: outlook.quantile(0.5), bands: outlook.levels.map(outlook.interval) },
  width: 820,
});
const svg = await toSVG({ ...spec, padding: 14 });
const background = '<rect width="100%" height="100%" rx="8" fill="var(--twin-page, #ffffff)"/>';
await writeFile(
  new URL("../../docs/picture.svg", import.meta.url),
  svg.replace(/^(<svg [^>]*>)/, `$1<style>${paletteStyle}</style>${background}`),
);

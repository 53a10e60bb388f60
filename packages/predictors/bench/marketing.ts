/**
 * How often 90 % intervals of channels' returns cover the truth of simulated businesses with marketing channels on, three years of weeks each:
 * `npm run bench -- marketing [seeds]`, 200 unless told.
 */
import { marketingPredictor } from "@sage-twin/predictors";
import { simulateBusiness } from "@sage-twin/testing";

const seeds = Number(process.argv[2] ?? 200);
const priorFactor = Math.exp(1.645); // half the width of the prior's own interval, as a factor

interface Row {
  covered: number;
  count: number;
  readonly ratios: number[];
  readonly factors: number[];
}
const rows = new Map<string, Row>();
const times: number[] = [];

function record(
  key: string,
  truth: number,
  { median, lower, upper }: { median: number; lower: number; upper: number },
): void {
  const row = rows.get(key) ?? { covered: 0, count: 0, ratios: [], factors: [] };
  rows.set(key, row);
  if (truth >= lower && truth <= upper) row.covered++;
  row.count++;
  row.ratios.push(median / truth);
  row.factors.push(Math.sqrt(upper / lower));
}

for (let seed = 0; seed < seeds; seed++) {
  const { tables, channels } = simulateBusiness({ seed, frequency: "W", length: 156, channels: true });
  if (channels === undefined) throw new Error("the channels are off");
  const names = channels.table.metrics;
  const read = (table: { column(name: string): Float64Array }, name: string): Float64Array =>
    filled(table.column(name));
  const columns = {
    ...Object.fromEntries(names.map((name) => [name, channels.table.column(name)])),
    price: read(tables.revenue, "price").map(Math.log),
    promotion: read(tables.marketing, "promotion"),
    customers: read(tables.customers, "customers").map((_, t, all) => Math.log(all[Math.max(0, t - 1)])),
  };
  const start = performance.now();
  const fitted = marketingPredictor({
    channels: names,
    controls: ["price", "promotion", "customers"],
    seasonLength: 52.18,
  }).fit(columns, tables.revenue.column("revenue"));
  times.push(performance.now() - start);
  fitted.returns().forEach(({ roi, marginalRoi }, place) => {
    const truth = channels.truth[place];
    record("return, all channels", truth.roi, roi);
    record(`return of ${truth.name}`, truth.roi, roi);
    record("marginal return, all channels", truth.marginalRoi, marginalRoi);
  });
  if ((seed + 1) % 20 === 0 && seed + 1 < seeds) print(seed + 1);
}
print(seeds);

function print(count: number): void {
  console.log(`${count} businesses of 156 weeks, three channels, a fit in ${middle(times).toFixed(0)} ms (median)`);
  for (const [key, { covered, count: all, ratios, factors }] of rows) {
    const off = ratios.map((ratio) => Math.abs(ratio - 1));
    console.log(
      `  ${key.padEnd(30)} covered ${((100 * covered) / all).toFixed(0)} %, estimate / truth ${middle(ratios).toFixed(2)}, off by ${(100 * middle(off)).toFixed(0)} %, interval a factor of ${middle(factors).toFixed(2)} either way (the prior's ${priorFactor.toFixed(2)})`,
    );
  }
}

function middle(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1];
}

/** Controls must be whole: a missing value takes the last known one. */
function filled(column: Float64Array): Float64Array {
  let last = column.find((value) => !Number.isNaN(value)) as number;
  return column.map((value) => {
    last = Number.isNaN(value) ? last : value;
    return last;
  });
}

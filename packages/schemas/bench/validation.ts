// Rows per second, median of five: a columnar pipeline with a null and a range check on each of ten columns of 1,000,000 rows, and
// 200,000 rows of ten columns through the zod schema of their department, one by one.
import { between, department, type MetricDefinition, notNull, rowSchema, validationPipeline } from "@sage-twin/schemas";

const repeats = 5;
const names = Array.from({ length: 10 }, (_, index) => `metric${index}`);
const values = (count: number, column: number): Float64Array =>
  Float64Array.from({ length: count }, (_, row) =>
    (row + column) % 1000 === 0 ? Number.NaN : ((row * 7919 + column * 104_729) % 100_000) / 1000,
  );

async function report(name: string, rows: number, work: () => Promise<void> | void): Promise<void> {
  const seconds: number[] = [];
  for (let i = 0; i < repeats; i++) {
    const start = performance.now();
    await work();
    seconds.push((performance.now() - start) / 1000);
  }
  const median = seconds.sort((a, b) => a - b)[repeats >> 1];
  console.log(`${name}: ${Math.round(rows / median)} rows/s`);
}

const many = 1_000_000;
const table = Object.fromEntries(names.map((name, column) => [name, values(many, column)]));
const checks = names.flatMap((name) => [
  notNull(name, { mostly: 0.99 }),
  between(name, { minimum: 0, maximum: 99, mostly: 0.9 }),
]);
const pipeline = validationPipeline("bench").expect(...checks);
await report("10 columns, null and range checks, columnar", many, async () => {
  const { success, checks: told } = await pipeline.run(table);
  if (!success || told[0].unexpected !== 1000) throw new Error("the checks found something else");
});

const quarantine = validationPipeline("bench", { policy: "quarantine" }).expect(
  ...names.map((name) => between(name, { minimum: 0, maximum: 99 })),
);
await report("10 columns, range checks with quarantine of the 1 % of cells that are out", many, async () => {
  const { quarantined } = await quarantine.run(table);
  if (quarantined.length === 0) throw new Error("nothing was quarantined");
});

const few = 200_000;
const definition: MetricDefinition = { unit: "1", kind: "flow", minimum: 0, maximum: 100 };
const schema = rowSchema(department("bench", Object.fromEntries(names.map((name) => [name, definition]))));
const rows = Array.from({ length: few }, (_, row) =>
  Object.fromEntries(
    names.map((name, column) => [name, (row + column) % 1000 === 0 ? null : (row * 7919 + column) % 100]),
  ),
);
await report("10 columns, zod row by row", few, () => {
  for (const row of rows) if (!schema.safeParse(row).success) throw new Error("a row was refused");
});

import { addDuration, periodIndex, periodStart } from "@sage-twin/kernel";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { department, ingest, openIngest, type StreamedPeriod, type StreamOptions } from "../../src/index.js";
import { caught } from "../helpers.js";

const schema = department("shop", {
  sales: { unit: "GBP", kind: "flow" },
  price: { unit: "GBP", kind: "price" },
  stock: { unit: "units", kind: "stock" },
  opening: { unit: "units", kind: "stock", aggregate: "first" },
  lowest: { unit: "GBP", kind: "price", aggregate: "min" },
  highest: { unit: "GBP", kind: "price", aggregate: "max" },
  lines: { unit: "lines", kind: "flow", aggregate: "count" },
  customers: { unit: "customers", kind: "flow", aggregate: "distinctCount" },
});
const metrics = Object.keys(schema.metrics);
const columns = {
  price: "sales",
  stock: "sales",
  opening: "sales",
  lowest: "sales",
  highest: "sales",
  lines: "sales",
  customers: "who",
};
const sales = department("sales", { sales: { unit: "GBP", kind: "flow" } });
const hour = 3_600_000;

interface Row {
  readonly [key: string]: unknown;
  readonly date: number;
  readonly sales: number | null;
  readonly who: string;
  readonly id: string;
}

async function periods<Metric extends string>(
  stream: AsyncIterable<StreamedPeriod<Metric>>,
): Promise<StreamedPeriod<Metric>[]> {
  const all: StreamedPeriod<Metric>[] = [];
  for await (const period of stream) all.push(period);
  return all;
}

/** The last values given for each period. */
function latest(all: readonly StreamedPeriod[]): Record<string, unknown> {
  return Object.fromEntries(all.map(({ date, values }) => [date, { ...values }]));
}

/** The rows of a batch table that are no gaps. */
async function batch(rows: readonly Row[], frequency: "h" | "D" | "W" | "M"): Promise<Record<string, unknown>> {
  if (rows.length === 0) return {};
  const table = await ingest(rows, { schema, columns, frequency });
  const gaps = new Set<string>();
  for (const { from, periods: count } of table.quality.gaps) {
    const at = table.dates.indexOf(from);
    for (let row = at; row < at + count; row++) gaps.add(table.dates[row]);
  }
  return Object.fromEntries(
    [...table.rows()].filter(({ date }) => !gaps.has(date)).map(({ date, ...values }) => [date, values]),
  );
}

/** The rows in pieces of CSV, so that batches are cut anywhere. */
async function* pieces(rows: readonly Row[], size: number): AsyncGenerator<string> {
  const lines = rows.map(
    ({ date, sales: sold, who, id }) => `${new Date(date).toISOString()},${sold ?? ""},${who},${id}\n`,
  );
  const text = `date,sales,who,id\n${lines.join("")}`;
  for (let at = 0; at < text.length; at += size) yield text.slice(at, at + size).padEnd(size === 1 ? 1 : 0);
}

const row = fc.record({
  date: fc.integer({ min: 0, max: 24 * 40 }).map((hours) => Date.UTC(2026, 0, 1) + hours * hour),
  sales: fc.option(
    fc.double({ min: -1e6, max: 1e6, noNaN: true }).map((amount) => amount + 0),
    { freq: 6 },
  ),
  who: fc.constantFrom("ann", "bob", "cy", ""),
  id: fc.constantFrom("1", "2", "3", "4", "5", "6", "7"),
});
const cases = fc.record({
  rows: fc.array(row, { maxLength: 60 }),
  frequency: fc.constantFrom("h" as const, "D" as const, "W" as const, "M" as const),
  size: fc.integer({ min: 20, max: 200 }),
});

describe("openIngest", () => {
  it("batch = streaming where no row is later than the watermark allows", async () => {
    await fc.assert(
      fc.asyncProperty(cases, async ({ rows, frequency, size }) => {
        const stream = openIngest(pieces(rows, size), { schema, columns, frequency, lateness: "60D" });
        const all = await periods(stream);
        expect(latest(all)).toEqual(await batch(rows, frequency));
        expect(all.map(({ start }) => start)).toEqual([...all.map(({ start }) => start)].sort((a, b) => a - b));
        expect(all.every(({ kind }) => kind === "closed")).toBe(true);
        expect(stream.report).toMatchObject({
          rowsRead: rows.length,
          rowsRejected: 0,
          closed: all.length,
          corrections: 0,
        });
      }),
    );
  });

  it("batch = streaming with corrections, however late the rows", async () => {
    await fc.assert(
      fc.asyncProperty(cases, async ({ rows, frequency, size }) => {
        // one row at a time: a batch for each
        const source = rows.length === 0 ? [] : rows;
        const options: StreamOptions<string> = { schema, columns, frequency, late: { correctWithin: "90D" } };
        for (const given of [pieces(rows, size), source]) {
          const stream = openIngest(given, options);
          expect(latest(await periods(stream))).toEqual(await batch(rows, frequency));
          expect(stream.report.rowsAccepted).toBe(rows.length);
        }
      }),
    );
  });

  it("rejects exactly the rows whose period was closed when they came (an independent count, row by row)", async () => {
    await fc.assert(
      fc.asyncProperty(
        cases,
        fc.constantFrom("1h" as const, "2D" as const, "1W" as const, "1M" as const),
        async ({ rows, frequency, size }, lateness) => {
          let last = Number.NEGATIVE_INFINITY;
          const onTime = rows.filter(({ date }) => {
            const end = periodStart(periodIndex(date, frequency) + 1, frequency);
            last = Math.max(last, date);
            return addDuration(end, lateness) > last;
          });
          const stream = openIngest(pieces(rows, size), { schema, columns, frequency, lateness });
          const all = await periods(stream);
          expect(latest(all)).toEqual(await batch(onTime, frequency));
          expect(stream.report.late).toEqual({ rejected: rows.length - onTime.length, corrected: 0 });
          expect(stream.report).toMatchObject({
            rowsAccepted: onTime.length,
            rowsRejected: rows.length - onTime.length,
          });
          expect(new Set(all.map(({ date }) => date)).size).toBe(all.length);
        },
      ),
    );
  });

  it("batch = streaming with keys: the last row of each key counts, in the period that it names", async () => {
    await fc.assert(
      fc.asyncProperty(
        cases,
        fc.constantFrom("reject" as const, { correctWithin: "90D" as const }),
        async ({ rows, frequency, size }, late) => {
          const lateness = late === "reject" ? "60D" : "1h";
          const stream = openIngest(pieces(rows, size), { schema, columns, frequency, lateness, late, key: "id" });
          const all = await periods(stream);
          const lastRows = rows.filter(({ id }, index) => !rows.slice(index + 1).some((other) => other.id === id));
          const wanted = await batch(lastRows, frequency);
          const given = latest(all.filter(({ date }) => all.findLast((other) => other.date === date)?.rows !== 0));
          expect(given).toEqual(wanted);
          expect(stream.report.replaced).toBe(rows.length - lastRows.length);
        },
      ),
    );
  });

  it("tells late rows with their place, and gives corrections as they come", async () => {
    const at = (date: string, amount: number) => ({ date, sales: amount });
    const rows = [
      at("2026-01-05", 1),
      at("2026-01-06", 2),
      at("2026-01-05", 4),
      at("2026-01-08", 8),
      at("2026-01-05", 16),
    ];
    const source = rows.map((one) => `${JSON.stringify(one)}\n`.padEnd(70_000)); // a batch of its own for each
    const read = async (late: StreamOptions<"sales">["late"]) => {
      const stream = openIngest(streamOf(source), {
        schema: sales,
        frequency: "D",
        type: "ndjson",
        ...(late ? { late } : {}),
      });
      const all = await periods(stream);
      return {
        all: all.map(({ kind, date, values, rows: count }) => [kind, date, values.sales, count]),
        report: stream.report,
      };
    };
    const rejected = await read(undefined);
    expect(rejected.all).toEqual([
      ["closed", "2026-01-05", 1, 1],
      ["closed", "2026-01-06", 2, 1],
      ["closed", "2026-01-08", 8, 1],
    ]);
    expect(rejected.report.reasons).toMatchObject([
      {
        reason: "late",
        code: "out-of-range",
        column: "date",
        count: 2,
        examples: [{ row: 3, message: "the period of 2026-01-05 is closed" }, { row: 5 }],
      },
    ]);
    const corrected = await read({ correctWithin: "2D" });
    expect(corrected.all).toEqual([
      ["closed", "2026-01-05", 1, 1],
      ["correction", "2026-01-05", 5, 2],
      ["closed", "2026-01-06", 2, 1],
      ["closed", "2026-01-08", 8, 1],
    ]);
    expect(corrected.report).toMatchObject({
      late: { rejected: 1, corrected: 1 },
      closed: 3,
      corrections: 1,
      unsorted: 2,
    });
  });

  it("an upsert out of a period that was given leaves it corrected, without rows", async () => {
    const csv = ["date,sales,id\n2026-01-05,1,a\n", "2026-01-07,2,b\n", "2026-01-08,3,a\n"].map((text) =>
      text.padEnd(text.length),
    );
    const stream = openIngest(
      streamOf([csv[0].padEnd(csv[0].length + 70_000, "\n"), csv[1].padEnd(csv[1].length + 70_000, "\n"), csv[2]]),
      {
        schema: sales,
        frequency: "D",
        key: ["id"],
        late: { correctWithin: "7D" },
      },
    );
    const all = await periods(stream);
    expect(all.map(({ kind, date, values, rows }) => [kind, date, values.sales, rows])).toEqual([
      ["closed", "2026-01-05", 1, 1],
      ["correction", "2026-01-05", Number.NaN, 0],
      ["closed", "2026-01-07", 2, 1],
      ["closed", "2026-01-08", 3, 1],
    ]);
    expect(stream.report.replaced).toBe(1);
  });

  it("keys of several columns; a row without a key is wrong", async () => {
    const rows = [
      { date: "2026-01-05", sales: 1, order: 1, line: 1 },
      { date: "2026-01-05", sales: 2, order: 1, line: 2 },
      { date: "2026-01-05", sales: 4, order: "1", line: 1 },
      { date: "2026-01-05", sales: 8, order: null, line: 1 },
    ];
    const options = { schema: sales, frequency: "D", key: ["order", "line"] } as const;
    const error = await caught(() => periods(openIngest(rows, options)));
    expect(error.issues).toMatchObject([{ path: ["rows", 3, "order"], message: "the key is missing" }]);
    const stream = openIngest(rows, { ...options, invalid: "reject" });
    expect((await periods(stream))[0].values.sales).toBe(6);
    expect(stream.report).toMatchObject({ rowsRead: 4, rowsRejected: 1, rowsAccepted: 3, replaced: 1 });
    expect(
      (await caught(() => periods(openIngest("date,sales,order\n", { ...options, key: "ordr" })))).message,
    ).toContain("did you mean 'order'?");
  });

  it("reads only as fast as periods are taken, and closes the source when they are not", async () => {
    let pulled = 0;
    let cancelled = false;
    const stream = new ReadableStream<string>(
      {
        pull(controller) {
          const date = new Date(Date.UTC(2026, 0, 1) + pulled * 24 * hour).toISOString().slice(0, 10);
          controller.enqueue(`${pulled === 0 ? "date,sales\n" : ""}${`${date},1\n`.repeat(6000)}`);
          pulled++;
        },
        cancel: () => {
          cancelled = true;
        },
      },
      { highWaterMark: 0 },
    );
    for await (const { date, values } of openIngest(stream, { schema: sales, frequency: "D" })) {
      expect([date, values.sales]).toEqual(["2026-01-01", 6000]);
      await new Promise((resolve) => setTimeout(resolve, 20));
      break;
    }
    expect(pulled).toBeLessThan(5);
    expect(cancelled).toBe(true);
  });

  it("holds no more than the open periods, whatever the length", async () => {
    const endless = async function* (): AsyncGenerator<string> {
      yield "date,sales\n";
      for (let day = 0; day < 3000; day++) {
        const date = new Date(Date.UTC(2026, 0, 1) + day * 24 * hour).toISOString().slice(0, 10);
        yield `${date},1\n`.repeat(200);
      }
    };
    const stream = openIngest(endless(), { schema: sales, frequency: "D", lateness: "3D" });
    let held = 0;
    let count = 0;
    for await (const _ of stream) {
      count++;
      held = Math.max(held, stream.report.held);
    }
    expect(count).toBe(3000);
    expect(held).toBeLessThan(60); // a batch is 64 kB: 26 days, and the open four
  });

  it("reports progress, stops at a signal, and stops at the first batch with a wrong row", async () => {
    const csv = `date,sales\n${Array.from({ length: 30_000 }, (_, index) => `${new Date(Date.UTC(2026, 0, 1) + index * hour).toISOString()},${index === 20_000 ? "x" : 1}\n`).join("")}`;
    const controller = new AbortController();
    const progress: number[] = [];
    const options = {
      schema: sales,
      frequency: "D",
      onProgress: ({ done }: { done: number }) => progress.push(done),
    } as const;
    const source = () => streamOf(csv.match(/[\s\S]{1,70000}/g) ?? []);
    const stopped = (async () => {
      for await (const _ of openIngest(source(), { ...options, signal: controller.signal })) controller.abort("enough");
    })();
    await expect(stopped).rejects.toBe("enough");
    expect(progress.length).toBeGreaterThan(0);
    const failing = openIngest(source(), options);
    const error = await caught(() => periods(failing));
    expect(error.issues).toMatchObject([{ path: ["rows", 20_002, "sales"] }]);
    expect(failing.report.closed).toBeGreaterThan(0);
    const tolerant = openIngest(source(), { ...options, invalid: "reject" });
    expect(await periods(tolerant)).toHaveLength(1250);
    expect(tolerant.report).toMatchObject({ rowsRead: 30_000, rowsRejected: 1 });
  });

  it("refuses what it cannot use: a frequency, a policy, a second reading, a missing column, half a quote", async () => {
    const options = { schema: sales, frequency: "D" } as const;
    expect((await caught(() => openIngest([], { ...options, frequency: "fortnight" as never }))).path).toEqual([
      "frequency",
    ]);
    expect((await caught(() => openIngest([], { ...options, lateness: "soon" as never }))).code).toBe("invalid-time");
    expect((await caught(() => openIngest([], { ...options, late: "drop" as never }))).path).toEqual(["late"]);
    expect((await caught(() => openIngest([], { ...options, late: {} as never }))).path).toEqual(["late"]);
    const stream = openIngest("date,sales\n2026-01-05,1\n", options);
    expect(stream.report).toMatchObject({ rowsRead: 0, held: 0 });
    await periods(stream);
    expect((await caught(() => periods(stream))).code).toBe("conflict");
    expect((await caught(() => periods(openIngest("date,slaes\n2026-01-05,1\n", options)))).message).toContain(
      "did you mean 'slaes'?",
    );
    expect((await caught(() => periods(openIngest('date,sales\n2026-01-05,"1\n', options)))).message).toContain(
      "never ends",
    );
    expect(await periods(openIngest("date,sales\n", options))).toEqual([]);
  });

  it("matches headers and reads formats as ingest does", async () => {
    const csv = "Datum;Umsatz (EUR)\n05.01.2026;1.234,50 €\n06.01.2026;1,5\n";
    const euros = department("s", { umsatz: { unit: "EUR", kind: "flow" } });
    const all = await periods(
      openIngest(csv, { schema: euros, frequency: "D", delimiter: ";", columns: "match", format: { locale: "de-DE" } }),
    );
    expect(all.map(({ date, values }) => [date, values.umsatz])).toEqual([
      ["2026-01-05", 1234.5],
      ["2026-01-06", 1.5],
    ]);
  });

  it("all metrics are there in every period", async () => {
    const [period] = await periods(
      openIngest([{ date: "2026-01-05", sales: null, who: "" }], { schema, columns, frequency: "D" }),
    );
    expect(Object.keys(period.values)).toEqual(metrics);
    expect(period.values).toMatchObject({ sales: Number.NaN, lines: 0, customers: 0 });
  });
});

async function* streamOf(texts: readonly string[]): AsyncGenerator<string> {
  yield* texts;
}

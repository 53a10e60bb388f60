import { floorTo } from "@sage-twin/kernel";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { department, ingest, TimeTable } from "../src/index.js";
import { caught } from "./helpers.js";

const shop = department("shop", {
  sales: { unit: "GBP", kind: "flow" },
  price: { unit: "GBP", kind: "price", minimum: 0 },
});
const sales = department("sales", { sales: { unit: "GBP", kind: "flow" } });

describe("ingest", () => {
  it("aggregates the rows of a period by each metric's rule", async () => {
    const everyRule = department("all", {
      sum: { unit: "1", kind: "flow" },
      mean: { unit: "1", kind: "rate" },
      last: { unit: "1", kind: "stock" },
      first: { unit: "1", kind: "stock", aggregate: "first" },
      min: { unit: "1", kind: "price", aggregate: "min" },
      max: { unit: "1", kind: "price", aggregate: "max" },
      count: { unit: "1", kind: "flow", aggregate: "count" },
      distinct: { unit: "1", kind: "flow", aggregate: "distinctCount" },
    });
    const csv =
      "at,value,who\n2026-01-05T12:00,3,ann\n2026-01-05T09:00,1,bob\n2026-01-05T15:00,,ann\n2026-01-06T10:00,5,\n2026-01-06T10:00,7,cy\n";
    const columns = Object.fromEntries(Object.keys(everyRule.metrics).map((name) => [name, "value"]));
    const table = await ingest(csv, {
      schema: everyRule,
      frequency: "D",
      time: "at",
      columns: { ...columns, distinct: "who", count: "who" },
    });
    expect([...table.rows()]).toEqual([
      { date: "2026-01-05", sum: 4, mean: 2, last: 3, first: 1, min: 1, max: 3, count: 3, distinct: 2 },
      { date: "2026-01-06", sum: 12, mean: 6, last: 7, first: 5, min: 5, max: 7, count: 1, distinct: 1 },
    ]);
    expect(table.quality).toMatchObject({ rowsRead: 5, rowsAccepted: 5, duplicates: 3, unsorted: 1 });
    expect(table.quality.metrics["sum"].cells).toEqual({ read: 5, empty: 1, invalid: 0 });
  });

  it("lets the call choose another rule", async () => {
    const csv = "date,sales\n2026-01-05,1\n2026-01-05,5\n";
    const table = await ingest(csv, { schema: sales, frequency: "D", aggregate: { sales: "max" } });
    expect(table.column("sales")).toEqual(Float64Array.of(5));
  });

  it("infers the frequency", async () => {
    for (const [dates, frequency] of [
      ["2026-01-05 08:00,2026-01-05 09:00", "h"],
      ["2026-01-05,2026-01-06", "D"],
      ["2026-01-05,2026-01-12", "W"],
      ["2026-01,2026-02", "M"],
      ["2026-01-01,2026-04-01", "Q"],
      ["2025-01-01,2026-01-01", "Y"],
    ]) {
      const table = await ingest(`date,sales\n${dates.split(",").join(",1\n")},2`, { schema: sales });
      expect([table.frequency, table.length]).toEqual([frequency, 2]);
    }
  });

  it("reads text, byte streams, text streams, async iterables, row objects and columns alike", async () => {
    const csv = 'date,sales,note\n2026-01-05,1,"é, ""x""\n\n"\n2026-01-06,2,ü\n';
    const bytes = new TextEncoder().encode(csv);
    const byteByByte = async function* (): AsyncGenerator<Uint8Array> {
      for (const byte of bytes) yield Uint8Array.of(byte);
    };
    const stream = <Piece>(pieces: readonly Piece[]): ReadableStream<Piece> =>
      new ReadableStream({
        start(controller) {
          for (const piece of pieces) controller.enqueue(piece);
          controller.close();
        },
      });
    const sources = [
      csv,
      stream([bytes]),
      stream([...csv]),
      byteByByte(),
      [
        { date: "2026-01-05", sales: "1" },
        { date: new Date("2026-01-06"), sales: 2 },
      ],
      new Set([
        { date: Date.UTC(2026, 0, 5), sales: 1 },
        { date: "2026-01-06T00:00Z", sales: 2 },
      ]),
      { date: ["2026-01-05", "2026-01-06"], sales: Float64Array.of(1, 2) },
    ];
    for (const source of sources) {
      const table = await ingest(source, { schema: sales });
      expect([...table.rows()]).toEqual([
        { date: "2026-01-05", sales: 1 },
        { date: "2026-01-06", sales: 2 },
      ]);
    }
  });

  it("reads back any table that it could have made, whatever the order of the rows and the size of the pieces", async () => {
    const value = fc.oneof(fc.constant(Number.NaN), fc.double({ noNaN: true, noDefaultInfinity: true }));
    const cases = fc.record({
      values: fc.array(value, { minLength: 1, maxLength: 40 }),
      frequency: fc.constantFrom("h" as const, "D" as const, "W" as const, "M" as const, "2W" as const),
      piece: fc.integer({ min: 1, max: 30 }),
      lineBreak: fc.constantFrom("\n", "\r\n"),
      seed: fc.array(fc.nat(), { minLength: 40, maxLength: 40 }),
    });
    await fc.assert(
      fc.asyncProperty(cases, async ({ values, frequency, piece, lineBreak, seed }) => {
        values[0] = 1; // a gap at an end is no row
        values[values.length - 1] = 2;
        const table = TimeTable.of({ frequency, start: floorTo(0, frequency), columns: { sales: values } });
        const lines = [...table.rows()].map((row) => `"${row.date}",${row.sales}`);
        const shuffled = lines.map((line, index) => ({ line, key: seed[index] })).sort((a, b) => a.key - b.key);
        const csv = ["date,sales", ...shuffled.map(({ line }) => line)].join(lineBreak);
        const pieces = async function* (): AsyncGenerator<string> {
          for (let at = 0; at < csv.length; at += piece) yield csv.slice(at, at + piece);
        };
        const read = await ingest(pieces(), { schema: sales, frequency });
        expect(read.start).toBe(table.start);
        expect(Buffer.from(read.column("sales").buffer)).toEqual(
          Buffer.from(table.column("sales").map((x) => x + 0).buffer),
        );
      }),
    );
  });

  it("counts periods of a day and longer in the calendar of the zone, and hours in UTC", async () => {
    const csv = "date,sales\n2011-07-01 00:30,1\n2011-07-01T22:59Z,2\n2011-07-01T23:00Z,4\n";
    const days = await ingest(csv, { schema: sales, timeZone: "Europe/London", frequency: "D" });
    expect([...days.rows()]).toEqual([
      { date: "2011-07-01", sales: 3 },
      { date: "2011-07-02", sales: 4 },
    ]);
    const hours = await ingest(csv, { schema: sales, timeZone: "Europe/London", frequency: "h" });
    expect(hours.dates[0]).toBe("2011-06-30T23:00Z");
    expect([...hours.column("sales").slice(-2)]).toEqual([2, 4]);
  });

  it("infers days from dates in any zone", async () => {
    const table = await ingest("date,sales\n2011-03-26,1\n2011-03-27,2\n2011-03-28,3\n", {
      schema: sales,
      timeZone: "America/New_York",
    });
    expect([table.frequency, table.dates[0], table.length]).toEqual(["D", "2011-03-26", 3]);
  });

  it("reports progress and stops when it is told to", async () => {
    const csv = `date,sales\n${"2026-01-05,1\n".repeat(200_000)}`;
    const steps: number[] = [];
    await ingest(csv, { schema: sales, frequency: "D", onProgress: ({ done, total }) => steps.push(done / total) });
    expect(steps.length).toBeGreaterThan(1);
    expect(steps.at(-1)).toBe(1);
    expect([...steps].sort((a, b) => a - b)).toEqual(steps);

    const streamed: number[][] = [];
    await ingest(new Blob([csv]).stream(), {
      schema: sales,
      frequency: "D",
      onProgress: ({ done, total }) => streamed.push([done, total]),
    });
    expect([streamed[0][1], streamed.at(-1)]).toEqual([0, [csv.length, csv.length]]);

    const controller = new AbortController();
    const reason = new Error("enough");
    let seen = 0;
    const stopped = ingest(csv, {
      schema: sales,
      frequency: "D",
      signal: controller.signal,
      onProgress: () => {
        seen++;
        controller.abort(reason);
      },
    });
    await expect(stopped).rejects.toBe(reason);
    expect(seen).toBe(1);
    await expect(
      ingest([{ date: "2026-01-05", sales: 1 }], { schema: sales, signal: AbortSignal.abort(reason) }),
    ).rejects.toBe(reason);
  });

  it("lets a timer abort the reading of one long text", async () => {
    const csv = `date,sales\n${"2026-01-05,1\n".repeat(2_000_000)}`;
    const controller = new AbortController();
    setTimeout(() => controller.abort("late"), 1);
    await expect(ingest(csv, { schema: sales, frequency: "D", signal: controller.signal })).rejects.toBe("late");
  });

  it("closes a stream that it stops reading", async () => {
    let cancelled = false;
    const stream = new ReadableStream<string>({
      pull: (controller) => controller.enqueue('date,sales\n2026-01-01,"a"b\n'),
      cancel: () => {
        cancelled = true;
      },
    });
    await caught(() => ingest(stream, { schema: shop }));
    expect(cancelled).toBe(true);
  });

  it("evaluates no text as code, so that it runs under a strict content security policy", async () => {
    const original = globalThis.Function;
    try {
      globalThis.Function = (() => {
        throw new Error("code from text");
      }) as never;
      const table = await ingest("date,sales\n2026-01-05,1\n2026-01-06,2\n", { schema: sales });
      expect(table.length).toBe(2);
    } finally {
      globalThis.Function = original;
    }
  });
});

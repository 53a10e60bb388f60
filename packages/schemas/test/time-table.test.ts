import { toInstant } from "@sage-twin/kernel";
import fc from "fast-check";
import { describe, expect, expectTypeOf, it } from "vitest";
import { department, ingest, TimeTable } from "../src/index.js";
import { caught } from "./helpers.js";

const shop = department("shop", {
  sales: { unit: "GBP", kind: "flow" },
  customers: { unit: "customers", kind: "stock" },
  price: { unit: "GBP", kind: "price" },
});
const nan = Number.NaN;
const week = TimeTable.of({
  frequency: "D",
  start: "2026-01-05",
  columns: {
    sales: [1, 2, nan, 4, nan, 6, 7],
    customers: [10, 11, nan, 13, nan, 15, nan],
    price: [1, 1, nan, 1, 3, 3, nan],
  },
});

describe("TimeTable", () => {
  it("is columns over regular periods, and hands out copies", () => {
    expect([week.length, week.start, week.instant(7)]).toEqual([7, toInstant("2026-01-05"), toInstant("2026-01-12")]);
    expect(week.dates.slice(0, 2)).toEqual(["2026-01-05", "2026-01-06"]);
    week.column("sales").fill(0);
    expect(week.column("sales")[0]).toBe(1);
    expect(Object.isFrozen(week.dates) && Object.isFrozen(week.metrics)).toBe(true);
    expectTypeOf(week.metrics).toEqualTypeOf<readonly ("sales" | "customers" | "price")[]>();
    expectTypeOf(week).toExtend<TimeTable>();
    // @ts-expect-error a misspelt metric does not compile
    expect(() => week.column("salse")).toThrow("did you mean 'sales'?");
  });

  it("reports the rows that are wholly missing as gaps", () => {
    expect(week.quality.gaps).toEqual([{ from: "2026-01-07", to: "2026-01-07", periods: 1 }]);
    expect(week.quality.metrics["price"]).toMatchObject({ missing: 2, completeness: 5 / 7, score: 500 / 7 });
    expect(week.quality.score).toBeCloseTo((100 * (5 + 4 + 5)) / 21, 12);
  });

  it("refuses columns that do not fit", async () => {
    const of = (columns: Record<string, number[]>, start = "2026-01-05") =>
      caught(() => TimeTable.of({ frequency: "W", start, columns }));
    expect((await of({ a: [1], b: [1, 2] })).path).toEqual(["columns", "b"]);
    expect((await of({ a: [1, Infinity] })).path).toEqual(["columns", "a", 1]);
    expect((await of({ a: [] })).path).toEqual(["columns"]);
    expect((await of({})).path).toEqual(["columns"]);
    expect((await of({ date: [1] })).path).toEqual(["columns", "date"]);
    expect((await of(JSON.parse('{"__proto__":[1]}'))).path).toEqual(["columns", "__proto__"]);
    expect((await of({ a: [1] }, "2026-01-06")).message).toContain("starts at 2026-01-05");
  });

  it("slices by half-open time", async () => {
    const part = week.slice("2026-01-06", "2026-01-08");
    expect(part.dates).toEqual(["2026-01-06", "2026-01-07"]);
    expect([...part.column("sales")]).toEqual([2, nan]);
    expect(part.quality.gaps).toHaveLength(1);
    expect(week.slice("2026-01-06T00:01Z").dates[0]).toBe("2026-01-07");
    expect((await caught(() => week.slice(undefined, "2025-01"))).code).toBe("out-of-range");
  });

  it("appends what comes later; a gap between is a gap, and an overlap must say the same", async () => {
    const later = TimeTable.of({
      frequency: "D",
      start: "2026-01-14",
      columns: { customers: [5], price: [1], sales: [3] },
    });
    const both = week.append(later as never);
    expect([...both.column("sales").slice(6)]).toEqual([7, nan, nan, 3]);
    expect(both.quality.gaps.at(-1)).toEqual({ from: "2026-01-12", to: "2026-01-13", periods: 2 });
    expect(both.quality.rowsRead).toBe(week.quality.rowsRead + 1);
    expect([...week.append(week.slice("2026-01-10")).rows()]).toEqual([...week.rows()]);

    const other = TimeTable.of({
      frequency: "D",
      start: "2026-01-11",
      columns: { sales: [8], customers: [nan], price: [2] },
    });
    const conflict = await caught(() => week.append(other));
    expect(conflict.issues).toMatchObject([
      { code: "conflict", path: ["sales", "2026-01-11"], message: "8 where the table has 7" },
      { code: "conflict", path: ["price", "2026-01-11"] },
    ]);
    expect((await caught(() => later.append(week as never))).path).toEqual(["start"]);
    const named = TimeTable.of({ frequency: "D", start: "2026-01-14", columns: { sale: [1] } });
    expect((await caught(() => week.append(named as never))).code).toBe("unknown-name");
    const weekly = TimeTable.of({ frequency: "W", start: "2026-01-12", columns: { sales: [1] } });
    expect((await caught(() => week.append(weekly as never))).path).toEqual(["frequency"]);
  });

  it("adds up the reasons of rejected rows", async () => {
    const schema = department("s", { sales: { unit: "GBP", kind: "flow" } });
    const read = (csv: string) => ingest(`date,sales\n${csv}`, { schema, frequency: "D", invalid: "reject" });
    const both = (await read("2026-01-01,1\n2026-01-02,x\n")).append(
      await read("2026-01-03,y\n2026-01-04,z\n2026-01-99,1\n2026-01-05,1"),
    );
    expect(both.quality.reasons.map(({ reason, count }) => [reason, count])).toEqual([
      ["not a number", 3],
      ["not a time", 1],
    ]);
    expect(both.quality).toMatchObject({ rowsRead: 6, rowsAccepted: 2, rowsRejected: 4 });
  });

  it("resamples each metric by its rule, and tells the periods that lack finer ones", async () => {
    const table = TimeTable.of({
      frequency: "D",
      start: "2026-01-31",
      columns: {
        sales: Array.from({ length: 30 }, (_, day) => day),
        customers: Array.from({ length: 30 }, (_, day) => 100 + day),
        price: Array.from({ length: 30 }, (_, day) => (day === 5 ? nan : 2)),
      },
    });
    const months = table.resample("M", shop);
    expect([...months.rows()]).toEqual([
      { date: "2026-01-01", sales: 0, customers: 100, price: 2 },
      { date: "2026-02-01", sales: (28 * 29) / 2, customers: 128, price: 2 },
      { date: "2026-03-01", sales: 29, customers: 129, price: 2 },
    ]);
    expect(months.quality.incomplete).toEqual([
      { date: "2026-01-01", periods: 1, expected: 31, dropped: false },
      { date: "2026-03-01", periods: 1, expected: 31, dropped: false },
    ]);
    const whole = table.resample("M", shop, { incomplete: "drop" });
    expect(whole.dates).toEqual(["2026-02-01"]);
    expect(whole.quality.incomplete.map(({ dropped }) => dropped)).toEqual([true, true]);
    expect((await caught(() => week.slice("2026-01-06").resample("W", shop, { incomplete: "drop" }))).code).toBe(
      "out-of-range",
    );
  });

  it("refuses to resample weeks into months, or by distinct counts", async () => {
    const weeks = TimeTable.of({ frequency: "W", start: "2026-01-05", columns: { sales: [1, 2, 3, 4] } });
    expect((await caught(() => weeks.resample("M", shop as never))).code).toBe("unsupported");
    const distinct = department("d", { sales: { unit: "1", kind: "flow", aggregate: "distinctCount" } });
    expect((await caught(() => weeks.resample("4W", distinct as never))).path).toEqual(["sales"]);
    const other = department("d", { sale: { unit: "1", kind: "flow" } });
    expect((await caught(() => weeks.resample("4W", other as never))).message).toContain("did you mean 'sale'?");
  });

  it("keeps the total of a flow and the last of a stock at every coarser frequency", () => {
    const values = fc.array(fc.integer({ min: -1e6, max: 1e6 }), { minLength: 1, maxLength: 800 });
    fc.assert(
      fc.property(
        values,
        fc.constantFrom("W" as const, "M" as const, "Q" as const, "Y" as const, "2W" as const),
        (sales, frequency) => {
          const table = TimeTable.of({
            frequency: "D",
            start: "2024-02-27",
            columns: { sales, customers: sales, price: sales },
          });
          const coarse = table.resample(frequency, shop);
          const total = (column: Float64Array): number => column.reduce((sum, value) => sum + value, 0);
          expect(total(coarse.column("sales"))).toBe(total(table.column("sales")));
          expect(coarse.column("customers").at(-1)).toBe(sales.at(-1));
        },
      ),
    );
  });

  it("survives JSON, whatever its values", async () => {
    const value = fc.oneof(fc.constant(nan), fc.double({ noNaN: true, noDefaultInfinity: true }));
    const tables = fc.record({
      frequency: fc.constantFrom("h" as const, "D" as const, "M" as const),
      rows: fc.array(fc.record({ sales: value, price: value }), { minLength: 1, maxLength: 20 }),
    });
    fc.assert(
      fc.property(tables, ({ frequency, rows }) => {
        const columns = { sales: rows.map((row) => row.sales), price: rows.map((row) => row.price) };
        const table = TimeTable.of({ frequency, start: "2024-01-01", columns });
        const copy = TimeTable.fromJSON(JSON.parse(JSON.stringify(table)));
        expect(Buffer.from(copy.column("sales").buffer)).toEqual(Buffer.from(table.column("sales").buffer));
        expect(JSON.stringify(copy)).toBe(JSON.stringify(table));
        expect([copy.start, copy.frequency, copy.metrics]).toEqual([table.start, table.frequency, table.metrics]);
      }),
    );
    const read = await ingest("date,sales\n2026-01-01,1\n2026-01-02,x\n2026-01-03,3\n", {
      schema: department("s", { sales: { unit: "GBP", kind: "flow" } }),
      frequency: "D",
      invalid: "reject",
    });
    expect(TimeTable.fromJSON(JSON.parse(JSON.stringify(read))).quality).toEqual(read.quality);
  });

  it("refuses JSON that is not a whole table", async () => {
    const json = (): { state: Record<string, never>; schemaVersion: number } => JSON.parse(JSON.stringify(week));
    const newer = { ...json(), schemaVersion: 2 };
    expect((await caught(() => TimeTable.fromJSON(newer))).code).toBe("newer-version");
    for (const change of [
      { columns: [] },
      { metrics: ["sales", "sales", "price"] },
      { columns: [[1], [1, 2], [1]] },
      { frequency: "fortnight" },
      { start: 1 },
      { extra: 1 },
    ]) {
      const saved = json();
      Object.assign(saved.state, change);
      expect(await caught(() => TimeTable.fromJSON(saved))).toBeInstanceOf(Error);
    }
    const gap = json() as unknown as { state: { quality: { gaps: { periods: number }[] } } };
    gap.state.quality.gaps[0].periods = 9;
    expect((await caught(() => TimeTable.fromJSON(gap))).message).toContain("a gap lies outside");
    for (const junk of [null, 1, "{}", [], {}, JSON.parse('{"kind":"time-table","__proto__":{}}')])
      expect((await caught(() => TimeTable.fromJSON(junk))).code).toBe("corrupt");
  });

  it("counts outliers by the modified z-score", () => {
    // median 5, median absolute deviation 2: a value is out beyond 3.5 x 2 / .6745 = 10.38 from 5
    const values = [1, 2, 3, 4, 5, 6, 7, 8, 15.3, 15.4, -5.4];
    const { quality } = TimeTable.of({ frequency: "D", start: "2026-01-01", columns: { values } });
    const sorted = [...values].sort((a, b) => a - b);
    expect(sorted[5]).toBe(5);
    expect(quality.metrics["values"].outliers).toBe(0);
    const far = TimeTable.of({
      frequency: "D",
      start: "2026-01-01",
      columns: { values: [1, 2, 3, 4, 5, 6, 7, 8, 9, 30, -30] },
    });
    expect(far.quality.metrics["values"].outliers).toBe(2);
  });
});

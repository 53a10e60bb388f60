import { periodIndex, periodStart } from "@sage-twin/kernel";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { department, TimeTable } from "../../src/index.js";
import { splitEvenly } from "../../src/tables/split.js";
import { caught } from "../helpers.js";

const shop = department("shop", {
  sales: { unit: "GBP", kind: "flow" },
  staff: { unit: "people", kind: "stock" },
  price: { unit: "GBP", kind: "price" },
});
const nan = Number.NaN;
const value = fc.oneof(
  { arbitrary: fc.double({ noNaN: true, min: -1e200, max: 1e200 }), weight: 5 },
  { arbitrary: fc.constant(nan), weight: 1 },
);

describe("splitEvenly", () => {
  it("adds up to the total exactly, from first to last, in parts that are the same to 1e-6", () => {
    const total = fc.oneof(
      fc.double({ noNaN: true, noDefaultInfinity: true }),
      fc.integer().map((cents) => cents / 100),
    );
    fc.assert(
      fc.property(total, fc.integer({ min: 1, max: 9000 }), (whole, count) => {
        const parts = new Float64Array(count);
        splitEvenly(whole, count, parts, 0);
        let sum = 0;
        for (const part of parts) sum += part;
        expect(sum).toBe(whole + 0);
        if (Math.abs(whole) > 1e-290)
          for (const part of parts)
            expect(Math.abs(part - whole / count)).toBeLessThanOrEqual(Math.abs(whole / count) * 1e-6);
      }),
      { numRuns: 300 },
    );
  });
});

describe("resample to a finer frequency", () => {
  const quarters = TimeTable.of({
    frequency: "Q",
    start: "2026-01",
    columns: { sales: [9, 12, nan, 3], staff: [10, 16, nan, 20], price: [2, 4, nan, 8] },
  });

  it("splits flows, holds the others, and counts each cell that it made", () => {
    const months = quarters.resample("M", shop);
    expect([...months.column("sales")]).toEqual([3, 3, 3, 4, 4, 4, nan, nan, nan, 1, 1, 1]);
    expect([...months.column("staff")]).toEqual([10, 10, 10, 16, 16, 16, nan, nan, nan, 20, 20, 20]);
    expect([...months.column("price")]).toEqual([2, 2, 2, 4, 4, 4, nan, nan, nan, 8, 8, 8]);
    expect(months.imputed).toEqual([
      { metric: "sales", policy: "split", cells: 9 },
      { metric: "staff", policy: "carry", cells: 6 },
      { metric: "price", policy: "carry", cells: 9 },
    ]);
    expect(months.quality.gaps).toEqual([{ from: "2026-07-01", to: "2026-09-01", periods: 3 }]);
    expect([months.frequency, months.dates[0], months.length]).toEqual(["M", "2026-01-01", 12]);
  });

  it("interpolates: a stock between the ends of its periods, a price between their middles; never over what is missing", () => {
    const weeks = TimeTable.of({
      frequency: "2W",
      start: "2026-01-05",
      columns: { sales: [2, 4, nan, 6], staff: [10, 14, nan, 20], price: [2, 6, nan, 8] },
    });
    const fine = weeks.resample("W", shop, { between: "linear" });
    expect([...fine.column("sales")]).toEqual([1, 1, 2, 2, nan, nan, 3, 3]);
    expect([...fine.column("staff")]).toEqual([10, 10, 12, 14, nan, nan, 20, 20]);
    // the middles of the weeks are a quarter of the way from those of the fortnights
    expect([...fine.column("price")]).toEqual([2, 3, 5, 6, nan, nan, 8, 8]);
    expect(fine.imputed.map(({ policy }) => policy)).toEqual(["split", "linear", "linear"]);
  });

  it("down then up, and up then down, keep every total exactly", () => {
    const steps = fc.constantFrom(
      ["Q", "M"],
      ["Y", "M"],
      ["M", "D"],
      ["W", "D"],
      ["2W", "W"],
      ["D", "h"],
      ["Y", "D"],
      ["4W", "D"],
    ) as fc.Arbitrary<["Q", "M"]>;
    fc.assert(
      fc.property(
        steps,
        fc.array(value, { minLength: 1, maxLength: 8 }),
        fc.integer({ min: -30, max: 700 }),
        (step, values, first) => {
          const [coarse, fine] = step;
          const start = periodStart(periodIndex(Date.UTC(2000, 0, 10), coarse) + first, coarse);
          const table = TimeTable.of({
            frequency: coarse,
            start,
            columns: { sales: values, staff: values, price: values },
          });
          const up = table.resample(fine, shop);
          const again = up.resample(coarse, shop);
          expect([again.start, again.length]).toEqual([table.start, table.length]);
          expect([...again.column("sales")]).toEqual(values.map((x) => x + 0));
          expect([...again.column("staff")]).toEqual(values);
          expect(again.quality.incomplete).toHaveLength(
            table.quality.gaps.reduce((sum, { periods }) => sum + periods, 0),
          );
          const down = again.resample(fine, shop).resample(coarse, shop);
          expect([...down.column("sales")]).toEqual([...again.column("sales")]);
          const linear = table.resample(fine, shop, { between: "linear" }).resample(coarse, shop);
          expect([...linear.column("staff")]).toEqual(values);
        },
      ),
      { numRuns: 150 },
    );
  });

  it("survives JSON with its counts, and adds them up over steps", () => {
    const days = quarters.resample("M", shop).resample("D", shop);
    expect(TimeTable.fromJSON(JSON.parse(JSON.stringify(days))).imputed).toEqual(days.imputed);
    expect(days.imputed[0]).toEqual({ metric: "sales", policy: "split", cells: 9 + 90 + 91 + 92 });
    expect(quarters.toJSON().state).not.toHaveProperty("imputed", expect.anything());
  });

  it("refuses periods that do not nest, distinct counts and unknown metrics", async () => {
    const months = TimeTable.of({ frequency: "M", start: "2026-01", columns: { sales: [1] } });
    expect((await caught(() => months.resample("W", shop as never))).code).toBe("unsupported");
    const distinct = department("d", { sales: { unit: "1", kind: "flow", aggregate: "distinctCount" } });
    expect((await caught(() => months.resample("D", distinct))).path).toEqual(["sales"]);
    const other = department("d", { sale: { unit: "1", kind: "flow" } });
    expect((await caught(() => months.resample("D", other as never))).message).toContain("did you mean 'sale'?");
  });
});

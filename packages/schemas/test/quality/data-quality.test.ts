import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  compareQuality,
  department,
  ingest,
  overallQuality,
  type QualityDimension,
  TimeTable,
  tableQuality,
} from "../../src/index.js";
import { caught } from "../helpers.js";

const shop = department("shop", {
  visits: { unit: "visits", kind: "flow", minimum: 0 },
  orders: { unit: "orders", kind: "flow", minimum: 0, holds: ["orders <= visits"] },
  rate: { unit: "1", kind: "rate", formula: "orders / visits", tolerance: 0.005 },
});
const nan = Number.NaN;
const table = TimeTable.of({
  frequency: "M",
  start: "2026-01",
  columns: { visits: [10, 20, nan, 40, 50], orders: [1, 30, 3, 4, nan], rate: [0.1, 1.5, nan, 0.2, 0.1] },
});
const april = { now: () => Date.UTC(2026, 7, 15) }; // the last period that is over is July: two after May

describe("tableQuality", () => {
  const quality = tableQuality(shop, table, { clock: april, shelfLife: 4 });
  const value = (column: string, dimension: QualityDimension) => quality.columns[column].dimensions[dimension].value;

  it("is as worked out by hand, each dimension with its formula and figures", () => {
    expect(quality.columns["visits"].dimensions).toEqual({
      completeness: { value: 0.8, formula: "1 - missing / periods", figures: { missing: 1, periods: 5 } },
      validity: { value: 1, formula: "1 - invalid / filled", figures: { invalid: 0, filled: 4 } },
      uniqueness: { value: 1, formula: "1 - duplicates / accepted", figures: { duplicates: 0, accepted: 5 } },
      timeliness: { value: 0.5, formula: "max(0, 1 - age / shelfLife)", figures: { age: 2, shelfLife: 4 } },
      // orders <= visits: 3 checked, 1 broken; rate = orders / visits: 3 checked, 1 broken
      consistency: { value: 1 - 2 / 6, formula: "1 - broken / checked", figures: { broken: 2, checked: 6 } },
    });
    expect(value("orders", "timeliness")).toBe(0.25); // its last value is April's
    expect(value("rate", "consistency")).toBeCloseTo(2 / 3, 15);
    expect(quality.columns["visits"].score).toBeCloseTo(100 * 0.8 * 0.5 * (2 / 3), 12);
    expect(quality.dimensions.completeness.value).toBeCloseTo(0.8, 15);
    expect(quality.dimensions.consistency.figures).toEqual({ broken: 2, checked: 6 });
    expect(quality.dimensions.timeliness.value).toBeCloseTo((0.5 + 0.25 + 0.5) / 3, 15);
    const scores = Object.values(quality.columns).map(({ score }) => score);
    expect(quality.score).toBeCloseTo(scores.reduce((sum, score) => sum + score, 0) / 3, 12);
    expect(quality.formulas.column).toBe(
      "100 x completeness x validity x uniqueness x timeliness x consistency, of those judged",
    );
  });

  it("does not judge what it cannot, and says so", () => {
    const plain = department("plain", { visits: { unit: "visits", kind: "flow" } });
    const only = TimeTable.of({ frequency: "M", start: "2026-01", columns: { visits: [1, 2] } });
    const { dimensions, score } = tableQuality(plain, only, { aggregated: true });
    expect([dimensions.uniqueness, dimensions.timeliness, dimensions.consistency]).toEqual([
      { value: null, formula: "not judged: several rows of a period are meant", figures: {} },
      { value: null, formula: "not judged: no clock was given", figures: {} },
      { value: null, formula: "not judged: no rule of the department could be checked", figures: {} },
    ]);
    expect(score).toBe(100);
  });

  it("takes the rows that were rejected, invalid or double from the report of the table", async () => {
    const rows = [
      { date: "2026-01-01", visits: 1, orders: 1, rate: 1 },
      { date: "2026-01-01", visits: 1, orders: 1, rate: 1 },
      { date: "2026-01-02", visits: -1, orders: 1, rate: null },
      { date: "2026-01-03", visits: 2, orders: 1, rate: 0.5 },
    ];
    const read = await ingest(rows, { schema: shop, frequency: "D", invalid: "reject" });
    const { columns, dimensions } = tableQuality(shop, read);
    expect(dimensions.uniqueness).toMatchObject({ figures: { duplicates: 1, accepted: 3 } });
    expect(columns["visits"].dimensions.validity).toMatchObject({ value: 0.75, figures: { invalid: 1, filled: 4 } });
    expect(dimensions.validity.value).toBeCloseTo(((0.75 + 1 + 1) / 3) * (3 / 4), 15);
  });

  it("agrees with the table's own report where nothing else is judged", async () => {
    const cell = fc.option(fc.integer({ min: -3, max: 20 }), { nil: null });
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.record({ visits: cell, orders: cell, rate: cell }), { minLength: 1, maxLength: 20 }),
        async (cells) => {
          const rows = cells.map((row, day) => ({ date: day * 86_400_000, ...row }));
          const read = await ingest([...rows, { date: rows.length * 86_400_000, visits: 1, orders: 1, rate: 1 }], {
            schema: shop,
            frequency: "D",
            invalid: "reject",
          });
          const judged = tableQuality(shop, read, { weights: { consistency: 0, uniqueness: 0 } });
          expect(judged.score).toBe(read.quality.score);
          for (const [metric, { completeness, validity, score }] of Object.entries(read.quality.metrics)) {
            expect(judged.columns[metric].score).toBe(score);
            expect(judged.columns[metric].dimensions.completeness.value).toBe(completeness);
            expect(judged.columns[metric].dimensions.validity.value).toBe(validity);
          }
        },
      ),
    );
  });

  it("takes weights as exponents", () => {
    const weights = { completeness: 2, timeliness: 0.5, consistency: 0 };
    const { columns, formulas } = tableQuality(shop, table, { clock: april, shelfLife: 4, weights });
    expect(columns["visits"].score).toBeCloseTo(100 * 0.8 * 0.8 * Math.sqrt(0.5), 10);
    expect(formulas.column).toContain("completeness^2 x validity x uniqueness x timeliness^0.5 x consistency^0");
  });

  it("falls to nothing, not below, where the table is too old", () => {
    const old = tableQuality(shop, table, { clock: { now: () => Date.UTC(2030, 0) } });
    expect(old.columns["visits"].dimensions.timeliness.value).toBe(0);
    const early = tableQuality(shop, table, { clock: { now: () => Date.UTC(2020, 0) } });
    expect(early.columns["visits"].dimensions.timeliness.value).toBe(1);
  });

  it("is plain JSON", () => {
    expect(JSON.parse(JSON.stringify(quality))).toEqual(quality);
  });

  it("refuses other columns, weights and shelf lives", async () => {
    const other = TimeTable.of({ frequency: "M", start: "2026-01", columns: { visit: [1] } });
    const weights = { completenes: 1, validity: -1 } as never;
    const error = await caught(() => tableQuality(shop, other, { weights, shelfLife: 0 }));
    expect(error.issues.map(({ code }) => code)).toEqual([
      "unknown-name",
      "unknown-name",
      "invalid-argument",
      "invalid-argument",
    ]);
    expect(error.issues[0].fix).toBe("did you mean 'visits'?");
  });

  it("of several departments is the mean", async () => {
    const plain = department("plain", { visits: { unit: "visits", kind: "flow" } });
    const half = tableQuality(plain, TimeTable.of({ frequency: "M", start: "2026-01", columns: { visits: [1, nan] } }));
    const overall = overallQuality([quality, half]);
    expect(overall.score).toBeCloseTo((quality.score + 50) / 2, 12);
    expect(Object.keys(overall.departments)).toEqual(["shop", "plain"]);
    expect((await caught(() => overallQuality([]))).code).toBe("invalid-argument");
  });
});

describe("compareQuality", () => {
  const before = tableQuality(shop, table, { clock: april });
  const mended = TimeTable.of({
    frequency: "M",
    start: "2026-01",
    columns: { visits: [10, 20, 30, 40, 50], orders: [1, 2, 3, 4, 5] },
  });

  it("tells what rose and fell, and which columns came and went", () => {
    const { columns, score, added, removed, dimensions } = compareQuality(
      before,
      tableQuality(shop, mended, { clock: april }),
    );
    expect(score.change).toBeGreaterThan(0);
    expect(columns["visits"].dimensions.completeness).toEqual({ before: 0.8, after: 1, change: 1 - 0.8 });
    expect(dimensions.consistency.after).toBe(1);
    expect([added, removed, Object.keys(columns)]).toEqual([[], ["rate"], ["visits", "orders"]]);
  });

  it("has no change where one was not judged, and none between equals", () => {
    expect(compareQuality(before, tableQuality(shop, table)).dimensions.timeliness).toMatchObject({
      after: null,
      change: null,
    });
    const same = compareQuality(before, before);
    expect(same.score.change).toBe(0);
    expect(compareQuality(JSON.parse(JSON.stringify(before)), before)).toEqual(same);
  });

  it("refuses other departments and other weights", async () => {
    const other = tableQuality(shop, table, { weights: { validity: 2 } });
    expect((await caught(() => compareQuality(before, other))).code).toBe("conflict");
    expect((await caught(() => compareQuality(before, { ...before, department: "other" }))).code).toBe("conflict");
  });
});

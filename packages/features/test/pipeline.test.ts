import { TimeTable } from "@sage-twin/schemas";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  featurePipeline,
  featurePipelineFromJSON,
  findLeaks,
  fittedPipelineFromJSON,
  rolling,
  type WindowStatistic,
} from "../src/index.js";

const day = 86_400_000;
const start = Date.UTC(2026, 0, 1);

/** A pipeline with every kind of step, over dated rows. */
function everything() {
  return featurePipeline({ numbers: { sales: "GBP", visits: "" }, texts: ["shop"], frequency: "D" })
    .lag("salesLag3", "sales", 3)
    .difference("salesUp", "sales")
    .percentageChange("visitsUp", "visits", 2)
    .logChange("visitsLog", "visits")
    .rolling("mean5", "sales", "mean", { window: 5, minPeriods: 2 })
    .rolling("std4", "sales", "std", { window: 4, minPeriods: 2, closed: "left" })
    .rolling("sumWeek", "sales", "sum", { window: "7D", closed: "neither" })
    .rolling("countWeek", "sales", "count", { window: "1W", closed: "both" })
    .rolling("median6", "sales", "median", { window: 6, minPeriods: 1 })
    .rolling("quantile9", "sales", "quantile", { window: 9, minPeriods: 1, probability: 0.8, closed: "both" })
    .rolling("max3", "sales", "max", { window: 3, minPeriods: 1 })
    .rolling("min3", "sales", "min", { window: "3D" })
    .rolling("skew8", "sales", "skew", { window: 8, minPeriods: 3 })
    .rolling("kurtosis8", "sales", "kurtosis", { window: 8, minPeriods: 4 })
    .rolling("with", "sales", "correlation", { window: 8, minPeriods: 3, other: "visits" })
    .rolling("slope5", "sales", "slope", { window: 5, minPeriods: 2 })
    .rolling("slopeWeek", "sales", "slope", { window: "7D" })
    .rolling("smoothTwice", "mean5", "mean", { window: 3, minPeriods: 1 })
    .expanding("meanAll", "sales", "mean")
    .expanding("varianceAll", "sales", "variance")
    .expanding("maxAll", "sales", "max")
    .expanding("skewAll", "sales", "skew", { minPeriods: 3 })
    .expanding("slopeAll", "sales", "slope")
    .expanding("covarianceAll", "sales", "covariance", { other: "visits" })
    .exponential("weighted", "sales", "mean", { span: 5 })
    .exponential("weightedStd", "sales", "std", { halfLife: 3, adjust: false, ignoreMissing: true })
    .calendar("weekday", "dayOfWeek")
    .calendar("toHoliday", "daysToHoliday", { holidays: ["2026-01-01", "2027-12-25"] })
    .calendar("payday", "isPayday")
    .fourier("week", { period: "W", order: 2 })
    .formula("basket", "sales / (visits + 1)", { unit: "GBP" })
    .targetEncoding("shopSales", "shop", { target: "sales" })
    .frequencyEncoding("shopShare", "shop")
    .anomaly("salesOut", "sales", { method: "robustZ" })
    .anomaly("salesFlag", "sales", { method: "iqr", threshold: 1.5 })
    .seasonal("salesSeason", "sales", { period: 7 });
}

const rowOf = fc.record({
  sales: fc.oneof(
    { weight: 9, arbitrary: fc.double({ min: -1e3, max: 1e5, noNaN: true }) },
    { weight: 1, arbitrary: fc.constant(Number.NaN) },
  ),
  visits: fc.oneof(fc.integer({ min: 1, max: 500 }), fc.constant(Number.NaN)),
  shop: fc.constantFrom("north", "south", "east", null),
});
const rowsOf = (minLength: number, maxLength: number) => fc.array(rowOf, { minLength, maxLength });

function tableOf(rows: readonly { sales: number; visits: number; shop: string | null }[]) {
  return {
    date: rows.map((_, row) => start + row * day),
    sales: rows.map(({ sales }) => sales),
    visits: rows.map(({ visits }) => visits),
    shop: rows.map(({ shop }) => shop),
  };
}

/** A table that every step can learn from. */
const learnable = tableOf(
  Array.from({ length: 60 }, (_, row) => ({
    sales: 100 + row + [9, 0, -4, 2, 3, -8, -2][row % 7] + ((row * 37) % 11),
    visits: 20 + ((row * 17) % 13),
    shop: ["north", "south", null, "north"][row % 4],
  })),
);

function sameNumbers(actual: number, expected: number, what: string): void {
  if (Object.is(actual, expected) || Math.abs(actual - expected) <= 1e-9 * Math.max(1e-3, Math.abs(expected))) return;
  throw new Error(`${what}: ${actual} instead of ${expected}`);
}

describe("a fitted pipeline", () => {
  const fitted = everything().fit(learnable);

  it("updates row by row to the same numbers as a whole table, also through JSON", () => {
    fc.assert(
      fc.property(rowsOf(1, 60), fc.nat(59), (rows, save) => {
        const table = tableOf(rows);
        const batch = fitted.transform(table).columns() as Record<string, Float64Array>;
        let stream: { update(row: never): Readonly<Record<string, number>>; toJSON(): unknown } = fitted.restart();
        rows.forEach((row, index) => {
          if (index === save) stream = fittedPipelineFromJSON(JSON.parse(JSON.stringify(stream)));
          const one = stream.update({ date: start + index * day, ...row } as never);
          expect(Object.keys(one)).toEqual(Object.keys(batch));
          for (const [name, value] of Object.entries(one)) sameNumbers(value, batch[name][index], `${name}[${index}]`);
        });
      }),
      { numRuns: 60 },
    );
  });

  it("continues after its training table", () => {
    const next = { date: start + 60 * day, sales: 180, visits: 31, shop: "north" };
    const whole = {
      date: [...learnable.date, next.date],
      sales: [...learnable.sales, next.sales],
      visits: [...learnable.visits, next.visits],
      shop: [...learnable.shop, next.shop],
    };
    const batch = fitted.transform(whole).columns() as Record<string, Float64Array>;
    const one = everything().fit(learnable).update(next);
    for (const [name, value] of Object.entries(one)) sameNumbers(value, batch[name][60], name);
  });

  it("remembers no more than its windows, however many rows come", () => {
    const stream = everything().fit(learnable).restart();
    const sizes = [300, 3000].map((rows) => {
      const from = rows === 300 ? 0 : 300;
      for (let row = from; row < rows; row++)
        stream.update({ date: start + row * day, sales: row % 19, visits: 1 + (row % 7), shop: "south" });
      return JSON.stringify(stream).length;
    });
    expect(sizes[1]).toBeLessThan(sizes[0] * 1.1);
  });

  it("does not look ahead, in any step", () => {
    const leaks = findLeaks(learnable, (table) => fitted.transform(table).columns());
    expect(leaks).toEqual([]);
  });

  it("does not look ahead when it encodes its training rows in order", () => {
    const pipeline = featurePipeline({ numbers: { sales: "" }, texts: ["shop"] })
      .targetEncoding("bySales", "shop", { target: "sales" })
      .frequencyEncoding("share", "shop");
    expect(findLeaks(learnable, (table) => pipeline.fitTransform(table).features.columns())).toEqual([]);
    const outOfFold = featurePipeline({ numbers: { sales: "" }, texts: ["shop"] }).targetEncoding("bySales", "shop", {
      target: "sales",
      training: "outOfFold",
    });
    const leaks = findLeaks(learnable, (table) => outOfFold.fitTransform(table).features.columns());
    expect(leaks.length).toBeGreaterThan(0);
  });

  it("never moves when the future does, for any table", () => {
    fc.assert(
      fc.property(rowsOf(4, 40), fc.integer(), (rows, seed) => {
        expect(findLeaks(tableOf(rows), (table) => fitted.transform(table).columns(), { seed })).toEqual([]);
      }),
      { numRuns: 15 },
    );
  });
});

describe("findLeaks", () => {
  it("finds a centred window, a look one row ahead, and a look at the length", () => {
    const table = { x: [3, 1, 4, 1, 5, 9, 2, 6, 5, 3] };
    const centred = findLeaks(table, ({ x }) => ({ mean: rolling(x, { window: 3, center: true }).mean() }));
    expect(centred.map(({ feature, row, from, how }) => [feature, row - from, how])).toContainEqual([
      "mean",
      -1,
      "changed",
    ]);
    expect(findLeaks(table, ({ x }) => ({ next: x.map((_, row) => x[row + 1] ?? 0) })).length).toBeGreaterThan(0);
    expect(
      findLeaks(table, ({ x }) => ({ left: x.map((_, row) => x.length - row) })).every(({ how }) => how === "removed"),
    ).toBe(true);
    expect(() => findLeaks(table, ({ x }) => ({ x }), { cuts: [10] })).toThrow(
      "cuts[0]: 10 is not a whole number in 1..9",
    );
  });
});

describe("encodings", () => {
  const table = { city: ["a", "b", "a", "a", null], y: [1, 0, 3, Number.NaN, 10] };

  it("are smoothed as stated, the prior for an unseen category", () => {
    const pipeline = featurePipeline({ numbers: { y: "GBP" }, texts: ["city"] })
      .targetEncoding("mean", "city", { target: "y", smoothing: 2 })
      .frequencyEncoding("share", "city");
    const { fitted, features } = pipeline.fitTransform(table);
    const prior = 14 / 4;
    const out = fitted.transform({ city: ["a", "b", null, "unseen"], y: [0, 0, 0, 0] });
    expect([...out.column("mean")]).toEqual([(4 + 2 * prior) / 4, (0 + 2 * prior) / 3, (10 + 2 * prior) / 3, prior]);
    expect([...out.column("share")]).toEqual([3 / 5, 1 / 5, 1 / 5, 0]);
    // Each from the rows before: none; prior 1; a: sum 1 of 1, prior 1/2; a: sum 4 of 2, prior 4/3; unseen so far: prior 4/3.
    expect([...features.column("mean")]).toEqual([Number.NaN, 1, (1 + 2 * 0.5) / 3, (4 + 2 * (4 / 3)) / 4, 4 / 3]);
    expect([...features.column("share")]).toEqual([Number.NaN, 0, 1 / 2, 2 / 3, 0]);
    expect(pipeline.metadata[0]).toMatchObject({ unit: "GBP", columns: ["y", "city"], fitted: true });
  });

  it("out of fold do not know their own target", () => {
    const city = Array.from({ length: 20 }, (_, row) => `c${row}`);
    const y = city.map((_, row) => row);
    const { features } = featurePipeline({ numbers: { y: "" }, texts: ["city"] })
      .targetEncoding("mean", "city", { target: "y", training: "outOfFold", folds: 4 })
      .fitTransform({ city, y });
    // Every category is a row of its own: its encoding is the mean of the other folds, 15 rows.
    expect(new Set(features.column("mean")).size).toBeLessThanOrEqual(4);
    const total = features.column("mean").reduce((sum, value) => sum + value, 0) / 20;
    expect(total).toBeCloseTo(9.5, 9);
  });
});

describe("a pipeline", () => {
  it("knows its features by name, in the types too", () => {
    const pipeline = featurePipeline({ numbers: { revenue: "GBP", orders: "" }, texts: ["region"] })
      .lag("before", "revenue")
      .fourier("year", { period: "Y", order: 2 });
    const names: readonly ("before" | "yearSin1" | "yearCos1" | "yearSin2" | "yearCos2")[] = pipeline.features;
    expect(names).toEqual(["before", "yearSin1", "yearCos1", "yearSin2", "yearCos2"]);
    // @ts-expect-error: a misspelt column does not compile
    expect(() => pipeline.lag("x", "reveneu")).toThrow("unknown column 'reveneu'; did you mean 'revenue'?");
    // @ts-expect-error: a column of texts is no number
    expect(() => pipeline.lag("x", "region")).toThrow("unknown column 'region'");
    // @ts-expect-error: nor a column of numbers a category
    expect(() => pipeline.frequencyEncoding("x", "orders")).toThrow("unknown column of texts 'orders'");
    const table = TimeTable.of({ frequency: "M", start: "2026-01", columns: { revenue: [1, 2], orders: [3, 4] } });
    const numbers = featurePipeline({ numbers: { revenue: "GBP" } }).lag("before", "revenue");
    const features = numbers.fit(table).transform(table);
    // @ts-expect-error: a misspelt feature does not compile
    expect(() => features.column("befor")).toThrow("unknown feature 'befor'; did you mean 'before'?");
    // @ts-expect-error: a row without a column does not compile
    expect(() => numbers.fit(table).update({ date: "2026-03" })).toThrow("row.revenue: it is not in the row");
  });

  it("says of each feature its unit, its origin and its cost", () => {
    const pipeline = featurePipeline({ numbers: { spend: "GBP", orders: "orders" } })
      .rolling("spend30", "spend", "sum", { window: "30D" })
      .rolling("orders30", "orders", "sum", { window: 30 })
      .formula("cac", "spend30 / orders30", { unit: "GBP" })
      .rolling("spread", "cac", "variance", { window: 8 })
      .rolling("both", "spend", "covariance", { window: 8, other: "orders" })
      .rolling("trend", "spend", "slope", { window: "30D" })
      .rolling("middle", "spend", "median", { window: 90 });
    expect(
      pipeline.metadata.map(({ name, unit, columns, cost }) => [name, unit, columns.join(), cost.work, cost.memory]),
    ).toEqual([
      ["spend30", "GBP", "spend", "O(1)", null],
      ["orders30", "orders", "orders", "O(1)", 31],
      ["cac", "GBP", "spend,orders", "O(1)", 0],
      ["spread", "GBP^2", "spend,orders", "O(1)", 9],
      ["both", "GBP orders", "spend,orders", "O(1)", 9],
      ["trend", "GBP per day", "spend", "O(1)", null],
      ["middle", "GBP", "spend", "O(log window)", 91],
    ]);
    expect(pipeline.metadata[2].step).toEqual({
      kind: "formula",
      name: "cac",
      formula: "spend30 / orders30",
      unit: "GBP",
    });
  });

  it("is immutable", () => {
    const base = featurePipeline({ numbers: { x: "" } });
    base.lag("a", "x");
    expect(base.features).toEqual([]);
    expect(base.lag("b", "x").features).toEqual(["b"]);
  });

  it("gives the same numbers after its JSON is read again", () => {
    const text = JSON.stringify(everything());
    const again = featurePipelineFromJSON(JSON.parse(text));
    expect(JSON.stringify(again)).toBe(text);
    expect(again.metadata).toEqual(everything().metadata);
    expect(again.fit(learnable).transform(learnable).columns()).toEqual(
      everything().fit(learnable).transform(learnable).columns(),
    );
  });

  it("reads metrics over periods, and wants each period in turn", () => {
    const table = TimeTable.of({ frequency: "M", start: "2026-01", columns: { revenue: [10, 20, 30, 40] } });
    const fitted = featurePipeline({ numbers: { revenue: "GBP" } })
      .rolling("mean2", "revenue", "mean", { window: 2 })
      .calendar("month", "month")
      .fit(table);
    expect([...fitted.transform(table).rows()][3]).toEqual({ time: "2026-04-01T00:00Z", mean2: 35, month: 4 });
    expect(() => fitted.update({ date: "2026-04", revenue: 1 })).toThrow(
      "rows of the training table are known already",
    );
    expect(() => fitted.update({ date: "2026-06", revenue: 1 })).toThrow(
      "2026-06-01 does not follow 2026-04-01; give a row of NaN",
    );
    expect(fitted.update({ date: "2026-05", revenue: 60 })).toEqual({ mean2: 50, month: 5 });
    const weeks = TimeTable.of({ frequency: "W", start: "2026-01-05", columns: { revenue: [1, 2] } });
    expect(() => fitted.transform(weeks)).toThrow("its frequency is 'W', not 'M'");
  });

  it("learns the season of each phase, wherever a later table starts", () => {
    const season = [4, -1, -2, -1];
    const table = TimeTable.of({
      frequency: "Q",
      start: "2019-04",
      columns: { x: Array.from({ length: 24 }, (_, row) => 50 + row + season[(row + 1) % 4]) },
    });
    const fitted = featurePipeline({ numbers: { x: "" } })
      .seasonal("season", "x", { period: 4 })
      .fit(table);
    const later = TimeTable.of({ frequency: "Q", start: "2026-01", columns: { x: [0, 0, 0, 0] } });
    expect(Array.from(fitted.transform(later).column("season"), Math.round)).toEqual(season);
  });

  it.each([
    [
      "a centred window",
      (p: Loose) => p.rolling("a", "x", "mean", { window: 3, center: true } as never),
      "a centred window looks ahead",
    ],
    [
      "an anomaly method that looks ahead",
      (p: Loose) => p.anomaly("a", "x", { method: "stlResidual" as never }),
      "'stlResidual' looks at what comes after a row",
    ],
    ["an expanding median", (p: Loose) => p.expanding("a", "x", "median" as never), "must remember every row"],
    [
      "an unknown statistic",
      (p: Loose) => p.rolling("a", "x", "maen" as WindowStatistic, { window: 3 }),
      "unknown statistic 'maen'; did you mean 'mean'?",
    ],
    [
      "a correlation with nothing",
      (p: Loose) => p.rolling("a", "x", "correlation", { window: 3 }),
      "'correlation' needs another column",
    ],
    ["a name that is taken", (p: Loose) => p.lag("x", "x"), "'x' is taken"],
    ["a name that is no name", (p: Loose) => p.lag("a b", "x"), "'a b' is taken, or not a name"],
    [
      "an unknown calendar field",
      (p: Loose) => p.calendar("a", "dayOfWek" as never),
      "unknown calendar field 'dayOfWek'; did you mean 'dayOfWeek'?",
    ],
    ["holidays without dates", (p: Loose) => p.calendar("a", "isHoliday"), "needs the dates of the holidays"],
    ["a formula over nothing known", (p: Loose) => p.formula("a", "x / zzz"), "unknown column 'zzz'"],
    ["code in a formula", (p: Loose) => p.formula("a", "x.constructor"), "is not allowed in a formula"],
    ["a lag into the future", (p: Loose) => p.lag("a", "x", -1), "periods: -1 is not a whole number in 1.."],
  ])("refuses %s", (_, build, message) => {
    expect(() => build(featurePipeline({ numbers: { x: "" } }) as unknown as Loose)).toThrow(message);
  });

  it("names everything that is wrong with a table or a row", () => {
    const pipeline = featurePipeline({ numbers: { x: "", y: "" }, texts: ["t"] }).lag("a", "x");
    expect(() => pipeline.fit({ x: [1, "2"] as never, tt: ["a", "b"] })).toThrow(
      /x\[1\]: '2' is not a number[\s\S]*unknown column 'y'[\s\S]*unknown column 't'/,
    );
    expect(() => pipeline.fit({ x: [1], y: [1, 2], t: ["a"] })).toThrow("y: 2 values beside 1 in 'x'");
    expect(() => pipeline.fit({ x: [], y: [], t: [] })).toThrow("there are no rows to learn from");
    const fitted = pipeline.fit({ x: [1], y: [1], t: ["a"] });
    expect(() => fitted.update({ x: "1", t: 3 } as never)).toThrow(
      /row.x: '1' is not a number[\s\S]*row.y: it is not in[\s\S]*row.t: 3/,
    );
    expect(fitted.update({ x: 5, y: 0, t: null })).toEqual({ a: 1 });
    const timed = featurePipeline({ numbers: { x: "" } }).rolling("a", "x", "sum", { window: "2D" });
    expect(() => timed.fit({ x: [1, 2] })).toThrow("steps.a: it needs the time of the rows");
    const dated = timed.fit({ x: [1, 2], date: ["2026-01-01", "2026-01-02"] });
    expect(() => dated.update({ x: 3, date: "2025-12-31" })).toThrow("is before the last row");
    expect(() => dated.update({ x: 3 })).toThrow("row.date: it is not in the row");
    expect(dated.update({ x: 3, date: "2026-01-03" })).toEqual({ a: 5 });
    const season = featurePipeline({ numbers: { x: "" } }).seasonal("s", "x", { period: 2 });
    expect(() => season.fit({ x: [1, 2, 1, 2], date: [0, 1, 2, 3] })).toThrow("it needs the frequency of the rows");
  });

  it("refuses JSON that it has not written", () => {
    const saved = JSON.parse(JSON.stringify(everything().fit(learnable)));
    const broken = (change: (state: Record<string, never>) => void): unknown => {
      const copy = structuredClone(saved);
      change(copy.state);
      return copy;
    };
    expect(() => fittedPipelineFromJSON({})).toThrow("not a saved 'fitted-feature-pipeline'");
    expect(() => fittedPipelineFromJSON({ ...saved, schemaVersion: 2 })).toThrow("was written by");
    expect(() => fittedPipelineFromJSON(broken((state) => (state["memories"] as unknown[]).pop()))).toThrow(
      "memories and",
    );
    expect(() =>
      fittedPipelineFromJSON(broken((state) => Object.assign(state["steps"][0], { change: "leap" }))),
    ).toThrow("'leap' is not");
    expect(() => fittedPipelineFromJSON(broken((state) => Object.assign(state["steps"][0], { extra: 1 })))).toThrow(
      "unknown member",
    );
    expect(() => featurePipelineFromJSON({ ...JSON.parse(JSON.stringify(everything())), kind: "x" })).toThrow(
      "this is a saved 'x'",
    );
  });
});

type Loose = ReturnType<typeof loose>;
function loose() {
  return featurePipeline({ numbers: { x: "", zz: "" } });
}

import { attribute } from "@sage-twin/causal";
import { TwinError } from "@sage-twin/kernel";
import { tornado } from "@sage-twin/scenarios";
import { beforeAll, describe, expect, it } from "vitest";
import {
  causalGraph,
  department,
  elasticity,
  TimeTable,
  Twin,
  type TwinBuilder,
  type TwinEvent,
} from "../src/index.js";
import { describeShop, people, sales, shopColumns } from "./shop.js";

type Shop = Awaited<ReturnType<ReturnType<typeof describeShop>["build"]>>;

async function problem(action: () => unknown): Promise<TwinError> {
  try {
    await action();
  } catch (error) {
    if (TwinError.isInstance(error)) return error;
    throw error;
  }
  throw new Error("nothing was thrown");
}

const options = { seed: "2026", horizon: "3M" } as const;
let twin: Shop;

beforeAll(async () => {
  twin = await describeShop().build(options);
});

describe("the mirror", () => {
  it("shows indicators with their change, and whether it is for the better", () => {
    const { indicators, date, version } = twin.state();
    const lost = indicators.find(({ metric }) => metric === "lost");
    const values = shopColumns().lost;
    expect(date).toBe("2025-12-22");
    expect(version).toBe(1);
    expect(lost?.value).toBe(values[103]);
    expect(lost?.change).toBeCloseTo(values[103] / values[102] - 1, 12);
    expect(lost?.better).toBe(values[103] < values[102]);
  });

  it("computes derived metrics, also in the past", () => {
    const { orders, orderValue } = shopColumns();
    const at = twin.state({ at: "2024-01-10" }).indicators.find(({ metric }) => metric === "revenue");
    expect(at?.value).toBe(orders[1] * orderValue[1]);
    expect(at?.previous).toBe(orders[0] * orderValue[0]);
  });

  it("makes the health index of its parts: scores x weights, departments weighing the same", () => {
    const { index, parts } = twin.state().health;
    expect(parts.reduce((sum, { weight }) => sum + weight, 0)).toBeCloseTo(1, 12);
    expect(index).toBeCloseTo(
      parts.reduce((sum, { weight, score }) => sum + weight * score, 0),
      12,
    );
    const byDepartment = parts
      .filter(({ department }) => department === "sales")
      .reduce((sum, { weight }) => sum + weight, 0);
    expect(byDepartment).toBeCloseTo(1 / 3, 12);
  });

  it("scores 50 for the usual and 97.7 for two robust standard deviations better", async () => {
    const values = [...[8, 9, 10, 11, 12, 8, 9, 10, 11, 12], 10 + 2 * 1.482602218505602];
    const shop = department("shop", {
      sales: { unit: "GBP", kind: "flow", good: "up" },
      faults: { unit: "faults", kind: "flow", good: "down" },
    });
    const table = TimeTable.of({
      frequency: "W",
      start: "2026-01-05",
      columns: { sales: values, faults: [...values.slice(0, 10), 10] },
    });
    const { health } = (await Twin.describe("x").department("shop", shop).data("shop", table).build()).state();
    expect(health.parts[0].score).toBeCloseTo(97.725, 3);
    expect(health.parts[1].score).toBe(50);
  });

  it("tells the quality of each department's data", () => {
    const { departments, score } = twin.quality();
    expect(Object.keys(departments)).toEqual(["sales", "people"]);
    expect(score).toBe(100);
  });

  it("describes its levers for a user interface", () => {
    expect(twin.levers()).toEqual([
      {
        lever: "price",
        label: "price",
        unit: "GBP",
        min: 1,
        max: 10,
        step: 0.1,
        now: shopColumns().price[103],
        linked: ["orders", "joined", "revenue", "customers"],
        movedBy: [],
      },
    ]);
  });
});

describe("questions beyond the forecast", () => {
  it("says what reaches a target, and keeps the promise when simulated", async () => {
    const [outlook] = (await twin.forecast("revenue", { horizons: ["3M"] })).horizons;
    const target = 1.02 * outlook.total.quantile(0.5);
    const found = await twin.reach({ metric: "revenue", atLeast: target, runs: 1000 });
    expect(found.moves.map(({ lever }) => lever)).toEqual(["price"]);
    expect(found.feasible).toBe(true);
    const result = await twin.simulate(found.plan as never);
    expect(result.metric("revenue").total.quantile(0.5) / target).toBeCloseTo(1, 1);
  });

  it("says why a metric moved, in shares that sum to the change", async () => {
    const fitted = await twin.fitted();
    const { change, contributions } = attribute(fitted, {
      target: "revenue",
      from: { first: -8, rows: 4 },
      to: { first: -4, rows: 4 },
    });
    expect(contributions.reduce((sum, { value }) => sum + value, 0)).toBeCloseTo(change, 8);
  });

  it("says what an answer hangs on", async () => {
    const { bars } = tornado(await twin.study(), twin.scenario("dearer").scale("price", 1.1), { metric: "orders" });
    expect(bars[0].input).toBe("price -> orders");
  });
});

describe("the forecast", () => {
  it("is the simulation without edits: the same quantiles for every metric and date", async () => {
    const unedited = await twin.simulate(twin.scenario("nothing"));
    for (const { metric } of twin.catalogue) {
      const outlook = await twin.forecast(metric as "orders");
      expect(outlook.mean).toEqual(unedited.metric(metric as "orders").mean);
      for (const level of [50, 80, 95])
        expect(outlook.interval(level)).toEqual(unedited.metric(metric as "orders").interval(level));
      expect(outlook.dates).toEqual(unedited.dates);
    }
  });

  it("gives one figure for each horizon", async () => {
    const outlook = await twin.forecast("orders", { horizons: ["1M", "3M"], levels: [80] });
    expect(outlook.horizons.map(({ steps }) => steps)).toEqual([4, 13]);
    expect(outlook.horizons[0].total.mean).toBeCloseTo(
      outlook.mean.slice(0, 4).reduce((sum, value) => sum + value, 0),
      6,
    );
    const stock = await twin.forecast("customers", { horizons: ["1M"] });
    expect(stock.horizons[0].total.mean).toBeCloseTo(stock.mean[3], 9);
    expect(JSON.parse(JSON.stringify(outlook)).intervals[0].lower).toHaveLength(13);
  });

  it.each([["0W"], ["-1W"], ["1.5W"], ["100000D"], ["12M"], ["9999W"], ["soon"], [0], [13]])(
    "refuses a horizon of %s",
    async (horizon) => {
      const error = await problem(() => twin.forecast("orders", { horizons: [horizon as "1M"] }));
      expect(["invalid-time", "out-of-range"]).toContain(error.code);
    },
  );

  it("refuses an unknown metric and suggests the near one", async () => {
    // @ts-expect-error a misspelt metric does not compile
    const error = await problem(() => twin.forecast("oders"));
    expect(error.message).toContain("did you mean 'orders'?");
  });
});

describe("what if", () => {
  it("moves what the price causes, and keeps identities in every run", async () => {
    const result = await twin.simulate(twin.scenario("dearer").scale("price", 1.1), { runs: 2000 });
    expect(result.difference("orders").total.interval(90).upper).toBeLessThan(0);
    const date = result.dates[12];
    const [revenue, orders, value] = (["revenue", "orders", "orderValue"] as const).map((name) =>
      result.metric(name).at(date),
    );
    const gaps = revenue.map((sample, run) => Math.abs(sample - orders[run] * value[run]) / sample);
    expect(Math.max(...gaps)).toBeLessThanOrEqual(1e-12);
  });

  it("is the same bytes for the same seed, again and after saving", async () => {
    const plan = twin.scenario("cheaper").scale("price", 0.9, { ramp: "1M" });
    const once = JSON.stringify(await twin.simulate(plan, { runs: 1000 }));
    const copy = Twin.fromJSON(JSON.parse(JSON.stringify(twin)));
    const again = JSON.stringify(
      await copy.simulate(copy.scenarioFromJSON(JSON.parse(JSON.stringify(plan))), { runs: 1000 }),
    );
    expect(again).toBe(once);
    expect(JSON.stringify(await twin.simulate(plan, { runs: 1000, seed: "other" }))).not.toBe(once);
  });

  it("knows its levers at compile time and at run time", async () => {
    // @ts-expect-error orders are no lever
    expect(await problem(() => twin.scenario("x").scale("orders", 2))).toMatchObject({ code: "not-a-lever" });
    // @ts-expect-error a misspelt lever does not compile
    expect((await problem(() => twin.scenario("x").scale("prise", 2))).message).toContain("did you mean 'price'?");
    const result = await twin.simulate(twin.scenario("x"), { runs: 10 });
    // @ts-expect-error a misspelt metric does not compile
    expect((await problem(() => result.metric("oders"))).code).toBe("unknown-name");
  });

  it("can be aborted, and asked again", async () => {
    const fresh = await describeShop().build(options);
    const controller = new AbortController();
    const running = fresh.simulate(fresh.scenario("x"), {
      signal: controller.signal,
      onProgress: () => controller.abort(new Error("enough")),
    });
    await expect(running).rejects.toThrow("enough");
    expect((await fresh.simulate(fresh.scenario("x"), { runs: 10 })).runs).toBe(10);
  });
});

describe("the live twin", () => {
  const next = { date: "2025-12-29", price: 5, orders: 400, orderValue: 25 };

  it("takes in rows: a new version, moved indicators, stale forecasts, told listeners", async () => {
    const live = await describeShop().build(options);
    const before = await live.forecast("orders", { horizons: ["1M"] });
    const events: TwinEvent[] = [];
    const stop = live.subscribe((event) => events.push(event));
    const state = await live.observe("sales", [next]);
    expect(state.version).toBe(2);
    expect(state.indicators.find(({ metric }) => metric === "orders")).toMatchObject({
      value: 400,
      date: "2025-12-29",
    });
    expect(events).toMatchObject([{ type: "observed", department: "sales", rows: 1, version: 2 }]);
    expect(before.stale).toBe(true);
    const after = await live.forecast("orders", { horizons: ["1M"] });
    expect(after.stale).toBe(false);
    expect(after.dates[0]).toBe("2026-01-05");
    expect(after.mean).not.toEqual(before.mean);
    stop();
    await live.observe("sales", [{ ...next, date: "2026-01-05" }]);
    expect(events).toHaveLength(1);
    expect(live.quality().notes.join()).toContain("people: 2 periods");
  });

  it("refuses rows that are wrong or contradict what is known, whole", async () => {
    const live = await describeShop().build(options);
    expect(
      (await problem(() => live.observe("sales", [next, { ...next, date: "2026-01-05", price: -1 }]))).message,
    ).toContain("-1");
    expect((await problem(() => live.observe("sales", [{ ...next, date: "2025-12-22" }]))).code).toBe("conflict");
    expect(live.version).toBe(1);
    // @ts-expect-error an unknown department does not compile
    expect((await problem(() => live.observe("sale", []))).message).toContain("did you mean 'sales'?");
  });

  it("keeps what was observed when it is saved", async () => {
    const live = await describeShop().build(options);
    await live.observe("sales", [next]);
    const copy = Twin.fromJSON(JSON.parse(JSON.stringify(live)));
    expect(copy.version).toBe(2);
    expect(copy.state()).toEqual(live.state());
  });
});

describe("building", () => {
  const table = TimeTable.of({
    frequency: "W",
    start: "2026-01-05",
    columns: { price: [5, 6], orders: [9, 8], orderValue: [2, 3] },
  });

  it("cannot be skipped: questions are not on the builder", () => {
    const builder: TwinBuilder<never> = describeShop() as never;
    // @ts-expect-error a builder has no simulate
    expect(builder.simulate).toBeUndefined();
  });

  it.each([
    ["no name", () => Twin.describe(""), "a twin needs a name"],
    ["no data", () => Twin.describe("x").department("sales", sales).build(), "the twin has no data"],
    [
      "data of an unknown department",
      () =>
        Twin.describe("x")
          .department("sales", sales)
          .data("sale" as "sales", table),
      "did you mean 'sales'?",
    ],
    [
      "a department twice",
      () => Twin.describe("x").department("sales", sales).department("sales", sales),
      "there already",
    ],
    [
      "a metric in two departments",
      () => Twin.describe("x").department("sales", sales).department("other", sales).data("sales", table).build(),
      "'price' is defined by 'sales' and by 'other'",
    ],
    ["a formula with an assignment", () => Twin.describe("x").derive("a", "b = 1", { unit: "1" }), "assignment"],
    [
      "a formula with an unknown metric",
      () =>
        Twin.describe("x")
          .department("sales", sales)
          .data("sales", table)
          .derive("a", "oders * 2", { unit: "1" })
          .build(),
      "did you mean 'orders'?",
    ],
    [
      "a cycle",
      () =>
        Twin.describe("x")
          .department("sales", sales)
          .data("sales", table)
          .causes(causalGraph().cause("price", "orders", elasticity()).cause("orders", "price", elasticity()))
          .build(),
      "price -> orders -> price",
    ],
    [
      "a lever without data or baseline",
      () => Twin.describe("x").department("sales", sales).data("sales", table).levers({ fame: {} }).build(),
      "'fame' has no data",
    ],
    [
      "a lever that is derived",
      () =>
        Twin.describe("x")
          .department("sales", sales)
          .data("sales", table)
          .derive("revenue", "price * orders", { unit: "GBP" })
          .levers({ revenue: {} })
          .build(),
      "cannot be set by itself",
    ],
    [
      "a lever with min above max",
      () => Twin.describe("x").levers({ price: { min: 3, max: 2 } }),
      "min must be below max",
    ],
    [
      "a horizon that is none",
      () =>
        Twin.describe("x")
          .department("sales", sales)
          .data("sales", table)
          .build({ horizon: "soon" as "1M" }),
      "not a frequency",
    ],
    [
      "a horizon of ten thousand years",
      () => Twin.describe("x").department("sales", sales).data("sales", table).build({ horizon: "9999Y" }),
      "outside 1 to 10000",
    ],
  ])("refuses %s", async (_, action, expected) => {
    expect((await problem(action)).message).toContain(expected);
  });

  it("works on one row, constants, and an all-missing column, and says what it had to do", async () => {
    const one = TimeTable.of({
      frequency: "W",
      start: "2026-01-05",
      columns: { price: [5], orders: [9], orderValue: [2] },
    });
    const twin = await Twin.describe("x").department("sales", sales).data("sales", one).build({ horizon: "1M" });
    expect((await twin.forecast("orders")).mean[0]).toBeCloseTo(9, 9);
    const constant = TimeTable.of({
      frequency: "W",
      start: "2026-01-05",
      columns: { price: [5, 5, 5, 5], orders: [9, 9, 9, 9], orderValue: [2, 2, 2, 2] },
    });
    const flat = await Twin.describe("x").department("sales", sales).data("sales", constant).build({ horizon: "1M" });
    expect((await flat.forecast("orders")).interval(95).upper[3]).toBeCloseTo(9, 9);
    const missing = TimeTable.of({
      frequency: "W",
      start: "2026-01-05",
      columns: { price: [5, 5, 6, 5], orders: [9, 9, 9, 9], orderValue: new Array(4).fill(Number.NaN) },
    });
    const blind = await Twin.describe("x").department("sales", sales).data("sales", missing).build({ horizon: "1M" });
    const error = await problem(() => blind.forecast("orders"));
    expect(error.message).toContain("orderValue");
  });

  it("aligns departments on the coarser clock", async () => {
    const { price, orders, orderValue } = shopColumns();
    const daily = TimeTable.of({
      frequency: "D",
      start: "2024-01-01",
      columns: { customers: price, joined: orders, lost: orderValue },
    });
    const weekly = TimeTable.of({
      frequency: "W",
      start: "2024-01-01",
      columns: { price: price.slice(0, 14), orders: orders.slice(0, 14), orderValue: orderValue.slice(0, 14) },
    });
    const mixed = await Twin.describe("x")
      .department("sales", sales)
      .department("people", people)
      .data("sales", weekly)
      .data("people", daily)
      .build({ horizon: "1M" });
    expect(mixed.frequency).toBe("W");
    expect(mixed.history("joined").values[0]).toBeCloseTo(
      orders.slice(0, 7).reduce((sum, value) => sum + value, 0),
      9,
    );
    expect(mixed.history("customers").values[0]).toBe(price[6]);
    expect(mixed.quality().notes.join()).toContain("from D to W");
  });
});

describe("a saved twin", () => {
  it.each([
    ["nothing", null, "corrupt"],
    ["text", "{}", "corrupt"],
    ["another kind", { kind: "scenario", schemaVersion: 1, libraryVersion: "0.1.0", state: {} }, "corrupt"],
    ["a newer version", { kind: "twin", schemaVersion: 2, libraryVersion: "9.0.0", state: {} }, "newer-version"],
  ])("refuses %s", async (_, json, code) => {
    expect((await problem(() => Twin.fromJSON(json))).code).toBe(code);
  });

  it("refuses a truncated one, and one with __proto__ in it", async () => {
    const saved = JSON.parse(JSON.stringify(twin));
    const { graph: _, ...truncated } = saved.state;
    expect((await problem(() => Twin.fromJSON({ ...saved, state: truncated }))).code).toBe("corrupt");
    const hostile = JSON.parse(JSON.stringify(saved).replace('"levers":{', '"levers":{"__proto__":{"min":1},'));
    expect((await problem(() => Twin.fromJSON(hostile))).message).toContain("__proto__");
    const nonsense = structuredClone(saved);
    nonsense.state.horizon = "whenever";
    expect(await problem(() => Twin.fromJSON(nonsense))).toBeInstanceOf(TwinError);
  });
});

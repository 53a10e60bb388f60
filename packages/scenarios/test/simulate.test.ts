import { inlineExecutor, TwinError } from "@sage-twin/kernel";
import { describe, expect, it } from "vitest";
import { compareScenarios, scenario, simulateScenarios, simulateWorlds } from "../src/index.js";
import { catalogue, fittedShop, levers } from "./shop.js";

const fitted = fittedShop();
const study = { fitted, levers, catalogue };
const dearer = scenario("dearer", levers).scale("price", 1.1);
const push = scenario("push", levers).scale("marketing", 1.5).from("2026-01-26");
const both = scenario("both", levers).scale("price", 1.1).scale("marketing", 1.5);

describe("simulate", () => {
  it("gives the first n runs of N as those of n", async () => {
    const [few] = await simulateScenarios(study, [dearer], { runs: 300 });
    const [many] = await simulateScenarios(study, [dearer], { runs: 1000 });
    for (const date of [few.dates[0], few.dates[11]]) {
      expect(many.metric("profit").at(date).subarray(0, 300)).toEqual(few.metric("profit").at(date));
    }
  });

  it("gives the same draws whatever stands beside, and other draws for another seed", async () => {
    const alone = (await simulateScenarios(study, [push], { runs: 256 }))[0].metric("orders");
    const beside = (await simulateScenarios(study, [dearer, push], { runs: 256 }))[1].metric("orders");
    expect(beside.mean).toEqual(alone.mean);
    const other = (await simulateScenarios(study, [push], { runs: 256, seed: "other" }))[0].metric("orders");
    expect(other.mean).not.toEqual(alone.mean);
  });

  it("gives a difference of exactly 0 where an edit reaches nothing", async () => {
    const [result] = await simulateScenarios(study, [push], { runs: 500 });
    const difference = result.difference("price");
    expect([...difference.mean, ...difference.interval(90).upper].every((value) => Object.is(value, 0))).toBe(true);
    // Marketing acts on orders two weeks after the edit starts in the fifth week.
    expect([...result.difference("orders").mean].map((value) => value !== 0)).toEqual([
      ...new Array(6).fill(false),
      ...new Array(6).fill(true),
    ]);
  });

  it("raises revenue less than price where the elasticity says so: ratios are free of forecast noise", async () => {
    const [result] = await simulateScenarios(study, [dearer], { runs: 2000 });
    const elasticities = fitted.effects[0].posterior;
    const ratio = result
      .metric("orders")
      .at(result.dates[0])
      .map((value, run) => value / result.baseline("orders").at(result.dates[0])[run]);
    const mean = ratio.reduce((sum, value) => sum + value, 0) / ratio.length;
    expect(mean).toBeCloseTo(1.1 ** elasticities.mean, 2);
  });

  it("holds identities in every run to the last bit", async () => {
    const [result] = await simulateScenarios(study, [both], { runs: 700 });
    for (const date of result.dates) {
      const [orders, price, marketing, revenue, profit] = ["orders", "price", "marketing", "revenue", "profit"].map(
        (name) => result.metric(name).at(date),
      );
      expect(revenue).toEqual(orders.map((value, run) => value * price[run]));
      expect(profit).toEqual(revenue.map((value, run) => value - orders[run] * 3 - marketing[run]));
    }
  });

  it("sums flows and takes stocks at their end", async () => {
    const [result] = await simulateScenarios(study, [dearer], { runs: 200 });
    const orders = result.dates.map((date) => result.metric("orders").at(date));
    const sum = orders[0].map((_, run) => orders.reduce((total, values) => total + values[run], 0));
    expect(result.metric("orders").total.samples).toEqual(sum);
    expect(result.metric("base").total.samples).toEqual(result.metric("base").at(result.dates[11]));
    expect(result.metric("orders").over(3).mean).toBeLessThan(result.metric("orders").total.mean);
    expect(() => result.metric("orders").over(13)).toThrow(TwinError);
  });

  it("names the assumptions on the way, and only those", async () => {
    const [result] = await simulateScenarios(study, [push], { runs: 10 });
    expect(result.assumptions().map(({ from, to }) => `${from}>${to}`)).toEqual([
      "marketing>orders",
      "orders>joined",
      "base>lost",
    ]);
    expect(result.assumptions()[0].note).toContain("a study");
  });

  it("reports progress, stops when aborted, and can be asked again", async () => {
    const seen: number[] = [];
    await simulateWorlds(fitted, [], { runs: 2000, onProgress: ({ done, total }) => seen.push(done / total) });
    expect(seen.at(-1)).toBe(1);
    const controller = new AbortController();
    const aborted = simulateWorlds(fitted, [], {
      runs: 500_000,
      steps: 1,
      metrics: ["orders"],
      signal: controller.signal,
      onProgress: () => controller.abort(new Error("enough")),
    });
    await expect(aborted).rejects.toThrow("enough");
    await expect(
      simulateWorlds(fitted, [], { runs: 10, signal: AbortSignal.abort(new Error("before")) }),
    ).rejects.toThrow("before");
    expect((await simulateWorlds(fitted, [], { runs: 10, executor: inlineExecutor() })).runs).toBe(10);
  });

  it.each([
    [{ runs: 0 }, "out-of-range"],
    [{ runs: -1 }, "out-of-range"],
    [{ runs: 1.5 }, "out-of-range"],
    [{ runs: Number.NaN }, "out-of-range"],
    [{ steps: 0 }, "out-of-range"],
    [{ steps: 13 }, "out-of-range"],
    [{ metrics: ["profits"] }, "unknown-name"],
    [{ runs: 10_000_000 }, "too-large"],
  ])("refuses %o", async (options, code) => {
    await expect(simulateWorlds(fitted, [], options)).rejects.toMatchObject({ code });
  });
});

describe("compare", () => {
  it("says which lever moved what: contributions sum to the change", async () => {
    const comparison = await compareScenarios(study, [both, dearer], { runs: 1000 });
    for (const metric of ["orders", "profit", "base", "price"]) {
      const contributions = comparison.why(metric, "both");
      const sum = contributions.reduce((total, { value }) => total + value, 0);
      expect(Math.abs(sum - comparison.difference(metric, "both").total.mean)).toBeLessThan(
        1e-9 * Math.max(1, Math.abs(sum)),
      );
    }
    const [price, marketing] = comparison.why("orders", "both");
    expect([price.lever, marketing.lever]).toEqual(["price", "marketing"]);
    expect(price.value).toBeLessThan(0);
    expect(marketing.value).toBeGreaterThan(0);
    expect(comparison.why("orders", "dearer")).toHaveLength(1);
  });

  it("gives the probability of being better by the direction that is good", async () => {
    const comparison = await compareScenarios(study, [dearer], { runs: 1000 });
    expect(comparison.difference("orders").probabilityBetter).toBeLessThan(0.05);
    expect(comparison.difference("price").probabilityBetter).toBeUndefined();
    const none = await compareScenarios(study, [scenario("none")], { runs: 100 });
    expect(none.difference("orders").probabilityBetter).toBe(0.5);
    expect(none.why("orders")).toEqual([]);
  });

  it("is plain JSON", async () => {
    const comparison = await compareScenarios(study, [dearer], { runs: 100 });
    expect(JSON.parse(JSON.stringify(comparison)).scenarios[0].differences.orders.total.mean).toBe(
      comparison.difference("orders").total.mean,
    );
  });

  it("refuses no scenarios, two of one name, and unknown names", async () => {
    await expect(compareScenarios(study, [])).rejects.toThrow("no scenario");
    await expect(compareScenarios(study, [dearer, dearer])).rejects.toThrow("two scenarios");
    const comparison = await compareScenarios(study, [dearer], { runs: 10 });
    expect(() => comparison.difference("profits")).toThrow("did you mean 'profit'");
    expect(() => comparison.result("deerer")).toThrow("did you mean 'dearer'");
  });
});

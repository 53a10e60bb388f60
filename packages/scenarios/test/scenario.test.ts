import { type Frequency, TwinError } from "@sage-twin/kernel";
import { describe, expect, it } from "vitest";
import { Scenario, scenario, simulateScenarios } from "../src/index.js";
import { catalogue, fittedShop, levers } from "./shop.js";

const fitted = fittedShop();
const study = { fitted, levers, catalogue };

async function problem(action: () => unknown): Promise<TwinError> {
  try {
    await action();
  } catch (error) {
    if (TwinError.isInstance(error)) return error;
    throw error;
  }
  throw new Error("nothing was thrown");
}

/** The lever's level by step under a scenario. */
async function path(plan: Scenario, lever = "price"): Promise<number[]> {
  const [result] = await simulateScenarios(study, [plan], { runs: 1 });
  return [...result.metric(lever).mean];
}

describe("scenario", () => {
  const base = fitted.program.nodes.find(({ name }) => name === "price");
  const level = base?.kind === "metric" ? base.level[0] : 0;

  it("is immutable, and its defaults apply to edits without their own", () => {
    const empty = scenario("plan");
    const plan = empty
      .scale("price", 1.1)
      .shift("price", 1, { from: "2026-03-02" })
      .from("2026-02-02")
      .until("2026-04-06");
    expect(empty.edits).toEqual([]);
    expect(plan.edits.map(({ from }) => from)).toEqual([Date.UTC(2026, 1, 2), Date.UTC(2026, 2, 2)]);
    expect(plan.edits.map(({ until }) => until)).toEqual([Date.UTC(2026, 3, 6), Date.UTC(2026, 3, 6)]);
  });

  it("applies edits in order: the last set wins, later scales and shifts act on it", async () => {
    expect((await path(scenario("a").scale("price", 1.2)))[0]).toBeCloseTo(level * 1.2, 12);
    expect((await path(scenario("b").shift("price", 1)))[0]).toBeCloseTo(level + 1, 12);
    expect((await path(scenario("c").scale("price", 3).set("price", 4)))[0]).toBe(4);
    expect((await path(scenario("d").set("price", 4).scale("price", 1.5).shift("price", 1)))[0]).toBe(7);
    expect((await path(scenario("e").scale("price", 1.1).scale("price", 1.2)))[0]).toBeCloseTo(level * 1.32, 12);
  });

  it("holds from its first week to before its end, and ramps evenly", async () => {
    const dates = (await simulateScenarios(study, [scenario("none")], { runs: 1 }))[0].dates;
    const timed = await path(scenario("timed").set("price", 9, { from: dates[3], until: dates[5] }));
    expect(timed.map((value) => value === 9)).toEqual([false, false, false, true, true, ...new Array(7).fill(false)]);
    const ramped = await path(scenario("ramp").shift("price", 2, { from: dates[2], ramp: "4W" }));
    expect(ramped.slice(1, 8).map((value, step) => Math.round((value - level) * 100) / 100 + 0 * step)).toEqual([
      0, 0.5, 1, 1.5, 2, 2, 2,
    ]);
    const blended = await path(scenario("blend").set("price", level + 4, { ramp: "2W" }));
    expect(blended[0]).toBeCloseTo(level + 2, 12);
    expect(blended[1]).toBeCloseTo(level + 4, 12);
  });

  it("survives JSON", () => {
    const plan = scenario("plan", levers).scale("price", 1.1, { ramp: "3W" }).from("2026-02-02");
    const copy = Scenario.fromJSON(JSON.parse(JSON.stringify(plan)), levers);
    expect(copy.edits).toEqual(plan.edits);
    expect(copy.toJSON()).toEqual(plan.toJSON());
  });

  it.each([
    ["a metric that is no lever", () => scenario("x", levers).scale("orders" as "price", 2), "not-a-lever"],
    [
      "a misspelt lever, with the near one",
      () => scenario("x", levers).scale("prise" as "price", 2),
      "did you mean 'price'",
    ],
    ["a level that is no number", () => scenario("x", levers).set("price", Number.NaN), "invalid-argument"],
    ["a date that is none", () => scenario("x").set("price", 2, { from: "2026-02-30" }), "invalid-time"],
    ["a ramp that is no duration", () => scenario("x").set("price", 2, { ramp: "soon" as Frequency }), "invalid-time"],
    ["an end before the start", () => scenario("x").from("2026-03").until("2026-02"), "invalid-time"],
    ["no name", () => scenario(""), "invalid-argument"],
    [
      "JSON of something else",
      () => Scenario.fromJSON({ kind: "twin", schemaVersion: 1, libraryVersion: "0", state: {} }),
      "corrupt",
    ],
    [
      "a saved edit of an unknown lever",
      () => Scenario.fromJSON(scenario("x").scale("fame", 2).toJSON(), levers),
      "not-a-lever",
    ],
    ["an edit outside the horizon", () => path(scenario("x").set("price", 2).from("2040-01")), "out-of-range"],
    ["a level outside the lever's range", () => path(scenario("x").set("price", 11)), "outside 1..10"],
    [
      "a price below zero",
      () => simulateScenarios({ ...study, levers: {} }, [scenario("x").shift("price", -50)]),
      "above 0",
    ],
    ["an edit of a metric that is caused", () => path(scenario("x").scale("orders", 2)), "not-a-lever"],
  ])("refuses %s", async (_, action, expected) => {
    const error = await problem(action);
    expect(`${error.code} ${error.message}`).toContain(expected);
  });

  it("gathers all issues of one scenario", async () => {
    const error = await problem(() =>
      path(scenario("x").scale("orders", 2).set("price", 2, { from: "2040-01" }).set("marketing", 5000)),
    );
    expect(error.issues).toHaveLength(3);
  });
});

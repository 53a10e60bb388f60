import { causalGraph, fit, linear } from "@sage-twin/causal";
import { naive } from "@sage-twin/forecasters";
import { Rng } from "@sage-twin/kernel";
import { describe, expect, it } from "vitest";
import { fromShortForm, Scenario, scenario, simulateScenarios, toShortForm } from "../src/index.js";

const rng = new Rng("segments");
const length = 80;
const columns: Record<string, Float64Array> = {
  price: Float64Array.from({ length }, () => 10 + 2 * rng.normal()),
  web: new Float64Array(length).fill(0.25),
};
columns.orders = columns.price.map((value) => 100 - 3 * value + rng.normal());
const table = {
  frequency: "W",
  start: Date.UTC(2024, 0, 1),
  length,
  metrics: Object.keys(columns),
  column: (name: string) => columns[name].slice(),
} as const;
const levers = { price: { min: 1, max: 30 }, web: {} };
const declared = { price: {}, web: {} };
const fitted = fit(causalGraph().cause("price", "orders", linear()).metric("web"), table, {
  horizon: 6,
  forecaster: naive(),
  levers: declared,
});
const study = { fitted, levers, catalogue: {} };

async function difference(plan: Scenario, metric = "orders"): Promise<Float64Array> {
  const [result] = await simulateScenarios(study, [plan], { runs: 256 });
  return result.difference(metric).mean;
}

function near(found: Float64Array, wanted: ArrayLike<number>): void {
  found.forEach((value, step) => {
    expect(Math.abs(value - wanted[step])).toBeLessThan(1e-9);
  });
}

const north = { name: "north", share: 0.4 };
const south = { name: "south", share: 0.6 };

describe("an edit of a segment", () => {
  it("of share 1 is one of the whole, bit for bit", async () => {
    const all = { name: "all", share: 1 };
    for (const [kind, value] of [
      ["set", 9],
      ["scale", 0.95],
      ["shift", -0.5],
    ] as const) {
      const whole = await difference(scenario("whole")[kind]("price", value, { ramp: "3W" }));
      expect(await difference(scenario("part")[kind]("price", value, { ramp: "3W", segment: all }))).toEqual(whole);
      expect(whole.some((step) => step !== 0)).toBe(true);
    }
  });

  it("brings its share through a linear edge, and the parts of a partition add up", async () => {
    const whole = await difference(scenario("whole").scale("price", 0.95));
    const part = await difference(scenario("part").scale("price", 0.95, { segment: north }));
    near(
      part,
      whole.map((value) => 0.4 * value),
    );
    const both = scenario("both").scale("price", 0.95, { segment: north }).scale("price", 0.95, { segment: south });
    near(await difference(both), whole);
    near(
      await difference(scenario("web").scale("price", 0.95, { segment: { name: "web", share: "web" } })),
      whole.map((value) => 0.25 * value),
    );
  });

  it("composes within a segment, and drawn sizes count for its share", async () => {
    const level = (fitted.program.nodes.find(({ name }) => name === "price") as { level: Float64Array }).level[0];
    const plan = scenario("composed")
      .shift("price", 1)
      .scale("price", 1.1, { segment: north })
      .scale("price", 1.2, { segment: north });
    near(
      await difference(plan, "price"),
      new Float64Array(6).fill(0.4 * 1.32 * (level + 1) + 0.6 * (level + 1) - level),
    );
    const drawn = (segment?: typeof north) =>
      scenario("drawn").shift("price", { kind: "normal", mean: 1, sd: 0.2 }, { segment });
    const whole = await difference(drawn());
    near(
      await difference(drawn(north)),
      whole.map((value) => 0.4 * value),
    );
  });

  it("is saved, shared and compared with the rest of the scenario", () => {
    const plan = scenario("saved").set("price", 9, { segment: north }).set("price", 8, { segment: south });
    expect(Scenario.fromJSON(JSON.parse(JSON.stringify(plan))).edits).toEqual(plan.edits);
    expect(fromShortForm(toShortForm(plan)).edits[0].segment).toEqual(north);
    expect(plan.conflicts()).toEqual([]);
    expect(plan.set("price", 7).conflicts().length).toBe(2);
  });

  it("refuses shares that are none, more than the whole, and a part that leaves its lever's range", async () => {
    const ask = (plan: Scenario) => expect(difference(plan)).rejects;
    await ask(scenario("x").scale("price", 1.1, { segment: { name: "a", share: -0.1 } })).toThrow(/share of -0.1/);
    await ask(scenario("x").scale("price", 1.1, { segment: { name: "a", share: "nobody" } })).toThrow(/nobody/);
    await ask(
      scenario("x")
        .scale("price", 1.1, { segment: { name: "a", share: 0.7 } })
        .scale("price", 1.1, { segment: south }),
    ).toThrow(/sum to at most 1|with a share of 0.6/);
    await ask(scenario("x").set("price", 40, { segment: { name: "few", share: 0.01 } })).toThrow(
      /would be 40 at .* in 'few'/,
    );
    expect(() =>
      Scenario.fromJSON({
        ...scenario("x").toJSON(),
        state: { name: "x", edits: [{ lever: "price", kind: "set", value: 1, segment: { name: "a" } }] },
      }),
    ).toThrow();
  });
});

import type { Distribution } from "@sage-twin/causal";
import { quantiles } from "@sage-twin/numerics";
import { describe, expect, it } from "vitest";
import { Scenario, type SimulationResult, scenario, simulateScenarios } from "../src/index.js";
import { catalogue, fittedShop, levers } from "./shop.js";

const fitted = fittedShop(30);
const study = { fitted, levers: { ...levers, price: { ...levers.price, max: 100 } }, catalogue };
const base = fitted.program.nodes.find(({ name }) => name === "price");
const level = base?.kind === "metric" ? base.level[0] : 0;

async function run(plan: Scenario, runs = 1): Promise<SimulationResult> {
  return (await simulateScenarios(study, [plan], { runs }))[0];
}

async function factors(plan: Scenario): Promise<number[]> {
  const mean = (await run(plan)).metric("price").mean;
  return [...mean].map((value) => Math.round((value / level) * 1e9) / 1e9);
}

async function problem(action: () => unknown): Promise<{ code: string; message: string; path: readonly unknown[] }> {
  try {
    await action();
  } catch (error) {
    return error as never;
  }
  throw new Error("nothing was thrown");
}

const { dates } = await run(scenario("none"));

describe("edits over time", () => {
  it("a pulse holds as long as it lasts, and fades evenly", async () => {
    const pulse = scenario("p").pulse("price", 2, { at: dates[2], lasting: "3W", fade: "3W" });
    expect((await factors(pulse)).slice(0, 10)).toEqual([1, 1, 2, 2, 2, 1.75, 1.5, 1.25, 1, 1]);
  });

  it("a seasonal edit holds in its months, every year", async () => {
    const seasonal = scenario("s").seasonal("price", { 1: 1.5, 3: 0.5 });
    const expected = dates.map((date) => ({ "01": 1.5, "03": 0.5 })[date.slice(5, 7)] ?? 1);
    expect(await factors(seasonal)).toEqual(expected);
    expect(new Set(expected).size).toBe(3);
  });

  it("an event moves a metric that is no lever, and what follows from it", async () => {
    const strike = scenario("strike", levers).event("strike", "orders", {
      scale: 0.5,
      from: dates[4],
      until: dates[6],
    });
    const result = await run(strike, 50);
    const ratio = [...result.metric("orders").mean].map((value, step) => value / result.baseline("orders").mean[step]);
    expect(ratio.slice(3, 7).map((value) => Math.round(value * 1e6) / 1e6)).toEqual([1, 0.5, 0.5, 1]);
    expect(result.difference("revenue").mean[5]).toBeLessThan(0);
    expect((await problem(() => run(scenario("x").event("e", "revenue", { scale: 2 })))).message).toContain(
      "follows from others",
    );
    expect((await problem(() => scenario("x").event("e", "orders", {}))).message).toContain(
      "one of set, scale and shift",
    );
  });
});

describe("edits of drawn size", () => {
  const drawn: readonly [string, Distribution, (p: number) => number][] = [
    [
      "normal",
      { kind: "normal", mean: 5, sd: 0.1 },
      (p) => 5 + 0.1 * ({ 0.1: -1.2816, 0.5: 0, 0.9: 1.2816 }[p] as number),
    ],
    [
      "lognormal",
      { kind: "lognormal", median: 5, sd: 0.1 },
      (p) => 5 * Math.exp(0.1 * ({ 0.1: -1.2816, 0.5: 0, 0.9: 1.2816 }[p] as number)),
    ],
    [
      "student",
      { kind: "student", mean: 5, sd: 0.1, degrees: 5 },
      (p) => 5 + 0.1 * Math.sqrt(3 / 5) * ({ 0.1: -1.4759, 0.5: 0, 0.9: 1.4759 }[p] as number),
    ],
    ["uniform", { kind: "uniform", low: 4, high: 6 }, (p) => 4 + 2 * p],
    [
      "triangular",
      { kind: "triangular", low: 4, mode: 5, high: 7 },
      (p) => ({ 0.1: 4 + Math.sqrt(0.3), 0.5: 7 - Math.sqrt(3), 0.9: 7 - Math.sqrt(0.6) })[p] as number,
    ],
    ["empirical", { kind: "empirical", values: [4, 5, 6] }, (p) => 4 + 2 * p],
  ];

  it.each(drawn)("has the quantiles of a %s distribution, one draw a run at all steps", async (_, size, quantile) => {
    const result = await run(scenario("d").set("price", size), 20_000);
    const [first, last] = [dates[0], dates[29]].map((date) => result.metric("price").at(date));
    expect(last).toEqual(first);
    const probabilities = [0.1, 0.5, 0.9];
    const found = quantiles(first, probabilities);
    probabilities.forEach((p, index) => {
      expect(Math.abs(found[index] - quantile(p))).toBeLessThan(0.03);
    });
    expect(result.metric("revenue").at(dates[3])).toEqual(
      result
        .metric("orders")
        .at(dates[3])
        .map((value, run) => value * first[run]),
    );
  });

  it("happens as often as its chance says, and leaves the other runs as they were", async () => {
    const result = await run(scenario("c").scale("price", 2, { chance: 0.3, from: dates[1] }), 20_000);
    const difference = result.difference("price").at(dates[2]);
    const share = difference.filter((value) => value !== 0).length / difference.length;
    expect(Math.abs(share - 0.3)).toBeLessThan(0.015);
    expect(
      result
        .difference("orders")
        .at(dates[2])
        .filter((value, run) => difference[run] === 0 && !Object.is(value, 0)).length,
    ).toBe(0);
    expect(
      result
        .difference("price")
        .at(dates[0])
        .every((value) => Object.is(value, 0)),
    ).toBe(true);
  });

  const two = scenario("two")
    .scale("price", { kind: "uniform", low: 0.9, high: 1.1 })
    .scale("marketing", { kind: "lognormal", median: 1, sd: 0.2 });
  const ranks = (values: Float64Array): Float64Array => {
    const order = [...values.keys()].sort((a, b) => values[a] - values[b]);
    const rank = new Float64Array(values.length);
    order.forEach((run, place) => {
      rank[run] = place;
    });
    return rank;
  };
  const correlationOf = (a: Float64Array, b: Float64Array): number => {
    const mean = (a.length - 1) / 2;
    let ab = 0;
    let aa = 0;
    for (let run = 0; run < a.length; run++) {
      ab += (a[run] - mean) * (b[run] - mean);
      aa += (a[run] - mean) ** 2;
    }
    return ab / aa;
  };

  it("has the rank correlation asked for, with a Gaussian copula", async () => {
    const result = await run(two.correlate([["price", "marketing", -0.7]]), 20_000);
    const [a, b] = ["price", "marketing"].map((name) => ranks(result.metric(name).at(dates[0])));
    expect(Math.abs(correlationOf(a, b) + 0.7)).toBeLessThan(0.02);
  });

  it("has extremes that come together with a t copula", async () => {
    const together = async (plan: Scenario): Promise<number> => {
      const result = await run(plan, 20_000);
      const [a, b] = ["price", "marketing"].map((name) => ranks(result.metric(name).at(dates[0])));
      return a.filter((rank, run) => rank > 19_800 && b[run] > 19_800).length;
    };
    const gaussian = await together(two.correlate([["price", "marketing", 0.3]]));
    const student = await together(two.correlate([["price", "marketing", 0.3]], { degrees: 2 }));
    expect(student).toBeGreaterThan(2 * gaussian);
  });

  it("refuses correlations that cannot be", async () => {
    expect((await problem(() => two.correlate([["price", "price", 0.3]]))).message).toContain("no pair");
    expect((await problem(() => two.correlate([["price", "orders", 0.3]]))).message).toContain("no edit of drawn size");
    const three = two.shift("price", { kind: "normal", mean: 0, sd: 1 });
    expect((await problem(() => three.correlate([["price", "marketing", 2]]))).code).toBe("invalid-argument");
  });
});

describe("parameters left open", () => {
  const plan = scenario("open").scale("price", "1 + x / 100").shift("marketing", "y * 2", { from: dates[1] });

  it("are named, take values one by one, and are refused while open", async () => {
    expect(plan.parameters).toEqual(["x", "y"]);
    const half = plan.with({ x: 10 });
    expect(half.parameters).toEqual(["y"]);
    expect((await problem(() => run(half))).message).toContain("'y' of the edit of 'marketing' is left open");
    expect((await factors(half.with({ y: 3 })))[0]).toBeCloseTo(1.1, 9);
    expect((await problem(() => plan.with({ z: 1 }))).message).toContain("unknown parameter 'z'");
    expect((await problem(() => plan.with({ x: Number.NaN }))).code).toBe("invalid-argument");
  });

  it.each(["import('fs')", "x = 3", "f(x) = x", "price.constructor", "1 +"])("refuses the formula %s", async (text) => {
    expect((await problem(() => scenario("bad").scale("price", text))).code).toBe("invalid-formula");
  });
});

describe("compound scenarios", () => {
  const dearer = scenario("dearer").scale("price", 1.1).from(dates[1]).until(dates[4]);
  const cheaper = scenario("cheaper").scale("price", 0.8, { until: dates[9] });

  it("`and` holds both, `followedBy` one after the other", async () => {
    expect((await factors(dearer.and(cheaper))).slice(0, 5)).toEqual([0.8, 0.88, 0.88, 0.88, 0.8]);
    const one = dearer.followedBy(cheaper);
    expect(one.name).toBe("dearer, then cheaper");
    expect((await factors(one)).slice(0, 10)).toEqual([1, 1.1, 1.1, 1.1, 0.8, 0.8, 0.8, 0.8, 0.8, 1]);
    expect((await problem(() => scenario("endless").scale("price", 2).followedBy(cheaper))).message).toContain(
      "does not end",
    );
    expect(Object.hasOwn(one, "then") || "then" in one).toBe(false);
  });

  it("finds edits that undo each other", () => {
    const both = dearer.and(scenario("fixed").set("price", 5, { from: dates[2] }));
    expect(both.conflicts().map(({ lever, edits }) => [lever, edits])).toEqual([["price", [0, 1]]]);
    expect(dearer.and(scenario("later").set("price", 5, { from: dates[4] })).conflicts()).toEqual([]);
  });

  it("survives JSON with everything in it", () => {
    const all = scenario("all", levers)
      .pulse(
        "price",
        { kind: "triangular", low: 1, mode: 1.1, high: 1.3 },
        { at: dates[2], lasting: "3W", fade: "2W", chance: 0.5 },
      )
      .seasonal("marketing", { 12: 1.5 })
      .shift("marketing", "x + 1")
      .event("rival", "orders", { scale: { kind: "empirical", values: [0.9, 1] } })
      .scale("marketing", { kind: "student", mean: 1, sd: 0.1, degrees: 4 })
      .correlate([["price", "marketing", 0.4]], { degrees: 6 });
    const copy = Scenario.fromJSON(JSON.parse(JSON.stringify(all)), levers);
    expect(copy.toJSON()).toEqual(all.toJSON());
    expect(copy.edits).toEqual(all.edits);
    const broken = JSON.parse(JSON.stringify(all).replace('"low":1', '"low":9'));
    expect(() => Scenario.fromJSON(broken)).toThrow("low, mode and high");
  });

  it.each([
    ["a chance of 2", () => scenario("x").scale("price", 1, { chance: 2 })],
    ["a month of 13", () => scenario("x").seasonal("price", { 13: 2 })],
    ["a negative deviation", () => scenario("x").scale("price", { kind: "normal", mean: 1, sd: -1 })],
    ["a distribution of another kind", () => scenario("x").scale("price", { kind: "cauchy" } as never)],
    ["a size that is none", () => scenario("x").scale("price", null as never)],
  ])("refuses %s", async (_, action) => {
    expect((await problem(action)).code).toBe("invalid-argument");
  });
});

import { Rng } from "@sage-twin/kernel";
import { describe, expect, it } from "vitest";
import { compareScenarios, dominanceOf, scenario } from "../src/index.js";
import { riskOf, worstStepOf } from "../src/risk.js";
import { catalogue, fittedShop, levers } from "./shop.js";

const rng = new Rng("risk");
const normal = Float64Array.from({ length: 100_000 }, () => rng.normal());

describe("risk", () => {
  it("has the value at risk and the mean beyond it of a normal distribution", () => {
    const { atRisk, expectedBeyond, chanceOfMissing } = riskOf(normal, "up", 95, -1);
    expect(atRisk).toBeCloseTo(-1.645, 1);
    expect(expectedBeyond).toBeCloseTo(-2.063, 1);
    expect(chanceOfMissing).toBeCloseTo(0.1587, 2);
    expect(riskOf(normal, "down", 95, undefined)).toEqual({
      level: 95,
      atRisk: expect.closeTo(1.645, 1),
      expectedBeyond: expect.closeTo(2.063, 1),
      chanceOfMissing: undefined,
    });
  });

  it("finds every run's worst step", () => {
    const paths = [Float64Array.of(3, 1, 5, 9), Float64Array.of(2, 4, 6, 7)];
    const distributions = {
      samples: (step: number, output: Float64Array) => output.map((_, run) => paths[step][run]),
    } as never;
    expect(worstStepOf(distributions, 4, 2, "up")).toEqual({
      mean: (2 + 1 + 5 + 7) / 4,
      oneInTwenty: expect.closeTo(1.15, 9),
      step: 0,
      share: 0.5,
    });
    expect(worstStepOf(distributions, 4, 2, "down").mean).toBe((3 + 4 + 6 + 9) / 4);
  });
});

describe("dominance", () => {
  it("is of the first order where every level is passed as often, of the second where only risk differs", () => {
    const better = normal.map((value) => value + 0.1);
    const wider = normal.map((value) => 2 * value);
    expect(dominanceOf(better, normal)).toBe(1);
    expect(dominanceOf(normal, better)).toBe(0);
    expect(
      dominanceOf(
        normal,
        wider.map((value) => value - 0.05),
      ),
    ).toBe(2);
    expect(dominanceOf(wider, normal)).toBe(0);
    expect(dominanceOf(normal, normal)).toBe(0);
  });
});

describe("a comparison", () => {
  it("sets scenarios against each other and the baseline", async () => {
    const study = { fitted: fittedShop(), levers, catalogue };
    const push = scenario("push").scale("marketing", 1.3);
    const more = scenario("more").scale("marketing", 1.6);
    const comparison = await compareScenarios(study, [push, more], { runs: 2000 });
    const gap = comparison.between("orders", "more", "push");
    expect(gap.mean).toBeCloseTo(
      comparison.difference("orders", "more").total.mean - comparison.difference("orders", "push").total.mean,
      6,
    );
    const best = comparison.best("orders");
    expect(Object.keys(best)).toEqual(["baseline", "push", "more"]);
    expect(Object.values(best).reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 9);
    expect(best.more).toBeGreaterThan(best.baseline);
    const boom = await compareScenarios(study, [scenario("boom").event("boom", "orders", { scale: 1.2 }), push], {
      runs: 2000,
    });
    expect(boom.dominates("orders", "boom")).toBe(1);
    expect(boom.dominates("orders", "boom", "push")).not.toBe(0);
    const risk = comparison.risk("orders", "push", { target: 1 });
    expect(risk.chanceOfMissing).toBe(0);
    expect(risk.atRisk).toBeLessThan(comparison.result("push").metric("orders").total.mean);
    expect(comparison.result("push").dates).toContain(risk.worst.date);
    const rows = comparison.table({ customers: ["orders"], revenue: ["profit", "revenue"] });
    expect(rows.map(({ department, metric, scenarios }) => [department, metric, scenarios.length])).toEqual([
      ["customers", "orders", 2],
      ["revenue", "profit", 2],
      ["revenue", "revenue", 2],
    ]);
    expect(rows[0].scenarios[1].difference).toBe(comparison.difference("orders", "more").total.mean);
    expect(() => comparison.best("price")).toThrow("which way is good");
  });
});

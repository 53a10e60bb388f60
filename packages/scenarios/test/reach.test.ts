import { Rng } from "@sage-twin/kernel";
import { describe, expect, it } from "vitest";
import { reach } from "../src/goal-seek/reach.js";
import { simulateScenarios } from "../src/index.js";
import { logLinear } from "./log-linear.js";
import { catalogue, fittedShop, levers } from "./shop.js";

describe("reach", () => {
  const rng = new Rng("twins");
  const twins = Array.from({ length: 50 }, () => ({
    elasticities: Array.from({ length: 2 + rng.integer(4) }, () => 1.6 * rng.uniform() - 0.8),
    gain: 1.05 + 0.4 * rng.uniform(),
  }));

  it.each(twins)(
    "finds the smallest change in closed form: $elasticities for a factor of $gain",
    async ({ elasticities, gain }) => {
      const found = await reach(logLinear({ elasticities }), { metric: "sales", atLeast: 100 * gain, runs: 8 });
      // min sum u^2 such that sum b u = log gain
      const cheapest = Math.log(gain) ** 2 / elasticities.reduce((sum, value) => sum + value * value, 0);
      expect(found.feasible).toBe(true);
      expect(found.value / (100 * gain)).toBeGreaterThan(1 - 2e-4);
      expect(found.cost / cheapest).toBeLessThan(1.01);
      expect(found.cost / cheapest).toBeGreaterThan(0.98);
      found.moves.forEach(({ factor }, index) => {
        const exact = Math.exp((elasticities[index] * cheapest) / Math.log(gain));
        expect(factor / exact).toBeCloseTo(1, 1);
      });
    },
  );

  it("finds the cheapest change in closed form: marginal costs alike, and levers not worth their price left alone", async () => {
    const elasticities = [0.5, 0.3, 0.1];
    const costs = [2, 1, 40];
    const found = await reach(logLinear({ elasticities, costs }), {
      metric: "sales",
      atLeast: 130,
      minimise: "cost",
      runs: 8,
    });
    // cost c x0 (e^u - 1) with u = log(m b / (c x0)) where positive
    const moves = (m: number): number[] =>
      elasticities.map((b, index) => Math.max(0, Math.log((m * b) / (costs[index] * 10))));
    let [low, high] = [0, 1e6];
    for (let round = 0; round < 200; round++) {
      const middle = (low + high) / 2;
      if (moves(middle).reduce((sum, u, index) => sum + elasticities[index] * u, 0) < Math.log(1.3)) low = middle;
      else high = middle;
    }
    const cheapest = moves(high).reduce((sum, u, index) => sum + costs[index] * 10 * (Math.exp(u) - 1), 0);
    expect(found.feasible).toBe(true);
    expect(found.cost / cheapest).toBeLessThan(1.01);
    expect(found.cost / cheapest).toBeGreaterThan(0.98);
    expect(found.moves[2].factor).toBeCloseTo(1, 2);
  });

  it("says when a target is out of reach, and what comes closest", async () => {
    const found = await reach(logLinear({ elasticities: [0.5, -0.5], min: 8, max: 12 }), {
      metric: "sales",
      atLeast: 200,
      runs: 8,
    });
    expect(found.feasible).toBe(false);
    expect(found.value).toBeCloseTo(100 * 1.2 ** 0.5 * 0.8 ** -0.5, 2);
    expect(found.message).toContain("out of reach of lever0, lever1");
    expect(found.moves.map(({ factor }) => Math.round(factor * 1000) / 1000)).toEqual([1.2, 0.8]);
  });

  it("takes more for a higher probability, and a plan that keeps its promise", async () => {
    const study = logLinear({ elasticities: [0.5, 0.2], sd: 0.05, noise: 0.05 });
    const half = await reach(study, { metric: "sales", atLeast: 120, seed: 1 });
    const sure = await reach(study, { metric: "sales", atLeast: 120, probability: 0.9, seed: 1 });
    expect(sure.cost).toBeGreaterThan(half.cost);
    expect(half.probability).toBeCloseTo(0.5, 1);
    expect(sure.probability).toBeCloseTo(0.9, 1);
    const [result] = await simulateScenarios(study, [sure.plan], { runs: 10_000, seed: "other" });
    const { samples } = result.metric("sales").total;
    expect(samples.filter((value) => value >= 120).length / samples.length).toBeCloseTo(0.9, 1);
  });

  it("brings a metric down, and does nothing where nothing is needed", async () => {
    const down = await reach(logLinear({ elasticities: [0.5] }), { metric: "sales", atMost: 80, runs: 8 });
    expect(down.moves[0].factor).toBeCloseTo(0.8 ** 2, 3);
    const nothing = await reach(logLinear({ elasticities: [0.5] }), { metric: "sales", atLeast: 50, runs: 8 });
    expect(nothing.cost).toBe(0);
    expect(nothing.plan.edits).toEqual([]);
  });

  it("reaches a profit, through identities, in time", async () => {
    const study = { fitted: fittedShop(), levers, catalogue };
    const [base] = await simulateScenarios(
      study,
      [(await reach(study, { metric: "profit", atLeast: 1, runs: 100 })).plan],
      { runs: 500 },
    );
    const now = base.baseline("profit").total.quantile(0.5);
    const target = now + 0.1 * Math.abs(now);
    const found = await reach(study, { metric: "profit", atLeast: target, levers: ["price"], runs: 500 });
    expect(found.feasible).toBe(true);
    expect(found.value - target).toBeGreaterThan(-1e-3 * Math.abs(target));
  });

  it("stops when told to, and names what is wrong", async () => {
    const study = logLinear({ elasticities: [0.5] });
    const signal = AbortSignal.abort(new Error("enough"));
    await expect(reach(study, { metric: "sales", atLeast: 120, signal })).rejects.toThrow("enough");
    await expect(reach(study, { metric: "sale", atLeast: 120 })).rejects.toThrow("did you mean 'sales'");
    await expect(reach(study, { metric: "sales" })).rejects.toThrow("one finite number");
    await expect(reach(study, { metric: "sales", atLeast: 1, probability: 1 })).rejects.toThrow("between 0 and 1");
    await expect(reach(study, { metric: "sales", atLeast: 1, levers: ["lever9"] })).rejects.toThrow("unknown lever");
  });
});

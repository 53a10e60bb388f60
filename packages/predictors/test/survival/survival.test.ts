import { readFileSync } from "node:fs";
import { Rng, TwinError } from "@sage-twin/kernel";
import { describe, expect, it } from "vitest";
import { discreteTimeHazard, hazardFromJSON, kaplanMeier } from "../../src/index.js";

// By golden/lifetime.py: lifelines 0.30.3.
const golden = JSON.parse(readFileSync(new URL("../golden/lifetime.json", import.meta.url), "utf8")).kaplanMeier;

function problems(action: () => unknown): string[] {
  try {
    action();
  } catch (error) {
    if (TwinError.isInstance(error)) return error.issues.map(({ path }) => path.join("."));
    throw error;
  }
  throw new Error("nothing was thrown");
}

describe("Kaplan-Meier", () => {
  it("has the reference's survival, bounds and median", () => {
    const { times, survival, lower, upper, median } = kaplanMeier(golden.durations, golden.observed);
    expect(median).toBe(golden.median);
    times.forEach((time, step) => {
      const at = golden.times.indexOf(time);
      expect(survival[step]).toBeCloseTo(golden.survival[at], 12);
      if (survival[step] === 0) return;
      expect(lower[step]).toBeCloseTo(golden.lower[at], 9);
      expect(upper[step]).toBeCloseTo(golden.upper[at], 9);
    });
  });

  it("is the share that is left where nobody is censored", () => {
    const { survival, atRisk, left } = kaplanMeier([3, 1, 2, 2], [1, 1, 1, 1]);
    expect([...survival]).toEqual([0.75, 0.25, 0]);
    expect([...atRisk]).toEqual([4, 3, 1]);
    expect([...left]).toEqual([1, 2, 1]);
    expect(kaplanMeier([1, 2], [0, 0])).toMatchObject({ median: Number.POSITIVE_INFINITY, times: new Float64Array() });
  });

  it("refuses times and labels that are none", () => {
    expect(problems(() => kaplanMeier([1, -1, Number.NaN], [1, 2, 0]))).toEqual([
      "durations.1",
      "durations.2",
      "left.1",
    ]);
    expect(problems(() => kaplanMeier([1], [1], { level: 100 }))).toEqual(["level"]);
  });
});

describe("hazard in discrete time", () => {
  const rng = new Rng("hazard");
  const rows = 3000;
  const plan = Array.from({ length: rows }, (_, row) => ["basic", "gold"][row % 2]);
  const chance = { basic: 0.2, gold: 0.05 };
  const periods: number[] = [];
  const left: number[] = [];
  for (let row = 0; row < rows; row++) {
    let period = 1;
    while (period < 24 && rng.uniform() >= chance[plan[row] as "basic"]) period++;
    const last = period === 24;
    periods.push(period);
    left.push(last ? 0 : 1);
  }

  it.each(["logistic", "trees"] as const)("%s: finds constant hazards, and survival is their product", (learner) => {
    const fitted = discreteTimeHazard({ learner }).fit({ plan }, periods, left);
    const own = { plan: ["basic", "gold"] };
    const [basic, gold] = fitted.survival(own, { periods: 12 });
    expect(Math.abs(basic[5] - 0.8 ** 6)).toBeLessThan(0.04);
    expect(Math.abs(gold[11] - 0.95 ** 12)).toBeLessThan(0.04);
    const expected = fitted.expectedPeriods(own, { periods: 12 });
    expect(expected[0]).toBeCloseTo(
      basic.reduce((sum, share) => sum + share, 0),
      12,
    );
    const later = fitted.survival(own, { periods: 6, survived: [6, 6] });
    expect(later[0][5]).toBeCloseTo(basic[11] / basic[5], 9);
    const again = hazardFromJSON(JSON.parse(JSON.stringify(fitted)));
    expect(again.survival(own, { periods: 12 })).toEqual([basic, gold]);
  });

  it("is Kaplan-Meier's where there are no columns, but for the smoothing", () => {
    const fitted = discreteTimeHazard({ learner: "trees" }).fit({}, periods, left);
    const [curve] = fitted.survival({}, { periods: 23 });
    const { times, survival } = kaplanMeier(periods, left);
    times.forEach((time, step) => {
      expect(Math.abs(curve[time - 1] - survival[step])).toBeLessThan(0.02);
    });
  });

  it("refuses what it cannot count", () => {
    const { fit } = discreteTimeHazard();
    expect(problems(() => fit({}, [0, 1.5], [1, 3]))).toEqual(["periods.0", "periods.1", "left.1"]);
    expect(problems(() => fit({ period: [1, 2] }, [1, 2], [1, 0]))).toEqual(["columns.period"]);
    expect(problems(() => fit({ x: [1] }, [1, 2], [1, 0]))).toEqual(["columns.x"]);
    expect(problems(() => fit({}, [9e6], [1]))).toEqual(["periods"]);
    const fitted = fit({ plan }, periods, left);
    expect(problems(() => fitted.survival({ plan: ["gold"] }, { periods: 0 }))).toEqual(["periods"]);
  });
});

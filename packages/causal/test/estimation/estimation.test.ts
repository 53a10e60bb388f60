import { Rng, TwinError } from "@sage-twin/kernel";
import { describe, expect, it } from "vitest";
import {
  beforeAfterImpact,
  blockBootstrap,
  differenceInDifferences,
  doubleMachineLearning,
  doublyRobustEffect,
  type EffectEstimate,
  eValue,
  frontDoorEffect,
  instrumentEffect,
  refuteEffect,
  regressionEffect,
  robustness,
  segmentEffects,
  syntheticControl,
  weightedEffect,
} from "../../src/index.js";
import golden from "../golden/estimation.json" with { type: "json" };

const many = 100_000;
const normals = (rng: Rng, count: number) => Float64Array.from({ length: count }, () => rng.normal());

function near({ effect, standardError }: Pick<EffectEstimate, "effect" | "standardError">, truth: number) {
  expect(Math.abs(effect - truth)).toBeLessThan(3 * standardError);
  expect(standardError).toBeLessThan(0.05);
}

const matches = ({ effect, standardError }: EffectEstimate, [value, error]: readonly number[], digits = 8) => {
  expect(effect).toBeCloseTo(value, digits);
  expect(standardError).toBeCloseTo(error, digits);
};

describe("closed forms at 100,000 rows", () => {
  const rng = new Rng("closed forms");
  const z = normals(rng, many);
  const x = normals(rng, many).map((noise, row) => 2 * z[row] + noise);
  const y = normals(rng, many).map((noise, row) => 3 * x[row] + 4 * z[row] + noise);
  const asked = { treatment: "x", outcome: "y" };

  it("confounding: 4.6 naive, 3 adjusted, 3 by double machine learning", () => {
    const naive = regressionEffect({ x, y }, { ...asked });
    near(naive, 4.6);
    expect(naive.warnings).toHaveLength(1);
    const adjusted = regressionEffect({ x, y, z }, { ...asked, adjustFor: ["z"] });
    near(adjusted, 3);
    expect(adjusted.warnings).toEqual([]);
    near(doubleMachineLearning({ x, y, z }, { ...asked, adjustFor: ["z"] }), 3);
  });

  it("front door: 2.5 naive, 1.5 through the mediator", () => {
    const u = z;
    const a = normals(rng, many).map((noise, row) => u[row] + noise);
    const m = normals(rng, many).map((noise, row) => 0.5 * a[row] + noise);
    const o = normals(rng, many).map((noise, row) => 2 * u[row] + 3 * m[row] + noise);
    near(regressionEffect({ a, o }, { treatment: "a", outcome: "o" }), 2.5);
    near(frontDoorEffect({ a, m, o }, { treatment: "a", outcome: "o", through: ["m"] }), 1.5);
  });

  it("instrument: 3.667 naive, 3 by two stages", () => {
    const u = normals(rng, many);
    const a = normals(rng, many).map((noise, row) => z[row] + u[row] + noise);
    const o = normals(rng, many).map((noise, row) => 2 * u[row] + 3 * a[row] + noise);
    const options = { treatment: "a", outcome: "o" };
    near(regressionEffect({ a, o }, options), 11 / 3);
    const found = instrumentEffect({ a, o, z }, { ...options, instruments: ["z"] });
    near(found, 3);
    expect(found.firstStage).toBeGreaterThan(10_000);
    const weak = instrumentEffect({ a, o, w: normals(rng, many) }, { ...options, instruments: ["w"] });
    expect(weak.warnings.join()).toContain("weak");
  });

  it("a treatment of 0 and 1: weights and doubly robust", () => {
    const t = z.map((value) => (rng.uniform() < 1 / (1 + Math.exp(-value)) ? 1 : 0));
    const o = normals(rng, many).map((noise, row) => 2 * t[row] + 3 * z[row] + noise);
    const options = { treatment: "t", outcome: "o", adjustFor: ["z"] };
    near(weightedEffect({ t, o, z }, options), 2);
    near(doublyRobustEffect({ t, o, z }, options), 2);
    const segment = z.map((_, row) => row % 2);
    const bent = o.map((value, row) => value + t[row] * segment[row]);
    const { segments, pValue } = segmentEffects(regressionEffect, { t, o: bent, z, segment }, options, "segment");
    near(segments[0].estimate, 2);
    near(segments[1].estimate, 3);
    expect(pValue).toBeLessThan(1e-6);
  });
});

describe("references", () => {
  const { data } = golden;
  const options = { treatment: "x", outcome: "y", adjustFor: ["w"] };
  it("statsmodels: HC1 and clustered", () => {
    matches(regressionEffect(data, options), golden.hc1);
    matches(regressionEffect(data, { ...options, clusters: "store" }), golden.cluster);
  });
  it("linearmodels: two stages, and two-way fixed effects", () => {
    matches(instrumentEffect(data, { ...options, instruments: ["z"] }), golden.iv);
    matches(regressionEffect(data, { ...options, within: ["store", "week"] }), golden.within);
  });
  it("statsmodels: inverse probability weighting", () => {
    const found = weightedEffect(data, { treatment: "b", outcome: "y", adjustFor: ["w"] });
    expect(found.effect).toBeCloseTo(golden.ipw[0], 5);
    expect(found.standardError / golden.ipw[1]).toBeCloseTo(1, 1);
  });
  it("sensemakr: robustness values and bias-adjusted estimates", () => {
    const estimate = regressionEffect(data, options);
    const found = robustness(estimate);
    const adjusted = found.adjusted({ ofTreatment: 0.2, ofOutcome: 0.3 });
    expect(found.robustnessValue).toBeCloseTo(golden.robustness[0], 8);
    expect(found.robustnessValueOfNoise).toBeCloseTo(golden.robustness[1], 8);
    expect(estimate.partialRSquared).toBeCloseTo(golden.robustness[2], 8);
    expect(adjusted.effect).toBeCloseTo(golden.adjusted[0], 8);
    expect(adjusted.standardError).toBeCloseTo(golden.adjusted[1], 8);
  });
  it("VanderWeele and Ding 2017: a risk ratio of 3.9 has the E-value 7.26", () => {
    expect(eValue(3.9)).toBeCloseTo(7.26, 2);
    expect(eValue(1 / 3.9)).toBeCloseTo(7.26, 2);
  });
});

describe("groups and time", () => {
  it("two groups and two times give the difference of differences", () => {
    const group = [0, 0, 0, 0, 1, 1, 1, 1];
    const after = [0, 0, 1, 1, 0, 0, 1, 1];
    const treated = group.map((value, row) => value * after[row]);
    const y = [1, 3, 4, 6, 5, 7, 13, 15];
    const found = differenceInDifferences(
      { group, after, treated, y },
      { treatment: "treated", outcome: "y", unit: "group", time: "after" },
    );
    expect(found.effect).toBeCloseTo(14 - 6 - (5 - 2), 10);
    expect(found.toString()).toContain("difference in differences");
  });

  it("a synthetic control finds its weights and the effect", () => {
    const rng = new Rng("donors");
    const donors = Object.fromEntries(
      Array.from({ length: 12 }, (_, at) => [`d${at}`, normals(rng, 60).map((value, row) => 10 + value + row / 20)]),
    );
    const own = donors.d0.map((value, row) => 0.3 * value + 0.7 * donors.d1[row] + (row < 40 ? 0 : 5));
    const found = syntheticControl({ own, ...donors }, { treated: "own", start: 40 });
    expect(found.weights.d0).toBeCloseTo(0.3, 6);
    expect(found.effect).toBeCloseTo(5, 5);
    expect(found.pValue).toBeCloseTo(1 / 13, 10);
  });

  it("before and after: 90 % intervals of the total hold the truth in 82 to 97 % of 200 wandering series", () => {
    let held = 0;
    for (let run = 0; run < 200; run++) {
      const rng = new Rng("impact").derive(run);
      const x = normals(rng, 100);
      let level = 0;
      const y = x.map((value, row) => {
        level += 0.2 * rng.normal();
        return level + 2 * value + rng.normal() + (row < 80 ? 0 : 3);
      });
      const { total } = beforeAfterImpact({ x, y }, { outcome: "y", controls: ["x"], start: 80, level: 0.9 });
      if (total.low <= 60 && 60 <= total.high) held++;
    }
    expect(held).toBeGreaterThanOrEqual(164);
    expect(held).toBeLessThanOrEqual(194);
  });

  it.each(["moving", "stationary"] as const)("%s blocks keep what persists", (kind) => {
    const rng = new Rng("blocks");
    let state = 0;
    const y = normals(rng, 2000).map((noise) => {
      state = 0.5 * state + noise;
      return state;
    });
    const mean = (data: Readonly<Record<string, Float64Array>>) =>
      data.y.reduce((sum, value) => sum + value / data.y.length, 0);
    const { standardError } = blockBootstrap({ y }, mean, { kind, blockLength: 40 });
    expect(standardError / (2 / Math.sqrt(2000))).toBeGreaterThan(0.8);
    expect(standardError / (2 / Math.sqrt(2000))).toBeLessThan(1.2);
  });
});

describe("refutation and bad input", () => {
  const rng = new Rng("refute");
  const z = normals(rng, 300);
  const x = normals(rng, 300).map((noise, row) => z[row] + noise);
  const y = normals(rng, 300).map((noise, row) => 2 * x[row] + z[row] + noise);
  const options = { treatment: "x", outcome: "y", adjustFor: ["z"] };

  it("passes a sound effect, and fails an estimator that ignores the data", () => {
    const sound = refuteEffect(regressionEffect, { x, y, z }, options);
    expect(sound.tests.map(({ passed }) => passed)).toEqual([true, true, true, true]);
    expect(sound.toString()).toBe(refuteEffect(regressionEffect, { x, y, z }, options).toString());
    const estimate = regressionEffect({ x, y, z }, options);
    const noisy = new Rng("noise");
    const stuck = refuteEffect(() => ({ ...estimate, effect: 2 + 0.01 * noisy.normal() }), { x, y, z }, options);
    expect(stuck.tests.filter(({ passed }) => !passed).map(({ test }) => test)).toEqual([
      "placebo treatment",
      "dummy outcome",
    ]);
  });

  it.each([
    ["an unknown column", { x, y }, options],
    ["unequal lengths", { x, y, z: z.slice(1) }, options],
    ["a determined treatment", { x, y, z: x.map((value) => 2 * value + 1) }, options],
    ["a constant treatment", { x: x.map(() => 1), y, z }, options],
    ["an infinite value", { x: x.map((value, row) => (row === 7 ? Infinity : value)), y, z }, options],
    ["a column twice", { x, y, z }, { ...options, adjustFor: ["x"] }],
  ])("refuses %s", (_, data, given) => {
    expect(() => regressionEffect(data, given)).toThrow(TwinError);
  });

  it("warns of collinear drivers, prices without instruments, no overlap, and counts gaps", () => {
    const twin = z.map((value) => value + 0.01 * rng.normal());
    const text = (data: Record<string, Float64Array>, given: Parameters<typeof regressionEffect>[1]) =>
      regressionEffect(data, given).warnings.join("\n");
    expect(text({ x, y, z, twin }, { ...options, adjustFor: ["z", "twin"] })).toContain("variance inflation");
    expect(text({ price: x, y }, { treatment: "price", outcome: "y" })).toContain("prices follow demand");
    const gap = x.map((value, row) => (row === 0 ? Number.NaN : value));
    expect(text({ x: gap, y, z }, options)).toContain("1 of 300 rows");
    const t = z.map((value) => (value > 0 ? 1 : 0));
    expect(text({ t, y, z }, { treatment: "t", outcome: "y", adjustFor: ["z"] })).toContain("extrapolated");
    expect(() => weightedEffect({ t, y, z }, { treatment: "t", outcome: "y", adjustFor: ["z"] })).toThrow("overlap");
    expect(() => weightedEffect({ x, y, z }, options)).toThrow("neither 0 nor 1");
  });
});

import { readFileSync } from "node:fs";
import { Rng, TwinError } from "@sage-twin/kernel";
import { describe, expect, it } from "vitest";
import { type Diagnosis, diagnose, naive } from "../src/index.js";

interface Reference {
  readonly values: number[];
  readonly lags: number;
  readonly acf: number[];
  readonly ljungBox: [number, number];
  readonly jarqueBera: [number, number, number, number];
  readonly andersonDarling: [number, number];
  readonly arch: [number, number];
  readonly bias: [number, number, number, number];
}

// statsmodels 0.15.0 and scipy 1.17.1, by golden/diagnose.py
const golden: Record<string, Reference> = JSON.parse(
  readFileSync(new URL("golden/diagnose.json", import.meta.url), "utf8"),
);

function expectNear(found: readonly number[], wanted: readonly number[]): void {
  expect(found.length).toBe(wanted.length);
  for (const [i, value] of found.entries())
    expect(Math.abs(value - wanted[i]), `${value}, not ${wanted[i]}`).toBeLessThan(1e-7 * Math.abs(wanted[i]) + 1e-13);
}

describe.each(Object.entries(golden))("diagnose, beside statsmodels: %s", (_, wanted) => {
  // The residuals of the naive model are the differences.
  const found: Diagnosis = diagnose(naive().fit(wanted.values), { lags: wanted.lags, parameters: 2 });

  it("autocorrelation", () => {
    expectNear([...found.acf], wanted.acf);
    expectNear([found.ljungBox.statistic, found.ljungBox.pValue], wanted.ljungBox);
    expect(found.ljungBox.degreesOfFreedom).toBe(wanted.lags - 2);
  });

  it("normality", () => {
    const { jarqueBera, andersonDarling } = found.normality;
    expectNear([jarqueBera.statistic, jarqueBera.pValue, jarqueBera.skewness, jarqueBera.kurtosis], wanted.jarqueBera);
    expectNear([andersonDarling.statistic, andersonDarling.pValue], wanted.andersonDarling);
  });

  it("heteroscedasticity", () => {
    expectNear([found.heteroscedasticity.statistic, found.heteroscedasticity.pValue], wanted.arch);
  });

  it("bias", () => {
    const { mean, standardError, statistic, pValue } = found.bias;
    expectNear([mean, standardError, statistic, pValue], wanted.bias);
  });
});

describe("diagnose", () => {
  it("rejects white noise as often as its level says", () => {
    const rng = new Rng("white noise");
    const rejected = { ljungBox: 0, bias: 0, normality: 0, heteroscedasticity: 0 };
    const runs = 400;
    for (let run = 0; run < runs; run++) {
      let level = 0;
      const values = Float64Array.from({ length: 101 }, () => {
        level += rng.normal();
        return level;
      });
      const found = diagnose(naive().fit(values));
      if (found.ljungBox.pValue < 0.05) rejected.ljungBox++;
      if (found.bias.pValue < 0.05) rejected.bias++;
      if (found.normality.andersonDarling.pValue < 0.05) rejected.normality++;
      if (found.heteroscedasticity.pValue < 0.05) rejected.heteroscedasticity++;
    }
    for (const [name, count] of Object.entries(rejected)) {
      expect(count / runs, name).toBeGreaterThan(0.015);
      expect(count / runs, name).toBeLessThan(0.09);
    }
  });

  it("says in words what it found", () => {
    const moving = naive().fit(golden["moving average"].values);
    expect(diagnose(moving, { lags: 2 }).findings[0]).toMatch(/^errors follow one another/);
    expect(diagnose(naive().fit(golden.clusters.values)).findings.join()).toMatch(/clusters/);
    expect(diagnose(naive().fit(golden.skewed.values)).findings.join()).toMatch(/too low by|not normally/);
    expect(diagnose(naive().fit([5, 5, 5, 5, 5])).findings).toEqual([
      "the residuals do not vary: there is nothing to test",
    ]);
  });

  it("takes gaps, and residuals of any size", () => {
    const gappy = golden.noise.values.map((value, t) => (t % 9 === 4 ? Number.NaN : value));
    const found = diagnose(naive().fit(gappy), { lags: 3 });
    expect([found.ljungBox.pValue, found.heteroscedasticity.pValue].every(Number.isFinite)).toBe(true);
    const huge = diagnose(naive().fit(golden.noise.values.map((value) => value * 1e90)));
    expect(huge.ljungBox.statistic).toBeCloseTo(diagnose(naive().fit(golden.noise.values)).ljungBox.statistic, 6);
  });

  it("refuses too few residuals and wrong lags", () => {
    expect(() => diagnose(naive().fit([1, 2]))).toThrow(/1 residuals.*at least 3/);
    expect(() => diagnose({} as never)).toThrow(/no fitted model/);
    const fitted = naive().fit(golden.tiny.values);
    expect(() => diagnose(fitted, { lags: 0 })).toThrow(TwinError);
    expect(() => diagnose(fitted, { lags: 25 })).toThrow(TwinError);
    expect(() => diagnose(fitted, { lags: 3, parameters: 3 })).toThrow(/fewer parameters than lags/);
  });
});

import { readFileSync } from "node:fs";
import { Rng } from "@sage-twin/kernel";
import { describe, expect, it } from "vitest";
import { type AutoCesOptions, autoCes, autoTheta, type FittedForecaster, modelFromJSON } from "../src/index.js";

type Form = NonNullable<AutoCesOptions["form"]>;

interface Golden {
  readonly series: Record<
    string,
    {
      readonly ces: {
        readonly selected: Form;
        readonly forms: Record<Form, { readonly squares: number; readonly aicc: number; readonly mean: number[] }>;
      };
      readonly theta: { readonly selected: string; readonly mean: number[] };
    }
  >;
}

const read = (name: string) => JSON.parse(readFileSync(new URL(`golden/${name}.json`, import.meta.url), "utf8"));
const golden: Golden = read("ces"); // statsforecast 2.1.1, by golden/ces.py
const series: Record<string, { readonly seasonLength: number; readonly values: number[] }> =
  read("statsforecast").series;
const squaresOf = ({ residuals }: FittedForecaster): number => residuals.reduce((sum, error) => sum + error * error, 0);
const aiccOf = (fitted: FittedForecaster): number =>
  (fitted.toJSON() as { state: { process: { aicc: number } } }).state.process.aicc;

describe.each(Object.entries(golden.series))("beside statsforecast 2.1.1: %s", (name, { ces, theta }) => {
  const { seasonLength, values } = series[name];
  const size = Math.max(...values.map(Math.abs));

  it.each(Object.entries(ces.forms))("ces %s: squares at most the reference's, forecasts near", (form, reference) => {
    const fitted = autoCes({ seasonLength, form: form as Form }).fit(values);
    // The reference's imaginary part of alpha is below 0.99 in these two, and on a ridge of the likelihood with peaks as narrow as a step in the third.
    const apart: Record<string, number> = { airPassengers: 1.002, noiseAroundZero: 1.05, weekdays: 1.02 };
    const most = (form === "none" && apart[name]) || 1.0005;
    expect(squaresOf(fitted)).toBeLessThan(reference.squares * most);
    expect(aiccOf(fitted)).toBeLessThan(reference.aicc + values.length * Math.log(most) + 0.05);
    const { mean } = fitted.forecast(12);
    // Where the optimum is a better one, the forecasts are others.
    if (most > 1.001 || squaresOf(fitted) < 0.998 * reference.squares) return;
    for (const [step, value] of mean.entries())
      expect(Math.abs(value - reference.mean[step])).toBeLessThan(0.01 * size);
  });

  it("autoCes: an AICc at most that of the reference's choice", () => {
    const fitted = autoCes({ seasonLength }).fit(values);
    // 4 % more squares where the reference lets the level fade to zero.
    const bounded = name === "noiseAroundZero" ? values.length * Math.log(1.05) : 0.05;
    expect(aiccOf(fitted)).toBeLessThan(ces.forms[ces.selected].aicc + bounded);
  });

  it("autoTheta: forecasts of the reference's choice", () => {
    const { mean } = autoTheta({ seasonLength }).fit(values).forecast(12);
    for (const [step, value] of mean.entries()) expect(Math.abs(value - theta.mean[step])).toBeLessThan(0.01 * size);
  });
});

describe("autoCes", () => {
  it("has the deviation of its own paths, at every step", () => {
    const { seasonLength, values } = series.airPassengers;
    for (const form of ["none", "simple", "partial", "full"] as const) {
      const fitted = autoCes({ seasonLength, form }).fit(values);
      const horizon = 30;
      const { mean, interval } = { ...fitted.forecast(horizon), interval: fitted.forecast(horizon).interval };
      const { upper } = interval(68.26894921370859);
      const count = 4000;
      const paths = fitted.paths(horizon, { count });
      for (const step of [0, 11, 12, 29]) {
        let square = 0;
        for (let path = 0; path < count; path++) square += (paths[path * horizon + step] - mean[step]) ** 2 / count;
        expect(Math.sqrt(square) / (upper[step] - mean[step])).toBeCloseTo(1, 1);
      }
    }
  });

  it("moves its state and spreads as the recursion worked by hand", () => {
    const saved = JSON.parse(JSON.stringify(autoCes({ form: "none" }).fit(series.randomWalk.values)));
    Object.assign(saved.state.process, { scale: 2, level: [10], imaginaryLevel: [9], sigma: 1, widening: [] });
    Object.assign(saved.state.process.smoothing, { alpha: 1.3, imaginaryAlpha: 0.9 });
    // In units of 2, an error of 12 - 10: x = 10 - 0.1 9 + 0.4 2 = 9.9, y = 10 - 0.3 9 + 2.2 2 = 11.7; then x = 9.9 - 0.1 11.7.
    const out = modelFromJSON(saved).update([24]).forecast(3);
    expect(out.mean[0]).toBeCloseTo(2 * 9.9, 12);
    expect(out.mean[1]).toBeCloseTo(2 * (9.9 - 0.1 * 11.7), 12);
    // A unit error leaves x = 0.4, y = 2.2, then x = 0.4 - 0.1 2.2.
    const { lower, upper } = out.interval(68.26894921370859);
    const wanted = [1, Math.sqrt(1 + 0.4 ** 2), Math.sqrt(1 + 0.4 ** 2 + 0.18 ** 2)];
    for (const [step, deviation] of wanted.entries())
      expect((upper[step] - lower[step]) / 2).toBeCloseTo(2 * deviation, 9);
  });

  it("does not depend on the unit", () => {
    const { seasonLength, values } = series.quarters;
    const one = autoCes({ seasonLength }).fit(values).forecast(8).mean;
    const other = autoCes({ seasonLength })
      .fit(values.map((value) => value * 1024))
      .forecast(8).mean;
    expect([...other]).toEqual([...one].map((value) => value * 1024));
  });

  it("covers what it says on a long series of its own kind", () => {
    // Simple exponential smoothing is a special case in all but name: a local level is forecast with near-nominal coverage.
    const rng = new Rng("local level");
    let inside = 0;
    const runs = 300;
    for (let run = 0; run < runs; run++) {
      let level = 50;
      const values = Float64Array.from({ length: 123 }, () => {
        level += 0.4 * rng.normal();
        return level + rng.normal();
      });
      const { lower, upper } = autoCes().fit(values.subarray(0, 120)).forecast(3).interval(90);
      for (let step = 0; step < 3; step++)
        if (values[120 + step] >= lower[step] && values[120 + step] <= upper[step]) inside += 1 / (3 * runs);
    }
    expect(inside).toBeGreaterThan(0.85);
    expect(inside).toBeLessThan(0.95);
  });

  it("refuses a form that is none, and a season that is no number", () => {
    expect(() => autoCes({ form: "ful" as never })).toThrow(/give one of none, simple, partial, full/);
    expect(() => autoCes({ seasonLength: 0 })).toThrow(/seasonLength/);
  });

  it("says what it falls back to", () => {
    expect(autoCes().fit([5, 5, 5, 5, 5, 5]).notes.at(-1)).toMatch(/constant/);
    expect(autoCes({ form: "full", seasonLength: 12 }).fit([1, 2, 3, 5, 4, 6, 7]).name).toBe("naive");
  });
});

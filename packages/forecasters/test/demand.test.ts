import { readFileSync } from "node:fs";
import { TwinError } from "@sage-twin/kernel";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  adida,
  classifyDemand,
  croston,
  type Forecaster,
  imapa,
  intermittent,
  modelFromJSON,
  sba,
  tsb,
} from "../src/index.js";

type Name = "croston" | "sba" | "tsb" | "adida" | "imapa";
const models: Readonly<Record<Name, () => Forecaster>> = {
  croston,
  sba,
  tsb: () => tsb({ alphaDemand: 0.2, alphaProbability: 0.1 }),
  adida,
  imapa,
};
// statsforecast 2.1.1, by golden/demand.py
const golden: { readonly panel: readonly (Readonly<Record<Name, number>> & { readonly values: readonly number[] })[] } =
  JSON.parse(readFileSync(new URL("golden/demand.json", import.meta.url), "utf8"));
const spares = [0, 0, 3, 0, 0, 0, 4, 0, 0, 2, 0, 3];

describe.each(Object.entries(models))("%s", (name, create) => {
  it("forecasts what statsforecast 2.1.1 does on 60 series", () => {
    for (const item of golden.panel) {
      const reference = item[name as Name];
      const found = create().fit(item.values).forecast(3).mean;
      for (const value of found) expect(Math.abs(value - reference)).toBeLessThan(1e-9 * Math.max(1, reference));
    }
  });

  it("has the mean of its paths as point forecast, and nothing below zero", () => {
    for (const values of [spares, spares.map((value) => value * 1.5)]) {
      const fitted = create().fit(values);
      const paths = fitted.paths(2, { count: 60_000 });
      const mean = paths.reduce((sum, value) => sum + value, 0) / paths.length;
      expect(mean / fitted.forecast(1).mean[0]).toBeCloseTo(1, 1.5);
      expect(paths.every((value) => value >= 0)).toBe(true);
      expect(paths.every(Number.isInteger)).toBe(values === spares);
      expect(fitted.forecast(1).interval(99).lower[0]).toBe(0);
    }
  });

  it("filters an update as if it had seen the values from the start, but for the choice of buckets", () => {
    const fitted = create().fit(spares).update([0, 5, 0]);
    const again = create().fit([...spares, 0, 5, 0]);
    if (name === "adida" || name === "imapa") expect(fitted.forecast(1).mean[0]).toBeGreaterThan(0);
    else expect(fitted.forecast(1).mean[0]).toBeCloseTo(again.forecast(1).mean[0], 12);
    expect(() => fitted.update([-1])).toThrow(TwinError);
    const back = modelFromJSON(JSON.parse(JSON.stringify(fitted)));
    expect(back.forecast(2).interval(80)).toEqual(fitted.forecast(2).interval(80));
  });

  it("takes any non-negative series without NaN or infinity", () => {
    const value = fc.oneof(
      fc.constant(0),
      fc.constant(Number.NaN),
      fc.double({ min: 0, max: 1e12, noNaN: true }),
      fc.nat(9),
    );
    fc.assert(
      fc.property(fc.array(value, { minLength: 1, maxLength: 40 }), (values) => {
        if (values.every(Number.isNaN)) return;
        const out = create().fit(values).forecast(2);
        const { lower, upper } = out.interval(95);
        expect([...out.mean, ...lower, ...upper].every((number) => number >= 0 && number < 1e20)).toBe(true);
      }),
    );
  });
});

describe("intermittent", () => {
  it("covers what it says on the process it stands for", () => {
    // A demand in 3 of 10 steps, of 1 + a geometric size: the interval of its own law.
    let word = 1;
    const uniform = (): number => {
      word = (Math.imul(word, 1664525) + 1013904223) >>> 0;
      return (word + 0.5) / 4294967296;
    };
    const draw = (): number => (uniform() < 0.3 ? 1 + Math.floor(Math.log(uniform()) / Math.log(0.6)) : 0);
    let inside = 0;
    for (let series = 0; series < 200; series++) {
      const fitted = intermittent().fit(Array.from({ length: 60 }, draw));
      const { lower, upper } = fitted.forecast(1).interval(90);
      for (let step = 0; step < 10; step++) {
        const value = draw();
        if (value >= lower[0] && value <= upper[0]) inside++;
      }
    }
    expect(inside / 2000).toBeGreaterThan(0.9);
    expect(inside / 2000).toBeLessThan(0.985); // a hurdle covers more than it says: whole numbers
  });

  it("says what it chose and why", () => {
    expect(intermittent().fit(spares).description).toContain("intermittent demand (an interval of 3.00");
    expect(intermittent().fit([5, 6, 5, 7, 6]).name).toBe("croston");
    expect(intermittent().fit([0, 0, 0]).forecast(2).mean[1]).toBe(0);
    expect(intermittent().fit([1, -2, 3]).notes[0]).toContain("negative values are no demand");
  });
});

describe("classifyDemand", () => {
  it("knows the four kinds by their limits", () => {
    const repeat = (values: readonly number[], times: number): number[] =>
      Array.from({ length: times }, () => values).flat();
    expect(classifyDemand(repeat([4, 5, 6], 5)).kind).toBe("smooth");
    expect(classifyDemand(repeat([1, 1, 1, 20], 5)).kind).toBe("erratic");
    expect(classifyDemand(repeat([0, 4, 0, 5], 5)).kind).toBe("intermittent");
    expect(classifyDemand(repeat([0, 1, 0, 0, 30], 5)).kind).toBe("lumpy");
    expect(classifyDemand([0, 0, Number.NaN]).kind).toBe("none");
    const { averageInterval, squaredVariation } = classifyDemand([0, 2, 0, 4]);
    expect([averageInterval, squaredVariation]).toEqual([2, 2 / 9]);
    expect(() => classifyDemand([1, -1])).toThrow(TwinError);
  });
});

describe("tsb", () => {
  it("refuses smoothing out of range", () => {
    for (const wrong of [0, 1.5, Number.NaN])
      expect(() => tsb({ alphaDemand: wrong, alphaProbability: 0.1 })).toThrow(TwinError);
  });
});

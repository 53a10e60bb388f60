import { readFileSync } from "node:fs";
import { TwinError } from "@sage-twin/kernel";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { boxCox, boxCoxLambda, inverseBoxCox, mstl } from "../src/index.js";

// statsmodels 0.15.0 and coreforecast 0.0.20, by golden/decompose.py
const golden = JSON.parse(readFileSync(new URL("./golden/decompose.json", import.meta.url), "utf8")) as {
  readonly mstl: readonly {
    readonly values: readonly number[];
    readonly periods: readonly number[];
    readonly options: { readonly iterate?: number; readonly windows?: readonly number[] };
    readonly trend: readonly number[];
    readonly seasonal: readonly (readonly number[])[];
  }[];
  readonly guerrero: readonly {
    readonly seasonLength: number;
    readonly values: readonly number[];
    readonly lambda: number;
  }[];
};

describe("mstl", () => {
  it.each(golden.mstl)("is statsmodels' MSTL of periods $periods", ({ values, periods, options, trend, seasonal }) => {
    const found = mstl(values, { periods, iterations: options.iterate, seasonal: options.windows });
    for (const [t, value] of trend.entries()) expect(Math.abs(found.trend[t] - value)).toBeLessThan(1e-9);
    for (const [index, season] of seasonal.entries())
      for (const [t, value] of season.entries())
        expect(Math.abs(found.seasonal[index].values[t] - value)).toBeLessThan(1e-9);
    for (const [t, value] of values.entries()) {
      const sum = found.seasonal.reduce((total, season) => total + season.values[t], found.trend[t]);
      expect(sum + found.remainder[t]).toBeCloseTo(value, 9);
    }
  });

  it("leaves a missing value's remainder missing and finds the season around it", () => {
    const season = [3, -1, -2, 0];
    const values = Float64Array.from({ length: 40 }, (_, t) => (t === 17 ? Number.NaN : 10 + season[t % 4]));
    const found = mstl(values, { periods: [4] });
    expect(found.remainder[17]).toBeNaN();
    expect(found.seasonal[0].values[17]).toBeCloseTo(season[1], 6);
  });

  it("refuses no periods, equal ones, spans that do not match and too short a series", () => {
    for (const options of [
      { periods: [] },
      { periods: [4, 4] },
      { periods: [4], seasonal: [7, 9] },
      { periods: [4], iterations: 0 },
      { periods: [30] },
    ])
      expect(() => mstl(new Float64Array(40), options)).toThrow(TwinError);
  });
});

describe("Box-Cox", () => {
  it.each(golden.guerrero)("has the lambda of coreforecast for season length $seasonLength", (item) => {
    const found = boxCoxLambda(item.values, { seasonLength: item.seasonLength, lower: -0.9 });
    expect(Math.abs(found - item.lambda)).toBeLessThan(1e-4);
  });

  it("goes there and back", () => {
    fc.assert(
      fc.property(
        fc.double({ min: 1e-3, max: 1e6, noNaN: true }),
        fc.integer({ min: -100, max: 200 }).map((percent) => percent / 100),
        (y, lambda) => {
          // A transformed value near the bound 1 / |lambda| has lost digits of y.
          const digits = Math.min(1, y ** lambda, y ** -lambda) * Math.max(Math.abs(lambda), 1e-3);
          expect(Math.abs(inverseBoxCox(boxCox(y, lambda), lambda) / y - 1)).toBeLessThan(1e-12 / digits);
        },
      ),
    );
    expect(inverseBoxCox(boxCox(-8, 0.5), 0.5)).toBeCloseTo(-8, 12);
    expect(boxCox(-8, 0)).toBeNaN();
    expect(inverseBoxCox(3, -0.5)).toBe(Number.POSITIVE_INFINITY);
  });

  it("takes no transformation where there is nothing to compare", () => {
    expect(boxCoxLambda([5, 5, 5, 5, 5, 5])).toBe(1);
    expect(boxCoxLambda([1, 2])).toBe(1);
    expect(boxCoxLambda([-1, -2, -3, -4, -5, -7])).toBe(1);
  });
});

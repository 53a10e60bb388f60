import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import {
  autocorrelations,
  burg,
  chiSquareTail,
  fTail,
  medianAbsoluteDeviation,
  medianOf,
  periodogram,
  type StlOptions,
  stl,
  studentQuantile,
  studentTail,
} from "../src/index.js";

type Numbers = readonly number[];
const golden = JSON.parse(readFileSync(new URL("./golden/series.json", import.meta.url), "utf8")) as {
  readonly stl: readonly (Record<"values" | "trend" | "seasonal" | "remainder" | "weights", Numbers> & {
    readonly options: StlOptions;
  })[];
  readonly series: Numbers;
  readonly acf: Numbers;
  readonly burg: Numbers;
  readonly periodogram: { readonly frequencies: Numbers; readonly power: Numbers };
  readonly fTail: readonly [number, number, number, number][];
  readonly studentQuantile: readonly [number, number, number][];
  readonly chiSquareTail: readonly [number, number, number][];
};

function close(actual: ArrayLike<number>, expected: Numbers, tolerance: number): void {
  expect(actual.length).toBe(expected.length);
  for (let i = 0; i < expected.length; i++)
    expect(Math.abs(actual[i] - expected[i])).toBeLessThanOrEqual(tolerance * Math.max(1, Math.abs(expected[i])));
}

describe("stl", () => {
  it.each(golden.stl)("gives what statsmodels gives: $options", ({ values, options, ...expected }) => {
    const actual = stl(values, options);
    for (const part of ["trend", "seasonal", "remainder", "weights"] as const)
      close(actual[part], expected[part], 1e-9);
  });

  it("sums to the series", () => {
    const { trend, seasonal, remainder } = stl(golden.series, { period: 12, robust: true });
    close(
      trend.map((value, row) => value + seasonal[row] + remainder[row]),
      golden.series,
      1e-12,
    );
  });

  it("finds a periodic season exactly, with one figure for each phase", () => {
    const season = [5, -2, -4, 1];
    const values = Float64Array.from({ length: 41 }, (_, row) => 10 + 0.5 * row + season[row % 4]);
    const { seasonal } = stl(values, { period: 4, seasonal: "periodic", innerIterations: 60 });
    close(
      seasonal,
      Array.from(values, (_, row) => season[row % 4]),
      1e-9,
    );
  });

  it("takes no notice of where values are missing, when the rest follows the same pattern", () => {
    const pattern = (row: number): number => 10 + row / 2 + [5, -2, -4, 1][row % 4];
    const values = Float64Array.from({ length: 60 }, (_, row) => pattern(row));
    for (const row of [0, 7, 8, 9, 10, 30, 59]) values[row] = Number.NaN;
    const { trend, seasonal, remainder, weights } = stl(values, { period: 4, innerIterations: 30 });
    for (let row = 0; row < 60; row++) expect(trend[row] + seasonal[row]).toBeCloseTo(pattern(row), 1);
    expect([remainder[7], weights[7], weights[6]]).toEqual([Number.NaN, 0, 1]);
  });

  it("says what is wrong with its options, all at once", () => {
    expect(() => stl([1, 2, 3], { period: 1, seasonal: 4, trend: 2 })).toThrow(/period[\s\S]*seasonal[\s\S]*trend/);
    expect(() => stl([1, 2, 3], { period: 2 })).toThrow("3 values are less than two periods of 2");
    expect(() => stl(new Float64Array(8).fill(Number.NaN), { period: 4 })).toThrow("every value is missing");
  });
});

describe("series statistics", () => {
  it("gives the autocorrelations of statsmodels", () => {
    close(autocorrelations(golden.series, 20), golden.acf, 1e-12);
  });

  it("gives the autoregression of statsmodels by Burg's method", () => {
    const mean = golden.series.reduce((sum, value) => sum + value, 0) / golden.series.length;
    const found = burg(
      golden.series.map((value) => value - mean),
      3,
    );
    expect(found.map(({ coefficients }) => coefficients.length)).toEqual([0, 1, 2, 3]);
    close(found[3].coefficients, golden.burg, 1e-11);
    const reflection = found[1].coefficients[0];
    expect(found[1].variance / found[0].variance).toBeCloseTo(1 - reflection * reflection, 13);
  });

  it("keeps the autocorrelation of a season where values are missing", () => {
    const values = Array.from({ length: 120 }, (_, row) =>
      row % 7 === 3 ? Number.NaN : Math.sin((Math.PI * row) / 6),
    );
    expect(autocorrelations(values, 12)[12]).toBeGreaterThan(0.85);
    expect(autocorrelations([3, 3, 3], 1)[1]).toBeNaN();
    expect(() => autocorrelations([1, 2], 2)).toThrow("2 lags of 2 values");
  });

  it("gives the periodogram of scipy, and any frequency", () => {
    const { frequencies, power } = periodogram(golden.series);
    close(frequencies, golden.periodogram.frequencies, 1e-13);
    close(power, golden.periodogram.power, 1e-11);
    close(periodogram(golden.series, [5 / 60]).power, [power[4]], 1e-14);
    expect(power.reduce((sum, value) => sum + value, 0)).toBeCloseTo(1, 12);
  });

  it("gives medians and their deviations", () => {
    expect(medianOf([3, Number.NaN, 1, 2])).toBe(2);
    expect(medianOf([4, 1, 3, 2])).toBe(2.5);
    expect(medianOf([])).toBeNaN();
    expect(medianAbsoluteDeviation([1, 2, 3, 4, 100])).toBeCloseTo(1.482602218505602, 14); // scipy.stats.norm.ppf(0.75)
  });
});

describe("distributions give what scipy gives", () => {
  it("tails of F", () => {
    for (const [x, a, b, expected] of golden.fTail) expect(Math.abs(fTail(x, a, b) / expected - 1)).toBeLessThan(1e-10);
  });

  it("quantiles and tails of Student's t", () => {
    for (const [p, d, expected] of golden.studentQuantile) {
      expect(Math.abs(studentQuantile(p, d) / expected - 1)).toBeLessThan(1e-9);
      expect(studentTail(expected, d)).toBeCloseTo(1 - p, 11);
    }
  });

  it("tails of chi-square", () => {
    for (const [x, d, expected] of golden.chiSquareTail)
      expect(Math.abs(chiSquareTail(x, d) - expected)).toBeLessThan(1e-12 + 1e-9 * expected);
  });
});

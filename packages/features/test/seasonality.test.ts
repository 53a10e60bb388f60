import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { gunzipSync } from "node:zlib";
import { Rng } from "@sage-twin/kernel";
import { stl } from "@sage-twin/numerics";
import { describe, expect, it } from "vitest";
import { detectSeasonality } from "../src/index.js";

function noisy(seed: string, rows: number, signal: (row: number) => number): Float64Array {
  const rng = new Rng(seed);
  return Float64Array.from({ length: rows }, (_, row) => signal(row) + rng.normal());
}

describe("detectSeasonality", () => {
  const monthly = noisy("monthly", 96, (row) => 0.5 * row + 3 * Math.sin((2 * Math.PI * row) / 12));

  it("finds a season beside a trend, with its evidence", () => {
    const report = detectSeasonality(monthly, { frequency: "M" });
    expect(report.periods).toEqual([12]);
    const [season] = report.evidence;
    expect(season).toMatchObject({ period: 12, detected: true });
    expect(season.pValue).toBeLessThan(1e-6);
    expect(season.strength).toBeGreaterThan(0.7);
    expect(season.autocorrelation).toBeGreaterThan(0.5);
    expect(season.power).toBeGreaterThan(0.7);
    expect(season.fTest.degrees[0]).toBe(11);
    expect(report.trendStrength).toBeGreaterThan(0.95);
    expect(JSON.parse(JSON.stringify(report))).toEqual(report);
  });

  it("gives the strengths of their definition", () => {
    const { trend, seasonal, remainder } = stl(monthly, { period: 12 });
    const variance = (values: Float64Array): number => {
      const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
      return values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
    };
    const strength = (part: Float64Array): number =>
      1 - variance(remainder) / variance(remainder.map((r, row) => r + part[row]));
    const report = detectSeasonality(monthly, { periods: [12] });
    expect(report.evidence[0].strength).toBeCloseTo(strength(seasonal), 12);
    expect(report.trendStrength).toBeCloseTo(strength(trend), 12);
  });

  it("finds it without being told the period, and where values are missing", () => {
    expect(detectSeasonality(monthly).periods).toEqual([12]);
    const holes = monthly.map((value, row) => (row % 5 === 3 || (row > 30 && row < 38) ? Number.NaN : value));
    expect(detectSeasonality(holes).periods).toEqual([12]);
  });

  it("finds several periods, and not the multiples or parts of one", () => {
    const hourly = noisy(
      "hourly",
      1200,
      (row) => 3 * Math.sin((2 * Math.PI * row) / 24) + 2 * Math.cos((2 * Math.PI * row) / 168),
    );
    expect(detectSeasonality(hourly, { frequency: "h" }).periods).toEqual([24, 168]);
    const daily = noisy("daily", 1200, (row) => 3 * Math.sin((2 * Math.PI * row) / 24));
    expect(detectSeasonality(daily, { frequency: "h" }).periods).toEqual([24]);
    expect(detectSeasonality(monthly, { periods: [4, 6, 12, 24, 36] }).periods).toEqual([12]);
    const rough = noisy("rough", 120, (row) => 4 * [3, -1, 0, 2, -4, 0, 1, 5, -2, -3, 0, -1][row % 12]);
    expect(detectSeasonality(rough, { periods: [2, 3, 4, 6, 12] }).periods).toEqual([12]);
    const december = noisy("december", 120, (row) => (row % 12 === 11 ? 15 : 0));
    expect(detectSeasonality(december, { periods: [2, 3, 4, 6, 12] }).periods).toEqual([12]);
  });

  it("corrects for the periods it tries", () => {
    const one = detectSeasonality(monthly, { periods: [5] }).evidence[0];
    const two = detectSeasonality(monthly, { periods: [5, 7] }).evidence[0];
    expect(two.pValue).toBeCloseTo(Math.min(1, 2 * one.pValue), 12);
    const faint = noisy("faint", 60, (row) => 0.9 * Math.sin((2 * Math.PI * row) / 12));
    const p = detectSeasonality(faint, { periods: [12] }).evidence[0].pValue;
    expect(detectSeasonality(faint, { periods: [12], level: p / 2 }).periods).toEqual([]);
    expect(detectSeasonality(faint, { periods: [12], level: p * 2 }).periods).toEqual([12]);
  });

  it("takes neither noise nor walks for seasons, in at least 95 and 90 of 100", () => {
    const rng = new Rng("noise and walks");
    const none = { white: 0, whiteSearched: 0, walk: 0, walkSearched: 0 };
    for (let index = 0; index < 100; index++) {
      const rows = 24 + rng.integer(277);
      const white = Float64Array.from({ length: rows }, () => rng.normal());
      let level = 0;
      const walk = white.map((step) => (level += step));
      none.white += detectSeasonality(white, { frequency: "M" }).periods.length === 0 ? 1 : 0;
      none.whiteSearched += detectSeasonality(white).periods.length === 0 ? 1 : 0;
      none.walk += detectSeasonality(walk, { frequency: "M" }).periods.length === 0 ? 1 : 0;
      none.walkSearched += detectSeasonality(walk).periods.length === 0 ? 1 : 0;
    }
    expect(none.white).toBeGreaterThanOrEqual(95);
    expect(none.whiteSearched).toBeGreaterThanOrEqual(95);
    expect(none.walk).toBeGreaterThanOrEqual(90);
    expect(none.walkSearched).toBeGreaterThanOrEqual(95);
  });

  it("says which periods it could not try, and hangs on nothing", () => {
    expect(detectSeasonality(monthly.subarray(0, 20), { frequency: "M" })).toMatchObject({
      periods: [],
      evidence: [],
      trendStrength: null,
      skipped: [{ period: 12, reason: "20 rows are less than two seasons" }],
    });
    expect(detectSeasonality(new Array(50).fill(3), { periods: [7] }).skipped[0].reason).toBe(
      "every value is the same",
    );
    expect(detectSeasonality(new Array(50).fill(Number.NaN), { periods: [7] }).skipped[0].reason).toBe(
      "0 values are too few",
    );
    expect(detectSeasonality([]).periods).toEqual([]);
    expect(detectSeasonality([1, 2, 3]).periods).toEqual([]);
    expect(
      detectSeasonality(
        Array.from({ length: 40 }, (_, row) => row),
        { periods: [4] },
      ).periods,
    ).toEqual([]);
    expect(
      detectSeasonality(
        Array.from({ length: 40 }, (_, row) => [5, 1, 2, 0][row % 4]),
        { periods: [4] },
      ).periods,
    ).toEqual([4]);
    expect(detectSeasonality(monthly, { frequency: "Y" }).periods).toEqual([]);
  });

  it("refuses periods that are none", () => {
    expect(() => detectSeasonality(monthly, { periods: [1] })).toThrow("periods[0]: 1 is not a whole number from 2");
    expect(() => detectSeasonality(monthly, { periods: [12.5] })).toThrow("periods[0]: 12.5");
    expect(() => detectSeasonality(monthly, { level: 0 })).toThrow("level: 0 is not a number between 0 and 1");
    expect(() => detectSeasonality(monthly, { frequency: "X" })).toThrow("'X' is not a frequency");
  });
});

const folder = process.env["SAGE_TWIN_DATA"] ?? fileURLToPath(new URL("../../../../shared/data", import.meta.url));
const path = `${folder}/m1-series.json.gz`;

describe.skipIf(!existsSync(path))(
  `the M1 series in ${existsSync(path) ? "SAGE_TWIN_DATA" : "SAGE_TWIN_DATA, which are not there: skipped"}`,
  () => {
    it("are found seasonal in at least 90 % of those whose season is strong", () => {
      const all = JSON.parse(gunzipSync(readFileSync(path)).toString()) as { seasonLength: number; train: number[] }[];
      const found = all
        .filter(({ seasonLength, train }) => seasonLength > 1 && train.length >= 2 * seasonLength)
        .map(({ seasonLength, train }) => detectSeasonality(train, { periods: [seasonLength] }))
        .filter(({ evidence }) => evidence[0].strength > 0.64);
      expect(found.length).toBeGreaterThan(500);
      expect(found.filter(({ periods }) => periods.length === 1).length / found.length).toBeGreaterThanOrEqual(0.9);
    });
  },
);

import { Rng } from "@sage-twin/kernel";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { extremeDeviates } from "../src/anomalies/extreme-deviates.js";
import { anomalyColumns, detectAnomalies } from "../src/index.js";

/** Rosner 1983, as in the NIST/SEMATECH e-Handbook of Statistical Methods, section 1.3.5.17.3. */
const rosner = [
  -0.25, 0.68, 0.94, 1.15, 1.2, 1.26, 1.26, 1.34, 1.38, 1.43, 1.49, 1.49, 1.55, 1.56, 1.58, 1.65, 1.69, 1.7, 1.76, 1.77,
  1.81, 1.91, 1.94, 1.96, 1.99, 2.06, 2.09, 2.1, 2.14, 2.15, 2.23, 2.24, 2.26, 2.35, 2.37, 2.4, 2.47, 2.54, 2.62, 2.64,
  2.9, 2.92, 2.92, 2.93, 3.21, 3.26, 3.3, 3.59, 3.68, 4.3, 4.64, 5.34, 5.42, 6.01,
];

function noise(seed: string, rows: number): Float64Array {
  const rng = new Rng(seed);
  return Float64Array.from({ length: rows }, () => rng.normal());
}

describe("generalised ESD", () => {
  it("gives the statistics and critical values of the NIST handbook", () => {
    const steps = extremeDeviates(Float64Array.from(rosner), 10, 0.05);
    const statistics = [3.118, 2.942, 3.179, 2.81, 2.815, 2.848, 2.279, 2.31, 2.101, 2.067];
    const critical = [3.158, 3.151, 3.143, 3.136, 3.128, 3.12, 3.111, 3.103, 3.094, 3.085];
    steps.forEach((step, index) => {
      expect(Math.abs(step.statistic - statistics[index])).toBeLessThan(1.01e-3);
      expect(Math.abs(step.critical - critical[index])).toBeLessThan(1.01e-3);
    });
  });

  it("finds the handbook's three outliers, though the first two steps are not significant", () => {
    const { anomalies } = detectAnomalies(rosner, { methods: ["esd"], maxOutliers: 10 });
    expect(anomalies.map(({ value }) => value)).toEqual([5.34, 5.42, 6.01]);
    expect(detectAnomalies(rosner, { methods: ["esd"], maxOutliers: 2 }).anomalies).toEqual([]);
  });
});

describe("outliers", () => {
  it("are told by median and MAD", () => {
    const [anomaly] = detectAnomalies([1, 2, 3, 4, 5, 6, 7, 80], { methods: ["robustZ"] }).anomalies;
    // Median 4.5, MAD 2: (80 - 4.5) / (1.4826 * 2)
    expect(anomaly.score).toBeCloseTo(75.5 / (1.482602218505602 * 2), 10);
    expect([anomaly.index, anomaly.expected]).toEqual([7, 4.5]);
    expect(anomaly.upper).toBeCloseTo(4.5 + 3.5 * 1.482602218505602 * 2, 10);
    expect(anomaly.reason).toBe("80 is 25.462 robust standard deviations above the median 4.5");
  });

  it("fall back on the mean deviation where more than half of the values are the same", () => {
    const values = [5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 9];
    const [anomaly] = detectAnomalies(values, { methods: ["robustZ"] }).anomalies;
    expect(anomaly.score).toBeCloseTo(4 / ((Math.sqrt(Math.PI / 2) * 4) / 12), 10);
    expect(detectAnomalies(new Array(20).fill(5)).anomalies).toEqual([]);
    expect(detectAnomalies(values, { methods: ["iqr"] }).skipped).toEqual([
      { method: "iqr", reason: "half of the values are the same" },
    ]);
  });

  it("are told by Tukey's fences", () => {
    const { anomalies } = detectAnomalies([1, 2, 3, 4, 5, 6, 7, 8, 30], { methods: ["iqr"] });
    // Quartiles 3 and 7 (type 7): fences at -3 and 13.
    expect(anomalies).toMatchObject([{ index: 8, score: (30 - 7) / 4, expected: 5, lower: -3, upper: 13 }]);
  });

  it("are told beside trend and season, with what was expected", () => {
    const season = [20, 0, -15, -5];
    const values = Array.from(noise("stl", 48), (one, row) => 100 + 2 * row + season[row % 4] + one);
    values[22] -= 12; // within the range of the series
    const { anomalies } = detectAnomalies(values, { methods: ["robustZ", "stlResidual"], period: 4 });
    expect(anomalies.map(({ index, method }) => [index, method])).toContainEqual([22, "stlResidual"]);
    expect(anomalies.filter(({ method }) => method === "robustZ")).toEqual([]);
    const found = anomalies.find(({ index }) => index === 22);
    expect(Math.abs((found?.expected ?? 0) - (values[22] + 12))).toBeLessThan(4);
    expect(found?.reason).toContain("below the");
  });
});

describe("changes", () => {
  it("of level are found where they happen, beside a trend", () => {
    const values = Array.from(noise("shift", 120), (one, row) => 50 + 0.3 * row + one + (row >= 70 ? 8 : 0));
    const { anomalies } = detectAnomalies(values, { methods: ["levelShift"] });
    expect(anomalies.length).toBe(1);
    expect(Math.abs(anomalies[0].index - 70)).toBeLessThanOrEqual(1);
    expect(anomalies[0].reason).toMatch(/^the level rises by (7|8|9)\./);
  });

  it("of level are not seen in a trend or a lone outlier", () => {
    const values = Array.from(noise("line", 120), (one, row) => 50 + 0.5 * row + one + (row === 60 ? 40 : 0));
    expect(detectAnomalies(values, { methods: ["levelShift"] }).anomalies).toEqual([]);
  });

  it("of spread are found where they happen", () => {
    const values = Array.from(noise("spread", 200), (one, row) => 10 + one * (row >= 110 ? 6 : 1));
    const { anomalies } = detectAnomalies(values, { methods: ["varianceChange"] });
    expect(anomalies.length).toBe(1);
    expect(Math.abs(anomalies[0].index - 110)).toBeLessThanOrEqual(8);
    expect(anomalies[0].reason).toMatch(/^the standard deviation rises from/);
  });

  it("are found in few series of white noise", () => {
    const found = { levelShift: 0, varianceChange: 0 };
    for (let index = 0; index < 200; index++) {
      const values = noise(`white ${index}`, 60 + index);
      for (const method of ["levelShift", "varianceChange"] as const)
        found[method] += detectAnomalies(values, { methods: [method] }).anomalies.length > 0 ? 1 : 0;
    }
    expect(found.levelShift).toBeLessThanOrEqual(14);
    expect(found.varianceChange).toBeLessThanOrEqual(14);
  });
});

describe("the report", () => {
  const values = [...noise("report", 100)];
  values[40] = 9;
  values[41] = Number.NaN;

  it("is plain JSON, in the order of the rows, and counts what is missing", () => {
    const report = detectAnomalies(values, { period: 7 });
    expect(JSON.parse(JSON.stringify(report))).toEqual(report);
    expect([report.rows, report.missing]).toEqual([100, 1]);
    expect(
      report.anomalies
        .filter(({ index }) => index === 40)
        .map(({ method }) => method)
        .sort(),
    ).toEqual(["esd", "iqr", "robustZ", "stlResidual"]);
    expect(report.anomalies.every(({ index }) => index !== 41)).toBe(true);
  });

  it("says what was not looked for, and why", () => {
    expect(detectAnomalies([1, 2, 3, 4, 5, 6, 7]).skipped).toEqual([
      { method: "stlResidual", reason: "it needs a period" },
      { method: "levelShift", reason: "it needs 16 rows" },
      { method: "varianceChange", reason: "it needs 32 rows" },
    ]);
    expect(detectAnomalies([]).skipped.length).toBe(6);
  });

  it("agrees with its columns", () => {
    const { robustZ } = anomalyColumns(values, { methods: ["robustZ"] });
    const flagged = detectAnomalies(values, { methods: ["robustZ"] }).anomalies.map(({ index }) => index);
    expect(Array.from(robustZ?.flags ?? []).flatMap((flag, row) => (flag === 1 ? [row] : []))).toEqual(flagged);
    expect(robustZ?.flags[41]).toBeNaN();
    expect(robustZ?.scores[40]).toBeGreaterThan(5);
  });

  it("scales with its values", () => {
    fc.assert(
      fc.property(
        fc.double({ min: 1e-3, max: 1e6, noNaN: true }),
        fc.double({ min: -1e3, max: 1e3, noNaN: true }),
        (by, plus) => {
          const rows = (report: ReturnType<typeof detectAnomalies>) =>
            report.anomalies.map(({ index, method }) => `${index} ${method}`);
          const moved = values.map((value) => value * by + plus * by);
          expect(rows(detectAnomalies(moved))).toEqual(rows(detectAnomalies(values)));
        },
      ),
      { numRuns: 20 },
    );
  });

  it("refuses options out of range", () => {
    expect(() => detectAnomalies(values, { methods: ["zscore" as never] })).toThrow(
      "methods[0]: 'zscore' is not among",
    );
    expect(() => detectAnomalies(values, { level: 1 })).toThrow("level: 1 is not above 0 and below 1");
    expect(() => detectAnomalies(values, { deviations: -1 })).toThrow("deviations: -1 is not above 0");
    expect(() => detectAnomalies(values, { period: 1 })).toThrow("period: 1 is not a whole number from 2");
    expect(() => detectAnomalies(["1"] as never)).toThrow("values[0]: '1' is not a number");
  });
});

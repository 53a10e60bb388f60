import { readFileSync } from "node:fs";
import { exp, log, Rng } from "@sage-twin/kernel";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  auc,
  averagePrecision,
  brier,
  brierParts,
  type CalibrationMethod,
  calibrate,
  calibrationCurve,
  calibrationError,
  calibratorShape,
  fitCalibrator,
  isotonicAt,
  isotonicFit,
  liftCurve,
  logLoss,
  rSquared,
} from "../src/index.js";

// scikit-learn 1.9.1 and scipy 1.17.1, by golden/classification.py
const golden = JSON.parse(readFileSync(new URL("golden/classification.json", import.meta.url), "utf8"));
const { labels, probabilities } = golden as { labels: number[]; probabilities: number[] };
const methods: CalibrationMethod[] = ["platt", "beta", "temperature", "isotonic"];

describe("scores beside scikit-learn 1.9.1", () => {
  it("area under the curve, average precision, Brier score, log loss", () => {
    expect(auc(labels, probabilities)).toBeCloseTo(golden.auc, 12);
    expect(averagePrecision(labels, probabilities)).toBeCloseTo(golden.averagePrecision, 12);
    expect(brier(labels, probabilities)).toBeCloseTo(golden.brier, 12);
    expect(logLoss(labels, probabilities)).toBeCloseTo(golden.logLoss, 12);
  });
  it("calibration curve", () => {
    const curve = calibrationCurve(labels, probabilities);
    expect(curve.length).toBe(golden.observed.length);
    curve.forEach(({ observed, predicted }, bin) => {
      expect(observed).toBeCloseTo(golden.observed[bin], 12);
      expect(predicted).toBeCloseTo(golden.predicted[bin], 12);
    });
  });
});

describe("scores by hand", () => {
  it("the area is the share of pairs in order, ties half", () => {
    const score = fc.integer({ min: 0, max: 5 });
    fc.assert(
      fc.property(fc.array(fc.tuple(score, fc.boolean()), { minLength: 2, maxLength: 40 }), (rows) => {
        const [ones, zeros] = [true, false].map((own) => rows.filter(([, label]) => label === own).map(([s]) => s));
        const got = auc(
          rows.map(([, label]) => (label ? 1 : 0)),
          rows.map(([s]) => s),
        );
        if (ones.length * zeros.length === 0) return void expect(got).toBeNaN();
        let pairs = 0;
        for (const one of ones) for (const zero of zeros) pairs += one > zero ? 1 : one === zero ? 0.5 : 0;
        expect(got).toBeCloseTo(pairs / (ones.length * zeros.length), 12);
      }),
    );
  });
  it("the parts of the Brier score add up to it", () => {
    const parts = brierParts(labels, probabilities, 7);
    expect(parts.reliability - parts.resolution + parts.uncertainty + parts.within).toBeCloseTo(golden.brier, 12);
    // One prediction a bin: nothing within.
    const plain = brierParts([0, 1, 1, 1], [0.25, 0.25, 0.75, 0.75], 2);
    expect(plain).toEqual({ reliability: 0.0625, resolution: 0.0625, uncertainty: 0.1875, within: 0 });
  });
  it("calibration error", () => {
    expect(calibrationError([0, 1, 1, 1], [0.2, 0.2, 0.9, 0.9])).toBeCloseTo(0.5 * 0.3 + 0.5 * 0.1, 12);
    expect(calibrationError([1, 0], [1, 0])).toBe(0);
  });
  it("lift and gains", () => {
    const curve = liftCurve([1, 0, 1, 0, 0, 0, 0, 0, 0, 0], [9, 8, 7, 6, 5, 4, 3, 2, 1, 0], 5);
    expect(curve.map(({ captured }) => captured)).toEqual([0.5, 1, 1, 1, 1]);
    expect(curve.map(({ lift }) => lift)).toEqual([2.5, 2.5, 2 / 6 / 0.2, 2 / 8 / 0.2, 1]);
    expect(curve[0]).toMatchObject({ rows: 2, share: 0.2 });
  });
  it("explained variance", () => {
    expect(rSquared([1, 2, 3], [1, 2, 3])).toBe(1);
    expect(rSquared([1, 2, 3], [2, 2, 2])).toBe(0);
    expect(rSquared([1, 1], [1, 2])).toBeNaN();
  });
  it("refuses what has no score", () => {
    expect(() => auc([0, 2], [0, 1])).toThrow("labels[1]: 2 is neither 0 nor 1");
    expect(() => auc([0, 1], [0, Number.NaN])).toThrow("scores[1]");
    expect(() => brier([0, 1], [0, 1.5])).toThrow("1.5 is not a number from 0 to 1");
    expect(() => logLoss([], [])).toThrow("0 scores for 0 labels");
    expect(() => calibrationCurve([0, 1], [0, 1], 0)).toThrow("bins");
  });
});

describe("calibrators", () => {
  it("equal scikit-learn's Platt scaling, scipy's maximum likelihood and scikit-learn's isotonic regression", () => {
    const platt = fitCalibrator("platt", labels, probabilities);
    const beta = fitCalibrator("beta", labels, probabilities);
    const temperature = fitCalibrator("temperature", labels, probabilities);
    if (platt.method !== "platt" || beta.method !== "beta" || temperature.method !== "temperature") throw new Error();
    expect(platt.slope).toBeCloseTo(golden.platt.slope, 5);
    expect(platt.intercept).toBeCloseTo(golden.platt.intercept, 5);
    [beta.a, beta.b, beta.c].forEach((own, i) => void expect(own).toBeCloseTo(golden.beta[i], 5));
    expect(temperature.temperature).toBeCloseTo(golden.temperature, 6);
    const isotonic = calibrate(fitCalibrator("isotonic", labels, probabilities), golden.grid);
    isotonic.forEach((own, i) => void expect(own).toBeCloseTo(golden.isotonic[i], 12));
  });
  it("bring biased probabilities back", () => {
    const rng = new Rng("calibrators");
    const true_ = Float64Array.from({ length: 20_000 }, () => rng.uniform());
    const y = true_.map((p) => (rng.uniform() < p ? 1 : 0));
    const bent = true_.map((p) => 1 / (1 + exp(-2 * log(p / (1 - p)) - 1)));
    expect(calibrationError(y, bent)).toBeGreaterThan(0.1);
    for (const method of ["platt", "beta", "isotonic"] as const) {
      const mended = calibrate(fitCalibrator(method, y.subarray(0, 10_000), bent.subarray(0, 10_000)), bent);
      expect(calibrationError(y.subarray(10_000), mended.subarray(10_000))).toBeLessThan(0.02);
    }
  });
  it("never turn the order of predictions round, and stay between 0 and 1", () => {
    for (const method of methods) {
      const grid = Float64Array.from({ length: 101 }, (_, i) => i / 100);
      const out = calibrate(fitCalibrator(method, labels, probabilities), grid);
      out.forEach((own, i) => {
        expect(own >= 0 && own <= 1).toBe(true);
        if (i > 0) expect(own).toBeGreaterThanOrEqual(out[i - 1]);
      });
    }
  });
  it("are the same after JSON, and hostile JSON is refused", () => {
    for (const method of methods) {
      const calibrator = fitCalibrator(method, labels, probabilities);
      const back = calibratorShape(JSON.parse(JSON.stringify(calibrator)));
      expect(calibrate(back, probabilities)).toEqual(calibrate(calibrator, probabilities));
    }
    for (const hostile of [
      null,
      [],
      { method: "none" },
      { method: "platt", slope: "1", intercept: 0 },
      { method: "platt", slope: 1, intercept: 0, extra: 1 },
      { method: "temperature", temperature: 0 },
      { method: "isotonic", at: [], values: [] },
      { method: "isotonic", at: [0, 1], values: [0.9, 0.1] },
      { method: "isotonic", at: [0, 1], values: [0, 7] },
    ])
      expect(() => calibratorShape(hostile)).toThrow();
  });
  it("stay finite on separated rows, and refuse one class and what is no probability", () => {
    for (const method of methods) {
      const out = calibrate(fitCalibrator(method, [0, 0, 1, 1], [0, 0.1, 0.9, 1]), [0, 0.5, 1]);
      expect(out.every(Number.isFinite)).toBe(true);
      expect(() => fitCalibrator(method, [1, 1], [0.2, 0.3])).toThrow("every label is 1");
      expect(() => fitCalibrator(method, [0, 1], [0.2, Number.NaN])).toThrow("scores[1]");
    }
    expect(() => fitCalibrator("spline" as never, [0, 1], [0.2, 0.3])).toThrow("unknown method 'spline'");
    expect(() => calibrate(fitCalibrator("platt", labels, probabilities), [2])).toThrow(
      "2 is not a number from 0 to 1",
    );
  });
  it("isotonic fits are least squares among rising functions", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -9, max: 9 }), { minLength: 1, maxLength: 12 }), (y) => {
        const x = y.map((_, i) => i);
        const fit = isotonicFit(x, y);
        // min-max formula: the largest over starts of the smallest mean over ends
        x.forEach((at) => {
          const lows = x.slice(0, at + 1).map((from) =>
            Math.min(
              ...x.slice(at).map((to) => {
                const part = y.slice(from, to + 1);
                return part.reduce((sum, value) => sum + value, 0) / part.length;
              }),
            ),
          );
          expect(isotonicAt(fit, at)).toBeCloseTo(Math.max(...lows), 9);
        });
      }),
    );
  });
});

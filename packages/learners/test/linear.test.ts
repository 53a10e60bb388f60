import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { learnerFromJSON, linearRegression, logisticRegression } from "../src/index.js";

interface Golden {
  readonly columns: Record<string, number[]>;
  readonly target: number[];
  readonly weights: number[];
  readonly label: number[];
  readonly ols: { parameters: number[]; standardErrors: number[]; rSquared: number; residualDeviation: number };
  readonly wls: { parameters: number[]; standardErrors: number[]; rSquared: number };
  readonly ridge: { ridge: number; predictions: number[] };
  readonly logit: { parameters: number[] };
  readonly penalised: { ridge: number; predictions: number[] };
}

// statsmodels 0.15.0 and scikit-learn 1.9.1, by golden/generate.py
const golden: Golden = JSON.parse(readFileSync(new URL("golden/reference.json", import.meta.url), "utf8")).linear;

function expectClose(actual: ArrayLike<number>, wanted: ArrayLike<number>, tolerance: number): void {
  expect(actual.length).toBe(wanted.length);
  for (let i = 0; i < wanted.length; i++)
    expect(Math.abs(actual[i] - wanted[i])).toBeLessThan(tolerance * Math.max(1, Math.abs(wanted[i])));
}

describe("linearRegression", () => {
  it("equals statsmodels' ordinary least squares", () => {
    const fitted = linearRegression().fit(golden.columns, golden.target);
    expectClose([fitted.intercept, ...Object.values(fitted.coefficients)], golden.ols.parameters, 1e-9);
    expectClose(Object.values(fitted.standardErrors), golden.ols.standardErrors.slice(1), 1e-9);
    expect(fitted.rSquared).toBeCloseTo(golden.ols.rSquared, 10);
    expect(fitted.residualDeviation).toBeCloseTo(golden.ols.residualDeviation, 10);
    expect(fitted.notes).toEqual([]);
  });

  it("equals statsmodels' weighted least squares", () => {
    const fitted = linearRegression().fit(golden.columns, golden.target, { weights: golden.weights });
    expectClose([fitted.intercept, ...Object.values(fitted.coefficients)], golden.wls.parameters, 1e-9);
    expectClose(Object.values(fitted.standardErrors), golden.wls.standardErrors.slice(1), 1e-9);
    expect(fitted.rSquared).toBeCloseTo(golden.wls.rSquared, 10);
  });

  it("equals scikit-learn's ridge on standardised columns", () => {
    const fitted = linearRegression({ ridge: golden.ridge.ridge }).fit(golden.columns, golden.target);
    expectClose(fitted.predict(golden.columns), golden.ridge.predictions, 1e-9);
    expect(Object.values(fitted.standardErrors).every(Number.isNaN)).toBe(true);
  });

  it("finds exact coefficients whatever the units", () => {
    const coefficient = fc.double({ min: -10, max: 10, noNaN: true });
    fc.assert(
      fc.property(coefficient, coefficient, coefficient, fc.integer({ min: -6, max: 6 }), (a, b, c, power) => {
        const unit = 10 ** power;
        const x = Float64Array.from({ length: 20 }, (_, i) => ((i * 7) % 11) * unit);
        const z = Float64Array.from({ length: 20 }, (_, i) => ((i * 5) % 13) + 1000);
        const fitted = linearRegression().fit(
          { x, z },
          x.map((value, i) => a + b * (value / unit) + c * z[i]),
        );
        expectClose([fitted.coefficients.x * unit, fitted.coefficients.z], [b, c], 1e-7);
      }),
      { numRuns: 100 },
    );
  });

  it("leaves out constant and dependent columns, and says so", () => {
    const x = [1, 2, 3, 4, 5];
    const fitted = linearRegression().fit({ x, twice: x.map((v) => 2 * v), one: x.map(() => 7) }, [2, 4, 6, 8, 10]);
    expect(fitted.notes).toEqual([
      "constant, without effect: one",
      "determined by the other columns, without effect: twice",
    ]);
    expectClose(fitted.predict({ x: [10], twice: [20], one: [7] }), [20], 1e-9);
    expect(fitted.coefficients.one).toBe(0);
  });

  it("refuses missing values, or puts the mean in and says so", () => {
    const columns = { x: [1, Number.NaN, 3, 4], z: [0, 1, 0, 1] };
    expect(() => linearRegression().fit(columns, [1, 2, 3, 4])).toThrow("columns.x[1]: the value is missing");
    const fitted = linearRegression({ missing: "impute" }).fit(columns, [1, 2, 3, 4]);
    expect(fitted.notes).toEqual(["1 missing of 4 values of 'x' take the column's mean 2.66667"]);
    expectClose(fitted.predict({ x: [Number.NaN], z: [1] }), fitted.predict({ x: [8 / 3], z: [1] }), 1e-12);
  });

  it("gathers every issue of its input", () => {
    const wrong = { x: [1, Number.POSITIVE_INFINITY], z: [1], w: "no" as never };
    expect(() => linearRegression().fit(wrong, [1, Number.NaN])).toThrow("4 problems");
    expect(() => linearRegression().fit({}, [1])).toThrow("no columns");
    expect(() => linearRegression().fit({ x: [] }, [])).toThrow("there are no rows");
    expect(() => linearRegression({ ridge: -1 })).toThrow("ridge: -1 is not a number from 0");
    expect(() => linearRegression().fit({ x: [1, 2] }, [1, 2], { weights: [1, -1] })).toThrow(
      "weights[1]: -1 is below 0",
    );
    expect(() =>
      linearRegression()
        .fit({ x: [1, 2] }, [1, 2])
        .predict({ z: [1] }),
    ).toThrow("columns.x: the column is missing");
  });

  it("takes one row", () => {
    const fitted = linearRegression().fit({ x: [3] }, [5]);
    expect([...fitted.predict({ x: [9] })]).toEqual([5]);
    expect(fitted.residualDeviation).toBeNaN();
  });

  it("is the same after JSON", () => {
    for (const fitted of [
      linearRegression({ ridge: 1 }).fit(golden.columns, golden.target),
      logisticRegression().fit(golden.columns, golden.label),
    ]) {
      const back = learnerFromJSON(JSON.parse(JSON.stringify(fitted)));
      expect(back.predict(golden.columns)).toEqual(fitted.predict(golden.columns));
      expect(back.toJSON()).toEqual(fitted.toJSON());
    }
    expect(() => learnerFromJSON({ kind: "learner/none" })).toThrow("no saved learner");
    expect(() =>
      learnerFromJSON({
        ...(linearRegression()
          .fit({ x: [1, 2] }, [1, 2])
          .toJSON() as object),
        state: {},
      }),
    ).toThrow("missing");
  });
});

describe("logisticRegression", () => {
  it("without a ridge equals statsmodels' Logit", () => {
    const fitted = logisticRegression({ ridge: 0 }).fit(golden.columns, golden.label);
    expectClose([fitted.intercept, ...Object.values(fitted.coefficients)], golden.logit.parameters, 1e-7);
  });

  it("equals scikit-learn's penalised one on standardised columns", () => {
    const fitted = logisticRegression({ ridge: golden.penalised.ridge }).fit(golden.columns, golden.label);
    expectClose(fitted.predict(golden.columns), golden.penalised.predictions, 1e-6);
  });

  it("counts a weight of 2 as a row given twice", () => {
    const twice = Object.fromEntries(
      Object.entries(golden.columns).map(([name, v]) => [name, [...Array.from(v), ...Array.from(v).slice(0, 40)]]),
    );
    const weights = golden.label.map((_, row) => (row < 40 ? 2 : 1));
    const a = logisticRegression({ ridge: 0 }).fit(twice, [...golden.label, ...golden.label.slice(0, 40)]);
    const b = logisticRegression({ ridge: 0 }).fit(golden.columns, golden.label, { weights });
    expectClose(b.predict(golden.columns), a.predict(golden.columns), 1e-8);
  });

  it("gives the share of ones for columns without effect", () => {
    const fitted = logisticRegression().fit({ x: [1, 1, 1, 1] }, [0, 1, 1, 1]);
    expectClose(fitted.predict({ x: [1] }), [0.75], 1e-9);
  });

  it("says when the columns separate the outcomes, and stays finite", () => {
    const fitted = logisticRegression({ ridge: 0 }).fit({ x: [1, 2, 3, 10, 11, 12] }, [0, 0, 0, 1, 1, 1]);
    expect(fitted.notes[0]).toContain("separate");
    expect(fitted.predict({ x: [1, 12] }).every(Number.isFinite)).toBe(true);
    expect(logisticRegression().fit({ x: [1, 2, 3, 10, 11, 12] }, [0, 0, 0, 1, 1, 1]).notes).toEqual([]);
    expect(
      logisticRegression({ ridge: 0 })
        .fit({ x: [1, 2] }, [1, 1])
        .predict({ x: [1] })[0],
    ).toBeGreaterThan(0.999);
  });

  it("takes more columns than rows by L-BFGS", () => {
    const columns = Object.fromEntries(
      Array.from({ length: 301 }, (_, j) => [
        `c${j}`,
        Array.from({ length: 30 }, (_, i) => ((i * 31 + j * 17) % 23) / 23),
      ]),
    );
    const label = Array.from({ length: 30 }, (_, i) => (i % 3 === 0 ? 1 : 0));
    const wide = logisticRegression({ ridge: 3 }).fit(columns, label);
    const { c300, ...rest } = columns;
    // One column less is solved by Newton: both must be at a minimum, so that their predictions are near.
    const narrow = logisticRegression({ ridge: 3 }).fit(rest, label);
    expect(c300.length).toBe(30);
    for (const [row, p] of wide.predict(columns).entries())
      expect(Math.abs(p - narrow.predict(rest)[row])).toBeLessThan(0.02);
  });

  it("refuses other targets than 0 and 1", () => {
    expect(() => logisticRegression().fit({ x: [1, 2] }, [0, 2])).toThrow("target[1]: 2 is neither 0 nor 1");
  });
});

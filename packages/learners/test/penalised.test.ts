import { readFileSync } from "node:fs";
import { Rng } from "@sage-twin/kernel";
import { describe, expect, it } from "vitest";
import {
  classifierFromJSON,
  learnerFromJSON,
  linearContributions,
  linearRegression,
  logisticRegression,
  multinomialRegression,
} from "../src/index.js";

// scikit-learn 1.9.1 and statsmodels 0.15.0, by golden/models.py
const golden = JSON.parse(readFileSync(new URL("golden/models.json", import.meta.url), "utf8")).linear;
const columns: Record<string, number[]> = golden.columns;

function expectClose(actual: ArrayLike<number>, wanted: ArrayLike<number>, tolerance: number): void {
  expect(actual.length).toBe(wanted.length);
  for (let i = 0; i < wanted.length; i++) expect(Math.abs(actual[i] - wanted[i])).toBeLessThan(tolerance);
}

describe("lasso and elastic net beside scikit-learn 1.9.1", () => {
  it("linear", () => {
    for (const { lasso, ridge = 0, coefficients, predictions } of [golden.lasso, golden.elasticNet]) {
      const fitted = linearRegression({ lasso, ridge }).fit(columns, golden.target);
      expectClose(fitted.predict(columns), predictions, 1e-7);
      const wanted = coefficients.map((value: number) => value === 0);
      expect(Object.values(fitted.coefficients).map((value) => value === 0)).toEqual(wanted);
    }
  });
  it("logistic", () => {
    const sparse = logisticRegression({ ridge: 0, lasso: golden.logisticLasso.lasso }).fit(columns, golden.label);
    expectClose(sparse.predict(columns), golden.logisticLasso.predictions, 1e-6);
    expect(Object.values(sparse.coefficients).map((value) => value === 0)).toEqual(golden.logisticLasso.zero);
    const { ridge, lasso, predictions } = golden.logisticNet;
    expectClose(logisticRegression({ ridge, lasso }).fit(columns, golden.label).predict(columns), predictions, 1e-6);
  });
  it("a lasso large enough leaves the mean", () => {
    const fitted = linearRegression({ lasso: 1e6 }).fit(columns, golden.target);
    expect(Object.values(fitted.coefficients)).toEqual([0, 0, 0, 0, 0]);
    const mean = golden.target.reduce((sum: number, value: number) => sum + value, 0) / golden.target.length;
    expect(fitted.intercept).toBeCloseTo(mean, 12);
  });
  it("leaves constant columns at 0", () => {
    const fitted = linearRegression({ lasso: 0.1 }).fit({ x: [1, 2, 3], one: [4, 4, 4] }, [1, 2, 3]);
    expect(fitted.notes).toEqual(["constant, without effect: one"]);
  });
});

describe("standard errors and separation", () => {
  it("equal statsmodels' Logit", () => {
    const fitted = logisticRegression({ ridge: 0 }).fit(columns, golden.label);
    const errors = Object.values(fitted.standardErrors);
    golden.standardErrors.forEach((wanted: number, i: number) => void expect(errors[i] / wanted).toBeCloseTo(1, 6));
    expect(Object.values(logisticRegression().fit(columns, golden.label).standardErrors).every(Number.isNaN)).toBe(
      true,
    );
  });
  it("a text that separates a part of the rows is named", () => {
    const rng = new Rng(1);
    const x = Array.from({ length: 200 }, () => rng.normal());
    const plan = x.map((_, row) => (row % 5 === 0 ? "gold" : "basic"));
    const left = x.map((value, row) => (plan[row] === "gold" ? 0 : value + rng.normal() > 0 ? 1 : 0));
    const fitted = logisticRegression({ ridge: 0 }).fit({ x, plan }, left);
    expect(fitted.notes).toHaveLength(1);
    expect(fitted.notes[0]).toMatch(/^plan=gold separate a part of the rows/);
    expect(fitted.predict({ x, plan }).every(Number.isFinite)).toBe(true);
    expect(logisticRegression().fit({ x, plan }, left).notes).toEqual([]);
  });
  it("columns that others determine are left out and named", () => {
    const x = [1, 2, 3, 4, 5, 6];
    const fitted = logisticRegression({ ridge: 0 }).fit({ x, twice: x.map((v) => 2 * v) }, [0, 1, 0, 1, 0, 1]);
    expect(fitted.notes).toEqual(["determined by the other columns, without effect: twice"]);
  });
  it("one class only is told", () => {
    for (const ridge of [0, 1])
      expect(logisticRegression({ ridge }).fit({ x: [1, 2] }, [1, 1]).notes[0]).toBe(
        "every target is 1: nothing to learn",
      );
  });
});

describe("text columns in sums", () => {
  const plan = ["basic", "gold", "basic", "free", "basic", "gold"];
  const x = [1, 2, 3, 4, 5, 7];
  const y = x.map((value, row) => 2 * value + (plan[row] === "gold" ? 10 : plan[row] === "free" ? -4 : 0));
  it("have a coefficient for each text but the most frequent", () => {
    const fitted = linearRegression().fit({ x, plan }, y);
    expect(Object.keys(fitted.coefficients)).toEqual(["x", "plan=free", "plan=gold"]);
    expectClose(Object.values(fitted.coefficients), [2, -4, 10], 1e-9);
    expectClose(fitted.predict({ x: [10, 10], plan: ["gold", "unseen"] }), [30, 20], 1e-9);
  });
  it("missing texts are refused, or take the most frequent one with a note", () => {
    const gaps = [...plan.slice(0, 5), null];
    expect(() => linearRegression().fit({ x, plan: gaps }, y)).toThrow("columns.plan[5]: the value is missing");
    const fitted = linearRegression({ missing: "impute" }).fit({ x, plan: gaps }, y);
    expect(fitted.notes).toEqual(["1 missing of 6 values of 'plan' take its most frequent text 'basic'"]);
    expect(fitted.predict({ x: [1], plan: [null] })).toEqual(fitted.predict({ x: [1], plan: ["basic"] }));
  });
  it("refuse another signature and too many texts", () => {
    const fitted = linearRegression().fit({ x, plan }, y);
    expect(() => fitted.predict({ x: [1], plan: [2] })).toThrow("columns.plan: text in training, numbers here");
    expect(() => fitted.predict({ x: ["1"], plan: ["gold"] })).toThrow("columns.x: numbers in training, text here");
    expect(() => fitted.predict({ x: [1] })).toThrow("columns.plan: the column is missing");
    const many = Array.from({ length: 300 }, (_, row) => `id ${row}`);
    expect(() =>
      linearRegression().fit(
        { many },
        many.map((_, row) => row),
      ),
    ).toThrow("300 categories, at most 255");
    expect(() => linearRegression().fit({ plan: ["a", 3 as never, "b"] }, [1, 2, 3])).toThrow("3 is not text");
  });
  it("are the same after JSON; coefficients of another length are refused", () => {
    for (const fitted of [
      linearRegression().fit({ x, plan }, y),
      logisticRegression().fit({ x, plan }, [0, 1, 0, 1, 1, 1]),
    ]) {
      const saved = JSON.parse(JSON.stringify(fitted));
      expect(learnerFromJSON(saved).predict({ x, plan })).toEqual(fitted.predict({ x, plan }));
      saved.state.coefficients.pop();
      expect(() => learnerFromJSON(saved)).toThrow("2 coefficients for 3 terms");
    }
  });
  it("linear Shapley values are coefficients times distances from the mean, and sum to the score", () => {
    const fitted = linearRegression().fit({ x, plan }, y);
    const { base, columns: parts } = linearContributions(fitted, { x, plan });
    const sums = x.map((_, row) => base + parts.x[row] + parts.plan[row]);
    expectClose(sums, fitted.predict({ x, plan }), 1e-9);
    expect(base).toBeCloseTo(
      y.reduce((sum, value) => sum + value / 6, 0),
      9,
    );
    expect(parts.x[0]).toBeCloseTo(2 * (1 - 22 / 6), 9);
    expect(parts.plan[3]).toBeCloseTo(-4 - (20 - 4) / 6, 9);
    expect(() => linearContributions({ name: "other" } as never, { x })).toThrow("no coefficients");
  });
});

describe("multinomialRegression", () => {
  const fitted = multinomialRegression({ ridge: golden.multinomial.ridge }).fit(columns, golden.kinds);
  it("equals scikit-learn's", () => {
    const own = fitted.probabilities(columns);
    golden.multinomial.probabilities.forEach(
      (wanted: number[], k: number) => void expectClose(own[String(k)], wanted, 1e-6),
    );
  });
  it("orders numbers as numbers, and is the same after JSON", () => {
    const classes = multinomialRegression().fit({ x: [1, 2, 3] }, [10, 9, 100]).classes;
    expect(classes).toEqual(["9", "10", "100"]);
    const back = classifierFromJSON(JSON.parse(JSON.stringify(fitted)));
    expect(back.probabilities(columns)).toEqual(fitted.probabilities(columns));
    expect(back.predict(columns)).toEqual(fitted.predict(columns));
  });
  it("counts a weight of 2 as a row given twice", () => {
    const [x, y] = [
      [1, 2, 3, 4],
      ["a", "b", "b", "c"],
    ];
    const weighted = multinomialRegression().fit({ x }, y, { weights: [1, 2, 1, 1] });
    const twice = multinomialRegression({ ridge: 1 }).fit({ x: [...x, 2] }, [...y, "b"]);
    expectClose(weighted.probabilities({ x: [2.5] }).b, twice.probabilities({ x: [2.5] }).b, 1e-6);
  });
  it("refuses one class, mixed and missing classes", () => {
    const fit = (target: unknown[]) => () => multinomialRegression().fit({ x: [1, 2, 3] }, target as string[]);
    expect(fit(["a", "a", "a"])).toThrow("1 classes");
    expect(fit(["a", 1, "b"])).toThrow("no class");
    expect(fit([1, Number.NaN, 2])).toThrow("NaN is no class");
    expect(fit([1.5, 1, 2])).toThrow("1.5 is no class");
    const saved = JSON.parse(JSON.stringify(fitted));
    saved.state.coefficients[0].pop();
    expect(() => classifierFromJSON(saved)).toThrow("coefficients for 5 terms");
    expect(() => classifierFromJSON({ kind: "learner/linear" })).toThrow("no saved learner");
  });
});

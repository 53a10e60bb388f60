import { readFileSync } from "node:fs";
import { Rng } from "@sage-twin/kernel";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { autoEts, drift, type FittedForecaster, naive, type ReconcileOptions, reconcile } from "../src/index.js";

type Method = NonNullable<ReconcileOptions["method"]>;
const methods: readonly Method[] = [
  "bottomUp",
  "topDown",
  "middleOut",
  "ols",
  "wlsStructural",
  "wlsVariance",
  "minTShrink",
];

// hierarchicalforecast 1.5.3, by golden/reconcile.py
const golden: {
  names: string[];
  structure: Record<string, string[]>;
  mean: number[][];
  residuals: number[][];
  reconciled: Partial<Record<Method, number[][]>>;
} = JSON.parse(readFileSync(new URL("golden/reconcile.json", import.meta.url), "utf8"));

/** A model that says what it is told to. */
function said(mean: readonly number[], residuals: readonly number[]): FittedForecaster {
  const fitted = naive().fit([1, 2]);
  return {
    ...fitted,
    residuals: Float64Array.from(residuals),
    forecast: (horizon, options) => ({
      ...fitted.forecast(horizon, options),
      mean: Float64Array.from(mean.slice(0, horizon)),
    }),
    paths: (horizon, { count }) => Float64Array.from({ length: count * horizon }, (_, at) => mean[at % horizon]),
  };
}

describe("reconcile beside hierarchicalforecast 1.5.3", () => {
  const models = Object.fromEntries(golden.names.map((name, i) => [name, said(golden.mean[i], golden.residuals[i])]));
  it.each(Object.entries(golden.reconciled))("%s", (method, wanted) => {
    const { forecasts } = reconcile(models, golden.structure, {
      horizon: 3,
      method: method as Method,
      count: 1,
      ...(method === "middleOut" ? { middle: ["A", "B"] } : {}),
    });
    golden.names.forEach((name, i) => {
      for (const [step, value] of (forecasts.get(name)?.mean ?? []).entries())
        expect(Math.abs(value - wanted[i][step])).toBeLessThan(1e-5);
    });
  });
});

const rng = new Rng("hierarchy");
const leaves = Object.fromEntries(
  ["a1", "a2", "b1", "b2", "b3"].map((name, j) => [
    name,
    Float64Array.from(
      { length: 48 },
      (_, t) => 30 * (j + 1) + (j - 2) * 0.3 * t + 8 * ((t % 4) - 1.5) + 4 * rng.normal(),
    ),
  ]),
);
const structure = { total: ["A", "B"], A: ["a1", "a2"], B: ["b1", "b2", "b3"] };
const sum = (...names: string[]): Float64Array =>
  leaves.a1.map((_, t) => names.reduce((total, name) => total + leaves[name][t], 0));
const all = { ...leaves, A: sum("a1", "a2"), B: sum("b1", "b2", "b3"), total: sum("a1", "a2", "b1", "b2", "b3") };
const fitted = Object.fromEntries(
  Object.entries(all).map(([name, values]) => [name, autoEts({ seasonLength: 4 }).fit(values)]),
);
const options = (method: Method): ReconcileOptions => ({
  horizon: 6,
  method,
  count: 400,
  ...(method === "middleOut" ? { middle: ["A", "B"] } : {}),
});

describe.each(methods)("%s", (method) => {
  const { forecasts, paths } = reconcile(fitted, structure, options(method));
  it("points and every path add up", () => {
    for (const [total, parts] of Object.entries(structure)) {
      const [whole, below] = [paths(total), parts.map(paths)];
      for (let at = 0; at < whole.length; at++)
        expect(Math.abs(whole[at] - below.reduce((s, own) => s + own[at], 0))).toBeLessThan(
          1e-9 * Math.abs(whole[at]) + 1e-9,
        );
      for (let step = 0; step < 6; step++)
        expect(forecasts.get(total)?.mean[step]).toBeCloseTo(
          parts.reduce((s, part) => s + (forecasts.get(part)?.mean[step] ?? Number.NaN), 0),
          8,
        );
    }
  });
  it("intervals are quantiles of the paths, around the point, narrower for the total than the sum of the bounds", () => {
    const width = (name: string): number => {
      const { lower, upper } = forecasts.get(name)?.interval(90) ?? { lower: [0], upper: [0] };
      expect(lower[2]).toBeLessThan(forecasts.get(name)?.mean[2] ?? 0);
      expect(upper[2]).toBeGreaterThan(forecasts.get(name)?.mean[2] ?? 0);
      return upper[2] - lower[2];
    };
    if (method !== "topDown")
      expect(width("total")).toBeLessThan(Object.keys(leaves).reduce((s, name) => s + width(name), 0));
    const column = Array.from({ length: 400 }, (_, path) => paths("B")[path * 6 + 1]);
    const { lower, upper } = forecasts.get("B")?.interval(90) ?? { lower: [0], upper: [0] };
    expect(column.filter((value) => value >= lower[1] && value <= upper[1]).length).toBe(360);
  });
  it("same seed, same bytes", () => {
    expect(reconcile(fitted, structure, options(method)).paths("a1")).toEqual(paths("a1"));
    expect(reconcile(fitted, structure, { ...options(method), seed: 2 }).paths("a1")).not.toEqual(paths("a1"));
  });
});

describe("reconcile", () => {
  it("leaves forecasts that add up where they are, by every method", () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: 1, max: 100, noNaN: true }), { minLength: 5, maxLength: 5 }),
        ([a1, a2, b1, b2, b3]) => {
          const means: Record<string, number> = {
            a1,
            a2,
            b1,
            b2,
            b3,
            A: a1 + a2,
            B: b1 + b2 + b3,
            total: a1 + a2 + b1 + b2 + b3,
          };
          const models = Object.fromEntries(
            Object.entries(means).map(([name, mean]) => [name, said([mean], Array.from(fitted[name].residuals))]),
          );
          for (const method of methods) {
            const { forecasts } = reconcile(models, structure, { ...options(method), horizon: 1, count: 1 });
            for (const [name, mean] of Object.entries(means)) expect(forecasts.get(name)?.mean[0]).toBeCloseTo(mean, 6);
          }
        },
      ),
      { numRuns: 30 },
    );
  });

  it("by hand: least squares shares the gap equally, variances by their size", () => {
    const models = { all: said([12], [3, -3, 3]), x: said([4], [1, 1, -1]), y: said([5], [1, -1, 1]) };
    const mean = (method: Method): number[] => {
      const { forecasts } = reconcile(models, { all: ["x", "y"] }, { horizon: 1, method, count: 1 });
      return ["all", "x", "y"].map((name) => forecasts.get(name)?.mean[0] ?? Number.NaN);
    };
    // The gap of 3 is shared 1 : 1 : 1, 2 : 1 : 1 and 9 : 1 : 1.
    for (const [method, wanted] of [
      ["ols", [11, 5, 6]],
      ["wlsStructural", [10.5, 4.75, 5.75]],
      ["wlsVariance", [9 + 6 / 11, 4 + 3 / 11, 5 + 3 / 11]],
    ] as const)
      mean(method).forEach((value, i) => {
        expect(value).toBeCloseTo(wanted[i], 6);
      });
    expect(mean("bottomUp")).toEqual([9, 4, 5]);
    mean("topDown").forEach((value, i) => {
      expect(value).toBeCloseTo([12, (12 * 4) / 9, (12 * 5) / 9][i], 12);
    });
  });

  it("keeps the dependence of the bottom series in the total", () => {
    const shock = Array.from({ length: 200 }, () => rng.normal());
    const walk = (own: number): number[] => {
      let level = 100;
      return shock.map((value) => {
        level += value + own * rng.normal();
        return level;
      });
    };
    const [x, y] = [walk(0.1), walk(0.1)];
    const models = { all: naive().fit(x.map((value, t) => value + y[t])), x: naive().fit(x), y: naive().fit(y) };
    const { forecasts } = reconcile(models, { all: ["x", "y"] }, { horizon: 1, method: "bottomUp", count: 4000 });
    const width = (name: string): number => {
      const { lower, upper } = forecasts.get(name)?.interval(80) ?? { lower: [0], upper: [0] };
      return upper[0] - lower[0];
    };
    expect(width("all")).toBeGreaterThan(0.93 * (width("x") + width("y"))); // independent: 0.71
  });

  it("takes grouped series, where a series has two parents", () => {
    const groups = { total: ["g1", "g2"], g1: ["a1", "b1"], g2: ["a2", "b2"], h1: ["a1", "a2"], h2: ["b1", "b2"] };
    const models = Object.fromEntries(
      ["total", "g1", "g2", "h1", "h2", "a1", "a2", "b1", "b2"].map((name, i) => [
        name,
        drift().fit(leaves.a1.map((v, t) => v + i * t)),
      ]),
    );
    const { forecasts } = reconcile(models, groups, { horizon: 1, method: "wlsVariance", count: 10 });
    const mean = (name: string): number => forecasts.get(name)?.mean[0] ?? Number.NaN;
    expect(mean("h1") + mean("h2")).toBeCloseTo(mean("total"), 8);
    expect(() => reconcile(models, groups, { horizon: 1, method: "topDown" })).toThrow("a part of 2 series");
  });

  it("names what is wrong with a structure and its models", () => {
    const fail =
      (tree: Record<string, string[]>, models = fitted, more: Partial<ReconcileOptions> = {}) =>
      () =>
        reconcile(models, tree, { horizon: 2, ...more });
    expect(fail({})).toThrow("there is no total");
    expect(fail({ total: [] })).toThrow("structure.total: it has no parts");
    expect(fail({ total: ["A"], A: ["total"] })).toThrow("contains itself");
    expect(fail({ total: ["A", "a1"], A: ["a1", "a2"] })).toThrow("it counts 'a1' 2 times");
    expect(fail({ total: ["A", "x"] })).toThrow("models.x: undefined is no fitted model");
    expect(fail({ A: ["a1", "a2"] })).toThrow("models.total: the structure does not name this series");
    expect(fail(structure, fitted, { method: "best" as never })).toThrow("unknown method 'best'");
    expect(fail(structure, fitted, { method: "middleOut" })).toThrow("'a1' is in 0 of the series");
    expect(fail(structure, fitted, { method: "middleOut", middle: ["A", "B", "b1"] })).toThrow(
      "'b1' is in 2 of the series",
    );
    expect(fail(structure, fitted, { horizon: 0 })).toThrow("horizon");
    expect(() => reconcile(fitted, structure, { horizon: 2, count: 5 }).paths("C")).toThrow("unknown series 'C'");
    const short = Object.fromEntries(
      Object.entries(all).map(([name, values]) => [name, naive().fit(values.slice(0, 2))]),
    );
    expect(fail(structure, short)).toThrow("1 steps have residuals");
    expect(reconcile(short, structure, { horizon: 2, method: "wlsStructural", count: 5 }).forecasts.size).toBe(8);
  });

  it("does not depend on the unit, and takes constant series", () => {
    const scaled = Object.fromEntries(
      Object.entries(all).map(([name, values]) => [name, drift().fit(values.map((value) => value * 2 ** -40))]),
    );
    const plain = Object.fromEntries(Object.entries(all).map(([name, values]) => [name, drift().fit(values)]));
    const [a, b] = [scaled, plain].map(
      (models) => reconcile(models, structure, { horizon: 2, count: 2 }).forecasts.get("B")?.mean ?? [],
    );
    expect(a[1] / b[1]).toBeCloseTo(2 ** -40, 18);
    const flat = Object.fromEntries(Object.keys(all).map((name) => [name, naive().fit([3, 3, 3, 3, 3])]));
    expect(reconcile(flat, structure, { horizon: 1, count: 3 }).forecasts.get("total")?.mean[0]).toBeGreaterThan(0);
  });
});

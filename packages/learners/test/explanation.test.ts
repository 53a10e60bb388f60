import { exp, log, Rng } from "@sage-twin/kernel";
import { logLoss } from "@sage-twin/numerics";
import { describe, expect, it } from "vitest";
import {
  histogramTrees,
  linearContributions,
  linearRegression,
  logisticRegression,
  partialDependence,
  permutationImportance,
  type Row,
  smallestChange,
  treeContributions,
} from "../src/index.js";

const rng = new Rng("explanation");
const size = 400;
const x = Float64Array.from({ length: size }, () => rng.normal());
const z = Float64Array.from({ length: size }, (_, row) => (row % 9 === 0 ? Number.NaN : rng.normal()));
const noise = Float64Array.from({ length: size }, () => rng.normal());
const plan = Array.from({ length: size }, () => ["basic", "gold", "free"][rng.integer(3)]);
const score = x.map((value, row) => 2 * value + (plan[row] === "gold" ? 3 : 0));
const columns = { x, z, plan, noise };
const trees = histogramTrees({ trees: 40 }).fit(columns, score);
const label = score.map((value) => (value + rng.normal() > 1 ? 1 : 0));

describe("contributions", () => {
  it("sum to the margin for every link", () => {
    for (const loss of ["logistic", "poisson", "tweedie", "quantile"] as const) {
      const fitted = histogramTrees({ loss, trees: 20 }).fit(
        columns,
        loss === "logistic" ? label : score.map((v) => Math.max(0, v)),
      );
      const { base, columns: parts } = treeContributions(fitted, columns);
      fitted.predict(columns).forEach((p, row) => {
        const margin = base + parts.x[row] + parts.z[row] + parts.plan[row] + parts.noise[row];
        const wanted = loss === "logistic" ? log(p / (1 - p)) : loss === "quantile" ? p : log(p);
        expect(Math.abs(margin - wanted)).toBeLessThan(1e-9);
      });
    }
  });
  it("survive rows that weigh nothing", () => {
    const fitted = histogramTrees({ trees: 5, leafWeight: 0, leafRows: 1 }).fit({ x }, score, {
      weights: x.map((value) => (value > 0 ? 1 : 0)),
    });
    expect(treeContributions(fitted, { x }).columns.x.every(Number.isFinite)).toBe(true);
  });
  it("of a logistic regression are in log-odds", () => {
    const fitted = logisticRegression().fit({ x, noise }, label);
    const { base, columns: parts } = linearContributions(fitted, { x, noise });
    fitted.predict({ x, noise }).forEach((p, row) => {
      expect(1 / (1 + exp(-(base + parts.x[row] + parts.noise[row])))).toBeCloseTo(p, 12);
    });
  });
});

describe("permutationImportance", () => {
  it("ranks what the model uses, with intervals that hold 0 for what it does not", async () => {
    const fitted = linearRegression().fit(
      { x, noise },
      x.map((value) => 2 * value),
    );
    const found = await permutationImportance(
      fitted,
      { x, noise },
      x.map((value) => 2 * value),
      { repeats: 20 },
    );
    expect(found.map(({ column }) => column)).toEqual(["x", "noise"]);
    // Shuffling doubles the variance: 2 * 4 var(x).
    const mean = x.reduce((sum, value) => sum + value / size, 0);
    const variance = x.reduce((sum, value) => sum + (value - mean) ** 2 / size, 0);
    expect(found[0].lower).toBeLessThan(8 * variance);
    expect(found[0].upper).toBeGreaterThan(8 * variance);
    expect(Math.abs(found[1].mean)).toBeLessThan(1e-12);
  });
  it("takes another loss, text and gaps; the same seed gives the same", async () => {
    const fitted = histogramTrees({ loss: "logistic", trees: 30 }).fit(columns, label);
    const ask = () => permutationImportance(fitted, columns, label, { loss: logLoss, repeats: 3 });
    const found = await ask();
    expect(
      found
        .slice(0, 2)
        .map(({ column }) => column)
        .sort(),
    ).toEqual(["plan", "x"]);
    expect(await ask()).toEqual(found);
  });
  it("can be aborted, and refuses another number of targets", async () => {
    const stop = AbortSignal.abort(new Error("enough"));
    await expect(permutationImportance(trees, columns, score, { signal: stop })).rejects.toThrow("enough");
    await expect(permutationImportance(trees, columns, [1])).rejects.toThrow("1 targets for 400 rows");
  });
});

describe("partialDependence", () => {
  it("of a sum is its line, for the mean and for each row", () => {
    const fitted = linearRegression().fit({ x, noise }, score);
    const { values, mean, individual, rows } = partialDependence(fitted, { x, noise }, "x", { points: 5, rows: 50 });
    expect([values.length, individual.length, rows.length]).toEqual([5, 50, 50]);
    const slope = fitted.coefficients.x;
    for (let i = 1; i < 5; i++) {
      const step = slope * (Number(values[i]) - Number(values[i - 1]));
      expect(mean[i] - mean[i - 1]).toBeCloseTo(step, 9);
      expect(individual[7][i] - individual[7][i - 1]).toBeCloseTo(step, 9);
    }
  });
  it("of a text has one value a text", () => {
    const { values, mean } = partialDependence(trees, columns, "plan");
    expect([...values].sort()).toEqual(["basic", "free", "gold"]);
    const at = (text: string): number => mean[values.indexOf(text)];
    expect(at("gold") - at("basic")).toBeCloseTo(3, 0);
    expect(() => partialDependence(trees, columns, "plans")).toThrow("did you mean 'plan'");
  });
});

describe("smallestChange", () => {
  const line = linearRegression().fit(
    { x, noise },
    x.map((value) => 2 * value),
  );
  it("of a line is the step to the bound", async () => {
    const found = await smallestChange(line, { x: 1, noise: 0 }, { background: { x, noise }, below: 0.5 });
    expect(found?.changes).toHaveLength(1);
    const [{ column, from, to }] = found?.changes ?? [];
    expect([column, from]).toEqual(["x", 1]);
    expect(Math.abs(Number(to) - 0.25)).toBeLessThan(1e-3);
    expect(found?.prediction).toBeLessThan(0.5);
  });
  it("nothing, where the bound is passed; undefined, where it cannot be", async () => {
    const ask = (options: object): Promise<unknown> =>
      smallestChange(line, { x: 1, noise: 0 }, { background: { x, noise }, ...options });
    expect(await ask({ above: 1 })).toEqual({
      changes: [],
      prediction: line.predict({ x: [1], noise: [0] })[0],
      cost: 0,
    });
    expect(await ask({ above: 1e6 })).toBeUndefined();
    expect(await ask({ below: 0, immutable: ["x"] })).toBeUndefined();
  });
  it("equals the cheapest of all single and double changes to values at hand", async () => {
    // Whole numbers and texts, so that moving back finds nothing between.
    const background = {
      a: Array.from({ length: 90 }, (_, row) => row % 5),
      b: Array.from({ length: 90 }, (_, row) => Math.floor(row / 5) % 6),
      plan: Array.from({ length: 90 }, (_, row) => ["basic", "gold", "free"][row % 3]),
    };
    const y = background.a.map((value, row) => value * background.b[row] + (background.plan[row] === "gold" ? 4 : 0));
    const fitted = histogramTrees({ trees: 80, leafRows: 2 }).fit(background, y);
    const row: Row = { a: 1, b: 1, plan: "basic" };
    const spreads = { a: 2, b: 3 };
    let best = Number.POSITIVE_INFINITY;
    for (let a = 0; a < 5; a++)
      for (let b = 0; b < 6; b++)
        for (const own of ["basic", "gold", "free"]) {
          const cost = Math.abs(a - 1) / spreads.a + Math.abs(b - 1) / spreads.b + (own === "basic" ? 0 : 1);
          if (fitted.predict({ a: [a], b: [b], plan: [own] })[0] > 9) best = Math.min(best, cost);
        }
    const found = await smallestChange(fitted, row, { background, above: 9 });
    expect(found?.cost).toBeCloseTo(best, 9);
    expect(found?.prediction).toBeGreaterThan(9);
  });
  it("keeps to immutable columns, the number of changes and the bound of predictions; can be aborted", async () => {
    const row = { x: -2, z: Number.NaN, plan: "basic", noise: 0 };
    const found = await smallestChange(trees, row, { background: columns, above: 3, immutable: ["x"] });
    expect(found?.changes.some(({ column }) => column === "x") ?? false).toBe(false);
    const one = await smallestChange(trees, row, { background: columns, above: 5, changes: 1 });
    expect(one === undefined || one.changes.length === 1).toBe(true);
    expect(await smallestChange(trees, row, { background: columns, above: 5, predictions: 1 })).toBeUndefined();
    const signal = AbortSignal.abort(new Error("enough"));
    await expect(smallestChange(trees, row, { background: columns, above: 3, signal })).rejects.toThrow("enough");
  });
  it("refuses what it cannot understand, all at once", async () => {
    const ask = smallestChange(trees, { x: 1, z: 1, plan: "basic" }, { background: {}, immutable: ["xx"] });
    await expect(ask).rejects.toThrow("7 problems");
  });
});

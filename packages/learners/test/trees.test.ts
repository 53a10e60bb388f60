import { readFileSync } from "node:fs";
import { exp, log, Rng } from "@sage-twin/kernel";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  type FittedTrees,
  type HistogramTreesOptions,
  histogramTrees,
  learnerFromJSON,
  treeContributions,
} from "../src/index.js";

// LightGBM 4.7.0 and scikit-learn 1.9.1, by golden/generate.py
const golden = JSON.parse(readFileSync(new URL("golden/reference.json", import.meta.url), "utf8")).trees;
const numbers = (values: (number | null)[]): number[] => values.map((value) => value ?? Number.NaN);
const part = (from: number, to: number): Record<string, number[]> =>
  Object.fromEntries(
    Object.entries<number[]>(golden.columns).map(([name, values]) => [name, numbers(values).slice(from, to)]),
  );
const [training, testing] = [part(0, golden.training), part(golden.training, golden.target.length)];
const settings = { trees: 150, leaves: 15, categorical: ["d"] };
const mean = (values: ArrayLike<number>): number =>
  Array.from(values).reduce((sum, value) => sum + value / values.length, 0);

/** The loss of the test rows, of a model fitted to the training rows. */
function testLoss(options: HistogramTreesOptions, target: number[], loss: (y: number, p: number) => number): number {
  const p = histogramTrees({ ...settings, ...options })
    .fit(training, target.slice(0, golden.training))
    .predict(testing);
  return mean(Array.from(p, (value, row) => loss(target[golden.training + row], value)));
}

describe("histogramTrees beside LightGBM 4.7.0 and scikit-learn 1.9.1", () => {
  const tolerance = 1.04;
  it("squared", () => {
    const own = testLoss({}, golden.target, (y, p) => (y - p) ** 2);
    expect(own).toBeLessThan(tolerance * Math.min(golden.lightgbm.squared, golden.scikit.squared));
  });
  it("absolute", () => {
    expect(testLoss({ loss: "absolute" }, golden.target, (y, p) => Math.abs(y - p))).toBeLessThan(
      tolerance * golden.lightgbm.absolute,
    );
  });
  it("huber, no worse than absolute or squared on clean rows", () => {
    expect(testLoss({ loss: "huber" }, golden.target, (y, p) => Math.abs(y - p))).toBeLessThan(
      tolerance * golden.lightgbm.absolute,
    );
  });
  it("quantile", () => {
    const own = testLoss({ loss: "quantile", quantile: 0.9 }, golden.target, (y, p) =>
      Math.max(0.9 * (y - p), -0.1 * (y - p)),
    );
    expect(own).toBeLessThan(tolerance * golden.lightgbm.quantile);
  });
  it("poisson", () => {
    const own = testLoss({ loss: "poisson" }, golden.counts, (y, p) => 2 * ((y > 0 ? y * log(y / p) : 0) - y + p));
    expect(own).toBeLessThan(tolerance * golden.lightgbm.poisson);
  });
  it("logistic", () => {
    const own = testLoss({ loss: "logistic" }, golden.label, (y, p) => -log(y === 1 ? p : 1 - p));
    expect(own).toBeLessThan(tolerance * golden.lightgbm.logistic);
  });
});

/** One tree at full rate. */
const one = (options: HistogramTreesOptions = {}): HistogramTreesOptions => ({
  trees: 1,
  learningRate: 1,
  leafRows: 1,
  ...options,
});

describe("one split by hand", () => {
  const x = [1, 2, 3, 4, 5, 6];
  it("squared: the means of both sides, the threshold halfway", () => {
    const fitted = histogramTrees(one({ leaves: 2 })).fit({ x, noise: [1, 1, 1, 1, 1, 1] }, [1, 2, 3, 11, 12, 13]);
    expect([...fitted.predict({ x: [-5, 3.5, 3.51, 99], noise: [1, 1, 1, 1] })]).toEqual([2, 2, 12, 12]);
    expect(fitted.importance).toEqual({ x: 1, noise: 0 });
  });
  it("weights", () => {
    const fitted = histogramTrees(one({ leaves: 2 })).fit({ x }, [1, 2, 3, 11, 12, 13], {
      weights: [1, 1, 2, 1, 1, 0],
    });
    expect(fitted.predict({ x: [1] })[0]).toBeCloseTo(2.25, 12);
    expect(fitted.predict({ x: [6] })[0]).toBeCloseTo(11.5, 12);
  });
  it("absolute and quantile: medians and quantiles of both sides", () => {
    const target = [1, 2, 9, 21, 22, 50];
    expect([
      ...histogramTrees(one({ leaves: 2, loss: "absolute" }))
        .fit({ x }, target)
        .predict({ x: [1, 6] }),
    ]).toEqual([2, 22]);
    const low = histogramTrees(one({ leaves: 2, loss: "quantile", quantile: 0.25 }))
      .fit({ x }, target)
      .predict({ x: [1, 6] });
    expect([...low]).toEqual([1, 9]); // the steepest split is after the first row; 9 is the first quartile of the rest
  });
  it("l2 shrinks leaves: sum / (rows + l2)", () => {
    const fitted = histogramTrees(one({ leaves: 2, l2: 3 })).fit({ x }, [0, 0, 0, 6, 6, 6]);
    expect(fitted.predict({ x: [1, 6] })).toEqual(Float64Array.of(3 - 9 / 6, 3 + 9 / 6));
  });
  it("logistic and poisson: Newton steps from the mean", () => {
    const binary = histogramTrees(one({ leaves: 2, loss: "logistic" }))
      .fit({ x }, [0, 0, 0, 1, 1, 1])
      .predict({ x: [1, 6] });
    expect(binary[1]).toBeCloseTo(1 / (1 + exp(-2)), 12); // score 0 + 1.5 / 0.75
    const counts = histogramTrees(one({ leaves: 2, loss: "poisson" }))
      .fit({ x }, [1, 1, 1, 3, 3, 3])
      .predict({ x: [1, 6] });
    expect(counts[1]).toBeCloseTo(2 * exp(0.5 / exp(0.7)), 12); // ln 2 + (9 - 6) / (6 e^0.7)
  });
  it("missing values go where they lower the loss, later ones the same way", () => {
    const gaps = [1, 2, 3, Number.NaN, 5, 6];
    const fitted = histogramTrees(one({ leaves: 2 })).fit({ x: gaps }, [0, 0, 0, 0, 8, 8]);
    expect([...fitted.predict({ x: [Number.NaN, 1, 6] })]).toEqual([0, 0, 8]);
    const other = histogramTrees(one({ leaves: 2 })).fit({ x: gaps }, [0, 0, 0, 8, 8, 8]);
    expect([...other.predict({ x: [Number.NaN] })]).toEqual([8]);
    const alone = histogramTrees(one({ leaves: 2 })).fit({ x: [1, 1, Number.NaN, Number.NaN] }, [0, 0, 4, 4]);
    expect([...alone.predict({ x: [1, Number.NaN] })]).toEqual([0, 4]);
  });
  it("without missing values in training they go with most rows", () => {
    const fitted = histogramTrees(one({ leaves: 2 })).fit({ x }, [0, 0, 0, 0, 8, 8]);
    expect([...fitted.predict({ x: [Number.NaN] })]).toEqual([0]);
  });
  it("categories split in two groups", () => {
    const code = Array.from({ length: 60 }, (_, row) => [7, 3, 9, 1][row % 4]);
    const fitted = histogramTrees(one({ leaves: 2, categorical: ["code"] })).fit(
      { code },
      code.map((c) => (c === 3 || c === 1 ? 5 : -5)),
    );
    const [a, b, c, d] = fitted.predict({ code: [7, 3, 9, 1] });
    expect([a === c, b === d, a < b]).toEqual([true, true, true]);
    expect(learnerFromJSON(JSON.parse(JSON.stringify(fitted))).predict({ code: [7, 3, 5] })).toEqual(
      fitted.predict({ code: [7, 3, 5] }),
    );
  });
  it("leafRows, leafWeight, depth, leaves and splitGain bound the tree", () => {
    const y = [0, 0, 0, 0, 0, 9];
    const leavesOf = (options: HistogramTreesOptions): number =>
      new Set(histogramTrees(one(options)).fit({ x }, y).predict({ x })).size;
    expect(leavesOf({ leafRows: 3 })).toBe(2);
    expect(leavesOf({ leafRows: 4 })).toBe(1);
    expect(leavesOf({ leafWeight: 3.5 })).toBe(1);
    expect(leavesOf({ splitGain: 1e6 })).toBe(1);
    const rising = [1, 2, 4, 8, 16, 32];
    const distinct = (options: HistogramTreesOptions): number =>
      new Set(histogramTrees(one(options)).fit({ x }, rising).predict({ x })).size;
    expect([distinct({ depth: 1 }), distinct({ leaves: 3 }), distinct({})]).toEqual([2, 3, 6]);
  });
});

describe("histogramTrees", () => {
  const rng = new Rng("trees");
  const rows = 400;
  const a = Float64Array.from({ length: rows }, () => rng.normal());
  const b = Float64Array.from({ length: rows }, (_, row) => (row % 9 === 0 ? Number.NaN : rng.normal()));
  const c = Float64Array.from({ length: rows }, () => rng.integer(5));
  const y = a.map(
    (value, row) => 2 * value * (c[row] > 2 ? 1 : -1) + (Number.isNaN(b[row]) ? 3 : b[row]) + 0.1 * rng.normal(),
  );
  const columns = { a, b, c };

  it("same seed, same bytes; another seed, other trees", () => {
    const fit = (seed: number): string =>
      JSON.stringify(histogramTrees({ trees: 20, subsample: 0.6, columnSample: 0.7, seed }).fit(columns, y));
    expect(fit(1)).toBe(fit(1));
    expect(fit(1)).not.toBe(fit(2));
  });

  it("does not change its input, and depends on the order of rows only by rounding", () => {
    const before = [Float64Array.from(a), Float64Array.from(y)];
    const fitted = histogramTrees({ trees: 30 }).fit(columns, y);
    expect([a, y]).toEqual(before);
    const turned = (values: Float64Array): Float64Array => values.slice().reverse();
    const other = histogramTrees({ trees: 30 }).fit({ a: turned(a), b: turned(b), c: turned(c) }, turned(y));
    for (const [row, value] of fitted.predict(columns).entries())
      expect(other.predict(columns)[row]).toBeCloseTo(value, 6);
  });

  it("is unmoved by any rising transformation of a column that keeps the order of its values", () => {
    const plain = histogramTrees({ trees: 10 }).fit(columns, y).predict(columns);
    const bent = { ...columns, a: a.map((value) => exp(value) * 1e6) };
    expect(histogramTrees({ trees: 10 }).fit(bent, y).predict(bent)).toEqual(plain);
  });

  it("more trees fit the training rows better, every loss", () => {
    for (const loss of ["squared", "absolute", "huber", "quantile"] as const) {
      const error = (trees: number): number =>
        mean(
          histogramTrees({ loss, trees, leafRows: 5 })
            .fit(columns, y)
            .predict(columns)
            .map((p, row) => Math.abs(p - y[row])),
        );
      expect(error(80)).toBeLessThan(0.5 * error(4));
    }
  });

  it("stops early on given rows, and on a part of its own", () => {
    const noise = y.map((_, row) => ((row * 7919) % 101) / 50);
    const stopped = histogramTrees({ trees: 500, earlyStop: { patience: 5 } }).fit(columns, noise);
    expect(stopped.trees).toBeLessThan(100);
    expect(stopped.notes[0]).toMatch(/^stopped after \d+ trees, the first \d+ are kept$/);
    const half = (from: number, to: number) => ({ a: a.slice(from, to), b: b.slice(from, to), c: c.slice(from, to) });
    const validation = { columns: half(200, 400), target: noise.slice(200, 400) };
    const given = histogramTrees({ trees: 500, earlyStop: { patience: 5 } }).fit(half(0, 200), noise.slice(0, 200), {
      validation,
    });
    const loss = (fitted: FittedTrees): number =>
      mean(fitted.predict(validation.columns).map((p, row) => (p - validation.target[row]) ** 2));
    const exact = histogramTrees({ trees: Math.max(1, given.trees) }).fit(half(0, 200), noise.slice(0, 200));
    const longer = histogramTrees({ trees: given.trees + 1 }).fit(half(0, 200), noise.slice(0, 200));
    expect(loss(given)).toBeLessThanOrEqual(loss(longer));
    expect(loss(given)).toBeLessThanOrEqual(loss(exact) + 1e-12);
  });

  it("is the same after JSON, also with categories and missing values", () => {
    const fitted = histogramTrees({ trees: 15, categorical: ["c"], loss: "huber" }).fit(columns, y);
    const back = learnerFromJSON(JSON.parse(JSON.stringify(fitted))) as FittedTrees;
    const strange = { a: [Number.NaN, 1e9, -3], b: [0, Number.NaN, 1], c: [77, Number.NaN, 2] };
    expect(back.predict(strange)).toEqual(fitted.predict(strange));
    expect(back.importance).toEqual(fitted.importance);
    expect(JSON.stringify(back)).toBe(JSON.stringify(fitted));
  });

  it("refuses saved nodes that loop or are cut off", () => {
    const saved = JSON.parse(JSON.stringify(histogramTrees({ trees: 2 }).fit(columns, y)));
    const changed = (edit: (tree: Record<string, number[]>) => Record<string, number[]>): unknown => {
      const copy = structuredClone(saved);
      Object.assign(copy.state.trees[0], edit(copy.state.trees[0]));
      return copy;
    };
    expect(() => learnerFromJSON(changed(({ left }) => ({ left: [0, ...left.slice(1)] })))).toThrow(
      "do not make a tree",
    );
    expect(() => learnerFromJSON(changed(({ right }) => ({ right: [9999, ...right.slice(1)] })))).toThrow(
      "do not make a tree",
    );
    expect(() => learnerFromJSON(changed(({ value }) => ({ value: value.slice(1) })))).toThrow("do not make a tree");
    expect(() => learnerFromJSON(changed(({ feature }) => ({ feature: [3, ...feature.slice(1)] })))).toThrow(
      "do not make a tree",
    );
    expect(() => learnerFromJSON({ ...saved, schemaVersion: 9 })).toThrow("schema version 9");
  });

  it("names what is wrong with its options and rows", () => {
    expect(() => histogramTrees({ loss: "square" as never })).toThrow("did you mean 'squared'");
    expect(() => histogramTrees({ leaves: 1 })).toThrow("leaves: 1 is not a number from 2");
    expect(() => histogramTrees({ learningRate: Number.NaN })).toThrow("learningRate");
    expect(() => histogramTrees({ categorical: ["cc"] }).fit(columns, y)).toThrow("unknown column 'cc'");
    expect(() => histogramTrees({ loss: "poisson" }).fit(columns, y)).toThrow("below 0");
    expect(() => histogramTrees({ loss: "logistic" }).fit(columns, y)).toThrow("neither 0 nor 1");
  });

  it("takes one row, constants and columns of missing values only", () => {
    expect([
      ...histogramTrees()
        .fit({ x: [1] }, [4])
        .predict({ x: [9] }),
    ]).toEqual([4]);
    const fitted = histogramTrees({ leafRows: 1 }).fit(
      { x: [Number.NaN, Number.NaN, Number.NaN], z: [5, 5, 5] },
      [1, 2, 3],
    );
    expect([...fitted.predict({ x: [1], z: [5] })]).toEqual([2]);
    expect(fitted.importance).toEqual({ x: 0, z: 0 });
  });
});

describe("treeContributions", () => {
  it("are the Shapley values of the tree with the shares of its rows", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1000 }), fc.boolean(), (seed, categorical) => {
        const rng = new Rng(seed);
        const draw = (): Float64Array => Float64Array.from({ length: 60 }, () => rng.integer(6));
        const columns = { a: draw(), b: draw(), c: draw() };
        const y = columns.a.map((value, row) => value * columns.b[row] + (columns.c[row] > 2 ? 4 : 0) + rng.normal());
        const fitted = histogramTrees({
          trees: 3,
          leafRows: 2,
          leaves: 12,
          ...(categorical ? { categorical: ["c"] } : {}),
        }).fit(columns, y);
        const { base, columns: parts } = treeContributions(fitted, columns);
        const row = 7;
        const known = (members: readonly boolean[]): number =>
          expectation(fitted, [columns.a[row], columns.b[row], columns.c[row]], members);
        const wanted = shapleyOf(known);
        [parts.a, parts.b, parts.c].forEach((part, index) => void expect(part[row]).toBeCloseTo(wanted[index], 9));
        expect(base + parts.a[row] + parts.b[row] + parts.c[row]).toBeCloseTo(fitted.predict(columns)[row], 9);
      }),
      { numRuns: 25 },
    );
  });

  it("refuse a model without trees", () => {
    expect(() => treeContributions({ name: "other" } as never, { a: [1] })).toThrow("has no trees");
  });
});

/** The mean score where only some columns are known, straight from the saved trees. */
function expectation(fitted: FittedTrees, values: number[], members: readonly boolean[]): number {
  const { state } = fitted.toJSON() as {
    state: { start: number; trees: Record<string, number[]>[]; features: { categorical: boolean; edges: number[] }[] };
  };
  const walk = (tree: Record<string, number[]>, node: number): number => {
    const split = tree.feature[node];
    if (split < 0) return tree.value[node];
    const [left, right] = [tree.left[node], tree.right[node]];
    if (!members[split])
      return (
        (tree.cover[left] * walk(tree, left) + tree.cover[right] * walk(tree, right)) /
        (tree.cover[left] + tree.cover[right])
      );
    const { categorical, edges } = state.features[split];
    const bin = edges.indexOf(values[split]) + 1;
    const toLeft = categorical
      ? ((tree.sets[8 * tree.threshold[node] + (bin >> 5)] >>> (bin & 31)) & 1) === 1
      : values[split] <= tree.threshold[node];
    return walk(tree, toLeft ? left : right);
  };
  return state.trees.reduce((sum, tree) => sum + walk(tree, 0), state.start);
}

function shapleyOf(value: (members: readonly boolean[]) => number): number[] {
  return [0, 1, 2].map((player) => {
    const others = [0, 1, 2].filter((other) => other !== player);
    let sum = 0;
    for (let mask = 0; mask < 4; mask++) {
      const members = [false, false, false];
      for (const [bit, other] of others.entries()) members[other] = ((mask >> bit) & 1) === 1;
      const size = members.filter(Boolean).length;
      const without = value(members);
      members[player] = true;
      sum += ([2, 1, 2][size] / 6) * (value(members) - without);
    }
    return sum;
  });
}

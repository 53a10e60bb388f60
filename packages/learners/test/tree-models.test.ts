import { readFileSync } from "node:fs";
import { log, pow, Rng } from "@sage-twin/kernel";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  classifierFromJSON,
  histogramTrees,
  learnerFromJSON,
  multiclassTrees,
  randomForest,
  treeContributions,
} from "../src/index.js";

// LightGBM 4.7.0 and scikit-learn 1.9.1, by golden/models.py
const golden = JSON.parse(readFileSync(new URL("golden/models.json", import.meta.url), "utf8")).trees;
const part = (from: number, to: number): Record<string, number[]> =>
  Object.fromEntries(
    Object.entries<(number | null)[]>(golden.columns).map(([name, values]) => [
      name,
      values.slice(from, to).map((value) => value ?? Number.NaN),
    ]),
  );
const [training, testing] = [part(0, golden.training), part(golden.training, golden.target.length)];
const mean = (values: ArrayLike<number>): number =>
  Array.from(values).reduce((sum, value) => sum + value / values.length, 0);
const head = (values: number[]): number[] => values.slice(0, golden.training);
const tail = (values: number[]): number[] => values.slice(golden.training);
const tolerance = 1.04;

describe("beside LightGBM 4.7.0 and scikit-learn 1.9.1", () => {
  const settings = { trees: 80, leaves: 15, categorical: ["d"] };
  it("several classes", () => {
    const fitted = multiclassTrees(settings).fit(training, head(golden.kinds));
    const own = fitted.probabilities(testing);
    const losses = tail(golden.kinds).map((kind, row) => -log(own[kind][row]));
    expect(mean(losses)).toBeLessThan(tolerance * golden.multiclass);
    const sums = losses.map((_, row) => own[0][row] + own[1][row] + own[2][row]);
    expect(sums.every((sum) => Math.abs(sum - 1) < 1e-12)).toBe(true);
  });
  it("tweedie", () => {
    const p = 1.4;
    const fitted = histogramTrees({ ...settings, loss: "tweedie", variancePower: p }).fit(training, head(golden.sums));
    const deviances = Array.from(fitted.predict(testing), (m, row) => {
      const y = tail(golden.sums)[row];
      return 2 * (pow(y, 2 - p) / ((1 - p) * (2 - p)) - (y * pow(m, 1 - p)) / (1 - p) + pow(m, 2 - p) / (2 - p));
    });
    expect(mean(deviances)).toBeLessThan(1.05 * golden.tweedie);
  });
  it("random forest, and what it says of itself out of bag", () => {
    const fitted = randomForest({ categorical: ["d"] }).fit(training, head(golden.target));
    const error = mean(Array.from(fitted.predict(testing), (p, row) => (p - tail(golden.target)[row]) ** 2));
    expect(error).toBeLessThan(tolerance * golden.forest);
    expect(fitted.outOfBagError).toBeLessThan(tolerance * golden.forestOutOfBag);
    expect(Math.abs(fitted.outOfBagError / error - 1)).toBeLessThan(0.2);
  });
});

const rng = new Rng("tree models");
const rows = 600;
const x = Float64Array.from({ length: rows }, () => rng.normal());
const z = Float64Array.from({ length: rows }, (_, row) => (row % 7 === 0 ? Number.NaN : rng.normal()));
const plan = Array.from({ length: rows }, (_, row) =>
  row % 11 === 0 ? null : ["basic", "gold", "free"][rng.integer(3)],
);
const score = x.map(
  (value, row) => value + (plan[row] === "gold" ? 2 : 0) + (Number.isNaN(z[row]) ? 1 : 0) + 0.3 * rng.normal(),
);
const label = score.map((value) => (value > 1 ? 1 : 0));
const columns = { x, z, plan };

describe("text and many categories", () => {
  it("text gives what codes give", () => {
    const codes = plan.map((text) => (text === null ? Number.NaN : ["basic", "free", "gold"].indexOf(text)));
    const text = histogramTrees({ trees: 20 }).fit(columns, score);
    const coded = histogramTrees({ trees: 20, categorical: ["plan"] }).fit({ x, z, plan: codes }, score);
    expect(text.predict(columns)).toEqual(coded.predict({ x, z, plan: codes }));
    expect(text.importance.plan).toBeGreaterThan(0.1);
  });
  it("text unseen in training counts as missing", () => {
    const fitted = histogramTrees({ trees: 20 }).fit(columns, score);
    const ask = (text: string | null): Float64Array => fitted.predict({ x: [0], z: [0], plan: [text] });
    expect(ask("platinum")).toEqual(ask(null));
    expect(ask("gold")[0]).toBeGreaterThan(ask("basic")[0] + 1);
  });
  it("100,000 categories: the frequent ones count, the others as one, also unseen ones", () => {
    const size = 120_000;
    const id = Array.from({ length: size }, (_, row) => (row < 20_000 ? `big ${row % 4}` : `id ${row}`));
    const y = id.map((text) => (text === "big 1" ? 9 : text.startsWith("big") ? 5 : 1));
    const fitted = histogramTrees({ trees: 30 }).fit({ id }, y);
    expect(fitted.notes[0]).toBe("'id' has 100004 categories: all but the 254 most frequent count as one");
    const [one, two, rare, unseen] = fitted.predict({ id: ["big 1", "big 2", "id 119999", "never"] });
    expect([one > 8, two > 4 && two < 6, rare < 1.2]).toEqual([true, true, true]);
    expect(unseen).toBe(rare);
    const back = learnerFromJSON(JSON.parse(JSON.stringify(fitted)));
    expect(back.predict({ id })).toEqual(fitted.predict({ id }));
    expect(JSON.stringify(fitted).length).toBeLessThan(300_000);
  });
  it("refuses another signature", () => {
    const fitted = histogramTrees({ trees: 2 }).fit(columns, score);
    expect(() => fitted.predict({ x, z, plan: x })).toThrow("columns.plan: text in training, numbers here");
    expect(() => fitted.predict({ x: plan, z, plan })).toThrow("columns.x: numbers in training, text here");
    expect(() => fitted.predict({ x, plan })).toThrow("columns.z: the column is missing");
    expect(() => fitted.predict({ x, z, plan: plan.slice(1) })).toThrow("599 values, not 600");
  });
});

describe("monotone columns", () => {
  it("predictions only rise, or only fall, whatever the other columns", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 1000 }),
        fc.constantFrom("squared", "logistic", "huber" as const),
        (seed, loss) => {
          const own = new Rng(seed);
          const a = Float64Array.from({ length: 300 }, () => own.normal());
          const b = Float64Array.from({ length: 300 }, () => own.normal());
          const y = a.map((value, row) =>
            loss === "logistic" ? Number(own.normal() > value) : value * b[row] + own.normal(),
          );
          for (const way of ["rising", "falling"] as const) {
            const fitted = histogramTrees({ loss, trees: 15, leafRows: 5, monotone: { a: way } }).fit({ a, b }, y);
            const grid = Array.from({ length: 41 }, (_, i) => i / 10 - 2);
            for (const at of [-1, 0, 1]) {
              const p = fitted.predict({ a: grid, b: grid.map(() => at) });
              for (let i = 1; i < p.length; i++)
                expect(way === "rising" ? p[i] - p[i - 1] : p[i - 1] - p[i]).toBeGreaterThanOrEqual(-1e-12);
            }
          }
        },
      ),
      { numRuns: 12 },
    );
  });
  it("costs nothing where the rows rise anyway", () => {
    const y = x.map((value) => 3 * value);
    const free = histogramTrees({ trees: 20 }).fit({ x }, y).predict({ x });
    const bound = histogramTrees({ trees: 20, monotone: { x: "rising" } })
      .fit({ x }, y)
      .predict({ x });
    expect(mean(bound.map((p, row) => (p - y[row]) ** 2))).toBeLessThan(
      1.2 * mean(free.map((p, row) => (p - y[row]) ** 2)) + 1e-6,
    );
  });
  it("refuses texts, quantiles, unknown columns and directions", () => {
    expect(() => histogramTrees({ monotone: { plan: "rising" } }).fit(columns, score)).toThrow(
      "categories have no order",
    );
    expect(() => histogramTrees({ loss: "absolute", monotone: { x: "rising" } })).toThrow(
      "leaves of a loss 'absolute'",
    );
    expect(() => histogramTrees({ monotone: { y: "rising" } }).fit(columns, score)).toThrow("unknown column 'y'");
    expect(() => histogramTrees({ monotone: { x: "up" as never } })).toThrow("unknown direction 'up'");
  });
});

describe("class weights", () => {
  it("balanced weights are those of the rows", () => {
    const ones = label.filter((value) => value === 1).length;
    const weights = label.map((value) => (value === 1 ? rows / (2 * ones) : rows / (2 * (rows - ones))));
    const a = histogramTrees({ loss: "logistic", trees: 10, classWeights: "balanced" }).fit(columns, label);
    const b = histogramTrees({ loss: "logistic", trees: 10 }).fit(columns, label, { weights });
    expect(a.predict(columns)).toEqual(b.predict(columns));
    const c = histogramTrees({ loss: "logistic", trees: 10, classWeights: { 1: 3 } }).fit(columns, label);
    expect(mean(c.predict(columns))).toBeGreaterThan(mean(label));
  });
  it("are for classes, known ones, above 0", () => {
    expect(() => histogramTrees({ classWeights: "balanced" })).toThrow("has no classes");
    const fit = (classWeights: never) => () => multiclassTrees({ classWeights }).fit({ x: [1, 2] }, ["yes", "no"]);
    expect(fit({ yess: 1 } as never)).toThrow("did you mean 'yes'");
    expect(fit({ yes: 0 } as never)).toThrow("0 is not a number above 0");
    expect(() => multiclassTrees({ classWeights: 3 as never })).toThrow("3 is no weights");
  });
});

describe("multiclassTrees", () => {
  const kinds = Array.from(score, (value) => (value < 0 ? "low" : value < 1.5 ? "middle" : "high"));
  it("of two classes are those of the logistic loss", () => {
    // Curvatures count double and both scores move: their difference moves as the log-odds do.
    const own = { trees: 5, learningRate: 0.1 };
    const binary = histogramTrees({ ...own, loss: "logistic" })
      .fit({ x, z }, label)
      .predict({ x, z });
    const two = multiclassTrees(own).fit({ x, z }, Array.from(label)).probabilities({ x, z });
    for (const [row, p] of two["1"].entries()) expect(p).toBeCloseTo(binary[row], 9);
  });
  it("stops early, explains scores, and is the same after JSON", () => {
    const fitted = multiclassTrees({ trees: 300, earlyStop: { patience: 5, share: 0.3 } }).fit(columns, kinds);
    expect(fitted.notes[0]).toMatch(/^stopped after/);
    const { base, columns: parts } = treeContributions(fitted.scores.high, columns);
    const own = fitted.scores.high.predict(columns);
    expect(base + parts.x[5] + parts.z[5] + parts.plan[5]).toBeCloseTo(own[5], 9);
    const back = classifierFromJSON(JSON.parse(JSON.stringify(fitted)));
    expect(back.probabilities(columns)).toEqual(fitted.probabilities(columns));
    expect(mean(fitted.predict(columns).map((kind, row) => (kind === kinds[row] ? 1 : 0)))).toBeGreaterThan(0.8);
  });
  it("refuses one class, missing classes and hostile JSON", () => {
    expect(() =>
      multiclassTrees().fit(
        { x },
        kinds.map(() => "one"),
      ),
    ).toThrow("1 classes");
    expect(() =>
      multiclassTrees().fit(
        { x },
        Array.from(x, () => Number.NaN),
      ),
    ).toThrow("NaN is no class");
    expect(() => multiclassTrees().fit({ x: [] }, [])).toThrow("there are no rows");
    const saved = JSON.parse(JSON.stringify(multiclassTrees({ trees: 2 }).fit(columns, kinds)));
    expect(() =>
      classifierFromJSON({ ...saved, state: { ...saved.state, scores: saved.state.scores.slice(1) } }),
    ).toThrow("not one for each class");
    expect(() => classifierFromJSON({ ...saved, state: { ...saved.state, scores: [1, 2, 3] } })).toThrow(
      "state.scores[0]",
    );
  });
});

describe("randomForest", () => {
  it("is the mean of its trees, seeded, and explained exactly", () => {
    const fitted = randomForest({ trees: 30 }).fit(columns, label);
    const p = fitted.predict(columns);
    expect(p.every((value) => value >= 0 && value <= 1)).toBe(true);
    expect(randomForest({ trees: 30 }).fit(columns, label).predict(columns)).toEqual(p);
    expect(randomForest({ trees: 30, seed: 2 }).fit(columns, label).predict(columns)).not.toEqual(p);
    const { base, columns: parts } = treeContributions(fitted, columns);
    expect(base + parts.x[3] + parts.z[3] + parts.plan[3]).toBeCloseTo(p[3], 9);
    const back = learnerFromJSON(JSON.parse(JSON.stringify(fitted)));
    expect([back.name, back.predict(columns)]).toEqual(["randomForest", p]);
  });
  it("knows nothing of noise out of bag", () => {
    const noise = x.map(() => rng.normal());
    const { outOfBagError } = randomForest({ trees: 100, leafRows: 1 }).fit({ x, z }, noise);
    const variance = mean(noise.map((value) => (value - mean(noise)) ** 2));
    expect(outOfBagError).toBeGreaterThan(0.9 * variance);
    expect(Number.isNaN(randomForest({ trees: 1 }).fit({ x: [1] }, [2]).outOfBagError)).toBe(true);
  });
});

describe("large numbers of rows and heavy tails", () => {
  it("rounding of gradients does not show: outliers, weights, doubled rows", () => {
    const heavy = score.map((value, row) => (row === 17 ? 1e9 : value));
    const fitted = histogramTrees({ trees: 1, learningRate: 1, leaves: 4 }).fit({ x }, heavy);
    // Leaves are exact means of their rows, whatever histograms round.
    const groups = new Map<number, number[]>();
    fitted.predict({ x }).forEach((p, row) => void groups.set(p, [...(groups.get(p) ?? []), heavy[row]]));
    for (const [p, own] of groups) expect(mean(own) / p).toBeCloseTo(1, 7);
    const counts = histogramTrees({ loss: "poisson", trees: 30 }).fit(
      { x, z },
      score.map((value) => Math.max(0, Math.round(value))),
    );
    expect(counts.predict({ x, z }).every((value) => value > 0 && value < 20)).toBe(true);
  });
});

describe("bad input", () => {
  it("one class, constant columns and missing ones are told", () => {
    expect(
      histogramTrees({ loss: "logistic" }).fit(
        { x },
        x.map(() => 1),
      ).notes[0],
    ).toBe("every target is 1: nothing to learn");
    const fitted = histogramTrees({ trees: 2 }).fit(
      { x, one: x.map(() => 1), none: x.map(() => Number.NaN), nothing: plan.map(() => null) },
      score,
    );
    expect(fitted.notes).toEqual(["constant or missing everywhere, without effect: one, none, nothing"]);
  });
  it("missing targets and no rows are refused", () => {
    expect(() => histogramTrees().fit({ x: [1, 2] }, [1, Number.NaN])).toThrow("target[1]: the value is missing");
    expect(() => histogramTrees().fit({ x: [] }, [])).toThrow("there are no rows");
    expect(() => randomForest().fit({}, [1])).toThrow("no columns");
    expect(
      histogramTrees({ trees: 1 })
        .fit({ x: [1] }, [1])
        .predict({ x: [] }),
    ).toEqual(new Float64Array(0));
    expect(() => histogramTrees({ loss: "tweedie" }).fit({ x: [1] }, [-1])).toThrow("-1 is below 0");
  });
  it("hostile categories in JSON are refused", () => {
    const saved = JSON.parse(JSON.stringify(histogramTrees({ trees: 2 }).fit(columns, score)));
    const changed = (labels: string[]): unknown => {
      const copy = structuredClone(saved);
      copy.state.features[2].labels = labels;
      return copy;
    };
    expect(() => learnerFromJSON(changed(["a", "a"]))).toThrow("different ones");
    expect(() => learnerFromJSON(changed(Array.from({ length: 300 }, (_, i) => `${i}`)))).toThrow("different ones");
    const shared = structuredClone(saved);
    shared.state.trees[0].right[0] = shared.state.trees[0].left[0];
    expect(() => learnerFromJSON(shared)).toThrow("do not make a tree");
  });
});

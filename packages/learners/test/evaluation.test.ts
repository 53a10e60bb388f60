import { Rng } from "@sage-twin/kernel";
import { auc, calibrate, calibrationError, fitCalibrator } from "@sage-twin/numerics";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  bootstrapInterval,
  crossValidate,
  type Fold,
  foldsFrom,
  groupedFolds,
  histogramTrees,
  leakageWarnings,
  linearRegression,
  stratifiedFolds,
  takeRows,
  timeOrderedFolds,
} from "../src/index.js";

function expectPartition(folds: readonly Fold[], rows: number): void {
  const tested = folds.flatMap(({ testing }) => [...testing]).sort((a, b) => a - b);
  expect(tested).toEqual(Array.from({ length: rows }, (_, row) => row));
  for (const { training, testing } of folds) expect([...training, ...testing].sort((a, b) => a - b)).toEqual(tested);
}

describe("folds", () => {
  it("stratified ones test each row once, with the same share of each class but for a row", () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom("a", "b", "c"), { minLength: 10, maxLength: 80 }), (labels) => {
        const folds = stratifiedFolds(labels, { folds: 4 });
        expectPartition(folds, labels.length);
        for (const label of ["a", "b", "c"]) {
          const counts = folds.map(({ testing }) => testing.filter((row) => labels[row] === label).length);
          expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1);
        }
      }),
    );
    expect(stratifiedFolds([0, 1, 0, 1, 0, 1, 1, 1], { folds: 2, seed: 1 })).toEqual(
      stratifiedFolds([0, 1, 0, 1, 0, 1, 1, 1], { folds: 2, seed: 1 }),
    );
  });
  it("grouped ones keep groups together, of about equal sizes", () => {
    const groups = Array.from({ length: 300 }, (_, row) => `customer ${(row * row) % 37}`);
    const folds = groupedFolds(groups, { folds: 3 });
    expectPartition(folds, 300);
    for (const { training, testing } of folds) {
      const tested = new Set(Array.from(testing, (row) => groups[row]));
      expect(training.some((row) => tested.has(groups[row]))).toBe(false);
      expect(Math.abs(testing.length - 100)).toBeLessThan(20);
    }
    expect(() => groupedFolds([1, 1, 2, 2], { folds: 3 })).toThrow("2 groups for 3 folds");
  });
  it("time-ordered ones learn from the past alone, with a gap", () => {
    const times = Array.from({ length: 60 }, (_, row) => ((row * 7) % 60) >> 1);
    const folds = timeOrderedFolds(times, { folds: 3, gap: 2 });
    expect(folds).toHaveLength(3);
    for (const { training, testing } of folds) {
      const last = Math.max(...Array.from(training, (row) => times[row]));
      const first = Math.min(...Array.from(testing, (row) => times[row]));
      expect(first - last).toBeGreaterThanOrEqual(2);
    }
    expect(() => timeOrderedFolds([1, 1, 1, 1], { folds: 2 })).toThrow("no rows on one side");
    expect(() => timeOrderedFolds([1, Number.NaN, 2], { folds: 2 })).toThrow("NaN is no instant");
  });
  it("may be given by number", () => {
    expect(foldsFrom([0, 1, 0])).toEqual([
      { training: Int32Array.of(1), testing: Int32Array.of(0, 2) },
      { training: Int32Array.of(0, 2), testing: Int32Array.of(1) },
    ]);
    expect(() => foldsFrom([0, 0.5])).toThrow("0.5 is no fold");
    expect(() => foldsFrom([0, 2])).toThrow("fold 1 has 0 of 2 rows");
    expect(() => stratifiedFolds([1], { folds: 2 })).toThrow("2 folds of 1 rows");
  });
});

describe("crossValidate", () => {
  const rng = new Rng(5);
  const x = Float64Array.from({ length: 200 }, () => rng.normal());
  const plan = Array.from(x, (_, row) => (row % 3 === 0 ? "gold" : null));
  const y = x.map((value) => 2 * value + rng.normal());
  it("predicts each row by a model that has not seen it", async () => {
    const folds = stratifiedFolds(y.map(() => 0));
    const progress: number[] = [];
    const { predictions, models } = await crossValidate(linearRegression(), { x }, y, folds, {
      onProgress: ({ done }) => progress.push(done),
    });
    expect(progress).toEqual([1, 2, 3, 4, 5]);
    const [{ training, testing }] = folds;
    const own = linearRegression().fit(
      { x: Float64Array.from(training, (row) => x[row]) },
      Float64Array.from(training, (row) => y[row]),
    );
    expect(predictions[testing[0]]).toBe(own.predict({ x: [x[testing[0]]] })[0]);
    expect(models).toHaveLength(5);
  });
  it("takes text, leaves untested rows NaN, and can be aborted", async () => {
    const folds = timeOrderedFolds(
      Float64Array.from(x, (_, row) => row),
      { folds: 2 },
    );
    const { predictions } = await crossValidate(histogramTrees({ trees: 3 }), { x, plan }, y, folds);
    expect(predictions.findIndex((p) => !Number.isNaN(p))).toBe(67);
    const stop = AbortSignal.abort(new Error("enough"));
    await expect(crossValidate(linearRegression(), { x }, y, folds, { signal: stop })).rejects.toThrow("enough");
    await expect(crossValidate(linearRegression(), { x: [1] }, y, folds)).rejects.toThrow("1 values, not 200");
  });
  it("takes rows in any order, more than once", () => {
    expect(takeRows({ x: [1, 2, 3], plan: ["a", null, "c"] }, [2, 1, 2])).toEqual({
      x: [3, 2, 3],
      plan: ["c", null, "c"],
    });
  });
});

describe("bootstrapInterval", () => {
  it("covers what a mean is worth, as its standard error says", async () => {
    const rng = new Rng(9);
    const actual = Float64Array.from({ length: 400 }, () => rng.normal());
    const zeros = actual.map(() => 0);
    const score = (a: Float64Array): number => a.reduce((sum, value) => sum + value / a.length, 0);
    const { estimate, lower, upper, level } = await bootstrapInterval(actual, zeros, score, { samples: 2000 });
    expect([estimate > lower, estimate < upper, level]).toEqual([true, true, 95]);
    expect(Math.abs((upper - lower) / (2 * 1.96 * 0.05) - 1)).toBeLessThan(0.15);
    const again = await bootstrapInterval(actual, zeros, score, { samples: 2000 });
    expect([again.lower, again.upper]).toEqual([lower, upper]);
  });
  it("leaves out draws without a score, can be aborted, refuses no rows", async () => {
    const rare = await bootstrapInterval([1, 0, 0, 0, 0], [5, 1, 2, 3, 4], auc, { samples: 100 });
    expect([rare.estimate, rare.lower, rare.upper]).toEqual([1, 1, 1]);
    const none = await bootstrapInterval([1, 1], [0.1, 0.2], auc, { samples: 40 });
    expect(none.lower).toBeNaN();
    await expect(
      bootstrapInterval([1, 0], [1, 0], auc, { signal: AbortSignal.abort(new Error("no")) }),
    ).rejects.toThrow("no");
    await expect(bootstrapInterval([], [], auc)).rejects.toThrow("rows");
  });
});

describe("leakageWarnings", () => {
  const rng = new Rng(2);
  const label = Array.from({ length: 600 }, (_, row) => (row % 4 === 0 ? 1 : 0));
  const honest = label.map((value) => 0.5 * value + rng.normal());
  it("names columns that alone tell the outcome: numbers, texts and gaps", () => {
    const columns = {
      honest,
      id: label.map((_, row) => `customer ${row}`),
      code: label.map((value) => (value === 1 ? 3 : rng.integer(3) + 5 * rng.integer(2))),
      reason: label.map((value, row) => (value === 1 ? ["moved", "price"][row % 2] : null)),
      lost: label.map((value) => (value === 1 ? 7 : Number.NaN)),
      bent: label.map((value) => (value === 1 ? 0 : rng.normal() > 0 ? 2 : -2)),
    };
    expect(leakageWarnings(columns, label).map(({ column }) => column)).toEqual(["code", "reason", "lost", "bent"]);
    expect(leakageWarnings(columns, label)[1].message).toContain("'reason' alone tells the two outcomes apart (1.000");
  });
  it("looks at numbers too, and says nothing of nothing", () => {
    const y = honest.map((value) => 3 * value);
    expect(leakageWarnings({ honest, noise: y.map(() => rng.normal()) }, y).map(({ column }) => column)).toEqual([
      "honest",
    ]);
    expect(
      leakageWarnings(
        { honest },
        label.map(() => 1),
      ),
    ).toEqual([]);
    expect(() => leakageWarnings({ honest }, [1])).toThrow("600 values, not 1");
  });
});

describe("a whole evaluation", () => {
  it("calibrated out-of-fold probabilities are near what happens", async () => {
    const rng = new Rng(12);
    const x = Float64Array.from({ length: 3000 }, () => rng.normal());
    const z = Float64Array.from({ length: 3000 }, () => rng.normal());
    const label = x.map((value, row) => (value * z[row] + rng.normal() > 1 ? 1 : 0));
    const learner = histogramTrees({ loss: "logistic", trees: 400, leafRows: 2, learningRate: 0.3 }); // fits far too closely
    const { predictions } = await crossValidate(learner, { x, z }, label, stratifiedFolds(label, { folds: 3 }));
    const mended = calibrate(fitCalibrator("platt", label, predictions), predictions);
    expect(calibrationError(label, predictions)).toBeGreaterThan(0.08);
    expect(calibrationError(label, mended)).toBeLessThan(0.04);
  });
});

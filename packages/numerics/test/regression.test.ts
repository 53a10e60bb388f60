import { Rng } from "@sage-twin/kernel";
import { describe, expect, it } from "vitest";
import { regressWithAutocorrelation } from "../src/index.js";

const unknown = { mean: 0, sd: Number.POSITIVE_INFINITY };

function randomWalk(rng: Rng, length: number): Float64Array {
  let level = 0;
  return Float64Array.from({ length }, () => {
    level += rng.normal();
    return level;
  });
}

describe("regressWithAutocorrelation", () => {
  it("finds the coefficients of independent errors as least squares does", () => {
    const rng = new Rng("ols");
    const x = Float64Array.from({ length: 400 }, () => rng.normal());
    const y = x.map((value) => 3 + 2 * value + 0.5 * rng.normal());
    const fit = regressWithAutocorrelation(y, [x, new Float64Array(400).fill(1)], [unknown, unknown]);
    expect(fit?.mean[0]).toBeCloseTo(2, 1);
    expect(fit?.mean[1]).toBeCloseTo(3, 1);
    expect(Math.sqrt(fit?.covariance[0] ?? 0)).toBeCloseTo(0.5 / Math.sqrt(400), 2);
    expect(fit?.autocorrelation).toBeLessThan(0.2);
  });

  it("weighs a prior against the data as the conjugate formula does", () => {
    // One coefficient, error variance near 1: posterior precision = 1 / prior variance + sum of squares.
    const rng = new Rng("conjugate");
    const x = Float64Array.from({ length: 300 }, () => rng.normal());
    const y = x.map((value) => value + rng.normal());
    const [free, firm] = [unknown, { mean: -1, sd: 0.02 }].map((prior) => regressWithAutocorrelation(y, [x], [prior]));
    const data = 1 / (free?.covariance[0] ?? 1);
    const prior = 1 / 0.02 ** 2;
    const expected = ((free?.mean[0] ?? 0) * data - prior) / (data + prior);
    expect(firm?.mean[0]).toBeCloseTo(expected, 1);
  });

  it("believes the data only as far as a doubt leaves them worth, however many they are", () => {
    // One regressor and no prior: variance of the estimate x (1 + doubt x rows); with a prior, precisions add.
    const rng = new Rng("doubt");
    const x = Float64Array.from({ length: 300 }, () => rng.normal());
    const y = x.map((value) => value + rng.normal());
    const fitted = (prior: { mean: number; sd: number }, doubts?: readonly number[]) => {
      const posterior = regressWithAutocorrelation(y, [x], [prior], [0], doubts);
      if (posterior === undefined) throw new Error("no fit");
      return { mean: posterior.mean[0], variance: posterior.covariance[0] };
    };
    const plain = fitted(unknown);
    const doubted = fitted(unknown, [0.1]);
    expect(doubted.mean).toBeCloseTo(plain.mean, 6);
    expect(doubted.variance / plain.variance).toBeCloseTo(1 + 0.1 * 300, 3);
    const widening = 299 / 297;
    const prior = fitted({ mean: -1, sd: 0.2 }, [0.1]);
    const data = widening / doubted.variance;
    expect(prior.variance).toBeCloseTo(widening / (data + 25), 8);
    expect(prior.mean).toBeCloseTo((data * plain.mean - 25) / (data + 25), 6);
    expect(fitted(unknown, [0])).toEqual({
      mean: expect.closeTo(plain.mean, 8),
      variance: expect.closeTo(plain.variance, 10),
    });
  });

  it("finds no effect between independent random walks: the 90 % interval holds 0 in 85 % or more of 200", () => {
    let covered = 0;
    for (let draw = 0; draw < 200; draw++) {
      const rng = new Rng("walks").derive(draw);
      const x = randomWalk(rng, 104);
      const y = randomWalk(rng, 104);
      const trend = Float64Array.from({ length: 104 }, (_, row) => row / 104);
      const fit = regressWithAutocorrelation(
        y,
        [x, new Float64Array(104).fill(1), trend],
        [{ mean: 0, sd: 2 }, unknown, unknown],
      );
      const sd = Math.sqrt(fit?.covariance[0] ?? 0);
      if (Math.abs(fit?.mean[0] ?? 0) <= 1.645 * sd) covered++;
    }
    expect(covered / 200).toBeGreaterThanOrEqual(0.85);
  });

  it("leaves rows with missing values out, and says when too few are left", () => {
    const rng = new Rng("missing");
    const x = Float64Array.from({ length: 60 }, (_, row) => (row % 7 === 0 ? Number.NaN : rng.normal()));
    const y = x.map((value) => 2 * value + 0.1 * rng.normal());
    expect(regressWithAutocorrelation(y, [x], [unknown])?.mean[0]).toBeCloseTo(2, 1);
    expect(regressWithAutocorrelation(y.subarray(0, 3), [x.subarray(0, 3)], [unknown])).toBeUndefined();
  });
});

import { naive } from "@sage-twin/forecasters";
import { Rng } from "@sage-twin/kernel";
import { describe, expect, it } from "vitest";
import { fitPersistence, rollingErrors } from "../src/persistence.js";

const horizon = 12;

/** The variance of the sum of errors of unit variance, over that of independent ones. */
function sumRatio({ decay, carry }: { decay: number; carry: number }): number {
  let memory = 0;
  let sum = 0;
  let shared = 0;
  for (let step = 0; step < horizon; step++) {
    const scale = 1 / Math.sqrt(memory + 1);
    sum += 1 + 2 * scale * shared;
    shared = decay * shared + scale * (decay * memory + carry);
    memory = decay * decay * memory + carry * carry;
  }
  return sum / horizon;
}

describe("the persistence of errors", () => {
  it("is that of a random walk for the naive forecast of one", () => {
    const rng = new Rng("walk");
    let level = 0;
    const values = Float64Array.from({ length: 200 }, () => {
      level += rng.normal();
      return level;
    });
    const fitted = naive().fit(values);
    const sd = Float64Array.from({ length: horizon }, (_, step) => Math.sqrt(step + 1));
    const found = fitPersistence(fitted, sd, rollingErrors(naive(), values, horizon));
    expect(found.decay).toBeGreaterThan(0.9);
    expect(found.carry).toBeGreaterThan(0.8);
  });

  it("follows the errors that were made where they contradict the model's own word", () => {
    // Independent errors of unit variance, from a model that claims a random walk.
    const rng = new Rng("independent");
    const windows = Array.from({ length: 100 }, () => Float64Array.from({ length: horizon }, () => rng.normal()));
    const walk = naive().fit(Float64Array.from({ length: 50 }, () => rng.normal()));
    const sd = new Float64Array(horizon).fill(1);
    const believed = fitPersistence(walk, sd, []);
    const learnt = fitPersistence(walk, sd, windows);
    expect(sumRatio(believed)).toBeGreaterThan(4);
    expect(sumRatio(learnt)).toBeLessThan(0.5 * sumRatio(believed));
  });

  it("rolls through the second half with one fit, and stops a window at a missing value", () => {
    const values = Float64Array.from({ length: 30 }, (_, row) => (row === 25 ? Number.NaN : row));
    const errors = rollingErrors(naive(), values, 4);
    expect(errors).toHaveLength(14);
    expect([...errors[0]]).toEqual([1, 2, 3, 4]);
    expect([...errors[9]].map(Number.isNaN)).toEqual([false, true, false, false]);
    expect(rollingErrors(naive(), values.subarray(0, 5), 4)).toEqual([]);
  });
});

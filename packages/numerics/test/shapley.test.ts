import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { shapley } from "../src/index.js";

describe("shapley", () => {
  it("gives the glove game's values", () => {
    // Player 0 has a left glove, 1 and 2 a right one; a pair is worth 1 (Shapley values 2/3, 1/6, 1/6).
    const worth = [0, 0, 0, 1, 0, 1, 0, 1];
    const values = shapley(3, worth);
    expect(values[0]).toBeCloseTo(2 / 3, 12);
    expect(values[1]).toBeCloseTo(1 / 6, 12);
    expect(values[2]).toBeCloseTo(1 / 6, 12);
  });

  it("sums to the worth of all less that of none", () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: -1e3, max: 1e3, noNaN: true }), { minLength: 16, maxLength: 16 }),
        (worth) => {
          const sum = shapley(4, worth).reduce((total, value) => total + value, 0);
          expect(sum).toBeCloseTo(worth[15] - worth[0], 8);
        },
      ),
    );
  });

  it("refuses values that are not of every coalition", () => {
    expect(() => shapley(2, [0, 1, 2])).toThrow("2^players");
  });
});

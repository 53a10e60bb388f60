import { Rng } from "@sage-twin/kernel";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { simplexLeastSquares } from "../src/index.js";

/** G and c of the columns and the target. */
function normalEquations(columns: readonly (readonly number[])[], target: readonly number[]) {
  const dot = (a: readonly number[], b: readonly number[]): number =>
    a.reduce((sum, value, i) => sum + value * b[i], 0);
  return {
    gram: Float64Array.from(columns.flatMap((a) => columns.map((b) => dot(a, b)))),
    right: Float64Array.from(columns, (column) => dot(column, target)),
  };
}

describe("simplexLeastSquares", () => {
  it("recovers weights inside the simplex, and 0 for what is of no use", () => {
    const rng = new Rng("columns");
    const columns = Array.from({ length: 4 }, () => Array.from({ length: 50 }, () => rng.normal()));
    const weights = [0.5, 0, 0.3, 0.2];
    const target = columns[0].map((_, t) => columns.reduce((sum, column, k) => sum + weights[k] * column[t], 0));
    const { gram, right } = normalEquations(columns, target);
    simplexLeastSquares(gram, right).forEach((weight, k) => {
      expect(weight).toBeCloseTo(weights[k], 9);
    });
  });

  it("ends at a corner where the target lies beyond it, and shares between equal columns", () => {
    const corner = normalEquations(
      [
        [1, 0],
        [0, 1],
      ],
      [5, -2],
    );
    expect([...simplexLeastSquares(corner.gram, corner.right)]).toEqual([1, 0]);
    const equal = normalEquations(
      [
        [1, 2],
        [1, 2],
        [-4, 0],
      ],
      [1, 2],
    );
    const shared = simplexLeastSquares(equal.gram, equal.right);
    expect(shared[0] + shared[1]).toBeCloseTo(1, 9);
    expect([...simplexLeastSquares(new Float64Array(4), new Float64Array(2))]).toEqual([0.5, 0.5]);
    expect([...simplexLeastSquares(Float64Array.of(3), Float64Array.of(1))]).toEqual([1]);
  });

  it("is a minimum: no shift of weight from one column to another helps", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 2, max: 7 }),
        fc.integer({ min: 0, max: 1e6 }),
        fc.double({ min: 1e-6, max: 1e6, noNaN: true }),
        (size, seed, scale) => {
          const rng = new Rng(seed);
          const draw = (): number[] => Array.from({ length: 6 }, () => scale * rng.normal());
          const { gram, right } = normalEquations(Array.from({ length: size }, draw), draw());
          const weights = simplexLeastSquares(gram, right);
          expect(weights.every((weight) => weight >= 0)).toBe(true);
          expect(weights.reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(1, 12);
          const gradient = right.map((value, i) => weights.reduce((sum, w, j) => sum + gram[i * size + j] * w, -value));
          const least = Math.min(...gradient);
          for (let i = 0; i < size; i++)
            if (weights[i] > 1e-9) expect((gradient[i] - least) / (scale * scale)).toBeLessThan(1e-6);
        },
      ),
    );
  });
});

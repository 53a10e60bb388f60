import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type LeastSquaresProblem, minimiseSquares } from "../src/index.js";

const sum = (values: Float64Array): number => values.reduce((total, value) => total + value * value, 0);
const problem = (lower: number[], upper: number[], residuals: (x: Float64Array) => number[]): LeastSquaresProblem => ({
  lower: Float64Array.from(lower),
  upper: Float64Array.from(upper),
  residualCount: residuals(Float64Array.from(lower, (low, i) => (Number.isFinite(low) ? low : Math.min(0, upper[i]))))
    .length,
  evaluate(x, output) {
    output.set(residuals(x));
    return sum(output);
  },
});
const infinite = Number.POSITIVE_INFINITY;

describe("minimiseSquares", () => {
  it("finds the bottom of Rosenbrock's valley", () => {
    const valley = problem([-infinite, -infinite], [infinite, infinite], ([x, y]) => [10 * (y - x * x), 1 - x]);
    const { parameters, squares } = minimiseSquares(valley, [-1.2, 1], { iterations: 200, tolerance: 1e-14 });
    expect(parameters[0]).toBeCloseTo(1, 6);
    expect(parameters[1]).toBeCloseTo(1, 6);
    expect(squares).toBeLessThan(1e-10);
  });

  it("solves within the box: the free parameter moves to its best given the fixed one", () => {
    // (x + y - 4)^2 + (x - y)^2 with x at most 1: y = 2 by calculus on the face.
    const boxed = problem([0, 0], [1, 9], ([x, y]) => [x + y - 4, x - y]);
    const { parameters } = minimiseSquares(boxed, [0.5, 0.5]);
    expect(parameters[0]).toBe(1);
    expect(parameters[1]).toBeCloseTo(2, 6);
  });

  it("never leaves the box nor gets worse", () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: -5, max: 5, noNaN: true }), { minLength: 6, maxLength: 6 }), (a) => {
        const curved = problem([-1, 0], [1, 2], ([x, y]) => [
          a[0] + a[1] * x * y,
          a[2] * y - a[3],
          a[4] + a[5] * x * x,
        ]);
        const start = Float64Array.of(0.3, 1.1);
        const first = curved.evaluate(start, new Float64Array(3));
        const { parameters, squares } = minimiseSquares(curved, start);
        expect(squares).toBeLessThanOrEqual(first);
        expect(parameters[0]).toBeGreaterThanOrEqual(-1);
        expect(parameters[0]).toBeLessThanOrEqual(1);
        expect(parameters[1]).toBeGreaterThanOrEqual(0);
        expect(parameters[1]).toBeLessThanOrEqual(2);
      }),
    );
  });

  it("steps back from points that are not allowed, and returns a start that is not", () => {
    const holed: LeastSquaresProblem = {
      lower: Float64Array.of(-infinite),
      upper: Float64Array.of(infinite),
      residualCount: 1,
      evaluate([x], output) {
        output[0] = x > 0 ? Math.sqrt(x) * 3 - 1 : Number.NaN;
        return output[0] * output[0];
      },
    };
    expect(minimiseSquares(holed, [4]).parameters[0]).toBeCloseTo(1 / 9, 5);
    expect(minimiseSquares(holed, [-1]).parameters[0]).toBe(-1);
  });
});

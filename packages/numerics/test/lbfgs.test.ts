import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type MinimiseProblem, minimise } from "../src/index.js";

/** Sum of weights (x - centre)^2 / 2. */
const bowl = (weights: readonly number[], centre: readonly number[]): MinimiseProblem => ({
  evaluate(x, gradient) {
    let value = 0;
    for (let i = 0; i < x.length; i++) {
      gradient[i] = weights[i] * (x[i] - centre[i]);
      value += (gradient[i] * (x[i] - centre[i])) / 2;
    }
    return value;
  },
});

describe("minimise", () => {
  it("finds the minimum of any convex quadratic", () => {
    const pair = fc.tuple(fc.double({ min: 0.01, max: 100, noNaN: true }), fc.double({ min: -9, max: 9, noNaN: true }));
    fc.assert(
      fc.property(fc.array(pair, { minLength: 1, maxLength: 12 }), (pairs) => {
        const centre = pairs.map(([, value]) => value);
        const found = minimise(
          bowl(
            pairs.map(([weight]) => weight),
            centre,
          ),
          new Float64Array(pairs.length),
          { tolerance: 1e-16 },
        );
        expect(found.converged).toBe(true);
        for (const [i, value] of centre.entries()) expect(Math.abs(found.parameters[i] - value)).toBeLessThan(1e-5);
      }),
    );
  });

  it("finds the minimum of Rosenbrock's function in ten variables", () => {
    const found = minimise(
      {
        evaluate(x, gradient) {
          gradient.fill(0);
          let value = 0;
          for (let i = 0; i + 1 < x.length; i++) {
            const off = x[i + 1] - x[i] * x[i];
            value += (1 - x[i]) ** 2 + 100 * off * off;
            gradient[i] += -2 * (1 - x[i]) - 400 * x[i] * off;
            gradient[i + 1] += 200 * off;
          }
          return value;
        },
      },
      new Float64Array(10).fill(-0.9),
      { tolerance: 1e-15 },
    );
    for (const value of found.parameters) expect(value).toBeCloseTo(1, 5);
  });

  it("takes one step with the inverse Hessian as preconditioner", () => {
    const weights = [1, 1e4, 1e8];
    const precondition = (gradient: Float64Array): void => {
      for (let i = 0; i < 3; i++) gradient[i] /= weights[i];
    };
    const found = minimise({ ...bowl(weights, [3, -2, 5]), precondition }, [0, 0, 0]);
    expect(found.iterations).toBeLessThanOrEqual(2);
    expect(found.parameters[2]).toBeCloseTo(5, 12);
  });

  it("passes a kink: |x| + (y - 1)^2", () => {
    const found = minimise(
      {
        evaluate([x, y], gradient) {
          gradient[0] = Math.sign(x);
          gradient[1] = 2 * (y - 1);
          return Math.abs(x) + (y - 1) ** 2;
        },
      },
      [3, 4],
    );
    expect(found.value).toBeLessThan(1e-3);
  });

  it("stays where it is on a start that is not allowed, and keeps away from points that are not", () => {
    const problem: MinimiseProblem = {
      evaluate([x], gradient) {
        gradient[0] = 1 - 1 / x;
        return x > 0 ? x - Math.log(x) : Number.NaN;
      },
    };
    expect(minimise(problem, [-1])).toMatchObject({ parameters: Float64Array.of(-1), iterations: 0, converged: false });
    expect(minimise(problem, [9]).parameters[0]).toBeCloseTo(1, 4);
  });

  it("stops at the number of steps it was given", () => {
    const found = minimise(bowl([1, 1e6], [5, 5]), [0, 0], { iterations: 2 });
    expect([found.iterations, found.converged]).toEqual([2, false]);
  });
});

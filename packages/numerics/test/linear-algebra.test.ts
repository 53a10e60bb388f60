import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { cholesky, invertCholesky, solveCholesky } from "../src/index.js";

describe("cholesky", () => {
  it("gives the textbook factor", () => {
    const factor = cholesky(Float64Array.of(4, 12, -16, 12, 37, -43, -16, -43, 98), 3);
    expect([...factor]).toEqual([2, 0, 0, 6, 1, 0, -8, 5, 3]);
  });

  it("solves and inverts", () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: -2, max: 2, noNaN: true }), { minLength: 16, maxLength: 16 }),
        fc.array(fc.double({ min: -5, max: 5, noNaN: true }), { minLength: 4, maxLength: 4 }),
        (entries, right) => {
          const matrix = new Float64Array(16);
          for (let i = 0; i < 4; i++) {
            for (let j = 0; j < 4; j++) {
              for (let k = 0; k < 4; k++) matrix[i * 4 + j] += entries[i * 4 + k] * entries[j * 4 + k];
            }
            matrix[i * 5] += 1;
          }
          const factor = cholesky(matrix, 4);
          const solution = solveCholesky(factor, right);
          const inverse = invertCholesky(factor, 4);
          for (let i = 0; i < 4; i++) {
            let product = 0;
            let byInverse = 0;
            for (let j = 0; j < 4; j++) {
              product += matrix[i * 4 + j] * solution[j];
              byInverse += inverse[i * 4 + j] * right[j];
            }
            expect(product).toBeCloseTo(right[i], 8);
            expect(byInverse).toBeCloseTo(solution[i], 8);
          }
        },
      ),
    );
  });

  it("names the row at which a matrix is not positive definite", () => {
    expect(() => cholesky(Float64Array.of(1, 2, 2, 1), 2)).toThrow("not positive definite");
  });
});

import { TwinError } from "@sage-twin/kernel";

/** A matrix by rows: entry (i, j) of an n-column matrix is at `i * n + j`. */
export type Matrix = Float64Array;

/**
 * The lower-triangular L with L L' = A for a symmetric positive definite n x n matrix (Cholesky-Banachiewicz).
 *
 * @throws TwinError `domain` when the matrix is not positive definite.
 */
export function cholesky(matrix: Matrix, size: number): Matrix {
  const factor = new Float64Array(size * size);
  for (let row = 0; row < size; row++) {
    for (let column = 0; column <= row; column++) {
      let sum = matrix[row * size + column];
      for (let k = 0; k < column; k++) sum -= factor[row * size + k] * factor[column * size + k];
      if (row !== column) {
        factor[row * size + column] = sum / factor[column * size + column];
      } else if (sum > 0) {
        factor[row * size + row] = Math.sqrt(sum);
      } else {
        throw new TwinError({
          code: "domain",
          path: ["matrix", row],
          message: "the matrix is not positive definite",
          fix: "add to its diagonal, or remove the column that the others determine",
        });
      }
    }
  }
  return factor;
}

/** The solution x of L L' x = b for a Cholesky factor L. */
export function solveCholesky(factor: Matrix, right: ArrayLike<number>): Float64Array {
  const size = right.length;
  const solution = Float64Array.from(right);
  for (let row = 0; row < size; row++) {
    for (let k = 0; k < row; k++) solution[row] -= factor[row * size + k] * solution[k];
    solution[row] /= factor[row * size + row];
  }
  for (let row = size - 1; row >= 0; row--) {
    for (let k = row + 1; k < size; k++) solution[row] -= factor[k * size + row] * solution[k];
    solution[row] /= factor[row * size + row];
  }
  return solution;
}

/** The inverse of L L' for a Cholesky factor L. */
export function invertCholesky(factor: Matrix, size: number): Matrix {
  const inverse = new Float64Array(size * size);
  const unit = new Float64Array(size);
  for (let column = 0; column < size; column++) {
    unit.fill(0);
    unit[column] = 1;
    const solution = solveCholesky(factor, unit);
    for (let row = 0; row < size; row++) inverse[row * size + column] = solution[row];
  }
  return inverse;
}

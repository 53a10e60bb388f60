import type { Matrix } from "@sage-twin/numerics";

const mostSweeps = 10_000;
const smallest = 1e-12;

/**
 * Minimises x'Hx / 2 - c'x + lasso * (|x_0| + ... + |x_(penalised - 1)|) one coordinate at a time (Friedman, Hastie and Tibshirani 2010), until no coordinate moves by
 * more than 1e-12 of the largest. H is positive semidefinite, by rows; coordinates whose diagonal is 0 stay 0.
 */
export function coordinateDescent(
  matrix: Matrix,
  linear: Float64Array,
  lasso: number,
  penalised: number,
  start: Float64Array,
): Float64Array {
  const size = linear.length;
  const x = start.slice();
  const slope = linear.slice(); // c - Hx
  for (let i = 0; i < size; i++) for (let j = 0; j < size; j++) slope[i] -= matrix[i * size + j] * x[j];
  for (let sweep = 0; sweep < mostSweeps; sweep++) {
    let moved = 0;
    let largest = 1;
    for (let j = 0; j < size; j++) {
      const curvature = matrix[j * size + j];
      if (!(curvature > 0)) continue;
      const pull = slope[j] + curvature * x[j];
      const bound = j < penalised ? lasso : 0;
      const next = (pull > bound ? pull - bound : pull < -bound ? pull + bound : 0) / curvature;
      const change = next - x[j];
      if (change === 0) continue;
      x[j] = next;
      for (let i = 0; i < size; i++) slope[i] -= matrix[j * size + i] * change;
      moved = Math.max(moved, Math.abs(change));
      largest = Math.max(largest, Math.abs(next));
    }
    if (moved <= smallest * largest) break;
  }
  return x;
}

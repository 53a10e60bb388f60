import { cholesky, type Matrix, solveCholesky } from "./linear-algebra.js";

const ridge = 1e-12;
const tolerance = 1e-10;

/**
 * The weights w >= 0 that sum to 1 and minimise w' G w / 2 - c' w: least squares of b on the columns of A over the simplex, with G = A'A and c = A'b.
 * An active-set method (after Lawson and Hanson 1974, chapter 23, with the sum kept by a multiplier). Columns that determine each other share their weight.
 *
 * @param gram symmetric positive semidefinite, n x n by rows.
 *
 * @example
 * ```ts
 * import { simplexLeastSquares } from "@sage-twin/numerics";
 *
 * // Columns (1, 0) and (0, 1), target (0.3, 0.9): the nearest point of the line between them.
 * const weights = simplexLeastSquares(Float64Array.of(1, 0, 0, 1), Float64Array.of(0.3, 0.9));
 * Array.from(weights, (weight) => weight.toFixed(3)); // => ["0.200", "0.800"]
 * ```
 */
export function simplexLeastSquares(gram: Matrix, right: Float64Array): Float64Array {
  const size = right.length;
  let largest = 0;
  for (let i = 0; i < size; i++) largest = Math.max(largest, gram[i * size + i]);
  if (!(largest > 0)) return new Float64Array(size).fill(1 / size);
  const scaled = gram.map((value) => value / largest);
  const target = right.map((value) => value / largest);
  for (let i = 0; i < size; i++) scaled[i * size + i] += ridge * size;
  const gradientAt = (weights: Float64Array): Float64Array =>
    target.map((value, i) => weights.reduce((sum, weight, j) => sum + scaled[i * size + j] * weight, -value));

  // From the best single column, one further column at a time, as long as one helps.
  const cost = target.map((value, i) => scaled[i * size + i] / 2 - value);
  let best = 0;
  for (let i = 1; i < size; i++) if (cost[i] < cost[best]) best = i;
  let weights = new Float64Array(size);
  weights[best] = 1;
  let free = [best];
  for (let round = 0; round < 10 * size; round++) {
    const gradient = gradientAt(weights);
    const multiplier = weights.reduce((sum, weight, i) => sum + weight * gradient[i], 0);
    let entering = -1;
    for (let i = 0; i < size; i++)
      if (!free.includes(i) && gradient[i] < multiplier - tolerance && !(gradient[i] >= gradient[entering]))
        entering = i;
    if (entering < 0) break;
    free.push(entering);
    for (;;) {
      const wanted = onPlane(scaled, target, free, size);
      // As far towards it as no weight falls below 0; what reaches 0 leaves.
      let share = 1;
      for (const i of free) if (wanted[i] < 0) share = Math.min(share, weights[i] / (weights[i] - wanted[i]));
      weights = weights.map((weight, i) => weight + share * (wanted[i] - weight));
      if (share === 1) break;
      free = free.filter((i) => wanted[i] >= 0 || weights[i] > tolerance);
      weights = weights.map((weight, i) => (free.includes(i) ? weight : 0));
    }
  }
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return weights.map((weight) => weight / total);
}

/** The minimum over the free weights alone, summing to 1: G z = c + m 1. */
function onPlane(gram: Matrix, target: Float64Array, free: readonly number[], size: number): Float64Array {
  const count = free.length;
  const part = Float64Array.from(
    { length: count * count },
    (_, at) => gram[free[Math.floor(at / count)] * size + free[at % count]],
  );
  const factor = cholesky(part, count);
  const base = solveCholesky(
    factor,
    free.map((i) => target[i]),
  );
  const step = solveCholesky(factor, new Float64Array(count).fill(1));
  const sum = (list: Float64Array): number => list.reduce((total, value) => total + value, 0);
  const multiplier = (1 - sum(base)) / sum(step);
  const solution = new Float64Array(size);
  free.forEach((i, at) => {
    solution[i] = base[at] + multiplier * step[at];
  });
  return solution;
}

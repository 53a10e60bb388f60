/** A sum of squares to be made small within a box. */
export interface LeastSquaresProblem {
  /** Bounds of each parameter; infinite where there is none. */
  readonly lower: Float64Array;
  readonly upper: Float64Array;
  /** How many residuals there are. */
  readonly residualCount: number;
  /** Writes the residuals at `parameters` to `output` and returns the sum of their squares; anything not finite marks a point that is not allowed. */
  evaluate(parameters: Float64Array, output: Float64Array): number;
}

/** Where the search ended. */
export interface LeastSquaresResult {
  readonly parameters: Float64Array;
  readonly squares: number;
  readonly evaluations: number;
}

const differenceStep = 1e-7;

/**
 * Minimises a sum of squares within bounds, without derivatives: Levenberg-Marquardt on a difference Jacobian (Marquardt 1963),
 * each step solved within the box by fixing the parameters that it would carry outside. Parameters should be of the order of 1.
 * `start` is clamped into the bounds; it must be an allowed point, else it is returned as it is. At most `iterations`
 * (default 50) Jacobians are formed; the search ends when a step improves the sum by less than the share `tolerance` (default 1e-8).
 *
 * @example
 * ```ts
 * import { minimiseSquares } from "@sage-twin/numerics";
 *
 * const problem = {
 *   lower: Float64Array.of(0),
 *   upper: Float64Array.of(10),
 *   residualCount: 2,
 *   evaluate(parameters: Float64Array, output: Float64Array) {
 *     output[0] = parameters[0] - 3;
 *     output[1] = parameters[0] - 5;
 *     return output[0] ** 2 + output[1] ** 2;
 *   },
 * };
 * minimiseSquares(problem, [1]).parameters[0].toFixed(4); // => "4.0000"
 * ```
 */
export function minimiseSquares(
  problem: LeastSquaresProblem,
  start: ArrayLike<number>,
  options: { readonly iterations?: number; readonly tolerance?: number } = {},
): LeastSquaresResult {
  const { iterations = 50, tolerance = 1e-8 } = options;
  const { lower, upper, residualCount: n } = problem;
  const p = start.length;
  let x = Float64Array.from(start, (value, j) => Math.min(upper[j], Math.max(lower[j], value)));
  let trial = new Float64Array(p);
  let residuals = new Float64Array(n);
  let trialResiduals = new Float64Array(n);
  const columns = Array.from({ length: p }, () => new Float64Array(n));
  const normal = new Float64Array(p * p); // J'J, lower triangle
  const gradient = new Float64Array(p);
  const workspace = new BoxStep(p);
  let squares = problem.evaluate(x, residuals);
  let evaluations = 1;
  let damping = 1e-3;
  for (let iteration = 0; iteration < iterations && Number.isFinite(squares) && squares > 0; iteration++) {
    for (let j = 0; j < p; j++) evaluations += differentiate(problem, x, j, residuals, columns[j], trial);
    for (let j = 0; j < p; j++) {
      gradient[j] = dot(columns[j], residuals);
      for (let k = 0; k <= j; k++) normal[j * p + k] = dot(columns[j], columns[k]);
    }
    let gain = 0;
    while (damping < 1e12) {
      workspace.solve(normal, gradient, damping, x, lower, upper, trial);
      const trialSquares = problem.evaluate(trial, trialResiduals);
      evaluations++;
      if (trialSquares < squares) {
        gain = (squares - trialSquares) / squares;
        squares = trialSquares;
        [x, trial] = [trial, x];
        [residuals, trialResiduals] = [trialResiduals, residuals];
        damping = Math.max(1e-12, damping * 0.1);
        break;
      }
      damping *= 8;
    }
    if (!(gain > tolerance)) break;
  }
  return { parameters: x, squares, evaluations };
}

/** Writes the derivative of the residuals by parameter `j`; returns how many evaluations it took. */
function differentiate(
  problem: LeastSquaresProblem,
  x: Float64Array,
  j: number,
  residuals: Float64Array,
  column: Float64Array,
  point: Float64Array,
): number {
  point.set(x);
  const outward = x[j] + differenceStep <= problem.upper[j] ? differenceStep : -differenceStep;
  for (let tries = 1; tries <= 2; tries++) {
    const step = tries === 1 ? outward : -outward;
    point[j] = x[j] + step;
    if (Number.isFinite(problem.evaluate(point, column))) {
      const inverse = 1 / (point[j] - x[j]);
      for (let i = 0; i < column.length; i++) column[i] = (column[i] - residuals[i]) * inverse;
      return tries;
    }
  }
  column.fill(0);
  return 2;
}

function dot(a: Float64Array, b: Float64Array): number {
  let even = 0;
  let odd = 0;
  const last = a.length - 1;
  for (let i = 0; i < last; i += 2) {
    even += a[i] * b[i];
    odd += a[i + 1] * b[i + 1];
  }
  return (a.length & 1) === 1 ? even + odd + a[last] * b[last] : even + odd;
}

/** Solves (J'J + damping * diag(J'J)) d = -J'r with x + d kept in the box. */
class BoxStep {
  readonly #size: number;
  readonly #factor: Float64Array;
  readonly #free: Int32Array;
  readonly #move: Float64Array;

  constructor(size: number) {
    this.#size = size;
    this.#factor = new Float64Array(size * size);
    this.#free = new Int32Array(size);
    this.#move = new Float64Array(size);
  }

  solve(
    normal: Float64Array,
    gradient: Float64Array,
    damping: number,
    x: Float64Array,
    lower: Float64Array,
    upper: Float64Array,
    result: Float64Array,
  ): void {
    const p = this.#size;
    const free = this.#free;
    const move = this.#move;
    move.fill(0);
    let count = 0;
    for (let j = 0; j < p; j++) {
      const blocked = (x[j] <= lower[j] && gradient[j] >= 0) || (x[j] >= upper[j] && gradient[j] <= 0);
      if (!blocked) free[count++] = j;
    }
    for (;;) {
      this.#solveFree(normal, gradient, damping, count);
      let kept = 0;
      for (let i = 0; i < count; i++) {
        const j = free[i];
        const target = x[j] + move[j];
        if (target < lower[j]) move[j] = lower[j] - x[j];
        else if (target > upper[j]) move[j] = upper[j] - x[j];
        else free[kept++] = j;
      }
      if (kept === count) break;
      count = kept;
    }
    for (let j = 0; j < p; j++) result[j] = Math.min(upper[j], Math.max(lower[j], x[j] + move[j]));
  }

  /** Cholesky on the free parameters; what the fixed ones move goes to the right-hand side. */
  #solveFree(normal: Float64Array, gradient: Float64Array, damping: number, count: number): void {
    const p = this.#size;
    const factor = this.#factor;
    const free = this.#free;
    const move = this.#move;
    for (let i = 0; i < count; i++) move[free[i]] = 0;
    const right = new Float64Array(count);
    for (let i = 0; i < count; i++) {
      const row = free[i];
      let value = -gradient[row];
      for (let j = 0; j < p; j++)
        if (move[j] !== 0) value -= (j < row ? normal[row * p + j] : normal[j * p + row]) * move[j];
      right[i] = value;
    }
    for (let i = 0; i < count; i++) {
      const row = free[i];
      for (let k = 0; k <= i; k++) {
        const column = free[k];
        let value = row >= column ? normal[row * p + column] : normal[column * p + row];
        if (i === k) value = value * (1 + damping) + 1e-30;
        for (let q = 0; q < k; q++) value -= factor[i * p + q] * factor[k * p + q];
        factor[i * p + k] = i === k ? Math.sqrt(Math.max(value, 1e-30)) : value / factor[k * p + k];
      }
      for (let q = 0; q < i; q++) right[i] -= factor[i * p + q] * right[q];
      right[i] /= factor[i * p + i];
    }
    for (let i = count - 1; i >= 0; i--) {
      for (let q = i + 1; q < count; q++) right[i] -= factor[q * p + i] * right[q];
      right[i] /= factor[i * p + i];
    }
    for (let i = 0; i < count; i++) move[free[i]] = right[i];
  }
}

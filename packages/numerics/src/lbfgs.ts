/** A smooth function to be made small. */
export interface MinimiseProblem {
  /** Writes the gradient at `parameters` and returns the value; anything not finite marks a point that is not allowed. */
  evaluate(parameters: Float64Array, gradient: Float64Array): number;
  /**
   * Multiplies a gradient in place by an approximate inverse of the Hessian, positive definite: what the search starts from.
   * Default: the identity, scaled by the last step.
   */
  precondition?(gradient: Float64Array): void;
}

/** When the search ends. */
export interface MinimiseOptions {
  /** The largest number of steps. Default 500. */
  readonly iterations?: number;
  /** The search ends when a step gains less than this share of the value, or of 1 where the value is smaller. Default 1e-10. */
  readonly tolerance?: number;
  /** How many past steps shape the next one. Default 10. */
  readonly memory?: number;
}

/** Where the search ended. */
export interface MinimiseResult {
  readonly parameters: Float64Array;
  readonly value: number;
  readonly iterations: number;
  readonly evaluations: number;
  /** Whether it ended by its tolerance, not by the number of steps. */
  readonly converged: boolean;
}

const sufficientDecrease = 1e-4;
const curvature = 0.9;
const longestSearch = 40;

/**
 * Minimises a smooth function by L-BFGS (Nocedal 1980; Liu and Nocedal 1989) with a line search that brackets the weak Wolfe
 * conditions by bisection, which also passes kinks (Lewis and Overton 2013). `start` must be an allowed point, else it is returned as it is.
 *
 * @example
 * ```ts
 * import { minimise } from "@sage-twin/numerics";
 *
 * const valley = {
 *   evaluate([x, y]: Float64Array, gradient: Float64Array) {
 *     gradient[0] = -2 * (1 - x) - 400 * x * (y - x * x);
 *     gradient[1] = 200 * (y - x * x);
 *     return (1 - x) ** 2 + 100 * (y - x * x) ** 2; // Rosenbrock
 *   },
 * };
 * Array.from(minimise(valley, [-1.2, 1]).parameters, (value) => value.toFixed(4)); // => ["1.0000", "1.0000"]
 * ```
 */
export function minimise(
  problem: MinimiseProblem,
  start: ArrayLike<number>,
  options: MinimiseOptions = {},
): MinimiseResult {
  const { iterations = 500, tolerance = 1e-10, memory = 10 } = options;
  const size = start.length;
  let x = Float64Array.from(start);
  let next = new Float64Array(size);
  let gradient = new Float64Array(size);
  let nextGradient = new Float64Array(size);
  const direction = new Float64Array(size);
  const history = new History(size, memory);
  let value = problem.evaluate(x, gradient);
  let evaluations = 1;
  let iteration = 0;
  let converged = false;

  /** Goes along the direction; false where no point satisfies the conditions and none is lower. */
  const search = (slope: number, first: number): boolean => {
    let low = 0;
    let high = Number.POSITIVE_INFINITY;
    let step = first;
    let nextValue = value;
    for (let trial = 0; trial < longestSearch; trial++) {
      for (let i = 0; i < size; i++) next[i] = x[i] + step * direction[i];
      nextValue = problem.evaluate(next, nextGradient);
      evaluations++;
      if (!(nextValue <= value + sufficientDecrease * step * slope)) high = step;
      else if (dot(nextGradient, direction) < curvature * slope) low = step;
      else break;
      step = high < Number.POSITIVE_INFINITY ? (low + high) / 2 : 2 * step;
    }
    if (!(nextValue < value)) return false;
    history.push(x, next, gradient, nextGradient);
    converged = value - nextValue <= tolerance * Math.max(1, Math.abs(value), Math.abs(nextValue));
    value = nextValue;
    [x, next] = [next, x];
    [gradient, nextGradient] = [nextGradient, gradient];
    return true;
  };

  while (Number.isFinite(value) && !converged && iteration < iterations) {
    history.direction(gradient, direction, problem);
    let slope = dot(gradient, direction);
    if (!(slope < 0)) {
      history.clear();
      history.direction(gradient, direction, problem);
      slope = dot(gradient, direction);
      if (!(slope < 0)) {
        converged = slope === 0;
        break;
      }
    }
    iteration++;
    const known = history.count > 0 || problem.precondition !== undefined;
    const first = known ? 1 : Math.min(1, 1 / Math.sqrt(dot(gradient, gradient)));
    if (search(slope, first)) continue;
    if (history.count === 0) {
      converged = true; // not even the steepest descent leads lower: the digits are used up
      break;
    }
    history.clear();
  }
  return { parameters: x, value, iterations: iteration, evaluations, converged };
}

/** The last steps and what they changed in the gradient. */
class History {
  readonly #steps: Float64Array[];
  readonly #changes: Float64Array[];
  readonly #inverse: Float64Array;
  readonly #factor: Float64Array;
  readonly #memory: number;
  count = 0;
  #newest = -1;

  constructor(size: number, memory: number) {
    this.#memory = memory;
    this.#steps = Array.from({ length: memory }, () => new Float64Array(size));
    this.#changes = Array.from({ length: memory }, () => new Float64Array(size));
    this.#inverse = new Float64Array(memory);
    this.#factor = new Float64Array(memory);
  }

  clear(): void {
    this.count = 0;
  }

  push(x: Float64Array, next: Float64Array, gradient: Float64Array, nextGradient: Float64Array): void {
    const slot = (this.#newest + 1) % this.#memory;
    const step = this.#steps[slot];
    const change = this.#changes[slot];
    for (let i = 0; i < x.length; i++) {
      step[i] = next[i] - x[i];
      change[i] = nextGradient[i] - gradient[i];
    }
    const bend = dot(step, change);
    if (!(bend > 1e-16 * dot(change, change))) return;
    this.#inverse[slot] = 1 / bend;
    this.#newest = slot;
    this.count = Math.min(this.count + 1, this.#memory);
  }

  /** The two loops of Nocedal (1980): writes minus the inverse Hessian times the gradient. */
  direction(gradient: Float64Array, output: Float64Array, { precondition }: MinimiseProblem): void {
    output.set(gradient);
    const slotAt = (age: number): number => (this.#newest - age + this.#memory) % this.#memory;
    for (let age = 0; age < this.count; age++) {
      const slot = slotAt(age);
      this.#factor[slot] = this.#inverse[slot] * dot(this.#steps[slot], output);
      addScaled(output, this.#changes[slot], -this.#factor[slot]);
    }
    if (precondition !== undefined) precondition(output);
    else if (this.count > 0) {
      const change = this.#changes[this.#newest];
      const scale = 1 / (this.#inverse[this.#newest] * dot(change, change));
      for (let i = 0; i < output.length; i++) output[i] *= scale;
    }
    for (let age = this.count - 1; age >= 0; age--) {
      const slot = slotAt(age);
      const back = this.#inverse[slot] * dot(this.#changes[slot], output);
      addScaled(output, this.#steps[slot], this.#factor[slot] - back);
    }
    for (let i = 0; i < output.length; i++) output[i] = -output[i];
  }
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
  return sum;
}

function addScaled(target: Float64Array, values: Float64Array, factor: number): void {
  for (let i = 0; i < target.length; i++) target[i] += factor * values[i];
}

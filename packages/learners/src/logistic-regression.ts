import { defineEnvelope, exp, log1p, type Path } from "@sage-twin/kernel";
import { cholesky, type Matrix, minimise, solveCholesky } from "@sage-twin/numerics";
import type { FittedLinear, LinearOptions } from "./linear-regression.js";
import { byName, type LinearState, linearShape, predictLinear, unstandardise } from "./linear-state.js";
import { logistic } from "./logistic.js";
import { standardise } from "./standardise.js";
import { checkBinary, checkNumber, readTraining, type TrainingTable } from "./table.js";
import type { Learner } from "./types.js";

const format = /* @__PURE__ */ defineEnvelope<LinearState>({
  kind: "learner/logistic",
  version: 1,
  parse: linearShape,
});

const mostSteps = 50;
const widestNewton = 300;
const farthest = 30; // log-odds beyond which a probability is 0 or 1 for every purpose

/**
 * The probability that a target of 0 and 1 is 1, as a logistic function of a weighted sum, with a ridge of 1 by default (half of the ridge times
 * the squared standardised coefficients is added to the negative log-likelihood). By Newton's method (iteratively reweighted least squares), and by
 * L-BFGS beyond 300 columns or where a Newton step leads nowhere. Without a ridge, classes that a sum separates have no finite answer: the search stops and `notes` says so.
 *
 * @example
 * ```ts
 * import { logisticRegression } from "@sage-twin/learners";
 *
 * const fitted = logisticRegression().fit({ visits: [1, 2, 3, 4, 5, 6] }, [0, 0, 1, 0, 1, 1]);
 * const [few, many] = fitted.predict({ visits: [1, 6] });
 * few < 0.5 && many > 0.5; // => true
 * ```
 */
export function logisticRegression(options: LinearOptions = {}): Learner<FittedLinear> {
  const ridge = checkNumber(options.ridge ?? 1, "ridge", 0, 1e100);
  const impute = options.missing === "impute";
  return {
    name: "logisticRegression",
    fit(columns, target, { weights } = {}) {
      const table = readTraining(columns, target, weights, impute);
      checkBinary(table.target);
      return publish(fitLogistic(table, ridge, impute));
    },
  };
}

/** The fitted model that its `toJSON()` saved. */
export function openLogistic(json: unknown, path?: Path): FittedLinear {
  return publish(format.open(json, path));
}

/** The penalised negative log-likelihood of log-odds columns; the last parameter is the intercept. */
class Likelihood {
  readonly size: number;
  readonly #columns: readonly Float64Array[];
  readonly #target: Float64Array;
  readonly #weights: Float64Array | undefined;
  readonly #ridge: number;
  readonly odds: Float64Array;
  readonly #curve: Float64Array;

  constructor(columns: readonly Float64Array[], { target, weights }: TrainingTable, ridge: number) {
    this.size = columns.length + 1;
    this.#columns = [...columns, new Float64Array(target.length).fill(1)];
    this.#target = target;
    this.#weights = weights;
    this.#ridge = ridge;
    this.odds = new Float64Array(target.length);
    this.#curve = new Float64Array(target.length);
  }

  evaluate(parameters: Float64Array, gradient: Float64Array): number {
    const odds = this.odds.fill(0);
    for (let j = 0; j < this.size; j++) {
      const column = this.#columns[j];
      for (let row = 0; row < odds.length; row++) odds[row] += parameters[j] * column[row];
    }
    let value = 0;
    const error = this.#curve;
    for (let row = 0; row < odds.length; row++) {
      const x = odds[row];
      const weight = this.#weights === undefined ? 1 : this.#weights[row];
      value += weight * (log1p(exp(-Math.abs(x))) + Math.max(x, 0) - this.#target[row] * x);
      error[row] = weight * (logistic(x) - this.#target[row]);
    }
    for (let j = 0; j < this.size; j++) {
      const column = this.#columns[j];
      const penalty = j === this.size - 1 ? 0 : this.#ridge * parameters[j];
      let sum = penalty;
      for (let row = 0; row < odds.length; row++) sum += error[row] * column[row];
      gradient[j] = sum;
      value += (penalty * parameters[j]) / 2;
    }
    return value;
  }

  /** The matrix of second derivatives where `evaluate` was last called. */
  curvature(): Matrix {
    const { size, odds } = this;
    const matrix = new Float64Array(size * size);
    const curve = this.#curve;
    for (let row = 0; row < odds.length; row++) {
      const p = logistic(odds[row]);
      curve[row] = (this.#weights === undefined ? 1 : this.#weights[row]) * p * (1 - p);
    }
    for (let i = 0; i < size; i++) {
      for (let j = 0; j <= i; j++) {
        const [a, b] = [this.#columns[i], this.#columns[j]];
        let sum = i === j && i < size - 1 ? this.#ridge : 0;
        for (let row = 0; row < odds.length; row++) sum += curve[row] * a[row] * b[row];
        matrix[i * size + j] = sum;
        matrix[j * size + i] = sum;
      }
    }
    return matrix;
  }
}

function fitLogistic(table: TrainingTable, ridge: number, impute: boolean): LinearState {
  const { columns, scales, notes } = standardise(table, table.weights);
  const used = columns.filter((_, index) => scales[index].scale > 0);
  const likelihood = new Likelihood(used, table, ridge);
  const start = new Float64Array(likelihood.size);
  const found =
    (likelihood.size <= widestNewton ? newton(likelihood, start) : undefined) ??
    minimise(likelihood, start, { tolerance: 1e-13 }).parameters;
  likelihood.evaluate(found, new Float64Array(likelihood.size));
  const certain = likelihood.odds.every((x) => Math.abs(x) > farthest / 2);
  const constant = table.names.filter((_, index) => scales[index].scale === 0);
  const standard = new Float64Array(columns.length);
  for (let index = 0, at = 0; index < columns.length; index++)
    if (scales[index].scale > 0) standard[index] = found[at++];
  return {
    features: table.names,
    ...unstandardise(standard, scales, found[likelihood.size - 1]),
    fill: impute ? scales.map((scale) => scale.centre) : [],
    notes: [
      ...notes,
      ...(constant.length > 0 ? [`constant, without effect: ${constant.join(", ")}`] : []),
      ...(certain
        ? ["the columns separate the two outcomes: the coefficients have no finite best value, give a ridge above 0"]
        : []),
    ],
  };
}

/** Newton's method with halved steps; `undefined` where the curvature is singular or no step leads down. */
function newton(likelihood: Likelihood, start: Float64Array): Float64Array | undefined {
  const size = start.length;
  let x = start;
  let gradient = new Float64Array(size);
  let nextGradient = new Float64Array(size);
  let value = likelihood.evaluate(x, gradient);
  for (let iteration = 0; iteration < mostSteps; iteration++) {
    let step: Float64Array;
    try {
      step = solveCholesky(cholesky(likelihood.curvature(), size), gradient);
    } catch {
      return undefined;
    }
    const decrement = step.reduce((sum, part, i) => sum + part * gradient[i], 0);
    if (!(decrement > 1e-18 * (1 + Math.abs(value)))) return x;
    let next = x;
    let nextValue = Number.POSITIVE_INFINITY;
    for (let factor = 1; !(nextValue <= value - 1e-4 * factor * decrement); factor /= 2) {
      if (factor < 1e-10) return decrement < 1e-9 * (1 + Math.abs(value)) ? x : undefined;
      next = x.map((part, i) => part - factor * step[i]);
      nextValue = likelihood.evaluate(next, nextGradient);
    }
    x = next;
    value = nextValue;
    [gradient, nextGradient] = [nextGradient, gradient];
    if (likelihood.odds.every((odds) => Math.abs(odds) > farthest)) return x;
  }
  return x;
}

function publish(state: LinearState): FittedLinear {
  const { features, notes, intercept, coefficients } = state;
  return Object.freeze({
    name: "logisticRegression",
    features,
    notes,
    intercept,
    coefficients: byName(features, coefficients),
    predict: (columns) => predictLinear(state, columns).map(logistic),
    toJSON: () => format.seal(state),
  } satisfies FittedLinear);
}

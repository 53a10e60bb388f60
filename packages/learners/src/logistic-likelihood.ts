import { exp, log1p } from "@sage-twin/kernel";
import type { Matrix } from "@sage-twin/numerics";
import { logistic } from "./logistic.js";
import type { TrainingTable } from "./table.js";

/** The penalised negative log-likelihood of log-odds columns; the last parameter is the intercept. */
export class LogisticLikelihood {
  readonly size: number;
  readonly #columns: readonly Float64Array[];
  readonly #target: Float64Array;
  readonly #weights: Float64Array | undefined;
  readonly #ridge: number;
  readonly odds: Float64Array;
  readonly #curve: Float64Array;
  readonly #scaled: Float64Array;

  constructor(columns: readonly Float64Array[], { target, weights }: TrainingTable, ridge: number) {
    this.size = columns.length + 1;
    this.#columns = [...columns, new Float64Array(target.length).fill(1)];
    this.#target = target;
    this.#weights = weights;
    this.#ridge = ridge;
    this.odds = new Float64Array(target.length);
    this.#curve = new Float64Array(target.length);
    this.#scaled = new Float64Array(target.length);
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
    const scaled = this.#scaled;
    for (let i = 0; i < size; i++) {
      const own = this.#columns[i];
      for (let row = 0; row < odds.length; row++) scaled[row] = curve[row] * own[row];
      for (let j = 0; j <= i; j += 4) this.#addProducts(matrix, i, j);
      if (i < size - 1) matrix[i * size + i] += this.#ridge;
      for (let j = 0; j < i; j++) matrix[j * size + i] = matrix[i * size + j];
    }
    return matrix;
  }

  /** Four sums at a time, so that none waits for another. */
  #addProducts(matrix: Matrix, i: number, j: number): void {
    const scaled = this.#scaled;
    const last = this.size - 1;
    const a = this.#columns[j];
    const b = this.#columns[Math.min(j + 1, last)];
    const c = this.#columns[Math.min(j + 2, last)];
    const d = this.#columns[Math.min(j + 3, last)];
    let sumA = 0;
    let sumB = 0;
    let sumC = 0;
    let sumD = 0;
    for (let row = 0; row < scaled.length; row++) {
      const factor = scaled[row];
      sumA += factor * a[row];
      sumB += factor * b[row];
      sumC += factor * c[row];
      sumD += factor * d[row];
    }
    const at = i * this.size + j;
    matrix[at] = sumA;
    if (j + 1 <= i) matrix[at + 1] = sumB;
    if (j + 2 <= i) matrix[at + 2] = sumC;
    if (j + 3 <= i) matrix[at + 3] = sumD;
  }
}

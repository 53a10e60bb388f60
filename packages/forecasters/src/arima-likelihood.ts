import { exp, log } from "@sage-twin/kernel";
import { type SparseLags, sparse } from "./arima-polynomial.js";

const settled = 1e-10;

/**
 * The exact Gaussian likelihood of an ARMA process by the Kalman filter, on a state of r = max(p, q + 1) numbers (Harvey 1989, section 3.3). The
 * observation has no error of its own, so that the covariance after it has a first row of zeros, and
 *   P'(i,k) = P(i+1,k+1) - P(i+1,0) P(k+1,0) / F + R(i) R(k).
 * Where P has come down to R R', the filter is the recursion of the innovations itself.
 */
export class ArimaLikelihood {
  readonly #length: number;
  #state = new Float64Array(0);
  #covariance = new Float64Array(0); // upper triangle, row-major
  #loading = new Float64Array(0);
  #first = new Float64Array(0);
  /** The values, a missing one as its forecast. */
  readonly #filled: Float64Array;
  /** The one-step errors of the last evaluation; 0 where the value is missing. */
  readonly errors: Float64Array;
  /** |F|^(1/n) of the last evaluation: its sum of squares is this times that of the errors over their variances. */
  determinant = 1;

  constructor(length: number) {
    this.#length = length;
    this.#filled = new Float64Array(length);
    this.errors = new Float64Array(length);
  }

  /**
   * Writes to `output` residuals whose sum of squares is n sigma^2 |F|^(1/n): what maximum likelihood makes small. Returns that sum; NaN where
   * the process is not stationary.
   */
  evaluate(values: Float64Array, ar: Float64Array, ma: Float64Array, output: Float64Array): number {
    const size = Math.max(ar.length, ma.length + 1);
    if (this.#state.length !== size) {
      this.#state = new Float64Array(size);
      this.#covariance = new Float64Array(size * size);
      this.#loading = new Float64Array(size);
      this.#first = new Float64Array(size);
    }
    const state = this.#state.fill(0);
    const covariance = this.#covariance;
    const loading = this.#loading.fill(0);
    loading[0] = 1;
    loading.set(ma, 1);
    if (!startCovariance(covariance, loading, ar, ma, size)) return Number.NaN;

    const { errors } = this;
    const filled = this.#filled;
    filled.set(values);
    let squares = 0;
    let logarithms = 0;
    let product = 1;
    let observed = 0;
    let steady = false;
    const arLags = sparse(ar);
    const maLags = sparse(ma);
    for (let t = 0; t < this.#length; t++) {
      const value = values[t];
      if (steady && !Number.isNaN(value)) {
        const error = value - predict(filled, errors, t, arLags, maLags);
        errors[t] = error;
        output[t] = error;
        squares += error * error;
        observed++;
        continue;
      }
      if (steady) this.#rebuild(filled, t, ar, ma, size);
      steady = false;
      const variance = covariance[0];
      if (Number.isNaN(value)) {
        filled[t] = state[0];
        errors[t] = 0;
        output[t] = 0;
        propagate(state, covariance, loading, arLags, size, this.#first);
        continue;
      }
      const error = value - state[0];
      const scaled = error / Math.sqrt(variance);
      errors[t] = error;
      output[t] = scaled;
      squares += scaled * scaled;
      product *= variance;
      if (product > 1e100 || product < 1e-100) {
        logarithms += log(product);
        product = 1;
      }
      observed++;
      const gap = this.#update(error, variance, ar, value);
      steady = gap < settled && t + 1 >= size;
    }
    if (!(observed > 0)) return Number.NaN;
    const factor = exp((logarithms + log(product)) / observed);
    this.determinant = factor;
    const root = Math.sqrt(factor);
    for (let t = 0; t < this.#length; t++) output[t] *= root;
    return squares * factor;
  }

  /** One step on from an observed value; returns how far the covariance still is from that of a long series. */
  #update(error: number, variance: number, ar: Float64Array, value: number): number {
    const state = this.#state;
    const covariance = this.#covariance;
    const loading = this.#loading;
    const first = this.#first;
    const size = state.length;
    for (let i = 0; i < size; i++) first[i] = covariance[i];
    const gain = error / variance;
    for (let i = 0; i < size; i++) {
      const next = i + 1 < size ? state[i + 1] + first[i + 1] * gain : 0;
      state[i] = next + (i < ar.length ? ar[i] * value : 0);
    }
    const inverse = 1 / variance;
    let gap = 0;
    for (let i = 0; i < size; i++) {
      const own = loading[i];
      const scaled = i + 1 < size ? first[i + 1] * inverse : 0;
      for (let k = i; k < size; k++) {
        const carried = k + 1 < size ? covariance[(i + 1) * size + k + 1] - scaled * first[k + 1] : 0;
        covariance[i * size + k] = carried + own * loading[k];
        const distance = carried < 0 ? -carried : carried;
        if (distance > gap) gap = distance;
      }
    }
    return gap;
  }

  /** The filter's state in the middle of a long series, where only the innovations were carried on. */
  #rebuild(values: Float64Array, end: number, ar: Float64Array, ma: Float64Array, size: number): void {
    const { errors } = this;
    const loading = this.#loading;
    for (let i = 0; i < size; i++) {
      let sum = 0;
      for (let j = i; j < ar.length; j++) if (ar[j] !== 0) sum += ar[j] * values[end - 1 - (j - i)];
      for (let j = i; j < ma.length; j++) if (ma[j] !== 0) sum += ma[j] * errors[end - 1 - (j - i)];
      this.#state[i] = sum;
      for (let k = 0; k < size; k++) this.#covariance[i * size + k] = loading[i] * loading[k];
    }
  }
}

/** Sums of squares of the innovations from a start of zeros: quick, and near enough to start from. */
export function conditionalSquares(
  values: Float64Array,
  ar: Float64Array,
  ma: Float64Array,
  errors: Float64Array,
): number {
  const arLags = sparse(ar);
  const maLags = sparse(ma);
  let squares = 0;
  for (let t = 0; t < values.length; t++) {
    if (Number.isNaN(values[t])) {
      errors[t] = 0;
      continue;
    }
    const error = values[t] - predict(values, errors, t, arLags, maLags);
    errors[t] = Number.isNaN(error) ? 0 : error;
    squares += errors[t] * errors[t];
  }
  return squares;
}

function predict(values: Float64Array, errors: Float64Array, t: number, ar: SparseLags, ma: SparseLags): number {
  let sum = 0;
  for (let i = 0; i < ar.lag.length; i++) if (ar.lag[i] <= t) sum += ar.value[i] * values[t - ar.lag[i]];
  for (let i = 0; i < ma.lag.length; i++) if (ma.lag[i] <= t) sum += ma.value[i] * errors[t - ma.lag[i]];
  return sum;
}

/** A step without an observation: a' = T a, P' = T P T' + R R'. */
function propagate(
  state: Float64Array,
  covariance: Float64Array,
  loading: Float64Array,
  ar: SparseLags,
  size: number,
  first: Float64Array,
): void {
  const head = state[0];
  const variance = covariance[0];
  for (let i = 0; i < size; i++) first[i] = i + 1 < size ? covariance[i + 1] : 0;
  for (let i = 0; i < size; i++) {
    state[i] = i + 1 < size ? state[i + 1] : 0;
    const own = loading[i];
    const row = i * size;
    const below = row + size + 1;
    for (let k = i; k < size - 1; k++) covariance[row + k] = covariance[below + k] + own * loading[k];
    covariance[row + size - 1] = own * loading[size - 1];
  }
  for (let lag = 0; lag < ar.lag.length; lag++) {
    const i = ar.lag[lag] - 1;
    const a = ar.value[lag];
    state[i] += a * head;
    for (let k = i; k < size; k++) covariance[i * size + k] += a * first[k];
    for (let k = 0; k <= i; k++) covariance[k * size + i] += a * first[k];
    for (let other = lag; other < ar.lag.length; other++)
      covariance[i * size + ar.lag[other] - 1] += a * ar.value[other] * variance;
  }
}

/**
 * The covariance of the state before the first value, for innovations of variance 1. Its first row is Cov(y(t), a(t)) from autocovariances and
 * psi weights; the rest follows from P = T P T' + R R', from the last corner back. Returns whether the process is stationary.
 */
function startCovariance(
  covariance: Float64Array,
  loading: Float64Array,
  ar: Float64Array,
  ma: Float64Array,
  size: number,
): boolean {
  const psi = new Float64Array(size);
  for (let j = 0; j < size; j++) {
    let value = j === 0 ? 1 : (ma[j - 1] ?? 0);
    for (let i = 1; i <= Math.min(j, ar.length); i++) value += ar[i - 1] * psi[j - i];
    psi[j] = value;
  }
  const gamma = autocovariances(ar, loading, psi, size);
  if (gamma === undefined || !(gamma[0] > 0)) return false;
  for (let k = 0; k < size; k++) {
    let sum = 0;
    if (k === 0) sum = gamma[0];
    else {
      for (let j = k; j < ar.length; j++) sum += ar[j] * gamma[j - k + 1];
      for (let j = k; j < size; j++) sum += loading[j] * psi[j - k];
    }
    covariance[k] = sum;
  }
  for (let i = size - 1; i >= 1; i--) {
    for (let k = size - 1; k >= i; k--) {
      const a = ar[i] ?? 0;
      const b = ar[k] ?? 0;
      const shifted = k + 1 < size ? covariance[(i + 1) * size + k + 1] : 0;
      const crossA = k + 1 < size ? a * covariance[k + 1] : 0;
      const crossB = i + 1 < size ? b * covariance[i + 1] : 0;
      covariance[i * size + k] = a * b * covariance[0] + crossA + crossB + shifted + loading[i] * loading[k];
    }
  }
  return true;
}

/** gamma(0..p): gamma(k) - sum of ar(j) gamma(|k - j|) = sum over j >= k of theta(j) psi(j - k), by elimination with pivoting. */
function autocovariances(
  ar: Float64Array,
  loading: Float64Array,
  psi: Float64Array,
  size: number,
): Float64Array | undefined {
  const order = ar.length;
  const count = order + 1;
  const right = new Float64Array(Math.max(count, size));
  const matrix = new Float64Array(count * count);
  for (let k = 0; k < count; k++) {
    for (let j = k; j < size; j++) right[k] += loading[j] * psi[j - k];
    matrix[k * count + k] += 1;
    for (let j = 1; j <= order; j++) matrix[k * count + Math.abs(k - j)] -= ar[j - 1];
  }
  for (let column = 0; column < count; column++) {
    let pivot = column;
    for (let row = column + 1; row < count; row++)
      if (Math.abs(matrix[row * count + column]) > Math.abs(matrix[pivot * count + column])) pivot = row;
    const head = matrix[pivot * count + column];
    if (!(Math.abs(head) > 1e-14)) return undefined;
    if (pivot !== column) {
      for (let k = column; k < count; k++) {
        const held = matrix[column * count + k];
        matrix[column * count + k] = matrix[pivot * count + k];
        matrix[pivot * count + k] = held;
      }
      const held = right[column];
      right[column] = right[pivot];
      right[pivot] = held;
    }
    for (let row = column + 1; row < count; row++) {
      const factor = matrix[row * count + column] / head;
      if (factor === 0) continue;
      for (let k = column; k < count; k++) matrix[row * count + k] -= factor * matrix[column * count + k];
      right[row] -= factor * right[column];
    }
  }
  const gamma = new Float64Array(count);
  for (let row = count - 1; row >= 0; row--) {
    let sum = right[row];
    for (let k = row + 1; k < count; k++) sum -= matrix[row * count + k] * gamma[k];
    gamma[row] = sum / matrix[row * count + row];
  }
  return gamma;
}

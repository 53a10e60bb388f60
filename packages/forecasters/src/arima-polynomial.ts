import type { ArimaOrder } from "./arima-order.js";

/** The coefficients of the four factors: `1 - ar B`, `1 + ma B`, and the seasonal ones in B^s. */
export interface ArimaCoefficients {
  readonly ar: readonly number[];
  readonly ma: readonly number[];
  readonly seasonalAr: readonly number[];
  readonly seasonalMa: readonly number[];
}

/** The terms of a lag polynomial that are not zero: x(t) = sum of value[i] x(t - lag[i]). */
export interface SparseLags {
  readonly lag: Int32Array;
  readonly value: Float64Array;
}

/** Coefficients of a stationary autoregression from its partial autocorrelations, each in (-1, 1) (Durbin and Levinson). */
export function fromPartials(partials: ArrayLike<number>, from: number, count: number): number[] {
  let coefficients: number[] = [];
  for (let order = 0; order < count; order++) {
    const partial = partials[from + order];
    const before = coefficients;
    coefficients = before.map((value, index) => value - partial * before[order - 1 - index]);
    coefficients.push(partial);
  }
  return coefficients;
}

/** The product of `1 - short B ...` and `1 - long B^s ...` as the lags on its right-hand side. */
function multiplyLags(short: readonly number[], long: readonly number[], seasonLength: number): Float64Array {
  const product = new Float64Array(short.length + long.length * seasonLength);
  short.forEach((value, index) => {
    product[index] += value;
  });
  long.forEach((value, season) => {
    const lag = (season + 1) * seasonLength;
    product[lag - 1] += value;
    short.forEach((other, index) => {
      product[lag + index] -= value * other;
    });
  });
  return product;
}

/** The autoregressive lags of the model, differences left out. */
export function autoregression({ ar, seasonalAr }: ArimaCoefficients, seasonLength: number): Float64Array {
  return multiplyLags(ar, seasonalAr, seasonLength);
}

/** The moving-average lags of the model. */
export function movingAverage({ ma, seasonalMa }: ArimaCoefficients, seasonLength: number): Float64Array {
  const negated = multiplyLags(
    ma.map((value) => -value),
    seasonalMa.map((value) => -value),
    seasonLength,
  );
  return negated.map((value) => -value);
}

/** The autoregressive lags with the differences multiplied in. */
export function withDifferences(lags: Float64Array, { d, D, seasonLength }: ArimaOrder): Float64Array {
  let product = lags;
  const times = (lag: number): void => {
    const next = new Float64Array(product.length + lag);
    next.set(product);
    next[lag - 1] += 1;
    for (let index = 0; index < product.length; index++) next[lag + index] -= product[index];
    product = next;
  };
  for (let i = 0; i < d; i++) times(1);
  for (let i = 0; i < D; i++) times(seasonLength);
  return product;
}

export function sparse(lags: Float64Array): SparseLags {
  const found = Array.from(lags.keys()).filter((index) => lags[index] !== 0);
  return {
    lag: Int32Array.from(found, (index) => index + 1),
    value: Float64Array.from(found, (index) => lags[index]),
  };
}

/** The differences of a series; the first `d + s D` values are lost, and every one that a missing value enters is NaN. */
export function difference(values: Float64Array, { d, D, seasonLength }: ArimaOrder): Float64Array {
  let result = values;
  const once = (lag: number): void => {
    const before = result;
    result = before.slice(Math.min(lag, before.length)).map((value, t) => value - before[t]);
  };
  for (let i = 0; i < D; i++) once(seasonLength);
  for (let i = 0; i < d; i++) once(1);
  return result;
}

/** What an innovation adds to the value j steps later: 1, psi(1), psi(2) ... */
export function psiWeights(ar: SparseLags, ma: Float64Array, count: number): Float64Array {
  const psi = new Float64Array(count);
  for (let j = 0; j < count; j++) {
    let value = j === 0 ? 1 : (ma[j - 1] ?? 0);
    for (let i = 0; i < ar.lag.length && ar.lag[i] <= j; i++) value += ar.value[i] * psi[j - ar.lag[i]];
    psi[j] = value;
  }
  return psi;
}

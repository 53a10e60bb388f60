import { log, TwinError } from "@sage-twin/kernel";
import { cholesky, invertCholesky, solveCholesky } from "@sage-twin/numerics";

/**
 * A random-walk level plus a regression, learnt on the rows before `start`, for one ratio of the level's step variance to the noise
 * variance. The level after the last row is tracked by a Kalman filter from the first row's; the first level and the slopes are
 * regression coefficients with flat priors (the augmented filter of de Jong 1991), the noise variance is integrated out.
 */
export class LevelRegression {
  readonly logLikelihood: number;
  readonly #start: number;
  readonly #columns: readonly Float64Array[];
  readonly #coefficients: Float64Array;
  readonly #inverse: Float64Array;
  /** What of the final level each regressor and the outcome brought. */
  readonly #brought: Float64Array;
  readonly #levelVariance: number;
  readonly #variance: number;
  readonly #ratio: number;

  constructor(
    series: Float64Array,
    regressors: readonly Float64Array[],
    names: readonly string[],
    start: number,
    ratio: number,
  ) {
    const columns = [series.map(() => 1), ...regressors];
    const size = columns.length;
    const all = [...columns, series];
    // The filter is linear: it runs on the outcome and on each regressor alike, whitening them.
    const level = new Float64Array(all.length);
    const gram = new Float64Array(size * size);
    const right = new Float64Array(size);
    const errors = new Float64Array(all.length);
    let squares = 0;
    let logs = 0;
    let spread = 0;
    for (let row = 0; row < start; row++) {
      const variance = spread + 1;
      const gain = spread / variance;
      for (let i = 0; i < all.length; i++) errors[i] = all[i][row] - level[i];
      for (let i = 0; i < size; i++) {
        right[i] += (errors[i] * errors[size]) / variance;
        for (let j = 0; j < size; j++) gram[i * size + j] += (errors[i] * errors[j]) / variance;
      }
      squares += errors[size] ** 2 / variance;
      logs += log(variance);
      for (let i = 0; i < all.length; i++) level[i] += gain * errors[i];
      spread = spread * (1 - gain) + ratio;
    }
    const scales = Float64Array.from({ length: size }, (_, i) => Math.sqrt(gram[i * size + i]));
    const scaled = gram.map((value, at) => value / (scales[Math.floor(at / size)] * scales[at % size]));
    let factor: Float64Array;
    try {
      factor = cholesky(scaled, size);
    } catch {
      factor = new Float64Array(size * size);
    }
    const bad = columns.findIndex((_, i) => !(factor[i * size + i] > 1e-6));
    if (bad >= 0)
      throw new TwinError({
        code: "invalid-data",
        path: ["controls"],
        message: `the controls ${names.join(", ")} determine each other, or one is constant, before the event`,
        fix: "leave one out",
      });
    const solution = solveCholesky(
      factor,
      right.map((value, i) => value / scales[i]),
    );
    this.#coefficients = solution.map((value, i) => value / scales[i]);
    this.#inverse = invertCholesky(factor, size).map(
      (value, at) => value / (scales[Math.floor(at / size)] * scales[at % size]),
    );
    const left = squares - this.#coefficients.reduce((sum, value, i) => sum + value * right[i], 0);
    const degrees = start - size;
    this.#variance = Math.max(left / degrees, 1e-20 * (squares / start) + Number.MIN_VALUE);
    let determinant = 0;
    for (let i = 0; i < size; i++) determinant += 2 * log(factor[i * size + i] * scales[i]);
    this.logLikelihood = -0.5 * (logs + determinant + degrees * log(this.#variance));
    this.#columns = columns;
    this.#brought = level;
    this.#levelVariance = spread;
    this.#start = start;
    this.#ratio = ratio;
  }

  /** Mean and variance of the outcome's sum over rows `from` to `to`, without the event. */
  sum(from: number, to: number): { readonly mean: number; readonly variance: number } {
    const size = this.#columns.length;
    const rows = to - from + 1;
    const weights = Float64Array.from({ length: size }, (_, i) => {
      let sum = -rows * this.#brought[i];
      for (let row = from; row <= to; row++) sum += this.#columns[i][row];
      return sum;
    });
    let mean = rows * this.#brought[size];
    let variance = rows + rows * rows * this.#levelVariance;
    for (let i = 0; i < size; i++) {
      mean += weights[i] * this.#coefficients[i];
      for (let j = 0; j < size; j++) variance += weights[i] * weights[j] * this.#inverse[i * size + j];
    }
    // Steps of the level between `start` and the rows: one at `row` moves all rows from it on.
    for (let row = this.#start + 1; row <= to; row++) variance += this.#ratio * (to - Math.max(row, from) + 1) ** 2;
    return { mean, variance: variance * this.#variance };
  }
}

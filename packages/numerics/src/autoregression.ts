/** An autoregression: each value as a weighted sum of those before it, and an innovation. */
export interface Autoregression {
  /** Of the value one row before, two rows before ... */
  readonly coefficients: Float64Array;
  /** The variance of the innovations. */
  readonly variance: number;
}

/**
 * The autoregressions of orders 0 .. `maxOrder` of a series with mean 0 (Burg 1975): always stationary.
 *
 * @example
 * ```ts
 * import { burg } from "@sage-twin/numerics";
 *
 * const decaying = Float64Array.from({ length: 40 }, (_, row) => (row === 0 ? 1 : 0.5 ** row));
 * burg(decaying, 1)[1].coefficients[0].toFixed(1); // => "0.8"
 * ```
 */
export function burg(values: ArrayLike<number>, maxOrder: number): readonly Autoregression[] {
  const count = values.length;
  const forward = Float64Array.from(values);
  const backward = forward.slice();
  let variance = 0;
  for (const value of forward) variance += (value * value) / count;
  const found: Autoregression[] = [{ coefficients: new Float64Array(0), variance }];
  for (let order = 1; order <= maxOrder; order++) {
    let product = 0;
    let size = 0;
    for (let row = order; row < count; row++) {
      product += forward[row] * backward[row - 1];
      size += forward[row] * forward[row] + backward[row - 1] * backward[row - 1];
    }
    const reflection = size > 0 ? (2 * product) / size : 0;
    const earlier = found[order - 1].coefficients;
    const coefficients = new Float64Array(order);
    for (let lag = 0; lag < order - 1; lag++) coefficients[lag] = earlier[lag] - reflection * earlier[order - 2 - lag];
    coefficients[order - 1] = reflection;
    for (let row = count - 1; row >= order; row--) {
      const ahead = forward[row];
      forward[row] = ahead - reflection * backward[row - 1];
      backward[row] = backward[row - 1] - reflection * ahead;
    }
    variance *= 1 - reflection * reflection;
    found.push({ coefficients, variance });
  }
  return found;
}

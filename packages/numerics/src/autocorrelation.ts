import { TwinError } from "@sage-twin/kernel";

/**
 * The sample autocorrelations at lags 0 .. `lags`: autocovariances over the variance, each a mean over all the rows (Box and Jenkins).
 * Pairs with a missing value (NaN) are left out, and the sum is scaled up by the share of pairs that are there. All NaN, but for
 * lag 0, of a constant series.
 *
 * @example
 * ```ts
 * import { autocorrelations } from "@sage-twin/numerics";
 *
 * autocorrelations([1, -1, 1, -1], 2); // => [1, -0.75, 0.5]
 * ```
 */
export function autocorrelations(values: ArrayLike<number>, lags: number): Float64Array {
  const count = values.length;
  if (!(Number.isSafeInteger(lags) && lags >= 0 && lags < count))
    throw new TwinError({
      code: "invalid-argument",
      path: ["lags"],
      message: `${lags} lags of ${count} values`,
      fix: `give a whole number in 0..${count - 1}`,
    });
  let known = 0;
  let sum = 0;
  for (let row = 0; row < count; row++) {
    if (Number.isNaN(values[row])) continue;
    known++;
    sum += values[row];
  }
  const mean = sum / known;
  const covariance = (lag: number): number => {
    let total = 0;
    let pairs = 0;
    for (let row = lag; row < count; row++) {
      const product = (values[row] - mean) * (values[row - lag] - mean);
      if (Number.isNaN(product)) continue;
      total += product;
      pairs++;
    }
    return pairs === 0 ? Number.NaN : (total * ((count - lag) / pairs)) / count;
  };
  const variance = covariance(0);
  return Float64Array.from({ length: lags + 1 }, (_, lag) =>
    lag === 0 ? 1 : variance > 0 ? covariance(lag) / variance : Number.NaN,
  );
}

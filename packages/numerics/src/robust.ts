/** The median of the values that are not NaN; NaN of none. Type 7, as `quantiles`. */
export function medianOf(values: ArrayLike<number>): number {
  const sorted = Float64Array.from(values)
    .filter((value) => !Number.isNaN(value))
    .sort();
  const middle = sorted.length >> 1;
  if (sorted.length === 0) return Number.NaN;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** What makes the median absolute deviation of normal values their standard deviation: 1 / the normal quantile of 3/4. */
const normalConsistency = 1.482602218505602;

/**
 * The median absolute deviation from the median, times 1.4826 so that it estimates the standard deviation of normal values. NaN is
 * left out.
 *
 * @example
 * ```ts
 * import { medianAbsoluteDeviation } from "@sage-twin/numerics";
 *
 * medianAbsoluteDeviation([1, 2, 3, 4, 100]).toFixed(4); // => "1.4826"
 * ```
 */
export function medianAbsoluteDeviation(values: ArrayLike<number>, centre = medianOf(values)): number {
  return normalConsistency * medianOf(Float64Array.from(values, (value) => Math.abs(value - centre)));
}

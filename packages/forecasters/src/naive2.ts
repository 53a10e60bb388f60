import { interpolate } from "./interpolate.js";
import { detectSeasonality } from "./seasonality.js";

/**
 * The M4 competition's yardstick: the last value of the seasonally adjusted series (classical, multiplicative where the values are positive), with the season put back;
 * the last value where no season shows. A missing value counts as the straight line between its neighbours.
 */
export function naive2(values: Float64Array, seasonLength: number, horizon: number): Float64Array {
  const filled = interpolate(values);
  const { multiplicative, indices } = detectSeasonality(filled, seasonLength);
  const last = filled.length - 1;
  const season = (t: number): number => indices[t % indices.length] ?? 0;
  return Float64Array.from({ length: horizon }, (_, step) => {
    if (indices.length === 0) return filled[last];
    const [now, then] = [season(last), season(last + 1 + step)];
    return multiplicative ? (filled[last] / now) * then : filled[last] - now + then;
  });
}

import { medianOf, quantiles, stl } from "@sage-twin/numerics";
import { interpolate } from "./interpolate.js";

const fewest = 8;
const medianReach = 3;
const slopeReach = 8;
const strongSeason = 0.6;
const farOut = 3;

/**
 * Replaces outliers, as `tsclean` of R's forecast package does: a value whose remainder lies more than three interquartile ranges outside the
 * quartiles takes what lies between its neighbours, plus its season. The remainder is what the median of three neighbours on either side
 * leaves, moved by the slope there, after the season of a robust STL where that explains 60 % of the variance around the trend.
 */
export function cleanOutliers(
  values: Float64Array,
  seasonLength: number,
): { readonly values: Float64Array; readonly replaced: number } {
  const observed = values.filter((value) => !Number.isNaN(value)).length;
  if (observed < fewest) return { values, replaced: 0 };
  const season = seasonOf(values, seasonLength);
  const adjusted = values.map((value, t) => value - season[t]);
  // The median of the neighbours without the value itself, which would often be its own median; each moved by the usual slope there.
  const differences = adjusted.map((value, t) => value - adjusted[t - 1]);
  const remainder = adjusted.map((value, t) => {
    const slope = medianOf(differences.subarray(Math.max(1, t - slopeReach), t + slopeReach + 1));
    const neighbours: number[] = [];
    for (let other = Math.max(0, t - medianReach); other <= Math.min(adjusted.length - 1, t + medianReach); other++)
      if (other !== t) neighbours.push(adjusted[other] + slope * (t - other));
    return value - medianOf(neighbours);
  });
  const [low, high] = quantiles(
    remainder.filter((value) => !Number.isNaN(value)),
    [0.25, 0.75],
  );
  const reach = farOut * (high - low);
  if (!(reach > 0)) return { values, replaced: 0 };
  let replaced = 0;
  const kept = adjusted.map((value, t) => {
    if (Number.isNaN(value) || (remainder[t] >= low - reach && remainder[t] <= high + reach)) return value;
    replaced++;
    return Number.NaN;
  });
  if (replaced === 0) return { values, replaced };
  const filled = interpolate(kept);
  return { values: values.map((value, t) => (Number.isNaN(value) ? value : filled[t] + season[t])), replaced };
}

/** The season of each value; zeros where there is none that counts. */
function seasonOf(values: Float64Array, seasonLength: number): Float64Array {
  const none = new Float64Array(values.length);
  if (seasonLength < 2 || values.length < 2 * seasonLength) return none;
  const { seasonal, remainder } = stl(values, { period: seasonLength, robust: true, seasonal: "periodic" });
  const variance = (of: (t: number) => number): number => {
    const list = Array.from(values.keys(), of).filter((value) => !Number.isNaN(value));
    const mean = list.reduce((sum, value) => sum + value, 0) / list.length;
    return list.reduce((sum, value) => sum + (value - mean) * (value - mean), 0);
  };
  // An outlier would hide any season: the strength is that of the middle of the remainders.
  const [low, high] = quantiles(
    remainder.filter((value) => !Number.isNaN(value)),
    [0.1, 0.9],
  );
  const within = (t: number): boolean => remainder[t] >= low && remainder[t] <= high;
  const strength =
    1 -
    variance((t) => (within(t) ? remainder[t] : Number.NaN)) /
      variance((t) => (within(t) ? remainder[t] + seasonal[t] : Number.NaN));
  return strength >= strongSeason ? seasonal : none;
}

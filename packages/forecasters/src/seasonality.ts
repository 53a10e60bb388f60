import { seasonalIndices } from "./seasonal-indices.js";

/** A fixed seasonal pattern taken off a series. */
export interface Seasonality {
  readonly multiplicative: boolean;
  /** Element i belongs to the steps t with t mod length = i; empty where there is no season. */
  readonly indices: Float64Array;
}

const smallestIndex = 0.01;

/**
 * The classical seasonal pattern of a series whose autocorrelation at one season passes the 90 % test of the theta model
 * (Fiorucci et al. 2016), multiplicative where all values are positive. Needs two seasons, of at least 2 values each.
 */
export function detectSeasonality(values: Float64Array, seasonLength: number): Seasonality {
  if (seasonLength < 2 || values.length < 2 * seasonLength || !isSeasonal(values, seasonLength))
    return { multiplicative: false, indices: new Float64Array(0) };
  if (values.every((value) => value > 0)) {
    const indices = seasonalIndices(values, seasonLength, true);
    if (indices.every((index) => index >= smallestIndex)) return { multiplicative: true, indices };
  }
  return { multiplicative: false, indices: seasonalIndices(values, seasonLength, false) };
}

function isSeasonal(values: Float64Array, seasonLength: number): boolean {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const centred = values.map((value) => value - mean);
  const autocovariance = (lag: number): number => {
    let sum = 0;
    for (let t = lag; t < centred.length; t++) sum += centred[t] * centred[t - lag];
    return sum;
  };
  const variance = autocovariance(0);
  let spread = 1;
  for (let lag = 1; lag < seasonLength; lag++)
    spread += 2 * (autocovariance(lag) / variance) * (autocovariance(lag) / variance);
  return Math.abs(autocovariance(seasonLength) / variance) > 1.6448536269514722 * Math.sqrt(spread / values.length);
}

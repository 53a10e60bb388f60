import { stl } from "@sage-twin/numerics";
import { interpolate } from "./interpolate.js";

const kpssCritical = 0.463; // 5 %, level stationarity (Kwiatkowski et al. 1992, table 1)
const strongSeason = 0.64;
const mostDifferences = 2;

/**
 * The KPSS statistic of level stationarity (Kwiatkowski, Phillips, Schmidt and Shin 1992), with Bartlett weights up to 3 sqrt(n) / 13 lags.
 * Above .463 a level is rejected at 5 %.
 */
function kpss(values: Float64Array): number {
  const n = values.length;
  const mean = values.reduce((sum, value) => sum + value, 0) / n;
  const lags = Math.trunc((3 * Math.sqrt(n)) / 13);
  let total = 0;
  let numerator = 0;
  for (const value of values) {
    total += value - mean;
    numerator += total * total;
  }
  let variance = 0;
  for (let lag = 0; lag <= lags; lag++) {
    let shared = 0;
    for (let t = lag; t < n; t++) shared += (values[t] - mean) * (values[t - lag] - mean);
    variance += (lag === 0 ? 1 : 2 * (1 - lag / (lags + 1))) * (shared / n);
  }
  return variance > 0 ? numerator / (n * n) / variance : 0;
}

/** How often a series must be differenced to be level by the KPSS test: 0 to 2. */
function differencesNeeded(values: Float64Array): number {
  let series = values;
  for (let d = 0; d < mostDifferences; d++) {
    if (series.length < 4 || isConstant(series) || !(kpss(series) > kpssCritical)) return d;
    series = series.slice(1).map((value, t) => value - series[t]);
  }
  return mostDifferences;
}

/**
 * 1 where the season is strong enough to be differenced, else 0: 1 - Var(remainder) / Var(season + remainder) of an STL above .64 (Wang, Smith
 * and Hyndman 2006). Needs two seasons and a bit.
 */
function seasonalDifferencesNeeded(values: Float64Array, seasonLength: number): number {
  if (seasonLength < 2 || values.length < 2 * seasonLength + 1 || isConstant(values)) return 0;
  const { seasonal, remainder } = stl(values, {
    period: seasonLength,
    seasonal: 11,
    seasonalDegree: 0,
    innerIterations: 2,
  });
  const left = variance(remainder);
  const whole = variance(remainder.map((value, t) => value + seasonal[t]));
  return whole > 0 && 1 - left / whole > strongSeason ? 1 : 0;
}

/** The orders of differencing of a series, the seasonal one first. */
export function chooseDifferences(
  values: Float64Array,
  seasonLength: number,
): { readonly d: number; readonly D: number } {
  const filled = interpolate(values);
  const D = seasonalDifferencesNeeded(filled, seasonLength);
  const series = D === 0 ? filled : filled.slice(seasonLength).map((value, t) => value - filled[t]);
  return { d: differencesNeeded(series), D };
}

function isConstant(values: Float64Array): boolean {
  return values.every((value) => value === values[0]);
}

function variance(values: Float64Array): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return values.reduce((sum, value) => sum + (value - mean) * (value - mean), 0) / values.length;
}

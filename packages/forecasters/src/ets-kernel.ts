/**
 * The recursions of exponential smoothing (Hyndman, Koehler, Ord and Snyder 2008, table 2.2 and 2.3), for all forms in one loop.
 *
 * The state is [level, trend, season_0 .. season_(m-1)]; season_i belongs to the steps t with t mod m = i. Values are scaled to the
 * order of 1, which is what the constants here are measured against.
 */
import { log, pow } from "@sage-twin/kernel";
import type { EtsParts } from "./ets-form.js";

/** Smoothing parameters; those that a form does not have are 0, and phi 1. */
export interface Smoothing {
  readonly alpha: number;
  readonly beta: number;
  readonly gamma: number;
  readonly phi: number;
}

const smallest = 1e-9;

/** Keeps a divisor off zero. */
function away(value: number): number {
  return Math.abs(value) < smallest ? smallest : value;
}

/**
 * Runs over the values (NaN: missing, the state goes on without an error) and writes the one-step errors, over the forecast when
 * `relative`, 0 where a value is missing. The state ends after the last value. Returns the sum of log forecasts
 * for multiplicative errors, 0 for additive ones, NaN where a level, season or forecast that must be positive is not.
 */
export function filterEts(
  parts: EtsParts,
  { alpha, beta, gamma, phi }: Smoothing,
  state: Float64Array,
  values: Float64Array,
  errors: Float64Array,
  relative: boolean = parts.multiplicativeError,
): number {
  const { multiplicativeError, hasTrend, multiplicativeTrend, seasonal, multiplicativeSeason } = parts;
  const seasonLength = state.length - 2;
  let level = state[0];
  let trend = state[1];
  let position = 2;
  let product = 1;
  let logarithms = 0;
  let valid = true;
  for (let t = 0; t < values.length; t++) {
    const dampedTrend = multiplicativeTrend ? pow(Math.max(trend, smallest), phi) : phi * trend;
    const base = !hasTrend ? level : multiplicativeTrend ? level * dampedTrend : level + dampedTrend;
    const season = seasonal ? state[position] : 0;
    const forecast = multiplicativeSeason ? base * season : base + season;
    if (multiplicativeSeason && !(base > smallest && season > smallest)) valid = false;
    const value = values[t];
    let error = 0;
    if (!Number.isNaN(value)) {
      error = value - forecast;
      if (multiplicativeError) {
        if (!(forecast > smallest)) valid = false;
        product *= forecast;
        if (!(product < 1e100 && product > 1e-100)) {
          logarithms += log(product);
          product = 1;
        }
      }
    }
    errors[t] = relative ? error / away(forecast) : error;
    const levelError = multiplicativeSeason ? error / away(season) : error;
    if (hasTrend) trend = dampedTrend + (multiplicativeTrend ? (beta * levelError) / away(level) : beta * levelError);
    level = base + alpha * levelError;
    if (seasonal) {
      state[position] = season + gamma * (multiplicativeSeason ? error / away(base) : error);
      if (++position === seasonLength + 2) position = 2;
    }
  }
  state[0] = level;
  state[1] = trend;
  return valid ? logarithms + log(product) : Number.NaN;
}

/**
 * Turns innovations of standard deviation `sigma` (relative for multiplicative errors) times the standard normal numbers in `paths`
 * into paths from `state`, in place; `season_0` belongs to the first step. Relative errors stop at -1, and levels at 1e200, so that nothing overflows.
 */
export function simulateEts(
  parts: EtsParts,
  { alpha, beta, gamma, phi }: Smoothing,
  state: Float64Array,
  sigma: number,
  paths: Float64Array,
  horizon: number,
): void {
  const { multiplicativeError, hasTrend, multiplicativeTrend, seasonal, multiplicativeSeason } = parts;
  const seasonLength = state.length - 2;
  const seasons = new Float64Array(seasonLength);
  const ceiling = 1e200;
  for (let start = 0; start < paths.length; start += horizon) {
    let level = state[0];
    let trend = state[1];
    for (let i = 0; i < seasonLength; i++) seasons[i] = state[i + 2];
    let position = 0;
    for (let at = start; at < start + horizon; at++) {
      const dampedTrend = multiplicativeTrend ? pow(Math.max(trend, smallest), phi) : phi * trend;
      const base = !hasTrend ? level : multiplicativeTrend ? level * dampedTrend : level + dampedTrend;
      const season = seasonal ? seasons[position] : 0;
      const forecast = multiplicativeSeason ? base * season : base + season;
      const relative = Math.max(-1, sigma * paths[at]);
      const error = multiplicativeError ? forecast * relative : sigma * paths[at];
      paths[at] = forecast + error;
      const levelError = multiplicativeSeason ? base * relative : error;
      if (hasTrend) trend = multiplicativeTrend ? dampedTrend * (1 + beta * relative) : dampedTrend + beta * levelError;
      level = Math.max(-ceiling, Math.min(ceiling, base + alpha * levelError));
      if (seasonal) {
        seasons[position] = season + gamma * (multiplicativeSeason ? season * relative : error);
        if (++position === seasonLength) position = 0;
      }
    }
  }
}

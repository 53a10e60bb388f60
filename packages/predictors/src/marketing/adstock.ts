import { exp, pow } from "@sage-twin/kernel";

/** How an effect spreads over periods: `"geometric"` fades from the first one, `"weibull"` may come late. */
export type Adstock = "geometric" | "weibull";

/** Shares of the effect after 0, 1, ... periods, each `decay` times the one before (Broadbent 1979), summing to 1 over `lags` of them. */
export function geometricAdstock(decay: number, lags: number): Float64Array {
  return normalised(Float64Array.from({ length: lags }, (_, lag) => pow(decay, lag)));
}

/**
 * Shares of the effect after 0, 1, ... periods when its delay is Weibull-distributed, summing to 1 over `lags` of them: with a shape of 1 they fade geometrically by exp(-1 / scale), above it they rise first.
 */
export function weibullAdstock(shape: number, scale: number, lags: number): Float64Array {
  const left = (time: number): number => exp(-pow(time / scale, shape));
  return normalised(Float64Array.from({ length: lags }, (_, lag) => left(lag) - left(lag + 1)));
}

/** What spend and its carry-over come to in each period; before the first one `before` was spent in each. */
export function carryOver(spend: Float64Array, shares: Float64Array, before: number, output: Float64Array): void {
  for (let t = 0; t < spend.length; t++) {
    let sum = 0;
    for (let lag = 0; lag < shares.length; lag++) sum += shares[lag] * (lag <= t ? spend[t - lag] : before);
    output[t] = sum;
  }
}

/** The Hill curve: 0 at 0, a half at `half`, towards 1; S-shaped for a slope above 1. */
export function hill(value: number, half: number, slope: number): number {
  if (!(value > 0)) return 0;
  const raised = pow(value / half, slope);
  return raised === Number.POSITIVE_INFINITY ? 1 : raised / (1 + raised);
}

function normalised(shares: Float64Array): Float64Array {
  const total = shares.reduce((sum, share) => sum + share, 0);
  return total > 0 ? shares.map((share) => share / total) : shares.map((_, lag) => (lag === 0 ? 1 : 0));
}

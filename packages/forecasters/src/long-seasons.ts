import { autocorrelations, mstl } from "@sage-twin/numerics";

/** From this length on a season is taken out by STL before exponential smoothing or ARIMA model the rest. */
const firstDecomposed = 24;

/** The season that `autoEts` and `autoArima` carry in their own state; 1, none, where STL is there for it. */
export function ownSeason(seasonLength: number): number {
  return seasonLength < firstDecomposed ? seasonLength : 1;
}

/**
 * The seasons that STL takes out of a series for `auto`: a long one, and the longer one that commonly runs through it (the week of hours, the year
 * of days) where the series holds two of them and what the shorter one leaves repeats itself after it: an autocorrelation above 2 / sqrt(n).
 * None where the only season is short.
 */
export function decomposedSeasons(values: Float64Array, seasonLength: number): readonly number[] {
  const outer = outerSeason(seasonLength);
  if (outer !== undefined && repeatsAfter(values, seasonLength, outer)) return [seasonLength, outer];
  return ownSeason(seasonLength) < seasonLength && values.length >= 2 * seasonLength ? [seasonLength] : [];
}

function outerSeason(seasonLength: number): number | undefined {
  if (seasonLength === 7) return 365;
  return [24, 48, 96].includes(seasonLength) ? 7 * seasonLength : undefined;
}

function repeatsAfter(values: Float64Array, seasonLength: number, outer: number): boolean {
  if (values.length < 2 * outer) return false;
  const [season] = mstl(values, { periods: [seasonLength] }).seasonal;
  const rest = values.map((value, t) => value - season.values[t]);
  return autocorrelations(withoutLine(rest), outer)[outer] > 2 / Math.sqrt(values.length);
}

/** The values about their least-squares line; NaN stays. */
function withoutLine(values: Float64Array): Float64Array {
  let count = 0;
  let times = 0;
  let total = 0;
  values.forEach((value, t) => {
    if (Number.isNaN(value)) return;
    count++;
    times += t;
    total += value;
  });
  const centre = times / count;
  const mean = total / count;
  let product = 0;
  let square = 0;
  values.forEach((value, t) => {
    if (Number.isNaN(value)) return;
    product += (t - centre) * (value - mean);
    square += (t - centre) * (t - centre);
  });
  return values.map((value, t) => value - mean - (product / square) * (t - centre));
}

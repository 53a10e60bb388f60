import { medianAbsoluteDeviation, medianOf, quantiles, stl } from "@sage-twin/numerics";
import { type AnomalyScores, above, shown } from "./method.js";

/** What makes the mean absolute deviation of normal values their standard deviation: the root of pi / 2. */
const meanDeviationScale = 1.2533141373155003;

/**
 * The robust standard deviation about `centre`: from the median absolute deviation or, where more than half of the values are the same,
 * from the mean absolute deviation (Iglewicz and Hoaglin 1993). 0 when all are the same.
 */
export function robustScale(values: Float64Array, centre: number): number {
  const scale = medianAbsoluteDeviation(values, centre);
  if (scale > 0) return scale;
  const sizes = values.map((value) => Math.abs(value - centre)).filter((size) => !Number.isNaN(size));
  return (meanDeviationScale * sizes.reduce((sum, size) => sum + size, 0)) / sizes.length;
}

/** Distances from the median in robust standard deviations (Iglewicz and Hoaglin 1993). */
export function robustZ(values: Float64Array, threshold: number): AnomalyScores {
  const centre = medianOf(values);
  return beyond(
    values,
    values.map(() => centre),
    threshold,
    () => `the median ${shown(centre)}`,
  );
}

/** Distances of the remainder of a robust STL decomposition, in its robust standard deviations. */
export function stlResidual(values: Float64Array, period: number, threshold: number): AnomalyScores {
  const { trend, seasonal } = stl(values, { period, robust: true });
  const fitted = trend.map((value, row) => value + seasonal[row]);
  return beyond(values, fitted, threshold, (row) => `the ${shown(fitted[row])} of trend and season`);
}

function beyond(
  values: Float64Array,
  expected: Float64Array,
  threshold: number,
  what: (row: number) => string,
): AnomalyScores {
  const rest = values.map((value, row) => value - expected[row]);
  const scale = robustScale(rest, 0);
  const scores = rest.map((value) => (scale > 0 ? Math.abs(value) / scale : Number.isNaN(value) ? value : 0));
  return {
    scores,
    expected,
    lower: expected.map((value) => value - threshold * scale),
    upper: expected.map((value) => value + threshold * scale),
    flagged: above(scores, threshold),
    reason: (row) =>
      `${shown(values[row])} is ${shown(scores[row])} robust standard deviations ${rest[row] > 0 ? "above" : "below"} ${what(row)}`,
  };
}

/** Distances beyond the quartiles in interquartile ranges (Tukey 1977); `undefined` where the quartiles are the same. */
export function interquartile(values: Float64Array, threshold: number): AnomalyScores | undefined {
  const [low, centre, high] = quantiles(
    values.filter((value) => !Number.isNaN(value)),
    [0.25, 0.5, 0.75],
  );
  const range = high - low;
  if (!(range > 0)) return undefined;
  const scores = values.map((value) => Math.max(0, low - value, value - high) / range);
  return {
    scores,
    expected: values.map(() => centre),
    lower: values.map(() => low - threshold * range),
    upper: values.map(() => high + threshold * range),
    flagged: above(scores, threshold),
    reason: (row) =>
      `${shown(values[row])} is ${shown(scores[row])} interquartile ranges ${values[row] > high ? `above the upper quartile ${shown(high)}` : `below the lower quartile ${shown(low)}`}`,
  };
}

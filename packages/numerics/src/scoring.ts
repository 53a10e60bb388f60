/**
 * Scores of forecasts. Arrays hold one element per forecast value; where the actual value is NaN (missing) the pair is left
 * out; with no pair left every score is NaN.
 */

type Numbers = ArrayLike<number>;

function meanOver(actual: Numbers, score: (value: number, index: number) => number): number {
  let sum = 0;
  let count = 0;
  for (let index = 0; index < actual.length; index++) {
    if (Number.isNaN(actual[index])) continue;
    sum += score(actual[index], index);
    count++;
  }
  return sum / count;
}

/** Mean absolute error, in the unit of the values. */
export function mae(actual: Numbers, forecast: Numbers): number {
  return meanOver(actual, (value, index) => Math.abs(value - forecast[index]));
}

/** Root mean squared error, in the unit of the values. */
export function rmse(actual: Numbers, forecast: Numbers): number {
  return Math.sqrt(meanOver(actual, (value, index) => (value - forecast[index]) * (value - forecast[index])));
}

/** Mean absolute percentage error, in percent; NaN or infinite where an actual value is 0. */
export function mape(actual: Numbers, forecast: Numbers): number {
  return 100 * meanOver(actual, (value, index) => Math.abs((value - forecast[index]) / value));
}

/**
 * Symmetric mean absolute percentage error, in percent: 200 |a - f| / (|a| + |f|), 0 where both are 0 (Makridakis 1993).
 *
 * @example
 * ```ts
 * import { smape } from "@sage-twin/numerics";
 *
 * smape([100], [50]).toFixed(2); // => "66.67"
 * ```
 */
export function smape(actual: Numbers, forecast: Numbers): number {
  return meanOver(actual, (value, index) => {
    const size = Math.abs(value) + Math.abs(forecast[index]);
    return size === 0 ? 0 : (200 * Math.abs(value - forecast[index])) / size;
  });
}

/**
 * The mean absolute difference between values `seasonLength` apart: what MASE and MSIS are scaled by (Hyndman and Koehler
 * 2006). Falls back to neighbours for a series of at most one season; NaN where no two values compare.
 */
export function absoluteErrorScale(training: Numbers, seasonLength = 1): number {
  const lag = training.length > seasonLength ? seasonLength : 1;
  let sum = 0;
  let count = 0;
  for (let index = lag; index < training.length; index++) {
    const difference = Math.abs(training[index] - training[index - lag]);
    if (Number.isNaN(difference)) continue;
    sum += difference;
    count++;
  }
  return sum / count;
}

/** Mean absolute scaled error: `mae` over `absoluteErrorScale` of the training values. */
export function mase(actual: Numbers, forecast: Numbers, scale: number): number {
  return mae(actual, forecast) / scale;
}

/** Share of the actual values within `lower` and `upper`, 0..1. */
export function coverage(actual: Numbers, lower: Numbers, upper: Numbers): number {
  return meanOver(actual, (value, index) => (value >= lower[index] && value <= upper[index] ? 1 : 0));
}

/** Mean scaled interval score of intervals at `level` percent: width plus 2 / alpha times what lies outside, over `scale` (Gneiting and Raftery 2007). */
export function msis(actual: Numbers, lower: Numbers, upper: Numbers, level: number, scale: number): number {
  const penalty = 2 / (1 - level / 100);
  const score = meanOver(
    actual,
    (value, index) =>
      upper[index] - lower[index] + penalty * (Math.max(0, lower[index] - value) + Math.max(0, value - upper[index])),
  );
  return score / scale;
}

/** Mean pinball (quantile) loss of forecasts of the quantile at `probability`, in the unit of the values. */
export function pinball(actual: Numbers, quantile: Numbers, probability: number): number {
  return meanOver(actual, (value, index) =>
    Math.max(probability * (value - quantile[index]), (probability - 1) * (value - quantile[index])),
  );
}

/** Continuous ranked probability score from quantile forecasts at equally spaced probabilities: twice their mean pinball loss. */
export function crpsFromQuantiles(actual: Numbers, quantiles: readonly Numbers[], probabilities: Numbers): number {
  let sum = 0;
  for (let index = 0; index < quantiles.length; index++) sum += pinball(actual, quantiles[index], probabilities[index]);
  return (2 * sum) / quantiles.length;
}

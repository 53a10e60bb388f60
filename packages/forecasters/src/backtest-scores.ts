import { coverage, crpsFromQuantiles, mae, mape, msis, pinball, rmse, smape } from "@sage-twin/numerics";
import type { Forecast, Interval } from "./types.js";

/** Scores over a set of forecasts; a missing actual value is left out of all of them. */
export interface Scores {
  readonly mae: number;
  readonly rmse: number;
  /** Mean of forecast minus actual value: positive where the forecasts are too high. */
  readonly bias: number;
  /** In percent; infinite or NaN where an actual value is 0. */
  readonly mape: number;
  /** In percent, symmetric with the factor 200. */
  readonly smape: number;
  /** Mean absolute error over the mean seasonal difference of the training values; 0 / 0 is NaN. */
  readonly mase: number;
  /** Root mean squared error, each over the mean squared seasonal difference of the training values. */
  readonly rmsse: number;
  /**
   * The mean of sMAPE and MASE, each over that of naive 2 on the same folds: the last value, on the seasonally adjusted series where a season shows
   * (Makridakis, Spiliotis and Assimakopoulos 2020). Below 1 is better than naive 2.
   */
  readonly owa: number;
  /** Share of actual values inside the interval, by level. */
  readonly coverage: Readonly<Record<number, number>>;
  /** Mean scaled interval score at the highest of the levels. */
  readonly msis: number;
  /** Mean pinball loss by probability, in the unit of the values. */
  readonly pinball: Readonly<Record<number, number>>;
  /** Continuous ranked probability score from 19 quantiles, in the unit of the values. */
  readonly crps: number;
}

/** One forecast value with what it is scored on. */
export interface ScoredPoint {
  readonly fold: {
    readonly mean: Float64Array;
    readonly actual: Float64Array;
    readonly intervals: readonly Interval[];
  };
  readonly step: number;
  /** What MASE and MSIS are scaled by. */
  readonly unit: number;
  /** What RMSSE is scaled by, before the root. */
  readonly squaredUnit: number;
  /** The forecasts of naive 2. */
  readonly rival: Float64Array;
  /** By probability of `crpsProbabilities`, then by probability of the pinball losses. */
  readonly quantiles: readonly Float64Array[];
}

export const crpsProbabilities: Float64Array = /* @__PURE__ */ Float64Array.from(
  { length: 19 },
  (_, index) => (index + 1) / 20,
);

/** The quantiles of each step at a probability, from the central interval that ends there. */
export function forecastQuantile(forecast: Forecast, probability: number): Float64Array {
  const level = Math.round(1e12 * Math.abs(1 - 2 * probability)) / 1e10;
  const { lower, upper } = forecast.interval(Math.max(1e-6, level));
  return probability < 0.5 ? lower : upper;
}

/** The mean squared difference between values one season apart (neighbours for a series of at most one season). */
export function squaredErrorScale(training: Float64Array, seasonLength: number): number {
  const lag = training.length > seasonLength ? seasonLength : 1;
  let sum = 0;
  let count = 0;
  for (let t = lag; t < training.length; t++) {
    const difference = training[t] - training[t - lag];
    if (Number.isNaN(difference)) continue;
    sum += difference * difference;
    count++;
  }
  return sum / count;
}

/** Scores points; `probabilities` are those of the pinball losses. */
export function score(points: readonly ScoredPoint[], probabilities: readonly number[]): Scores {
  const pick = (value: (point: ScoredPoint) => number): Float64Array => Float64Array.from(points, value);
  const actual = pick(({ fold, step }) => fold.actual[step]);
  const mean = pick(({ fold, step }) => fold.mean[step]);
  const rival = pick((point) => point.rival[point.step]);
  const unit = pick((point) => point.unit);
  const over = (values: Float64Array): Float64Array => values.map((value, index) => value / unit[index]);
  const zeros = new Float64Array(points.length);
  const scaledActual = over(actual);
  const scaledError = mae(scaledActual, over(mean));
  const bounds = points[0].fold.intervals.map(({ level }, index) => ({
    level,
    lower: pick(({ fold, step }) => fold.intervals[index].lower[step]),
    upper: pick(({ fold, step }) => fold.intervals[index].upper[step]),
  }));
  const widest = bounds.reduce((a, b) => (b.level > a.level ? b : a));
  const quantileAt = (index: number): Float64Array => pick(({ quantiles, step }) => quantiles[index][step]);
  const errors = actual.map((value, index) => mean[index] - value);
  const known = errors.filter((error) => !Number.isNaN(error));
  return {
    mae: mae(actual, mean),
    rmse: rmse(actual, mean),
    bias: known.reduce((sum, error) => sum + error, 0) / known.length,
    mape: mape(actual, mean),
    smape: smape(actual, mean),
    mase: scaledError,
    rmsse: rmse(
      errors.map((error, index) => error / Math.sqrt(points[index].squaredUnit)),
      zeros,
    ),
    owa: (smape(actual, mean) / smape(actual, rival) + scaledError / mae(scaledActual, over(rival))) / 2,
    coverage: Object.fromEntries(bounds.map(({ level, lower, upper }) => [level, coverage(actual, lower, upper)])),
    msis: msis(scaledActual, over(widest.lower), over(widest.upper), widest.level, 1),
    pinball: Object.fromEntries(
      probabilities.map((probability, index) => [
        probability,
        pinball(actual, quantileAt(crpsProbabilities.length + index), probability),
      ]),
    ),
    crps: crpsFromQuantiles(
      actual,
      Array.from(crpsProbabilities, (_, index) => quantileAt(index)),
      crpsProbabilities,
    ),
  };
}

import { absoluteErrorScale, coverage, crpsFromQuantiles, mae, mape, msis, rmse, smape } from "@sage-twin/numerics";
import { checkHorizon, checkLevels, checkSeries, checkWhole, refuse } from "./checks.js";
import type { Forecast, Forecaster, Interval } from "./types.js";

/** How a model is backtested. */
export interface BacktestOptions {
  readonly horizon: number;
  /** How many origins; the last one leaves `horizon` values out. */
  readonly folds: number;
  /** Levels of the intervals, in percent. Default: 80 and 95. */
  readonly levels?: readonly number[];
  /** Values between one origin and the next. Default: 1. */
  readonly step?: number;
}

/** What one origin showed; arrays have one element per step ahead. */
export interface BacktestFold {
  /** How many values the model was fitted on: the index of the first one that it forecast. */
  readonly origin: number;
  readonly mean: Float64Array;
  readonly actual: Float64Array;
  /** Actual minus mean; NaN where the actual value is missing. */
  readonly errors: Float64Array;
  /** The forecast's standard deviation: half the width of its 68.27 % interval. */
  readonly scale: Float64Array;
  readonly intervals: readonly Interval[];
}

/** Scores over a set of forecasts; a missing actual value is left out of all of them. */
export interface Scores {
  readonly mae: number;
  readonly rmse: number;
  /** In percent; infinite or NaN where an actual value is 0. */
  readonly mape: number;
  /** In percent, symmetric with the factor 200. */
  readonly smape: number;
  /** Mean absolute error over the mean seasonal difference of the training values; 0 / 0 is NaN. */
  readonly mase: number;
  /** Share of actual values inside the interval, by level. */
  readonly coverage: Readonly<Record<number, number>>;
  /** Mean scaled interval score at the highest of the levels. */
  readonly msis: number;
  /** Continuous ranked probability score from 19 quantiles, in the unit of the values. */
  readonly crps: number;
}

/** A rolling-origin evaluation: pooled scores, those of each step ahead, and every fold. */
export interface Backtest extends Scores {
  readonly horizon: number;
  readonly folds: readonly BacktestFold[];
  readonly perStep: readonly Scores[];
}

/** One forecast value with what it is scored on. */
interface Point {
  readonly fold: BacktestFold;
  readonly step: number;
  /** What MASE and MSIS are scaled by. */
  readonly unit: number;
  readonly quantiles: readonly Float64Array[];
}

const standardLevel = 68.26894921370859;
const probabilities = /* @__PURE__ */ Float64Array.from({ length: 19 }, (_, index) => (index + 1) / 20);

/**
 * Fits the model at `folds` origins, each on all values before it, and scores `horizon` steps from each (rolling origin,
 * expanding window). Missing values stay missing. Throws a `TwinError` when the series is too short for the folds.
 *
 * @example
 * ```ts
 * import { backtest, naive } from "@sage-twin/forecasters";
 *
 * const result = backtest(naive(), [1, 2, 3, 4, 5, 6], { horizon: 2, folds: 2 });
 * result.folds.map((fold) => fold.origin); // => [3, 4]
 * result.mae; // => 1.5
 * ```
 */
export function backtest(model: Forecaster, values: ArrayLike<number>, options: BacktestOptions): Backtest {
  const horizon = checkHorizon(options.horizon);
  const count = checkWhole(options.folds, "folds");
  const step = checkWhole(options.step ?? 1, "step");
  const levels = checkLevels(options.levels);
  const series = checkSeries(values, "values");
  const first = series.length - horizon - (count - 1) * step;
  if (first < 1) {
    const most = Math.floor((series.length - horizon - 1) / step) + 1;
    refuse(
      ["folds"],
      `${count} folds of ${horizon} steps, ${step} apart, do not fit in ${series.length} values`,
      most >= 1 ? `ask for at most ${most} folds` : "shorten the horizon",
    );
  }

  const folds: BacktestFold[] = [];
  const points: Point[] = [];
  for (let origin = first; origin <= series.length - horizon; origin += step) {
    const training = series.subarray(0, origin);
    const forecast = model.fit(training).forecast(horizon, { levels });
    const fold = foldOf(forecast, origin, series.slice(origin, origin + horizon));
    const unit = absoluteErrorScale(training, model.seasonLength);
    const quantiles = quantilesOf(forecast);
    folds.push(fold);
    for (let ahead = 0; ahead < horizon; ahead++) points.push({ fold, step: ahead, unit, quantiles });
  }
  const perStep = Array.from({ length: horizon }, (_, ahead) => score(points.filter((point) => point.step === ahead)));
  return { horizon, folds, perStep, ...score(points) };
}

function foldOf(forecast: Forecast, origin: number, actual: Float64Array): BacktestFold {
  const { mean, levels } = forecast;
  const { lower, upper } = forecast.interval(standardLevel);
  return {
    origin,
    mean,
    actual,
    errors: actual.map((value, step) => value - mean[step]),
    scale: upper.map((value, step) => (value - lower[step]) / 2),
    intervals: levels.map((level) => forecast.interval(level)),
  };
}

/** The quantiles at 1/20, 2/20 ... 19/20, from intervals around the median. */
function quantilesOf(forecast: Forecast): Float64Array[] {
  return Array.from(probabilities, (probability) => {
    const { lower, upper } = forecast.interval(Math.max(1e-6, Math.round(Math.abs(1 - 2 * probability) * 100)));
    return probability < 0.5 ? lower : upper;
  });
}

function score(points: readonly Point[]): Scores {
  const pick = (value: (point: Point) => number): Float64Array => Float64Array.from(points, value);
  const actual = pick(({ fold, step }) => fold.actual[step]);
  const mean = pick(({ fold, step }) => fold.mean[step]);
  const scaled = (value: (point: Point) => number): Float64Array => pick((point) => value(point) / point.unit);
  const scaledActual = scaled(({ fold, step }) => fold.actual[step]);
  const bounds = points[0].fold.intervals.map(({ level }, index) => ({
    level,
    lower: pick(({ fold, step }) => fold.intervals[index].lower[step]),
    upper: pick(({ fold, step }) => fold.intervals[index].upper[step]),
  }));
  const widest = bounds.reduce((a, b, index) => (b.level > bounds[a].level ? index : a), 0);
  return {
    mae: mae(actual, mean),
    rmse: rmse(actual, mean),
    mape: mape(actual, mean),
    smape: smape(actual, mean),
    mase: mae(
      scaledActual,
      scaled(({ fold, step }) => fold.mean[step]),
    ),
    coverage: Object.fromEntries(bounds.map(({ level, lower, upper }) => [level, coverage(actual, lower, upper)])),
    msis: msis(
      scaledActual,
      scaled(({ fold, step }) => fold.intervals[widest].lower[step]),
      scaled(({ fold, step }) => fold.intervals[widest].upper[step]),
      bounds[widest].level,
      1,
    ),
    crps: crpsFromQuantiles(
      actual,
      Array.from(probabilities, (_, index) => pick(({ quantiles, step }) => quantiles[index][step])),
      probabilities,
    ),
  };
}

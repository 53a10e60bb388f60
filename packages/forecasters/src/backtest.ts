import { describeValue } from "@sage-twin/kernel";
import { absoluteErrorScale } from "@sage-twin/numerics";
import {
  crpsProbabilities,
  forecastQuantile,
  type ScoredPoint,
  type Scores,
  score,
  squaredErrorScale,
} from "./backtest-scores.js";
import { checkExogenous, checkHorizon, checkLevels, checkSeries, checkWhole, refuse } from "./checks.js";
import { regressorsOf } from "./fitted.js";
import { naive2 } from "./naive2.js";
import type { Exogenous, FitOptions, FittedForecaster, Forecast, Forecaster, Interval } from "./types.js";

/** How a model is backtested. */
export interface BacktestOptions extends FitOptions {
  readonly horizon: number;
  /** How many origins; the last one leaves `horizon` values out. */
  readonly folds: number;
  /** Levels of the intervals, in percent. Default: 80 and 95. */
  readonly levels?: readonly number[];
  /** Values between one origin and the next. Default: 1. */
  readonly step?: number;
  /** What each fit sees: all values before the origin, or the last `length` of them. Default: `"expanding"`. */
  readonly window?: "expanding" | "rolling";
  /** How many values a rolling window holds. */
  readonly length?: number;
  /** Values between the last one that the model sees and the first one that is scored. Default: 0. */
  readonly gap?: number;
  /** The model is fitted anew at every so many origins, and takes the values in between by `update`. Default: 1. */
  readonly refit?: number;
  /** Probabilities of the pinball losses. Default: 0.1, 0.5 and 0.9. */
  readonly quantiles?: readonly number[];
}

/** What one origin showed; arrays have one element per step ahead. */
export interface BacktestFold {
  /** The index of the first value that is scored; without a gap, how many values an expanding window held. */
  readonly origin: number;
  /** The index of the first value that the model was fitted on, and of the first one that it had not seen. */
  readonly training: readonly [from: number, to: number];
  readonly mean: Float64Array;
  readonly actual: Float64Array;
  /** Actual minus mean; NaN where the actual value is missing. */
  readonly errors: Float64Array;
  /** The forecast's standard deviation: half the width of its 68.27 % interval. */
  readonly scale: Float64Array;
  readonly intervals: readonly Interval[];
}

/** A rolling-origin evaluation: pooled scores, those of each step ahead, and every fold. */
export interface Backtest extends Scores {
  readonly horizon: number;
  readonly folds: readonly BacktestFold[];
  readonly perStep: readonly Scores[];
}

const standardLevel = 68.26894921370859;

/**
 * Fits the model at `folds` origins, each on the values before it, and scores `horizon` steps from each (rolling origin). Missing values stay missing.
 * Regressors and timestamps are cut for each fold; the regressors of the steps ahead are those that came. MASE, RMSSE and MSIS are scaled by the
 * season of the model. Throws a `TwinError` when the series is too short for the folds.
 *
 * @example
 * ```ts
 * import { backtest, naive } from "@sage-twin/forecasters";
 *
 * const result = backtest(naive(), [1, 2, 3, 4, 5, 6], { horizon: 2, folds: 2 });
 * result.folds.map((fold) => fold.origin); // => [3, 4]
 * result.mae; // => 1.5
 * const rolling = backtest(naive(), [1, 2, 3, 4, 5, 6], { horizon: 1, folds: 2, window: "rolling", length: 3, gap: 1 });
 * rolling.folds.map((fold) => fold.training); // => [[0, 3], [1, 4]]
 * rolling.bias; // => -2
 * ```
 */
export function backtest(model: Forecaster, values: ArrayLike<number>, options: BacktestOptions): Backtest {
  const { horizon, gap, step, folds: count, refit, length, levels, quantiles } = checkOptions(options);
  const series = checkSeries(values, "values", options.timestamps);
  const names = Object.keys(options.exogenous ?? {});
  const exogenous = checkExogenous(options.exogenous, names, series.length, "exogenous");
  const columns = new Map(names.map((name, index) => [name, exogenous[index]]));
  const first = series.length - horizon - (count - 1) * step;
  const least = (length ?? 1) + gap;
  if (first < least) {
    const most = Math.floor((series.length - horizon - least) / step) + 1;
    const needs = `${length === undefined ? "" : `, after windows of ${length}`}${gap > 0 ? ` and a gap of ${gap}` : ""}`;
    refuse(
      ["folds"],
      `${count} folds of ${horizon} steps, ${step} apart${needs}, do not fit in ${series.length} values`,
      most >= 1 ? `ask for at most ${most} folds` : "shorten the horizon",
    );
  }

  const between = (wanted: readonly string[] | undefined, from: number, to: number): Exogenous =>
    Object.fromEntries((wanted ?? names).map((name) => [name, (columns.get(name) as Float64Array).subarray(from, to)]));
  const folds: BacktestFold[] = [];
  const points: ScoredPoint[] = [];
  let fitted: FittedForecaster | undefined;
  let from = 0;
  let to = 0;
  for (let index = 0; index < count; index++) {
    const origin = first + index * step;
    const end = origin - gap;
    if (fitted === undefined || index % refit === 0) {
      from = length === undefined ? 0 : end - length;
      fitted = model.fit(series.subarray(from, end), {
        ...(names.length > 0 && { exogenous: between(names, from, end) }),
        ...(options.timestamps && { timestamps: Array.from(options.timestamps).slice(from, end) }),
      });
    } else {
      fitted = fitted.update(series.subarray(to, end), { exogenous: between(regressorsOf(fitted), to, end) });
    }
    to = end;
    const forecast = after(
      fitted.forecast(gap + horizon, {
        levels,
        futureExogenous: between(regressorsOf(fitted), end, origin + horizon),
      }),
      gap,
    );
    const fold = foldOf(forecast, origin, [from, end], series.slice(origin, origin + horizon));
    const training = series.subarray(from, end);
    const point = {
      fold,
      unit: absoluteErrorScale(training, model.seasonLength),
      squaredUnit: squaredErrorScale(training, model.seasonLength),
      rival: naive2(training, model.seasonLength, gap + horizon).subarray(gap),
      quantiles: [...crpsProbabilities, ...quantiles].map((probability) => forecastQuantile(forecast, probability)),
    };
    folds.push(fold);
    for (let ahead = 0; ahead < horizon; ahead++) points.push({ ...point, step: ahead });
  }
  const perStep = Array.from({ length: horizon }, (_, ahead) =>
    score(
      points.filter((point) => point.step === ahead),
      quantiles,
    ),
  );
  return { horizon, folds, perStep, ...score(points, quantiles) };
}

function checkOptions(options: BacktestOptions) {
  const { window = "expanding", length, gap = 0, quantiles = [0.1, 0.5, 0.9] } = options;
  if (window !== "expanding" && window !== "rolling")
    refuse(["window"], `${describeValue(window)} is no window`, '"expanding" or "rolling"');
  if ((window === "rolling") !== (length !== undefined))
    refuse(
      ["length"],
      window === "rolling" ? "a rolling window has no length" : "an expanding window takes no length",
      'give window: "rolling" and its length together',
    );
  quantiles.forEach((probability, index) => {
    if (!(probability > 0 && probability < 1))
      refuse(["quantiles", index], `${describeValue(probability)} is no probability`, "give one between 0 and 1");
  });
  return {
    horizon: checkHorizon(options.horizon),
    folds: checkWhole(options.folds, "folds"),
    step: checkWhole(options.step ?? 1, "step"),
    refit: checkWhole(options.refit ?? 1, "refit"),
    gap: gap === 0 ? 0 : checkWhole(gap, "gap"),
    length: length === undefined ? undefined : checkWhole(length, "length"),
    levels: checkLevels(options.levels),
    quantiles,
  };
}

/** The forecast without its first steps. */
function after(forecast: Forecast, gap: number): Forecast {
  if (gap === 0) return forecast;
  return {
    ...forecast,
    horizon: forecast.horizon - gap,
    mean: forecast.mean.subarray(gap),
    interval(level) {
      const { lower, upper } = forecast.interval(level);
      return { level, lower: lower.subarray(gap), upper: upper.subarray(gap) };
    },
  };
}

function foldOf(
  forecast: Forecast,
  origin: number,
  training: readonly [from: number, to: number],
  actual: Float64Array,
): BacktestFold {
  const { mean, levels } = forecast;
  const { lower, upper } = forecast.interval(standardLevel);
  return {
    origin,
    training,
    mean,
    actual,
    errors: actual.map((value, step) => value - mean[step]),
    scale: upper.map((value, step) => (value - lower[step]) / 2),
    intervals: levels.map((level) => forecast.interval(level)),
  };
}

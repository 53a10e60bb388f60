import { describeValue } from "@sage-twin/kernel";
import { absoluteErrorScale } from "@sage-twin/numerics";
import { crpsProbabilities, forecastQuantile, type ScoredPoint, squaredErrorScale } from "./backtest-scores.js";
import { checkExogenous, checkHorizon, checkLevels, checkOptions, checkSeries, checkWhole, refuse } from "./checks.js";
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

/** A checked backtest of one series: plain data, so that it can travel to a worker. */
export interface BacktestPlan {
  readonly values: Float64Array;
  readonly exogenous: Readonly<Record<string, Float64Array>>;
  readonly timestamps: Float64Array | undefined;
  readonly horizon: number;
  readonly folds: number;
  readonly step: number;
  readonly refit: number;
  readonly gap: number;
  /** How many values a rolling window holds. */
  readonly length: number | undefined;
  readonly levels: readonly number[];
  readonly quantiles: readonly number[];
  /** The first origin. */
  readonly first: number;
}

/** A fold, and what its forecasts are scored on. */
export interface FoldResult extends Omit<ScoredPoint, "step"> {
  readonly fold: BacktestFold;
}

const standardLevel = 68.26894921370859;

export function planBacktest(input: ArrayLike<number>, options: BacktestOptions): BacktestPlan {
  const { window = "expanding", length, gap = 0, quantiles = [0.1, 0.5, 0.9] } = checkOptions(options);
  if (window !== "expanding" && window !== "rolling")
    refuse(["window"], `${describeValue(window)} is no window`, '"expanding" or "rolling"');
  if ((window === "rolling") !== (length !== undefined))
    refuse(
      ["length"],
      window === "rolling" ? "a rolling window has no length" : "an expanding window takes no length",
      'give window: "rolling" and its length together',
    );
  if (!Array.isArray(quantiles))
    refuse(["quantiles"], `${describeValue(quantiles)} is no list of probabilities`, "such as [0.1, 0.9]");
  quantiles.forEach((probability, index) => {
    if (!(probability > 0 && probability < 1))
      refuse(["quantiles", index], `${describeValue(probability)} is no probability`, "give one between 0 and 1");
  });
  const horizon = checkHorizon(options.horizon);
  const checked = {
    horizon,
    folds: checkWhole(options.folds, "folds"),
    step: checkWhole(options.step ?? 1, "step"),
    refit: checkWhole(options.refit ?? 1, "refit"),
    gap: gap === 0 ? 0 : checkWhole(gap, "gap"),
    length: length === undefined ? undefined : checkWhole(length, "length"),
    levels: checkLevels(options.levels),
    quantiles: [...quantiles],
  };
  const { folds, step } = checked;
  const values = checkSeries(input, "values", options.timestamps);
  const names = Object.keys(options.exogenous ?? {});
  const columns = checkExogenous(options.exogenous, names, values.length, "exogenous");
  const first = values.length - horizon - (folds - 1) * step;
  const least = (length ?? 1) + gap;
  if (first < least) {
    const most = Math.floor((values.length - horizon - least) / step) + 1;
    const needs = `${length === undefined ? "" : `, after windows of ${length}`}${gap > 0 ? ` and a gap of ${gap}` : ""}`;
    refuse(
      ["folds"],
      `${folds} folds of ${horizon} steps, ${step} apart${needs}, do not fit in ${values.length} values`,
      most >= 1 ? `ask for at most ${most} folds` : "shorten the horizon",
    );
  }
  return {
    ...checked,
    values,
    exogenous: Object.fromEntries(names.map((name, index) => [name, columns[index]])),
    timestamps: options.timestamps && Float64Array.from(options.timestamps),
    first,
  };
}

/** The folds from one on and before another; the first one is fitted, whatever `refit` says. */
export function runFolds(
  model: Forecaster,
  plan: BacktestPlan,
  begin: number,
  end: number,
  visit: (done: number) => void = () => {},
): FoldResult[] {
  const { values, exogenous, timestamps, horizon, step, refit, gap, length, levels, quantiles } = plan;
  const between = (names: readonly string[], from: number, to: number): Exogenous =>
    Object.fromEntries(names.map((name) => [name, exogenous[name].subarray(from, to)]));
  const all = Object.keys(exogenous);
  const results: FoldResult[] = [];
  let fitted: FittedForecaster | undefined;
  let from = 0;
  let to = 0;
  for (let index = begin; index < end; index++) {
    visit(index - begin);
    const origin = plan.first + index * step;
    const last = origin - gap;
    if (fitted === undefined || index % refit === 0) {
      from = length === undefined ? 0 : last - length;
      fitted = model.fit(values.subarray(from, last), {
        ...(all.length > 0 && { exogenous: between(all, from, last) }),
        ...(timestamps && { timestamps: timestamps.slice(from, last) }),
      });
    } else {
      fitted = fitted.update(values.subarray(to, last), { exogenous: between(regressorsOf(fitted) ?? all, to, last) });
    }
    to = last;
    const futureExogenous = between(regressorsOf(fitted) ?? all, last, origin + horizon);
    const forecast = after(fitted.forecast(gap + horizon, { levels, futureExogenous }), gap);
    const training = values.subarray(from, last);
    results.push({
      fold: foldOf(forecast, origin, [from, last], values.slice(origin, origin + horizon)),
      unit: absoluteErrorScale(training, model.seasonLength),
      squaredUnit: squaredErrorScale(training, model.seasonLength),
      rival: naive2(training, model.seasonLength, gap + horizon).slice(gap),
      quantiles: [...crpsProbabilities, ...quantiles].map((probability) => forecastQuantile(forecast, probability)),
    });
  }
  return results;
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

import { describeValue } from "@sage-twin/kernel";
import { axisOf, type BoostingAxis, type FeatureSettings, instantAt } from "./boosting-features.js";
import { type BoostingState, boostingProcess, boostingShape, savedTrees } from "./boosting-process.js";
import { checkHorizon, checkOptions, checkWhole, refuse } from "./checks.js";
import { type BoostingFit, type BoostingPlan, fitBoosting } from "./fit-boosting.js";
import { type FittedKind, fittedKind } from "./fitted.js";
import { fitNaive } from "./naive.js";
import { type ScaledSeries, scaleSeries } from "./own-scale.js";
import { type Panel, readIds, readPanel } from "./panel.js";
import { padded, readSeries, type Series } from "./series.js";
import type { FittedForecaster, Forecaster } from "./types.js";

export const boostingKind: FittedKind<BoostingState> = /* @__PURE__ */ fittedKind(
  "forecaster/boosting",
  boostingShape,
  boostingProcess,
);

/** What `gradientBoosting` may be told. */
export interface GradientBoostingOptions {
  /** Values in one season, such as 12 for months. Default: 1, no season. */
  readonly seasonLength?: number;
  /** Steps that the trees are trained for and their errors measured on; further ones start from their own forecasts. Default: one season, at least 8 and at most 60. */
  readonly horizon?: number;
  /** Past values that are features, in steps before the last one. Default: 1 to 6 and one season, one less and two. */
  readonly lags?: readonly number[];
  /** Lengths of the windows whose means and slopes are features. Default: 3, 6, one season (12 where there is none), two. */
  readonly rolling?: readonly number[];
  /** Whether month, day, weekday and hour of the step ahead are features, where `timestamps` are given. Default: true. */
  readonly calendar?: boolean;
  /** `"direct"` (default): one model forecasts each step from the origin, the number of steps being a feature. `"recursive"`: it forecasts one step, and goes on from there. */
  readonly strategy?: "direct" | "recursive";
  /** Seeds the draws of rows and columns. Default: `"sage-twin"`. */
  readonly seed?: string | number;
}

/** `gradientBoosting`, for one series or many. */
export interface GradientBoosting extends Forecaster {
  /**
   * Fits one model to all series of a panel and gives each its own fitted forecaster, in the order of the panel. Throws a `TwinError` that lists every series that no
   * model can take.
   */
  fitPanel(panel: Panel, options?: { readonly timestamps?: Panel }): ReadonlyMap<string, FittedForecaster>;
}

/**
 * Gradient-boosted trees on lags, rolling means and slopes, smoothed levels and trends, the season and the calendar of a series (median regression). All are taken relative to the
 * last value and to the size of its usual changes, in logarithms where all values are positive, so that series of any size train one model together:
 * `fitPanel`. Spreads come from errors at origins that were left out of training.
 *
 * A constant series and one of too few values get the naive model, with a note. Trees are as good as the rows that they see: prefer `fitPanel` to `fit` below some hundred values.
 *
 * @example
 * ```ts
 * import { gradientBoosting } from "@sage-twin/forecasters";
 *
 * const wave = (size: number) => Array.from({ length: 60 }, (_, t) => size * (10 + (t % 4) + t / 10));
 * const fitted = gradientBoosting({ seasonLength: 4 }).fitPanel({ north: wave(1), south: wave(50) });
 * [...fitted.keys()]; // => ["north", "south"]
 * fitted.get("south")?.forecast(4).mean.length; // => 4
 * ```
 */
export function gradientBoosting(options: GradientBoostingOptions = {}): GradientBoosting {
  const plan = readPlan(options);
  const { seasonLength } = plan.settings;
  return {
    name: "gradientBoosting",
    seasonLength,
    fit: (values, fitOptions) => fitAll([readSeries(values, fitOptions)], plan)[0],
    fitPanel(panel, panelOptions = {}) {
      const { timestamps } = checkOptions(panelOptions);
      const ids = readIds(panel);
      const fitted = fitAll(readPanel(panel, ids, timestamps), plan);
      return new Map(ids.map((id, index) => [id, fitted[index]]));
    },
  };
}

function readPlan(options: GradientBoostingOptions): BoostingPlan {
  const seasonLength = checkWhole(checkOptions(options).seasonLength ?? 1, "seasonLength", 10_000);
  const horizon = checkHorizon(options.horizon ?? Math.max(8, Math.min(60, seasonLength)));
  const { strategy = "direct" } = options;
  if (strategy !== "direct" && strategy !== "recursive")
    refuse(["strategy"], `${describeValue(strategy)} is no strategy`, 'give "direct" or "recursive"');
  const season = seasonLength > 1 ? seasonLength : 12;
  const distinct = (numbers: readonly number[], path: string): number[] =>
    [...new Set(numbers.map((number) => checkWhole(number, path, 10_000)))].sort((a, b) => a - b);
  const settings: FeatureSettings = {
    seasonLength,
    lags: distinct(options.lags ?? [1, 2, 3, 4, 5, 6, season - 1 || 1, season, 2 * season], "lags"),
    rolling: distinct(options.rolling ?? [3, 6, season, 2 * season], "rolling"),
    calendar: options.calendar ?? true,
  };
  return { settings, horizon, block: strategy === "direct" ? horizon : 1, seed: options.seed ?? "sage-twin" };
}

interface Prepared extends ScaledSeries {
  readonly axis: BoostingAxis | undefined;
}

function prepare(series: Series, calendar: boolean): Prepared {
  const { timestamps } = series;
  return { ...scaleSeries(series), axis: calendar && timestamps !== undefined ? axisOf(timestamps) : undefined };
}

function fitAll(all: readonly Series[], plan: BoostingPlan): FittedForecaster[] {
  const prepared = all.map((series) => prepare(series, plan.settings.calendar));
  const undated = prepared.filter(({ axis }) => axis === undefined).length;
  const calendar = undated === 0;
  const notes =
    undated > 0 && undated < all.length ? [`${undated} series have no timestamps: the calendar is not used`] : [];
  const own = { ...plan, settings: { ...plan.settings, calendar } };
  const usable = prepared.flatMap((item, index) => (item.constant ? [] : [index]));
  const fit = fitBoosting(
    usable.map((index) => prepared[index]),
    own,
  );
  const model = fit && savedTrees(fit.trees);
  return all.map((series, index) => {
    const at = usable.indexOf(index);
    if (at < 0) return fitNaive(series, "the series is constant: naive instead of trees");
    if (fit === undefined) return fitNaive(series, `${series.observed} values are too few for trees: naive instead`);
    const seen = calendar ? prepared[index] : { ...prepared[index], axis: undefined };
    return publish(
      { ...series, notes: [...series.notes, ...notes] },
      seen,
      own,
      fit,
      fit.factors[at],
      model,
      all.length,
    );
  });
}

function publish(
  series: Series,
  { logarithm, scale, axis, values }: Prepared,
  { settings, block }: BoostingPlan,
  fit: BoostingFit,
  factor: number,
  model: unknown,
  count: number,
): FittedForecaster {
  const start: BoostingState = {
    settings,
    block,
    logarithm,
    scale,
    history: [values[0]],
    ...(axis === undefined ? {} : { axis: { ...axis, last: instantAt(axis, 1 - values.length) } }),
    spread: fit.spread.map((deviation) => deviation * factor),
    persistence: fit.persistence,
    description: `${fit.trees.trees} trees of ${count === 1 ? "this series" : `${count} series`}, ${block === 1 ? "one step" : `${block} steps`} at a time${logarithm ? ", of logarithms" : ""}`,
    model,
  };
  const { state, residuals } = boostingProcess(start).filter(series.values.subarray(1));
  return boostingKind.publish(
    axis === undefined ? state : { ...state, axis },
    padded(residuals, series.leading + 1),
    series.notes,
  );
}

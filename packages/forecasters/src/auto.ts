import { pow } from "@sage-twin/kernel";
import { absoluteErrorScale } from "@sage-twin/numerics";
import {
  fitMember,
  type MemberName,
  membersFor,
  type RollingRecord,
  rollOrigins,
  type Track,
} from "./auto-backtest.js";
import { trackError, widenings } from "./calibrate.js";
import { checkHorizon, checkSeasonLength, checkWhole, longestHorizon } from "./checks.js";
import { autoKind, type Comparison, type FittedAuto } from "./combined.js";
import { engineOf } from "./fitted.js";
import { readSeries, type Series } from "./series.js";
import type { Forecaster } from "./types.js";

/** What `auto` may be told. */
export interface AutoOptions {
  /** Values in one season, such as 12 for months. Default: 1, no season. */
  readonly seasonLength?: number;
  /** The horizon that the choice and the intervals are made for; any other can still be forecast. Default: one season, at least 6. */
  readonly horizon?: number;
  /** The budget: how often each model is fitted anew in the backtest (a first and a last fit search all forms). Default: 4. */
  readonly refits?: number;
}

interface Candidate extends Track {
  readonly name: string;
  readonly members: readonly MemberName[];
  readonly weights: readonly number[];
  readonly score: number;
}

const leastTraining = 7;
const leastOrigins = 3;
const combinationPower = 6;
const leastWeight = 0.05;
const mostOrigins = 240;
const mostSteps = 240;
const clearlyBetter = 0.9;

/**
 * The model that a rolling-origin backtest on the series itself favours: naive, seasonal naive, `autoEts`, `autoCes`, `autoArima`,
 * `dynamicOptimizedTheta` and, for seasons of 24 values and more or where a longer one is found (the week of hours, the year of days), STL with
 * `autoEts` and `autoArima` on the rest; or their mean weighted by the sixth power of the inverse error. One model alone is taken when its error is 10 % below that
 * of the mean or nothing but it weighs 5 %. The intervals are widened, step by step, by what the backtest's errors were against the stated spread.
 *
 * Every model forecasts from each origin in the second half of the series (at most the last 240, and 240 steps), fitted anew at `refits` of them and filtering in between.
 * A series too short for that (fewer than 10 values, or hardly longer than the horizon) gets seasonal naive or naive, and `notes` says so.
 *
 * @example
 * ```ts
 * import { auto } from "@sage-twin/forecasters";
 *
 * const sales = [12, 15, 14, 17, 18, 17, 20, 22, 21, 24, 25, 24, 27, 28, 30, 29];
 * const fitted = auto({ horizon: 3 }).fit(sales);
 * fitted.selected; // => "43 % autoCes + 57 % dynamicOptimizedTheta"
 * fitted.forecast(3).interval(90).lower.length; // => 3
 * ```
 */
export function auto(options: AutoOptions = {}): Forecaster<FittedAuto> {
  const seasonLength = checkSeasonLength(options);
  const horizon = checkHorizon(options.horizon ?? Math.min(longestHorizon, Math.max(6, seasonLength)));
  const refits = checkWhole(options.refits ?? 4, "refits");
  return {
    name: "auto",
    seasonLength,
    fit: (values, fitOptions) => fitAuto(readSeries(values, fitOptions), seasonLength, horizon, refits),
  };
}

function fitAuto(series: Series, seasonLength: number, horizon: number, refits: number): FittedAuto {
  const { values } = series;
  const wanted = Math.max(Math.floor(values.length / 2), 2 * seasonLength + 4, values.length - mostOrigins);
  const firstOrigin = Math.max(leastTraining, Math.min(wanted, values.length - Math.ceil(horizon / 2)));
  const origins = Math.min(values.length - firstOrigin, series.observed - leastTraining);
  const unit = absoluteErrorScale(values, seasonLength);
  if (origins < leastOrigins) return simple(series, seasonLength, "the series is too short for a backtest");
  if (!(unit > 0)) return simple(series, seasonLength, "the series does not vary");

  const steps = Math.min(horizon, values.length - firstOrigin, mostSteps);
  const names = membersFor(series, seasonLength, firstOrigin);
  const record = rollOrigins(series, seasonLength, names, { firstOrigin, steps, refits });
  const singles = names.map((name): Candidate => {
    const track = record.tracks.get(name) as Track;
    return { name, members: [name], weights: [1], ...track, score: trackError(values, track, record) / unit };
  });
  const combined = combination(singles, values, record, unit);
  const single = singles.reduce((a, b) => (b.score < a.score ? b : a));
  const chosen = combined === undefined || single.score <= clearlyBetter * combined.score ? single : combined;

  const fitted = chosen.members.map((name) => fitMember(name, series, seasonLength));
  const engines = fitted.map(engineOf);
  const spread = weightedSum(
    engines.map(({ process }) => process.spread(steps)),
    chosen.weights,
  );
  const comparison = [...singles, ...(combined === undefined ? [] : [combined])]
    .map(({ name, score }): Comparison => ({ model: name, score }))
    .sort((a, b) => a.score - b.score);
  const state = {
    selected: chosen.name,
    why: reason(chosen, single, singles[seasonLength > 1 ? 1 : 0], record),
    comparison,
    members: engines.map((engine) => engine.toJSON()),
    weights: chosen.weights,
    widening: widenings(values, chosen, record, spread),
  };
  const notes = [...new Set(fitted.flatMap((member) => member.notes))];
  return autoKind.publish(
    state,
    weightedSum(
      fitted.map(({ residuals }) => residuals),
      chosen.weights,
    ),
    notes,
  );
}

/** The mean of the models, weighted by error^-6; those below 5 % are left out. */
function combination(
  singles: readonly Candidate[],
  values: Float64Array,
  record: RollingRecord,
  unit: number,
): Candidate | undefined {
  const smallest = Math.min(...singles.map(({ score }) => score));
  const weigh = ({ score }: Candidate): number => (score > smallest ? pow(smallest / score, combinationPower) : 1);
  const total = singles.reduce((sum, single) => sum + weigh(single), 0);
  const used = singles.filter((single) => weigh(single) >= leastWeight * total);
  if (used.length < 2) return undefined;
  const usedTotal = used.reduce((sum, single) => sum + weigh(single), 0);
  const weights = used.map((single) => weigh(single) / usedTotal);
  const track = {
    mean: weightedSum(
      used.map(({ mean }) => mean),
      weights,
    ),
    spread: weightedSum(
      used.map(({ spread }) => spread),
      weights,
    ),
  };
  const name = used.map((single, i) => `${Math.round(100 * weights[i])} % ${single.name}`).join(" + ");
  return {
    name,
    members: used.map((single) => single.name as MemberName),
    weights,
    ...track,
    score: trackError(values, track, record) / unit,
  };
}

function weightedSum(arrays: readonly Float64Array[], weights: readonly number[]): Float64Array {
  return arrays[0].map((_, i) => arrays.reduce((sum, array, k) => sum + weights[k] * array[i], 0));
}

function reason(chosen: Candidate, single: Candidate, rival: Candidate, { origins, steps }: RollingRecord): string {
  const backtest = `over ${origins} origins and up to ${steps} steps ahead`;
  const found =
    chosen === single
      ? `${chosen.name} had the smallest error ${backtest}: ${chosen.score.toPrecision(3)} mean differences of one season`
      : `models close to each other are best averaged: the mean had an error of ${chosen.score.toPrecision(3)} mean differences of one season ${backtest}, the best single model (${single.name}) ${single.score.toPrecision(3)}`;
  return chosen.score > rival.score
    ? `${found}; ${rival.name} alone was better there (${rival.score.toPrecision(3)})`
    : found;
}

/** Seasonal naive, or naive, where nothing can be compared. */
function simple(series: Series, seasonLength: number, why: string): FittedAuto {
  const fitted = fitMember(seasonLength > 1 ? "seasonalNaive" : "naive", series, seasonLength);
  const state = {
    selected: fitted.name,
    why,
    comparison: [],
    members: [engineOf(fitted).toJSON()],
    weights: [1],
    widening: [1],
  };
  return autoKind.publish(state, fitted.residuals, [...fitted.notes, `${why}: ${fitted.name} stands in`]);
}

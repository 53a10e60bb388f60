import {
  describeValue,
  encodeNumbers,
  exp,
  type Issue,
  parseFrequency,
  periodIndex,
  TwinError,
  toInstant,
} from "@sage-twin/kernel";
import { type FittedSentimentPredictor, publishSentiment, type WeighedLevel } from "./fitted-sentiment.js";
import type { SentimentSeries } from "./sentiment-series.js";
import { filterLevel, type Wandering } from "./wandering-level.js";

/** What the trend of sentiment is learnt from: a `SentimentSeries`, or any series of means with the variances of their measurement (NaN for both in a gap). */
export type MeasuredSentiment = Pick<SentimentSeries, "frequency" | "times" | "means" | "meanVariances">;

/** Finds where sentiment is heading; not yet fitted. */
export interface SentimentPredictor {
  readonly name: "sentiment";
  /** Throws a `TwinError` that lists what is wrong with the series. */
  fit(series: MeasuredSentiment): FittedSentimentPredictor;
}

/** Standard deviations a period that are thought possible. */
const levelSteps = [0, 0.003, 0.006, 0.0125, 0.025, 0.05, 0.1, 0.2];
const shocks = [0, 0.02, 0.05, 0.1, 0.2];
const slopeSteps = [0.0005, 0.001, 0.002, 0.004, 0.008, 0.016, 0.032];
const dampings = [0.8, 0.95, 0.99];
const fewestPeriods = 5;
const mostPeriods = 2000;
const leastWeight = 1e-3;

/** Half of the belief is that there is no slope; else all cells are as likely. */
const cells: readonly { readonly wandering: Wandering; readonly prior: number }[] = /* @__PURE__ */ (() =>
  levelSteps.flatMap((level) =>
    shocks.flatMap((shock) => {
      const of = (slope: number, damping: number, prior: number) => ({
        wandering: { level: level * level, slope: slope * slope, damping, shock: shock * shock },
        prior,
      });
      const moving = slopeSteps.flatMap((slope) =>
        dampings.map((damping) => of(slope, damping, 0.5 / (slopeSteps.length * dampings.length))),
      );
      return [of(0, dampings[0], 0.5), ...moving];
    }),
  ))();

/**
 * Where sentiment is heading: a level that wanders with a slope that comes and goes, seen through periods of few or many reviews, each as exact as its reviews make it (a state-space model with
 * known variances of measurement; Harvey 1989). How fast level and slope move is not fitted but weighed: every combination on a grid counts as much as the data make it likely, so that intervals carry that doubt too.
 *
 * @example
 * ```ts
 * import { sentimentPredictor } from "@sage-twin/predictors";
 *
 * const day = (index: number) => new Date(Date.UTC(2026, 0, 1 + index)).toISOString().slice(0, 10);
 * const days = Array.from({ length: 60 }, (_, index) => index);
 * const fitted = sentimentPredictor().fit({
 *   frequency: "D",
 *   times: days.map(day),
 *   means: Float64Array.from(days, (index) => 0.5 - 0.012 * index + 0.05 * Math.sin(index * 7)),
 *   meanVariances: new Float64Array(60).fill(0.003),
 * });
 * const ahead = fitted.predict(Array.from({ length: 7 }, () => ({})));
 * ahead[6].probabilityLower > 0.9; // => true
 * ```
 */
export function sentimentPredictor(): SentimentPredictor {
  return Object.freeze({
    name: "sentiment" as const,
    fit(series: MeasuredSentiment) {
      checkSeries(series);
      const { frequency, times } = series;
      const from = Math.max(0, times.length - mostPeriods);
      const means = Float64Array.from(series.means).subarray(from);
      const variances = Float64Array.from(series.meanVariances).subarray(from);
      const known = means.filter((mean) => !Number.isNaN(mean));
      const overall = known.reduce((sum, mean) => sum + mean, 0) / known.length;
      const runs = cells.map(({ wandering, prior }) => ({
        wandering,
        prior,
        ...filterLevel(wandering, means, variances, overall),
      }));
      const best = runs.reduce((most, { likelihood }) => Math.max(most, likelihood), Number.NEGATIVE_INFINITY);
      const weights = runs.map(({ likelihood, prior }) => prior * exp(likelihood - best));
      const all = weights.reduce((sum, weight) => sum + weight, 0);
      const kept = runs.flatMap(({ wandering, last }, index): WeighedLevel[] =>
        weights[index] < leastWeight * all ? [] : [{ ...wandering, weight: weights[index], last }],
      );
      const total = kept.reduce((sum, { weight }) => sum + weight, 0);
      return publishSentiment({
        frequency,
        next: periodIndex(toInstant(times[times.length - 1]), frequency) + 1,
        overall,
        levels: kept.map((level) => ({ ...level, weight: level.weight / total })),
        means: encodeNumbers(means),
        variances: encodeNumbers(variances),
        notes: [
          ...(from > 0 ? [`the last ${mostPeriods} of ${times.length} periods are used`] : []),
          ...(known.length < means.length
            ? [`${means.length - known.length} of ${means.length} periods are without a measurement`]
            : []),
        ],
      });
    },
  });
}

function checkSeries(series: MeasuredSentiment): void {
  const { frequency, times, means, meanVariances } = series ?? {};
  const issues: Issue[] = [];
  const problem = (path: Issue["path"], message: string, fix: string): void => {
    if (issues.length < 100) issues.push({ code: "invalid-data", path, message, fix });
  };
  parseFrequency(frequency);
  const length = Array.isArray(times) ? times.length : 0;
  if (length === 0)
    problem(["times"], `${describeValue(times)} is no list of times`, "give a series by sentimentSeries");
  if (means?.length !== length || meanVariances?.length !== length)
    problem(
      ["means"],
      `${length} times, ${means?.length} means, ${meanVariances?.length} variances`,
      "give one of each",
    );
  let known = 0;
  for (let t = 0; t < length && issues.length === 0; t++) {
    const [mean, variance] = [means[t], meanVariances[t]];
    if (Number.isNaN(mean) && Number.isNaN(variance)) continue;
    known++;
    if (!(mean >= -1 && mean <= 1))
      problem(["means", t], `${describeValue(mean)} is no score`, "scores are from -1 to 1");
    if (!(variance > 0 && variance <= 4))
      problem(["meanVariances", t], `${describeValue(variance)} is no variance of a mean`, "give a number above 0");
  }
  if (issues.length === 0)
    times.forEach((time, t) => {
      const first = periodIndex(toInstant(times[0], ["times", 0]), frequency);
      if (periodIndex(toInstant(time, ["times", t]), frequency) !== first + t)
        problem(
          ["times", t],
          `${describeValue(time)} does not follow the period before`,
          "give every period, NaN in gaps",
        );
    });
  if (issues.length === 0 && known < fewestPeriods)
    problem(["means"], `${known} periods have a measurement`, `${fewestPeriods} are needed`);
  if (issues.length > 0) throw new TwinError(issues);
}

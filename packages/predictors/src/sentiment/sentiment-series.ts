import {
  describeValue,
  formatInstant,
  type Instant,
  type Issue,
  normalQuantile,
  parseFrequency,
  periodIndex,
  periodStart,
  type RunOptions,
  TwinError,
  toInstant,
} from "@sage-twin/kernel";
import { lexiconScorer } from "./lexicon-scorer.js";
import { checkScores, type TextScorer } from "./text-scorer.js";

/** What somebody wrote. */
export interface Review {
  readonly time: Instant;
  readonly text: string;
  /** Of two reviews with one id the first counts. */
  readonly id?: string;
  /** Above 0; default 1. */
  readonly weight?: number;
}

/** How reviews become a series. */
export interface SentimentSeriesOptions extends Pick<RunOptions, "signal" | "onProgress"> {
  /** Default: `lexiconScorer()`. */
  readonly scorer?: TextScorer;
  /** Default: `"D"`, by day. */
  readonly frequency?: string;
  /** Of the intervals, in per cent. Default: 90. */
  readonly level?: number;
}

/** Sentiment by period, gaps included. Scores are from -1 to 1. */
export interface SentimentSeries {
  readonly frequency: string;
  readonly scorer: string;
  /** The starts of the periods, from the first review's to the last one's. */
  readonly times: readonly string[];
  /** Reviews in each period. */
  readonly counts: Float64Array;
  /** The weighted mean of the scores; NaN without reviews. */
  readonly means: Float64Array;
  /** What a period's sentiment is thought to be once chance is allowed for: its mean drawn towards the mean of all, the more the fewer its reviews. */
  readonly sentiment: Float64Array;
  readonly standardErrors: Float64Array;
  readonly lower: Float64Array;
  readonly upper: Float64Array;
  /** The mean of all, and the variances of scores within a period and of sentiment between periods. */
  readonly overall: number;
  readonly within: number;
  readonly between: number;
  /** The variance with which each period's mean is measured; NaN without reviews. */
  readonly meanVariances: Float64Array;
  /** The score of each review, in their order; those set aside too. */
  readonly scores: Float64Array;
  readonly notes: readonly string[];
}

const textsPerStretch = 2000;
const mostPeriods = 100_000;
const mostIssues = 100;

/**
 * Scores reviews and makes a series of them. A period of few reviews swings by chance: its mean is drawn towards the mean of all by the share of chance in it, as an empirical Bayes estimate of a random effect
 * (Efron and Morris 1975; variances by the analysis of variance of unbalanced groups). A period without a review has the mean of all with the widest interval.
 *
 * @throws TwinError with every review whose time, text or weight is none.
 *
 * @example
 * ```ts
 * import { sentimentSeries } from "@sage-twin/predictors";
 *
 * const series = await sentimentSeries([
 *   { time: "2026-03-02", text: "Great service, thank you!" },
 *   { time: "2026-03-02", text: "Friendly and fast." },
 *   { time: "2026-03-04", text: "Terrible. The parcel was damaged." },
 * ]);
 * series.times; // => ["2026-03-02", "2026-03-03", "2026-03-04"]
 * [...series.counts]; // => [2, 0, 1]
 * series.sentiment[0] > series.sentiment[2]; // => true
 * ```
 */
export async function sentimentSeries(
  reviews: readonly Review[],
  options: SentimentSeriesOptions = {},
): Promise<SentimentSeries> {
  const { scorer = lexiconScorer(), frequency = "D", level = 90, signal, onProgress } = options;
  const { periods, first, length } = readReviews(reviews, frequency, level);
  const scores = new Float64Array(reviews.length);
  for (let from = 0; from < reviews.length; from += textsPerStretch) {
    signal?.throwIfAborted();
    const texts = reviews.slice(from, from + textsPerStretch).map(({ text }) => text);
    const found = checkScores(await scorer.score(texts, { signal }), texts.length, scorer.name);
    found.forEach(({ score }, index) => {
      scores[from + index] = score;
    });
    onProgress?.({ stage: "scoring", done: from + texts.length, total: reviews.length });
  }
  const seen = new Set<string>();
  const kept = reviews.map(({ id }) => {
    if (id === undefined) return true;
    if (seen.has(id)) return false;
    seen.add(id);
    return true;
  });
  const again = kept.filter((keeps) => !keeps).length;
  const groups = groupsOf(
    length,
    periods.map((period) => period - first),
    scores,
    reviews.map(({ weight = 1 }, index) => (kept[index] ? weight : 0)),
  );
  const { overall, overallVariance, within, between } = variancesOf(groups);
  const [sentiment, standardErrors, lower, upper, means, counts, meanVariances] = Array.from(
    { length: 7 },
    () => new Float64Array(length),
  );
  const width = normalQuantile(0.5 + level / 200);
  groups.forEach(({ count, effective, mean }, t) => {
    // The share of chance in a period's mean.
    const variance = within / effective;
    const chance = effective === 0 || between === 0 ? 1 : variance / (variance + between);
    sentiment[t] = chance * overall + (effective === 0 ? 0 : (1 - chance) * mean);
    const error = (1 - chance) * variance + chance * chance * overallVariance;
    standardErrors[t] = Math.sqrt(effective === 0 ? between + overallVariance : error);
    lower[t] = Math.max(-1, sentiment[t] - width * standardErrors[t]);
    upper[t] = Math.min(1, sentiment[t] + width * standardErrors[t]);
    means[t] = effective === 0 ? Number.NaN : mean;
    meanVariances[t] = effective === 0 ? Number.NaN : variance;
    counts[t] = count;
  });
  const empty = counts.filter((count) => count === 0).length;
  const silent = scores.filter((score) => score === 0).length;
  return {
    frequency,
    scorer: scorer.name,
    times: Array.from({ length }, (_, t) => formatInstant(periodStart(first + t, frequency), frequency)),
    counts,
    means,
    sentiment,
    standardErrors,
    lower,
    upper,
    overall,
    within,
    between,
    meanVariances,
    scores,
    notes: [
      ...(again > 0 ? [`${again} reviews have the id of an earlier one and do not count`] : []),
      ...(empty > 0 ? [`${empty} of ${length} periods are without a review`] : []),
      ...(silent > reviews.length / 2 ? [`the scorer '${scorer.name}' found nothing in ${silent} texts`] : []),
      ...(groups.every(({ effective }) => effective <= 1)
        ? ["no period has two reviews: what a period is cannot be told from chance"]
        : []),
    ],
  };
}

interface Group {
  count: number;
  /** How many reviews of equal weight tell as much (Kish 1965). */
  effective: number;
  mean: number;
  /** The weighted mean square about the mean. */
  square: number;
}

function groupsOf(
  length: number,
  places: readonly number[],
  scores: Float64Array,
  weights: readonly number[],
): Group[] {
  const [weight, squares, sums] = Array.from({ length: 3 }, () => new Float64Array(length));
  const groups = Array.from({ length }, () => ({ count: 0, effective: 0, mean: 0, square: 0 }));
  places.forEach((t, index) => {
    const own = weights[index];
    if (own === 0) return;
    groups[t].count++;
    weight[t] += own;
    squares[t] += own * own;
    sums[t] += own * scores[index];
  });
  groups.forEach((group, t) => {
    if (group.count === 0) return;
    group.effective = (weight[t] * weight[t]) / squares[t];
    group.mean = sums[t] / weight[t];
  });
  places.forEach((t, index) => {
    const distance = scores[index] - groups[t].mean;
    if (weights[index] > 0) groups[t].square += (weights[index] * distance * distance) / weight[t];
  });
  return groups;
}

/** Variances within and between periods, and the mean of all with the variance of its estimate. */
function variancesOf(groups: readonly Group[]) {
  const known = groups.filter(({ effective }) => effective > 0);
  const sum = (of: (group: Group) => number): number => known.reduce((total, group) => total + of(group), 0);
  const total = sum(({ effective }) => effective);
  const centre = sum(({ effective, mean }) => effective * mean) / total;
  const freedom = sum(({ effective }) => Math.max(0, effective - 1));
  const squares = sum(({ effective, square }) => effective * square);
  const outer = sum(({ effective, mean }) => effective * (mean - centre) * (mean - centre));
  const least = 1e-6;
  // Without two reviews in any period all variation is chance.
  const within = Math.max(least, freedom > 0 ? squares / freedom : outer / Math.max(1, known.length - 1));
  const spread = (total - sum(({ effective }) => effective * effective) / total) / Math.max(1, known.length - 1);
  const between = freedom > 0 && spread > 0 ? Math.max(0, (outer / (known.length - 1) - within) / spread) : 0;
  const precision = sum(({ effective }) => 1 / (between + within / effective));
  const overall = sum(({ effective, mean }) => mean / (between + within / effective)) / precision;
  return { within, between, overall, overallVariance: 1 / precision };
}

function readReviews(reviews: readonly Review[], frequency: string, level: number) {
  const issues: Issue[] = [];
  const problem = (path: Issue["path"], message: string, fix: string): void => {
    if (issues.length < mostIssues) issues.push({ code: "invalid-data", path, message, fix });
  };
  const gather = <Value>(action: () => Value): Value | undefined => {
    try {
      return action();
    } catch (error) {
      if (!TwinError.isInstance(error)) throw error;
      if (issues.length < mostIssues) issues.push(...error.issues);
      return undefined;
    }
  };
  if (!(level > 0 && level < 100)) problem(["level"], `${describeValue(level)} is no level`, "such as 90");
  const period = gather(() => parseFrequency(frequency)) ?? "D";
  if (!Array.isArray(reviews) || reviews.length === 0)
    problem(["reviews"], "there are no reviews", "give rows { time, text }");
  const periods = (Array.isArray(reviews) ? reviews : []).map((review: Partial<Review> | null, index) => {
    if (typeof review?.text !== "string")
      problem(
        ["reviews", index, "text"],
        `${describeValue(review?.text)} is no text`,
        "give text, empty where there is none",
      );
    const weight = review?.weight ?? 1;
    if (!(typeof weight === "number" && weight > 0 && weight < 1e9))
      problem(["reviews", index, "weight"], `${describeValue(weight)} is no weight`, "give a number above 0");
    if (review?.id !== undefined && typeof review.id !== "string")
      problem(["reviews", index, "id"], `${describeValue(review.id)} is no id`, "give text");
    return gather(() => periodIndex(toInstant(review?.time as Instant, ["reviews", index, "time"]), period)) ?? 0;
  });
  if (issues.length > 0) throw new TwinError(issues);
  const first = periods.reduce((least, value) => Math.min(least, value), periods[0]);
  const length = periods.reduce((most, value) => Math.max(most, value), first) - first + 1;
  if (length > mostPeriods)
    throw new TwinError({
      code: "too-large",
      path: ["reviews"],
      message: `the reviews span ${length} periods, ${mostPeriods} are read`,
      fix: "look for a wrong time, or give a longer frequency",
    });
  return { periods, first, length };
}

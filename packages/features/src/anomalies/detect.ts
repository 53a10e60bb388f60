import { stl } from "@sage-twin/numerics";
import { finiteOrMissing, invalidArgument, requireChoice, requireWhole } from "../numbers.js";
import { levelShift, varianceChange } from "./changes.js";
import { generalisedEsd } from "./extreme-deviates.js";
import type { AnomalyMethod, AnomalyScores } from "./method.js";
import { interquartile, robustZ, stlResidual } from "./outliers.js";

/** Which anomalies to look for, and from when on to flag them. */
export interface AnomalyOptions {
  /** Default: all; those that the series is too short for are listed in `skipped`. */
  readonly methods?: readonly AnomalyMethod[];
  /** Rows in a season: needed by `"stlResidual"`, and taken out before shifts and changes are looked for. */
  readonly period?: number;
  /** Robust standard deviations from which `"robustZ"` and `"stlResidual"` flag. Default 3.5. */
  readonly deviations?: number;
  /** Interquartile ranges beyond the quartiles from which `"iqr"` flags. Default 1.5. */
  readonly fence?: number;
  /** Significance of `"esd"`, `"levelShift"` and `"varianceChange"`. Default 0.05. */
  readonly level?: number;
  /** The most outliers that `"esd"` looks for. Default: a tenth of the values, at least 1 and at most 100. */
  readonly maxOutliers?: number;
  /** Rows on either side for `"levelShift"`; `"varianceChange"` looks at twice as many. Default: a tenth of the rows, 8 to 30. */
  readonly window?: number;
}

/** One anomalous row. */
export interface Anomaly {
  readonly index: number;
  readonly method: AnomalyMethod;
  readonly value: number;
  readonly expected: number;
  /** The bounds between which nothing would have been flagged. */
  readonly lower: number;
  readonly upper: number;
  /** How far out, in the method's unit: deviations, ranges, statistic over critical value, t, or ratio of variances. */
  readonly score: number;
  readonly reason: string;
}

/** What `detectAnomalies` found. Plain JSON. */
export interface AnomalyReport {
  /** How many rows were looked at, and how many of them are missing. */
  readonly rows: number;
  readonly missing: number;
  readonly methods: readonly AnomalyMethod[];
  /** By row, then by method. */
  readonly anomalies: readonly Anomaly[];
  readonly skipped: readonly { readonly method: AnomalyMethod; readonly reason: string }[];
}

const allMethods: readonly AnomalyMethod[] = ["robustZ", "iqr", "stlResidual", "esd", "levelShift", "varianceChange"];

/**
 * The rows of a series that are out of the ordinary, each with the reason and what was expected. Missing values (NaN) are left out.
 *
 * @throws TwinError `invalid-argument` for options out of range.
 *
 * @example
 * ```ts
 * import { detectAnomalies } from "@sage-twin/features";
 *
 * const report = detectAnomalies([12, 11, 13, 12, 95, 12, 11, 13, 12, 11], { methods: ["robustZ"] });
 * report.anomalies.map(({ index, expected }) => [index, expected]); // => [[4, 12]]
 * report.anomalies[0].reason; // => "95 is 55.983 robust standard deviations above the median 12"
 * ```
 */
export function detectAnomalies(values: ArrayLike<number>, options: AnomalyOptions = {}): AnomalyReport {
  const { numbers, results, skipped } = scoreAll(values, options);
  const anomalies = results.flatMap(([method, { scores, expected, lower, upper, flagged, reason }]) =>
    flagged.map((index) => ({
      index,
      method,
      value: numbers[index],
      expected: expected[index],
      lower: lower[index],
      upper: upper[index],
      score: scores[index],
      reason: reason(index),
    })),
  );
  return {
    rows: numbers.length,
    missing: numbers.reduce((count, value) => count + (Number.isNaN(value) ? 1 : 0), 0),
    methods: results.map(([method]) => method),
    anomalies: anomalies.sort((a, b) => a.index - b.index),
    skipped,
  };
}

/**
 * The same as columns: for each method that could be applied, the score of every row and a flag of 1 or 0. They look at the whole
 * series, what comes later too: for learning from the past, use the pipeline's `anomaly` step.
 *
 * @example
 * ```ts
 * import { anomalyColumns } from "@sage-twin/features";
 *
 * const { iqr } = anomalyColumns([12, 11, 13, 12, 95, 12, 11, 13, 12, 11], { methods: ["iqr"] });
 * iqr?.flags; // => [0, 0, 0, 0, 1, 0, 0, 0, 0, 0]
 * ```
 */
export function anomalyColumns(
  values: ArrayLike<number>,
  options: AnomalyOptions = {},
): Readonly<Partial<Record<AnomalyMethod, { readonly scores: Float64Array; readonly flags: Float64Array }>>> {
  const { numbers, results } = scoreAll(values, options);
  return Object.fromEntries(
    results.map(([method, { scores, flagged }]) => {
      const flags = numbers.map((value) => (Number.isNaN(value) ? value : 0));
      for (const row of flagged) flags[row] = 1;
      return [method, { scores, flags }];
    }),
  );
}

function scoreAll(values: ArrayLike<number>, options: AnomalyOptions) {
  const numbers = finiteOrMissing(values);
  const { methods = allMethods, period, deviations = 3.5, fence = 1.5, level = 0.05 } = options;
  const known = numbers.filter((value) => !Number.isNaN(value)).length;
  const {
    maxOutliers = Math.min(100, Math.max(1, Math.floor(known / 10))),
    window = Math.min(30, Math.max(8, Math.floor(numbers.length / 10))),
  } = options;
  methods.forEach((method, index) => {
    requireChoice(method, ["methods", index], allMethods);
  });
  if (period !== undefined) requireWhole(period, ["period"], 2);
  requireWhole(maxOutliers, ["maxOutliers"], 1);
  requireWhole(window, ["window"], 4);
  for (const [name, value, most] of [
    ["deviations", deviations, Infinity],
    ["fence", fence, Infinity],
    ["level", level, 1],
  ] as const)
    if (!(value > 0 && value < most))
      throw invalidArgument([name], `${value} is not above 0${most === 1 ? " and below 1" : ""}`);
  const seasons = period !== undefined && numbers.length >= 2 * period && known > period;
  const unseasoned = (): Float64Array => {
    if (!seasons) return numbers;
    const { seasonal } = stl(numbers, { period, robust: true });
    return numbers.map((value, row) => value - seasonal[row]);
  };
  const apply: Record<AnomalyMethod, () => AnomalyScores | string> = {
    robustZ: () => robustZ(numbers, deviations),
    iqr: () => interquartile(numbers, fence) ?? "half of the values are the same",
    stlResidual: () => {
      if (period === undefined) return "it needs a period";
      return seasons ? stlResidual(numbers, period, deviations) : `${numbers.length} rows are less than two seasons`;
    },
    esd: () => generalisedEsd(numbers, maxOutliers, level),
    levelShift: () =>
      numbers.length < 2 * window ? `it needs ${2 * window} rows` : levelShift(unseasoned(), window, level),
    varianceChange: () =>
      numbers.length < 4 * window ? `it needs ${4 * window} rows` : varianceChange(unseasoned(), 2 * window, level),
  };
  const results: [AnomalyMethod, AnomalyScores][] = [];
  const skipped: { method: AnomalyMethod; reason: string }[] = [];
  for (const method of new Set(methods)) {
    const result = known < 5 ? `${known} values are too few` : apply[method]();
    if (typeof result === "string") skipped.push({ method, reason: result });
    else results.push([method, result]);
  }
  return { numbers, results, skipped };
}

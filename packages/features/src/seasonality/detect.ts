import { seasonLengths } from "@sage-twin/kernel";
import { autocorrelations, periodogram, stl } from "@sage-twin/numerics";
import { finiteOrMissing, invalidArgument, requireWhole } from "../numbers.js";
import { seasonalTest } from "./seasonal-test.js";
import { strengths, strengthTail } from "./strength.js";

/** Which seasons to look for. */
export interface SeasonalityOptions {
  /** Lengths of season in rows, from 2. Default: those that are usual at `frequency`; without it, the peaks of the autocorrelations. */
  readonly periods?: readonly number[];
  /** The frequency of the rows, such as `"M"`. */
  readonly frequency?: string;
  /** The corrected p-value below which a season counts as found. Default: 5 / rows, at most 1/3: 5 % of 100 values, 1 % of 500. */
  readonly level?: number;
}

/** What speaks for a season of one length. */
export interface SeasonEvidence {
  readonly period: number;
  readonly detected: boolean;
  /** Of the two tests together, times the number of periods that were tried (Bonferroni). */
  readonly pValue: number;
  /** Strength of the season by STL, 0..1: 1 - var(remainder) / var(season + remainder) (Wang, Smith and Hyndman 2006). */
  readonly strength: number;
  /** Autocorrelation of the detrended values at this lag. */
  readonly autocorrelation: number;
  /** Share of the detrended values' variance at the season's frequency and its multiples. */
  readonly power: number;
  /** The F test of the season's harmonics beside trend and autocorrelated errors: statistic, degrees of freedom, p-value. */
  readonly fTest: { readonly statistic: number; readonly degrees: readonly [number, number]; readonly pValue: number };
  /** The probability that noise shows this strength. */
  readonly strengthPValue: number;
}

/** What `detectSeasonality` found. Plain JSON. */
export interface SeasonalityReport {
  /** The lengths of the seasons found, ascending. */
  readonly periods: readonly number[];
  /** One for each period that was tried, ascending. */
  readonly evidence: readonly SeasonEvidence[];
  /** Strength of the trend by STL, 0..1; null where no period could be tried. */
  readonly trendStrength: number | null;
  /** The level that was applied. */
  readonly level: number;
  /** Periods that could not be tried, and why. */
  readonly skipped: readonly { readonly period: number; readonly reason: string }[];
}

/** Two tests, and their slightly too frequent small p-values in short series; chosen with the M1 series and noise in view, see the guide. */
const correction = 3;

/**
 * The seasons of a series, each with its strength and evidence. A season is found when either test is significant: an F test of its
 * harmonics beside a straight trend and autocorrelated errors, or its STL strength beside that of noise; where periods are searched
 * for, when both are. Longer seasons are tested
 * beside the shorter ones found. Missing values (NaN) are left out; trends and random walks are not taken for seasons.
 *
 * @param values equally spaced; a period needs two seasons of it and 8 values.
 * @throws TwinError `invalid-argument` for periods that are no whole number from 2.
 *
 * @example
 * ```ts
 * import { detectSeasonality } from "@sage-twin/features";
 *
 * const season = [4, 1, -3, -2];
 * const sales = Array.from({ length: 32 }, (_, quarter) => 50 + quarter + season[quarter % 4] + ((quarter * 7) % 5) / 5);
 * detectSeasonality(sales, { frequency: "Q" }).periods; // => [4]
 * ```
 */
export function detectSeasonality(values: ArrayLike<number>, options: SeasonalityOptions = {}): SeasonalityReport {
  const numbers = finiteOrMissing(values);
  const { level = Math.min(1 / 3, 5 / Math.max(1, numbers.length)) } = options;
  if (!(level > 0 && level < 1)) throw invalidArgument(["level"], `${level} is not a number between 0 and 1`);
  const { periods, tried } = candidatePeriods(numbers, options);
  const searched = options.periods === undefined && options.frequency === undefined;
  const skipped: { period: number; reason: string }[] = [];
  const found: number[] = [];
  const evidence: SeasonEvidence[] = [];
  let trendStrength: number | null = null;
  for (const period of periods) {
    const reason = whyNot(numbers, period);
    if (reason !== undefined) {
      skipped.push({ period, reason });
      continue;
    }
    const { trend, ...rest } = examine(numbers, period, found);
    const { fTest, strengthPValue } = rest;
    trendStrength ??= trend;
    const raw = searched ? Math.max(fTest.pValue, strengthPValue) : correction * Math.min(fTest.pValue, strengthPValue);
    const pValue = Math.min(1, tried * raw);
    if (pValue < level) found.push(period);
    evidence.push({ period, detected: pValue < level, pValue, ...rest });
  }
  const kept = ownSeasons(numbers, found);
  return {
    periods: kept,
    evidence: evidence.map((one) => ({ ...one, detected: kept.includes(one.period) })),
    trendStrength,
    level,
    skipped,
  };
}

function candidatePeriods(values: Float64Array, { periods, frequency }: SeasonalityOptions) {
  if (periods === undefined && frequency === undefined)
    return { periods: peaks(values), tried: Math.max(1, Math.floor(values.length / 3) - 1) };
  const given = periods ?? seasonLengths(frequency as string);
  given.forEach((period, index) => {
    requireWhole(period, ["periods", index], 2);
  });
  const ascending = [...new Set(given)].sort((a, b) => a - b);
  return { periods: ascending, tried: ascending.length };
}

/** Lags at which the autocorrelations of the values beside a line, or of their differences, peak: the three highest of each. */
function peaks(values: Float64Array): number[] {
  const longest = Math.floor(values.length / 3);
  if (longest < 2) return [];
  const differences = values.map((value, row) => (row === 0 ? Number.NaN : value - values[row - 1]));
  const lags = [withoutLine(values), differences].flatMap((series) => {
    const correlations = autocorrelations(series, longest + 1);
    return Array.from({ length: longest - 1 }, (_, index) => index + 2)
      .filter((lag) => correlations[lag] > 0)
      .filter((lag) => correlations[lag] > correlations[lag - 1] && correlations[lag] >= correlations[lag + 1])
      .sort((a, b) => correlations[b] - correlations[a])
      .slice(0, 3);
  });
  return [...new Set(lags)].sort((a, b) => a - b);
}

/** The deviations from the least-squares line. */
function withoutLine(values: Float64Array): Float64Array {
  let count = 0;
  let [rows, sum, product, squares] = [0, 0, 0, 0];
  values.forEach((value, row) => {
    if (Number.isNaN(value)) return;
    count++;
    rows += row;
    sum += value;
    product += row * value;
    squares += row * row;
  });
  const spread = squares - (rows * rows) / count;
  const slope = spread > 0 ? (product - (rows * sum) / count) / spread : 0;
  return values.map((value, row) => value - sum / count - slope * (row - rows / count));
}

function whyNot(values: Float64Array, period: number): string | undefined {
  const known = values.filter((value) => !Number.isNaN(value));
  if (values.length < 2 * period) return `${values.length} rows are less than two seasons`;
  if (known.length < 8) return `${known.length} values are too few`;
  if (known.length < period + 3) return `${known.length} values are too few for a season of ${period}`;
  if (known.every((value) => value === known[0])) return "every value is the same";
  return undefined;
}

function examine(values: Float64Array, period: number, found: readonly number[]) {
  const fTest = seasonalTest(values, period, found);
  const rest = found.reduce((left, shorter) => {
    const { seasonal } = stl(left, { period: shorter });
    return left.map((value, row) => value - seasonal[row]);
  }, values);
  const decomposition = stl(rest, { period });
  const { trend, seasonal: strength } = strengths(decomposition);
  const strengthPValue = strengthTail(strength, values.length, period);
  const detrended = rest.map((value, row) => value - decomposition.trend[row]);
  return {
    trend,
    strength,
    autocorrelation: autocorrelations(detrended, period)[period],
    power: powerAt(detrended, period),
    fTest,
    strengthPValue,
  };
}

/**
 * The seasons without those that are but part of a longer one, as half-years are of a year: a shorter one is kept when it has more than
 * twice the power for each of its degrees of freedom than the rest of the longer one.
 */
function ownSeasons(values: Float64Array, found: readonly number[]): readonly number[] {
  if (found.length < 2) return found;
  const { trend } = stl(values, { period: found[found.length - 1] });
  const detrended = values.map((value, row) => value - trend[row]);
  const power = new Map(found.map((period) => [period, powerAt(detrended, period)]));
  const powerOf = (period: number): number => power.get(period) as number;
  return found.filter((period) =>
    found.every(
      (longer) =>
        longer <= period ||
        longer % period !== 0 ||
        powerOf(period) / (period - 1) > (2 * (powerOf(longer) - powerOf(period))) / (longer - period),
    ),
  );
}

/** The share of the variance at a period's frequency and its multiples. */
function powerAt(values: Float64Array, period: number): number {
  const multiples = Array.from({ length: period >> 1 }, (_, index) => (index + 1) / period);
  return Math.min(
    1,
    periodogram(values, multiples).power.reduce((sum, share) => sum + share, 0),
  );
}

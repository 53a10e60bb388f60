import { describeValue, type Issue, TwinError } from "@sage-twin/kernel";
import { type LoessSettings, loess, loessAt } from "./loess.js";
import { medianOf } from "./robust.js";

/** How `stl` smooths; spans are odd numbers of values. */
export interface StlOptions {
  /** Values in one season, from 2. */
  readonly period: number;
  /** Span of the smoothing of each phase of the season over the years, from 3, or `"periodic"` for one mean per phase. Default 7. */
  readonly seasonal?: number | "periodic";
  /** Degree of the seasonal smoothing: 1 as in statsmodels (default; 0 when periodic), 0 as in R. */
  readonly seasonalDegree?: 0 | 1;
  /** Span of the trend. Default: the next odd number from 1.5 period / (1 - 1.5 / seasonal). */
  readonly trend?: number;
  /** Span of the low-pass filter, above the period. Default: the next odd number after the period. */
  readonly lowPass?: number;
  /** Whether outlying values lose their weight. Default false. */
  readonly robust?: boolean;
  /** Passes within each weighting. Default 5, or 2 when robust. */
  readonly innerIterations?: number;
  /** Weightings. Default 0, or 15 when robust. */
  readonly outerIterations?: number;
}

/** A series as the sum of three: `trend + seasonal + remainder`. */
export interface StlDecomposition {
  readonly trend: Float64Array;
  readonly seasonal: Float64Array;
  /** NaN where the value is missing. */
  readonly remainder: Float64Array;
  /** The last robustness weights, 0..1; 0 where the value is missing. */
  readonly weights: Float64Array;
}

/**
 * Seasonal-trend decomposition by loess (Cleveland, Cleveland, McRae and Terpenning 1990), with the parameters' defaults of
 * statsmodels. Missing values (NaN) have no weight; their trend and season are those of their neighbours.
 *
 * @param values equally spaced, at least two periods.
 * @throws TwinError `invalid-argument` for options out of range or too short a series.
 *
 * @example
 * ```ts
 * import { stl } from "@sage-twin/numerics";
 *
 * const quarters = Float64Array.from({ length: 24 }, (_, quarter) => quarter + [3, -1, -3, 1][quarter % 4]);
 * const { seasonal } = stl(quarters, { period: 4 });
 * Array.from(seasonal.subarray(8, 12), Math.round); // => [3, -1, -3, 1]
 * ```
 */
export function stl(values: ArrayLike<number>, options: StlOptions): StlDecomposition {
  requireOptions(options, values.length);
  const { period, robust = false, innerIterations = robust ? 2 : 5, outerIterations = robust ? 15 : 0 } = options;
  const count = values.length;
  const periodic = options.seasonal === "periodic";
  const seasonalSpan = periodic ? 10 * count + 1 : ((options.seasonal ?? 7) as number);
  const trendSpan = options.trend ?? nextOdd((1.5 * period) / (1 - 1.5 / seasonalSpan));
  const passes: Passes = {
    period,
    seasonal: { span: seasonalSpan, degree: options.seasonalDegree ?? (periodic ? 0 : 1) },
    trend: { span: trendSpan, degree: 1 },
    lowPass: { span: options.lowPass ?? nextOdd(period + 1), degree: 1 },
    iterations: innerIterations,
  };
  const { filled, known, complete } = fillMissing(values, period);
  const weights = known.slice();
  const trend = new Float64Array(count);
  const seasonal = new Float64Array(count);
  const remainder = new Float64Array(count);
  for (let outer = 0; outer <= outerIterations; outer++) {
    decompose(filled, passes, outer === 0 && complete ? undefined : weights, trend, seasonal);
    for (let row = 0; row < count; row++) remainder[row] = values[row] - trend[row] - seasonal[row];
    if (outer < outerIterations) setRobustness(remainder, known, weights);
  }
  if (periodic) {
    averagePhases(seasonal, period);
    for (let row = 0; row < count; row++) remainder[row] = values[row] - trend[row] - seasonal[row];
  }
  return { trend, seasonal, remainder, weights };
}

function requireOptions(options: StlOptions, count: number): void {
  const issues: Issue[] = [];
  const check = (name: keyof StlOptions, value: unknown, least: number, odd = false): void => {
    if (Number.isSafeInteger(value) && (value as number) >= least && (!odd || (value as number) % 2 === 1)) return;
    const message = `${describeValue(value)} is not ${odd ? "an odd" : "a whole"} number from ${least}`;
    issues.push({ code: "invalid-argument", path: [name], message });
  };
  const { period, seasonal = 7, trend, lowPass, innerIterations = 1, outerIterations = 0 } = options;
  check("period", period, 2);
  if (seasonal !== "periodic") check("seasonal", seasonal, 3, true);
  if (trend !== undefined) check("trend", trend, 3, true);
  if (lowPass !== undefined) check("lowPass", lowPass, period + 1, true);
  check("innerIterations", innerIterations, 1);
  check("outerIterations", outerIterations, 0);
  if (issues.length === 0 && count < 2 * period)
    issues.push({
      code: "invalid-argument",
      path: ["values"],
      message: `${count} values are less than two periods of ${period}`,
      fix: "give a longer series or a shorter period",
    });
  if (issues.length > 0) throw new TwinError(issues);
}

function nextOdd(least: number): number {
  const whole = Math.ceil(least);
  return whole % 2 === 1 ? whole : whole + 1;
}

interface Filled {
  readonly filled: Float64Array;
  /** 1 where there is a value, 0 where it is missing. */
  readonly known: Float64Array;
  readonly complete: boolean;
}

/** Missing values by those of the same phase in the neighbouring seasons, or of the neighbours: a start, without any weight. */
function fillMissing(values: ArrayLike<number>, period: number): Filled {
  const count = values.length;
  const filled = Float64Array.from(values);
  const known = Float64Array.from(filled, (value) => (Number.isFinite(value) ? 1 : 0));
  const complete = known.every((one) => one === 1);
  if (known.every((one) => one === 0))
    throw new TwinError({ code: "invalid-argument", path: ["values"], message: "every value is missing" });
  if (complete) return { filled, known, complete };
  for (let row = 0; row < count; row++) {
    if (known[row] === 1) continue;
    const around: number[] = [];
    for (const step of [period, 1]) {
      for (let distance = step; around.length === 0 && distance < count; distance += step)
        for (const other of [row - distance, row + distance])
          if (other >= 0 && other < count && known[other] === 1) around.push(values[other]);
      if (around.length > 0) break;
    }
    filled[row] = around.reduce((sum, value) => sum + value, 0) / around.length;
  }
  return { filled, known, complete };
}

interface Passes {
  readonly period: number;
  readonly seasonal: LoessSettings;
  readonly trend: LoessSettings;
  readonly lowPass: LoessSettings;
  readonly iterations: number;
}

/** The inner loop: improves `trend` and writes `seasonal`. */
function decompose(
  values: Float64Array,
  { period, seasonal: seasonalSettings, trend: trendSettings, lowPass, iterations }: Passes,
  weights: Float64Array | undefined,
  trend: Float64Array,
  seasonal: Float64Array,
): void {
  const count = values.length;
  const detrended = new Float64Array(count);
  const cycle = new Float64Array(count + 2 * period);
  const scratch = new Float64Array(count + 2 * period);
  const low = new Float64Array(count + 2 * period);
  for (let iteration = 0; iteration < iterations; iteration++) {
    for (let row = 0; row < count; row++) detrended[row] = values[row] - trend[row];
    smoothPhases(detrended, period, seasonalSettings, weights, cycle);
    movingAverage(cycle, count + 2 * period, period, low);
    movingAverage(low, count + period + 1, period, scratch);
    movingAverage(scratch, count + 2, 3, low);
    loess(low, count, lowPass, undefined, scratch, detrended);
    for (let row = 0; row < count; row++) {
      seasonal[row] = cycle[period + row] - detrended[row];
      low[row] = values[row] - seasonal[row];
    }
    loess(low, count, trendSettings, weights, scratch, trend);
  }
}

/** Smooths each phase of the season on its own, and extends it by one season at either end. */
function smoothPhases(
  values: Float64Array,
  period: number,
  settings: LoessSettings,
  weights: Float64Array | undefined,
  output: Float64Array,
): void {
  const longest = Math.ceil(values.length / period);
  const phase = new Float64Array(longest);
  const phaseWeights = new Float64Array(longest);
  const scratch = new Float64Array(longest);
  const smooth = new Float64Array(longest + 2);
  const robustness = weights === undefined ? undefined : phaseWeights;
  for (let first = 0; first < period; first++) {
    const count = Math.floor((values.length - first - 1) / period) + 1;
    for (let season = 0; season < count; season++) {
      phase[season] = values[first + season * period];
      if (weights !== undefined) phaseWeights[season] = weights[first + season * period];
    }
    loess(phase, count, settings, robustness, scratch, smooth, 1);
    const right = Math.min(settings.span, count);
    const before = loessAt(phase, count, settings, 0, 1, right, robustness, scratch);
    smooth[0] = Number.isNaN(before) ? smooth[1] : before;
    const left = Math.max(1, count - settings.span + 1);
    const after = loessAt(phase, count, settings, count + 1, left, count, robustness, scratch);
    smooth[count + 1] = Number.isNaN(after) ? smooth[count] : after;
    for (let season = 0; season < count + 2; season++) output[first + season * period] = smooth[season];
  }
}

/** Means of `span` neighbours: `count - span + 1` of them. */
function movingAverage(values: Float64Array, count: number, span: number, output: Float64Array): void {
  let sum = 0;
  for (let row = 0; row < span; row++) sum += values[row];
  output[0] = sum / span;
  for (let row = span; row < count; row++) {
    sum += values[row] - values[row - span];
    output[row - span + 1] = sum / span;
  }
}

/** Bisquare weights of the remainders, cut off at six times their median size. */
function setRobustness(remainder: Float64Array, known: Float64Array, weights: Float64Array): void {
  const cut = 6 * medianOf(remainder.map(Math.abs));
  for (let row = 0; row < remainder.length; row++) {
    const size = Math.abs(remainder[row]);
    const ratio = size / cut;
    const rest = 1 - ratio * ratio;
    weights[row] = known[row] === 0 || size > 0.999 * cut ? 0 : size <= 0.001 * cut ? 1 : rest * rest;
  }
}

function averagePhases(seasonal: Float64Array, period: number): void {
  for (let phase = 0; phase < period; phase++) {
    let sum = 0;
    let count = 0;
    for (let row = phase; row < seasonal.length; row += period, count++) sum += seasonal[row];
    for (let row = phase; row < seasonal.length; row += period) seasonal[row] = sum / count;
  }
}

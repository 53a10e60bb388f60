import { type ArimaFit, fitArima } from "./arima-fit.js";
import { type ArimaOrder, orderName } from "./arima-order.js";
import { checkSeasonLength } from "./checks.js";
import { fitNaive } from "./naive.js";
import { publishArima } from "./publish-arima.js";
import { readSeries, type Series } from "./series.js";
import type { FittedForecaster, Forecaster } from "./types.js";
import { chooseDifferences } from "./unit-root.js";

/** What `autoArima` may be told. */
export interface AutoArimaOptions {
  /** Values in one season, such as 12 for months. Default: 1, no season. */
  readonly seasonLength?: number;
}

const mostTerms = 5;
const mostSeasonalTerms = 2;
const mostModels = 94;
const refitted = { short: 4, long: 2 } as const;
/** Beyond this many values the search is by conditional sums of squares, which then hardly differ from the likelihood. */
const longSeries = 150;
const nearUnit = 1.01;
const longestEstimation = 1_000;

/**
 * A seasonal ARIMA model of orders found by Hyndman and Khandakar's search (2008): differences by the KPSS test and the strength of the season,
 * then stepwise by AICc from four starts with a few steps towards the exact likelihood (beyond 150 values by conditional sums of squares); the best
 * are fitted by exact maximum likelihood and the smallest AICc among those without a root near the unit circle is taken. With `exogenous`, a regression with ARIMA errors.
 *
 * A series of fewer than 4 values and constant ones get the naive model; beyond 1,000 values (or 10 seasons) the orders and parameters are
 * estimated on the last ones. `notes` says so.
 *
 * @example
 * ```ts
 * import { autoArima } from "@sage-twin/forecasters";
 *
 * const sales = [12, 15, 14, 17, 18, 17, 20, 22, 21, 24, 25, 24];
 * autoArima().fit(sales).name; // => "arima(0,1,0) with drift"
 * ```
 */
export function autoArima(options: AutoArimaOptions = {}): Forecaster {
  const seasonLength = checkSeasonLength(options);
  return {
    name: "autoArima",
    seasonLength,
    fit: (values, fitOptions) =>
      fitArimaSeries(readSeries(values, fitOptions, { exogenous: true }), seasonLength, true).fitted,
  };
}

/** What a refit on a longer series starts from. */
export interface ArimaFitted {
  readonly fitted: FittedForecaster;
  /** Absent where a simpler model stands in. */
  readonly fit?: ArimaFit;
}

/** Searches for the best orders, or fits those of `known` again from where it ended. */
export function fitArimaSeries(series: Series, seasonLength: number, widen: boolean, known?: ArimaFit): ArimaFitted {
  const { values, observed } = series;
  const seen = values.filter((value) => !Number.isNaN(value));
  if (observed < 4) return { fitted: fitNaive(series, `ARIMA needs 4 values: naive instead for ${observed}`) };
  if (seen.every((value) => value === seen[0]))
    return { fitted: fitNaive(series, "the series is constant: naive instead of ARIMA") };
  const window = Math.max(longestEstimation, 10 * seasonLength);
  const skipped = Math.max(0, values.length - window);
  const training = values.subarray(skipped);
  const regressors = Array.from(series.exogenous.values(), (column) => column.subarray(skipped));
  const fit =
    known === undefined
      ? searchArima(training, regressors, seasonLength)
      : fitArima(training, regressors, known.order, { start: known.parameters });
  if (fit === undefined) return { fitted: fitNaive(series, "no ARIMA model suits the series: naive instead") };
  const notes = skipped > 0 ? [`orders and parameters are estimated on the last ${window} values`] : [];
  const recent = {
    ...series,
    values: training,
    leading: series.leading + skipped,
    exogenous: new Map(Array.from(series.exogenous.keys(), (name, index) => [name, regressors[index]])),
  };
  return { fitted: publishArima(recent, fit, notes, widen), fit };
}

/** The best model of a series, or undefined where none can be fitted. */
function searchArima(
  values: Float64Array,
  regressors: readonly Float64Array[],
  seasonLength: number,
): ArimaFit | undefined {
  const { d, D } = chooseDifferences(values, seasonLength);
  const seasonal = seasonLength > 1 && values.length > 2 * seasonLength;
  const long = values.length > longSeries;
  const tried = new Map<string, ArimaFit | undefined>();
  const attempt = (p: number, q: number, P: number, Q: number, constant: boolean): ArimaFit | undefined => {
    const inside =
      [p, q].every((n) => n >= 0 && n <= mostTerms) && [P, Q].every((n) => n >= 0 && n <= mostSeasonalTerms);
    if (!inside || (!seasonal && P + Q > 0) || (constant && d + D > 1) || tried.size >= mostModels) return undefined;
    const order: ArimaOrder = { p, d, q, P, D, Q, seasonLength, constant };
    const key = orderName(order);
    if (!tried.has(key)) {
      const fit = fitArima(values, regressors, order, { method: long ? "css" : "rough" });
      tried.set(key, fit === undefined || isNearUnit(fit) ? undefined : fit);
    }
    return tried.get(key);
  };

  const constant = d + D < 2;
  let best: ArimaFit | undefined;
  const consider = (fit: ArimaFit | undefined): boolean => {
    if (fit === undefined || (best !== undefined && !(fit.aicc < best.aicc))) return false;
    best = fit;
    return true;
  };
  for (const [p, q, P, Q] of [
    [2, 2, 1, 1],
    [0, 0, 0, 0],
    [1, 0, 1, 0],
    [0, 1, 0, 1],
  ]) {
    consider(attempt(p, q, seasonal ? P : 0, seasonal ? Q : 0, constant));
  }
  if (constant) consider(attempt(0, 0, 0, 0, false));
  for (let moved = best !== undefined; moved; ) {
    const { p, q, P, Q, constant: has } = (best as ArimaFit).order;
    moved = neighbours(p, q, P, Q).some(([a, b, c, e]) => consider(attempt(a, b, c, e, has)));
    if (!moved) moved = consider(attempt(p, q, P, Q, !has));
  }

  const ranked = [...tried.values()].filter((fit) => fit !== undefined).sort((a, b) => a.aicc - b.aicc);
  let chosen: ArimaFit | undefined;
  let refits = 0;
  for (const candidate of ranked) {
    if (refits >= (long ? refitted.long : refitted.short) && chosen !== undefined) break;
    refits++;
    const fit = fitArima(values, regressors, candidate.order, { start: candidate.parameters });
    if (fit === undefined || isNearUnit(fit)) continue;
    if (chosen === undefined || fit.aicc < chosen.aicc) chosen = fit;
  }
  return chosen;
}

/** The orders one step away, in the order in which they are tried. */
function neighbours(p: number, q: number, P: number, Q: number): [number, number, number, number][] {
  const steps = [
    [0, 0, -1, 0],
    [0, 0, 0, -1],
    [0, 0, 1, 0],
    [0, 0, 0, 1],
    [0, 0, -1, -1],
    [0, 0, -1, 1],
    [0, 0, 1, -1],
    [0, 0, 1, 1],
    [-1, 0, 0, 0],
    [0, -1, 0, 0],
    [1, 0, 0, 0],
    [0, 1, 0, 0],
    [-1, -1, 0, 0],
    [-1, 1, 0, 0],
    [1, -1, 0, 0],
    [1, 1, 0, 0],
  ];
  return steps.map(([a, b, c, e]) => [p + a, q + b, P + c, Q + e]);
}

/** Whether a factor has a root within 1 % of the unit circle. */
function isNearUnit({ coefficients }: ArimaFit): boolean {
  const { ar, ma, seasonalAr, seasonalMa } = coefficients;
  return [ar, seasonalAr, ma.map((value) => -value), seasonalMa.map((value) => -value)].some(
    (factor) => !isStationary(stretched(factor)),
  );
}

function stretched(factor: readonly number[]): number[] {
  let power = 1;
  return factor.map((value) => {
    power *= nearUnit;
    return value * power;
  });
}

/** Whether 1 - c1 B - c2 B^2 ... has its roots outside the unit circle: by Durbin and Levinson's recursion, backwards. */
function isStationary(factor: readonly number[]): boolean {
  let current = [...factor];
  while (current.length > 0) {
    const partial = current[current.length - 1];
    if (!(Math.abs(partial) < 1)) return false;
    const order = current.length - 1;
    const before = current;
    current = Array.from(
      { length: order },
      (_, i) => (before[i] + partial * before[order - 1 - i]) / (1 - partial * partial),
    );
  }
  return true;
}

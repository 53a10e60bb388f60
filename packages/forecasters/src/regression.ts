import type { Frequency, Instant } from "@sage-twin/kernel";
import { parseFrequency, toInstant } from "@sage-twin/kernel";
import { cholesky, solveCholesky } from "@sage-twin/numerics";
import { columnsOf, type Season, type Terms } from "./additive-terms.js";
import { day, readTime } from "./additive-time.js";
import { checkOptions, checkSeasonLength, checkWhole, refuse } from "./checks.js";
import { type FittedKind, fittedKind } from "./fitted.js";
import { interpolate } from "./interpolate.js";
import { fitNaive } from "./naive.js";
import { type RegressionState, regressionProcess, regressionShape, responses } from "./regression-process.js";
import { rolledWidening } from "./rolled-widening.js";
import { powerOfTwoScale } from "./scale.js";
import { padded, readSeries, type Series } from "./series.js";
import type { FitOptions, FittedForecaster, Forecaster } from "./types.js";

/** What `regression` may be told. */
export interface RegressionOptions {
  /** The past values that it looks at, counted in steps. Default: 1, and `seasonLength` where there is one; `[]` for none. */
  readonly lags?: readonly number[];
  /** Values in one season, such as 12 for months. Default 1, no season. */
  readonly seasonLength?: number;
  /** How many sines and cosines draw the season of `seasonLength`, at most half of it. Default: as many as that, at most 6. */
  readonly fourier?: number;
  /** Whether there is a straight line over time. Default true. */
  readonly trend?: boolean;
  /** Whether the week, the year and the day are told by the timestamps, where the steps are shorter. Default false. */
  readonly calendar?: boolean;
  /** The penalty on the squares of standardised coefficients, in squared residuals; 0 is least squares. Default 0. */
  readonly ridge?: number;
  /** The step of the calendar. Default: inferred from the timestamps. */
  readonly frequency?: Frequency;
  /** When the first value was observed, for a series without timestamps; with `frequency`. */
  readonly start?: Instant;
}

export const regressionKind: FittedKind<RegressionState> = /* @__PURE__ */ fittedKind(
  "forecaster/regression",
  regressionShape,
  (state) => regressionProcess(state),
);

const mostWaves = 6;
const refits = 4;
const testedSteps = 1_000;
/** Responses may not grow over the tested steps: else forecasts far ahead explode. */
const largestGrowth = 1.02;

/**
 * Linear regression on a line over time, Fourier seasons, regressors and the series' own past, by least squares or ridge. Forecasts several steps
 * ahead feed on themselves. Intervals are those of Gaussian errors with known coefficients, widened by the errors of forecasts of the second half of the series by four fits to what
 * came before: that is what the coefficients are not known by.
 *
 * Rows with a missing value are left out of the fit. Where the lags would make forecasts explode they are left out, and a series too short for the coefficients
 * gets the naive model; `notes` says so.
 *
 * @example
 * ```ts
 * import { regression } from "@sage-twin/forecasters";
 *
 * const sales = [12, 18, 15, 21, 14, 20, 17, 23, 16, 22, 19, 25, 18, 24, 21, 27];
 * const out = regression({ lags: [], seasonLength: 4 }).fit(sales).forecast(4);
 * Array.from(out.mean, Math.round); // => [20, 26, 23, 29]
 * ```
 */
export function regression(options: RegressionOptions = {}): Forecaster {
  const { trend = true, calendar = false, ridge = 0, frequency } = checkOptions(options);
  const seasonLength = checkSeasonLength(options);
  const lags = [...new Set(options.lags ?? (seasonLength > 1 ? [1, seasonLength] : [1]))];
  for (const lag of lags) checkWhole(lag, "lags", 10_000);
  const half = seasonLength >> 1;
  const waves = options.fourier ?? Math.min(half, mostWaves);
  if (!(Number.isInteger(waves) && waves >= 0 && waves <= half))
    refuse(["fourier"], `${waves} waves in a season of ${seasonLength}`, `give a whole number from 0 to ${half}`);
  if (!(ridge >= 0 && ridge < Number.POSITIVE_INFINITY))
    refuse(["ridge"], `${String(ridge)} is no penalty`, "give a number from 0");
  if (frequency !== undefined) parseFrequency(frequency);
  const start = options.start === undefined ? undefined : toInstant(options.start, ["start"]);
  const settings = { lags, seasonLength, waves, trend, calendar, ridge, frequency, start };
  const read = (values: ArrayLike<number>, fitOptions?: FitOptions): Series =>
    readSeries(values, fitOptions, { exogenous: true });
  const plain = (values: ArrayLike<number>, fitOptions?: FitOptions): FittedForecaster =>
    fit(read(values, fitOptions), settings);
  return {
    name: "regression",
    seasonLength,
    fit(values, fitOptions = {}) {
      const widening = (least: number): number[] =>
        rolledWidening({ name: "regression", seasonLength, fit: plain }, Float64Array.from(values), fitOptions, {
          least,
          refits,
          // On the M1 competition's series the true spread is about twice the stated one, and grows on.
          usual: (step) => 2.2 + (6 * (step + 1)) / values.length,
        });
      return fit(read(values, fitOptions), { ...settings, widening });
    },
  };
}

interface Settings {
  readonly lags: readonly number[];
  readonly seasonLength: number;
  readonly waves: number;
  readonly trend: boolean;
  readonly calendar: boolean;
  readonly ridge: number;
  readonly frequency: Frequency | undefined;
  readonly start: number | undefined;
  /** What the spread is to be widened by, from forecasts after so many values. Default: nothing. */
  readonly widening?: (least: number) => readonly number[];
}

function fit(series: Series, settings: Settings, ...reason: readonly string[]): FittedForecaster {
  const { values, leading, exogenous } = series;
  const { lags, seasonLength, waves, trend, calendar, ridge } = settings;
  const { axis, instants, notes } = readTime(values.length, leading, series.timestamps, settings);
  if (calendar && !axis.calendar)
    refuse(
      ["timestamps"],
      "the series has no calendar",
      "give timestamps to fit, or frequency and start",
      "invalid-time",
    );
  const scale = powerOfTwoScale(values);
  const y = values.map((value) => value / scale);
  // Without a calendar the periods of columnsOf count steps, with one days.
  const unit = axis.calendar
    ? (instants[instants.length - 1] - instants[0]) / Math.max(1, instants.length - 1) / day
    : 1;
  const wave = (name: string, period: number, order: number): Season => ({
    name,
    period,
    order,
    multiplicative: false,
    effects: [],
  });
  const seasons = waves > 0 ? [wave("season", seasonLength * unit, waves)] : [];
  if (calendar)
    for (const [name, period, most] of [
      ["yearly", 365.25, 6],
      ["weekly", 7, 3],
      ["daily", 1, 4],
    ] as const) {
      const order = Math.min(most, Math.floor(period / unit / 2 + 1e-9));
      if (order > 0 && values.length * unit >= 2 * period) seasons.push(wave(name, period, order));
    }
  const terms: Terms = {
    seasons,
    events: [],
    regressors: [...exogenous.keys()].map((name) => ({
      name,
      multiplicative: false,
      effects: [],
      centre: 0,
      scale: 1,
    })),
  };
  const fixed = columnsOf(terms, axis, instants, [...exogenous.values()]).flatMap((item) => item.columns);
  const line = y.map((_, t) => t / values.length);
  const past = lags.map((lag) => padded(y, lag).subarray(0, values.length));
  const columns = [...(trend ? [line] : []), ...fixed, ...past];
  const rows = Array.from(y.keys()).filter(
    (t) => !Number.isNaN(y[t]) && columns.every((column) => !Number.isNaN(column[t])),
  );
  const used = columns.length + 1;
  const constant = rows.every((t) => y[t] === y[rows[0]]);
  if (rows.length <= used + 1 || constant) {
    const why =
      constant && rows.length > 0
        ? "the series is constant"
        : `${rows.length} values do not carry ${used} coefficients`;
    if (lags.length > 0 && !constant) return fit(series, { ...settings, lags: [] }, ...reason, `${why}: no lags`);
    return fitNaive(series, ...reason, `${why}: naive instead of regression`);
  }
  const { intercept, effects } = leastSquares(
    columns.map((column) => Float64Array.from(rows, (t) => column[t])),
    Float64Array.from(rows, (t) => y[t]),
    ridge,
  );
  const coefficients = effects.slice(effects.length - lags.length);
  const weights = responses(lags, coefficients, 2 * testedSteps).map(Math.abs);
  const largest = (from: number): number =>
    weights.subarray(from, from + testedSteps).reduce((a, b) => Math.max(a, b), 0);
  if (!(largest(testedSteps) <= largestGrowth * largest(0)))
    return fit(series, { ...settings, lags: [] }, ...reason, "forecasts on these lags would explode: no lags");

  let next = trend ? 1 : 0;
  const take = (count: number): readonly number[] => {
    next += count;
    return effects.slice(next - count, next);
  };
  const longest = lags.reduce((most, lag) => Math.max(most, lag), 0);
  const residuals = y.map(
    (value, t) => scale * (value - columns.reduce((sum, column, c) => sum + effects[c] * column[t], intercept)),
  );
  const squares = rows.reduce((sum, t) => sum + (residuals[t] / scale) * (residuals[t] / scale), 0);
  const state: RegressionState = {
    axis,
    elapsed: 0,
    length: values.length,
    scale,
    intercept,
    slope: trend ? effects[0] : 0,
    terms: {
      events: [],
      seasons: terms.seasons.map((season) => ({ ...season, effects: take(2 * season.order) })),
      regressors: terms.regressors.map((regressor) => ({ ...regressor, effects: take(1) })),
    },
    lags,
    coefficients,
    recent: Array.from(interpolate(y).subarray(values.length - longest)),
    sigma: Math.sqrt(squares / (rows.length - used)),
    widening: settings.widening?.(longest + used + 5) ?? [],
  };
  return regressionKind.publish(state, padded(residuals, leading), [...series.notes, ...notes, ...reason]);
}

const leastRidge = 1e-10;

/** Ridge regression on standardised columns, by Cholesky. */
function leastSquares(columns: readonly Float64Array[], y: Float64Array, ridge: number) {
  const count = y.length;
  const meanOf = (list: Float64Array): number => list.reduce((sum, value) => sum + value / count, 0);
  const centre = meanOf(y);
  const means = columns.map(meanOf);
  const sizes = columns.map(
    (column, c) =>
      Math.sqrt(column.reduce((sum, value) => sum + ((value - means[c]) * (value - means[c])) / count, 0)) || 1,
  );
  const standard = columns.map((column, c) => column.map((value) => (value - means[c]) / sizes[c]));
  const size = columns.length;
  const gram = new Float64Array(size * size);
  const right = new Float64Array(size);
  for (let a = 0; a < size; a++) {
    for (let t = 0; t < count; t++) right[a] += standard[a][t] * (y[t] - centre);
    for (let b = 0; b < size; b++) {
      let sum = a === b ? ridge + leastRidge * count : 0;
      for (let t = 0; t < count; t++) sum += standard[a][t] * standard[b][t];
      gram[a * size + b] = sum;
    }
  }
  const solution = solveCholesky(cholesky(gram, size), right);
  const effects = Array.from(solution, (value, c) => value / sizes[c]);
  return { effects, intercept: effects.reduce((sum, effect, c) => sum - effect * means[c], centre) };
}

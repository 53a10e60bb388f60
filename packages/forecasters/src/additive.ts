import { type AdditiveSeries, calibrate, predict, problemOf } from "./additive-calibrate.js";
import { fitAdditive } from "./additive-fit.js";
import { type AdditiveOptions, type AdditiveSettings, checkAdditive, usualPriorScale } from "./additive-options.js";
import { type AdditiveParts, type AdditiveState, additiveProcess, additiveShape } from "./additive-process.js";
import { columnsOf, type Terms } from "./additive-terms.js";
import { day, readTime, type TimeAxis } from "./additive-time.js";
import { refuse } from "./checks.js";
import { type FittedKind, fittedKind } from "./fitted.js";
import { fitNaive } from "./naive.js";
import { padded, readSeries, type Series } from "./series.js";
import type { FittedForecaster, Forecaster } from "./types.js";

/** What `additive` returns; without `components` where a simpler model stands in. */
export interface FittedAdditive extends FittedForecaster, Partial<AdditiveParts> {}

export const additiveKind: FittedKind<AdditiveState, AdditiveParts> = /* @__PURE__ */ fittedKind(
  "forecaster/additive",
  additiveShape,
  (state) => additiveProcess(state),
);

const fewest = 3;
const farCap = 1e-6;

/**
 * A trend that bends at automatic changepoints, plus seasons, holidays and regressors: the model of Prophet (Taylor and Letham 2018), with its
 * likelihood, priors and defaults, at the mode of the posterior. Steps may be missing from the timestamps; the steps ahead follow the calendar.
 *
 * Intervals are simulated: changes of the trend as frequent and as large as the past ones, and, unlike Prophet's, noise and a walk of the
 * level as large as forecasts of the series' last part by its first were wrong. An `update` goes on in time and changes no coefficient.
 * Fewer than 3 values and constant series get the naive model, and `notes` says so.
 *
 * @example
 * ```ts
 * import { additive } from "@sage-twin/forecasters";
 *
 * const visits = Array.from({ length: 140 }, (_, t) => 200 + t + [30, 10, 0, 0, -10, -50, -40][t % 7]);
 * const fitted = additive({ frequency: "D", start: "2024-01-01" }).fit(visits);
 * fitted.forecast(7).mean.map(Math.round); // => [370, 351, 342, 343, 334, 295, 306]
 * Object.keys(fitted.components?.(7) ?? {}); // => ["trend", "weekly"]
 * ```
 */
export function additive(options: AdditiveOptions = {}): Forecaster<FittedAdditive> {
  const settings = checkAdditive(options);
  return {
    name: "additive",
    seasonLength: settings.seasonLength,
    fit: (values, fitOptions) => fit(readSeries(values, fitOptions, { exogenous: true }), settings),
  };
}

function fit(series: Series, settings: AdditiveSettings): FittedAdditive {
  const { values, observed, leading, exogenous } = series;
  const { growth, floor } = settings;
  const { axis, instants, notes } = readTime(values.length, leading, series.timestamps, settings);
  const rows = Array.from(values.keys()).filter((t) => !Number.isNaN(values[t]));
  const known = (list: Float64Array): Float64Array =>
    rows.length === list.length ? list : Float64Array.from(rows, (t) => list[t]);
  const y = known(values);
  if (observed < fewest)
    return fitNaive(series, `an additive model needs ${fewest} values: naive instead for ${observed}`);
  if (y.every((value) => value === y[0])) return fitNaive(series, "the series is constant: naive instead of additive");

  // A cap far beyond all values sets the unit instead.
  const least = growth === "logistic" ? farCap * ((settings.cap as number) - floor) : 0;
  const scale = y.reduce((most, value) => Math.max(most, Math.abs(value - floor)), least);
  const start = instants[0];
  const span = instants[rows[rows.length - 1]] - start;
  const times = instants.map((instant) => (instant - start) / span);
  const scaled = y.map((value) => (value - floor) / scale);
  const cap = growth === "logistic" ? ((settings.cap as number) - floor) / scale : 0;
  const { terms, priorScales, notes: more } = planTerms(series, settings, axis, instants, rows);
  const columns = columnsOf(terms, axis, instants, [...exogenous.values()]);
  const problem: AdditiveSeries = {
    ...settings,
    cap,
    times: known(times),
    values: scaled,
    columns: columns.flatMap((item) => item.columns.map(known)),
    multiplicative: columns.flatMap(({ term, columns: own }) => own.map(() => term.multiplicative)),
    priorScales: columns.flatMap((item, index) => item.columns.map(() => priorScales[index])),
  };
  const found = fitAdditive(problemOf(problem));
  // An origin needs two cycles of every season to tell it from the trend.
  const longest = terms.seasons.reduce((most, { period }) => Math.max(most, period), 0) * (axis.calendar ? day : 1);
  const { noise, walk } = calibrate(problem, Math.ceil((observed * 2 * longest) / span));

  let next = 0;
  const withEffects = <Item extends { readonly effects: readonly number[] }>(item: Item, count: number): Item => {
    next += count;
    return { ...item, effects: found.effects.slice(next - count, next) };
  };
  const fitted: Terms = {
    seasons: terms.seasons.map((season) => withEffects(season, 2 * season.order)),
    events: terms.events.map((event) => withEffects(event, event.to - event.from + 1)),
    regressors: terms.regressors.map((regressor) => withEffects(regressor, 1)),
  };
  const { rate, offset, changepoints, changes, sigma } = found;
  const trend = { growth, cap, rate, offset, changepoints, changes };
  const state: AdditiveState = {
    axis,
    elapsed: 0,
    start,
    span,
    scale,
    floor,
    trend,
    terms: fitted,
    sigma: sigma * Math.sqrt(noise),
    walk: sigma * Math.sqrt(walk),
  };

  const mean = predict(
    problem,
    found,
    times,
    columns.flatMap((item) => item.columns),
  );
  const residuals = values.map((value, t) => value - floor - scale * mean[t]);
  return additiveKind.publish(state, padded(residuals, leading), [...series.notes, ...notes, ...more]);
}

const usualSeasons = [
  { name: "yearly", period: 365.25, order: 10, least: 730, longestStep: 1e9 },
  { name: "weekly", period: 7, order: 3, least: 14, longestStep: 7 },
  { name: "daily", period: 1, order: 4, least: 2, longestStep: 1 },
] as const;
const highestOrder = 10;

/** The terms that the settings ask for, without effects, and the prior scale of each. */
function planTerms(
  series: Series,
  settings: AdditiveSettings,
  { calendar }: TimeAxis,
  instants: Float64Array,
  rows: readonly number[],
): { readonly terms: Terms; readonly priorScales: readonly number[]; readonly notes: readonly string[] } {
  const { mode, seasonLength, seasonalityPriorScale: priorScale, holidays, regressors } = settings;
  const notes: string[] = [];
  const at = rows.map((row) => instants[row]);
  const span = at[at.length - 1] - at[0];
  let seasons = settings.seasonalities;
  if (seasons === undefined && calendar) {
    let shortest = Number.POSITIVE_INFINITY;
    for (let i = 1; i < at.length; i++) shortest = Math.min(shortest, at[i] - at[i - 1]);
    seasons = usualSeasons
      .filter(({ least, longestStep }) => span >= least * day && shortest < longestStep * day)
      // No more waves than the steps can tell apart.
      .map(({ name, period, order }) => ({
        name,
        period,
        order: Math.max(1, Math.min(order, Math.floor((period * day) / (2 * shortest)))),
        mode,
        priorScale,
      }));
  } else if (seasons === undefined) {
    const enough = series.values.length >= 2 * seasonLength;
    const order = Math.min(highestOrder, seasonLength >> 1);
    seasons = enough && order > 0 ? [{ name: "season", period: seasonLength, order, mode, priorScale }] : [];
    if (!enough) notes.push(`${series.values.length} values hold no two seasons of ${seasonLength}: no season`);
  }
  if (holidays.length > 0 && !calendar)
    refuse(
      ["holidays"],
      "the series has no calendar",
      "give timestamps to fit, or frequency and start",
      "invalid-time",
    );
  const multiplicative = mode === "multiplicative";
  const isMultiplicative = (own: string | undefined): boolean => (own ?? mode) === "multiplicative";
  const names = [...series.exogenous.keys()];
  for (const name of Object.keys(regressors))
    if (!names.includes(name))
      refuse(
        ["regressors", name],
        "there is no such column in exogenous",
        `it has ${names.join(", ") || "none"}`,
        "unknown-name",
      );
  const taken = new Set(["trend", ...seasons.map(({ name }) => name)]);
  for (const name of [...holidays.map((holiday) => holiday.name), ...names]) {
    if (taken.has(name)) refuse(["exogenous", name], "two terms have this name", "rename one of them");
    taken.add(name);
  }
  const events = holidays.map(({ name, days, from, to }) => ({ name, days, from, to, multiplicative, effects: [] }));
  for (const { name, days, from, to } of events) {
    const [begin, end] = [Math.floor(at[0] / day), Math.floor(at[at.length - 1] / day)];
    if (!days.some((date) => date + to >= begin && date + from <= end))
      notes.push(`no date of ${name} lies in the series: it has no effect`);
  }
  return {
    notes,
    terms: {
      seasons: seasons.map(({ name, period, order, mode: own }) => ({
        name,
        period,
        order,
        multiplicative: isMultiplicative(own),
        effects: [],
      })),
      events,
      regressors: names.map((name) => ({
        name,
        multiplicative: isMultiplicative(regressors[name]?.mode),
        effects: [],
        ...standard(rows.map((row) => (series.exogenous.get(name) as Float64Array)[row])),
      })),
    },
    priorScales: [
      ...seasons.map((season) => season.priorScale),
      ...holidays.map((holiday) => holiday.priorScale),
      ...names.map((name) => regressors[name]?.priorScale ?? usualPriorScale),
    ],
  };
}

/** Mean and standard deviation; 0 and 1 for a constant column and for one of zeros and ones. */
function standard(values: readonly number[]): { readonly centre: number; readonly scale: number } {
  const different = new Set(values);
  if (different.size < 2 || (different.size === 2 && different.has(0) && different.has(1)))
    return { centre: 0, scale: 1 };
  const centre = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - centre) * (value - centre), 0);
  return { centre, scale: Math.sqrt(squares / (values.length - 1)) };
}

import { auto, type FittedAuto } from "@sage-twin/forecasters";
import type { RunOptions } from "@sage-twin/kernel";
import type { Rows } from "@sage-twin/registry";
import { chooseTerms, clearGain } from "./choose-terms.js";
import { type Effects, effectOf, estimate, fromScale, type Scale, toScale } from "./driver-effects.js";
import { type FittedRevenueForecaster, publishRevenue } from "./fitted-revenue.js";
import { holidayCounts } from "./holiday-counts.js";
import { readRevenue } from "./read-revenue.js";
import {
  checkRevenueOptions,
  holidayColumn,
  type RevenueForecasterOptions,
  type RevenueSettings,
} from "./revenue-options.js";

/** Forecasts revenue with its drivers; not yet fitted. */
export interface RevenueForecaster {
  readonly name: "revenue";
  /** Rows `{ time, revenue, ...drivers }`. Throws a `TwinError` that lists what is wrong with them. */
  fit(rows: Rows): FittedRevenueForecaster;
  /** The same bytes, giving way to other work between steps; progress counts steps. */
  fitAsync(rows: Rows, options?: Pick<RunOptions, "signal" | "onProgress">): Promise<FittedRevenueForecaster>;
}

type Columns = Readonly<Record<string, Float64Array>>;

const mostOrigins = 6;
const leastTraining = 30;
const clearly = 0.98;

/**
 * The `auto` baseline, plus a regression on drivers where that helps. Drivers and their lags join one by one on forecasts of held-out blocks of what came before each origin; the
 * effects are estimated beside trend, season and autocorrelated errors, in logs or in levels, and `auto` forecasts what they leave. At up to 6 rolling origins the whole
 * procedure is repeated and compared with `auto` alone: drivers stay when their error is below 98 % of its, by more than one standard error. Else the forecast is that of `auto` alone, and
 * `notes` says so.
 *
 * Drivers that the rows ahead leave out are forecast by `auto` themselves, and their uncertainty is passed on.
 *
 * @throws TwinError for settings out of range, all of them together.
 *
 * @example
 * ```ts
 * import { revenueForecaster } from "@sage-twin/predictors";
 *
 * const month = (index: number) => new Date(Date.UTC(2018, index)).toISOString().slice(0, 10);
 * const price = (index: number) => 10 + ((index * 7) % 5) / 2;
 * const rows = Array.from({ length: 72 }, (_, index) => ({
 *   time: month(index),
 *   price: price(index),
 *   revenue: 500 - 20 * price(index) + ((index * 37) % 11),
 * }));
 * const fitted = revenueForecaster({ drivers: ["price"], maxLag: 1, horizon: 4 }).fit(rows);
 * fitted.drivers; // => ["price"]
 * const [dear, cheap] = fitted.predict([{ price: 12 }, { price: 10 }]);
 * dear.forecast < cheap.forecast && dear.contributions.price < 0; // => true
 * ```
 */
export function revenueForecaster(options: RevenueForecasterOptions): RevenueForecaster {
  const settings = checkRevenueOptions(options);
  return Object.freeze({
    name: "revenue" as const,
    fit(rows: Rows) {
      const steps = fitSteps(rows, settings);
      for (;;) {
        const step = steps.next();
        if (step.done) return step.value;
      }
    },
    async fitAsync(rows: Rows, { signal, onProgress }: Pick<RunOptions, "signal" | "onProgress"> = {}) {
      signal?.throwIfAborted();
      const steps = fitSteps(rows, settings);
      for (;;) {
        const step = steps.next();
        if (step.done) return step.value;
        onProgress?.({ stage: "revenue", ...step.value });
        await new Promise((resolve) => setTimeout(resolve));
        signal?.throwIfAborted();
      }
    },
  });
}

interface Done {
  readonly done: number;
  readonly total: number;
}

function* fitSteps(rows: Rows, settings: RevenueSettings): Generator<Done, FittedRevenueForecaster> {
  const table = readRevenue(rows, settings);
  const { seasonLength, horizon, maxLag } = settings;
  const { values, frequency, first } = table;
  const count = values.length;
  const notes = [...table.notes];
  const columns: Columns = {
    ...table.columns,
    ...(settings.holidays.length > 0 && { [holidayColumn]: holidayCounts(settings.holidays, frequency, first, count) }),
  };
  const positive = values.every((value) => Number.isNaN(value) || value > 0);
  const scales: readonly Scale[] = positive ? ["log", "level"] : ["level"];
  const gap = Math.max(1, Math.floor(horizon / 2));
  const origins = Array.from({ length: mostOrigins }, (_, k) => count - horizon - k * gap).filter(
    (origin) => origin >= Math.max(leastTraining, 2 * maxLag + 10) && values.subarray(0, origin).some(Number.isFinite),
  );
  const total = origins.length * (scales.length + 1) + 2;
  let done = 0;
  const errors = new Map<Scale | "auto", Float64Array>();
  const note = (key: Scale | "auto", k: number, forecast: (step: number) => number): void => {
    const list = errors.get(key) ?? new Float64Array(origins.length);
    errors.set(key, list);
    let sum = 0;
    let known = 0;
    for (let step = 0; step < horizon; step++) {
      const error = Math.abs(values[origins[k] + step] - forecast(step));
      if (Number.isNaN(error)) continue;
      sum += error;
      known++;
    }
    list[k] = known > 0 ? sum / known : Number.NaN;
  };
  const model = (refits?: number) => auto({ seasonLength, horizon, ...(refits !== undefined && { refits }) });
  for (let k = 0; k < origins.length; k++) {
    const origin = origins[k];
    const plain = model(1).fit(values.slice(0, origin)).forecast(horizon).mean;
    note("auto", k, (step) => plain[step]);
    yield { done: ++done, total };
    for (const scale of scales) {
      const terms = chooseTerms(values, columns, maxLag, scale, seasonLength, origin);
      const effects = terms.length > 0 ? estimate(values, columns, terms, scale, seasonLength, origin) : undefined;
      if (effects === undefined) note(scale, k, (step) => plain[step]);
      else {
        const { mean } = model(1)
          .fit(remainder(values, columns, effects, origin))
          .forecast(horizon);
        const ahead = effectOf(effects, columns, origin, origin + horizon);
        note(scale, k, (step) => fromScale(scale, mean[step] + ahead[step]));
      }
      yield { done: ++done, total };
    }
  }
  const meanOf = (key: Scale | "auto"): number =>
    (errors.get(key) ?? new Float64Array(0)).reduce((sum, value) => sum + (Number.isNaN(value) ? 0 : value), 0) /
    origins.length;
  const scale = scales.reduce((best, other) => (meanOf(other) < meanOf(best) ? other : best));
  const plainErrors = errors.get("auto");
  const ratio = meanOf(scale) / meanOf("auto");
  const helps =
    origins.length >= 3 &&
    ratio < clearly &&
    clearGain(plainErrors as Float64Array, errors.get(scale) as Float64Array) > 0;
  const terms = helps ? chooseTerms(values, columns, maxLag, scale, seasonLength, count) : [];
  const effects = terms.length > 0 ? estimate(values, columns, terms, scale, seasonLength, count) : undefined;
  yield { done: ++done, total };
  const backtest =
    origins.length >= 3 ? { origins: origins.length, ratio: Number.isFinite(ratio) ? ratio : 1 } : undefined;
  const percent = (100 * ratio).toFixed(1);
  if (origins.length < 3)
    notes.push(`${count} periods are too few to try drivers on: the forecast is that of auto alone`);
  else if (effects === undefined)
    notes.push(
      helps
        ? `no driver helped on the whole history: the forecast is that of auto alone`
        : `drivers did not clearly help: their error was ${percent} % of that of auto over ${origins.length} origins of ${horizon} periods; the forecast is that of auto alone`,
    );
  else
    notes.push(
      `drivers helped: their error was ${percent} % of that of auto over ${origins.length} origins of ${horizon} periods`,
    );
  const base: FittedAuto = model().fit(effects === undefined ? values : remainder(values, columns, effects, count));
  const used = [...new Set(terms.map(({ driver }) => driver))];
  const ownForecasts = Object.fromEntries(
    (effects === undefined ? [] : used)
      .filter((name) => settings.drivers.includes(name))
      .map((name) => [name, auto({ seasonLength, horizon, refits: 1 }).fit(columns[name]).toJSON()]),
  );
  return publishRevenue({
    seed: settings.seed,
    frequency,
    next: first + count,
    allDrivers: [...settings.drivers, ...settings.promotions],
    promotions: settings.promotions,
    holidays: settings.holidays,
    scale: effects?.scale ?? "level",
    ...(effects !== undefined && {
      effects: {
        terms: effects.terms,
        logged: effects.logged,
        centres: effects.centres,
        coefficients: effects.coefficients,
        factor: effects.factor,
      },
    }),
    recent: Object.fromEntries(
      used.map((name) => [name, Array.from(columns[name].subarray(Math.max(0, count - maxLag - 1)))]),
    ),
    base: base.toJSON(),
    ownForecasts,
    ...(backtest !== undefined && { backtest }),
    notes: [...notes, ...base.notes],
  });
}

/** What the effects leave of the first `count` periods, on their scale. */
function remainder(values: Float64Array, columns: Columns, effects: Effects, count: number): Float64Array {
  const explained = effectOf(effects, columns, 0, count);
  return toScale(effects.scale, values.subarray(0, count)).map((value, t) => value - explained[t]);
}

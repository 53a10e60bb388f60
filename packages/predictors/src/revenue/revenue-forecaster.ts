import { auto, type FittedAuto } from "@sage-twin/forecasters";
import { log, type RunOptions } from "@sage-twin/kernel";
import type { Rows } from "@sage-twin/registry";
import { type FittedRevenueForecaster, publishRevenue } from "./fitted-revenue.js";
import { holidayCounts } from "./holiday-counts.js";
import { readRevenue } from "./read-revenue.js";
import {
  checkRevenueOptions,
  holidayColumn,
  type RevenueForecasterOptions,
  type RevenueSettings,
} from "./revenue-options.js";
import {
  type DriverModel,
  driverModels,
  type Effects,
  findEffects,
  revenueSurprises,
  type Scale,
  termEffects,
} from "./surprises.js";

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
const fewestOrigins = 3;
const leastTraining = 30;
const leastWeight = 0.1;
/** What is believed of the share before stretches are held out: 0, give or take a third, as drivers that planners set by what they expect promise more than they keep. */
const doubt = 9;

/**
 * The `auto` baseline, moved by what drivers do that was not to be expected. Surprises of revenue, what came less what `auto` expected one period before, are regressed on those of the drivers against
 * their own forecasts, at lags up to `maxLag`; drivers enter as long as the extended Bayesian information criterion gains. How much of such effects lasts for whole horizons is weighed on up to 6 rolling
 * origins, where the whole procedure is repeated. Where no driver is clearly at work, or none helped there, the forecast is that of `auto` alone, and `notes` says so.
 *
 * A driver that the rows ahead leave out is as it was to be expected and moves nothing: the uncertainty of `auto` holds that of drivers. Where they are known, intervals narrow by what they explain.
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
  const columns: Columns = {
    ...table.columns,
    ...(settings.holidays.length > 0 && { [holidayColumn]: holidayCounts(settings.holidays, frequency, first, count) }),
  };
  const scale: Scale = values.every((value) => Number.isNaN(value) || value > 0) ? "log" : "level";
  const fitTo = (origin: number, refits?: number) => {
    const past = values.slice(0, origin);
    const base = auto({ seasonLength, horizon, ...(refits !== undefined && { refits }) }).fit(past);
    const models = driverModels(columns, scale, seasonLength, origin);
    return { base, models, effects: findEffects(revenueSurprises(past, base.residuals, scale), models, maxLag) };
  };
  const origins = Array.from({ length: mostOrigins }, (_, k) => count - horizon - k * gapOf(horizon)).filter(
    (origin) => origin >= Math.max(leastTraining, 2 * maxLag + 10) && values.subarray(0, origin).some(Number.isFinite),
  );
  const total = origins.length + 1;
  const { base, models, effects } = fitTo(count);
  yield { done: 1, total };
  const stretches: Stretch[] = [];
  for (const origin of effects === undefined || origins.length < fewestOrigins ? [] : origins) {
    stretches.push(heldOut(values, columns, horizon, origin, fitTo(origin, 1)));
    yield { done: 1 + stretches.length, total };
  }
  const { weight, ratio } = weigh(stretches, scale, horizon);
  const used = effects !== undefined && weight >= leastWeight && ratio < 1;
  const fellBack = "the forecast is that of auto alone";
  const seen = `over ${stretches.length} origins of ${horizon} periods`;
  const notes = [
    ...table.notes,
    effects === undefined
      ? `no driver is clearly at work: ${fellBack}`
      : stretches.length === 0
        ? `${count} periods are too few to try drivers on: ${fellBack}`
        : used
          ? `drivers helped: with ${(100 * weight).toFixed(0)} % of what they did one period ahead, the mean squared error was ${(100 * ratio).toFixed(1)} % of that of auto ${seen}`
          : `drivers did not help ${seen}: ${fellBack}`,
    ...base.notes,
  ];
  const names = used ? [...new Set(effects.terms.map(({ driver }) => driver))] : [];
  return publishRevenue({
    frequency,
    next: first + count,
    allDrivers: [...settings.drivers, ...settings.promotions],
    promotions: settings.promotions,
    holidays: settings.holidays,
    scale,
    ...(used && { effects: { ...effects, weight } }),
    drivers: Object.fromEntries(
      names.map((name) => {
        const { logged, model, surprises } = models.get(name) as DriverModel;
        return [
          name,
          { logged, model: model.toJSON(), recent: Array.from(surprises.subarray(Math.max(0, count - maxLag))) },
        ];
      }),
    ),
    base: base.toJSON(),
    notes,
  });
}

/** What was held out at one origin: revenue, its own forecast, and what drivers known ahead add to it. */
interface Stretch {
  readonly actual: Float64Array;
  readonly plain: Float64Array;
  readonly added: Float64Array;
}

function heldOut(
  values: Float64Array,
  columns: Columns,
  horizon: number,
  origin: number,
  { base, models, effects }: { base: FittedAuto; models: ReadonlyMap<string, DriverModel>; effects?: Effects },
): Stretch {
  const added = new Float64Array(horizon);
  if (effects !== undefined) {
    const ahead = (driver: string): Float64Array => {
      const { logged, model } = models.get(driver) as DriverModel;
      const { mean } = model.forecast(horizon);
      return mean.map((expected, step) => {
        const value = columns[driver][origin + step];
        return (logged ? log(value) : value) - expected;
      });
    };
    const recent = (driver: string): Float64Array => (models.get(driver) as DriverModel).surprises;
    for (const part of termEffects(effects, recent, ahead, horizon))
      for (let step = 0; step < horizon; step++) added[step] += part[step];
  }
  return { actual: values.slice(origin, origin + horizon), plain: base.forecast(horizon).mean.slice(), added };
}

/**
 * The share of the drivers' effects that holds for whole horizons: what moves revenue from one period to the next may not do so for long. Least squares on the held-out stretches, drawn towards 0; a
 * stretch counts as two observations, as its errors move together. And the mean squared error with that share over that of the plain forecasts, on the scale.
 */
function weigh(stretches: readonly Stretch[], scale: Scale, horizon: number): { weight: number; ratio: number } {
  const pairs = stretches.flatMap(({ actual, plain, added }) =>
    Array.from(added, (x, step): [number, number] => [
      x,
      scale === "log" && plain[step] > 0 ? log(actual[step] / plain[step]) : actual[step] - plain[step],
    ]).filter(([, d]) => Number.isFinite(d)),
  );
  const squares = (weight: number): number =>
    pairs.reduce((sum, [x, d]) => sum + (d - weight * x) * (d - weight * x), 0);
  const [xx, xd] = pairs.reduce(([a, b], [x, d]) => [a + x * x, b + x * d], [0, 0]);
  if (!(xx > 0)) return { weight: 0, ratio: 1 };
  const raw = Math.min(1, Math.max(0, xd / xx));
  const precision = (xx * pairs.length) / Math.max(squares(raw), 1e-12 * xx * pairs.length) / gapOf(horizon);
  const weight = Math.min(1, Math.max(0, (precision * (xd / xx)) / (doubt + precision)));
  return { weight, ratio: squares(weight) / Math.max(squares(0), 1e-300) };
}

const gapOf = (horizon: number): number => Math.max(1, Math.floor(horizon / 2));

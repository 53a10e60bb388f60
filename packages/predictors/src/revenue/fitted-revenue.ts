import { type FittedForecaster, modelFromJSON } from "@sage-twin/forecasters";
import {
  arrayShape,
  booleanShape,
  choiceShape,
  defineEnvelope,
  describeValue,
  formatInstant,
  numberShape,
  objectShape,
  optionalShape,
  type Path,
  parseFrequency,
  periodStart,
  Rng,
  recordShape,
  type Shape,
  TwinError,
  textShape,
} from "@sage-twin/kernel";
import { quantiles } from "@sage-twin/numerics";
import type { JsonSchema, Rows } from "@sage-twin/registry";
import type { FittedPredictor } from "../fitted-predictor.js";
import { checkPeriodsAhead } from "../periods-ahead.js";
import { rowObjects } from "../row-objects.js";
import { fromScale, type Scale, type Term, termColumn } from "./driver-effects.js";
import { holidayCounts } from "./holiday-counts.js";
import { holidayColumn } from "./revenue-options.js";

/** The forecast of one period. */
export interface RevenuePrediction {
  /** The start of the period. */
  readonly time: string;
  readonly forecast: number;
  readonly lower80: number;
  readonly upper80: number;
  readonly lower95: number;
  readonly upper95: number;
  /** The forecast with every driver at its mean of the history. */
  readonly baseline: number;
  /** What each driver adds to the baseline, in the unit of revenue; they sum to `forecast - baseline`. */
  readonly contributions: Readonly<Record<string, number>>;
}

/** Forecasts the periods after its history: `predict` takes a row for each, in order, with what is known of drivers ahead. */
export interface FittedRevenueForecaster extends FittedPredictor<Rows, readonly RevenuePrediction[]> {
  /** The drivers in use; none where the forecast is that of `auto` alone. */
  readonly drivers: readonly string[];
  /** In use, with the lags by which they act. */
  readonly terms: readonly Term[];
}

interface State {
  readonly seed: string;
  readonly frequency: string;
  readonly next: number;
  readonly allDrivers: readonly string[];
  readonly promotions: readonly string[];
  readonly holidays: readonly number[];
  readonly scale: Scale;
  readonly effects?: {
    readonly terms: readonly Term[];
    readonly logged: readonly boolean[];
    readonly centres: readonly number[];
    readonly coefficients: readonly number[];
    readonly factor: readonly number[];
  };
  readonly recent: Readonly<Record<string, readonly number[]>>;
  readonly base: unknown;
  readonly ownForecasts: Readonly<Record<string, unknown>>;
  readonly backtest?: { readonly origins: number; readonly ratio: number };
  readonly notes: readonly string[];
}

const corrupt = (path: Path, message: string): TwinError => new TwinError({ code: "corrupt", path, message });

const modelShape: Shape<unknown> = (value, path = []) => {
  try {
    modelFromJSON(value);
    return value;
  } catch (error) {
    throw TwinError.isInstance(error)
      ? new TwinError(error.issues.map((issue) => ({ ...issue, path: [...path, ...issue.path] })))
      : error;
  }
};

const periodNumberShape: Shape<number> = (value, path = []) => {
  if (Number.isInteger(value) && Math.abs(value as number) < 1e8) return value as number;
  throw corrupt(path, `${describeValue(value)} is no number of a period`);
};

const frequencyShape: Shape<string> = (value, path = []) => {
  try {
    return parseFrequency(textShape(value, path));
  } catch {
    throw corrupt(path, `${describeValue(value)} is no frequency`);
  }
};

const lagShape: Shape<number> = (value, path = []) => {
  if (Number.isInteger(value) && (value as number) >= 0 && (value as number) <= 60) return value as number;
  throw corrupt(path, `${describeValue(value)} is no lag`);
};

const numbersShape = /* @__PURE__ */ arrayShape(numberShape);
const textsShape = /* @__PURE__ */ arrayShape(textShape);
const fields = /* @__PURE__ */ objectShape({
  seed: textShape,
  frequency: frequencyShape,
  next: periodNumberShape,
  allDrivers: textsShape,
  promotions: textsShape,
  holidays: numbersShape,
  scale: /* @__PURE__ */ choiceShape("log", "level"),
  effects: /* @__PURE__ */ optionalShape(
    /* @__PURE__ */ objectShape({
      terms: /* @__PURE__ */ arrayShape(/* @__PURE__ */ objectShape({ driver: textShape, lag: lagShape })),
      logged: /* @__PURE__ */ arrayShape(booleanShape),
      centres: numbersShape,
      coefficients: numbersShape,
      factor: numbersShape,
    }),
  ),
  recent: /* @__PURE__ */ recordShape(numbersShape),
  base: modelShape,
  ownForecasts: /* @__PURE__ */ recordShape(modelShape),
  backtest: /* @__PURE__ */ optionalShape(/* @__PURE__ */ objectShape({ origins: numberShape, ratio: numberShape })),
  notes: textsShape,
});

const stateShape: Shape<State> = (value, path = []) => {
  const state = fields(value, path) as State;
  const { effects, recent, ownForecasts, allDrivers, promotions } = state;
  const size = effects?.terms.length ?? 0;
  if (
    effects !== undefined &&
    !(
      size > 0 &&
      effects.logged.length === size &&
      effects.centres.length === size &&
      effects.coefficients.length === size &&
      effects.factor.length === size * size
    )
  )
    throw corrupt([...path, "effects"], "these effects do not belong together");
  for (const { driver, lag } of effects?.terms ?? []) {
    const own = Object.hasOwn(ownForecasts, driver) || promotions.includes(driver) || driver === holidayColumn;
    const known = driver === holidayColumn || allDrivers.includes(driver);
    if (!(own && known && Object.hasOwn(recent, driver) && recent[driver].length > lag))
      throw corrupt([...path, "effects"], `the driver ${describeValue(driver)} has no past or no forecast`);
  }
  return state;
};

const format = /* @__PURE__ */ defineEnvelope<State>({
  kind: "predictor/revenue",
  version: 1,
  parse: stateShape as (state: unknown) => State,
});

/** Opens what `toJSON()` saved. */
export function revenueFromJSON(json: unknown): FittedRevenueForecaster {
  return publishRevenue(format.open(json));
}

const numbers = "forecast lower80 upper80 lower95 upper95 baseline".split(" ");
const output: JsonSchema = {
  type: "object",
  properties: {
    time: { type: "string" },
    ...Object.fromEntries(numbers.map((name) => [name, { type: "number" }])),
    contributions: { type: "object", additionalProperties: { type: "number" } },
  },
  required: ["time", ...numbers, "contributions"],
  additionalProperties: false,
};

const pathCount = 1000;

export function publishRevenue(state: State): FittedRevenueForecaster {
  const { effects, allDrivers } = state;
  const input: JsonSchema = {
    type: "object",
    properties: {
      time: { type: ["string", "number"] },
      ...Object.fromEntries(allDrivers.map((name) => [name, { type: ["number", "null"] }])),
    },
    additionalProperties: false,
  };
  const base = modelFromJSON(state.base);
  const terms = effects?.terms ?? [];
  return Object.freeze({
    name: "revenue",
    notes: Object.freeze([...state.notes]),
    signature: { input, output },
    terms,
    drivers: [...new Set(terms.map(({ driver }) => driver))],
    predict: (rows: Rows) => predict(state, base, rowObjects<Record<string, unknown>>(input, rows)),
    toJSON: () => format.seal(state),
  });
}

/** Draws of a driver ahead, by path and step: those given, and elsewhere its own forecast. */
function aheadOf(
  state: State,
  name: string,
  rows: readonly Record<string, unknown>[],
): { mean: Float64Array; paths: Float64Array } {
  const horizon = rows.length;
  const spread = (mean: Float64Array): Float64Array =>
    Float64Array.from({ length: pathCount * horizon }, (_, i) => mean[i % horizon]);
  if (name === holidayColumn) {
    const mean = holidayCounts(state.holidays, state.frequency, state.next, horizon);
    return { mean, paths: spread(mean) };
  }
  const given = rows.map((row) => row[name] as number | null | undefined);
  const promotion = state.promotions.includes(name);
  const known = (step: number): boolean => typeof given[step] === "number";
  if (promotion || given.every((_, step) => known(step))) {
    const mean = Float64Array.from(given, (value) => value ?? 0);
    return { mean, paths: spread(mean) };
  }
  const model: FittedForecaster = modelFromJSON(state.ownForecasts[name]);
  const mean = model.forecast(horizon).mean.slice();
  const paths = model.paths(horizon, { count: pathCount, seed: new Rng(state.seed).derive("driver", name).seed });
  for (let step = 0; step < horizon; step++) {
    if (!known(step)) continue;
    mean[step] = given[step] as number;
    for (let path = 0; path < pathCount; path++) paths[path * horizon + step] = given[step] as number;
  }
  return { mean, paths };
}

function predict(state: State, base: FittedForecaster, rows: readonly Record<string, unknown>[]): RevenuePrediction[] {
  checkPeriodsAhead(rows, state.next, state.frequency);
  const horizon = rows.length;
  const { effects, scale } = state;
  const time = (step: number): string =>
    formatInstant(periodStart(state.next + step, state.frequency), state.frequency);
  const own = base.forecast(horizon, { levels: [80, 95] });
  if (effects === undefined) {
    const [narrow, wide] = [own.interval(80), own.interval(95)];
    return Array.from(own.mean, (forecast, step) => ({
      time: time(step),
      forecast,
      lower80: narrow.lower[step],
      upper80: narrow.upper[step],
      lower95: wide.lower[step],
      upper95: wide.upper[step],
      baseline: forecast,
      contributions: {},
    }));
  }
  const { terms, logged, centres, coefficients, factor } = effects;
  const size = terms.length;
  const names = [...new Set(terms.map(({ driver }) => driver))];
  const ahead = new Map(names.map((name) => [name, aheadOf(state, name, rows)]));
  const columnOf = (k: number, future: Float64Array): Float64Array => {
    const past = state.recent[terms[k].driver];
    const whole = Float64Array.from([...past, ...future]);
    return termColumn(whole, terms[k].lag, logged[k], past.length, past.length + horizon).map(
      (value) => value - centres[k],
    );
  };
  const parts = terms.map(({ driver }, k) =>
    columnOf(k, (ahead.get(driver) as { mean: Float64Array }).mean).map((value) => value * coefficients[k]),
  );
  const paths = base.paths(horizon, { count: pathCount, seed: new Rng(state.seed).derive("base").seed });
  const rng = new Rng(state.seed).derive("effects");
  for (let path = 0; path < pathCount; path++) {
    const normals = Array.from({ length: size }, () => rng.normal());
    for (let k = 0; k < size; k++) {
      let coefficient = coefficients[k];
      for (let j = 0; j <= k; j++) coefficient += factor[k * size + j] * normals[j];
      const draws = (ahead.get(terms[k].driver) as { paths: Float64Array }).paths;
      const column = columnOf(k, draws.subarray(path * horizon, (path + 1) * horizon));
      for (let step = 0; step < horizon; step++) paths[path * horizon + step] += coefficient * column[step];
    }
  }
  return Array.from(own.mean, (centre, step) => {
    const total = parts.reduce((sum, part) => sum + part[step], 0);
    const baseline = fromScale(scale, centre);
    const forecast = fromScale(scale, centre + total);
    const sample = Float64Array.from({ length: pathCount }, (_, path) =>
      fromScale(scale, paths[path * horizon + step]),
    );
    const [lower95, lower80, upper80, upper95] = quantiles(sample, [0.025, 0.1, 0.9, 0.975]);
    const unit = Math.abs(total) > 1e-12 ? (forecast - baseline) / total : scale === "log" ? baseline : 1;
    const contributions: Record<string, number> = {};
    terms.forEach(({ driver }, k) => {
      contributions[driver] = (contributions[driver] ?? 0) + unit * parts[k][step];
    });
    return { time: time(step), forecast, lower80, upper80, lower95, upper95, baseline, contributions };
  });
}

import { type FittedForecaster, modelFromJSON } from "@sage-twin/forecasters";
import {
  arrayShape,
  booleanShape,
  choiceShape,
  defineEnvelope,
  describeValue,
  exp,
  formatInstant,
  type Issue,
  log,
  normalQuantile,
  numberShape,
  objectShape,
  optionalShape,
  type Path,
  parseFrequency,
  periodStart,
  recordShape,
  type Shape,
  TwinError,
  textShape,
} from "@sage-twin/kernel";
import type { JsonSchema, Rows } from "@sage-twin/registry";
import type { FittedPredictor } from "../fitted-predictor.js";
import { checkPeriodsAhead } from "../periods-ahead.js";
import { rowObjects } from "../row-objects.js";
import { holidayCounts } from "./holiday-counts.js";
import { holidayColumn } from "./revenue-options.js";
import { type Effects, type Scale, type Term, termEffects } from "./surprises.js";

/** The forecast of one period. */
export interface RevenuePrediction {
  /** The start of the period. */
  readonly time: string;
  readonly forecast: number;
  readonly lower80: number;
  readonly upper80: number;
  readonly lower95: number;
  readonly upper95: number;
  /** The forecast of `auto` alone, with every driver as it was to be expected. */
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

interface DriverState {
  readonly logged: boolean;
  readonly model: unknown;
  /** Its surprises in the history's last periods, as many as terms look back. */
  readonly recent: readonly number[];
}

interface State {
  readonly frequency: string;
  readonly next: number;
  readonly allDrivers: readonly string[];
  readonly promotions: readonly string[];
  readonly holidays: readonly number[];
  readonly scale: Scale;
  /** Absent where the forecast is that of `auto` alone. */
  readonly effects?: Effects & {
    /** The share of the effects that holds for whole horizons. */
    readonly weight: number;
  };
  readonly drivers: Readonly<Record<string, DriverState>>;
  readonly base: unknown;
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
const shareShape: Shape<number> = (value, path = []) => {
  if (numberShape(value, path) >= 0 && (value as number) <= 1) return value as number;
  throw corrupt(path, `${describeValue(value)} is no share`);
};
const fields = /* @__PURE__ */ objectShape({
  frequency: frequencyShape,
  next: periodNumberShape,
  allDrivers: textsShape,
  promotions: textsShape,
  holidays: numbersShape,
  scale: /* @__PURE__ */ choiceShape("log", "level"),
  effects: /* @__PURE__ */ optionalShape(
    /* @__PURE__ */ objectShape({
      terms: /* @__PURE__ */ arrayShape(/* @__PURE__ */ objectShape({ driver: textShape, lag: lagShape })),
      coefficients: numbersShape,
      covariance: numbersShape,
      explained: shareShape,
      weight: shareShape,
    }),
  ),
  drivers: /* @__PURE__ */ recordShape(
    /* @__PURE__ */ objectShape({ logged: booleanShape, model: modelShape, recent: numbersShape }),
  ),
  base: modelShape,
  notes: textsShape,
});

const stateShape: Shape<State> = (value, path = []) => {
  const state = fields(value, path) as State;
  const { effects, drivers, allDrivers } = state;
  if (effects === undefined) return state;
  const size = effects.terms.length;
  if (size === 0 || effects.coefficients.length !== size || effects.covariance.length !== size * size)
    throw corrupt([...path, "effects"], "these effects do not belong together");
  for (const { driver } of effects.terms)
    if (!Object.hasOwn(drivers, driver) || !(driver === holidayColumn || allDrivers.includes(driver)))
      throw corrupt([...path, "effects"], `the driver ${describeValue(driver)} has no forecast`);
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

const levels = [80, 95] as const;

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

/** What a driver does in the periods ahead that was not to be expected; 0 where its rows do not say. */
function surprisesAhead(state: State, name: string, rows: readonly Record<string, unknown>[]): Float64Array {
  const { logged, model } = state.drivers[name];
  const horizon = rows.length;
  const { mean } = modelFromJSON(model).forecast(horizon);
  const counts =
    name === holidayColumn ? holidayCounts(state.holidays, state.frequency, state.next, horizon) : undefined;
  const silent = state.promotions.includes(name) ? 0 : undefined;
  return mean.map((expected, step) => {
    const value = counts?.[step] ?? (rows[step][name] as number | null | undefined) ?? silent;
    return value === undefined ? 0 : (logged ? log(value) : value) - expected;
  });
}

function checkLogged(state: State, rows: readonly Record<string, unknown>[]): void {
  const issues = Object.entries(state.drivers).flatMap(([name, { logged }]) =>
    rows.flatMap((row, index): Issue[] =>
      logged && typeof row[name] === "number" && !(row[name] > 0)
        ? [
            {
              code: "invalid-data",
              path: ["rows", index, name],
              message: `${describeValue(row[name])}, while '${name}' was above 0 throughout the history`,
              fix: "give a number above 0, or leave it out",
            },
          ]
        : [],
    ),
  );
  if (issues.length > 0) throw new TwinError(issues);
}

function predict(state: State, base: FittedForecaster, rows: readonly Record<string, unknown>[]): RevenuePrediction[] {
  checkPeriodsAhead(rows, state.next, state.frequency);
  checkLogged(state, rows);
  const horizon = rows.length;
  const { effects, scale } = state;
  const plain = base.forecast(horizon, { levels });
  const ahead = new Map(Object.keys(state.drivers).map((name) => [name, surprisesAhead(state, name, rows)]));
  const parts =
    effects === undefined
      ? []
      : termEffects(
          effects,
          (driver) => state.drivers[driver].recent,
          (driver) => ahead.get(driver) as Float64Array,
          horizon,
        );
  const known = effects === undefined ? 0 : effects.weight;
  const moved = (step: number): boolean => effects?.terms.some((_, k) => parts[k][step] !== 0) ?? false;
  return Array.from(plain.mean, (baseline, step): RevenuePrediction => {
    const total = known * parts.reduce((sum, part) => sum + part[step], 0);
    // Effects in logs need a baseline to multiply.
    const multiplies = scale === "log" && baseline > 0;
    const forecast = multiplies ? baseline * exp(total) : baseline + (scale === "log" ? 0 : total);
    const unit = total === 0 ? 0 : (forecast - baseline) / total;
    // What of the spread is left once the drivers are known, and the doubt about what they do.
    const left = effects === undefined || !moved(step) ? 1 : Math.sqrt(1 - known * (2 - known) * effects.explained);
    const doubt = effects === undefined ? 0 : known * effectError(effects, parts, step) * (multiplies ? forecast : 1);
    const bounds = levels.flatMap((level) => {
      const { lower, upper } = plain.interval(level);
      const grown = multiplies ? forecast / baseline : 1;
      const z = normalQuantile(0.5 + level / 200);
      const reach = (bound: number): number => {
        const own = left * grown * (bound - baseline);
        return Math.sqrt(own * own + z * z * doubt * doubt);
      };
      return [forecast - reach(lower[step]), forecast + reach(upper[step])];
    });
    const contributions: Record<string, number> = {};
    effects?.terms.forEach(({ driver }, k) => {
      contributions[driver] = (contributions[driver] ?? 0) + unit * known * parts[k][step];
    });
    return {
      time: formatInstant(periodStart(state.next + step, state.frequency), state.frequency),
      forecast,
      lower80: bounds[0],
      upper80: bounds[1],
      lower95: bounds[2],
      upper95: bounds[3],
      baseline,
      contributions,
    };
  });
}

/** The standard error of the sum of what the terms add, from that of their coefficients. */
function effectError({ coefficients, covariance }: Effects, parts: readonly Float64Array[], step: number): number {
  const size = coefficients.length;
  const surprises = parts.map((part, k) => (coefficients[k] === 0 ? 0 : part[step] / coefficients[k]));
  let sum = 0;
  for (let a = 0; a < size; a++)
    for (let b = 0; b < size; b++) sum += surprises[a] * surprises[b] * covariance[a * size + b];
  return Math.sqrt(Math.max(0, sum));
}

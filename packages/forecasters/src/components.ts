import { checkFitted } from "./check-fitted.js";
import { checkHorizon, checkOptions, refuse } from "./checks.js";
import { engineOf, pastOf, regressorsOf, withFuture } from "./fitted.js";
import type { Exogenous, FittedForecaster } from "./types.js";

/** What a forecast, or the fitted values, are made of. */
export interface Components {
  /** Parts by name, such as level, trend and season, in the unit of the values; at each step they add up to `mean`. NaN before the model's first step. */
  readonly parts: Readonly<Record<string, Float64Array>>;
  /** The point forecasts, or the one-step forecasts of the past values. */
  readonly mean: Float64Array;
  /** The same in plain words. */
  readonly why: string;
}

/** The fitted additive model brings its parts with it. */
interface WithComponents {
  components?(horizon: number, futureExogenous?: Exogenous): Readonly<Record<string, Float64Array>>;
}

/**
 * Takes the forecast of the next `horizon` values apart: exponential smoothing and CES into level, trend and season, theta models into level, line and season, straight lines into level
 * and trend, ARIMA into the effects of its regressors and the series itself, additive models into trend, seasons, holidays and regressors, MSTL into its seasons and the parts of the rest.
 * A multiplicative season counts as what it adds to level and trend. Without a horizon it takes the fitted values apart, for exponential smoothing, CES
 * and theta models, saved and updated ones too.
 *
 * Throws a `TwinError` "unsupported" for a model that is not made of parts, such as a naive one or a mean of several.
 *
 * @example
 * ```ts
 * import { components, holt } from "@sage-twin/forecasters";
 *
 * const fitted = holt().fit([12, 15, 14, 17, 18, 17, 20, 22, 21, 24, 25, 24]);
 * const { parts, mean, why } = components(fitted, 3);
 * Object.keys(parts); // => ["level", "trend"]
 * Math.abs(parts.level[2] + parts.trend[2] - mean[2]) < 1e-9; // => true
 * why.startsWith("ets(A,A,N): level"); // => true
 * components(fitted).mean.length; // => 12
 * ```
 */
export function components(
  fitted: FittedForecaster,
  horizon?: number,
  options: { readonly futureExogenous?: Exogenous } = {},
): Components {
  checkFitted(fitted);
  if (horizon === undefined) return pastComponents(fitted);
  checkHorizon(horizon);
  const { futureExogenous } = checkOptions(options);
  const own = (fitted as WithComponents).components?.(horizon, futureExogenous);
  const { mean } = fitted.forecast(horizon, { ...(futureExogenous && { futureExogenous }) });
  if (own === undefined && regressorsOf(fitted) === undefined) return notMadeOfParts(fitted);
  const parts = own ?? withFuture(engineOf(fitted).process, horizon, futureExogenous).components?.(horizon);
  if (parts === undefined) return notMadeOfParts(fitted);
  return { parts, mean, why: describe(fitted.name, parts, "step") };
}

function pastComponents(fitted: FittedForecaster): Components {
  const past = pastOf(fitted);
  if (past === undefined || past.engine.process.components === undefined) return notMadeOfParts(fitted, "past ");
  const { residuals } = fitted;
  const blank = (): Float64Array => new Float64Array(residuals.length).fill(Number.NaN);
  const mean = blank();
  const parts: Record<string, Float64Array> = {};
  let { engine } = past;
  for (let t = past.skipped; t < residuals.length; t++) {
    for (const [name, [value]] of Object.entries(engine.process.components?.(1) ?? {})) {
      parts[name] ??= blank();
      parts[name][t] = value;
    }
    mean[t] = engine.process.mean(1)[0];
    engine = engine.advance(Float64Array.of(mean[t] + residuals[t]));
  }
  return { parts, mean, why: describe(fitted.name, parts, "value") };
}

function notMadeOfParts(fitted: FittedForecaster, what = ""): never {
  return refuse(
    ["fitted"],
    `${fitted.name} has no ${what}components`,
    "fit a model made of parts, such as autoEts, theta, autoCes, additive or mstl",
    "unsupported",
  );
}

function describe(name: string, parts: Components["parts"], unit: string): string {
  const shown = (value: number): string => String(Number(value.toPrecision(3)));
  const signed = (value: number): string => (value > 0 ? `+${shown(value)}` : shown(value));
  const texts = Object.entries(parts).map(([part, all]) => {
    const offset = all.findIndex((value) => !Number.isNaN(value));
    const values = all.subarray(Math.max(0, offset));
    const [first, last] = [values[0], values[values.length - 1]];
    const highest = values.reduce((best, value, step) => (value > values[best] ? step : best), 0);
    const lowest = values.reduce((best, value, step) => (value < values[best] ? step : best), 0);
    if (values[highest] === values[lowest])
      return part === "level" ? `${part} ${shown(first)}` : `${part} ${signed(first)}`;
    if (part === "level" || part === "series") return `${part} from ${shown(first)} to ${shown(last)}`;
    if (part === "trend" || part === "line") return `${part} from ${signed(first)} to ${signed(last)}`;
    const at = (step: number): string => `at ${unit} ${step + 1 + Math.max(0, offset)}`;
    return `${part} between ${signed(values[lowest])} (${at(lowest)}) and ${signed(values[highest])} (${at(highest)})`;
  });
  return `${name}: ${texts.join("; ")}`;
}

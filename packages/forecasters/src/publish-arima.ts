import type { ArimaFit } from "./arima-fit.js";
import { movingAverage } from "./arima-polynomial.js";
import { type ArimaState, arimaProcess, arimaShape, recursionOf } from "./arima-process.js";
import { type FittedKind, fittedKind } from "./fitted.js";
import { inSampleWidening } from "./in-sample-widening.js";
import { interpolate } from "./interpolate.js";
import { padded, type Series } from "./series.js";
import type { FittedForecaster } from "./types.js";

export const arimaKind: FittedKind<ArimaState> = /* @__PURE__ */ fittedKind("forecaster/arima", arimaShape, (state) =>
  arimaProcess(state),
);

/** The fitted model at the end of its series. */
export function publishArima(
  series: Series,
  fit: ArimaFit,
  notes: readonly string[] = [],
  widen = true,
): FittedForecaster {
  const { values, exogenous, leading } = series;
  const { order, coefficients, beta } = fit;
  const { constant, ...orders } = order;
  const columns = [...exogenous.values()];
  const less = values.map((value, t) => columns.reduce((sum, column, index) => sum - beta[index] * column[t], value));
  const lost = values.length - fit.errors.length;
  const errors = padded(
    fit.errors.map((error) => (Number.isNaN(error) ? 0 : error)),
    lost,
  ).map((error) => (Number.isNaN(error) ? 0 : error));
  const common = { order: orders, constant, coefficients, mean: fit.mean, names: [...exogenous.keys()], beta };
  const recursion = recursionOf({ ...common, sigma: fit.sigma, aicc: fit.aicc });
  const maReach = movingAverage(coefficients, order.seasonLength).length;
  const filled = fillMissing(less, errors, recursion);
  const last = <Value>(list: ArrayLike<Value>, count: number): Value[] =>
    count === 0 ? [] : Array.from(list).slice(-count);
  const residuals = padded(fit.errors, lost).map((error, t) => (Number.isNaN(values[t]) ? Number.NaN : error));
  const state: ArimaState = {
    ...common,
    sigma: fit.sigma,
    aicc: fit.aicc,
    recent: last(filled, recursion.reach),
    errors: last(errors, maReach),
    widening: [],
  };
  if (!widen) return arimaKind.publish(state, padded(residuals, leading), [...series.notes, ...notes]);
  const widening = inSampleWidening(filled, (origin) =>
    arimaProcess({
      ...state,
      names: [],
      beta: [],
      recent: before(filled, origin, recursion.reach),
      errors: before(errors, origin, maReach),
    }),
  );
  return arimaKind.publish({ ...state, widening }, padded(residuals, leading), [...series.notes, ...notes]);
}

/** The `count` elements before a place, those before the first as the first. */
function before(list: Float64Array, end: number, count: number): number[] {
  return Array.from({ length: count }, (_, index) => list[Math.max(0, end - count + index)]);
}

/** A missing value takes its forecast where the recursion reaches it, a straight line before. */
function fillMissing(
  values: Float64Array,
  errors: Float64Array,
  { ar, maLags, intercept, reach }: ReturnType<typeof recursionOf>,
): Float64Array {
  if (!values.some(Number.isNaN)) return values;
  const filled = interpolate(values);
  for (let t = reach; t < values.length; t++) {
    if (!Number.isNaN(values[t])) continue;
    let forecast = intercept;
    for (let i = 0; i < ar.lag.length; i++) forecast += ar.value[i] * filled[t - ar.lag[i]];
    for (let i = 0; i < maLags.lag.length; i++)
      if (maLags.lag[i] <= t) forecast += maLags.value[i] * errors[t - maLags.lag[i]];
    filled[t] = forecast;
  }
  return filled;
}

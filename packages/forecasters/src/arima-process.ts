import { arrayShape, booleanShape, numberShape, objectShape, type Shape, textShape } from "@sage-twin/kernel";
import { type ArimaOrder, orderName, orderShape } from "./arima-order.js";
import {
  type ArimaCoefficients,
  autoregression,
  movingAverage,
  psiWeights,
  sparse,
  withDifferences,
} from "./arima-polynomial.js";
import { widened } from "./in-sample-widening.js";
import type { Process } from "./process.js";

/** A fitted ARIMA model, at the end of its series. */
export interface ArimaState {
  readonly order: Omit<ArimaOrder, "constant">;
  readonly constant: boolean;
  readonly coefficients: ArimaCoefficients;
  /** The mean of the differenced series. */
  readonly mean: number;
  /** The regressors and their effects. */
  readonly names: readonly string[];
  readonly beta: readonly number[];
  readonly sigma: number;
  readonly aicc: number;
  /** The last values less the regressors' effects, the newest last: as many as the autoregression reaches back. */
  readonly recent: readonly number[];
  /** The last one-step errors, the newest last. */
  readonly errors: readonly number[];
  /** What the spread of each step is multiplied by; empty for none. */
  readonly widening: readonly number[];
}

const listShape = /* @__PURE__ */ arrayShape(numberShape);

export const arimaShape: Shape<ArimaState> = /* @__PURE__ */ objectShape({
  order: orderShape,
  constant: booleanShape,
  coefficients: /* @__PURE__ */ objectShape({
    ar: listShape,
    ma: listShape,
    seasonalAr: listShape,
    seasonalMa: listShape,
  }),
  mean: numberShape,
  names: /* @__PURE__ */ arrayShape(textShape),
  beta: listShape,
  sigma: numberShape,
  aicc: numberShape,
  recent: listShape,
  errors: listShape,
  widening: listShape,
});

/** The recursion of a model: x(t) = constant + ar x + ma e + e(t). */
export function recursionOf({
  order,
  constant,
  coefficients,
  mean,
}: Omit<ArimaState, "recent" | "errors" | "widening">) {
  const { seasonLength } = order;
  const stationary = autoregression(coefficients, seasonLength);
  const lags = withDifferences(stationary, { ...order, constant });
  const ma = movingAverage(coefficients, seasonLength);
  const intercept = mean * (1 - stationary.reduce((sum, value) => sum + value, 0));
  return { ar: sparse(lags), ma, maLags: sparse(ma), reach: lags.length, intercept };
}

export function arimaProcess(state: ArimaState, future?: readonly Float64Array[]): Process<ArimaState> {
  return widened(exactProcess(state, future), state.widening);
}

function exactProcess(
  state: ArimaState,
  future: readonly Float64Array[] = state.names.map(() => new Float64Array(0)),
): Process<ArimaState> {
  const { order, constant, coefficients, names, beta, sigma, aicc, recent, errors } = state;
  const recursion = recursionOf(state);
  const { ar, ma, maLags, intercept } = recursion;
  const name = orderName({ ...order, constant });
  const shown = Object.entries(coefficients)
    .filter(([, values]) => values.length > 0)
    .map(([label, values]) => `${label} ${values.map((value: number) => value.toPrecision(4)).join(" ")}`);
  const effectAt = (columns: readonly Float64Array[], step: number): number =>
    columns.reduce((sum, column, index) => sum + beta[index] * column[step], 0);

  /** Writes paths in place: standard normal innovations become values. */
  const simulate = (paths: Float64Array, horizon: number, spread: number): void => {
    const history = Float64Array.from(recent);
    const past = Float64Array.from(errors);
    const shocks = new Float64Array(horizon);
    const effects = Float64Array.from({ length: horizon }, (_, step) => effectAt(future, step));
    const values = new Float64Array(horizon);
    for (let start = 0; start < paths.length; start += horizon) {
      for (let step = 0; step < horizon; step++) {
        let value = intercept;
        for (let i = 0; i < ar.lag.length; i++) {
          const at = step - ar.lag[i];
          value += ar.value[i] * (at >= 0 ? values[at] : history[history.length + at]);
        }
        for (let i = 0; i < maLags.lag.length; i++) {
          const at = step - maLags.lag[i];
          value += maLags.value[i] * (at >= 0 ? shocks[at] : past[past.length + at]);
        }
        shocks[step] = spread * paths[start + step];
        values[step] = value + shocks[step];
        paths[start + step] = values[step] + effects[step];
      }
    }
  };
  const deviation = (horizon: number): Float64Array => {
    let sum = 0;
    return psiWeights(ar, ma, horizon).map((weight) => {
      sum += weight * weight;
      return sigma * Math.sqrt(sum);
    });
  };
  return {
    name,
    description: [`${name}: ${shown.join(", ")}`, `sigma ${sigma.toPrecision(4)}; AICc ${aicc.toFixed(2)}`].join("; "),
    regressors: names,
    withFuture: (columns) => arimaProcess(state, columns),
    mean(horizon) {
      const path = new Float64Array(horizon);
      simulate(path, horizon, 0);
      return path;
    },
    components(horizon) {
      const rest = new Float64Array(horizon);
      simulate(rest, horizon, 0);
      const effects = names.map((regressor, index) => {
        const part = Float64Array.from({ length: horizon }, (_, step) => beta[index] * future[index][step]);
        for (let step = 0; step < horizon; step++) rest[step] -= part[step];
        return [regressor, part] as const;
      });
      return { series: rest, ...Object.fromEntries(effects) };
    },
    deviation,
    spread: deviation,
    simulate: (innovations, horizon) => simulate(innovations, horizon, sigma),
    filter(values, columns = []) {
      const less = values.map((value, t) => value - effectAt(columns, t));
      const after = runRecursion(recursion, recent, errors, less);
      const residuals = after.errors.map((error, t) => (Number.isNaN(values[t]) ? Number.NaN : error));
      const keep = (list: Float64Array, before: readonly number[]): number[] =>
        before.length === 0 ? [] : [...before, ...list].slice(-before.length);
      return {
        state: { ...state, recent: keep(after.values, recent), errors: keep(after.errors, errors) },
        residuals,
      };
    },
  };
}

/** Runs the recursion over values; a missing one takes its forecast, with no error. */
function runRecursion(
  { ar, maLags, intercept }: Pick<ReturnType<typeof recursionOf>, "ar" | "maLags" | "intercept">,
  recent: ArrayLike<number>,
  before: ArrayLike<number>,
  values: Float64Array,
): { readonly values: Float64Array; readonly errors: Float64Array } {
  const filled = values.slice();
  const errors = new Float64Array(values.length);
  for (let t = 0; t < values.length; t++) {
    let forecast = intercept;
    for (let i = 0; i < ar.lag.length; i++) {
      const at = t - ar.lag[i];
      forecast += ar.value[i] * (at >= 0 ? filled[at] : recent[recent.length + at]);
    }
    for (let i = 0; i < maLags.lag.length; i++) {
      const at = t - maLags.lag[i];
      forecast += maLags.value[i] * (at >= 0 ? errors[at] : before[before.length + at]);
    }
    if (Number.isNaN(values[t])) filled[t] = forecast;
    else errors[t] = values[t] - forecast;
  }
  return { values: filled, errors };
}

import { arrayShape, numberShape, objectShape, type Shape } from "@sage-twin/kernel";
import { addEffect, columnsOf, type Terms, termsShape } from "./additive-terms.js";
import { instantAfter, type TimeAxis, timeAxisShape } from "./additive-time.js";
import { widened } from "./in-sample-widening.js";
import type { Process } from "./process.js";

/** A fitted regression on time, seasons, regressors and its own past; in units of `scale`. */
export interface RegressionState {
  readonly axis: TimeAxis;
  /** Steps since the end of the fitted series. */
  readonly elapsed: number;
  /** How many steps the fitted series has. */
  readonly length: number;
  readonly scale: number;
  readonly intercept: number;
  /** Per length of the fitted series. */
  readonly slope: number;
  readonly terms: Terms;
  readonly lags: readonly number[];
  readonly coefficients: readonly number[];
  /** The last values, the newest last: as many as the longest lag. */
  readonly recent: readonly number[];
  readonly sigma: number;
  /** What the spread of each step is multiplied by; empty for none. */
  readonly widening: readonly number[];
}

const listShape = /* @__PURE__ */ arrayShape(numberShape);

export const regressionShape: Shape<RegressionState> = /* @__PURE__ */ objectShape({
  axis: timeAxisShape,
  elapsed: numberShape,
  length: numberShape,
  scale: numberShape,
  intercept: numberShape,
  slope: numberShape,
  terms: termsShape,
  lags: listShape,
  coefficients: listShape,
  recent: listShape,
  sigma: numberShape,
  widening: listShape,
});

/** What an innovation adds to the value 0, 1, ... steps later. */
export function responses(lags: readonly number[], coefficients: readonly number[], count: number): Float64Array {
  const weights = new Float64Array(count);
  for (let step = 0; step < count; step++) {
    let sum = step === 0 ? 1 : 0;
    for (let i = 0; i < lags.length; i++) if (lags[i] <= step) sum += coefficients[i] * weights[step - lags[i]];
    weights[step] = sum;
  }
  return weights;
}

export function regressionProcess(state: RegressionState, future?: readonly Float64Array[]): Process<RegressionState> {
  const { axis, elapsed, length, scale, intercept, slope, terms, lags, coefficients, recent, sigma, widening } = state;

  /** What time, seasons and regressors add up to in each step ahead. */
  const fixed = (count: number, exogenous: readonly Float64Array[] = future ?? []): Float64Array => {
    const instants = Float64Array.from({ length: count }, (_, step) => instantAfter(axis, elapsed + step + 1));
    const sum = instants.map((_, step) => intercept + slope * ((length + elapsed + step) / length));
    for (const item of columnsOf(terms, axis, instants, exogenous)) addEffect(item, sum);
    return sum;
  };
  const simulate = (paths: Float64Array, horizon: number, spread: number): void => {
    const base = fixed(horizon);
    const values = new Float64Array(recent.length + horizon);
    values.set(recent);
    const past = recent.length;
    for (let start = 0; start < paths.length; start += horizon)
      for (let step = 0; step < horizon; step++) {
        let value = base[step] + spread * paths[start + step];
        for (let i = 0; i < lags.length; i++) value += coefficients[i] * values[past + step - lags[i]];
        values[past + step] = value;
        paths[start + step] = scale * value;
      }
  };
  const deviation = (horizon: number): Float64Array => {
    let sum = 0;
    return responses(lags, coefficients, horizon).map((weight) => {
      sum += weight * weight;
      return scale * sigma * Math.sqrt(sum);
    });
  };
  const named = [...terms.seasons, ...terms.regressors].map(({ name }) => name);
  const plain: Process<RegressionState> = {
    name: `regression(${[...(slope === 0 ? [] : ["trend"]), ...named, ...lags.map((lag) => `lag ${lag}`)].join(", ")})`,
    description: `regression: ${lags.map((lag, i) => `lag ${lag} ${coefficients[i].toPrecision(4)}`).join(", ") || "no lag"}; slope ${((scale * slope) / length).toPrecision(4)} a step; sd of one step ${(scale * sigma).toPrecision(4)}`,
    regressors: terms.regressors.map(({ name }) => name),
    withFuture: (columns) => regressionProcess(state, columns),
    mean(horizon) {
      const path = new Float64Array(horizon);
      simulate(path, horizon, 0);
      return path;
    },
    deviation,
    spread: deviation,
    simulate: (innovations, horizon) => simulate(innovations, horizon, sigma),
    filter(values, columns) {
      const base = fixed(values.length, columns);
      const all = new Float64Array(recent.length + values.length);
      all.set(recent);
      const residuals = values.map((value, t) => {
        const at = recent.length + t;
        let forecast = base[t];
        for (let i = 0; i < lags.length; i++) forecast += coefficients[i] * all[at - lags[i]];
        all[at] = Number.isNaN(value) ? forecast : value / scale;
        return value - scale * forecast;
      });
      const after = { elapsed: elapsed + values.length, recent: Array.from(all.subarray(values.length)) };
      return { state: { ...state, ...after }, residuals };
    },
  };
  return widened(plain, widening);
}

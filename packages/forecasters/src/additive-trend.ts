import { arrayShape, choiceShape, exp, log, numberShape, objectShape, type Shape } from "@sage-twin/kernel";

/** How the trend of an additive model goes. */
export type Growth = "linear" | "logistic" | "flat";

/**
 * A continuous piecewise trend over the scaled time, 0 at the first fitted value and 1 at the last: rate and offset, and a change of the
 * rate at each changepoint. Linear: offset + rate t + sum of changes (t - changepoint)+. Logistic: cap / (1 + exp(-z)) with
 * z = rate (t - offset) + the same sum, which is what the offsets of Taylor and Letham (2018, section 3.1.1) make of it.
 */
export interface Trend {
  readonly growth: Growth;
  readonly cap: number;
  readonly rate: number;
  readonly offset: number;
  readonly changepoints: readonly number[];
  readonly changes: readonly number[];
}

const listShape = /* @__PURE__ */ arrayShape(numberShape);

export const trendShape: Shape<Trend> = /* @__PURE__ */ objectShape({
  growth: /* @__PURE__ */ choiceShape("linear", "logistic", "flat"),
  cap: numberShape,
  rate: numberShape,
  offset: numberShape,
  changepoints: listShape,
  changes: listShape,
});

/** Writes the trend before its cap, at ascending times. */
export function innerTrend(trend: Omit<Trend, "cap">, times: Float64Array, output: Float64Array): void {
  const { growth, rate, offset, changepoints, changes } = trend;
  const intercept = growth === "logistic" ? -rate * offset : offset;
  let slope = growth === "flat" ? 0 : rate;
  let level = intercept;
  let next = 0;
  for (let i = 0; i < times.length; i++) {
    for (; next < changepoints.length && changepoints[next] <= times[i]; next++) {
      slope += changes[next];
      level -= changes[next] * changepoints[next];
    }
    output[i] = level + slope * times[i];
  }
}

/** 1 / (1 + exp(-z)). */
export function logistic(z: number): number {
  return z >= 0 ? 1 / (1 + exp(-z)) : exp(z) / (1 + exp(z));
}

/** Rate and offset of a logistic trend through two values, moved inside 1 to 99 % of the cap; as Prophet starts. */
export function logisticStart(first: number, last: number, cap: number): { rate: number; offset: number } {
  const within = (value: number): number => Math.max(0.01, Math.min(0.99, value / cap));
  const end = 1 / within(last);
  let begin = 1 / within(first);
  if (Math.abs(begin - end) <= 0.01) begin *= 1.05;
  const from = log(begin - 1);
  const rate = from - log(end - 1);
  return { rate, offset: from / rate };
}

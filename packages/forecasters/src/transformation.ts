import { choiceShape, exp, log, numberShape, objectShape, type Shape } from "@sage-twin/kernel";
import { boxCox, inverseBoxCox } from "@sage-twin/numerics";

/** A fixed increasing transformation of values. */
export interface Transformation {
  readonly kind: "none" | "log" | "boxCox" | "logit";
  readonly lambda: number;
  /** What values stay above, or at: negative 1e100 where there is nothing. */
  readonly lower: number;
  readonly upper: number;
  /** How near values come to their bounds before they are transformed. */
  readonly nearest: number;
}

export const transformationShape: Shape<Transformation> = /* @__PURE__ */ objectShape({
  kind: /* @__PURE__ */ choiceShape("none", "log", "boxCox", "logit"),
  lambda: numberShape,
  lower: numberShape,
  upper: numberShape,
  nearest: numberShape,
});

/** The largest value of a series; transformed forecasts are held within it too. */
export const largest = 1e100;

/** Values within `nearest` of a bound count as that far from it. */
export function forward({ kind, lambda, lower, upper, nearest }: Transformation, value: number): number {
  if (kind === "none" || Number.isNaN(value)) return value;
  const above = Math.max(value - lower, nearest);
  if (kind === "log") return log(above);
  if (kind === "logit") return log(above / Math.max(upper - value, nearest));
  return boxCox(lambda > 0 ? value : above, lambda);
}

export function backward({ kind, lambda, lower, upper }: Transformation, value: number): number {
  if (kind === "none") return value;
  if (kind === "log") return Math.min(largest, lower + exp(value));
  if (kind === "logit") {
    const share = value >= 0 ? 1 / (1 + exp(-value)) : exp(value) / (1 + exp(value));
    return Math.min(upper, lower + (upper - lower) * share);
  }
  return Math.max(lower, Math.min(largest, inverseBoxCox(value, lambda)));
}

/** How fast `backward` rises where it reaches `value`. */
export function slopeAt({ kind, lambda, lower, upper }: Transformation, value: number): number {
  if (kind === "none") return 1;
  if (kind === "log") return value - lower;
  if (kind === "logit") return ((value - lower) * (upper - value)) / (upper - lower);
  return value === 0 ? 0 : Math.min(largest, exp((1 - lambda) * log(Math.abs(value))));
}

const reach = 8;
const nodeStep = 0.25;
const densityAtZero = 0.3989422804014327;

/** Standard deviations from the mean to the upper quartile of a normal distribution. */
const quartile = 0.6744897501960817;

/**
 * The mean of `backward` over a normal distribution: in closed form for the logarithm, else by the trapezoidal rule, which is exact to
 * rounding for such. Where a heavy tail would carry it beyond the upper quartile, the upper quartile.
 */
export function meanBackward(how: Transformation, centre: number, deviation: number): number {
  if (how.kind === "none" || !(deviation > 0)) return backward(how, centre);
  const most = backward(how, centre + quartile * deviation);
  if (how.kind === "log") return Math.min(most, backward(how, centre + (deviation * deviation) / 2));
  let sum = 0;
  for (let x = -reach; x <= reach; x += nodeStep)
    sum += nodeStep * densityAtZero * exp((-x * x) / 2) * backward(how, centre + deviation * x);
  return Math.min(most, sum);
}

import { type Frequency, parseFrequency, TwinError } from "@sage-twin/kernel";
import type { Curve } from "../curve.js";
import type { Link } from "../link.js";

/** Where an effect comes from: fitted from the data alone, taken from a named source, or assumed. */
export type Evidence = "assumed" | "data" | "sourced";

/** How an edge of the graph carries a cause to its effect. Plain data. */
export interface Mechanism {
  readonly kind: "custom" | "elasticity" | "formula" | "linear" | "logistic" | "lookup" | "saturation";
  /** What the edge sees of its cause's level. */
  readonly curve: Curve;
  /** What is believed of the effect before the data. */
  readonly prior: { readonly mean: number; readonly sd: number };
  readonly evidence: Evidence;
  readonly source?: string;
  /** How much later the effect comes, as a calendar duration; at once when absent. */
  readonly lag?: Frequency;
  /** The share of the cause's level that carries over into the next period, 0..1 (adstock). */
  readonly carryover: number;
  /** How the cause is smoothed over time before it acts; not at all when absent. */
  readonly smoothing?: Smoothing;
  /** The link that the mechanism needs its effect to have; any when absent. */
  readonly link?: Link;
}

/**
 * A delay that is spread out: each of `order` stages follows the one before by 1/T of their distance in each period, T being `over` / `order` (the
 * information delay of Forrester 1961). What a cause becomes in one period is first felt in the next.
 */
export interface Smoothing {
  /** The mean delay, as a calendar duration. */
  readonly over: Frequency;
  /** 1 is exponential smoothing; 3 rises late and steeply. */
  readonly order: 1 | 3;
}

/** What every mechanism can be told. */
export interface MechanismOptions {
  /** Standard deviation of the prior of the effect. Default: half the stated effect, at least 0.25; without a stated effect, 2; for `linear`, 2 standard deviations of the effect per standard deviation of the cause. */
  readonly sd?: number;
  readonly lag?: Frequency;
  /** Default 0. */
  readonly carryover?: number;
  /** A delay spread out over time, the mean of which is this duration; `order` 1 unless stated. Not together with `carryover`. */
  readonly smoothing?: Frequency | Smoothing;
  /** The work that the effect is taken from. Without one, a stated effect counts as assumed. */
  readonly source?: string;
}

/** How wide the prior is of an effect of which nothing is stated: in percent per percent, or in standard deviations per standard deviation. */
export const unstatedSd = 2;

/** Checks the options and fills in the defaults. */
export function makeMechanism(
  kind: Mechanism["kind"],
  effect: number | undefined,
  options: MechanismOptions,
  rest: Pick<Mechanism, "curve" | "link">,
): Mechanism {
  const { sd, lag, carryover = 0, source } = options;
  const refuse = (path: string, message: string): never => {
    throw new TwinError({
      code: "invalid-argument",
      path: [kind, path],
      message,
    });
  };
  if (effect !== undefined && !Number.isFinite(effect)) refuse("effect", `an effect is a finite number, not ${effect}`);
  if (sd !== undefined && !(sd >= 0 && sd < Number.POSITIVE_INFINITY))
    refuse("sd", `a standard deviation is 0 or more, not ${sd}`);
  if (sd !== undefined && sd === 0 && effect === undefined)
    refuse("sd", "an effect without uncertainty must be stated");
  if (!(carryover >= 0 && carryover < 1))
    refuse("carryover", `a carry-over is at least 0 and below 1, not ${carryover}`);
  if (lag !== undefined) parseFrequency(lag);
  const smoothing =
    typeof options.smoothing === "string" ? { over: options.smoothing, order: 1 as const } : options.smoothing;
  if (smoothing !== undefined) {
    parseFrequency(smoothing.over);
    if (smoothing.order !== 1 && smoothing.order !== 3)
      refuse("smoothing", `smoothing is of order 1 or 3, not ${smoothing.order}`);
    if (carryover > 0) refuse("smoothing", "a cause is either carried over or smoothed");
  }
  return {
    kind,
    prior: {
      mean: effect ?? 0,
      sd: sd ?? (effect === undefined ? unstatedSd : Math.max(0.25, Math.abs(effect) / 2)),
    },
    evidence: effect === undefined ? "data" : source === undefined ? "assumed" : "sourced",
    ...(source === undefined ? {} : { source }),
    ...(lag === undefined ? {} : { lag }),
    carryover,
    ...(smoothing === undefined ? {} : { smoothing }),
    ...rest,
  };
}

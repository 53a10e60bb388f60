import { TwinError } from "@sage-twin/kernel";
import { type Mechanism, type MechanismOptions, makeMechanism } from "./mechanism.js";

/** Options of a bounded effect. */
export interface LogisticOptions extends MechanismOptions {
  /** What the effect cannot fall below. Default 0. */
  readonly low?: number;
  /** What the effect cannot rise above. Default 1. */
  readonly high?: number;
}

/**
 * A mechanism for an effect between two bounds, such as a rate (0 to 1, the default) or a score (0 to 100): one unit more of the cause brings
 * `effect` more log-odds, so that the effect flattens near either bound and never leaves them.
 *
 * @example
 * ```ts
 * import { logistic } from "@sage-twin/causal";
 *
 * logistic(-0.3, { high: 100, lag: "1W" }).link; // => { kind: "logit", low: 0, high: 100 }
 * ```
 */
export function logistic(effect?: number, options: LogisticOptions = {}): Mechanism {
  const { low = 0, high = 1, ...rest } = options;
  if (!(Number.isFinite(low) && Number.isFinite(high) && low < high))
    throw new TwinError({
      code: "invalid-argument",
      path: ["logistic", "low"],
      message: `bounds of ${low} and ${high}`,
      fix: "give two finite bounds, the lower first",
    });
  return makeMechanism("logistic", effect, rest, { curve: { kind: "level" }, link: { kind: "logit", low, high } });
}

import { type Mechanism, type MechanismOptions, makeMechanism } from "./mechanism.js";

/** Options of an elasticity. */
export interface ElasticityOptions extends MechanismOptions {
  /** Whether the stated effect is what a lasting change brings in the end (`"long"`, the default) or at once (`"short"`, divided by 1 - carryover). */
  readonly run?: "long" | "short";
}

/**
 * A log-log mechanism: one percent more of the cause brings `effect` percent more of the effect. With a carry-over `c` the cause is its
 * adstock A(t) = x(t) + c A(t - 1), and `effect` is the long-run elasticity.
 *
 * @param effect the prior mean; left out, the effect is fitted from the data alone.
 *
 * @example
 * ```ts
 * import { elasticity } from "@sage-twin/causal";
 *
 * elasticity(0.24, { sd: 0.1, carryover: 0.5, source: "Sethuraman, Tellis and Briesch 2011" }).evidence; // => "sourced"
 * ```
 */
export function elasticity(effect?: number, options: ElasticityOptions = {}): Mechanism {
  const { run = "long", ...rest } = options;
  const longRun = effect !== undefined && run === "short" ? effect / (1 - (rest.carryover ?? 0)) : effect;
  return makeMechanism("elasticity", longRun, rest, { curve: { kind: "log" }, link: { kind: "log" } });
}

import { type Mechanism, type MechanismOptions, makeMechanism } from "./mechanism.js";

/**
 * A mechanism through a function of the caller's: `effect` times its value is added to the effect on its link scale. It is named, not held, so that
 * graphs stay plain data: make it known with `registerFunction`, and in workers by a module that does.
 *
 * @example
 * ```ts
 * import { custom, registerFunction } from "@sage-twin/causal";
 *
 * registerFunction("rush hour", (minutes) => Math.max(0, minutes - 15));
 * custom("rush hour", -0.02, { sd: 0.01 }).kind; // => "custom"
 * ```
 */
export function custom(name: string, effect?: number, options: MechanismOptions = {}): Mechanism {
  return makeMechanism("custom", effect, options, { curve: { kind: "function", name } });
}

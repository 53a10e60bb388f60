import { type Mechanism, type MechanismOptions, makeMechanism } from "./mechanism.js";

/**
 * A linear mechanism: one unit more of the cause brings `effect` units more on the link scale of the effect: units of the metric itself
 * unless its link was declared (`graph.link`), log-odds for a rate.
 *
 * @param effect the prior mean; left out, the effect is fitted from the data alone.
 */
export function linear(effect?: number, options: MechanismOptions = {}): Mechanism {
  return makeMechanism("linear", effect, options, { curve: { kind: "level" } });
}

import { TwinError } from "@sage-twin/kernel";
import { type Mechanism, type MechanismOptions, makeMechanism } from "./mechanism.js";

/** Options of a saturating effect. */
export interface SaturationOptions extends MechanismOptions {
  /** The level of the cause, after carry-over, at which half of the effect is reached; in the cause's unit. */
  readonly half: number;
  /** How sharply it is reached: 1 (the default) is steepest at nothing, above 1 the curve is an S. */
  readonly slope?: number;
}

/**
 * A mechanism with diminishing returns, for spend on a channel: with `carryover` the cause is its adstock A(t) = x(t) + c A(t - 1) (Broadbent 1979),
 * here as the mean level (1 - c) A(t), and it acts through a Hill curve A^s / (half^s + A^s). `effect` is what full saturation brings on the effect's
 * link scale: 0.3 on a logarithm is 35 % more.
 *
 * @example
 * ```ts
 * import { saturation } from "@sage-twin/causal";
 *
 * saturation(0.3, { sd: 0.1, half: 5000, carryover: 0.4 }).curve; // => { kind: "hill", half: 5000, slope: 1 }
 * ```
 */
export function saturation(effect: number | undefined, options: SaturationOptions): Mechanism {
  const { half, slope = 1, ...rest } = options;
  for (const [name, value] of Object.entries({ half, slope })) {
    if (!(value > 0 && value < Number.POSITIVE_INFINITY))
      throw new TwinError({
        code: "invalid-argument",
        path: ["saturation", name],
        message: `${name} is a number above 0, not ${value}`,
      });
  }
  return makeMechanism("saturation", effect, rest, { curve: { kind: "hill", half, slope } });
}

import { parseExpression } from "@sage-twin/formulas";
import { type Mechanism, type MechanismOptions, makeMechanism } from "./mechanism.js";

/** Options of a formula mechanism. */
export interface FormulaOptions extends Omit<MechanismOptions, "sd"> {
  /** Standard deviation of the factor on the formula, whose mean is 1. Default 0: the formula is taken as it stands. */
  readonly sd?: number;
  /** The link that the formula is written for. Default: that of the effect. */
  readonly link?: "linear" | "log";
}

/**
 * A mechanism written as a formula over the cause's name; its value is added to the effect on the effect's link scale.
 *
 * @example
 * ```ts
 * import { formula } from "@sage-twin/causal";
 *
 * formula("-1.2 * log(price)", { link: "log" }).kind; // => "formula"
 * ```
 */
export function formula(expression: string, options: FormulaOptions = {}): Mechanism {
  parseExpression(expression);
  const { link, sd = 0, ...rest } = options;
  return makeMechanism(
    "formula",
    1,
    { ...rest, sd },
    {
      curve: { kind: "formula", expression },
      ...(link === undefined ? {} : { link: { kind: link } }),
    },
  );
}

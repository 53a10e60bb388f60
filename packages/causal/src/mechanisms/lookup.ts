import { type Issue, TwinError } from "@sage-twin/kernel";
import type { Link } from "../link.js";
import { type Mechanism, type MechanismOptions, makeMechanism } from "./mechanism.js";

/** Options of a curve given by points. */
export interface LookupOptions extends Omit<MechanismOptions, "sd"> {
  /** Standard deviation of the factor on the curve, whose mean is 1. Default 0: the curve is taken as it stands. */
  readonly sd?: number;
  /** The link that the heights are written for. Default: that of the effect. */
  readonly link?: "linear" | "log";
}

/**
 * A mechanism given by points [cause, height], straight lines between them and flat beyond: the height is added to the effect on its link scale.
 *
 * @throws TwinError with an issue for each point that is not two finite numbers, or whose cause does not lie beyond the one before.
 *
 * @example
 * ```ts
 * import { lookup } from "@sage-twin/causal";
 *
 * lookup([[0, 0], [2, -0.1], [7, -0.6]], { lag: "1W" }).kind; // => "lookup"
 * ```
 */
export function lookup(points: readonly (readonly [number, number])[], options: LookupOptions = {}): Mechanism {
  const issues: Issue[] = [];
  if (!Array.isArray(points) || points.length < 2)
    issues.push({ code: "invalid-argument", path: ["lookup"], message: "a curve takes two points at least" });
  else
    points.forEach((point: readonly [number, number], index) => {
      const whole = Array.isArray(point) && point.length === 2 && point.every(Number.isFinite);
      if (whole && (index === 0 || point[0] > points[index - 1][0])) return;
      issues.push({
        code: "invalid-argument",
        path: ["lookup", index],
        message: whole ? "its cause does not lie beyond the one before" : "a point is two finite numbers",
        fix: "give [cause, height] pairs, the causes ascending",
      });
    });
  if (issues.length > 0) throw new TwinError(issues);
  const { link, sd = 0, ...rest } = options;
  return makeMechanism(
    "lookup",
    1,
    { ...rest, sd },
    {
      curve: { kind: "lookup", x: points.map(([x]) => x), y: points.map(([, y]) => y) },
      ...(link === undefined ? {} : { link: { kind: link } satisfies Link }),
    },
  );
}

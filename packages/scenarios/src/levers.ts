import { type Issue, TwinError } from "@sage-twin/kernel";

/** A metric that is set by decision: its unit, range and step. */
export interface Lever {
  readonly unit?: string;
  readonly min?: number;
  readonly max?: number;
  readonly step?: number;
  /** The level without any edit, where there are no data of it. */
  readonly baseline?: number;
  /** What a person is shown. Default: the metric's name. */
  readonly label?: string;
  /** What it costs to move it by one unit, either way. Default: nothing. */
  readonly cost?: number;
  /** Who may move it, such as a department or a role. Default: anybody. */
  readonly movedBy?: readonly string[];
}

/** Levers by metric name. */
export type Levers<Name extends string = string> = Readonly<Record<Name, Lever>>;

/** Checks every lever's numbers; a `TwinError` gathers all that is wrong. */
export function checkLevers(levers: Levers): void {
  const issues: Issue[] = [];
  for (const [name, lever] of Object.entries(levers)) {
    const { min = Number.NEGATIVE_INFINITY, max = Number.POSITIVE_INFINITY, step, baseline, cost } = lever;
    const refuse = (field: string, message: string): void => {
      issues.push({ code: "invalid-argument", path: ["levers", name, field], message });
    };
    if (!(min < max)) refuse("min", `min must be below max, received ${min} and ${max}`);
    if (step !== undefined && !(step > 0 && step < Number.POSITIVE_INFINITY))
      refuse("step", `a step is above 0, not ${step}`);
    if (cost !== undefined && !(cost >= 0 && cost < Number.POSITIVE_INFINITY))
      refuse("cost", `a cost is 0 or more, not ${cost}`);
    if (baseline !== undefined && !(baseline >= min && baseline <= max)) {
      refuse("baseline", `the baseline ${baseline} is not within ${min}..${max}`);
    }
  }
  if (issues.length > 0) throw new TwinError(issues);
}

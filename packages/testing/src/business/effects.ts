import { type Link, toLink } from "@sage-twin/causal";
import { exp, type Frequency, log } from "@sage-twin/kernel";
import type { Generator } from "./generator.js";
import type { Columns } from "./processes.js";
import { lagText, type Relation, relationLinks } from "./relations.js";

/** What one cause really does to one metric. */
export interface TrueEffect {
  readonly from: string;
  readonly to: string;
  readonly kind: "elasticity" | "linear";
  readonly lag?: Frequency;
  readonly carryover: number;
  /**
   * The mean over the last year of the tables, of what a fitted effect of the same kind estimates: percent per percent for an elasticity
   * (long run, with carry-over), link-scale units per unit of the cause otherwise.
   */
  readonly value: number;
  /** The least and the greatest of the periods that the mean is of: how far the form is from ours. */
  readonly low: number;
  readonly high: number;
}

const difference = 1e-4;
const weeksPerYear = 365.2425 / 7;

/** The local effects by central differences of each mechanism without its shock, all other causes as they were. */
export function trueEffects(
  { calendar, processes }: Generator,
  columns: Columns,
  relations: readonly Relation[],
  length: number,
): readonly TrueEffect[] {
  const { end, weeks, frequency } = calendar;
  const from = end - Math.min(length, Math.round(weeksPerYear / weeks));
  return relations.map(({ through, ...relation }) => {
    const { next } = processes[relation.to];
    const cause = columns[through ?? relation.from];
    const link = relationLinks[relation.to] as Link;
    let [sum, low, high] = [0, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
    for (let t = from; t < end; t++) {
      const at = t - relation.lag;
      const level = cause[at];
      const respond = (change: number): number => {
        cause[at] = relation.kind === "elasticity" ? exp(log(level) + change) : level + change;
        return toLink(link, next(columns, t, 0));
      };
      const effect = (respond(difference) - respond(-difference)) / (2 * difference);
      cause[at] = level;
      sum += effect;
      low = Math.min(low, effect);
      high = Math.max(high, effect);
    }
    const { from: name, to, kind, lag, carryover } = relation;
    return {
      from: name,
      to,
      kind,
      ...(lag === 0 ? {} : { lag: lagText(lag, frequency) }),
      carryover,
      value: sum / (end - from),
      low,
      high,
    };
  });
}

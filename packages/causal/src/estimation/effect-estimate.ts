import { normalDistribution, normalQuantile, TwinError } from "@sage-twin/kernel";
import { studentQuantile, studentTail } from "@sage-twin/numerics";

/** What is asked of data: the effect of one column on another. */
export interface EffectOptions {
  readonly treatment: string;
  readonly outcome: string;
  /** The confounders: an adjustment set, as `identify` finds it. Default: none, with a warning. */
  readonly adjustFor?: readonly string[];
}

/** An effect found in data. */
export interface EffectEstimate {
  readonly treatment: string;
  readonly outcome: string;
  /** Such as `"regression adjustment"`. */
  readonly method: string;
  /** Units of the outcome per unit of the treatment. */
  readonly effect: number;
  readonly standardError: number;
  /** Degrees of freedom of the Student distribution of effect over standard error; `Infinity` for the normal one. */
  readonly degrees: number;
  /** The chance of an effect at least as far from 0 where there is none. */
  readonly pValue: number;
  /** The rows that it rests on. */
  readonly rows: number;
  /** Rows left out and reasons to doubt the effect, in plain words. */
  readonly warnings: readonly string[];
  /** From, to. Default level: 0.95. */
  interval(level?: number): readonly [number, number];
  toString(): string;
}

type Parts = Pick<
  EffectEstimate,
  "degrees" | "effect" | "method" | "outcome" | "rows" | "standardError" | "treatment" | "warnings"
>;

/** Adds what follows from the parts. */
export function effectEstimate<More extends object>(parts: Parts & More): EffectEstimate & More {
  const { effect, standardError, degrees } = parts;
  const interval = (level = 0.95): readonly [number, number] => {
    checkLevel(level);
    const half = quantile((1 + level) / 2, degrees) * standardError;
    return [effect - half, effect + half];
  };
  const size = Math.abs(effect / standardError);
  const tail = degrees === Number.POSITIVE_INFINITY ? normalDistribution(-size) : studentTail(size, degrees);
  return {
    ...parts,
    pValue: 2 * tail,
    interval,
    toString() {
      const [low, high] = interval().map((value) => value.toPrecision(4));
      const { treatment, outcome, method, rows, warnings } = parts;
      return [
        `${treatment} on ${outcome}: ${effect.toPrecision(4)} (95 % ${low} to ${high}) by ${method} on ${rows} rows`,
        ...warnings.map((warning) => `- ${warning}`),
      ].join("\n");
    },
  };
}

export function checkLevel(level: number): void {
  if (!(level > 0 && level < 1))
    throw new TwinError({
      code: "out-of-range",
      path: ["level"],
      message: `a level lies between 0 and 1, which ${level} does not`,
    });
}

/** A whole number within bounds, or an error that names it. */
export function checkCount(value: number, name: string, least: number, most: number): number {
  if (!Number.isInteger(value) || value < least || value > most)
    throw new TwinError({
      code: "out-of-range",
      path: [name],
      message: `${name} is a whole number from ${least} to ${most}, not ${value}`,
    });
  return value;
}

export function quantile(probability: number, degrees: number): number {
  return degrees > 1e6 ? normalQuantile(probability) : studentQuantile(probability, degrees);
}

import { describeValue, exp, type Path } from "@sage-twin/kernel";
import { finiteOrMissing, invalidArgument, requireChoice, requireWhole } from "../numbers.js";

/** How fast the weights of earlier values fall: exactly one of the first four. */
export interface ExponentialOptions {
  /** The weight of the newest value, in (0, 1]. */
  readonly alpha?: number;
  /** alpha = 2 / (span + 1); from 1. */
  readonly span?: number;
  /** alpha = 1 - exp(-ln 2 / halfLife), in rows; above 0. */
  readonly halfLife?: number;
  /** alpha = 1 / (1 + centreOfMass); from 0. */
  readonly centreOfMass?: number;
  /** Weights relative to all earlier ones (true, the default), or the recursion `(1 - alpha) * earlier + alpha * value`. */
  readonly adjust?: boolean;
  /** Whether weights count the values (true) or the rows, missing ones too (false, the default). */
  readonly ignoreMissing?: boolean;
  /** How many values are needed for a result. Default 0, which asks for one. */
  readonly minPeriods?: number;
}

/** The weight of the newest value; a `TwinError` unless exactly one of the four is given, within its range. */
export function smoothingOf(options: ExponentialOptions, path: Path = []): number {
  const { alpha, span, halfLife, centreOfMass, adjust = true, ignoreMissing = false, minPeriods = 0 } = options;
  const given = Object.entries({ alpha, span, halfLife, centreOfMass }).filter(([, value]) => value !== undefined);
  if (given.length !== 1)
    throw invalidArgument(
      path,
      given.length === 0
        ? "nothing says how fast the weights fall"
        : `${given.map(([key]) => key).join(" and ")} say it twice`,
      "give one of alpha, span, halfLife and centreOfMass",
    );
  const [[name, value]] = given;
  const wrong = (range: string) => invalidArgument([...path, name], `${describeValue(value)} is not a number ${range}`);
  if (typeof value !== "number" || Number.isNaN(value)) throw wrong("");
  if (name === "alpha" && !(value > 0 && value <= 1)) throw wrong("above 0 and at most 1");
  if (name === "span" && !(value >= 1 && value < Infinity)) throw wrong("from 1");
  if (name === "halfLife" && !(value > 0 && value < Infinity)) throw wrong("above 0");
  if (name === "centreOfMass" && !(value >= 0 && value < Infinity)) throw wrong("from 0");
  requireChoice(adjust, [...path, "adjust"], [true, false]);
  requireChoice(ignoreMissing, [...path, "ignoreMissing"], [true, false]);
  requireWhole(minPeriods, [...path, "minPeriods"], 0);
  if (name === "alpha") return value;
  if (name === "span") return 2 / (value + 1);
  return name === "halfLife" ? 1 - exp(-Math.LN2 / value) : 1 / (1 + value);
}

const size = 6; // count, mean, covariance, sum of weights and of their squares, weight of the past

/** The recursion of pandas' `ewm`, one value at a time. */
export class ExponentialState {
  /** All that it remembers. */
  readonly memory: Float64Array = new Float64Array(size);
  readonly #decay: number;
  readonly #added: number;
  readonly #adjust: boolean;
  readonly #ignoreMissing: boolean;
  readonly #least: number;

  constructor(options: ExponentialOptions, path?: Path) {
    const alpha = smoothingOf(options, path);
    const { adjust = true, ignoreMissing = false, minPeriods = 0 } = options;
    this.#decay = 1 - alpha;
    this.#added = adjust ? 1 : alpha;
    this.#adjust = adjust;
    this.#ignoreMissing = ignoreMissing;
    this.#least = Math.max(minPeriods, 1);
  }

  push(value: number): void {
    const memory = this.memory;
    const observed = !Number.isNaN(value);
    if (memory[0] === 0) {
      if (observed) memory.set([1, value, 0, 1, 1, 1]);
      return;
    }
    if (!observed && this.#ignoreMissing) return;
    const decay = this.#decay;
    memory[3] *= decay;
    memory[4] *= decay * decay;
    memory[5] *= decay;
    if (!observed) return;
    const added = this.#added;
    const old = memory[5];
    const total = old + added;
    const earlier = memory[1];
    const mean = earlier === value ? value : (old * earlier + added * value) / total;
    memory[0]++;
    memory[1] = mean;
    memory[2] =
      (old * (memory[2] + (earlier - mean) * (earlier - mean)) + added * (value - mean) * (value - mean)) / total;
    memory[3] += added;
    memory[4] += added * added;
    memory[5] = total;
    if (!this.#adjust) {
      memory[3] /= total;
      memory[4] /= total * total;
      memory[5] = 1;
    }
  }

  mean(): number {
    return this.memory[0] < this.#least ? Number.NaN : this.memory[1];
  }

  /** Corrected for bias; NaN of fewer than two values. */
  variance(): number {
    const [count, , covariance, weights, squares] = this.memory;
    const total = weights * weights;
    return count < this.#least || !(total > squares) ? Number.NaN : (total / (total - squares)) * covariance;
  }
}

/** Exponentially weighted statistics of each row and all rows before it. */
export interface ExponentialStatistics {
  mean(): Float64Array;
  /** Corrected for bias, as pandas' `var()`; NaN of fewer than two values. */
  variance(): Float64Array;
  /** The root of `variance`. */
  std(): Float64Array;
}

/**
 * Exponentially weighted mean, variance and standard deviation. The semantics are those of pandas' `ewm`, with its `ignore_na` as
 * `ignoreMissing`.
 *
 * @param values one number per row; NaN is missing, and so are infinities.
 * @throws TwinError `invalid-argument` unless exactly one of `alpha`, `span`, `halfLife` and `centreOfMass` is given.
 *
 * @example
 * ```ts
 * import { exponential } from "@sage-twin/features";
 *
 * exponential([4, 8, 8], { alpha: 0.5, adjust: false }).mean(); // => [4, 6, 7]
 * ```
 */
export function exponential(values: ArrayLike<number>, options: ExponentialOptions): ExponentialStatistics {
  const numbers = finiteOrMissing(values);
  smoothingOf(options);
  const each = (statistic: (state: ExponentialState) => number) => (): Float64Array => {
    const state = new ExponentialState(options);
    return numbers.map((value) => {
      state.push(value);
      return statistic(state);
    });
  };
  return {
    mean: each((state) => state.mean()),
    variance: each((state) => state.variance()),
    std: each((state) => Math.sqrt(state.variance())),
  };
}

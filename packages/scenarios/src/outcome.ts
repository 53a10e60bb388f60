import { formatInstant, type Instant, periodIndex, TwinError, toInstant } from "@sage-twin/kernel";
import { quantiles } from "@sage-twin/numerics";
import { type Distributions, type Drawn, meanOf, standardError } from "./distributions.js";

/** A central interval by step. */
export interface IntervalPath {
  /** In percent. */
  readonly level: number;
  readonly lower: Float64Array;
  readonly upper: Float64Array;
}

/** The steps that outcomes are of. */
export interface TimeAxis {
  readonly start: number;
  readonly frequency: string;
  readonly steps: number;
}

/** The distribution of one figure over runs, step by step. */
export class Outcome {
  readonly #axis: TimeAxis;
  readonly #runs: number;
  /** Step by step, for those who count further. */
  readonly distributions: Distributions;
  #mean: Float64Array | undefined;

  constructor(axis: TimeAxis, runs: number, distributions: Distributions) {
    this.#axis = axis;
    this.#runs = runs;
    this.distributions = distributions;
  }

  /** The mean over runs by step. */
  get mean(): Float64Array {
    this.#mean ??= this.#each((step) => this.distributions.mean(step));
    return this.#mean.slice();
  }

  /** The Monte Carlo standard error of the mean by step: how far it would move with other draws. */
  get meanError(): Float64Array {
    return this.#each((step) => this.distributions.error(step));
  }

  /** The quantile at `probability`, 0..1, by step. */
  quantile(probability: number): Float64Array {
    return this.#quantiles([probability])[0];
  }

  /** The central interval at `level` percent by step. */
  interval(level: number): IntervalPath {
    const tail = tailOf(level);
    const [lower, upper] = this.#quantiles([tail, 1 - tail]);
    return { level, lower, upper };
  }

  /** The samples, one per run, in the period that contains `date`. */
  at(date: Instant): Float64Array {
    const { start, frequency, steps } = this.#axis;
    const first = periodIndex(start, frequency);
    const step = periodIndex(toInstant(date, ["date"]), frequency) - first;
    if (step < 0 || step >= steps) {
      throw new TwinError({
        code: "out-of-range",
        path: ["date"],
        message: `${String(date)} is not among the ${steps} periods from ${formatInstant(start, frequency)}`,
      });
    }
    return this.distributions.samples(step, new Float64Array(this.#runs));
  }

  #each(at: (step: number) => number): Float64Array {
    return Float64Array.from({ length: this.#axis.steps }, (_, step) => at(step));
  }

  #quantiles(probabilities: readonly number[]): Float64Array[] {
    const paths = probabilities.map(() => new Float64Array(this.#axis.steps));
    for (let step = 0; step < this.#axis.steps; step++) {
      const found = this.distributions.quantiles(step, probabilities);
      for (let index = 0; index < paths.length; index++) paths[index][step] = found[index];
    }
    return paths;
  }
}

/** One figure's distribution over runs: a total over time, say. */
export interface Figure {
  readonly mean: number;
  /** The Monte Carlo standard error of the mean. */
  readonly meanError: number;
  quantile(probability: number): number;
  interval(level: number): { readonly level: number; readonly lower: number; readonly upper: number };
  /** One per run. */
  readonly samples: Float64Array;
}

/** The figure whose samples these are. */
export function figure(samples: Float64Array, drawn: Drawn = "independent"): Figure {
  return {
    mean: meanOf(samples),
    get meanError() {
      return standardError(samples, drawn);
    },
    samples,
    quantile: (probability) => quantiles(samples, [probability])[0],
    interval: (level) => {
      const tail = tailOf(level);
      const [lower, upper] = quantiles(samples, [tail, 1 - tail]);
      return { level, lower, upper };
    },
  };
}

function tailOf(level: number): number {
  if (!(level > 0 && level < 100)) {
    throw new TwinError({
      code: "out-of-range",
      path: ["level"],
      message: `a level is a percentage above 0 and below 100, not ${level}`,
    });
  }
  return (100 - level) / 200;
}

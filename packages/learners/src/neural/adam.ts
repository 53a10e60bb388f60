import { describeValue, pow, TwinError } from "@sage-twin/kernel";

/** How gradients become steps: Adam (Kingma and Ba 2015). */
export interface AdamOptions {
  /** Default 0.001. */
  readonly learningRate?: number;
  /** The share of the mean of past gradients that is kept at each step. Default 0.9. */
  readonly beta1?: number;
  /** The same for the mean of their squares. Default 0.999. */
  readonly beta2?: number;
  /** Added to the root of that mean. Default 1e-8. */
  readonly epsilon?: number;
  /** Every step takes off this share of each weight, times the learning rate (Loshchilov and Hutter 2019). Default 0. */
  readonly weightDecay?: number;
  /** The Euclidean length that gradients are cut to. Default: they are not. */
  readonly clip?: number;
}

export type AdamRules = Required<AdamOptions>;

const largest = 1e300;
const smallest = 1e-300;
const mostKept = 0.999999999;
const limits = {
  learningRate: [0, largest],
  beta1: [0, mostKept],
  beta2: [0, mostKept],
  epsilon: [smallest, largest],
  weightDecay: [0, largest],
  clip: [smallest, Infinity],
} as const;

/** The options with their defaults; a `TwinError` for one out of its range. */
export function adamRules(options: AdamOptions = {}): AdamRules {
  const rules: AdamRules = {
    learningRate: options.learningRate ?? 0.001,
    beta1: options.beta1 ?? 0.9,
    beta2: options.beta2 ?? 0.999,
    epsilon: options.epsilon ?? 1e-8,
    weightDecay: options.weightDecay ?? 0,
    clip: options.clip ?? Number.POSITIVE_INFINITY,
  };
  const issues = (Object.keys(limits) as (keyof AdamRules)[])
    .filter((name) => !(rules[name] >= limits[name][0] && rules[name] <= limits[name][1]))
    .map((name) => ({
      code: "invalid-argument" as const,
      path: ["optimizer", name],
      message: `${describeValue(rules[name])} is not a number from ${limits[name][0]} to ${limits[name][1]}`,
      fix: "leave it out for the default",
    }));
  if (issues.length > 0) throw new TwinError(issues);
  return rules;
}

/** The running means of one network. */
export class Adam {
  readonly #rules: AdamRules;
  readonly #means: Float64Array;
  readonly #squares: Float64Array;
  #steps = 0;

  constructor(count: number, rules: AdamRules) {
    this.#rules = rules;
    this.#means = new Float64Array(count);
    this.#squares = new Float64Array(count);
  }

  /** Moves the weights against the gradients, whose Euclidean length is `norm`. */
  step(weights: Float64Array, gradients: Float64Array, norm: number, learningRate = this.#rules.learningRate): void {
    const { beta1, beta2, epsilon, weightDecay, clip } = this.#rules;
    const means = this.#means;
    const squares = this.#squares;
    this.#steps++;
    const scale = norm > clip ? clip / norm : 1;
    const rate = learningRate / (1 - pow(beta1, this.#steps));
    const unbiased = 1 / Math.sqrt(1 - pow(beta2, this.#steps));
    const kept = 1 - learningRate * weightDecay;
    for (let i = 0; i < weights.length; i++) {
      const gradient = scale * gradients[i];
      const mean = beta1 * means[i] + (1 - beta1) * gradient;
      const square = beta2 * squares[i] + (1 - beta2) * gradient * gradient;
      means[i] = mean;
      squares[i] = square;
      weights[i] = kept * weights[i] - (rate * mean) / (Math.sqrt(square) * unbiased + epsilon);
    }
  }
}

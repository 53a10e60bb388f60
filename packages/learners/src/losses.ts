import { exp, log, log1p } from "@sage-twin/kernel";
import { weightedQuantile } from "./weighted-quantile.js";

/** What the trees make small; the score is the sum of the trees, before its link. */
export interface Loss {
  /** Whether each row's curvature is 1. */
  readonly constantCurvature: boolean;
  /** The score that all rows start from. */
  start(target: Float64Array, weights: Float64Array | undefined, count: number): number;
  /** Writes the derivatives by the scores of the first `count` rows. */
  differentiate(
    target: Float64Array,
    scores: Float64Array,
    count: number,
    gradients: Float64Array,
    curvatures: Float64Array,
  ): void;
  /** The loss of one row. */
  at(target: number, score: number): number;
  /** Leaves take this quantile of what their rows leave over; absent where the Newton step stands. */
  readonly leafQuantile?: number;
}

const huberShare = 0.9; // errors beyond this quantile count by their size, not their square (Friedman 2001)

const squared: Loss = {
  constantCurvature: true,
  start: mean,
  differentiate(target, scores, count, gradients) {
    for (let i = 0; i < count; i++) gradients[i] = scores[i] - target[i];
  },
  at: (target, score) => (target - score) * (target - score),
};

function quantileLoss(probability: number): Loss {
  return {
    constantCurvature: true,
    leafQuantile: probability,
    start: (target, weights, count) =>
      weightedQuantile(target.slice(0, count), weights?.slice(0, count), count, probability),
    differentiate(target, scores, count, gradients) {
      for (let i = 0; i < count; i++)
        gradients[i] = target[i] > scores[i] ? -probability : target[i] < scores[i] ? 1 - probability : 0;
    },
    at: (target, score) => Math.max(probability * (target - score), (probability - 1) * (target - score)),
  };
}

function huberLoss(): Loss {
  let turn = Number.POSITIVE_INFINITY;
  let sizes = new Float64Array(0);
  return {
    constantCurvature: true,
    start: quantileLoss(0.5).start,
    differentiate(target, scores, count, gradients) {
      if (sizes.length < count) sizes = new Float64Array(count);
      for (let i = 0; i < count; i++) {
        gradients[i] = scores[i] - target[i];
        sizes[i] = Math.abs(gradients[i]);
      }
      turn = weightedQuantile(sizes, undefined, count, huberShare);
      for (let i = 0; i < count; i++) gradients[i] = Math.max(-turn, Math.min(turn, gradients[i]));
    },
    at(target, score) {
      const size = Math.abs(target - score);
      return size <= turn ? size * size : turn * (2 * size - turn);
    },
  };
}

const cautious = 2.0137527074704766; // e^0.7, as in LightGBM: no step can then run off where the expected count is small

function logOfMean(target: Float64Array, weights: Float64Array | undefined, count: number): number {
  return log(Math.max(mean(target, weights, count), 1e-300));
}

const poisson: Loss = {
  constantCurvature: false,
  start: logOfMean,
  differentiate(target, scores, count, gradients, curvatures) {
    for (let i = 0; i < count; i++) {
      const expected = exp(scores[i]);
      gradients[i] = expected - target[i];
      curvatures[i] = expected * cautious;
    }
  },
  at: (target, score) => exp(score) - target * score,
};

/** Minus the Tweedie log-likelihood of variance mean^power, up to what does not hang on the score (Jorgensen 1987; Yang, Qian and Zou 2018). */
function tweedieLoss(power: number): Loss {
  return {
    constantCurvature: false,
    start: logOfMean,
    differentiate(target, scores, count, gradients, curvatures) {
      for (let i = 0; i < count; i++) {
        const down = target[i] * exp((1 - power) * scores[i]);
        const up = exp((2 - power) * scores[i]);
        gradients[i] = up - down;
        curvatures[i] = (2 - power) * up + (power - 1) * down;
      }
    },
    at: (target, score) => exp((2 - power) * score) / (2 - power) - (target * exp((1 - power) * score)) / (1 - power),
  };
}

const binary: Loss = {
  constantCurvature: false,
  start(target, weights, count) {
    const share = Math.min(1 - 1e-12, Math.max(1e-12, mean(target, weights, count)));
    return log(share / (1 - share));
  },
  differentiate(target, scores, count, gradients, curvatures) {
    for (let i = 0; i < count; i++) {
      const probability = 1 / (1 + exp(-scores[i]));
      gradients[i] = probability - target[i];
      curvatures[i] = Math.max(probability * (1 - probability), 1e-16);
    }
  },
  at: (target, score) => log1p(exp(-Math.abs(score))) + Math.max(score, 0) - target * score,
};

/** The names of the losses. */
export const lossNames = ["squared", "absolute", "huber", "quantile", "poisson", "tweedie", "logistic"] as const;
export type LossName = (typeof lossNames)[number];

/** `quantile` and `power` are read by the losses of these names alone. */
export function lossOf(name: LossName, quantile: number, power: number): Loss {
  if (name === "quantile") return quantileLoss(quantile);
  if (name === "absolute") return quantileLoss(0.5);
  if (name === "huber") return huberLoss();
  if (name === "tweedie") return tweedieLoss(power);
  return { squared, poisson, logistic: binary }[name];
}

function mean(values: Float64Array, weights: Float64Array | undefined, count: number): number {
  let sum = 0;
  let total = 0;
  for (let i = 0; i < count; i++) {
    const weight = weights === undefined ? 1 : weights[i];
    total += weight;
    if (weight > 0) sum += (weight / total) * (values[i] - sum);
  }
  return sum;
}

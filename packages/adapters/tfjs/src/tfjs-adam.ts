import { pow } from "@sage-twin/kernel";
import type { AdamRules } from "@sage-twin/learners";
import type { TfjsModule, TfjsTensor } from "./tfjs-module.js";

/** What one block of weights is at, and the running means of its gradients and of their squares. */
export interface Moving {
  readonly weight: TfjsTensor;
  readonly mean: TfjsTensor;
  readonly square: TfjsTensor;
}

/** One step of Adam with decoupled decay, as `float64Backend` takes it, from new tensors; `count` is how many were taken before, plus one. */
export function adamStep(
  tf: TfjsModule,
  { weight, mean, square }: Moving,
  gradient: TfjsTensor,
  scale: TfjsTensor | undefined,
  { beta1, beta2, epsilon, weightDecay }: AdamRules,
  learningRate: number,
  count: number,
): Moving {
  const own = scale === undefined ? gradient : tf.mul(gradient, scale);
  const newMean = tf.add(tf.mul(mean, beta1), tf.mul(own, 1 - beta1));
  const newSquare = tf.add(tf.mul(square, beta2), tf.mul(tf.square(own), 1 - beta2));
  const root = tf.mul(tf.sqrt(newSquare), 1 / Math.sqrt(1 - pow(beta2, count)));
  const step = tf.mul(tf.div(newMean, tf.add(root, tf.scalar(epsilon))), learningRate / (1 - pow(beta1, count)));
  const kept = weightDecay === 0 ? weight : tf.mul(weight, 1 - learningRate * weightDecay);
  return { weight: tf.sub(kept, step), mean: newMean, square: newSquare };
}

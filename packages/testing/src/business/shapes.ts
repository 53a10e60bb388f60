import { exp, log1p, pow } from "@sage-twin/kernel";

/** From 0 to 1 over the whole line, 0.5 at 0. */
export function logistic(value: number): number {
  return 1 / (1 + exp(-value));
}

/** 0 below `threshold` and a line above it, with a soft knee. */
export function above(value: number, threshold: number, knee: number): number {
  const distance = (value - threshold) / knee;
  return distance > 30 ? value - threshold : knee * log1p(exp(distance));
}

/** 0 at 0, half at `half`, towards 1. */
export function saturate(value: number, half: number, power: number): number {
  const raised = pow(value / half, power);
  return raised / (1 + raised);
}

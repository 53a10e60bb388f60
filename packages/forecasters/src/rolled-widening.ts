import { poolSteps, type StepErrors } from "./pool-steps.js";
import { rollModel } from "./roll-model.js";
import type { FitOptions, Forecaster } from "./types.js";

const mostSteps = 24;
const mostOrigins = 60;
const leastOrigins = 3;
const priorWeight = 4;

/**
 * What the spread of each step ahead is to be multiplied by, from forecasts of the second half of a series (not before `least` values) by fits to its first: see `widenedBy`.
 */
export function rolledWidening(
  model: Forecaster,
  values: Float64Array,
  options: FitOptions,
  {
    least,
    refits,
    usual,
  }: { readonly least: number; readonly refits: number; readonly usual: (step: number) => number },
): number[] {
  const leading = Math.max(
    0,
    values.findIndex((value) => !Number.isNaN(value)),
  );
  const n = values.length - leading;
  const first = leading + Math.max(n >> 1, n - mostOrigins, Math.min(least, n - leastOrigins));
  const steps = Math.min(mostSteps, values.length - first);
  if (steps < leastOrigins) return [];
  const errors = stepErrors(steps);
  rollModel(model, values, options, { first, refits }, (origin, process, known) => {
    const ahead = Math.min(steps, known, values.length - origin);
    const mean = process.mean(ahead);
    const spread = process.spread(ahead);
    for (let step = 0; step < ahead; step++) addError(errors, step, values[origin + step] - mean[step], spread[step]);
  });
  return widenedBy(errors, usual);
}

export function stepErrors(steps: number): StepErrors {
  return { squares: new Float64Array(steps), stated: new Float64Array(steps), counts: new Float64Array(steps) };
}

/** Takes an error in; NaN is none. */
export function addError({ squares, stated, counts }: StepErrors, step: number, error: number, spread: number): void {
  if (Number.isNaN(error)) return;
  squares[step] += error * error;
  stated[step] += spread * spread;
  counts[step]++;
}

/** The root of squared errors over squared spreads, pooled with neighbouring steps, at least 1, and drawn to `usual` by the weight of 4 errors. */
export function widenedBy(errors: StepErrors, usual: (step: number) => number): number[] {
  return Array.from(errors.squares, (_, step) => {
    const { square, stated, count } = poolSteps(errors, step);
    const prior = usual(step) * usual(step);
    const ratio = stated > 0 ? Math.max(1, square / stated) : prior;
    return Math.sqrt((count * ratio + priorWeight * prior) / (count + priorWeight));
  });
}

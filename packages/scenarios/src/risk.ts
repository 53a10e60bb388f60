import { quantiles } from "@sage-twin/numerics";
import type { Distributions } from "./distributions.js";

/** What can go wrong with a total. */
export interface TotalRisk {
  /** In percent: how much of the distribution lies on the good side of `atRisk`. */
  readonly level: number;
  /** The total that is not met in 100 - level percent of the runs (value at risk, as a level). */
  readonly atRisk: number;
  /** The mean of the runs that do not meet it (conditional value at risk). */
  readonly expectedBeyond: number;
  /** The share of runs that miss the target; undefined where none was given. */
  readonly chanceOfMissing: number | undefined;
}

/** The risk of a total, `good` saying which way is better. */
export function riskOf(
  samples: Float64Array,
  good: "down" | "up",
  level: number,
  target: number | undefined,
): TotalRisk {
  const sign = good === "up" ? 1 : -1;
  const signed = samples.map((value) => sign * value);
  const [edge] = quantiles(signed, [1 - level / 100]);
  let sum = 0;
  let count = 0;
  let missed = 0;
  for (const value of signed) {
    if (value <= edge) {
      sum += value;
      count++;
    }
    if (target !== undefined && value < sign * target) missed++;
  }
  return {
    level,
    atRisk: sign * edge,
    expectedBeyond: (sign * sum) / count,
    chanceOfMissing: target === undefined ? undefined : missed / samples.length,
  };
}

/** The worst step of every run. */
export interface WorstStep {
  /** Its value: the mean over runs, and the value that one run in twenty falls beyond. */
  readonly mean: number;
  readonly oneInTwenty: number;
  /** The step that is the worst most often, and in which share of the runs. */
  readonly step: number;
  readonly share: number;
}

/** Finds each run's worst step. */
export function worstStepOf(distributions: Distributions, runs: number, steps: number, good: "down" | "up"): WorstStep {
  const sign = good === "up" ? 1 : -1;
  const worst = new Float64Array(runs).fill(Number.POSITIVE_INFINITY);
  const at = new Int32Array(runs);
  const scratch = new Float64Array(runs);
  for (let step = 0; step < steps; step++) {
    const values = distributions.samples(step, scratch);
    for (let run = 0; run < runs; run++) {
      if (sign * values[run] >= worst[run]) continue;
      worst[run] = sign * values[run];
      at[run] = step;
    }
  }
  const counts = new Int32Array(steps);
  for (const step of at) counts[step]++;
  const step = counts.indexOf(Math.max(...counts));
  const mean = worst.reduce((sum, value) => sum + value / runs, 0);
  return { mean: sign * mean, oneInTwenty: sign * quantiles(worst, [0.05])[0], step, share: counts[step] / runs };
}

/**
 * How one distribution stands to another where more is better: first-order dominance means that it is at least as likely to pass any level; second-order
 * that everybody who dislikes risk prefers it (Hadar and Russell 1969). From samples of one size.
 *
 * @returns the order in which `a` dominates `b`, or 0 for none.
 */
export function dominanceOf(a: Float64Array, b: Float64Array): 0 | 1 | 2 {
  const [x, y] = [a, b].map((samples) => samples.slice().sort());
  let first = true;
  let ahead = 0;
  let second = true;
  let differs = false;
  const slack = 1e-12 * Math.max(Math.abs(x[0]), Math.abs(x[x.length - 1]), Math.abs(y[0]), Math.abs(y[y.length - 1]));
  for (let rank = 0; rank < x.length; rank++) {
    if (x[rank] < y[rank] - slack) first = false;
    if (Math.abs(x[rank] - y[rank]) > slack) differs = true;
    ahead += x[rank] - y[rank];
    if (ahead < -slack * x.length) second = false;
  }
  return !differs ? 0 : first ? 1 : second ? 2 : 0;
}

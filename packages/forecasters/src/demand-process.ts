import {
  arrayShape,
  booleanShape,
  choiceShape,
  normalDistribution,
  numberShape,
  objectShape,
  type Shape,
  textShape,
} from "@sage-twin/kernel";
import { refuse } from "./checks.js";
import { type Demand, demandQuantile } from "./demand-distribution.js";
import type { Process } from "./process.js";

/** The models of intermittent demand. */
export type DemandName = "croston" | "sba" | "tsb" | "adida" | "imapa";

/** Exponential smoothing of the sums of so many steps. */
export interface Bucket {
  readonly length: number;
  readonly alpha: number;
  readonly level: number;
  /** How many whole buckets the level has seen. */
  readonly seen: number;
  /** The steps of the next one, and their sum. */
  readonly filled: number;
  readonly sum: number;
}

/** A fitted model of intermittent demand, at the end of its series. */
export interface DemandState {
  readonly name: DemandName;
  /** Why this model was chosen, where it was. */
  readonly why: string;
  readonly alphaSize: number;
  readonly alphaRate: number;
  /** The smoothed size of a demand. */
  readonly size: number;
  /** The smoothed interval of croston and sba, the smoothed probability of tsb. */
  readonly rate: number;
  /** Steps since the last demand. */
  readonly gap: number;
  /** How many demands and how many steps were seen. */
  readonly demands: number;
  readonly steps: number;
  readonly variation: number;
  readonly whole: boolean;
  /** Those of adida (one) and imapa; none for the others. */
  readonly buckets: readonly Bucket[];
}

export const demandShape: Shape<DemandState> = /* @__PURE__ */ objectShape({
  name: /* @__PURE__ */ choiceShape("croston", "sba", "tsb", "adida", "imapa"),
  why: textShape,
  alphaSize: numberShape,
  alphaRate: numberShape,
  size: numberShape,
  rate: numberShape,
  gap: numberShape,
  demands: numberShape,
  steps: numberShape,
  variation: numberShape,
  whole: booleanShape,
  buckets: /* @__PURE__ */ arrayShape(
    /* @__PURE__ */ objectShape({
      length: numberShape,
      alpha: numberShape,
      level: numberShape,
      seen: numberShape,
      filled: numberShape,
      sum: numberShape,
    }),
  ),
});

/** Takes half of Croston's bias off (Syntetos and Boylan 2005, alpha = 0.1). */
const correction = 0.95;

function demandOf(state: DemandState): Demand {
  const { name, size, rate, demands, steps, variation, whole, buckets } = state;
  const shape = { variation, whole };
  if (demands === 0) return { probability: 0, size: 0, ...shape };
  if (name === "tsb") return { probability: rate, size, ...shape };
  if (name === "croston" || name === "sba")
    return { probability: 1 / rate, size: name === "sba" ? correction * size : size, ...shape };
  const mean = buckets.reduce((sum, bucket) => sum + bucket.level / bucket.length, 0) / buckets.length;
  const probability = demands / steps;
  return { probability, size: mean / probability, ...shape };
}

/** The state after one more value. */
function advance(state: DemandState, value: number): DemandState {
  const { name, alphaSize, alphaRate, size, rate, demands } = state;
  const some = value > 0;
  const first = demands === 0;
  const smooth = (level: number, alpha: number, next: number, start: boolean): number =>
    start ? next : alpha * next + (1 - alpha) * level;
  let nextRate = rate;
  if (name === "tsb") nextRate = smooth(rate, alphaRate, some ? 1 : 0, state.steps === 0);
  else if (some) nextRate = smooth(rate, alphaRate, state.gap + 1, first);
  return {
    ...state,
    size: some ? smooth(size, alphaSize, value, first) : size,
    rate: nextRate,
    gap: some ? 0 : state.gap + 1,
    demands: demands + (some ? 1 : 0),
    steps: state.steps + 1,
    whole: state.whole && Number.isInteger(value),
    buckets: state.buckets.map((bucket) => {
      const { length, alpha, level, seen } = bucket;
      const sum = bucket.sum + value;
      if (bucket.filled + 1 < length) return { ...bucket, filled: bucket.filled + 1, sum };
      return { ...bucket, filled: 0, sum: 0, seen: seen + 1, level: smooth(level, alpha, sum, seen === 0) };
    }),
  };
}

export function demandProcess(state: DemandState): Process<DemandState> {
  const demand = demandOf(state);
  const { probability, size, variation } = demand;
  const mean = probability * size;
  const spread = Math.sqrt(Math.max(0, mean * size * (1 + variation) - mean * mean));
  const { name, why } = state;
  const table: ((p: number) => number)[] = [];
  const quantile = (p: number): number => {
    if (table.length === 0) table.push(demandQuantile(demand));
    return table[0](p);
  };
  return {
    name,
    description: `${why}${name}: a demand of ${size.toPrecision(4)} with probability ${probability.toPrecision(4)} a step, sd ${spread.toPrecision(4)}`,
    mean: (horizon) => new Float64Array(horizon).fill(mean),
    quantilesOf: () => (_, p) => quantile(p),
    deviation: () => undefined,
    spread: (horizon) => new Float64Array(horizon).fill(spread),
    simulate(innovations) {
      for (let i = 0; i < innovations.length; i++) innovations[i] = quantile(normalDistribution(innovations[i]));
    },
    filter(values) {
      const negative = values.findIndex((value) => value < 0);
      if (negative >= 0)
        refuse(["newValues", negative], `${values[negative]} is no demand`, "give values from 0", "invalid-data");
      let after = state;
      const residuals = values.map((value) => {
        if (Number.isNaN(value)) return Number.NaN;
        const { probability: p, size: s } = demandOf(after);
        after = advance(after, value);
        return value - p * s;
      });
      return { state: after, residuals };
    },
  };
}

import { classifyDemand, type FittedForecaster, modelFromJSON } from "@sage-twin/forecasters";
import { pinball } from "@sage-twin/numerics";
import { blockPaths, candidatesFor, type DemandCandidate, longestMemory, sumsOf } from "./demand-candidates.js";
import { sampleQuantile } from "./newsvendor.js";

/** How items are fitted. */
export interface ItemSettings {
  readonly steps: number;
  readonly serviceLevel: number;
  readonly seasonLength: number;
  readonly seed: string;
}

/** One item as it is saved. */
export interface ItemState {
  readonly item: string;
  readonly kind: "smooth" | "erratic" | "intermittent" | "lumpy" | "none";
  /** Absent without demand. */
  readonly averageInterval?: number;
  readonly squaredVariation: number;
  readonly model: string;
  /** The saved forecaster; absent for blocks of the history. */
  readonly forecaster?: unknown;
  /** The latest periods, where blocks of them are drawn. */
  readonly history?: readonly number[];
  readonly whole: boolean;
  /** How many held-out stretches the model was chosen on; 0 where the history is too short. */
  readonly origins: number;
}

const mostOrigins = 6;
const backtestPaths = 200;
const leastTraining = 12;
/** Levels beside the wanted one, so that the choice does not hang on a handful of peaks. */
const levels = [0.5, 0.75, 0.9];

/** The model whose quantiles of the demand over the protection period lose least on held-out stretches, fitted to all. */
export function fitItem(item: string, values: Float64Array, settings: ItemSettings): ItemState {
  const { kind, averageInterval, squaredVariation } = classifyDemand(values);
  const whole = values.every(Number.isInteger);
  const candidates = candidatesFor(values, settings.seasonLength);
  const first = Math.max(leastTraining, Math.floor(values.length / 2));
  const room = values.length - settings.steps - first + 1;
  const origins = candidates.length < 2 || kind === "none" ? 0 : Math.max(0, Math.min(mostOrigins, room));
  let best = candidates[0];
  if (origins >= 2) {
    const scores = candidates.map((candidate) => scoreOf(candidate, values, whole, first, room, origins, settings));
    best = candidates[scores.indexOf(Math.min(...scores))];
  }
  return {
    item,
    kind,
    ...(kind === "none" ? {} : { averageInterval }),
    squaredVariation,
    model: best.name,
    ...(best.model === undefined
      ? { history: Array.from(values.subarray(Math.max(0, values.length - longestMemory))) }
      : { forecaster: withoutPast(best.model.fit(values)) }),
    whole,
    origins: origins >= 2 ? origins : 0,
  };
}

/** The saved form without residuals: forecasts need none. */
function withoutPast(fitted: FittedForecaster): unknown {
  const saved = fitted.toJSON() as { readonly state: object };
  return { ...saved, state: { ...saved.state, residuals: [], origin: undefined } };
}

function scoreOf(
  { model }: DemandCandidate,
  values: Float64Array,
  whole: boolean,
  first: number,
  room: number,
  origins: number,
  { steps, serviceLevel, seed }: ItemSettings,
): number {
  let total = 0;
  for (let k = 0; k < origins; k++) {
    const origin = first + Math.round((k * (room - 1)) / Math.max(1, origins - 1));
    const past = values.slice(0, origin);
    const paths =
      model === undefined
        ? blockPaths(past, steps, backtestPaths, seed)
        : model.fit(past).paths(steps, { count: backtestPaths, seed });
    const sums = sumsOf(paths, steps, steps, whole);
    let actual = 0;
    for (let step = 0; step < steps; step++) actual += values[origin + step];
    for (const level of [serviceLevel, ...levels])
      total += pinball([actual], [sampleQuantile(sums, level)], level) / (level * (1 - level));
  }
  return total;
}

/** Draws sample paths of a saved item, `count` x `horizon`. */
export function itemPaths(state: ItemState): (horizon: number, count: number, seed: string) => Float64Array {
  if (state.history !== undefined) {
    const history = Float64Array.from(state.history);
    return (horizon, count, seed) => blockPaths(history, horizon, count, seed);
  }
  const model = modelFromJSON(state.forecaster);
  return (horizon, count, seed) => model.paths(horizon, { count, seed });
}

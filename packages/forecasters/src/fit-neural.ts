import { cos, Rng } from "@sage-twin/kernel";
import type { NetworkSpec, NeuralBackend, NeuralNetwork } from "@sage-twin/learners";
import { type HeldOutErrors, measureErrors } from "./held-out-errors.js";
import { NeuralPredictor, openNetworks } from "./neural-process.js";
import { NeuralWindow, type WindowSettings } from "./neural-window.js";
import type { ScaledSeries } from "./own-scale.js";

/** How networks are trained on one series or many. */
export interface NeuralPlan {
  readonly settings: WindowSettings;
  readonly network: NetworkSpec;
  readonly horizon: number;
  readonly networks: number;
  /** Absent where it follows from the number of windows. */
  readonly steps?: number;
  readonly seed: string | number;
  readonly backend: NeuralBackend;
}

/** Trained networks, and how far off they were on series, or times, that they had not seen. */
export interface NeuralFit extends HeldOutErrors {
  readonly weights: readonly Float64Array[];
}

interface Rows {
  readonly inputs: Float64Array;
  /** NaN where nothing was observed. */
  readonly targets: Float64Array;
  /** The part that a row belongs to, and the one that its last target does. */
  readonly first: Uint8Array;
  readonly last: Uint8Array;
  readonly count: number;
}

const mostParts = 3;
const fewestRows = 20;
const fewestSteps = 20;
const mostRows = 100_000;
const seriesForParts = 8;
const checkedOrigins = 8;
const mostBatch = 256;
const learningRate = 0.01;
const warmUp = 50;
const precision = 1e5;

/**
 * Trains an ensemble; `undefined` when there are too few rows. Each network leaves out one of three parts of the series, or of their time where they are few, so that its errors
 * there are those of a forecast.
 */
export function* fitNeural(
  all: readonly ScaledSeries[],
  plan: NeuralPlan,
  report: (done: number, total: number) => void,
): Generator<unknown, NeuralFit | undefined, unknown> {
  const acrossSeries = all.length >= seriesForParts;
  const parts = partsOf(plan);
  const partOf = (series: number, time: number): number => {
    if (acrossSeries) return series % parts;
    const start = firstOrigin(all[series], plan) + 1;
    return Math.floor((parts * (time - start)) / (all[series].values.length - start));
  };
  const rows = gatherRows(all, plan, partOf);
  if (rows.count < fewestRows) return undefined;
  // Few windows are soon learnt by heart: on M1 twice the root of their number was best from 60 windows to 36,000.
  const steps = plan.steps ?? Math.max(fewestSteps, Math.round(2 * Math.sqrt(rows.count)));
  const weights: Float64Array[] = [];
  for (let member = 0; member < plan.networks; member++)
    weights.push(
      yield* train(rows, plan, member, steps, (step) => report(member * steps + step, plan.networks * steps)),
    );
  return { weights, ...measureErrors(checkErrors(all, plan, weights, partOf), plan.horizon) };
}

/** The first origin that networks are trained on: the index of the last value known there. */
function firstOrigin({ values }: ScaledSeries, { settings: { seasonLength } }: NeuralPlan): number {
  return Math.min(seasonLength > 1 ? seasonLength + 2 : 4, values.length - 2);
}

function gatherRows(
  all: readonly ScaledSeries[],
  plan: NeuralPlan,
  partOf: (series: number, time: number) => number,
): Rows {
  const { settings, horizon, seed } = plan;
  let possible = 0;
  for (const item of all) possible += Math.max(0, item.values.length - 1 - firstOrigin(item, plan));
  const share = mostRows / possible;
  const words = new Rng(seed).derive("rows").words();
  const chosen: number[] = [];
  all.forEach((item, series) => {
    for (let origin = Math.max(0, firstOrigin(item, plan)); origin < item.values.length - 1; origin++)
      if (share >= 1 || words.uniform() < share) chosen.push(series, origin);
  });
  const count = chosen.length / 2;
  const window = new NeuralWindow(settings);
  const { length: width } = window.inputs;
  const rows = {
    inputs: new Float64Array(count * width),
    targets: new Float64Array(count * horizon).fill(Number.NaN),
    first: new Uint8Array(count),
    last: new Uint8Array(count),
    count,
  };
  for (let row = 0; row < count; row++) {
    const [series, origin] = [chosen[2 * row], chosen[2 * row + 1]];
    const { values, known } = all[series];
    const steps = Math.min(horizon, values.length - 1 - origin);
    window.look(values, origin + 1);
    rows.inputs.set(window.inputs, row * width);
    for (let step = 1; step <= steps; step++) {
      if (known[origin + step] === 0) continue;
      const season = window.season[step % window.season.length];
      rows.targets[row * horizon + step - 1] = (values[origin + step] - season - window.level) / window.swing;
    }
    rows.first[row] = partOf(series, origin + 1);
    rows.last[row] = partOf(series, origin + steps);
  }
  return rows;
}

/** One network: mean absolute error, batches drawn at random, a learning rate that falls like a cosine. Its weights are rounded, as they will be saved. */
function* train(
  { inputs, targets, first, last, count }: Rows,
  plan: NeuralPlan,
  member: number,
  steps: number,
  report: (step: number) => void,
): Generator<unknown, Float64Array, unknown> {
  const { network: spec, horizon, seed, backend } = plan;
  const rng = new Rng(seed).derive("network", member);
  const part = member % partsOf(plan);
  const own: number[] = [];
  for (let row = 0; row < count; row++) if (part < first[row] || part > last[row]) own.push(row);
  const rows = own.length > 0 ? own : Array.from({ length: count }, (_, row) => row);
  const batch = Math.min(mostBatch, rows.length);
  const batchInputs = new Float64Array(batch * spec.inputs);
  const batchTargets = new Float64Array(batch * horizon);
  const network = (yield backend.create(spec, {
    seed: rng.derive("weights").seed,
    optimizer: { learningRate, clip: 1 },
  })) as NeuralNetwork;
  try {
    const words = rng.derive("rows").words();
    for (let step = 0; step < steps; step++) {
      for (let i = 0; i < batch; i++) {
        const row = rows[Math.floor(words.uniform() * rows.length)];
        batchInputs.set(inputs.subarray(row * spec.inputs, (row + 1) * spec.inputs), i * spec.inputs);
        batchTargets.set(targets.subarray(row * horizon, (row + 1) * horizon), i * horizon);
      }
      const rate = learningRate * Math.min(1, (step + 1) / warmUp) * (0.5 + 0.5 * cos((Math.PI * step) / steps));
      yield network.step(
        { inputs: batchInputs, targets: batchTargets, loss: { kind: "absolute" } },
        { learningRate: rate },
      );
      report(step + 1);
    }
    const weights = (yield network.weights()) as Float64Array;
    return weights.map((value) => Math.round(value * precision) / precision + 0);
  } finally {
    network.dispose();
  }
}

/** The errors of each series at origins, the last ones first, of the networks that have not seen what they forecast there. */
function checkErrors(
  all: readonly ScaledSeries[],
  plan: NeuralPlan,
  weights: readonly Float64Array[],
  partOf: (series: number, time: number) => number,
): Float64Array[][] {
  const { settings, network, horizon } = plan;
  const opened = openNetworks(network, weights);
  const predictors = Array.from({ length: partsOf(plan) }, (_, part) => {
    const own = opened.filter((_, member) => member % partsOf(plan) === part);
    return new NeuralPredictor(own, settings);
  });
  return all.map(({ values, known }, series) => {
    const to = values.length - 1;
    const origins = to - Math.max(0, firstOrigin(all[series], plan));
    const count = Math.min(all.length >= seriesForParts ? checkedOrigins : 4 * checkedOrigins, origins);
    const buffer = new Float64Array(values.length + horizon);
    return Array.from({ length: count }, (_, i) => {
      const origin = to - 1 - Math.floor((i * origins) / count);
      const part = partOf(series, origin + 1);
      buffer.set(values);
      const swing = predictors[part].predict(buffer, origin + 1, Math.min(horizon, to - origin));
      return Float64Array.from({ length: horizon }, (_, step) => {
        const at = origin + 1 + step;
        return at <= to && known[at] === 1 && partOf(series, at) === part
          ? (values[at] - buffer[at]) / swing
          : Number.NaN;
      });
    });
  });
}

/** How many parts are left out in turn. */
function partsOf({ networks }: NeuralPlan): number {
  return Math.min(mostParts, networks);
}

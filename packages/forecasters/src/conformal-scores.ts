import { normalDistribution, normalQuantile } from "@sage-twin/kernel";

/** How the errors of the calibration become intervals. */
export const conformalMethods = ["split", "perHorizon", "adaptive", "weighted"] as const;
export type ConformalMethod = (typeof conformalMethods)[number];

/** What a calibration knows; all of it plain data. */
export interface Calibration {
  readonly method: ConformalMethod;
  /** How many scores of each step are kept. */
  readonly window: number;
  /** What a score counts against the next one (weighted). */
  readonly decay: number;
  /** How fast the tails adapt (adaptive). */
  readonly rate: number;
  /** By step ahead, the oldest first: absolute errors over the spread that the model stated. */
  readonly scores: readonly (readonly number[])[];
  /** The latest forecasts whose values are to come, the newest first: row k holds those of steps k + 2, ... */
  readonly pending: readonly { readonly mean: readonly number[]; readonly unit: readonly number[] }[];
  /** The level whose coverage is followed, as a share (adaptive). */
  readonly level: number;
  /** The share beyond the interval to aim at, so that the wanted one, 1 - level, comes true (adaptive). */
  readonly tail: number;
}

const smallestShare = 0.05;
/** Fewer scores than this err on the wide side; following them would tighten the intervals for good. */
const settled = 20;

/** The calibration after one more value (NaN: missing), given what the model forecast just before it. */
export function observe(
  calibration: Calibration,
  value: number,
  forecast: { readonly mean: ArrayLike<number>; readonly unit: ArrayLike<number> },
): Calibration {
  const { method, window, rate, level, scores } = calibration;
  const rows = [{ mean: Array.from(forecast.mean), unit: Array.from(forecast.unit) }, ...calibration.pending];
  const fresh = rows.map(({ mean, unit }) => (unit[0] > 0 ? Math.abs(value - mean[0]) / unit[0] : Number.NaN));
  let { tail } = calibration;
  const known = fresh.filter((score) => !Number.isNaN(score));
  if (method === "adaptive" && known.length > 0 && scores[0].length >= Math.min(settled, window / 2)) {
    const wanted = 1 - level;
    const bound = halfWidths(calibration)(0, level);
    const beyond = known.filter((score) => score > bound).length / known.length;
    tail = Math.min((1 + wanted) / 2, Math.max(smallestShare * wanted, tail + rate * (wanted - beyond)));
  }
  return {
    ...calibration,
    tail,
    scores: scores.map((list, step) =>
      step < fresh.length && Number.isFinite(fresh[step]) ? [...list, fresh[step]].slice(-window) : list,
    ),
    pending: rows
      .slice(0, scores.length - 1)
      .map(({ mean, unit }) => ({ mean: mean.slice(1), unit: unit.slice(1) }))
      .filter(({ mean }) => mean.length > 0),
  };
}

/** Half the width of the interval of a step at a level in (0, 1), in units of the stated spread. */
export function halfWidths(calibration: Calibration): (step: number, level: number) => number {
  const { method, scores } = calibration;
  const aimed = method === "adaptive" ? adaptedLevel(calibration) : (level: number): number => level;
  if (method === "perHorizon") {
    const bySteps = new Map<number, (level: number) => number>();
    return (step, level) => {
      const at = Math.min(step, scores.length - 1);
      let widths = bySteps.get(at);
      if (widths === undefined) {
        widths = weightedWidths(scores[at].map((score) => ({ score, weight: 1 })));
        bySteps.set(at, widths);
      }
      return widths(level);
    };
  }
  const decay = method === "weighted" ? calibration.decay : 1;
  const powers = [1];
  for (let age = 1; age < calibration.window; age++) powers.push(powers[age - 1] * decay);
  const sizes = stepSizes(scores);
  const weight = 1 / scores.filter(({ length }) => length > 0).length;
  // Scores of one origin go together: the steps of one forecast weigh as one score.
  const pooled = scores.flatMap((list, step) =>
    list.map((score, index) => ({ score: score / sizes[step], weight: weight * powers[list.length - 1 - index] })),
  );
  const widths = weightedWidths(pooled);
  return (step, level) => sizes[Math.min(step, scores.length - 1)] * widths(aimed(level));
}

const priorWeight = 4;

/** The mean score of each step, drawn to that of all steps by the weight of 4 scores; 1 without scores. */
function stepSizes(scores: Calibration["scores"]): number[] {
  const all = scores.flat();
  const sum = (list: readonly number[]): number => list.reduce((total, score) => total + score, 0);
  const overall = sum(all) / all.length;
  if (!(overall > 0)) return scores.map(() => 1);
  return scores.map((list) => (sum(list) + priorWeight * overall) / (list.length + priorWeight));
}

/**
 * The weighted quantile of scores at a level, the score to come counted with weight 1 (Barber, Candes, Ramdas and Tibshirani 2023): for n equal weights, the score of
 * rank level (n + 1), with straight lines between ranks. Beyond the largest score the width goes on as that of a normal distribution; without scores it is that of one.
 */
function weightedWidths(scores: { readonly score: number; readonly weight: number }[]): (level: number) => number {
  const order = scores.sort((a, b) => a.score - b.score);
  const reached = new Float64Array(order.length);
  let total = 0;
  order.forEach(({ weight }, index) => {
    total += weight;
    reached[index] = total;
  });
  return (level) => {
    const target = level * (total + 1);
    if (order.length === 0) return normalBound(level);
    const last = order[order.length - 1].score;
    if (target >= total) return (last * normalBound(level)) / normalBound(total / (total + 1));
    let low = 0;
    let high = order.length - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (reached[middle] >= target) high = middle;
      else low = middle + 1;
    }
    const before = low > 0 ? reached[low - 1] : 0;
    const from = low > 0 ? order[low - 1].score : 0;
    return from + ((order[low].score - from) * (target - before)) / (reached[low] - before);
  };
}

/** The level to ask for so that the wanted one comes true: a normal distribution's bounds are moved by the factor that the followed level needs. */
function adaptedLevel({ level, tail }: Calibration): (wanted: number) => number {
  const factor = normalBound(1 - tail) / normalBound(level);
  return (wanted) => Math.min(1 - 1e-12, 2 * normalDistribution(normalBound(wanted) * factor) - 1);
}

/** Half the width of the central interval of a standard normal variable. */
function normalBound(level: number): number {
  return normalQuantile((1 + level) / 2);
}

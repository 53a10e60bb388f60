import { Rng } from "@sage-twin/kernel";
import { type FittedTrees, histogramTrees } from "@sage-twin/learners";
import { type BoostingAxis, BoostingFeatures, type FeatureSettings, instantAt } from "./boosting-features.js";
import { BoostingPredictor } from "./boosting-process.js";
import { type HeldOutErrors, measureErrors } from "./held-out-errors.js";

/** How trees are fitted to one series or many. */
export interface BoostingPlan {
  readonly settings: FeatureSettings;
  /** How many steps the trees forecast at a time: 1 where they are recursive. */
  readonly block: number;
  /** Steps whose errors are measured. */
  readonly horizon: number;
  readonly seed: string | number;
}

/** A series as the trees see it. */
export interface BoostingSeries {
  /** Without gaps. */
  readonly values: Float64Array;
  /** Whether a value was observed. */
  readonly known: Uint8Array;
  readonly axis: BoostingAxis | undefined;
}

/** Trees, and how far off they were on series, or times, that they had not seen. */
export interface BoostingFit extends HeldOutErrors {
  readonly trees: FittedTrees;
}

interface Rows {
  readonly columns: Readonly<Record<string, Float64Array>>;
  readonly target: Float64Array;
  readonly series: Int32Array;
  readonly origin: Int32Array;
  readonly step: Int32Array;
}

const mostRows = 250_000;
const fewestRows = 20;
const mostOrigins = 1_000;
const seriesForFolds = 8;
const checkedOrigins = 8;

/** Fits the trees; `undefined` when there are too few rows. */
export function fitBoosting(series: readonly BoostingSeries[], plan: BoostingPlan): BoostingFit | undefined {
  const rows = gatherRows(series, plan);
  if (rows.target.length < fewestRows) return undefined;
  const trees = grow(rows, plan, () => true) as FittedTrees;
  return { trees, ...checkErrors(series, plan, rows, trees) };
}

/** The first origin that trees are trained on: the index of the last value known there. */
function firstOrigin({ values }: BoostingSeries, { settings }: BoostingPlan): number {
  return Math.max(settings.seasonLength > 1 ? settings.seasonLength + 2 : 4, values.length - 1 - mostOrigins);
}

function gatherRows(all: readonly BoostingSeries[], plan: BoostingPlan): Rows {
  const { settings, block, seed } = plan;
  let possible = 0;
  for (const item of all)
    for (let origin = firstOrigin(item, plan); origin < item.values.length - 1; origin++)
      possible += Math.min(block, item.values.length - 1 - origin);
  const share = mostRows / possible;
  const words = new Rng(seed).derive("rows").words();
  const index: number[] = [];
  all.forEach((item, number) => {
    const { length } = item.values;
    for (let origin = firstOrigin(item, plan); origin < length - 1; origin++) {
      const steps = Math.min(block, length - 1 - origin);
      for (let step = 1; step <= steps; step++)
        if ((share >= 1 || words.uniform() < share) && item.known[origin + step] === 1)
          index.push(number, origin, step);
    }
  });
  const count = index.length / 3;
  const features = new BoostingFeatures(settings);
  const columns = features.names.map(() => new Float64Array(count));
  const rows = {
    columns: Object.fromEntries(features.names.map((name, i) => [name, columns[i]])),
    target: new Float64Array(count),
    series: new Int32Array(count),
    origin: new Int32Array(count),
    step: new Int32Array(count),
  };
  for (let row = 0; row < count; row++) {
    const [number, origin, step] = [index[3 * row], index[3 * row + 1], index[3 * row + 2]];
    const { values, axis } = all[number];
    if (row === 0 || rows.series[row - 1] !== number || rows.origin[row - 1] !== origin)
      features.look(values, origin + 1);
    features.write(columns, row, step, axis === undefined ? 0 : instantAt(axis, origin + step + 1 - values.length));
    const season = features.season[step % settings.seasonLength];
    rows.target[row] = (values[origin + step] - season - features.level) / features.swing;
    rows.series[row] = number;
    rows.origin[row] = origin;
    rows.step[row] = step;
  }
  return rows;
}

/** Median regression: what is best by absolute errors, and outliers do not bend it. */
function grow(
  { columns, target, series, origin, step }: Rows,
  { seed }: BoostingPlan,
  uses: (series: number, origin: number, step: number) => boolean,
): FittedTrees | undefined {
  const chosen: number[] = [];
  for (let row = 0; row < target.length; row++) if (uses(series[row], origin[row], step[row])) chosen.push(row);
  const pick = (values: Float64Array): Float64Array => Float64Array.from(chosen, (row) => values[row]);
  const size = chosen.length;
  if (size === 0) return undefined;
  return histogramTrees({
    loss: "absolute",
    trees: 200,
    learningRate: 0.05,
    leaves: 31,
    leafRows: Math.max(5, Math.min(100, Math.round(size / 50))),
    subsample: 0.5,
    columnSample: 0.3,
    bins: 63,
    seed,
  }).fit(Object.fromEntries(Object.entries(columns).map(([name, values]) => [name, pick(values)])), pick(target));
}

/**
 * Errors at origins that the trees have not seen. Many series: every other one is left out in turn; few: the later half of their time, then the earlier half.
 */
function checkErrors(
  all: readonly BoostingSeries[],
  plan: BoostingPlan,
  rows: Rows,
  whole: FittedTrees,
): HeldOutErrors {
  const { settings, block, horizon } = plan;
  const acrossSeries = all.length >= seriesForFolds;
  const firsts = all.map((item) => firstOrigin(item, plan));
  const middles = all.map(({ values }, number) => Math.ceil((firsts[number] + values.length) / 2));
  const errors = all.map(() => [] as Float64Array[]);
  for (const fold of [0, 1]) {
    const own = grow(rows, plan, (series, origin, step) =>
      acrossSeries ? series % 2 !== fold : fold === 0 ? origin >= middles[series] : origin + step < middles[series],
    );
    const predictor = new BoostingPredictor(own ?? whole, settings, block);
    all.forEach(({ values, known, axis }, number) => {
      if (acrossSeries && number % 2 !== fold) return;
      const from = acrossSeries || fold === 0 ? firsts[number] : middles[number];
      const to = acrossSeries || fold === 1 ? values.length - 1 : Math.min(middles[number], values.length - 1);
      const count = Math.min(acrossSeries ? checkedOrigins : 4 * checkedOrigins, to - from);
      const buffer = new Float64Array(values.length + horizon);
      for (let i = 0; i < count; i++) {
        const origin = to - 1 - Math.floor((i * (to - from)) / count);
        buffer.set(values);
        const end = acrossSeries || fold === 1 ? values.length : Math.min(middles[number] + 1, values.length);
        const past = axis && { ...axis, last: instantAt(axis, origin + 1 - values.length) };
        const swing = predictor.predict(buffer, origin + 1, Math.min(horizon, values.length - 1 - origin), past);
        errors[number].push(
          Float64Array.from({ length: horizon }, (_, step) => {
            const at = origin + 1 + step;
            return at < end && known[at] === 1 ? (values[at] - buffer[at]) / swing : Number.NaN;
          }),
        );
      }
    });
  }
  return measureErrors(errors, horizon);
}

import { describeValue, type Issue, type Path, Rng, TwinError, unknownName } from "@sage-twin/kernel";
import { assignBins, type FeatureBins, findBins, findCategories, mostBins } from "./bins.js";
import { boost } from "./boost.js";
import { type LossName, lossNames, lossOf } from "./losses.js";
import {
  checkBinary,
  checkNumber,
  checkWhole,
  readFeatures,
  readTraining,
  refuse,
  type TrainingTable,
} from "./table.js";
import { addTrees } from "./tree.js";
import { linkOf, openTrees, sealTrees, type TreesState } from "./trees-state.js";
import type { Columns, FittedLearner, Learner, LearnerFitOptions } from "./types.js";

/** What `histogramTrees` may be told. */
export interface HistogramTreesOptions {
  /**
   * What is made small: `"squared"` (default, the mean), `"absolute"` (the median), `"huber"` (between the two), `"quantile"`, `"poisson"` (counts and rates
   * from 0, log link) or `"logistic"` (the probability of 1 in a target of 0 and 1).
   */
  readonly loss?: LossName;
  /** The probability of the quantile, for that loss only. Default: 0.5. */
  readonly quantile?: number;
  /** Default: 100. */
  readonly trees?: number;
  /** What each tree's values are multiplied by. Default: 0.1. */
  readonly learningRate?: number;
  /** The most leaves of a tree. Default: 31. */
  readonly leaves?: number;
  /** The most splits above a leaf. Default: no bound but `leaves`. */
  readonly depth?: number;
  /** The least rows of a leaf. Default: 20. */
  readonly leafRows?: number;
  /** The least sum of curvatures (of weights, for losses that have none) of a leaf. Default: 0.001. */
  readonly leafWeight?: number;
  /** Added to the sum of curvatures of a leaf. Default: 0. */
  readonly l2?: number;
  /** The least gain of a split. Default: 0. */
  readonly splitGain?: number;
  /** The most bins of a column, 2 to 255. Default: 255. */
  readonly bins?: number;
  /** The share of rows that each tree sees, drawn anew. Default: 1. */
  readonly subsample?: number;
  /** The share of columns that each tree sees. Default: 1. */
  readonly columnSample?: number;
  /** Columns of codes without order, at most 255 different ones. Default: none. */
  readonly categorical?: readonly string[];
  /**
   * Stops after `patience` trees without progress on validation rows and keeps the trees up to the best one. The rows are those given to `fit`, else the
   * share `share` (default 0.1) of the training rows, drawn at random. Default: no early stop.
   */
  readonly earlyStop?: { readonly patience: number; readonly share?: number };
  /** Seeds every draw. Default: `"sage-twin"`. */
  readonly seed?: string | number;
}

/** What `histogramTrees` may be told beside the rows. */
export interface TreesFitOptions extends LearnerFitOptions {
  /** Rows to stop early by. */
  readonly validation?: { readonly columns: Columns; readonly target: ArrayLike<number> };
}

/** What `histogramTrees` tells beyond every fitted learner. */
export interface FittedTrees extends FittedLearner {
  /** How many trees there are. */
  readonly trees: number;
  /** Each column's share of the gain of all splits; they sum to 1, or are all 0 without a split. */
  readonly importance: Readonly<Record<string, number>>;
}

/**
 * Gradient-boosted trees on histograms of up to 255 bins per column (Friedman 2001; Ke et al. 2017): leaf-wise growth, missing values sent the way that lowered the
 * loss (or, where training had none, the way of most rows), categories split in two groups. The same seed gives the same trees, byte for byte.
 *
 * @example
 * ```ts
 * import { histogramTrees } from "@sage-twin/learners";
 *
 * const size = Float64Array.from({ length: 200 }, (_, row) => row);
 * const fitted = histogramTrees({ trees: 50 }).fit({ size }, size.map((value) => (value < 120 ? 1 : 5)));
 * Array.from(fitted.predict({ size: [10, 190] }), (value) => value.toFixed(1)); // => ["1.0", "5.0"]
 * ```
 */
export function histogramTrees(options: HistogramTreesOptions = {}): Learner<FittedTrees, TreesFitOptions> {
  const settings = checkOptions(options);
  return {
    name: "histogramTrees",
    fit: (columns, target, fitOptions = {}) => fitTrees(settings, columns, target, fitOptions),
  };
}

type Settings = ReturnType<typeof checkOptions>;

function checkOptions(options: HistogramTreesOptions) {
  const { loss = "squared", earlyStop, categorical = [] } = options;
  if (!lossNames.includes(loss)) throw unknownName("loss", String(loss), lossNames, ["loss"]);
  return {
    loss,
    quantile: checkNumber(options.quantile ?? 0.5, "quantile", 1e-6, 1 - 1e-6),
    categorical,
    bins: checkWhole(options.bins ?? mostBins, "bins", 2, mostBins),
    share: earlyStop === undefined ? 0 : checkNumber(earlyStop.share ?? 0.1, "earlyStop.share", 0.001, 0.9),
    seed: options.seed ?? "sage-twin",
    rules: {
      trees: checkWhole(options.trees ?? 100, "trees", 1, 100_000),
      learningRate: checkNumber(options.learningRate ?? 0.1, "learningRate", 1e-6, 1),
      leaves: checkWhole(options.leaves ?? 31, "leaves", 2, 4096),
      depth: checkWhole(options.depth ?? 4096, "depth", 1, 4096),
      leastRows: checkWhole(options.leafRows ?? 20, "leafRows", 1, 2 ** 31),
      leastWeight: checkNumber(options.leafWeight ?? 1e-3, "leafWeight", 0, 1e100),
      l2: checkNumber(options.l2 ?? 0, "l2", 0, 1e100),
      leastGain: checkNumber(options.splitGain ?? 0, "splitGain", 0, 1e300),
      subsample: checkNumber(options.subsample ?? 1, "subsample", 1e-3, 1),
      columnSample: checkNumber(options.columnSample ?? 1, "columnSample", 1e-3, 1),
      patience:
        earlyStop === undefined
          ? Number.POSITIVE_INFINITY
          : checkWhole(earlyStop.patience, "earlyStop.patience", 1, 1e6),
    },
  };
}

function fitTrees(
  settings: Settings,
  columns: Columns,
  target: ArrayLike<number>,
  { weights, validation }: TreesFitOptions,
): FittedTrees {
  const { loss, rules, share } = settings;
  const table = readTraining(columns, target, weights, true);
  const held = validation && {
    ...readTraining(validation.columns, validation.target, undefined, true),
    ...readFeatures(validation.columns, table.names, true),
  };
  for (const part of held ? [table, held] : [table]) {
    if (loss === "logistic") checkBinary(part.target);
    const negative = loss === "poisson" ? part.target.findIndex((value) => value < 0) : -1;
    if (negative >= 0)
      refuse(
        ["target", negative],
        `${part.target[negative]} is below 0`,
        "counts and rates start at 0",
        "invalid-data",
      );
  }
  const rng = new Rng(settings.seed);
  const { parts, training } = held ? { parts: joined(table, held), training: table.rows } : divided(table, share, rng);
  const features = findFeatures(settings, parts, training);
  const { start, trees, grown } = boost({ ...parts, features, training }, lossOf(loss, settings.quantile), rules, rng);
  const notes = grown > trees.length ? [`stopped after ${grown} trees, the first ${trees.length} are kept`] : [];
  return publish({
    loss,
    features: table.names.map((name, index) => ({ name, ...features[index] })),
    start,
    trees,
    notes,
  });
}

/** Training rows, then validation rows. */
function joined(table: TrainingTable, held: TrainingTable): TrainingTable {
  const join = (a: Float64Array, b: Float64Array): Float64Array => {
    const all = new Float64Array(a.length + b.length);
    all.set(a);
    all.set(b, a.length);
    return all;
  };
  return {
    ...table,
    rows: table.rows + held.rows,
    columns: table.columns.map((column, index) => join(column, held.columns[index])),
    target: join(table.target, held.target),
    weights: table.weights && join(table.weights, new Float64Array(held.rows).fill(1)),
  };
}

/** The rows with a random share of them at the end, to validate by. */
function divided(
  table: TrainingTable,
  share: number,
  rng: Rng,
): { readonly parts: TrainingTable; readonly training: number } {
  const last = Math.floor(share * table.rows);
  if (last === 0 || last === table.rows) return { parts: table, training: table.rows };
  const order = Int32Array.from({ length: table.rows }, (_, row) => row);
  const words = rng.derive("validation").words();
  for (let i = table.rows - 1; i >= table.rows - last; i--) {
    const other = Math.floor(words.uniform() * (i + 1));
    [order[i], order[other]] = [order[other], order[i]];
  }
  const pick = (values: Float64Array): Float64Array => Float64Array.from(order, (row) => values[row]);
  return {
    parts: {
      ...table,
      columns: table.columns.map(pick),
      target: pick(table.target),
      weights: table.weights && pick(table.weights),
    },
    training: table.rows - last,
  };
}

function findFeatures(
  { categorical, bins }: Settings,
  { names, columns }: TrainingTable,
  training: number,
): FeatureBins[] {
  const issues: Issue[] = [];
  for (const name of categorical)
    if (!names.includes(name)) issues.push(...unknownName("column", String(name), names, ["categorical"]).issues);
  const features = columns.map((column, index) => {
    const rows = column.subarray(0, training);
    if (!categorical.includes(names[index])) return findBins(rows, bins);
    const found = findCategories(rows);
    if (found.edges.length > mostBins)
      issues.push({
        code: "too-large",
        path: ["columns", names[index]],
        message: `${found.edges.length} categories, at most ${mostBins} are possible`,
        fix: "join the rare ones",
      });
    return found;
  });
  if (issues.length > 0) throw new TwinError(issues);
  return features;
}

/** The fitted model that its `toJSON()` saved. */
export function openHistogramTrees(json: unknown, path?: Path): FittedTrees {
  return publish(openTrees(json, path));
}

const states = /* @__PURE__ */ new WeakMap<object, TreesState>();

/** What a model that `histogramTrees` fitted consists of. */
export function treesOf(fitted: FittedLearner): TreesState {
  return (
    states.get(fitted) ??
    refuse(["model"], `${describeValue(fitted?.name)} has no trees`, "give a model that histogramTrees fitted")
  );
}

/** The features of `columns` as the trees read them: categories as bins. */
export function readForTrees(
  { features }: TreesState,
  columns: Columns,
): { readonly columns: readonly Float64Array[]; readonly rows: number } {
  const table = readFeatures(
    columns,
    features.map(({ name }) => name),
    true,
  );
  return {
    rows: table.rows,
    columns: table.columns.map((column, index) => {
      if (!features[index].categorical) return column;
      const codes = new Float64Array(column.length);
      assignBins(column, features[index], codes, 0);
      return codes;
    }),
  };
}

function publish(state: TreesState): FittedTrees {
  const { features, trees, notes, start, loss } = state;
  const gains = new Float64Array(features.length);
  for (const { feature, gain } of trees)
    for (let node = 0; node < feature.length; node++) if (feature[node] >= 0) gains[feature[node]] += gain[node];
  const total = gains.reduce((sum, gain) => sum + gain, 0);
  const link = linkOf(loss);
  const fitted: FittedTrees = Object.freeze({
    name: "histogramTrees",
    features: features.map(({ name }) => name),
    notes,
    trees: trees.length,
    importance: Object.freeze(
      Object.fromEntries(features.map(({ name }, index) => [name, total > 0 ? gains[index] / total : 0])),
    ),
    predict(columns: Columns) {
      const table = readForTrees(state, columns);
      const scores = new Float64Array(table.rows).fill(start);
      addTrees(trees, features, table.columns, scores);
      return link === undefined ? scores : scores.map(link);
    },
    toJSON: () => sealTrees(state),
  });
  states.set(fitted, state);
  return fitted;
}

import { describeValue, unknownName } from "@sage-twin/kernel";
import { mostBins } from "./bins.js";
import type { ClassWeights } from "./class-weights.js";
import { type LossName, lossNames } from "./losses.js";
import { checkNumber, checkWhole, refuse } from "./table.js";

/** How trees grow, whatever they make small. */
export interface TreeOptions {
  /** The most leaves of a tree. Default: 31 for boosted trees, 1024 for a forest. */
  readonly leaves?: number;
  /** The most splits above a leaf. Default: no bound but `leaves`. */
  readonly depth?: number;
  /** The least rows of a leaf. Default: 20 for boosted trees, 5 for a forest. */
  readonly leafRows?: number;
  /** The most bins of a column, 2 to 255. Default: 255. */
  readonly bins?: number;
  /**
   * Columns of numeric codes without order; columns of text always are. Beyond 255 categories the 254 most frequent count by themselves and the others as one, as do those
   * unseen in training; with fewer, an unseen one counts as missing. Default: none.
   */
  readonly categorical?: readonly string[];
  /** Seeds every draw. Default: `"sage-twin"`. */
  readonly seed?: string | number;
}

/** How boosted trees grow. */
export interface BoostOptions extends TreeOptions {
  /** Default: 100; of several classes, as many of each. */
  readonly trees?: number;
  /** What each tree's values are multiplied by. Default: 0.1. */
  readonly learningRate?: number;
  /** The least sum of curvatures (of weights, for losses that have none) of a leaf. Default: 0.001. */
  readonly leafWeight?: number;
  /** Added to the sum of curvatures of a leaf. Default: 0. */
  readonly l2?: number;
  /** The least gain of a split. Default: 0. */
  readonly splitGain?: number;
  /** The share of rows that each tree sees, drawn anew. Default: 1. */
  readonly subsample?: number;
  /** The share of columns that each tree sees. Default: 1. */
  readonly columnSample?: number;
  /** For targets of classes: how much the rows of each count. Default: the same. */
  readonly classWeights?: ClassWeights;
  /**
   * Stops after `patience` trees without progress on validation rows and keeps the trees up to the best one. The rows are those given to `fit`, else the
   * share `share` (default 0.1) of the training rows, drawn at random. Default: no early stop.
   */
  readonly earlyStop?: { readonly patience: number; readonly share?: number };
}

/** What `histogramTrees` may be told. */
export interface HistogramTreesOptions extends BoostOptions {
  /**
   * What is made small: `"squared"` (default, the mean), `"absolute"` (the median), `"huber"` (between the two), `"quantile"`, `"poisson"` (counts and rates
   * from 0, log link), `"tweedie"` (sums that are often 0, log link) or `"logistic"` (the probability of 1 in a target of 0 and 1).
   */
  readonly loss?: LossName;
  /** The probability of the quantile, for that loss only. Default: 0.5. */
  readonly quantile?: number;
  /** Of a Tweedie loss, between 1 (Poisson) and 2 (gamma): the variance is the mean to this power. Default: 1.5. */
  readonly variancePower?: number;
  /** Columns of numbers with which predictions may only rise, or only fall; not for quantiles and absolute errors. Default: none. */
  readonly monotone?: Readonly<Record<string, "rising" | "falling">>;
}

export type BoostSettings = ReturnType<typeof checkBoostOptions>;
export type TreesSettings = ReturnType<typeof checkTreesOptions>;

export function checkBoostOptions(options: BoostOptions) {
  const { earlyStop, categorical = [], classWeights } = options;
  if (classWeights !== undefined && classWeights !== "balanced" && typeof classWeights !== "object")
    refuse(["classWeights"], `${describeValue(classWeights)} is no weights`, 'give "balanced" or a number by class');
  return {
    categorical,
    classWeights,
    bins: checkWhole(options.bins ?? mostBins, "bins", 2, mostBins),
    share: earlyStop === undefined ? 0 : checkNumber(earlyStop.share ?? 0.1, "earlyStop.share", 0.001, 0.9),
    seed: options.seed ?? "sage-twin",
    rules: {
      trees: checkWhole(options.trees ?? 100, "trees", 1, 100_000),
      learningRate: checkNumber(options.learningRate ?? 0.1, "learningRate", 1e-6, 1),
      leaves: checkWhole(options.leaves ?? 31, "leaves", 2, 4096),
      depth: checkWhole(options.depth ?? 4096, "depth", 1, 4096),
      leastRows: checkWhole(options.leafRows ?? 20, "leafRows", 1, 2 ** 31),
      leastWeight: Math.max(checkNumber(options.leafWeight ?? 1e-3, "leafWeight", 0, 1e100), 1e-300),
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

export function checkTreesOptions(options: HistogramTreesOptions) {
  const { loss = "squared", monotone = {}, classWeights } = options;
  if (!lossNames.includes(loss)) throw unknownName("loss", String(loss), lossNames, ["loss"]);
  if (Object.keys(monotone).length > 0 && (loss === "absolute" || loss === "quantile"))
    refuse(["monotone"], `the leaves of a loss '${loss}' are quantiles, which no bound holds`, "take squared or huber");
  if (classWeights !== undefined && loss !== "logistic")
    refuse(["classWeights"], `a loss '${loss}' has no classes`, 'take the loss "logistic", or give weights to fit');
  for (const [name, way] of Object.entries(monotone))
    if (way !== "rising" && way !== "falling")
      throw unknownName("direction", String(way), ["rising", "falling"], ["monotone", name]);
  return {
    ...checkBoostOptions(options),
    loss,
    quantile: checkNumber(options.quantile ?? 0.5, "quantile", 1e-6, 1 - 1e-6),
    variancePower: checkNumber(options.variancePower ?? 1.5, "variancePower", 1.001, 1.999),
    monotone,
  };
}

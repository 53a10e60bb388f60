import { describeValue, type Path, TwinError, unknownName } from "@sage-twin/kernel";
import { finiteOrMissing, invalidArgument, requireWhole } from "../numbers.js";
import type { FillBounds } from "./bounds.js";
import { ExtremeKernel } from "./extreme-kernel.js";
import { slide, type WindowKernel } from "./kernel.js";
import { PairKernel } from "./pair-kernel.js";
import { QuantileKernel } from "./quantile-kernel.js";
import { ShapeKernel } from "./shape-kernel.js";
import { SumKernel } from "./sum-kernel.js";
import { VarianceKernel } from "./variance-kernel.js";

/** What can be asked of a window. */
export type WindowStatistic = (typeof windowStatistics)[number];

const windowStatistics = [
  "count",
  "sum",
  "mean",
  "variance",
  "std",
  "min",
  "max",
  "median",
  "quantile",
  "skew",
  "kurtosis",
  "covariance",
  "correlation",
  "slope",
] as const;

/** What a statistic needs besides the window. */
export interface StatisticOptions {
  /** What is taken off the count in variances, standard deviations and covariances. Default 1. */
  readonly ddof?: number;
  /** Of a quantile, 0..1. */
  readonly probability?: number;
}

/** The kernel of a statistic; a `TwinError` names an unknown one, or options out of range. */
export function windowKernel(
  statistic: WindowStatistic,
  minPeriods: number,
  { ddof = 1, probability = 0.5 }: StatisticOptions = {},
  path: Path = [],
): WindowKernel {
  requireWhole(ddof, [...path, "ddof"], 0);
  if (!(typeof probability === "number" && probability >= 0 && probability <= 1))
    throw new TwinError({
      code: "out-of-range",
      path: [...path, "probability"],
      message: `a probability lies in 0..1, not ${describeValue(probability)}`,
    });
  switch (statistic) {
    case "count":
    case "sum":
    case "mean":
      return new SumKernel(statistic, minPeriods);
    case "variance":
    case "std":
      return new VarianceKernel(ddof, statistic === "std", minPeriods);
    case "min":
    case "max":
      return new ExtremeKernel(statistic === "min", minPeriods);
    case "median":
    case "quantile":
      return new QuantileKernel(statistic === "median" ? 0.5 : probability, minPeriods);
    case "skew":
    case "kurtosis":
      return new ShapeKernel(statistic === "skew", minPeriods);
    case "covariance":
    case "correlation":
    case "slope":
      return new PairKernel(statistic, ddof, minPeriods);
    default:
      throw unknownName("statistic", String(statistic), windowStatistics, [...path, "statistic"]);
  }
}

/**
 * The statistics of each row's window, each a new array with one number per row: NaN where the window holds fewer values than
 * `minPeriods`. Missing values (NaN) and infinities are not counted, as in pandas.
 */
export class WindowStatistics {
  readonly #values: Float64Array;
  readonly #bounds: () => FillBounds;
  readonly #minPeriods: number;
  readonly #positions: () => Float64Array;

  /** `positions` gives the abscissa of slopes. */
  constructor(values: Float64Array, bounds: () => FillBounds, minPeriods: number, positions: () => Float64Array) {
    this.#values = values;
    this.#bounds = bounds;
    this.#minPeriods = minPeriods;
    this.#positions = positions;
  }

  /** How many values the window holds, whatever `minPeriods` is. */
  count(): Float64Array {
    return this.#slide("count");
  }

  /** The sum; 0 of an empty window where `minPeriods` is 0. */
  sum(): Float64Array {
    return this.#slide("sum");
  }

  mean(): Float64Array {
    return this.#slide("mean");
  }

  /** The variance, with `ddof` (default 1) taken off the count; exactly 0 where the window is constant. */
  variance(ddof = 1): Float64Array {
    return this.#slide("variance", { ddof });
  }

  /** The root of `variance`. */
  std(ddof = 1): Float64Array {
    return this.#slide("std", { ddof });
  }

  min(): Float64Array {
    return this.#slide("min");
  }

  max(): Float64Array {
    return this.#slide("max");
  }

  median(): Float64Array {
    return this.#slide("median");
  }

  /** The quantile at a probability in 0..1, linear between order statistics. */
  quantile(probability: number): Float64Array {
    return this.#slide("quantile", { probability });
  }

  /** The skewness, corrected for bias; needs 3 values. 0 where the window is constant. */
  skew(): Float64Array {
    return this.#slide("skew");
  }

  /** The excess kurtosis, corrected for bias; needs 4 values. -3 where the window is constant. */
  kurtosis(): Float64Array {
    return this.#slide("kurtosis");
  }

  /** The covariance with another column over the rows that have both; `minPeriods` counts those. */
  covariance(other: ArrayLike<number>, ddof = 1): Float64Array {
    return this.#slide("covariance", { ddof }, this.#other(other));
  }

  /** Pearson's correlation with another column over the rows that have both; NaN where either is constant. */
  correlation(other: ArrayLike<number>): Float64Array {
    return this.#slide("correlation", {}, this.#other(other));
  }

  /** The slope of the least-squares line: change per row or, where `times` were given, per day. */
  slope(): Float64Array {
    return this.#slide("slope", {}, this.#positions());
  }

  #other(other: ArrayLike<number>): Float64Array {
    const others = finiteOrMissing(other, ["other"]);
    if (others.length === this.#values.length) return others;
    throw invalidArgument(["other"], `${others.length} values beside ${this.#values.length}`);
  }

  #slide(statistic: WindowStatistic, options?: StatisticOptions, others = this.#values): Float64Array {
    return slide(windowKernel(statistic, this.#minPeriods, options), this.#values, others, this.#bounds());
  }
}

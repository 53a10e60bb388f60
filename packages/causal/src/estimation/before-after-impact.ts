import { exp, TwinError } from "@sage-twin/kernel";
import { studentTail } from "@sage-twin/numerics";
import type { TestData } from "../refutation/test-columns.js";
import { checkCount, checkLevel, quantile } from "./effect-estimate.js";
import { LevelRegression } from "./level-regression.js";
import { checkRoles, readObservations } from "./observations.js";

/** What `beforeAfterImpact` is told; rows are periods in order. */
export interface BeforeAfterOptions {
  readonly outcome: string;
  /** Series that move with the outcome and that the event did not touch. Default: none. */
  readonly controls?: readonly string[];
  /** The first row after the event. */
  readonly start: number;
  /** Of the intervals. Default: 0.95. */
  readonly level?: number;
}

/** A figure with its interval. */
export interface ImpactFigure {
  readonly value: number;
  readonly standardError: number;
  readonly low: number;
  readonly high: number;
}

/** What an event changed, against what would have been. */
export interface BeforeAfterImpact {
  /** What would have been, row by row from `start`. */
  readonly expected: readonly ImpactFigure[];
  /** Observed less expected, row by row. */
  readonly effects: readonly ImpactFigure[];
  /** Summed from `start` to each row. */
  readonly cumulative: readonly ImpactFigure[];
  readonly total: ImpactFigure;
  readonly mean: ImpactFigure;
  /** The chance of a total at least as far from 0 without the event. */
  readonly pValue: number;
  readonly warnings: readonly string[];
  toString(): string;
}

/** Variance of the level's steps over that of the noise. */
const ratios = [0, 1e-4, 1e-3, 3e-3, 0.01, 0.03, 0.1, 0.3, 1, 3, 10];

/**
 * What an event changed in a series: a local level and a regression on controls are learnt before it and carried on after it, as in a
 * Bayesian structural time series (Brodersen et al. 2015) with flat priors, in closed form over a grid of how fast the level wanders,
 * averaged by likelihood. Without draws: equal data have equal answers.
 *
 * @throws TwinError for unknown columns, gaps, too few rows before `start`, and controls that determine each other.
 *
 * @example
 * ```ts
 * import { beforeAfterImpact } from "@sage-twin/causal";
 * import { Rng } from "@sage-twin/kernel";
 *
 * const rng = new Rng("example");
 * const market = Array.from({ length: 100 }, () => 50 + 5 * rng.normal());
 * const orders = market.map((value, week) => 2 * value + rng.normal() + (week < 80 ? 0 : 10));
 * const { mean } = beforeAfterImpact({ market, orders }, { outcome: "orders", controls: ["market"], start: 80 });
 * mean.low < 10 && 10 < mean.high && mean.low > 8; // => true
 * ```
 */
export function beforeAfterImpact(data: TestData, options: BeforeAfterOptions): BeforeAfterImpact {
  const { outcome, controls = [], start, level = 0.95 } = options;
  checkLevel(level);
  checkRoles([["outcome", outcome], ...controls.map((name) => ["controls", name] as const)]);
  const { columns, rows, notes } = readObservations(data, [outcome, ...controls]);
  if (notes.length > 0)
    throw new TwinError({
      code: "invalid-data",
      path: ["data"],
      message: "a series has gaps",
      fix: "fill them, or take the rows out of every series",
    });
  checkCount(start, "start", controls.length + 5, rows - 1);
  const series = columns.get(outcome) as Float64Array;
  const regressors = controls.map((name) => columns.get(name) as Float64Array);
  const fits = ratios.map((ratio) => new LevelRegression(series, regressors, controls, start, ratio));
  const best = Math.max(...fits.map((fit) => fit.logLikelihood));
  const chances = fits.map((fit) => exp(fit.logLikelihood - best));
  const whole = chances.reduce((sum, chance) => sum + chance, 0);
  const degrees = start - 1 - controls.length;
  const mixed = (read: (fit: LevelRegression) => { readonly mean: number; readonly variance: number }) => {
    const parts = fits.map(read);
    const mean = parts.reduce((sum, part, at) => sum + (chances[at] / whole) * part.mean, 0);
    const variance = parts.reduce(
      (sum, part, at) => sum + (chances[at] / whole) * (part.variance + (part.mean - mean) ** 2),
      0,
    );
    return { mean, error: Math.sqrt(variance) };
  };
  const wide = quantile((1 + level) / 2, degrees);
  const figure = (value: number, standardError: number): ImpactFigure => ({
    value,
    standardError,
    low: value - wide * standardError,
    high: value + wide * standardError,
  });
  const expected: ImpactFigure[] = [];
  const effects: ImpactFigure[] = [];
  const cumulative: ImpactFigure[] = [];
  let seen = 0;
  for (let row = start; row < rows; row++) {
    const one = mixed((fit) => fit.sum(row, row));
    const sum = mixed((fit) => fit.sum(start, row));
    seen += series[row];
    expected.push(figure(one.mean, one.error));
    effects.push(figure(series[row] - one.mean, one.error));
    cumulative.push(figure(seen - sum.mean, sum.error));
  }
  const total = cumulative[cumulative.length - 1];
  const after = rows - start;
  const mean = figure(total.value / after, total.standardError / after);
  const size = Math.abs(total.value / total.standardError);
  const warnings = regressors.flatMap((column, at) => {
    const before = column.subarray(0, start);
    const [low, high] = before.reduce(
      ([a, b], value) => [Math.min(a, value), Math.max(b, value)],
      [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY],
    );
    const beyond = column.subarray(start).filter((value) => value < low || value > high).length;
    return beyond > 0.1 * after
      ? [`${controls[at]} leaves its range of before in ${beyond} of ${after} rows: extrapolated`]
      : [];
  });
  return {
    expected,
    effects,
    cumulative,
    total,
    mean,
    pValue: 2 * studentTail(size, degrees),
    warnings,
    toString: () =>
      [
        `${outcome}: ${mean.value.toPrecision(4)} a row since row ${start} (${100 * level} % ${mean.low.toPrecision(4)} to ${mean.high.toPrecision(4)}), ${total.value.toPrecision(4)} in all`,
        ...warnings.map((warning) => `- ${warning}`),
      ].join("\n"),
  };
}

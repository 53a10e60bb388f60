import { type BacktestFold, type BacktestOptions, type FoldResult, planBacktest, runFolds } from "./backtest-folds.js";
import { type Scores, score } from "./backtest-scores.js";
import type { Forecaster } from "./types.js";
import { checkForecaster } from "./wrapped.js";

/** A rolling-origin evaluation: pooled scores, those of each step ahead, and every fold. */
export interface Backtest extends Scores {
  readonly horizon: number;
  readonly folds: readonly BacktestFold[];
  readonly perStep: readonly Scores[];
}

/**
 * Fits the model at `folds` origins, each on the values before it, and scores `horizon` steps from each (rolling origin). Missing values stay missing.
 * Regressors and timestamps are cut for each fold; the regressors of the steps ahead are those that came. MASE, RMSSE and MSIS are scaled by the
 * season of the model. Throws a `TwinError` when the series is too short for the folds.
 *
 * @example
 * ```ts
 * import { backtest, naive } from "@sage-twin/forecasters";
 *
 * const result = backtest(naive(), [1, 2, 3, 4, 5, 6], { horizon: 2, folds: 2 });
 * result.folds.map((fold) => fold.origin); // => [3, 4]
 * result.mae; // => 1.5
 * const rolling = backtest(naive(), [1, 2, 3, 4, 5, 6], { horizon: 1, folds: 2, window: "rolling", length: 3, gap: 1 });
 * rolling.folds.map((fold) => fold.training); // => [[0, 3], [1, 4]]
 * rolling.bias; // => -2
 * ```
 */
export function backtest(model: Forecaster, values: ArrayLike<number>, options: BacktestOptions): Backtest {
  checkForecaster(model, "model");
  const plan = planBacktest(values, options);
  return backtestOf(runFolds(model, plan, 0, plan.folds), plan);
}

/** The scores of all folds, and of each step. */
export function backtestOf(
  results: readonly FoldResult[],
  { horizon, quantiles }: { readonly horizon: number; readonly quantiles: readonly number[] },
): Backtest {
  const points = results.flatMap((result) => Array.from(result.fold.mean, (_, step) => ({ ...result, step })));
  const perStep = Array.from({ length: horizon }, (_, ahead) =>
    score(
      points.filter(({ step }) => step === ahead),
      quantiles,
    ),
  );
  return { horizon, folds: results.map(({ fold }) => fold), perStep, ...score(points, quantiles) };
}

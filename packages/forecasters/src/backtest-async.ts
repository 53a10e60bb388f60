import type { RunOptions } from "@sage-twin/kernel";
import { TwinError } from "@sage-twin/kernel";
import type { Backtest } from "./backtest.js";
import { type BacktestOptions, planBacktest } from "./backtest-folds.js";
import { modelOf, runBacktests } from "./backtest-task.js";
import type { ModelDescription } from "./model-by-name.js";
import type { Forecaster } from "./types.js";

/** How a backtest is run through an executor. */
export interface BacktestAsyncOptions extends BacktestOptions, Omit<RunOptions, "seed"> {}

/**
 * `backtest` in chunks of folds through an executor, with progress (in folds) and a signal to stop it; the same bytes. Workers need the model as a description, the name of its
 * function and its options; a model itself runs on the calling thread, between whose chunks other work gets its turn.
 *
 * @throws TwinError as `backtest`, for an unknown model, and `not-serialisable` for a model itself sent to workers.
 *
 * @example
 * ```ts
 * import { backtestAsync } from "@sage-twin/forecasters";
 *
 * const result = await backtestAsync({ name: "naive" }, [1, 2, 3, 4, 5, 6], { horizon: 2, folds: 2 });
 * result.mae; // => 1.5
 * ```
 */
export async function backtestAsync(
  model: ModelDescription | Forecaster,
  values: ArrayLike<number>,
  options: BacktestAsyncOptions,
): Promise<Backtest> {
  modelOf(model, "model"); // what is wrong with it is said before any work
  const plan = planBacktest(values, options);
  const [outcome] = await runBacktests([{ model, plan }], options);
  if (TwinError.isInstance(outcome)) throw outcome;
  return outcome;
}

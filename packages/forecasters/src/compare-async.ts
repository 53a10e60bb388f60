import { TwinError } from "@sage-twin/kernel";
import type { Backtest } from "./backtest.js";
import type { BacktestAsyncOptions } from "./backtest-async.js";
import { type BacktestPlan, planBacktest } from "./backtest-folds.js";
import { modelOf, runBacktests } from "./backtest-task.js";
import { checkOptions } from "./checks.js";
import { comparisonOf, type ModelComparison, readContest, readModels } from "./comparison.js";
import type { ModelDescription } from "./model-by-name.js";
import type { Panel } from "./panel.js";
import type { Forecaster } from "./types.js";

/**
 * `compare` through an executor, with progress (in folds of all models and series) and a signal to stop it; the same bytes. Models are given as for `backtestAsync`.
 *
 * @throws TwinError as `compare` and `backtestAsync`.
 *
 * @example
 * ```ts
 * import { compareAsync } from "@sage-twin/forecasters";
 *
 * const rising = Array.from({ length: 30 }, (_, t) => 2 * t + (t % 3));
 * const { table } = await compareAsync({ naive: { name: "naive" }, drift: { name: "drift" } }, rising, { horizon: 2, folds: 10 });
 * table.map(({ name }) => name); // => ["drift", "naive"]
 * ```
 */
export async function compareAsync(
  models: Readonly<Record<string, ModelDescription | Forecaster>>,
  panelOrSeries: Panel | ArrayLike<number>,
  options: BacktestAsyncOptions,
): Promise<ModelComparison> {
  checkOptions(options);
  const contest = readContest(readModels(models, modelOf), panelOrSeries);
  const { ids, names, panel } = contest;
  const plans = new Map<string, BacktestPlan | TwinError>();
  for (const id of ids) {
    try {
      plans.set(id, planBacktest(panel[id], options));
    } catch (error) {
      if (!TwinError.isInstance(error)) throw error;
      plans.set(id, error);
    }
  }
  const jobs = ids.flatMap((id) => {
    const plan = plans.get(id) as BacktestPlan | TwinError;
    return TwinError.isInstance(plan) ? [] : names.map((name) => ({ model: models[name], plan }));
  });
  const results = await runBacktests(jobs, options);
  let next = 0;
  const outcomes = new Map<string, Backtest[] | TwinError>();
  for (const [id, plan] of plans) {
    if (TwinError.isInstance(plan)) {
      outcomes.set(id, plan);
      continue;
    }
    const own = results.slice(next, next + names.length);
    next += names.length;
    outcomes.set(id, own.find(TwinError.isInstance) ?? (own as Backtest[]));
  }
  return comparisonOf(contest, outcomes, options);
}

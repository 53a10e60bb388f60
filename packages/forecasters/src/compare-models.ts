import { TwinError } from "@sage-twin/kernel";
import { type Backtest, backtest } from "./backtest.js";
import type { BacktestOptions } from "./backtest-folds.js";
import { checkOptions } from "./checks.js";
import { comparisonOf, type ModelComparison, readContest, readModels } from "./comparison.js";
import type { Panel } from "./panel.js";
import type { Forecaster } from "./types.js";
import { checkForecaster } from "./wrapped.js";

/**
 * Backtests several models on the same origins of one series, or of each series of a panel, and says which is best, and how sure that is. The test is
 * Diebold and Mariano's: of one series on the mean absolute error from each origin, where origins nearer than the horizon overlap; of a panel on the mean scaled error of each series,
 * which count as independent. A model is backtested anew for each series.
 *
 * @throws TwinError without two models, and where no series is long enough.
 *
 * @example
 * ```ts
 * import { compare, drift, naive } from "@sage-twin/forecasters";
 *
 * const rising = Array.from({ length: 30 }, (_, t) => 2 * t + (t % 3));
 * const { table, tests } = compare({ naive: naive(), drift: drift() }, rising, { horizon: 2, folds: 10 });
 * table.map(({ name }) => name); // => ["drift", "naive"]
 * tests[0].pValue < 0.01; // => true
 * ```
 */
export function compare(
  models: Readonly<Record<string, Forecaster>>,
  panelOrSeries: Panel | ArrayLike<number>,
  options: BacktestOptions,
): ModelComparison {
  checkOptions(options);
  const own = readModels(models, checkForecaster);
  const contest = readContest(own, panelOrSeries);
  const outcomes = new Map<string, Backtest[] | TwinError>();
  for (const id of contest.ids) {
    try {
      outcomes.set(
        id,
        contest.names.map((name) => backtest(own[name], contest.panel[id], options)),
      );
    } catch (error) {
      if (!TwinError.isInstance(error)) throw error;
      outcomes.set(id, error);
    }
  }
  return comparisonOf(contest, outcomes, options);
}

import { type Issue, TwinError } from "@sage-twin/kernel";
import { absoluteErrorScale } from "@sage-twin/numerics";
import { type Backtest, type BacktestOptions, backtest } from "./backtest.js";
import { refuse } from "./checks.js";
import { type DieboldMariano, dieboldMariano } from "./diebold-mariano.js";
import type { Panel } from "./gradient-boosting.js";
import type { Forecaster } from "./types.js";

/** One model among those compared. */
export interface ComparedModel {
  readonly name: string;
  /** The mean rank, 1 the best, by absolute error: over the series of a panel, over the origins of one series. Equal errors share their ranks. */
  readonly averageRank: number;
  /** The mean over the series of absolute errors, each over the mean difference of the values before the first origin, one season of the longest apart that the models know. */
  readonly mase: number;
  /** The mean over the series. */
  readonly smape: number;
  /** By series; the one series of a comparison without a panel has the name `""`. */
  readonly backtests: ReadonlyMap<string, Backtest>;
}

/** A test of the best model against another. */
export interface ComparedPair extends DieboldMariano {
  readonly best: string;
  readonly other: string;
}

/** What a comparison showed. */
export interface ModelComparison {
  /** The smallest average rank first. */
  readonly table: readonly ComparedModel[];
  /** The first of the table against each other one. */
  readonly tests: readonly ComparedPair[];
  /** Series that could not be backtested, and why; they enter nothing. */
  readonly errors: ReadonlyMap<string, TwinError>;
}

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
  const names = typeof models === "object" && models !== null ? Object.keys(models) : [];
  if (names.length < 2)
    refuse(["models"], `${names.length} models are nothing to compare`, "give at least two, by name");
  const single = isSeries(panelOrSeries);
  const panel: Panel = single ? { "": panelOrSeries } : panelOrSeries;
  const found = new Map(names.map((name) => [name, new Map<string, Backtest>()]));
  const errors = new Map<string, TwinError>();
  const units = new Map<string, number>();
  const season = Math.max(...names.map((name) => models[name].seasonLength));
  for (const id of Object.keys(panel)) {
    try {
      const own = names.map((name) => backtest(models[name], panel[id], options));
      names.forEach((name, index) => {
        found.get(name)?.set(id, own[index]);
      });
      units.set(id, absoluteErrorScale(Array.from(panel[id]).slice(0, own[0].folds[0].origin), season));
    } catch (error) {
      if (!TwinError.isInstance(error) || single) throw error;
      errors.set(
        id,
        new TwinError(error.issues.map((issue): Issue => ({ ...issue, path: ["panel", id, ...issue.path] }))),
      );
    }
  }
  if (found.get(names[0])?.size === 0)
    throw (
      errors.values().next().value ??
      refuse(["panel"], "there is no series", "give an object of series by name", "invalid-data")
    );

  const losses = new Map(
    names.map((name) => [name, lossesOf(found.get(name) as Map<string, Backtest>, units, single)]),
  );
  const ranks = averageRanks(names.map((name) => losses.get(name) as Float64Array));
  const table = names.map((name, index): ComparedModel => {
    const backtests = found.get(name) as Map<string, Backtest>;
    return {
      name,
      averageRank: ranks[index],
      mase: meanOf(Array.from(backtests, ([id, { mae }]) => mae / (units.get(id) as number))),
      smape: meanOf(Array.from(backtests.values(), ({ smape }) => smape)),
      backtests,
    };
  });
  table.sort((a, b) => a.averageRank - b.averageRank || a.mase - b.mase);
  const overlap = single ? Math.ceil(options.horizon / (options.step ?? 1)) : 1;
  const best = table[0].name;
  return {
    table,
    tests: table.slice(1).map(({ name: other }) => ({
      best,
      other,
      ...dieboldMariano(losses.get(best) as Float64Array, losses.get(other) as Float64Array, overlap),
    })),
    errors,
  };
}

function isSeries(given: Panel | ArrayLike<number>): given is ArrayLike<number> {
  return typeof (given as ArrayLike<number>)?.length === "number";
}

/** The mean absolute error from each origin of one series, or the scaled one of each series; NaN where it is not known. */
function lossesOf(
  backtests: ReadonlyMap<string, Backtest>,
  units: ReadonlyMap<string, number>,
  single: boolean,
): Float64Array {
  if (!single) return Float64Array.from(backtests, ([id, { mae }]) => mae / (units.get(id) as number));
  const { folds } = backtests.get("") as Backtest;
  return Float64Array.from(folds, ({ errors }) => meanOf(Array.from(errors, Math.abs)));
}

/** The mean of the finite ones. */
function meanOf(values: readonly number[]): number {
  const known = values.filter(Number.isFinite);
  return known.reduce((sum, value) => sum + value, 0) / known.length;
}

/** The mean rank of each model over the cases that all have; equal losses share the mean of their ranks. */
function averageRanks(losses: readonly Float64Array[]): number[] {
  const sums = losses.map(() => 0);
  let cases = 0;
  for (let at = 0; at < losses[0].length; at++) {
    const own = losses.map((list) => list[at]);
    if (!own.every(Number.isFinite)) continue;
    cases++;
    own.forEach((loss, index) => {
      const below = own.filter((other) => other < loss).length;
      const same = own.filter((other) => other === loss).length;
      sums[index] += below + (same + 1) / 2;
    });
  }
  return sums.map((sum) => sum / cases);
}

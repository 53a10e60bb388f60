import { type Issue, TwinError } from "@sage-twin/kernel";
import { absoluteErrorScale } from "@sage-twin/numerics";
import type { Backtest } from "./backtest.js";
import type { BacktestOptions } from "./backtest-folds.js";
import { refuse } from "./checks.js";
import { type DieboldMariano, dieboldMariano } from "./diebold-mariano.js";
import { type Panel, readIds } from "./panel.js";

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

/** What is compared: names of models, their longest season, and series by id. */
export interface Contest {
  readonly names: readonly string[];
  readonly season: number;
  readonly panel: Panel;
  readonly ids: readonly string[];
  /** Whether it is one series, not a panel. */
  readonly single: boolean;
}

export function readContest(
  models: Readonly<Record<string, { readonly seasonLength: number }>>,
  panelOrSeries: Panel | ArrayLike<number>,
): Contest {
  const names = Object.keys(models);
  if (names.length < 2)
    refuse(["models"], `${names.length} models are nothing to compare`, "give at least two, by name");
  const single = isSeries(panelOrSeries);
  const panel: Panel = single ? { "": panelOrSeries } : panelOrSeries;
  const season = Math.max(...names.map((name) => models[name].seasonLength));
  return { names, season, panel, ids: single ? [""] : readIds(panel), single };
}

/** The models of a comparison, each made by `read`, which refuses what is none. */
export function readModels<Given, Model>(
  models: Readonly<Record<string, Given>>,
  read: (model: Given, path: string) => Model,
): Readonly<Record<string, Model>> {
  const given = typeof models === "object" && models !== null ? Object.entries(models) : [];
  return Object.fromEntries(given.map(([name, model]) => [name, read(model, `models.${name}`)]));
}

/** Table and tests from the backtests of each series, in the order of the models, or what was wrong with it. */
export function comparisonOf(
  { names, season, panel, single }: Contest,
  outcomes: ReadonlyMap<string, readonly Backtest[] | TwinError>,
  options: BacktestOptions,
): ModelComparison {
  const found = new Map(names.map((name) => [name, new Map<string, Backtest>()]));
  const errors = new Map<string, TwinError>();
  const units = new Map<string, number>();
  for (const [id, outcome] of outcomes) {
    if (TwinError.isInstance(outcome)) {
      if (single) throw outcome;
      errors.set(
        id,
        new TwinError(outcome.issues.map((issue): Issue => ({ ...issue, path: ["panel", id, ...issue.path] }))),
      );
      continue;
    }
    names.forEach((name, index) => {
      found.get(name)?.set(id, outcome[index]);
    });
    units.set(id, absoluteErrorScale(Array.from(panel[id]).slice(0, outcome[0].folds[0].origin), season));
  }
  if (found.get(names[0])?.size === 0) throw errors.values().next().value;

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

import {
  describeValue,
  type Executor,
  type Issue,
  inlineExecutor,
  type Progress,
  parseFrequency,
  type RunOptions,
  TwinError,
} from "@sage-twin/kernel";
import { type DemandChunk, demandTask, registerDemand } from "../demand-task.js";
import { fitItem, type ItemSettings, type ItemState } from "./fit-item.js";
import { type FittedDemandPredictor, publishDemand } from "./fitted-demand.js";
import { type StockTarget, serviceLevelOf, targetIssues } from "./newsvendor.js";
import { type DemandHistory, type DemandTable, readDemand } from "./read-demand.js";

/** What stock is planned for. Times are in periods of the history. */
export type DemandPredictorOptions = StockTarget & {
  /** Periods from an order to its arrival, from 1. */
  readonly leadTime: number;
  /** Periods between orders; 0, the default, where one can be placed at any time. */
  readonly reviewPeriod?: number;
  /** The period that rows are added up by. Default: what their times show. */
  readonly frequency?: string;
  /** Periods in one season, such as 52 for weeks. Default 1, none. */
  readonly seasonLength?: number;
  /** Sample paths per item, 100 to 100,000. Default 2,000. */
  readonly paths?: number;
  /** Same seed, same bytes. Default `"sage-twin"`. */
  readonly seed?: string | number;
};

/** What a fit through an executor may be told. */
export interface DemandRunOptions extends Pick<RunOptions, "signal" | "onProgress"> {
  readonly executor?: Executor;
}

/** Plans stock for many items, not yet fitted. */
export interface DemandPredictor {
  readonly name: "demand";
  /** Throws a `TwinError` that lists what is wrong with the history. */
  fit(history: DemandHistory): FittedDemandPredictor;
  /** The same bytes, in chunks of items through an executor; progress counts items. */
  fitAsync(history: DemandHistory, options?: DemandRunOptions): Promise<FittedDemandPredictor>;
}

const itemsPerChunk = 8;

/**
 * Stock for each item from the predictive distribution of its demand over lead time and review period. The demand is classified (Syntetos, Boylan and Croston
 * 2005); of the models for its kind the one is taken whose quantiles lost least on stretches held out from the second half of the item's history. Sample paths of that model,
 * not a normal distribution, give the order-up-to level, safety stock, expected shortage and cost.
 *
 * @throws TwinError for settings out of range, all of them together.
 *
 * @example
 * ```ts
 * import { demandPredictor } from "@sage-twin/predictors";
 *
 * const weekly = { spares: [0, 0, 3, 0, 0, 0, 4, 0, 0, 2, 0, 3, 0, 0, 0, 2, 0, 3, 0, 0, 4, 0] };
 * const fitted = demandPredictor({ leadTime: 2, serviceLevel: 0.95 }).fit(weekly);
 * const [plan] = fitted.predict([{ item: "spares" }]);
 * plan.demandClass; // => "intermittent"
 * plan.orderUpTo >= plan.meanDemand; // => true
 * ```
 */
export function demandPredictor(options: DemandPredictorOptions): DemandPredictor {
  const settings = checkSettings(options);
  const plan = (history: DemandHistory) => readDemand(history, settings.frequency);
  const itemSettings: ItemSettings = {
    steps: settings.leadTime + settings.reviewPeriod,
    serviceLevel: serviceLevelOf(settings.target),
    seasonLength: settings.seasonLength,
    seed: settings.seed,
  };
  const publish = (table: DemandTable, items: readonly ItemState[]): FittedDemandPredictor =>
    publishDemand({
      leadTime: settings.leadTime,
      reviewPeriod: settings.reviewPeriod,
      target: settings.target,
      paths: settings.paths,
      seed: settings.seed,
      ...(table.frequency !== undefined && { frequency: table.frequency }),
      ...(table.next !== undefined && { next: table.next }),
      items,
      notes: [...table.notes, ...notesOn(items)],
    });
  return Object.freeze({
    name: "demand" as const,
    fit(history: DemandHistory) {
      const table = plan(history);
      return publish(
        table,
        table.items.map(({ item, values }) => fitItem(item, values, itemSettings)),
      );
    },
    async fitAsync(history: DemandHistory, { executor, signal, onProgress }: DemandRunOptions = {}) {
      signal?.throwIfAborted();
      const table = plan(history);
      const total = table.items.length;
      const chunks: DemandChunk[] = [];
      for (let from = 0; from < total; from += itemsPerChunk)
        chunks.push({ items: table.items.slice(from, from + itemsPerChunk), settings: itemSettings });
      registerDemand();
      const items: ItemState[] = [];
      const told = onProgress && {
        onProgress: ({ done }: Progress) =>
          onProgress({ stage: "demand", done: Math.min(total, Math.round(done * itemsPerChunk)), total }),
      };
      const results = (executor ?? inlineExecutor()).map<DemandChunk, ItemState[]>(demandTask, chunks, {
        signal,
        ...told,
      });
      for await (const { value } of results) items.push(...value);
      return publish(table, items);
    },
  });
}

function notesOn(items: readonly ItemState[]): string[] {
  const count = (accepts: (state: ItemState) => boolean): number => items.filter(accepts).length;
  const never = count(({ kind }) => kind === "none");
  const short = count(({ kind, origins }) => kind !== "none" && origins === 0);
  return [
    ...(never > 0 ? [`${never} items have no demand at all: their plans are 0`] : []),
    ...(short > 0
      ? [`${short} items have too short a history for a backtest: they got the first model of their kind`]
      : []),
  ];
}

function checkSettings(options: DemandPredictorOptions) {
  const given = (typeof options === "object" && options !== null ? options : {}) as DemandPredictorOptions;
  const issues: Issue[] = targetIssues({ ...given }, []);
  const whole = (
    name: "leadTime" | "reviewPeriod" | "paths" | "seasonLength",
    usual: number,
    least: number,
    most: number,
  ) => {
    const value = given[name] ?? usual;
    if (!(Number.isInteger(value) && value >= least && value <= most))
      issues.push({
        code: "invalid-argument",
        path: [name],
        message: `${describeValue(given[name])} is not a whole number from ${least} to ${most}`,
        fix: name === "leadTime" || name === "reviewPeriod" ? "give it in periods of the history" : `give such ${name}`,
      });
    return value;
  };
  const settings = {
    leadTime: whole("leadTime", Number.NaN, 1, 1000),
    reviewPeriod: whole("reviewPeriod", 0, 0, 1000),
    paths: whole("paths", 2000, 100, 100_000),
    seasonLength: whole("seasonLength", 1, 1, 1000),
    seed: String(given.seed ?? "sage-twin"),
    frequency: given.frequency,
    target: ("serviceLevel" in given && given.serviceLevel !== undefined
      ? { serviceLevel: given.serviceLevel }
      : {
          underageCost: (given as { underageCost: number }).underageCost,
          overageCost: (given as { overageCost: number }).overageCost,
        }) as StockTarget,
  };
  try {
    if (given.frequency !== undefined) parseFrequency(given.frequency);
  } catch (error) {
    if (!TwinError.isInstance(error)) throw error;
    issues.push(...error.issues);
  }
  if (issues.length > 0) throw new TwinError(issues);
  return settings;
}

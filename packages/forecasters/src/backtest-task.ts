import {
  type Issue,
  inlineExecutor,
  type RunOptions,
  registerTask,
  type Task,
  type TaskContext,
  TwinError,
} from "@sage-twin/kernel";
import { type Backtest, backtestOf } from "./backtest.js";
import { type BacktestPlan, type FoldResult, runFolds } from "./backtest-folds.js";
import { taskOf } from "./many-task.js";
import { type ModelDescription, modelByName } from "./model-by-name.js";
import type { Forecaster } from "./types.js";
import { checkForecaster } from "./wrapped.js";

/** One model on one series. */
export interface BacktestJob {
  /** A model itself can only run on the calling thread. */
  readonly model: ModelDescription | Forecaster;
  readonly plan: BacktestPlan;
}

/** Some folds of a job, the first of which is fitted. */
interface BacktestChunk extends BacktestJob {
  readonly begin: number;
  readonly end: number;
}

type BacktestOutcome = { readonly results: readonly FoldResult[] } | { readonly issues: readonly Issue[] };

const backtestTask: Task = /* @__PURE__ */ taskOf("forecasters/backtest");
const wantedChunks = 64;

/** Makes the task known to this thread. */
export function registerBacktest(): void {
  registerTask(backtestTask, runChunk);
}

function runChunk({ model, plan, begin, end }: BacktestChunk, { signal, progress }: TaskContext): BacktestOutcome {
  const visit = (done: number): void => {
    signal.throwIfAborted();
    progress(done / (end - begin));
  };
  try {
    return { results: runFolds(modelOf(model, "model"), plan, begin, end, visit) };
  } catch (error) {
    if (!TwinError.isInstance(error) || signal.aborted) throw error;
    return { issues: error.issues };
  }
}

/** A model, or the one that is described. */
export function modelOf(model: ModelDescription | Forecaster, path: string): Forecaster {
  return typeof (model as Forecaster)?.fit === "function"
    ? checkForecaster(model as Forecaster, path)
    : modelByName(model as ModelDescription);
}

/** Runs all jobs through the executor, whole groups of `refit` folds to a chunk; progress counts folds. */
export async function runBacktests(
  jobs: readonly BacktestJob[],
  { executor = inlineExecutor(), signal, onProgress }: Omit<RunOptions, "seed">,
): Promise<(Backtest | TwinError)[]> {
  const folds = jobs.reduce((sum, { plan }) => sum + plan.folds, 0);
  const chunks: BacktestChunk[] = [];
  const owners: number[] = [];
  jobs.forEach((job, owner) => {
    const { folds: count, refit } = job.plan;
    const size = refit * Math.max(1, Math.floor(folds / wantedChunks / refit));
    for (let begin = 0; begin < count; begin += size) {
      chunks.push({ ...job, begin, end: Math.min(count, begin + size) });
      owners.push(owner);
    }
  });
  registerBacktest();
  const results = jobs.map((): FoldResult[] => []);
  const errors = new Map<number, TwinError>();
  const report = (done: number): void => onProgress?.({ stage: "backtest", done, total: folds });
  for await (const { index, value } of executor.map<BacktestChunk, BacktestOutcome>(backtestTask, chunks, {
    signal,
    onProgress: onProgress && (({ done }) => report(Math.min(folds, Math.round((done / chunks.length) * folds)))),
  })) {
    const owner = owners[index];
    if ("results" in value) results[owner].push(...value.results);
    else if (!errors.has(owner)) errors.set(owner, new TwinError(value.issues));
  }
  return jobs.map(({ plan }, owner) => errors.get(owner) ?? backtestOf(results[owner], plan));
}

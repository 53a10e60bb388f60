import { type Issue, libraryVersion, registerTask, type Task, type TaskContext, TwinError } from "@sage-twin/kernel";
import { type ModelDescription, modelByName } from "./model-by-name.js";

/** Some series to forecast. */
export interface ManyChunk {
  readonly model: ModelDescription;
  readonly horizon: number;
  readonly levels: readonly number[];
  readonly series: readonly ManySeries[];
}

interface ManySeries {
  readonly id: string;
  readonly values: ArrayLike<number>;
  readonly timestamps?: Float64Array;
}

/** The forecast of one series: the mean, then lower and upper bound of each level, `horizon` numbers each; or what went wrong. */
export type ManyOutcome =
  | { readonly name: string; readonly notes: readonly string[]; readonly numbers: Float64Array }
  | { readonly issues: readonly Issue[] };

/** A task of this package, whose workers import its own module. A classic script (the IIFE build) has no URL of its own: there, workers need `workerUrl`. */
export function taskOf(name: string): Task {
  return {
    name,
    version: libraryVersion,
    ...(import.meta.url === undefined ? {} : { module: new URL("./worker.js", import.meta.url).href }),
  };
}

/** The name under which executors run a chunk. */
export const manyTask: Task = /* @__PURE__ */ taskOf("forecasters/many");

/** Makes the task known to this thread. */
export function registerMany(): void {
  registerTask(manyTask, forecastChunk, {
    transfer: (outcomes) => outcomes.flatMap((outcome) => ("numbers" in outcome ? [outcome.numbers.buffer] : [])),
  });
}

function forecastChunk(
  { model, horizon, levels, series }: ManyChunk,
  { signal, progress }: TaskContext,
): ManyOutcome[] {
  const forecaster = modelByName(model);
  return series.map(({ id, values, timestamps }, index) => {
    signal.throwIfAborted();
    try {
      const fitted = forecaster.fit(values, timestamps && { timestamps });
      const forecast = fitted.forecast(horizon, { levels });
      const numbers = new Float64Array(horizon * (1 + 2 * levels.length));
      numbers.set(forecast.mean);
      levels.forEach((level, at) => {
        const { lower, upper } = forecast.interval(level);
        numbers.set(lower, horizon * (1 + 2 * at));
        numbers.set(upper, horizon * (2 + 2 * at));
      });
      progress((index + 1) / series.length);
      return { name: fitted.name, notes: fitted.notes, numbers };
    } catch (error) {
      return { issues: issuesOf(error, id) };
    }
  });
}

function issuesOf(error: unknown, id: string): Issue[] {
  if (TwinError.isInstance(error))
    return error.issues.map((issue) => ({ ...issue, path: ["panel", id, ...issue.path] }));
  return [
    { code: "worker-failed", path: ["panel", id], message: error instanceof Error ? error.message : String(error) },
  ];
}

import { type Engine, engineOf } from "./fitted.js";
import type { Process } from "./process.js";
import type { FitOptions, Forecaster } from "./types.js";

/**
 * Calls `visit` with what a model says at every origin from `first` to the end of a series: the process with the regressors that came, and how many steps these
 * are known for. The model is fitted anew at `refits` origins, evenly apart; in between it filters the new values.
 */
export function rollModel(
  model: Forecaster,
  values: Float64Array,
  options: FitOptions,
  { first, refits }: { readonly first: number; readonly refits: number },
  visit: (origin: number, process: Process<unknown>, known: number) => void,
): void {
  const count = values.length;
  const every = Math.ceil((count - first) / refits);
  const columns = Object.entries(options.exogenous ?? {});
  const cut = (from: number, to: number): ReadonlyMap<string, Float64Array> =>
    new Map(
      columns.map(([name, column]) => [name, Float64Array.from({ length: to - from }, (_, t) => column[from + t])]),
    );
  let engine: Engine | undefined;
  for (let origin = first; origin < count; origin++) {
    if (engine === undefined || (origin - first) % every === 0) {
      const { timestamps } = options;
      const training = {
        ...(columns.length > 0 && { exogenous: Object.fromEntries(cut(0, origin)) }),
        ...(timestamps && { timestamps: Array.from(timestamps).slice(0, origin) }),
      };
      engine = engineOf(model.fit(values.subarray(0, origin), training));
    } else engine = engine.advance(values.subarray(origin - 1, origin), taken(engine, cut(origin - 1, origin)));
    const future = taken(engine, cut(origin, count));
    const known = future.length > 0 ? count - origin : Number.POSITIVE_INFINITY;
    visit(origin, engine.process.withFuture?.(future) ?? engine.process, known);
  }
}

/** The columns that a model takes, in its order. */
function taken({ process }: Engine, columns: ReadonlyMap<string, Float64Array>): Float64Array[] {
  return (process.regressors ?? []).map((name) => columns.get(name) as Float64Array);
}

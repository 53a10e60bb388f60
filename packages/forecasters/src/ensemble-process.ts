import { arrayShape, choiceShape, numberShape, objectShape } from "@sage-twin/kernel";
import { type Engine, type FittedKind, fittedKind } from "./fitted.js";
import { widened } from "./in-sample-widening.js";
import type { Process } from "./process.js";
import type { FittedForecaster } from "./types.js";
import { engineIn, innerShape, keepEngine, type Opener } from "./wrapped.js";

/** One model of an ensemble. */
export interface EnsembleMember {
  /** The form that was fitted, such as `"ets(A,N,A)"`. */
  readonly model: string;
  /** Its share; all sum to 1, and are equal for a median. */
  readonly weight: number;
}

/** What an ensemble tells beyond every fitted model. */
export interface EnsembleParts {
  /** Its models, in the order in which they were given. */
  readonly members: readonly EnsembleMember[];
}

/** What an ensemble returns. */
export interface FittedEnsemble extends FittedForecaster, EnsembleParts {}

/** The weighted mean, or the median, of several models. */
export interface EnsembleState {
  readonly rule: "mean" | "median";
  /** Saved models without their history. */
  readonly inner: readonly unknown[];
  readonly weights: readonly number[];
  /** What the spread of each step is multiplied by; further steps take the last. */
  readonly widening: readonly number[];
}

/** The kind whose inner models `open` opens. */
export function ensembleKind(open: Opener): FittedKind<EnsembleState, EnsembleParts> {
  const numbers = arrayShape(numberShape);
  const shape = objectShape({
    rule: choiceShape("mean", "median"),
    inner: arrayShape(innerShape(open)),
    weights: numbers,
    widening: numbers,
  });
  return fittedKind("forecaster/ensemble", shape, (state) => ensembleProcess(state));
}

function ensembleProcess(
  state: EnsembleState,
  processes: readonly Process<unknown>[] = state.inner.map((saved) => engineIn(saved).process),
): Process<EnsembleState, EnsembleParts> {
  const { rule, weights, widening } = state;
  const names = processes.map(({ name }) => name);
  const shares = weights.map((weight, k) => (rule === "mean" ? `${Math.round(100 * weight)} % ` : "") + names[k]);
  const regressors = [...new Set(processes.flatMap((process) => process.regressors ?? []))];
  /** Each member's own columns of those that the ensemble is given. */
  const own = (process: Process<unknown>, columns: readonly Float64Array[]): Float64Array[] =>
    (process.regressors ?? []).map((name) => columns[regressors.indexOf(name)]);
  const all = (of: (process: Process<unknown>) => Float64Array): Float64Array => combine(state, processes.map(of));
  const plain: Process<EnsembleState, EnsembleParts> = {
    name: `${rule}(${names.join(", ")})`,
    description: `${rule} of ${shares.join(", ")}: ${processes.map(({ description }) => description).join("; ")}`,
    extra: { members: names.map((model, k) => ({ model, weight: weights[k] })) },
    regressors,
    ...(regressors.length > 0 && {
      withFuture: (columns) =>
        ensembleProcess(
          state,
          processes.map((process) => process.withFuture?.(own(process, columns)) ?? process),
        ),
    }),
    mean: (horizon) => all((process) => process.mean(horizon)),
    // The members share their innovations, and their paths are combined: no closed form for more than one.
    deviation: (horizon) => (processes.length === 1 ? processes[0].deviation(horizon) : undefined),
    spread: (horizon) => all((process) => process.spread(horizon)),
    simulate(innovations, horizon) {
      innovations.set(
        all((process) => {
          const paths = innovations.slice();
          process.simulate(paths, horizon);
          return paths;
        }),
      );
    },
    filter(values, columns = []) {
      const after: Engine[] = [];
      const residuals = state.inner.map((saved, k) => {
        const engine = engineIn(saved);
        const taken = own(processes[k], columns);
        after.push(engine.advance(values, taken));
        return engine.process.filter(values, taken).residuals;
      });
      return { state: { ...state, inner: after.map(keepEngine) }, residuals: combine(state, residuals) };
    },
  };
  return widened(plain, widening);
}

/** The weighted mean, or the median, of each element. */
export function combine(
  { rule, weights }: Pick<EnsembleState, "rule" | "weights">,
  arrays: readonly Float64Array[],
): Float64Array {
  const count = arrays.length;
  const output = new Float64Array(arrays[0].length);
  if (rule === "mean" || count < 3) {
    for (let k = 0; k < count; k++) {
      const array = arrays[k];
      const weight = weights[k];
      for (let i = 0; i < output.length; i++) output[i] += weight * array[i];
    }
    return output;
  }
  const sorted = new Float64Array(count);
  const low = (count - 1) >> 1;
  const high = count >> 1;
  for (let i = 0; i < output.length; i++) {
    for (let k = 0; k < count; k++) {
      const value = arrays[k][i];
      let at = k;
      // NaN goes to the front and stays there.
      for (; at > 0 && !(sorted[at - 1] <= value); at--) sorted[at] = sorted[at - 1];
      sorted[at] = value;
    }
    output[i] = Number.isNaN(sorted[0]) ? Number.NaN : (sorted[low] + sorted[high]) / 2;
  }
  return output;
}

import { TwinError } from "@sage-twin/kernel";
import { refuse } from "./checks.js";
import type { EnsembleSettings } from "./ensemble-options.js";
import { combine, type EnsembleState, ensembleKind, type FittedEnsemble } from "./ensemble-process.js";
import { engineOf, regressorsOf } from "./fitted.js";
import { rollModel } from "./roll-model.js";
import { addError, stepErrors, widenedBy } from "./rolled-widening.js";
import { readSeries } from "./series.js";
import type { FitOptions, FittedForecaster, Forecaster } from "./types.js";
import { keepEngine, noOpener } from "./wrapped.js";

/** Forecasts of every member from every origin: row-major, `steps` to an origin; errors are NaN where the value is not known. */
export interface EnsembleRecord {
  readonly steps: number;
  readonly errors: readonly Float64Array[];
  readonly spreads: readonly Float64Array[];
}

/** How an ensemble weighs its members after a backtest; without it they are equal. */
export type Weigh = (record: EnsembleRecord) => readonly number[];

const leastTraining = 7;
const leastOrigins = 3;
const mostOrigins = 120;
const mostSteps = 120;

/** Fits every model, backtests them all from the same origins, and combines them. */
export function fitEnsemble(
  input: ArrayLike<number>,
  options: FitOptions = {},
  { models, seasonLength, horizon, refits }: EnsembleSettings,
  rule: EnsembleState["rule"],
  weigh?: Weigh,
): FittedEnsemble {
  const series = readSeries(input, options, { exogenous: true });
  const notes: string[] = [];
  const fitted: FittedForecaster[] = [];
  const used: Forecaster[] = [];
  let failure: unknown;
  for (const model of models) {
    try {
      const member = model.fit(input, options);
      if (regressorsOf(member) === undefined)
        refuse(
          ["models"],
          `${model.name} is not one of this package's models`,
          "give one such as autoEts()",
          "unsupported",
        );
      fitted.push(member);
      used.push(model);
    } catch (error) {
      if (!TwinError.isInstance(error) || error.code === "unsupported") throw error;
      failure ??= error;
      notes.push(`${model.name} is left out: ${error.message}`);
    }
  }
  if (fitted.length === 0) throw failure;

  const count = series.values.length;
  const wanted = Math.max(count >> 1, 2 * seasonLength + 4, count - mostOrigins);
  const start = Math.max(leastTraining, Math.min(wanted, count - Math.ceil(horizon / 2)));
  const origins = count - start;
  const steps = Math.min(horizon, origins, mostSteps);
  const equal = fitted.map(() => 1 / fitted.length);
  let weights: readonly number[] = equal;
  let widening: readonly number[] = [];
  if (origins >= leastOrigins) {
    const values = Float64Array.from(input);
    const first = series.leading + start;
    const record = { steps, errors: [] as Float64Array[], spreads: [] as Float64Array[] };
    for (const model of used) {
      const errors = new Float64Array(origins * steps).fill(Number.NaN);
      const spreads = new Float64Array(origins * steps).fill(Number.NaN);
      rollModel(model, values, options, { first, refits }, (origin, process, known) => {
        const ahead = Math.min(steps, known, values.length - origin);
        const mean = process.mean(ahead);
        const at = (origin - first) * steps;
        errors.set(
          mean.map((value, step) => values[origin + step] - value),
          at,
        );
        spreads.set(process.spread(ahead), at);
      });
      record.errors.push(errors);
      record.spreads.push(spreads);
    }
    weights = weigh?.(record) ?? equal;
    widening = wideningOf(record, { rule, weights });
  } else if (weigh !== undefined) notes.push("the series is too short for a backtest: the weights are equal");

  const state = { rule, inner: fitted.map((member) => keepEngine(engineOf(member))), weights, widening };
  const residuals = combine(
    state,
    fitted.map((member) => member.residuals),
  );
  const all = new Set([...fitted.flatMap((member) => member.notes), ...notes]);
  return ensembleKind(noOpener).publish(state, residuals, [...all]);
}

/** The members are wide enough for their own errors: the prior is no widening. */
function wideningOf(
  { errors, spreads, steps }: EnsembleRecord,
  how: Pick<EnsembleState, "rule" | "weights">,
): number[] {
  const sums = stepErrors(steps);
  const spread = combine(how, spreads);
  combine(how, errors).forEach((error, index) => {
    addError(sums, index % steps, error, spread[index]);
  });
  return widenedBy(sums, () => 1);
}

import { simplexLeastSquares } from "@sage-twin/numerics";
import { checkEnsemble, type EnsembleOptions } from "./ensemble-options.js";
import type { FittedEnsemble } from "./ensemble-process.js";
import { type EnsembleRecord, fitEnsemble } from "./fit-ensemble.js";
import type { Forecaster } from "./types.js";

/**
 * The mean of several models with the weights that would have been best in a backtest over the horizon: least squares of the values on the forecasts from past origins,
 * the weights not negative and summing to 1 (stacked regression: Breiman 1996). The rest is as for `ensemble.inverseError`.
 *
 * @example
 * ```ts
 * import { drift, ensemble, naive } from "@sage-twin/forecasters";
 *
 * const rising = Array.from({ length: 40 }, (_, t) => 2 * t + (t % 3));
 * const { members } = ensemble.stacking([naive(), drift()], { horizon: 4 }).fit(rising);
 * members[1].weight > 0.9; // => true
 * ```
 */
export function stackingEnsemble(
  models: readonly Forecaster[],
  options: EnsembleOptions = {},
): Forecaster<FittedEnsemble> {
  const settings = checkEnsemble(models, options, 3);
  return {
    name: "ensemble.stacking",
    seasonLength: settings.seasonLength,
    fit: (values, fitOptions) => fitEnsemble(values, fitOptions, settings, "mean", weigh),
  };
}

/** What the weights are drawn to the equal ones by, in squared errors of so many origins. */
const priorOrigins = 2;

/** With weights that sum to 1 the error of the mean is the mean of the errors: its square is w' E'E w. */
function weigh({ errors, steps }: EnsembleRecord): number[] {
  const size = errors.length;
  const gram = new Float64Array(size * size);
  for (let a = 0; a < size; a++)
    for (let b = 0; b <= a; b++) {
      let sum = 0;
      for (let i = 0; i < errors[a].length; i++) {
        const product = errors[a][i] * errors[b][i];
        if (!Number.isNaN(product)) sum += product;
      }
      gram[a * size + b] = sum;
      gram[b * size + a] = sum;
    }
  let mean = 0;
  for (let a = 0; a < size; a++) mean += gram[a * size + a] / size;
  const penalty = (mean * priorOrigins * steps) / errors[0].length;
  for (let a = 0; a < size; a++) gram[a * size + a] += penalty;
  return Array.from(simplexLeastSquares(gram, new Float64Array(size)));
}

import { checkEnsemble, type EnsembleOptions } from "./ensemble-options.js";
import type { FittedEnsemble } from "./ensemble-process.js";
import { fitEnsemble } from "./fit-ensemble.js";
import type { Forecaster } from "./types.js";

/**
 * The median of several models, step by step: one that goes astray moves it little. The rest is as for `ensemble.mean`.
 *
 * @example
 * ```ts
 * import { drift, ensemble, historicMean, naive } from "@sage-twin/forecasters";
 *
 * const fitted = ensemble.median([naive(), drift(), historicMean()]).fit([2, 4, 6, 8, 10]);
 * [...fitted.forecast(2).mean]; // => [10, 10]
 * ```
 */
export function medianEnsemble(
  models: readonly Forecaster[],
  options: EnsembleOptions = {},
): Forecaster<FittedEnsemble> {
  const settings = checkEnsemble(models, options, 1);
  return {
    name: "ensemble.median",
    seasonLength: settings.seasonLength,
    fit: (values, fitOptions) => fitEnsemble(values, fitOptions, settings, "median"),
  };
}

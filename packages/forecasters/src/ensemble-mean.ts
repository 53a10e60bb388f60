import { checkEnsemble, type EnsembleOptions } from "./ensemble-options.js";
import type { FittedEnsemble } from "./ensemble-process.js";
import { fitEnsemble } from "./fit-ensemble.js";
import type { Forecaster } from "./types.js";

/**
 * The mean of several models. Their paths share the innovations and are averaged, so that the spread is about the mean of theirs, widened where a backtest with `refits`
 * fits of each showed larger errors than that. A model that cannot be fitted is left out, and `notes` says so.
 *
 * @example
 * ```ts
 * import { drift, ensemble, naive } from "@sage-twin/forecasters";
 *
 * const fitted = ensemble.mean([naive(), drift()]).fit([2, 4, 6, 8, 10]);
 * [...fitted.forecast(2).mean]; // => [11, 12]
 * fitted.members.map(({ weight }) => weight); // => [0.5, 0.5]
 * ```
 */
export function meanEnsemble(models: readonly Forecaster[], options: EnsembleOptions = {}): Forecaster<FittedEnsemble> {
  const settings = checkEnsemble(models, options, 1);
  return {
    name: "ensemble.mean",
    seasonLength: settings.seasonLength,
    fit: (values, fitOptions) => fitEnsemble(values, fitOptions, settings, "mean"),
  };
}

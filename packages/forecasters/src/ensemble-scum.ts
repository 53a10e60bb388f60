import { autoArima } from "./auto-arima.js";
import { autoCes } from "./auto-ces.js";
import { autoEts } from "./auto-ets.js";
import { checkSeasonLength } from "./checks.js";
import { dynamicOptimizedTheta } from "./dynamic-optimized-theta.js";
import { checkEnsemble, type EnsembleOptions } from "./ensemble-options.js";
import type { FittedEnsemble } from "./ensemble-process.js";
import { fitEnsemble } from "./fit-ensemble.js";
import type { Forecaster } from "./types.js";

/** What `ensemble.scum` may be told. */
export interface ScumOptions extends EnsembleOptions {
  /** Values in one season, such as 12 for months. Default: 1, no season. */
  readonly seasonLength?: number;
}

/**
 * The simple combination of univariate models, sixth of the M4 competition (Petropoulos and Svetunkov 2020): the median of `autoEts`, `autoCes`, `autoArima` and
 * `dynamicOptimizedTheta`. The rest is as for `ensemble.median`.
 *
 * @example
 * ```ts
 * import { ensemble } from "@sage-twin/forecasters";
 *
 * const quarters = [52, 71, 88, 60, 55, 76, 93, 66, 61, 80, 99, 68, 63, 86, 106, 74, 70, 91, 112, 79];
 * const fitted = ensemble.scum({ seasonLength: 4 }).fit(quarters);
 * fitted.members.length; // => 4
 * fitted.forecast(4).mean.length; // => 4
 * ```
 */
export function scumEnsemble(options: ScumOptions = {}): Forecaster<FittedEnsemble> {
  const season = { seasonLength: checkSeasonLength(options) };
  const models = [autoEts(season), autoCes(season), autoArima(season), dynamicOptimizedTheta(season)];
  const settings = checkEnsemble(models, options, 1);
  return {
    name: "ensemble.scum",
    seasonLength: settings.seasonLength,
    fit: (values, fitOptions) => fitEnsemble(values, fitOptions, settings, "median"),
  };
}

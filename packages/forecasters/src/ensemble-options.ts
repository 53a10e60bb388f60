import { checkHorizon, checkOptions, checkWhole, longestHorizon, refuse } from "./checks.js";
import type { Forecaster } from "./types.js";
import { checkForecaster } from "./wrapped.js";

/** What every ensemble may be told. */
export interface EnsembleOptions {
  /** The horizon that weights and intervals are made for; any other can still be forecast. Default: one season, at least 6. */
  readonly horizon?: number;
  /** The budget: how often each model is fitted anew in the backtest. Default: 1, and 3 where the weights come from it. */
  readonly refits?: number;
}

export interface EnsembleSettings {
  readonly models: readonly Forecaster[];
  readonly seasonLength: number;
  readonly horizon: number;
  readonly refits: number;
}

export function checkEnsemble(
  models: readonly Forecaster[],
  options: EnsembleOptions,
  usualRefits: number,
): EnsembleSettings {
  if (!Array.isArray(models) || models.length === 0)
    refuse(["models"], "there is no model", "give a list such as [autoEts(), drift()]");
  models.forEach((model, index) => {
    checkForecaster(model, `models.${index}`);
  });
  const seasonLength = Math.max(...models.map((model) => model.seasonLength));
  const usual = Math.min(longestHorizon, Math.max(6, seasonLength));
  return {
    models,
    seasonLength,
    horizon: checkHorizon(checkOptions(options).horizon ?? usual),
    refits: checkWhole(options.refits ?? usualRefits, "refits"),
  };
}

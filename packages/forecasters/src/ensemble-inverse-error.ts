import { checkEnsemble, type EnsembleOptions } from "./ensemble-options.js";
import type { FittedEnsemble } from "./ensemble-process.js";
import { type EnsembleRecord, fitEnsemble } from "./fit-ensemble.js";
import type { Forecaster } from "./types.js";

/**
 * The mean of several models, each weighing as the inverse of its mean squared error in a backtest over the horizon (Bates and Granger 1969). Equal weights on a series too
 * short for a backtest, and `notes` says so. The rest is as for `ensemble.mean`.
 *
 * @example
 * ```ts
 * import { drift, ensemble, naive } from "@sage-twin/forecasters";
 *
 * const rising = Array.from({ length: 40 }, (_, t) => 2 * t + (t % 3));
 * const { members } = ensemble.inverseError([naive(), drift()], { horizon: 4 }).fit(rising);
 * members[1].weight > 0.8; // => true
 * ```
 */
export function inverseErrorEnsemble(
  models: readonly Forecaster[],
  options: EnsembleOptions = {},
): Forecaster<FittedEnsemble> {
  const settings = checkEnsemble(models, options, 3);
  return {
    name: "ensemble.inverseError",
    seasonLength: settings.seasonLength,
    fit: (values, fitOptions) => fitEnsemble(values, fitOptions, settings, "mean", weigh),
  };
}

/** A model without errors takes all; several share. */
function weigh({ errors }: EnsembleRecord): number[] {
  const squares = errors.map((list) => {
    const known = list.filter((error) => !Number.isNaN(error));
    return known.reduce((sum, error) => sum + error * error, 0) / known.length;
  });
  const smallest = Math.min(...squares);
  const shares = squares.map((square) => (square > smallest ? smallest / square : 1));
  const total = shares.reduce((sum, share) => sum + share, 0);
  return shares.map((share) => share / total);
}

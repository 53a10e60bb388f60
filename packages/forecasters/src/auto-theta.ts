import { checkSeasonLength } from "./checks.js";
import { fitTheta } from "./fit-theta.js";
import { readSeries } from "./series.js";
import { thetaNames } from "./theta-process.js";
import type { FittedForecaster, Forecaster } from "./types.js";

/** The first errors, where the slope is not settled, do not count, as in the estimation. */
const settling = 3;

/**
 * Whichever of `theta`, `optimizedTheta`, `dynamicTheta` and `dynamicOptimizedTheta` has the smallest in-sample mean squared one-step error, as
 * statsforecast's AutoTheta. Season, fallbacks and intervals are as in `dynamicOptimizedTheta`; the saved form is the chosen model's.
 *
 * @example
 * ```ts
 * import { autoTheta } from "@sage-twin/forecasters";
 *
 * const sales = [12, 15, 14, 17, 18, 17, 20, 22, 21, 24, 25, 24];
 * autoTheta().fit(sales).name; // => "optimizedTheta"
 * ```
 */
export function autoTheta(options: { readonly seasonLength?: number } = {}): Forecaster {
  const seasonLength = checkSeasonLength(options);
  return {
    name: "autoTheta",
    seasonLength,
    fit(values, fitOptions) {
      const series = readSeries(values, fitOptions);
      const best = thetaNames
        .map((name) => ({
          name,
          error: meanSquare(fitTheta(series, seasonLength, name, false), series.leading + settling),
        }))
        .reduce((a, b) => (b.error < a.error ? b : a));
      return fitTheta(series, seasonLength, best.name);
    },
  };
}

function meanSquare({ residuals }: FittedForecaster, from: number): number {
  let sum = 0;
  let count = 0;
  for (let t = from; t < residuals.length; t++) {
    if (Number.isNaN(residuals[t])) continue;
    sum += residuals[t] * residuals[t];
    count++;
  }
  return sum / count;
}

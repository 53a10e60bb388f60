import { describeValue } from "@sage-twin/kernel";
import { studentTail } from "@sage-twin/numerics";
import { checkWhole, refuse } from "./checks.js";

/** Whether two forecasts are equally good. */
export interface DieboldMariano {
  /** Negative where the first one's losses are smaller; NaN with fewer than 2 pairs. */
  readonly statistic: number;
  /** The two-sided p value. */
  readonly pValue: number;
  readonly observations: number;
}

/**
 * Tests that two forecasts have the same expected loss (Diebold and Mariano 1995, with the correction of Harvey, Leybourne and Newbold 1997). The arrays hold losses in time order, such as
 * absolute errors; a pair with a missing one (NaN) is left out. `horizon` is how many steps ahead they were, whose errors overlap: autocovariances up to `horizon` - 1 enter the
 * variance, none where it is not positive. Equal losses throughout give the statistic 0.
 *
 * @example
 * ```ts
 * import { dieboldMariano } from "@sage-twin/forecasters";
 *
 * const { statistic, pValue } = dieboldMariano([1, 2, 1, 3, 2, 1], [2, 3, 3, 4, 2, 3]);
 * [statistic.toFixed(3), pValue.toFixed(3)]; // => ["-3.796", "0.013"]
 * ```
 */
export function dieboldMariano(first: ArrayLike<number>, second: ArrayLike<number>, horizon = 1): DieboldMariano {
  checkWhole(horizon, "horizon");
  if (!(first?.length >= 0) || first.length !== second?.length)
    refuse(
      ["second"],
      `${describeValue(second?.length)} losses beside ${describeValue(first?.length)}`,
      "give two lists, one loss for each of the first",
    );
  const differences = Float64Array.from(first, (loss, index) => loss - second[index]).filter(Number.isFinite);
  const count = differences.length;
  if (count < 2) return { statistic: Number.NaN, pValue: Number.NaN, observations: count };
  const mean = differences.reduce((sum, value) => sum + value, 0) / count;
  const covariance = (lag: number): number => {
    let sum = 0;
    for (let t = lag; t < count; t++) sum += (differences[t] - mean) * (differences[t - lag] - mean);
    return sum / count;
  };
  let lags = Math.min(horizon, count) - 1;
  let variance = covariance(0);
  for (let lag = 1; lag <= lags; lag++) variance += 2 * covariance(lag);
  if (!(variance > 0)) {
    lags = 0;
    variance = covariance(0);
  }
  const steps = lags + 1;
  const correction = Math.sqrt((count + 1 - 2 * steps + (steps * (steps - 1)) / count) / count);
  const statistic = mean === 0 ? 0 : (mean / Math.sqrt(variance / count)) * correction;
  return { statistic, pValue: Math.min(1, 2 * studentTail(Math.abs(statistic), count - 1)), observations: count };
}

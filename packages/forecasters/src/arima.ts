import { fitArima } from "./arima-fit.js";
import { checkOrder } from "./arima-order.js";
import { checkOptions } from "./checks.js";
import { fitNaive } from "./naive.js";
import { publishArima } from "./publish-arima.js";
import { readSeries } from "./series.js";
import type { Forecaster } from "./types.js";

/** What `arima` may be told. */
export interface ArimaOptions {
  /** The orders p, d, q: autoregressive terms, differences, moving-average terms. */
  readonly order: readonly [p: number, d: number, q: number];
  /** The orders P, D, Q of the season. Default: none. */
  readonly seasonal?: readonly [P: number, D: number, Q: number];
  /** Values in one season, such as 12 for months. Default: 1, no season. */
  readonly seasonLength?: number;
  /** Whether there is a mean (d + D = 0) or a drift (1). Default: yes, unless d + D is 2 or more. */
  readonly constant?: boolean;
}

/**
 * A seasonal ARIMA model of given orders by exact maximum likelihood, with regressors where `exogenous` is given: regression with ARIMA errors
 * (Box and Jenkins 1970; Harvey 1989). Missing values are bridged by the Kalman filter. The variance takes the estimated
 * parameters into account by its degrees of freedom, and the intervals are widened by the model's own past errors.
 *
 * A series too short for the orders, or constant after differencing, gets the naive model, and `notes` says so.
 *
 * @example
 * ```ts
 * import { arima } from "@sage-twin/forecasters";
 *
 * const sales = [12, 15, 14, 17, 18, 17, 20, 22, 21, 24, 25, 24, 27];
 * const fitted = arima({ order: [0, 1, 1] }).fit(sales);
 * fitted.name; // => "arima(0,1,1) with drift"
 * ```
 */
export function arima(options: ArimaOptions): Forecaster {
  const { seasonal = [0, 0, 0], seasonLength = 1 } = checkOptions(options);
  const order = checkOrder(options.order, seasonal, seasonLength, options.constant);
  return {
    name: "arima",
    seasonLength,
    fit(values, fitOptions) {
      const series = readSeries(values, fitOptions, { exogenous: true });
      const fit = fitArima(series.values, [...series.exogenous.values()], order);
      if (fit === undefined)
        return fitNaive(series, `${series.observed} values do not carry this ARIMA model: naive instead`);
      return publishArima(series, fit);
    },
  };
}

import { pow, TwinError } from "@sage-twin/kernel";
import type { FittedBgNbd } from "./bg-nbd.js";
import { requireHorizon } from "./check-summary.js";
import type { FittedGammaGamma } from "./gamma-gamma.js";
import type { PurchaseSummary } from "./purchase-summary.js";

/** Over which time value is counted, and what money of later is worth. */
export interface LifetimeValueOptions {
  /** How far ahead. Default: 365. */
  readonly days?: number;
  /** What a year takes off the worth of money, such as 0.1. Default: 0. */
  readonly discount?: number;
  /** The share of sales that is profit. Default: 1. */
  readonly margin?: number;
}

const monthDays = 365 / 12;

/**
 * What each customer is expected to bring in the days ahead: expected purchases by the BG/NBD model, month by month, times the expected worth of one by the gamma-gamma model, discounted.
 *
 * @example
 * ```ts
 * import { bgNbd, gammaGamma, lifetimeValues } from "@sage-twin/predictors";
 *
 * const rows = Array.from({ length: 300 }, (_, row) => row);
 * const summary = {
 *   repeats: Float64Array.from(rows, (row) => row % 6),
 *   recency: Float64Array.from(rows, (row) => (row % 6 === 0 ? 0 : 40 + 10 * (row % 5))),
 *   age: Float64Array.from(rows, () => 100),
 *   spend: Float64Array.from(rows, (row) => 20 + ((row * 37) % 60)),
 * };
 * const values = lifetimeValues(bgNbd(summary), gammaGamma(summary), summary, { days: 180, discount: 0.1 });
 * values.every((value) => value > 0); // => true
 * ```
 */
export function lifetimeValues(
  purchases: FittedBgNbd,
  spending: FittedGammaGamma,
  summary: Omit<PurchaseSummary, "customers">,
  options: LifetimeValueOptions = {},
): Float64Array {
  const { days = 365, discount = 0, margin = 1 } = options;
  requireHorizon(days, "days");
  requireHorizon(margin, "margin");
  if (!(discount >= 0 && discount < 10))
    throw new TwinError({
      code: "invalid-argument",
      path: ["discount"],
      message: `${discount}`,
      fix: "give a share a year, such as 0.1",
    });
  const worth = spending.expectedSpend(summary);
  const values = new Float64Array(worth.length);
  let before = new Float64Array(worth.length);
  for (let month = 1; before.length > 0; month++) {
    const until = Math.min(days, month * monthDays);
    const bought = purchases.expectedPurchases(summary, until);
    const factor = margin * pow(1 + discount, -until / 365);
    for (let row = 0; row < values.length; row++) values[row] += factor * (bought[row] - before[row]) * worth[row];
    before = bought as Float64Array<ArrayBuffer>;
    if (until >= days) break;
  }
  return values;
}

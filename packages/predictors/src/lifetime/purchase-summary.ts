import { type Instant, toInstant } from "@sage-twin/kernel";
import { readTransactions, type Transactions } from "../churn/transactions.js";

/** What lifetime models need of each customer; times are in days. */
export interface PurchaseSummary {
  readonly customers: readonly string[];
  /** Days with a purchase after the first one. */
  readonly repeats: Float64Array;
  /** From the first purchase to the last; 0 without a repeat. */
  readonly recency: Float64Array;
  /** From the first purchase to the end of the observation. */
  readonly age: Float64Array;
  /** What was paid on an average day with a repeat purchase; NaN without one. */
  readonly spend: Float64Array;
}

const day = 86_400_000;

/**
 * Transactions up to an instant as the summary that BG/NBD and gamma-gamma models take: purchases of one day (UTC) count as one, refunds do not count.
 *
 * @param options.until default: the last row's time.
 *
 * @example
 * ```ts
 * import { purchaseSummary } from "@sage-twin/predictors";
 *
 * const transactions = { customer: ["ann", "ann", "bob"], time: ["2026-01-01", "2026-01-31", "2026-01-11"], amount: [20, 40, 10] };
 * const { repeats, recency, age } = purchaseSummary(transactions, { until: "2026-02-10" });
 * [repeats[0], recency[0], age[0]]; // => [1, 30, 40]
 * ```
 */
export function purchaseSummary(
  transactions: Transactions,
  options: { readonly until?: Instant } = {},
): PurchaseSummary {
  const { customers, starts, times, amounts, last } = readTransactions(transactions);
  const until = Math.floor((options.until === undefined ? last : toInstant(options.until, ["until"])) / day);
  const rows: { name: string; repeats: number; recency: number; age: number; spend: number }[] = [];
  customers.forEach((name, index) => {
    let first = Number.NaN;
    let latest = Number.NaN;
    let days = 0;
    let paid = 0;
    for (let i = starts[index]; i < starts[index + 1]; i++) {
      const date = Math.floor(times[i] / day);
      if (date > until) break;
      if (!(amounts[i] > 0)) continue;
      if (days === 0) first = date;
      if (date !== latest) days++;
      latest = date;
      if (date !== first) paid += amounts[i];
    }
    if (days === 0) return;
    rows.push({ name, repeats: days - 1, recency: latest - first, age: until - first, spend: paid / (days - 1) });
  });
  const column = (of: (row: (typeof rows)[number]) => number): Float64Array => Float64Array.from(rows, of);
  return {
    customers: rows.map(({ name }) => name),
    repeats: column(({ repeats }) => repeats),
    recency: column(({ recency }) => recency),
    age: column(({ age }) => age),
    spend: column(({ spend }) => spend),
  };
}

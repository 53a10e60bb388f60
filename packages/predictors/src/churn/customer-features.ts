import { addDuration, type Frequency, type Instant, log, TwinError, toInstant } from "@sage-twin/kernel";
import { type CustomerHistory, readTransactions, type Transactions } from "./transactions.js";

/** What is known of each customer at an instant, and what happened after. */
export interface CustomerFeatures {
  readonly customers: readonly string[];
  /** One number for each customer. Durations are in days. */
  readonly columns: Readonly<Record<CustomerFeature, Float64Array>>;
  /** 1 without a purchase in the horizon after the instant, else 0; absent where the data end before the horizon does. */
  readonly churned?: Float64Array;
}

/** When the features are taken. */
export interface CustomerFeatureOptions {
  /** What is after this instant is not seen. */
  readonly at: Instant;
  /** How long a customer must stay away to count as lost, such as `"90D"`. Recent windows are the last half, whole and double of it. */
  readonly horizon: Frequency;
}

const names = [
  "recency",
  "tenure",
  "purchases",
  "spend",
  "averageSpend",
  "lastSpend",
  "meanGap",
  "gapDeviation",
  "longestGap",
  "recencyToGap",
  "purchasesLately",
  "purchasesRecently",
  "purchasesBefore",
  "spendRecently",
  "spendBefore",
  "trend",
  "refunds",
  "refundShare",
] as const;

/** A feature of a customer's history of purchases. */
export type CustomerFeature = (typeof names)[number];

const day = 86_400_000;

/**
 * Recency, frequency, money and tenure of every customer who bought at or before an instant, with the gaps between purchases, recent windows and refunds; and whether each
 * came back within the horizon. Rows after `at` change no feature, rows after the horizon no label. Without a second purchase the gaps are missing (NaN).
 *
 * @example
 * ```ts
 * import { customerFeatures } from "@sage-twin/predictors";
 *
 * const transactions = {
 *   customer: ["ann", "ann", "bob", "ann"],
 *   time: ["2026-01-01", "2026-01-31", "2026-01-11", "2026-03-01"],
 *   amount: [20, 40, 10, 30],
 * };
 * const { customers, columns, churned } = customerFeatures(transactions, { at: "2026-02-10", horizon: "19D" });
 * customers; // => ["ann", "bob"]
 * columns.recency; // => Float64Array.of(10, 30)
 * columns.meanGap; // => Float64Array.of(30, Number.NaN)
 * churned; // => Float64Array.of(0, 1)
 * ```
 */
export function customerFeatures(transactions: Transactions, options: CustomerFeatureOptions): CustomerFeatures {
  return featuresAt(readTransactions(transactions), toInstant(options.at, ["at"]), options.horizon);
}

/** The same from transactions that were read before. */
export function featuresAt(history: CustomerHistory, at: number, horizon: Frequency): CustomerFeatures {
  const { customers, starts, times, amounts, last } = history;
  const end = addDuration(at, horizon);
  if (!(end > at))
    throw new TwinError({
      code: "invalid-argument",
      path: ["horizon"],
      message: `a horizon of ${horizon}`,
      fix: "give a duration such as 90D or 3M",
    });
  const present: number[] = [];
  for (let index = 0; index < customers.length; index++) if (firstPurchase(history, index) <= at) present.push(index);
  const columns = Object.fromEntries(names.map((name) => [name, new Float64Array(present.length)])) as Record<
    CustomerFeature,
    Float64Array
  >;
  const churned = new Float64Array(present.length).fill(1);
  present.forEach((index, row) => {
    const to = describe(history, index, at, end - at, columns, row);
    for (let i = to; i < starts[index + 1] && times[i] <= end; i++) if (amounts[i] > 0) churned[row] = 0;
  });
  return {
    customers: present.map((index) => customers[index]),
    columns,
    ...(last >= end ? { churned } : {}),
  };
}

function firstPurchase({ starts, times, amounts }: CustomerHistory, index: number): number {
  for (let i = starts[index]; i < starts[index + 1]; i++) if (amounts[i] > 0) return times[i];
  return Number.POSITIVE_INFINITY;
}

/** Fills one row from the rows up to `at`; returns where the customer's later rows start. */
function describe(
  { starts, times, amounts }: CustomerHistory,
  index: number,
  at: number,
  horizon: number,
  columns: Record<CustomerFeature, Float64Array>,
  row: number,
): number {
  let purchases = 0;
  let firstTime = 0;
  let lastTime = 0;
  let spend = 0;
  let lastSpend = 0;
  let gapSum = 0;
  let gapSquares = 0;
  let longestGap = 0;
  let lately = 0;
  let recently = 0;
  let before = 0;
  let spendRecently = 0;
  let spendBefore = 0;
  let refunds = 0;
  let refunded = 0;
  let i = starts[index];
  for (; i < starts[index + 1] && times[i] <= at; i++) {
    const amount = amounts[i];
    if (amount < 0) {
      refunds++;
      refunded -= amount;
    }
    if (!(amount > 0)) continue;
    const age = at - times[i];
    const isNew = purchases === 0 || times[i] !== lastTime;
    if (isNew) {
      if (purchases === 0) firstTime = times[i];
      else {
        const gap = (times[i] - lastTime) / day;
        gapSum += gap;
        gapSquares += gap * gap;
        longestGap = Math.max(longestGap, gap);
      }
      purchases++;
      lastTime = times[i];
      lastSpend = 0;
      if (age < horizon / 2) lately++;
      if (age < horizon) recently++;
      else if (age < 2 * horizon) before++;
    }
    spend += amount;
    lastSpend += amount;
    if (age < horizon) spendRecently += amount;
    else if (age < 2 * horizon) spendBefore += amount;
  }
  const gaps = purchases - 1;
  const recency = (at - lastTime) / day;
  const meanGap = gaps > 0 ? gapSum / gaps : Number.NaN;
  const values: Record<CustomerFeature, number> = {
    recency,
    tenure: (at - firstTime) / day,
    purchases,
    spend,
    averageSpend: spend / purchases,
    lastSpend,
    meanGap,
    gapDeviation: gaps > 1 ? Math.sqrt(Math.max(0, gapSquares / gaps - meanGap * meanGap)) : Number.NaN,
    longestGap: gaps > 0 ? longestGap : Number.NaN,
    recencyToGap: gaps > 0 ? recency / meanGap : Number.NaN,
    purchasesLately: lately,
    purchasesRecently: recently,
    purchasesBefore: before,
    spendRecently,
    spendBefore,
    trend: log((recently + 0.5) / (before + 0.5)),
    refunds,
    refundShare: refunded / spend,
  };
  for (const name of names) columns[name][row] = values[name];
  return i;
}

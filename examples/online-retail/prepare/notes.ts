import type { Cancellations } from "./cancellations.js";
import { lineKinds } from "./classify.js";
import type { Lines } from "./read-lines.js";

/** How many lines, and their signed value in GBP as the raw file has it. */
interface LineCount {
  readonly lines: number;
  readonly value: number;
}

/** What the preparation did with every line, for the reader of the tables. */
export interface PreparationNotes {
  readonly rows: number;
  readonly from: string;
  readonly to: string;
  /** Every line by its kind; all but sales and cancellations are set aside. The kinds add up to `rows`. */
  readonly kinds: Readonly<Record<string, LineCount>>;
  readonly cancellations: {
    /** Cancelled lines that voided a sale of at most 7 days before. */
    readonly voiding: LineCount;
    /** Manual entries that voided a sale of at most a day before. */
    readonly manual: LineCount;
    /** Cancelled lines that are refunds of their own date. */
    readonly refunds: LineCount;
    /** The largest voided sales. */
    readonly largest: readonly {
      readonly invoice: string;
      readonly article: string;
      readonly date: string;
      readonly value: number;
      /** How long after it was cancelled. */
      readonly minutes: number;
    }[];
  };
  /** Lines with the invoice, article, quantity and price of an earlier one: counted and kept. */
  readonly repeatedLines: number;
  /** Sales that count, without a customer: they are in sales and orders, not among customers. */
  readonly withoutCustomer: LineCount & { readonly orders: number; readonly ordersInAll: number };
  /** Days of the week, Monday first, by lines: nothing is ever sold on a Saturday. */
  readonly linesByWeekday: readonly number[];
}

const largestShown = 5;

/** Counts what became of the lines. */
export function takeNotes(lines: Lines, kinds: Uint8Array, cancellations: Cancellations): PreparationNotes {
  const { voided, voidedBy, matched, manual } = cancellations;
  const value = (i: number): number => lines.quantities[i] * lines.prices[i];
  const count = (accept: (i: number) => boolean): LineCount => {
    let [number, total] = [0, 0];
    for (let i = 0; i < lines.length; i++) {
      if (!accept(i)) continue;
      number++;
      total += value(i);
    }
    return { lines: number, value: total / 1000 };
  };
  const [sale, cancellation] = [lineKinds.indexOf("sale"), lineKinds.indexOf("cancellation")];
  const isManual = new Set(manual);
  const voidedSales = Array.from(voided.keys()).filter((i) => voided[i] === 1);
  const largest = voidedSales.sort((a, b) => value(b) - value(a)).slice(0, largestShown);
  const anonymous = (i: number): boolean => kinds[i] === sale && voided[i] === 0 && lines.customers[i] < 0;
  const [anonymousOrders, orders] = [new Set<number>(), new Set<number>()];
  const linesByWeekday = [0, 0, 0, 0, 0, 0, 0];
  for (let i = 0; i < lines.length; i++) {
    linesByWeekday[(new Date(lines.instants[i]).getUTCDay() + 6) % 7]++;
    if (kinds[i] !== sale || voided[i] === 1) continue;
    orders.add(lines.invoices[i]);
    if (anonymous(i)) anonymousOrders.add(lines.invoices[i]);
  }
  const date = (i: number): string => new Date(lines.instants[i]).toISOString().slice(0, 16).replace("T", " ");
  return {
    rows: lines.length,
    from: date(0),
    to: date(lines.length - 1),
    kinds: Object.fromEntries(lineKinds.map((kind, index) => [kind, count((i) => kinds[i] === index)])),
    cancellations: {
      voiding: count((i) => matched[i] === 1 && !isManual.has(i)),
      manual: count((i) => isManual.has(i)),
      refunds: count((i) => kinds[i] === cancellation && matched[i] === 0),
      largest: largest.map((i) => ({
        invoice: lines.invoiceNames[lines.invoices[i]],
        article: lines.articleNames[lines.articles[i]],
        date: date(i),
        value: value(i) / 1000,
        minutes: (lines.instants[voidedBy.get(i) as number] - lines.instants[i]) / 60_000,
      })),
    },
    repeatedLines: countRepeated(lines),
    withoutCustomer: { ...count(anonymous), orders: anonymousOrders.size, ordersInAll: orders.size },
    linesByWeekday,
  };
}

function countRepeated({ length, invoices, articles, quantities, prices }: Lines): number {
  let repeated = 0;
  let seen = new Set<string>();
  for (let i = 0; i < length; i++) {
    if (i > 0 && invoices[i] !== invoices[i - 1]) seen = new Set();
    const key = `${articles[i]} ${quantities[i]} ${prices[i]}`;
    if (seen.has(key)) repeated++;
    seen.add(key);
  }
  return repeated;
}

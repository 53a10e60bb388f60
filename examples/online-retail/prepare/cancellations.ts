import { lineKinds } from "./classify.js";
import type { Lines } from "./read-lines.js";

const day = 86_400_000;
const voidWithin = 7 * day;
const manualWithin = day;

/** What became of the cancelled lines. */
export interface Cancellations {
  /** 1 for each sale that was cancelled soon, and so never was one. */
  readonly voided: Uint8Array;
  /** The cancellation of each voided sale. */
  readonly voidedBy: ReadonlyMap<number, number>;
  /** 1 for each cancellation that voided a sale, and so is not a refund. */
  readonly matched: Uint8Array;
  /** The manual cancellations among `matched`. */
  readonly manual: readonly number[];
}

/**
 * Matches cancelled lines to sales. A cancelled line voids the customer's latest sale of the same article, quantity and price
 * that is not voided yet, if that was at most 7 days before. A cancelled manual entry voids a sale of goods of the same
 * customer and value of at most a day before (60 picnic baskets at 649.50 GBP, typed in and taken back within three minutes).
 * Every other cancelled line is a refund of its own date. Lines come in the order of time.
 */
export function matchCancellations(lines: Lines, kinds: Uint8Array): Cancellations {
  const { instants, customers, articles, quantities, prices } = lines;
  const voided = new Uint8Array(lines.length);
  const voidedBy = new Map<number, number>();
  const matched = new Uint8Array(lines.length);
  const manual: number[] = [];
  const [sale, cancellation] = [lineKinds.indexOf("sale"), lineKinds.indexOf("cancellation")];
  const manualEntry = lineKinds.indexOf("manual entry");

  // only the sales of customers who cancel something can be voided
  const cancels = new Uint8Array(lines.customerCount);
  for (let i = 0; i < lines.length; i++) {
    if (quantities[i] < 0 && customers[i] >= 0) cancels[customers[i]] = 1;
  }
  const byCustomer = new Map<number, number[]>();
  for (let i = 0; i < lines.length; i++) {
    const customer = customers[i];
    if (customer < 0 || cancels[customer] === 0) continue;
    if (kinds[i] === sale) {
      const held = byCustomer.get(customer);
      if (held === undefined) byCustomer.set(customer, [i]);
      else held.push(i);
      continue;
    }
    const isManual = kinds[i] === manualEntry && quantities[i] < 0;
    if (kinds[i] !== cancellation && !isManual) continue;
    const sales = byCustomer.get(customer) ?? [];
    const since = instants[i] - (isManual ? manualWithin : voidWithin);
    for (let at = sales.length - 1; at >= 0 && instants[sales[at]] >= since; at--) {
      const candidate = sales[at];
      const same = isManual
        ? quantities[candidate] * prices[candidate] === -quantities[i] * prices[i]
        : articles[candidate] === articles[i] &&
          quantities[candidate] === -quantities[i] &&
          prices[candidate] === prices[i];
      if (!same || voided[candidate] === 1) continue;
      voided[candidate] = 1;
      voidedBy.set(candidate, i);
      matched[i] = 1;
      if (isManual) manual.push(i);
      break;
    }
  }
  return { voided, voidedBy, matched, manual };
}

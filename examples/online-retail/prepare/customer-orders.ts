import type { Cancellations } from "./cancellations.js";
import { lineKinds } from "./classify.js";
import type { Lines } from "./read-lines.js";

/**
 * What each known customer paid at each instant, as CSV in the order of time: lines of goods that count and were not voided, refunds below 0. Customers are
 * numbered from 0 in the order of the raw file.
 */
export function customerOrders(lines: Lines, kinds: Uint8Array, { voided, matched }: Cancellations): string {
  const [sale, cancellation] = [lineKinds.indexOf("sale"), lineKinds.indexOf("cancellation")];
  const sums = new Map<string, { readonly time: number; readonly customer: number; value: number }>();
  for (let i = 0; i < lines.length; i++) {
    const counts = (kinds[i] === sale && voided[i] === 0) || (kinds[i] === cancellation && matched[i] === 0);
    const customer = lines.customers[i];
    if (!counts || customer < 0) continue;
    const time = lines.instants[i];
    const key = `${time} ${customer} ${kinds[i]}`;
    const known = sums.get(key) ?? { time, customer, value: 0 };
    known.value += lines.quantities[i] * lines.prices[i];
    sums.set(key, known);
  }
  const rows = [...sums.values()].sort((a, b) => a.time - b.time || a.customer - b.customer || b.value - a.value);
  const text = rows.map(
    ({ time, customer, value }) => `${new Date(time).toISOString().slice(0, 16)}Z,${customer},${value / 1000}`,
  );
  return `time,customer,amount\n${text.join("\n")}\n`;
}

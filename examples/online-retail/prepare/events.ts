import { department } from "@sage-twin/schemas";
import type { Cancellations } from "./cancellations.js";
import { lineKinds } from "./classify.js";
import type { Lines } from "./read-lines.js";

/** How the lines that count are aggregated into a period: values in tenths of a penny, so that sums are exact. */
export const eventSchema = department("events", {
  gross: { unit: "GBP/1000", kind: "flow", minimum: 0 },
  refunds: { unit: "GBP/1000", kind: "flow", minimum: 0 },
  voided: { unit: "GBP/1000", kind: "flow", minimum: 0 },
  netHome: { unit: "GBP/1000", kind: "flow" },
  netAbroad: { unit: "GBP/1000", kind: "flow" },
  orders: { unit: "orders", kind: "flow", aggregate: "distinctCount" },
  ordersHome: { unit: "orders", kind: "flow", aggregate: "distinctCount" },
  lines: { unit: "lines", kind: "flow", aggregate: "count" },
  units: { unit: "units", kind: "flow", minimum: 0 },
  active: { unit: "customers", kind: "flow", aggregate: "distinctCount" },
  new: { unit: "customers", kind: "flow", aggregate: "distinctCount" },
  articles: { unit: "stock codes", kind: "flow", aggregate: "distinctCount" },
});

/** A column of events per metric of `eventSchema`, NaN where an event does not touch it, and the `date` of each. */
export type Events = Readonly<Record<"date" | keyof typeof eventSchema.metrics, Float64Array>>;

/** The lines that count, as events: sales, refunds (by their own date) and voided sales (by the date of the sale). */
export function toEvents(lines: Lines, kinds: Uint8Array, { voided, matched }: Cancellations): Events {
  const [sale, cancellation] = [lineKinds.indexOf("sale"), lineKinds.indexOf("cancellation")];
  const home = lines.countryNames.indexOf("United Kingdom");
  const counted: number[] = [];
  for (let i = 0; i < lines.length; i++) {
    if (kinds[i] === sale || (kinds[i] === cancellation && matched[i] === 0)) counted.push(i);
  }
  const column = (): Float64Array => new Float64Array(counted.length).fill(Number.NaN);
  const events = Object.fromEntries(
    ["date", ...Object.keys(eventSchema.metrics)].map((name) => [name, column()]),
  ) as Events;
  const firstInvoice = new Int32Array(lines.customerCount).fill(-1);
  counted.forEach((i, at) => {
    const value = Math.abs(lines.quantities[i] * lines.prices[i]);
    const net = lines.countries[i] === home ? events.netHome : events.netAbroad;
    events.date[at] = lines.instants[i];
    if (kinds[i] === cancellation) {
      events.refunds[at] = value;
      net[at] = -value;
    } else if (voided[i] === 1) events.voided[at] = value;
    else {
      const invoice = lines.invoices[i];
      const customer = lines.customers[i];
      events.gross[at] = value;
      net[at] = value;
      events.orders[at] = invoice;
      if (net === events.netHome) events.ordersHome[at] = invoice;
      events.lines[at] = invoice;
      events.units[at] = lines.quantities[i];
      events.articles[at] = lines.articles[i];
      if (customer < 0) return;
      events.active[at] = customer;
      if (firstInvoice[customer] < 0) firstInvoice[customer] = invoice;
      if (firstInvoice[customer] === invoice) events.new[at] = customer;
    }
  });
  return events;
}

import { periodStart } from "@sage-twin/kernel";
import { TimeTable } from "@sage-twin/schemas";
import type { BusinessCalendar } from "./calendar.js";
import type { BusinessChannel, Channels } from "./channels.js";
import type { Columns, Processes } from "./processes.js";

/** What a channel truly does. Revenue is what passes through visitors and orders, with prices, discounts, customers and all else as they were. */
export interface TrueChannel {
  readonly name: BusinessChannel;
  /** Shares of a period's spend that act in that period and in those after it. */
  readonly carryover: readonly number[];
  /** The power of the Hill curve, and the spend a period at which it reaches a half, in prices of the first year. */
  readonly hill: { readonly power: number; readonly half: number };
  /** Revenue over the tables' periods that the channel brought, per unit of its spend. */
  readonly roi: number;
  /** The revenue that one per cent more spend in every period would have brought, per unit of it. */
  readonly marginalRoi: number;
  /** By period, the revenue that the channel brought. */
  readonly revenue: Float64Array;
}

/** The spend of each channel over the tables' periods. */
export function channelTable(
  channels: Channels,
  columns: Columns,
  calendar: BusinessCalendar,
  from: number,
): TimeTable {
  const { frequency, first, end } = calendar;
  const spends = channels.all.map((channel): [string, Float64Array] => [
    channel.name,
    Float64Array.from({ length: end - from }, (_, row) => channels.spend(channel, columns.marketing, from + row)),
  ]);
  return TimeTable.of({ frequency, start: periodStart(first + from, frequency), columns: Object.fromEntries(spends) });
}

/** What each channel brought, by the generator's own processes for visitors and orders. */
export function trueChannels(
  channels: Channels,
  processes: Processes,
  shocks: Columns,
  columns: Columns,
  from: number,
  until: number,
  visitorsAt: (reach: number, x: Columns, t: number, shock: number) => number,
): readonly TrueChannel[] {
  const revenueWith = (factor: readonly number[]): Float64Array => {
    const visitors = columns.visitors.slice();
    const orders = columns.orders.slice();
    const x = { ...columns, visitors, orders };
    return Float64Array.from({ length: until - from }, (_, row) => {
      const t = from + row;
      visitors[t] = visitorsAt(channels.reach(columns.marketing, t, factor, from), x, t, shocks.visitors[t]);
      return processes.orders.next(x, t, shocks.orders[t]) * columns.averageOrderValue[t];
    });
  };
  const sum = (values: Float64Array): number => values.reduce((total, value) => total + value, 0);
  const actual = revenueWith(channels.all.map(() => 1));
  return channels.all.map((channel, index) => {
    const factors = (own: number): number[] => channels.all.map((_, other) => (other === index ? own : 1));
    const without = revenueWith(factors(0));
    const revenue = actual.map((value, row) => value - without[row]);
    let spent = 0;
    for (let t = from; t < until; t++) spent += channels.spend(channel, columns.marketing, t);
    return {
      name: channel.name,
      carryover: channel.carryover,
      hill: { power: channel.power, half: channel.half },
      roi: sum(revenue) / spent,
      marginalRoi: (sum(revenueWith(factors(1.01))) - sum(actual)) / (0.01 * spent),
      revenue,
    };
  });
}

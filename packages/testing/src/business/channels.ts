import { cos, exp, log, periodStart, pow, type Rng } from "@sage-twin/kernel";
import { TimeTable } from "@sage-twin/schemas";
import { type BusinessCalendar, memoryOver } from "./calendar.js";
import type { Columns, Processes } from "./processes.js";
import { saturate } from "./shapes.js";

/** The marketing channels of a simulated company. */
export const businessChannels = ["search", "social", "television"] as const;

/** The name of a marketing channel of the simulated company. */
export type BusinessChannel = (typeof businessChannels)[number];

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

interface Channel {
  readonly name: BusinessChannel;
  readonly weight: number;
  readonly carryover: readonly number[];
  readonly power: number;
  readonly half: number;
  /** The share of the budget by period. */
  readonly share: Float64Array;
}

/** The channels of one business and how far they reach. */
export interface Channels {
  readonly all: readonly Channel[];
  /** What is spent on each channel in a period: its share of the budget. */
  spend(channel: Channel, marketing: Float64Array, t: number): number;
  /** What the channels reach in a period, 0 to 1; `factor` multiplies the spend of each channel, from `since` on. */
  reach(marketing: Float64Array, t: number, factor?: readonly number[], since?: number): number;
}

const lags = 13;
const levelOf = (years: number): number => exp(0.025 * years);

/** Draws three channels: their parameters, and how their shares of the budget wander and, for television, come and go. */
export function drawChannels(rng: Rng, calendar: BusinessCalendar, budget: number): Channels {
  const { weeks, years } = calendar;
  const count = years.length;
  const uniform = (channel: string, what: string, low: number, high: number): number =>
    low + (high - low) * rng.derive(channel, what).uniform();
  const weights = businessChannels.map((name) => uniform(name, "weight", 0.6, 1.4));
  const logShares = businessChannels.map((name) => {
    const draws = rng.derive(name, "share");
    const kept = memoryOver(weeks, 0.75);
    const fresh = 0.5 * Math.sqrt(1 - kept * kept);
    const phase = 20 * draws.uniform();
    const usual = log(uniform(name, "usual share", 0.2, 0.45));
    let wander = 0;
    return Float64Array.from({ length: count }, (_, t) => {
      wander = kept * wander + fresh * draws.normal();
      // Television is bought in flights, about four weeks on and four off.
      const flight = name === "television" ? cos((2 * Math.PI * (t * weeks + phase)) / 8) : 0;
      return usual + wander + 0.9 * flight;
    });
  });
  const totals = Float64Array.from({ length: count }, (_, t) => logShares.reduce((sum, own) => sum + exp(own[t]), 0));
  const all = businessChannels.map((name, index): Channel => {
    const share = logShares[index].map((own, t) => exp(own) / totals[t]);
    const usual = share.reduce((sum, value) => sum + value, 0) / count;
    const memory =
      name === "television"
        ? delayed(uniform(name, "shape", 1.2, 2.2), uniform(name, "scale", 2, 4) / weeks)
        : fading(
            memoryOver(
              weeks,
              name === "search" ? uniform(name, "memory", 0.05, 0.3) : uniform(name, "memory", 0.3, 0.6),
            ),
          );
    return {
      name,
      weight: weights[index] / weights.reduce((sum, weight) => sum + weight, 0),
      carryover: memory,
      power: uniform(name, "power", 1, 1.8),
      half: usual * budget * uniform(name, "half", 0.6, 1.6),
      share,
    };
  });
  const spend = ({ share }: Channel, marketing: Float64Array, t: number): number => marketing[t] * share[t];
  return {
    all,
    spend,
    reach(marketing, t, factor, since = 0) {
      let sum = 0;
      all.forEach((channel, index) => {
        let stock = 0;
        for (let lag = 0; lag < lags; lag++) {
          const at = Math.max(0, t - lag);
          const scale = factor === undefined || at < since ? 1 : factor[index];
          stock += (channel.carryover[lag] * scale * spend(channel, marketing, at)) / levelOf(years[at]);
        }
        sum += channel.weight * saturate(stock, channel.half, channel.power);
      });
      return sum;
    },
  };
}

/** Geometric carry-over. */
function fading(memory: number): readonly number[] {
  return normalised(Array.from({ length: lags }, (_, lag) => pow(memory, lag)));
}

/** Carry-over by a Weibull delay. */
function delayed(shape: number, scale: number): readonly number[] {
  const left = (time: number): number => exp(-pow(time / scale, shape));
  return normalised(Array.from({ length: lags }, (_, lag) => left(lag) - left(lag + 1)));
}

function normalised(weights: readonly number[]): readonly number[] {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return weights.map((weight) => weight / total);
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

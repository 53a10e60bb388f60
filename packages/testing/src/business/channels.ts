import { cos, exp, log, pow, type Rng } from "@sage-twin/kernel";
import { type BusinessCalendar, memoryOver } from "./calendar.js";
import { saturate } from "./shapes.js";

/** The marketing channels of a simulated company. */
const businessChannels = ["search", "social", "television"] as const;

/** The name of a marketing channel of the simulated company. */
export type BusinessChannel = (typeof businessChannels)[number];

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

import { exp, log } from "@sage-twin/kernel";
import { type AdditiveFit, fitAdditive } from "./additive-fit.js";
import type { AdditiveProblem } from "./additive-residuals.js";
import { innerTrend, logistic, logisticStart } from "./additive-trend.js";

/** A scaled series with all that its fit needs but the trend's start. */
export interface AdditiveSeries extends Omit<AdditiveProblem, "changepoints" | "start"> {
  readonly changepoints: number;
  readonly changepointRange: number;
}

/** The problem of the first `count` values, with their time from 0 to 1. */
export function problemOf(series: AdditiveSeries, count = series.values.length): AdditiveProblem {
  const { growth, cap, changepointRange, columns } = series;
  const span = series.times[count - 1];
  const times = series.times.subarray(0, count).map((time) => time / span);
  const values = series.values.subarray(0, count);
  const [first, last] = [values[0], values[count - 1]];
  const mean = values.reduce((sum, value) => sum + value, 0) / count;
  const end = Math.floor(count * changepointRange) - 1;
  const bends = growth === "flat" ? 0 : Math.max(0, Math.min(series.changepoints, end));
  const starts = {
    linear: { rate: last - first, offset: first },
    flat: { rate: 0, offset: mean },
    logistic: logisticStart(first, last, cap),
  };
  return {
    ...series,
    times,
    values,
    columns: columns.map((column) => column.subarray(0, count)),
    // Evenly among the values of the first part of the series, as Prophet places them.
    changepoints: Array.from({ length: bends }, (_, i) => times[roundHalfToEven(((i + 1) * end) / bends)]),
    start: starts[growth],
  };
}

function roundHalfToEven(value: number): number {
  const below = Math.floor(value);
  return value - below === 0.5 ? below + (below % 2) : Math.round(value);
}

/** What a fit says of the given times, in scaled units. */
export function predict(
  { growth, cap, multiplicative }: Pick<AdditiveProblem, "growth" | "cap" | "multiplicative">,
  fit: Omit<AdditiveFit, "sigma" | "logPosterior">,
  times: Float64Array,
  columns: readonly Float64Array[],
): Float64Array {
  const trend = new Float64Array(times.length);
  innerTrend({ growth, ...fit }, times, trend);
  const share = new Float64Array(times.length).fill(1);
  const rest = new Float64Array(times.length);
  columns.forEach((column, index) => {
    const effect = fit.effects[index];
    const target = multiplicative[index] ? share : rest;
    for (let t = 0; t < target.length; t++) target[t] += effect * column[t];
  });
  return trend.map((value, t) => (growth === "logistic" ? cap * logistic(value) : value) * share[t] + rest[t]);
}

/** How much wider than a fit says its errors are: the variance at a lead T is sigma^2 (noise + walk T), T in lengths of the series. */
export interface Widening {
  readonly noise: number;
  readonly walk: number;
}

const fewest = 24;
const origins = 3;
const firstShare = 0.55;
const lastShare = 0.85;
const mostLeads = 60;
/** What one origin's errors weigh, which belong together, against the prior's. */
const originWeight = 3;
/** On the M1 competition's monthly series: medians, and standard deviations of the logarithms. */
const prior = { noise: /* @__PURE__ */ log(2), noiseSpread: 0.6, walk: /* @__PURE__ */ log(20), walkSpread: 1.2 };

/**
 * Estimates the widening from forecasts of the series' last part by fits to its first: the mode of a Gaussian likelihood of their errors under a
 * lognormal prior. Origins before `least` values are left out; without any the prior decides.
 */
export function calibrate(series: AdditiveSeries, least: number): Widening {
  const count = series.values.length;
  const errors: { readonly square: number; readonly lead: number; readonly weight: number }[] = [];
  const earliest = Math.max(least, Math.ceil(count * firstShare));
  const latest = Math.floor(count * lastShare);
  for (let k = 0; k < origins && count >= fewest && earliest < latest; k++) {
    const origin = Math.round(earliest + ((latest - earliest) * k) / (origins - 1));
    const problem = problemOf(series, origin);
    const fit = fitAdditive(problem, true);
    const span = series.times[origin - 1];
    const times = series.times.subarray(origin).map((time) => time / span);
    const known = predict(
      series,
      { ...fit },
      times,
      series.columns.map((column) => column.subarray(origin)),
    );
    const stride = Math.ceil(times.length / mostLeads);
    const weight = (originWeight * stride) / times.length;
    for (let t = 0; t < times.length; t += stride) {
      const error = (series.values[origin + t] - known[t]) / fit.sigma;
      errors.push({ square: error * error, lead: times[t] - 1, weight });
    }
  }
  const cost = (noise: number, walk: number): number => {
    const fromNoise = (noise - prior.noise) / prior.noiseSpread;
    const fromWalk = (walk - prior.walk) / prior.walkSpread;
    let sum = fromNoise * fromNoise + fromWalk * fromWalk;
    const [base, slope] = [exp(noise), exp(walk)];
    for (const { square, lead, weight } of errors) {
      const variance = base + slope * lead;
      sum += weight * (log(variance) + square / variance);
    }
    return sum;
  };
  return lowest(cost);
}

/** The lowest point of a grid two prior deviations and more around the prior, refined once. */
function lowest(cost: (noise: number, walk: number) => number): Widening {
  let best = { noise: prior.noise, walk: prior.walk, cost: cost(prior.noise, prior.walk) };
  for (const reach of [3, 0.6]) {
    const centre = best;
    for (let i = -4; i <= 4; i++)
      for (let j = -4; j <= 4; j++) {
        const noise = Math.max(0, centre.noise + (i * reach * prior.noiseSpread) / 4);
        const walk = centre.walk + (j * reach * prior.walkSpread) / 4;
        const found = cost(noise, walk);
        if (found < best.cost) best = { noise, walk, cost: found };
      }
  }
  return { noise: exp(best.noise), walk: exp(best.walk) };
}

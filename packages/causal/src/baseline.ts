import type { FittedForecaster, Forecaster } from "@sage-twin/forecasters";
import { inDomain, type Link, toLink } from "./link.js";
import type { Persistence } from "./program.js";

/** A metric's own forecast on its link scale. */
export interface Baseline {
  /** Centre by step. */
  readonly location: Float64Array;
  /** Standard deviation of the forecast error by step. */
  readonly sd: Float64Array;
  readonly persistence: Persistence;
  /** One-step errors over history, NaN where there is none. */
  readonly errors: Float64Array;
  readonly model: string;
  readonly notes: readonly string[];
}

/** The share of a normal distribution within one standard deviation, as a level. */
const oneSd = 68.26894921370858;
const persistencePaths = 400;
const gridSize = 20;

/** Forecasts a metric on its link scale with `model`. Values outside the link's domain are clamped (rates) and counted in the notes. */
export function forecastBaseline(values: Float64Array, link: Link, model: Forecaster, horizon: number): Baseline {
  const clamped = values.filter((value) => Number.isFinite(value) && !inDomain(link, value)).length;
  const fitted = model.fit(values.map((value) => toLink(link, value)));
  const forecast = fitted.forecast(horizon, { levels: [oneSd] });
  const { lower, upper } = forecast.interval(oneSd);
  const sd = forecast.mean.map((_, step) => Math.max(0, (upper[step] - lower[step]) / 2));
  return {
    location: forecast.mean,
    sd,
    persistence: fitPersistence(fitted, sd),
    errors: fitted.residuals,
    model: fitted.name,
    notes: clamped > 0 ? [...fitted.notes, `${clamped} values at a bound were moved just inside it`] : fitted.notes,
  };
}

/**
 * The persistence whose sums over 1, 2, ... steps vary as those of the model's own sample paths do: so a total over the horizon is as
 * uncertain as the model says, with one draw a step. Least squares on log variances over a grid of both parameters.
 */
function fitPersistence(fitted: FittedForecaster, sd: Float64Array): Persistence {
  const horizon = sd.length;
  const none = { decay: 0, carry: 0 };
  if (horizon < 2 || !(sd[0] > 0)) return none;
  const paths = fitted.paths(horizon, {
    count: persistencePaths,
    seed: "persistence",
  });
  const target = sumVariances(paths, horizon);
  let best: Persistence = none;
  let bestDistance = Number.POSITIVE_INFINITY;
  for (let i = 0; i <= gridSize; i++) {
    for (let j = 0; j <= gridSize; j++) {
      const candidate = {
        decay: 0.5 + (0.5 * i) / gridSize,
        carry: (1.2 * j) / gridSize,
      };
      const distance = distanceTo(target, sd, candidate);
      if (distance < bestDistance) {
        best = candidate;
        bestDistance = distance;
      }
    }
  }
  return best;
}

/** The variance over paths of the sum of steps 0..t, for each t. */
function sumVariances(paths: Float64Array, horizon: number): Float64Array {
  const count = paths.length / horizon;
  const sums = new Float64Array(count);
  const variances = new Float64Array(horizon);
  for (let step = 0; step < horizon; step++) {
    let mean = 0;
    for (let path = 0; path < count; path++) {
      sums[path] += paths[path * horizon + step];
      mean += sums[path] / count;
    }
    for (let path = 0; path < count; path++) variances[step] += (sums[path] - mean) ** 2 / (count - 1);
  }
  return variances;
}

function distanceTo(target: Float64Array, sd: Float64Array, { decay, carry }: Persistence): number {
  let memory = 0; // variance of m(t)
  let sum = 0; // variance of the sum of errors
  let shared = 0; // covariance of the two
  let distance = 0;
  for (let step = 0; step < target.length; step++) {
    const scale = sd[step] / Math.sqrt(memory + 1);
    sum += scale * scale * (memory + 1) + 2 * scale * shared;
    shared = decay * shared + scale * (decay * memory + carry);
    memory = decay * decay * memory + carry * carry;
    const ratio = sum / target[step];
    // |ln r| without a logarithm: r + 1/r - 2 is (ln r)^2 near 1.
    if (ratio > 0) distance += ratio + 1 / ratio - 2;
  }
  return distance;
}

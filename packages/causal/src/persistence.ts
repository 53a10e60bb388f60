import type { FittedForecaster, Forecaster } from "@sage-twin/forecasters";
import { log } from "@sage-twin/kernel";
import { errorDeviations } from "./error-deviations.js";
import type { Persistence } from "./program.js";

const fewestTraining = 8;
const mostOrigins = 120;
const paths = 400;
const gridSize = 20;
/** How much a model's own word on the persistence of its errors counts, beside the errors that it made. */
const modelWeight = 0.25;

/**
 * The errors that a model made over 1, 2, ... steps from one origin after the other, one array per origin. It is fitted once, on the first half
 * of the values, and then filters.
 */
export function rollingErrors(model: Forecaster, values: Float64Array, horizon: number): readonly Float64Array[] {
  const first = Math.max(fewestTraining, values.length >> 1, values.length - mostOrigins);
  const training = values.subarray(0, first);
  if (horizon < 2 || values.length < first + 2 || !training.some(Number.isFinite)) return [];
  const errors: Float64Array[] = [];
  let fitted = model.fit(training);
  for (let origin = first; origin + 2 <= values.length; origin++) {
    const { mean } = fitted.forecast(Math.min(horizon, values.length - origin));
    errors.push(mean.map((value, step) => values[origin + step] - value));
    fitted = fitted.update(values.subarray(origin, origin + 1));
  }
  return errors;
}

/**
 * How a metric's errors hang together over the horizon: the member of the family u(t) = m(t-1) + z(t), m(t) = decay m(t-1) + carry z(t) that is
 * most likely for the errors of a rolling backtest, each step scaled to unit variance and each window counted by the share that it does not
 * have in common with others, weighed against the one whose sums over 1, 2, ... steps vary as those of the model's sample paths.
 */
export function fitPersistence(
  fitted: FittedForecaster,
  sd: Float64Array,
  errors: readonly Float64Array[],
): Persistence {
  const horizon = sd.length;
  let best: Persistence = { decay: 0, carry: 0 };
  if (horizon < 2 || !(sd[0] > 0)) return best;
  const target = sumVariances(fitted.paths(horizon, { count: paths, seed: "persistence" }), horizon);
  const scaled = scaleByStep(errors, horizon);
  let bestScore = Number.NEGATIVE_INFINITY;
  for (let i = 0; i <= gridSize; i++) {
    for (let j = 0; j <= gridSize; j++) {
      const candidate = { decay: 0.5 + (0.5 * i) / gridSize, carry: (1.2 * j) / gridSize };
      const score =
        logLikelihood(scaled, candidate, horizon) / horizon - modelWeight * distanceTo(target, sd, candidate);
      if (score > bestScore) {
        best = candidate;
        bestScore = score;
      }
    }
  }
  return best;
}

/** Errors over their root mean square at each step. */
function scaleByStep(errors: readonly Float64Array[], horizon: number): readonly Float64Array[] {
  const squares = new Float64Array(horizon);
  const counts = new Float64Array(horizon);
  for (const window of errors) {
    window.forEach((error, step) => {
      if (Number.isNaN(error)) return;
      squares[step] += error * error;
      counts[step]++;
    });
  }
  return errors.map((window) =>
    window.map((error, step) => (squares[step] > 0 ? error / Math.sqrt(squares[step] / counts[step]) : Number.NaN)),
  );
}

/** The Gaussian log likelihood of windows of unit variance; a window ends where an error is missing. */
function logLikelihood(windows: readonly Float64Array[], { decay, carry }: Persistence, horizon: number): number {
  const deviations = errorDeviations({ decay, carry }, horizon);
  const logs = deviations.map(log);
  let sum = 0;
  for (const window of windows) {
    let carried = 0;
    for (let step = 0; step < window.length && !Number.isNaN(window[step]); step++) {
      const innovation = window[step] * deviations[step] - carried;
      carried = decay * carried + carry * innovation;
      sum += logs[step] - (innovation * innovation) / 2;
    }
  }
  return sum;
}

/** The variance over paths of the sum of steps 0..t, for each t. */
function sumVariances(drawn: Float64Array, horizon: number): Float64Array {
  const count = drawn.length / horizon;
  const sums = new Float64Array(count);
  const variances = new Float64Array(horizon);
  for (let step = 0; step < horizon; step++) {
    let mean = 0;
    for (let path = 0; path < count; path++) {
      sums[path] += drawn[path * horizon + step];
      mean += sums[path] / count;
    }
    for (let path = 0; path < count; path++) variances[step] += (sums[path] - mean) ** 2 / (count - 1);
  }
  return variances;
}

/** The mean over steps of about (ln ratio)^2, for the ratio of the variances of the sums that a candidate gives to those wanted. */
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
    // r + 1/r - 2 is (ln r)^2 near 1.
    if (ratio > 0) distance += (ratio + 1 / ratio - 2) / target.length;
  }
  return distance;
}

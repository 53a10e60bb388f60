import { exp, log } from "@sage-twin/kernel";
import { poolSteps } from "./pool-steps.js";
import type { Process } from "./process.js";

const mostSteps = 24;
const mostOrigins = 60;
const leastOrigins = 3;
const growth = 3;
const priorWeight = 4;

/**
 * What the spread of each step ahead is to be multiplied by, for a model whose parameters were estimated on the very values that it is measured on:
 * the root of squared errors over squared spreads, from origins in the second half of the series, pooled with neighbouring steps (errors k steps
 * ahead overlap and count 1 / k), and shrunk to 1 + 3 h / n, what estimation and a changing world add h steps ahead of n values. At least that of no change.
 */
export function inSampleWidening(values: Float64Array, processAt: (origin: number) => Process<unknown>): number[] {
  const n = values.length;
  const first = Math.max(Math.floor(n / 2), n - mostOrigins);
  const steps = Math.min(mostSteps, n - first);
  const squares = new Float64Array(steps);
  const stated = new Float64Array(steps);
  const counts = new Float64Array(steps);
  if (n - first >= leastOrigins) {
    for (let origin = first; origin < n; origin++) {
      const ahead = Math.min(steps, n - origin);
      const process = processAt(origin);
      const mean = process.mean(ahead);
      const spread = process.spread(ahead);
      for (let step = 0; step < ahead; step++) {
        const error = values[origin + step] - mean[step];
        if (Number.isNaN(error)) continue;
        squares[step] += error * error;
        stated[step] += spread[step] * spread[step];
        counts[step]++;
      }
    }
  }
  return Array.from(squares, (_, step) => {
    const { square, stated: expected, count } = poolSteps({ squares, stated, counts }, step);
    const usual = 1 + (growth * (step + 1)) / n;
    const ratio = expected > 0 ? Math.max(1, square / expected) * usual * usual : usual * usual;
    return Math.sqrt((count * ratio + priorWeight * usual * usual) / (count + priorWeight));
  });
}

/** A process whose paths are spread about their mean by a factor for each step: those of a list, whose last one goes on, or of a function of the horizon. */
export function widened<State, Extra extends object>(
  process: Process<State, Extra>,
  widening: readonly number[] | ((horizon: number) => ArrayLike<number>),
  positive = false,
): Process<State, Extra> {
  if (typeof widening === "object" && widening.length === 0) return process;
  const factorsOf = (horizon: number): ArrayLike<number> =>
    typeof widening === "function"
      ? widening(horizon)
      : Float64Array.from({ length: horizon }, (_, step) => widening[Math.min(step, widening.length - 1)]);
  const scaled = (deviation: Float64Array): Float64Array => {
    const factors = factorsOf(deviation.length);
    return deviation.map((value, step) => value * factors[step]);
  };
  return {
    ...process,
    deviation: (horizon) => {
      const deviation = process.deviation(horizon);
      return deviation && scaled(deviation);
    },
    ...(process.quantilesOf && {
      quantilesOf(horizon: number) {
        const quantile = process.quantilesOf?.(horizon);
        const mean = process.mean(horizon);
        const factors = factorsOf(horizon);
        return (
          quantile &&
          ((step: number, probability: number) =>
            mean[step] + factors[step] * (quantile(step, probability) - mean[step]))
        );
      },
    }),
    spread: (horizon) => scaled(process.spread(horizon)),
    simulate(innovations, horizon) {
      const mean = process.mean(horizon);
      const factors = factorsOf(horizon);
      process.simulate(innovations, horizon);
      for (let i = 0; i < innovations.length; i++) {
        const step = i % horizon;
        const centre = mean[step];
        innovations[i] =
          positive && innovations[i] > 0 && innovations[i] < centre
            ? centre * exp(factors[step] * log(innovations[i] / centre))
            : centre + (innovations[i] - centre) * factors[step];
      }
    },
  };
}

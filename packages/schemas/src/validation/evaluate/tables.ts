import { addDuration, type Clock, exp, log, TwinError } from "@sage-twin/kernel";
import { quantiles } from "@sage-twin/numerics";
import type { ColumnView } from "../column-view.js";
import type { Bounds, DistributionBounds, ExpectationOf, ReferenceTest } from "../expectation.js";
import type { TableOutcome } from "./outcome.js";

/** The number of rows within bounds. */
export function evaluateRowCount(expectation: ExpectationOf<"rowCount">, view: ColumnView): TableOutcome {
  return judge({ rows: view.length }, { rows: expectation });
}

/** The newest time not older than a duration before now, and not after now. */
export function evaluateFreshness(
  { column, within }: ExpectationOf<"freshness">,
  view: ColumnView,
  clock: Clock | undefined,
): TableOutcome {
  if (clock === undefined) {
    throw new TwinError({
      code: "invalid-argument",
      path: ["clock"],
      message: "freshness needs to know what time it is",
      fix: "run the pipeline with { clock: systemClock }",
    });
  }
  const { values, wrong } = view.instants(column);
  const now = clock.now();
  let newest = Number.NEGATIVE_INFINITY;
  for (const value of values) if (value > newest) newest = value;
  const text = newest === Number.NEGATIVE_INFINITY ? null : new Date(newest).toISOString();
  const observed = { newest: text, now: new Date(now).toISOString() };
  const bad = wrong?.indexOf(1) ?? -1;
  if (bad >= 0) return { met: false, observed, message: `row ${bad} of '${column}' is not a time` };
  if (text === null) return { met: false, observed, message: `'${column}' holds no time` };
  if (newest > now) return { met: false, observed, message: `the newest time ${text} lies after now, ${observed.now}` };
  const met = addDuration(newest, within) >= now;
  return { met, observed, message: `the newest time ${text} is older than ${within} at ${observed.now}` };
}

/** Figures of the distribution within bounds, or the distribution like that of a reference. */
export function evaluateDistribution(expectation: ExpectationOf<"distribution">, view: ColumnView): TableOutcome {
  const { values, wrong } = view.numbers(expectation.column);
  const bad = wrong?.indexOf(1) ?? -1;
  if (bad >= 0) return { met: false, observed: {}, message: `row ${bad} of '${expectation.column}' is not a number` };
  const sample = values.filter((value) => !Number.isNaN(value));
  if (sample.length < 2)
    return { met: false, observed: { values: sample.length }, message: "there are fewer than two values" };
  if ("reference" in expectation && expectation.reference !== undefined) return compare(sample, expectation);
  const { mean, standardDeviation, quantiles: wanted = {} } = expectation as DistributionBounds;
  const average = sample.reduce((sum, value) => sum + value, 0) / sample.length;
  const squares = sample.reduce((sum, value) => sum + (value - average) * (value - average), 0);
  const observed: Record<string, number> = {};
  const bounds: Record<string, Bounds> = {};
  const figure = (name: string, value: number, bound: Bounds | undefined): void => {
    if (bound === undefined) return;
    observed[name] = value;
    bounds[name] = bound;
  };
  figure("mean", average, mean);
  figure("standardDeviation", Math.sqrt(squares / (sample.length - 1)), standardDeviation);
  const probabilities = Object.keys(wanted);
  const found = quantiles(sample, probabilities.map(Number));
  for (const [index, probability] of probabilities.entries())
    figure(`quantile ${probability}`, found[index], wanted[probability]);
  return judge(observed, bounds);
}

function judge(observed: Readonly<Record<string, number>>, bounds: Readonly<Record<string, Bounds>>): TableOutcome {
  const outside = Object.entries(observed).filter(([name, value]) => {
    const { minimum = -Infinity, maximum = Infinity } = bounds[name];
    return !(value >= minimum && value <= maximum);
  });
  const message = outside
    .map(
      ([name, value]) =>
        `${name} is ${value}, outside ${bounds[name].minimum ?? "-"} to ${bounds[name].maximum ?? "-"}`,
    )
    .join("; ");
  return { met: outside.length === 0, observed, message };
}

function compare(sample: Float64Array, { reference, test, limit, bins = 10 }: ReferenceTest): TableOutcome {
  const other = Float64Array.from(reference);
  if (test === "populationStability") {
    const index = populationStability(sample, other, bins);
    const most = limit ?? 0.2;
    const message = `the population stability index ${index} is above ${most}`;
    return { met: index <= most, observed: { populationStability: index }, message };
  }
  const { statistic, pValue } = kolmogorovSmirnov(sample, other);
  const least = limit ?? 0.05;
  return {
    met: pValue >= least,
    observed: { statistic, pValue },
    message: `it is not distributed like the reference: D = ${statistic}, p = ${pValue} is below ${least}`,
  };
}

/**
 * The two-sample test of Kolmogorov and Smirnov: the largest distance D of the empirical distribution functions, and its p-value by
 * the limit distribution at (sqrt(n) + 0.12 + 0.11 / sqrt(n)) D with n = ab / (a + b) (Stephens 1970).
 */
function kolmogorovSmirnov(a: Float64Array, b: Float64Array): { readonly statistic: number; readonly pValue: number } {
  const [first, second] = [a.toSorted(), b.toSorted()];
  let statistic = 0;
  for (let i = 0, j = 0; i < first.length && j < second.length; ) {
    const value = Math.min(first[i], second[j]);
    while (first[i] === value) i++;
    while (second[j] === value) j++;
    statistic = Math.max(statistic, Math.abs(i / first.length - j / second.length));
  }
  const root = Math.sqrt((a.length * b.length) / (a.length + b.length));
  return { statistic, pValue: kolmogorovTail((root + 0.12 + 0.11 / root) * statistic) };
}

/** P(K > x) of Kolmogorov's distribution: 2 sum of (-1)^(k-1) exp(-2 k^2 x^2). */
function kolmogorovTail(x: number): number {
  if (x < 0.2) return 1; // 1 to 12 digits, where the alternating series converges slowly
  let sum = 0;
  for (let k = 1; k <= 100; k++) {
    const term = exp(-2 * k * k * x * x);
    sum += k % 2 === 1 ? term : -term;
    if (term < 1e-17) break;
  }
  return Math.min(1, Math.max(0, 2 * sum));
}

/**
 * The population stability index: the sum over bins of (p - q) ln(p / q), p of the sample and q of the reference, whose quantiles are
 * the bins' limits (equal ones are one). A share of 0 counts as 0.0001.
 */
function populationStability(sample: Float64Array, reference: Float64Array, bins: number): number {
  const probabilities = Array.from({ length: bins - 1 }, (_, index) => (index + 1) / bins);
  const limits = Float64Array.from(new Set(quantiles(reference, probabilities)));
  const shares = (values: Float64Array): Float64Array => {
    const counts = new Float64Array(limits.length + 1);
    for (const value of values) {
      let bin = 0;
      while (bin < limits.length && value > limits[bin]) bin++;
      counts[bin]++;
    }
    return counts.map((count) => Math.max(count / values.length, 0.0001));
  };
  const [p, q] = [shares(sample), shares(reference)];
  return p.reduce((sum, share, bin) => sum + (share - q[bin]) * log(share / q[bin]), 0);
}

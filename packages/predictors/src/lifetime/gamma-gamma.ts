import { defineEnvelope, exp, log, numberShape, objectShape, TwinError } from "@sage-twin/kernel";
import { digamma, logGamma, minimise } from "@sage-twin/numerics";
import { checkColumns } from "./check-summary.js";

/** What a model of spending reads: customers without a repeat purchase may have a spend of NaN. */
export type SpendColumns = { readonly [Name in "repeats" | "spend"]: ArrayLike<number> };

/** Purchases of a customer are worth gamma(p, v), v drawn from gamma(q, scale) for each. */
export interface GammaGammaParameters {
  readonly p: number;
  readonly q: number;
  readonly scale: number;
}

/** A fitted model of what a purchase is worth. */
export interface FittedGammaGamma {
  readonly name: "gamma-gamma";
  readonly parameters: GammaGammaParameters;
  /** What a purchase of an unknown customer is worth. */
  readonly mean: number;
  readonly logLikelihood: number;
  readonly notes: readonly string[];
  /** What each customer's next purchase is expected to be worth: between the customer's own mean and that of all. */
  expectedSpend(summary: SpendColumns): Float64Array;
  toJSON(): unknown;
}

const format = /* @__PURE__ */ (() =>
  defineEnvelope({
    kind: "predictor/gamma-gamma",
    version: 1,
    parse: objectShape({ p: numberShape, q: numberShape, scale: numberShape, logLikelihood: numberShape }),
  }))();

const fewest = 10;

/**
 * The gamma-gamma model of spending (Fader and Hardie 2013), fitted by maximum likelihood to customers with a repeat purchase. It takes what a purchase is worth as independent of how often a customer buys:
 * `notes` says when the two are correlated by more than .3.
 *
 * @example
 * ```ts
 * import { gammaGamma } from "@sage-twin/predictors";
 *
 * const rows = Array.from({ length: 200 }, (_, row) => row);
 * const model = gammaGamma({ repeats: rows.map((row) => 1 + (row % 5)), spend: rows.map((row) => 20 + ((row * 37) % 60)) });
 * const [seldom, often] = model.expectedSpend({ repeats: [1, 50], spend: [80, 80] });
 * model.mean < seldom && seldom < often; // => true
 * ```
 */
export function gammaGamma(summary: SpendColumns): FittedGammaGamma {
  const rows = spenders(summary);
  if (rows.length < fewest)
    throw new TwinError({
      code: "invalid-data",
      path: ["repeats"],
      message: `${rows.length} customers with a repeat purchase`,
      fix: `give at least ${fewest}`,
    });
  const counts = Float64Array.from(rows, (row) => summary.repeats[row]);
  const unit = rows.reduce((sum, row) => sum + summary.spend[row] / rows.length, 0);
  const means = Float64Array.from(rows, (row) => summary.spend[row] / unit);
  const evaluate = (logs: Float64Array, gradient: Float64Array): number => meanLoss(counts, means, logs, gradient);
  const found = [
    [0, 1, 1],
    [1.5, 1.5, 0],
    [-1, 2, 2],
  ]
    .map((start) => minimise({ evaluate }, start, { iterations: 2000, tolerance: 1e-13 }))
    .reduce((best, other) => (other.value < best.value ? other : best));
  const [p, q, scale] = found.parameters.map(exp);
  const correlation = correlate(counts, means);
  const notes =
    Math.abs(correlation) > 0.3
      ? [
          `spend and number of purchases are correlated by ${correlation.toFixed(2)}: the model takes them as independent`,
        ]
      : [];
  const offset = means.reduce((sum) => sum - log(unit), 0);
  return publish({ p, q, scale: scale * unit, logLikelihood: -found.value * rows.length + offset }, notes);
}

/** The model that `toJSON` saved. */
export function gammaGammaFromJSON(json: unknown): FittedGammaGamma {
  return publish(format.open(json), []);
}

function publish(
  state: GammaGammaParameters & { readonly logLikelihood: number },
  found: readonly string[],
): FittedGammaGamma {
  const { p, q, scale, logLikelihood } = state;
  const mean = q > 1 ? (p * scale) / (q - 1) : Number.POSITIVE_INFINITY;
  const notes =
    q > 1
      ? found
      : [...found, "the mean of all customers' spend has no finite value: a few spend far more than the rest"];
  return {
    name: "gamma-gamma",
    parameters: { p, q, scale },
    mean,
    logLikelihood,
    notes,
    expectedSpend(summary) {
      const { repeats, spend } = summary;
      spenders(summary);
      return Float64Array.from(repeats, (count, row) =>
        count > 0 ? (p * (scale + count * spend[row])) / (p * count + q - 1) : mean,
      );
    },
    toJSON: () => format.seal({ ...state }),
  };
}

/** The rows with a repeat purchase. */
function spenders({ repeats, spend }: SpendColumns): number[] {
  const known = Float64Array.from(spend, (value, row) => (repeats[row] === 0 ? 1 : value));
  checkColumns({ repeats, spend: known }, (name, row) =>
    name === "repeats"
      ? Number.isInteger(repeats[row]) && repeats[row] >= 0
        ? undefined
        : "give a whole number from 0"
      : known[row] > 0
        ? undefined
        : "give what was paid, above 0",
  );
  return Array.from(repeats, (_, row) => row).filter((row) => repeats[row] > 0);
}

/** The mean negative log-likelihood at the logarithms of p, q and the scale, and its gradient (equation 1a of Fader and Hardie). */
function meanLoss(counts: Float64Array, means: Float64Array, logs: Float64Array, gradient: Float64Array): number {
  const [p, q, scale] = logs.map(exp);
  const rows = counts.length;
  let loss = 0;
  let [byP, byQ, byScale] = [0, 0, 0];
  for (let row = 0; row < rows; row++) {
    const x = counts[row];
    const m = means[row];
    const shape = p * x + q;
    const logTotal = log(scale + x * m);
    loss -=
      logGamma(shape) -
      logGamma(p * x) -
      logGamma(q) +
      q * log(scale) +
      (p * x - 1) * log(m) +
      p * x * log(x) -
      shape * logTotal;
    const common = digamma(shape) - logTotal;
    byP -= x * (common - digamma(p * x) + log(m) + log(x));
    byQ -= common - digamma(q) + log(scale);
    byScale -= q / scale - shape / (scale + x * m);
  }
  gradient[0] = (byP * p) / rows;
  gradient[1] = (byQ * q) / rows;
  gradient[2] = (byScale * scale) / rows;
  return loss / rows;
}

function correlate(a: Float64Array, b: Float64Array): number {
  const meanOf = (values: Float64Array): number => values.reduce((sum, value) => sum + value, 0) / values.length;
  const [centreA, centreB] = [meanOf(a), meanOf(b)];
  let [both, onlyA, onlyB] = [0, 0, 0];
  for (let row = 0; row < a.length; row++) {
    both += (a[row] - centreA) * (b[row] - centreB);
    onlyA += (a[row] - centreA) * (a[row] - centreA);
    onlyB += (b[row] - centreB) * (b[row] - centreB);
  }
  return onlyA > 0 && onlyB > 0 ? both / Math.sqrt(onlyA * onlyB) : 0;
}

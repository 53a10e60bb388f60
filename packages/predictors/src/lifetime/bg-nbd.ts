import { defineEnvelope, exp, log, log1p, numberShape, objectShape, pow } from "@sage-twin/kernel";
import { digamma, hypergeometric, logGamma, minimise } from "@sage-twin/numerics";
import { checkColumns, requireHorizon } from "./check-summary.js";
import type { PurchaseSummary } from "./purchase-summary.js";

/** The columns of a summary that a model of purchases reads. */
export type PurchaseColumns = { readonly [Name in "age" | "recency" | "repeats"]: ArrayLike<number> };

type Purchases = Pick<PurchaseSummary, "age" | "recency" | "repeats">;

/** While alive a customer buys at a rate drawn from gamma(r, alpha), and leaves after each purchase with a chance drawn from beta(a, b). */
export interface BgNbdParameters {
  readonly r: number;
  readonly alpha: number;
  readonly a: number;
  readonly b: number;
}

/** A fitted model of when customers buy and leave. */
export interface FittedBgNbd {
  readonly name: "bg-nbd";
  readonly parameters: BgNbdParameters;
  readonly logLikelihood: number;
  readonly notes: readonly string[];
  /** The probability that each customer is still one at the end of the observation. */
  alive(summary: PurchaseColumns): Float64Array;
  /** How many purchases each customer is expected to make in the `days` after. */
  expectedPurchases(summary: PurchaseColumns, days: number): Float64Array;
  /** How many repeat purchases a new customer is expected to make in the first `days`. */
  expectedOfNew(days: number): number;
  toJSON(): unknown;
}

const format = /* @__PURE__ */ (() =>
  defineEnvelope({
    kind: "predictor/bg-nbd",
    version: 1,
    parse: objectShape({
      r: numberShape,
      alpha: numberShape,
      a: numberShape,
      b: numberShape,
      logLikelihood: numberShape,
      penalty: numberShape,
    }),
  }))();

/**
 * The BG/NBD model of purchases without a contract (Fader, Hardie and Lee 2005), fitted by maximum likelihood.
 *
 * @param options.penalty times the squared logarithms of the parameters is added to the mean negative log-likelihood, for few customers. Default: 0.
 *
 * @example
 * ```ts
 * import { bgNbd } from "@sage-twin/predictors";
 *
 * const rows = Array.from({ length: 300 }, (_, row) => row);
 * const repeats = rows.map((row) => row % 6);
 * const recency = rows.map((row) => (row % 6 === 0 ? 0 : 40 + 10 * (row % 5)));
 * const model = bgNbd({ repeats, recency, age: rows.map(() => 100) });
 * const [gone, active] = model.alive({ repeats: [5, 5], recency: [40, 98], age: [100, 100] });
 * gone < active; // => true
 * ```
 */
export function bgNbd(summary: PurchaseColumns, options: { readonly penalty?: number } = {}): FittedBgNbd {
  const { penalty = 0 } = options;
  const data = readSummary(summary);
  const counts = groupEqual(data);
  const longest = data.age.reduce((a, b) => Math.max(a, b), 1);
  const unit = longest / 10; // in units where rates are near 1 the search is quick
  const gradient = new Float64Array(4);
  const evaluate = (logs: Float64Array, output: Float64Array): number => {
    const value = meanLoss(counts, unit, logs, gradient);
    let total = value;
    for (let i = 0; i < 4; i++) {
      output[i] = gradient[i] + 2 * penalty * logs[i];
      total += penalty * logs[i] * logs[i];
    }
    return total;
  };
  const starts = [
    [0, 0, 0, 0],
    [-1, 1, -1, 1],
    [1, 1, 0.5, 1],
  ];
  const found = starts
    .map((start) => minimise({ evaluate }, start, { iterations: 1000, tolerance: 1e-13 }))
    .reduce((best, other) => (other.value < best.value ? other : best));
  const [r, alpha, a, b] = found.parameters.map(exp);
  const state = {
    r,
    alpha: alpha * unit,
    a,
    b,
    penalty,
    logLikelihood: -meanLoss(counts, unit, found.parameters, gradient) * data.age.length,
  };
  const notes = data.repeats.every((count) => count === 0)
    ? ["no customer bought again: when customers leave is not known"]
    : [];
  return publish(state, notes);
}

/** The model that `toJSON` saved. */
export function bgNbdFromJSON(json: unknown): FittedBgNbd {
  return publish(format.open(json), []);
}

function publish(
  state: BgNbdParameters & { readonly logLikelihood: number; readonly penalty: number },
  found: readonly string[],
): FittedBgNbd {
  const { r, alpha, a, b, logLikelihood } = state;
  const notes =
    Math.max(r, a, b) > 1e4 || Math.min(r, alpha, a, b) < 1e-6
      ? [...found, "the customers do not determine every parameter: give more of them, or a penalty"]
      : found;
  const odds = (repeats: number, recency: number, age: number): number =>
    repeats > 0 ? (a / (b + repeats - 1)) * pow((alpha + age) / (alpha + recency), r + repeats) : 0;
  return {
    name: "bg-nbd",
    parameters: { r, alpha, a, b },
    logLikelihood,
    notes,
    alive(summary) {
      const { repeats, recency, age } = readSummary(summary);
      return repeats.map((count, row) => 1 / (1 + odds(count, recency[row], age[row])));
    },
    expectedPurchases(summary, days) {
      requireHorizon(days, "days");
      const { repeats, recency, age } = readSummary(summary);
      return repeats.map(
        (count, row) =>
          expected(state, r + count, b + count, alpha + age[row], days) / (1 + odds(count, recency[row], age[row])),
      );
    },
    expectedOfNew(days) {
      requireHorizon(days, "days");
      return expected(state, r, b, alpha, days);
    },
    toJSON: () => format.seal({ ...state }),
  };
}

/**
 * Purchases in `days` of a customer who is alive, with r and b counted up by past purchases: equation 10 of Fader, Hardie and Lee, after Euler's transformation of the hypergeometric function, whose terms
 * then have one sign however large the parameters are.
 */
function expected({ a }: BgNbdParameters, r: number, b: number, alpha: number, days: number): number {
  const power = Math.abs(a - 1) < 1e-7 ? 1e-7 : a - 1; // the formula has a limit there
  const c = power + b;
  const z = days / (alpha + days);
  return (c / power) * (1 - pow(1 - z, r) * hypergeometric(r, b, c, z));
}

interface Counts extends Purchases {
  readonly weight: Float64Array;
}

function readSummary(summary: PurchaseColumns): Purchases {
  const { repeats, recency, age } = summary;
  checkColumns({ repeats, recency, age }, (name, row) => {
    if (name === "repeats")
      return Number.isInteger(repeats[row]) && repeats[row] >= 0 ? undefined : "give a whole number from 0";
    if (name === "age") return age[row] >= 0 ? undefined : "give days from 0";
    if (repeats[row] === 0)
      return recency[row] === 0 ? undefined : "a customer without a repeat purchase has a recency of 0";
    return recency[row] >= 0 && recency[row] <= age[row] ? undefined : "give days from 0 to the customer's age";
  });
  return { repeats: Float64Array.from(repeats), recency: Float64Array.from(recency), age: Float64Array.from(age) };
}

/** Customers with the same history count once, weighted. */
function groupEqual({ repeats, recency, age }: Purchases): Counts {
  const groups = new Map<string, number[]>();
  for (let row = 0; row < repeats.length; row++) {
    const key = `${repeats[row]} ${recency[row]} ${age[row]}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [row, 1]);
    else group[1]++;
  }
  const rows = [...groups.values()];
  const pick = (column: Float64Array): Float64Array => Float64Array.from(rows, ([row]) => column[row]);
  return {
    repeats: pick(repeats),
    recency: pick(recency),
    age: pick(age),
    weight: Float64Array.from(rows, ([, count]) => count / repeats.length),
  };
}

/** Holds back parameters that the data would let run to 0 or without end. */
const leaning = 1e-6;

/** The mean negative log-likelihood at the logarithms of r, alpha (in units of `unit` days), a and b, and its gradient. */
function meanLoss(counts: Counts, unit: number, logs: Float64Array, gradient: Float64Array): number {
  const [r, scaled, a, b] = logs.map(exp);
  const alpha = scaled * unit;
  const { repeats, recency, age, weight } = counts;
  let loss = 0;
  let [byR, byAlpha, byA, byB] = [0, 0, 0, 0];
  const [gammaR, gammaB, gammaSum] = [logGamma(r), logGamma(b), logGamma(a + b)];
  const [digammaR, digammaB, digammaSum] = [digamma(r), digamma(b), digamma(a + b)];
  const logAlpha = log(alpha);
  for (let row = 0; row < repeats.length; row++) {
    const x = repeats[row];
    const share = weight[row];
    const logAge = log(alpha + age[row]);
    const bx = digamma(a + b + x);
    let value = logGamma(r + x) - gammaR + r * logAlpha + gammaSum + logGamma(b + x) - gammaB - logGamma(a + b + x);
    let alive = 1;
    const logRecency = log(alpha + recency[row]);
    if (x > 0) {
      // ln(exp(-(r + x) logAge) + a / (b + x - 1) exp(-(r + x) logRecency))
      const ratio = log(a / (b + x - 1)) + (r + x) * (logAge - logRecency);
      value += -(r + x) * logAge + (ratio > 0 ? ratio + log1p(exp(-ratio)) : log1p(exp(ratio)));
      alive = 1 / (1 + exp(Math.min(700, ratio)));
    } else value -= r * logAge;
    loss -= share * value;
    const gone = 1 - alive;
    byR -= share * (digamma(r + x) - digammaR + logAlpha - alive * logAge - gone * logRecency);
    byAlpha -= share * (r / alpha - (r + x) * (alive / (alpha + age[row]) + gone / (alpha + recency[row])));
    byA -= share * (digammaSum - bx + gone / a);
    byB -= share * (digammaSum - bx + digamma(b + x) - digammaB - (x > 0 ? gone / (b + x - 1) : 0));
  }
  gradient[0] = byR * r;
  gradient[1] = byAlpha * alpha;
  gradient[2] = byA * a;
  gradient[3] = byB * b;
  for (let index = 0; index < logs.length; index++) {
    loss += leaning * logs[index] * logs[index];
    gradient[index] += 2 * leaning * logs[index];
  }
  return loss;
}

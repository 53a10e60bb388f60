import { cos, exp, log, sin } from "@sage-twin/kernel";
import { cholesky, regressWithAutocorrelation } from "@sage-twin/numerics";

/** A driver that acts `lag` periods later. */
export interface Term {
  readonly driver: string;
  readonly lag: number;
}

/** Logs of revenue and of the positive drivers, or levels of all. */
export type Scale = "log" | "level";

/** How terms act on revenue on its scale. */
export interface Effects {
  readonly scale: Scale;
  readonly terms: readonly Term[];
  /** Whether each term's driver stands in logs. */
  readonly logged: readonly boolean[];
  /** What each term is counted from: its mean. */
  readonly centres: readonly number[];
  readonly coefficients: readonly number[];
  /** The Cholesky factor of the coefficients' covariance, by rows. */
  readonly factor: readonly number[];
}

type Columns = Readonly<Record<string, Float64Array>>;

export function toScale(scale: Scale, values: Float64Array): Float64Array {
  return scale === "log" ? values.map((value) => log(value)) : values;
}

export const fromScale = (scale: Scale, value: number): number => (scale === "log" ? exp(value) : value);

/** The values of a term in periods `from` to `until`; before the first the driver is as in the first. */
export function termColumn(
  column: Float64Array,
  lag: number,
  logged: boolean,
  from: number,
  until: number,
): Float64Array {
  return Float64Array.from({ length: until - from }, (_, t) => {
    const value = column[Math.max(0, from + t - lag)];
    return logged ? log(Math.max(value, Number.MIN_VALUE)) : value;
  });
}

const waves = 2;
/** Autocorrelations of what drivers do not explain: revenue wanders, so that weak ones are not tried. */
const autocorrelations = [0, 0.5, 0.8, 0.95];
/** Belief in a driver: one standard deviation of it moves revenue by half of revenue's own. */
const belief = 0.5;

/** The terms' effects from the first `count` periods, beside trend, season and autocorrelated errors; `undefined` where they cannot be told. */
export function estimate(
  values: Float64Array,
  columns: Columns,
  terms: readonly Term[],
  scale: Scale,
  seasonLength: number,
  count: number,
): (Effects & { readonly intercepts: readonly number[]; readonly autocorrelation: number }) | undefined {
  const response = toScale(scale, values.subarray(0, count));
  const logged = terms.map(({ driver }) => scale === "log" && columns[driver].every((value) => value > 0));
  const raw = terms.map(({ driver, lag }, k) => termColumn(columns[driver], lag, logged[k], 0, count));
  const centres = raw.map(meanOf);
  const spread = deviationOf(response);
  const regressors = [
    ...baseColumns(count, seasonLength, count),
    ...raw.map((column, k) => column.map((value) => value - centres[k])),
  ];
  const base = regressors.length - terms.length;
  const priors = regressors.map((column, k) => ({
    mean: 0,
    sd: k < base ? Number.POSITIVE_INFINITY : (belief * spread) / (deviationOf(column) || 1),
  }));
  if (raw.some((column) => deviationOf(column) === 0) || !(spread > 0)) return undefined;
  const posterior = regressWithAutocorrelation(response, regressors, priors, autocorrelations);
  if (posterior === undefined) return undefined;
  const size = regressors.length;
  const covariance = new Float64Array(terms.length * terms.length);
  for (let a = 0; a < terms.length; a++)
    for (let b = 0; b < terms.length; b++)
      covariance[a * terms.length + b] = posterior.covariance[(base + a) * size + base + b];
  return {
    scale,
    terms,
    logged,
    centres,
    coefficients: Array.from(posterior.mean.subarray(base)),
    factor: Array.from(lowerOf(cholesky(covariance, terms.length), terms.length)),
    intercepts: Array.from(posterior.mean.subarray(0, base)),
    autocorrelation: posterior.autocorrelation,
  };
}

function lowerOf(factor: Float64Array, size: number): Float64Array {
  return factor.map((value, index) => (index % size > Math.floor(index / size) ? 0 : value));
}

/** Intercept, line and season of `length` periods, the line counted in lengths of the history. */
export function baseColumns(length: number, seasonLength: number, history: number): Float64Array[] {
  const tau = 2 * Math.PI;
  const columns = [new Float64Array(length).fill(1), Float64Array.from({ length }, (_, t) => t / history)];
  if (seasonLength > 1 && history >= 2 * seasonLength)
    for (let wave = 1; wave <= Math.min(waves, seasonLength >> 1); wave++) {
      columns.push(Float64Array.from({ length }, (_, t) => cos((tau * wave * t) / seasonLength)));
      if (2 * wave < seasonLength)
        columns.push(Float64Array.from({ length }, (_, t) => sin((tau * wave * t) / seasonLength)));
    }
  return columns;
}

/** What the terms add to revenue on its scale, by period, in periods `from` to `until`. */
export function effectOf(effects: Effects, columns: Columns, from: number, until: number): Float64Array {
  const total = new Float64Array(until - from);
  effects.terms.forEach(({ driver, lag }, k) => {
    const column = termColumn(columns[driver], lag, effects.logged[k], from, until);
    for (let t = 0; t < total.length; t++) total[t] += effects.coefficients[k] * (column[t] - effects.centres[k]);
  });
  return total;
}

function meanOf(values: Float64Array): number {
  let sum = 0;
  let count = 0;
  for (const value of values)
    if (Number.isFinite(value)) {
      sum += value;
      count++;
    }
  return sum / Math.max(1, count);
}

export function deviationOf(values: Float64Array): number {
  const known = values.filter(Number.isFinite);
  const centre = meanOf(known);
  return Math.sqrt(meanOf(known.map((value) => (value - centre) * (value - centre))));
}

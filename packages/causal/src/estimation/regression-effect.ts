import type { TestData } from "../refutation/test-columns.js";
import { clusterWarning, designWarnings } from "./design-warnings.js";
import { type EffectEstimate, type EffectOptions, effectEstimate } from "./effect-estimate.js";
import { checkRoles, codesOf, readObservations } from "./observations.js";
import { dot, robustRegression, takeOutMeans } from "./robust-regression.js";

/** What `regressionEffect` may be told. */
export interface RegressionEffectOptions extends EffectOptions {
  /** A column of codes: errors may move together within each. Default: errors of unequal size, independent of each other (HC1). */
  readonly clusters?: string;
  /** Columns of codes whose means are taken out (fixed effects), such as stores. Default: none. */
  readonly within?: readonly string[];
}

/** What a linear fit tells beyond the effect. */
export interface RegressionEffect extends EffectEstimate {
  /** Of the treatment and of every confounder; only the treatment's is an effect. */
  readonly coefficients: Readonly<Record<string, number>>;
  readonly standardErrors: Readonly<Record<string, number>>;
  /** The share of the outcome's variance, once the rest is accounted for, that goes with the treatment. */
  readonly partialRSquared: number;
  /** The effect's standard error and degrees of freedom where errors are alike and independent. */
  readonly classicError: number;
  readonly classicDegrees: number;
}

/**
 * The effect by linear regression on treatment and confounders (regression adjustment), with robust or clustered standard errors.
 *
 * @throws TwinError for unknown columns, columns of unequal length, and a treatment that the other columns determine.
 *
 * @example
 * ```ts
 * import { regressionEffect } from "@sage-twin/causal";
 * import { Rng } from "@sage-twin/kernel";
 *
 * const rng = new Rng("example");
 * const season = Array.from({ length: 2000 }, () => rng.normal());
 * const ads = season.map((value) => 2 * value + rng.normal());
 * const orders = ads.map((value, row) => 3 * value + 4 * season[row] + rng.normal());
 * const options = { treatment: "ads", outcome: "orders" };
 * regressionEffect({ season, ads, orders }, options).effect.toFixed(1); // => "4.6"
 * regressionEffect({ season, ads, orders }, { ...options, adjustFor: ["season"] }).effect.toFixed(1); // => "3.0"
 * ```
 */
export function regressionEffect(data: TestData, options: RegressionEffectOptions): RegressionEffect {
  const { treatment, outcome, adjustFor = [], clusters, within = [] } = options;
  const names = [treatment, ...adjustFor];
  checkRoles([
    ["treatment", treatment],
    ["outcome", outcome],
    ...adjustFor.map((name) => ["adjustFor", name] as const),
  ]);
  const all = [...names, outcome, ...within, ...(clusters === undefined ? [] : [clusters])];
  const { columns: found, rows, notes } = readObservations(data, all);
  const get = (name: string): Float64Array => found.get(name) as Float64Array;
  const groupings = within.map(get);
  const raw = names.map(get);
  const { columns, absorbed } = takeOutMeans([...raw, get(outcome)], groupings);
  const response = columns[names.length];
  const grouped = clusters === undefined ? undefined : get(clusters);
  const regression = robustRegression({
    names,
    columns: columns.slice(0, -1),
    response,
    clusters: grouped,
    absorbed: grouped === undefined ? absorbed : absorbed - nested(groupings, grouped),
  });
  const { coefficients, covariance, residuals, degrees } = regression;
  const size = names.length;
  const errors = names.map((_, at) => Math.sqrt(covariance[at * size + at]));
  const spare = rows - absorbed - size;
  const variance = dot(residuals, residuals) / spare;
  const classic = classicError(columns.slice(0, -1), variance);
  const ratio = (coefficients[0] / classic) ** 2;
  const warnings = [
    ...notes,
    ...designWarnings(names, columns.slice(0, -1), raw, within.length > 0),
    ...(grouped === undefined ? [] : clusterWarning(codesOf(grouped).count)),
  ];
  return effectEstimate({
    treatment,
    outcome,
    method: within.length > 0 ? `regression within ${within.join(" and ")}` : "regression adjustment",
    effect: coefficients[0],
    standardError: errors[0],
    degrees,
    rows,
    warnings,
    coefficients: Object.fromEntries(names.map((name, at) => [name, coefficients[at]])),
    standardErrors: Object.fromEntries(names.map((name, at) => [name, errors[at]])),
    partialRSquared: ratio / (ratio + spare),
    classicError: classic,
    classicDegrees: spare,
  });
}

/** Groups that lie within clusters cost no degrees of freedom (Cameron and Miller 2015, section III.B); one mean remains. */
function nested(groupings: readonly Float64Array[], clusters: Float64Array): number {
  let saved = 0;
  for (const grouping of groupings) {
    const home = new Map<number, number>();
    const inside = grouping.every((value, row) => {
      const cluster = home.get(value) ?? clusters[row];
      home.set(value, cluster);
      return cluster === clusters[row];
    });
    if (inside) saved += home.size - 1;
  }
  return saved;
}

/** The first coefficient's standard error where errors are alike and independent. */
function classicError(columns: readonly Float64Array[], variance: number): number {
  const [own, ...others] = columns;
  const rest = others.length === 0 ? own : robustRegressionResidual(others, own);
  return Math.sqrt(variance / dot(rest, rest));
}

function robustRegressionResidual(columns: readonly Float64Array[], response: Float64Array): Float64Array {
  const names = columns.map((_, at) => String(at));
  return robustRegression({ names, columns, response, absorbed: 0 }).residuals;
}

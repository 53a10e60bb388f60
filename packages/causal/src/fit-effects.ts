import { cos, sin } from "@sage-twin/kernel";
import { type CoefficientPrior, regressWithAutocorrelation } from "@sage-twin/numerics";
import { featureHistory, type View } from "./features.js";
import type { Confounding, Edge } from "./graph-state.js";
import { type Link, toLink } from "./link.js";
import { unstatedSd } from "./mechanisms/mechanism.js";
import type { Effect } from "./program.js";

/** What the data say of all edges. */
export interface LearntEffects {
  /** In the order of the edges. */
  readonly effects: readonly Effect[];
  /** The observed range of each edge's feature; infinite where the data hold none. */
  readonly ranges: readonly { readonly low: number; readonly high: number }[];
  /** Per effect: the joint posterior of its edges, in their order. */
  readonly groups: ReadonlyMap<string, { readonly mean: Float64Array; readonly factor: Float64Array }>;
}

const leastFreedom = 8;
/**
 * The doubt in an effect on a metric with a hidden cause: where that moves the cause too, it is taken to explain a quarter of what is left of either;
 * elsewhere, for it may last and come back through time, an eighth.
 */
const hiddenCauseDoubts = { shared: 0.08, other: 0.02 };
const unknown: CoefficientPrior = { mean: 0, sd: Number.POSITIVE_INFINITY };

/**
 * Fits the effects on each metric together, with their priors, as deviations from its own trend and season: level, trend and season
 * stand beside the causes in the regression (Frisch and Waugh 1933), and its errors are autocorrelated. Independent rows have neither. Where a
 * hidden cause of the metric is declared, the data are believed only as far as such a cause leaves them worth.
 */
export function fitEffects(
  edges: readonly Edge[],
  lags: readonly number[],
  views: readonly View[],
  history: ReadonlyMap<string, Float64Array>,
  links: Readonly<Record<string, Link>>,
  confounders: readonly Confounding[],
  rows: { readonly seasonLength: number } | "independent",
  notes: string[],
): LearntEffects {
  const effects: Effect[] = [];
  const ranges: { low: number; high: number }[] = [];
  const groups = new Map<string, { mean: Float64Array; factor: Float64Array }>();
  for (const child of new Set(edges.map(({ to }) => to))) {
    const own = edges.flatMap((edge, index) => (edge.to === child ? [index] : []));
    const features = own.map((index) => {
      const edge = edges[index];
      const { values } = featureHistory(edge.from, history.get(edge.from) as Float64Array, views[index]);
      ranges[index] = rangeOf(values);
      return lagged(values, lags[index]);
    });
    const response = (history.get(child) as Float64Array).map((value) => toLink(links[child], value));
    const priors = own.map((index, position) => priorOf(edges[index], features[position], response, notes));
    const free = own.flatMap((_, position) => (priors[position].sd > 0 ? [position] : []));
    own.forEach((_, position) => {
      if (priors[position].sd > 0) return;
      for (let row = 0; row < response.length; row++) response[row] -= priors[position].mean * features[position][row];
    });
    const mean = Float64Array.from(priors, (prior) => prior.mean);
    const covariance = new Float64Array(own.length * own.length);
    priors.forEach((prior, position) => {
      covariance[position * (own.length + 1)] = prior.sd ** 2;
    });
    const varied = free.filter((position) => varies(features[position]));
    if (varied.length > 0) {
      const trend =
        rows === "independent"
          ? [new Float64Array(response.length).fill(1)]
          : trendAndSeason(response, varied.length, rows.seasonLength);
      const hidden = confounders.flatMap(({ between }) => (between.includes(child) ? between : []));
      const doubt = (position: number): number =>
        hiddenCauseDoubts[hidden.includes(edges[own[position]].from) ? "shared" : "other"];
      const doubts = hidden.length > 0 ? [...varied.map(doubt), ...trend.map(() => 0)] : undefined;
      const fit = regressWithAutocorrelation(
        response,
        [...varied.map((position) => features[position]), ...trend],
        [...varied.map((position) => priors[position]), ...trend.map(() => unknown)],
        rows === "independent" ? [0] : undefined,
        doubts,
      );
      if (fit === undefined) {
        notes.push(`${child}: too few complete periods to learn its causes' effects from; their priors stand`);
      } else {
        const width = varied.length + trend.length;
        varied.forEach((position, i) => {
          mean[position] = fit.mean[i];
          varied.forEach((other, j) => {
            covariance[position * own.length + other] = fit.covariance[i * width + j];
          });
        });
      }
    }
    groups.set(child, {
      mean,
      factor: semidefiniteFactor(covariance, own.length),
    });
    own.forEach((index, position) => {
      const { from, to, mechanism } = edges[index];
      const sd = Math.sqrt(covariance[position * (own.length + 1)]);
      effects[index] = {
        from,
        to,
        kind: mechanism.kind,
        ...(mechanism.lag === undefined ? {} : { lag: mechanism.lag }),
        carryover: mechanism.carryover,
        prior: priors[position],
        posterior: { mean: mean[position], sd },
        evidence: mechanism.evidence,
        ...(mechanism.source === undefined ? {} : { source: mechanism.source }),
        learnt: priors[position].sd > 0 ? Math.max(0, 1 - (sd / priors[position].sd) ** 2) : 0,
      };
    });
  }
  return { effects, ranges, groups };
}

/** An edge's prior; an effect in units of its own of which nothing is stated is judged on the scale of its data. */
function priorOf(edge: Edge, feature: Float64Array, response: Float64Array, notes: string[]): CoefficientPrior {
  const { curve, evidence, prior } = edge.mechanism;
  if (curve.kind === "log" || evidence !== "data" || prior.sd !== unstatedSd) return prior;
  const ratio = deviationOf(response) / deviationOf(feature);
  if (ratio > 0 && ratio < Number.POSITIVE_INFINITY) return { mean: 0, sd: unstatedSd * ratio };
  notes.push(`'${edge.from}' or '${edge.to}' never varies: nothing is known of the effect, and it is taken as none`);
  return { mean: 0, sd: 0 };
}

function deviationOf(values: Float64Array): number {
  const known = values.filter(Number.isFinite);
  const mean = known.reduce((sum, value) => sum + value, 0) / known.length;
  return Math.sqrt(known.reduce((sum, value) => sum + (value - mean) ** 2, 0) / known.length);
}

function lagged(values: Float64Array, lag: number): Float64Array {
  return values.map((_, row) => (row >= lag ? values[row - lag] : Number.NaN));
}

function rangeOf(values: Float64Array): { low: number; high: number } {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (const value of values) {
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return high > low ? { low, high } : { low: Number.NEGATIVE_INFINITY, high: Number.POSITIVE_INFINITY };
}

function varies(values: Float64Array): boolean {
  const { low, high } = rangeOf(values);
  return Number.isFinite(low) && high - low > 1e-9 * Math.max(1, Math.abs(high));
}

/** Regressors for level, trend and season: as many as the complete rows carry. */
export function trendAndSeason(response: Float64Array, causes: number, seasonLength: number): Float64Array[] {
  const length = response.length;
  const complete = response.filter(Number.isFinite).length;
  const column = (at: (row: number) => number) => Float64Array.from({ length }, (_, row) => at(row));
  const regressors = [column(() => 1)];
  if (complete - causes - 2 >= leastFreedom) regressors.push(column((row) => row / length - 0.5));
  const pairs = Math.min(Math.floor(seasonLength / 2), 3);
  if (seasonLength > 1 && complete >= 2 * seasonLength && complete - causes - 2 - 2 * pairs >= leastFreedom) {
    for (let pair = 1; pair <= pairs; pair++) {
      const turn = (2 * Math.PI * pair) / seasonLength;
      regressors.push(column((row) => cos(turn * (row % seasonLength))));
      if (2 * pair < seasonLength) regressors.push(column((row) => sin(turn * (row % seasonLength))));
    }
  }
  return regressors;
}

/** A Cholesky factor that leaves coefficients without uncertainty, and those that others determine, at zero. */
function semidefiniteFactor(covariance: Float64Array, size: number): Float64Array {
  const factor = new Float64Array(size * size);
  for (let column = 0; column < size; column++) {
    let pivot = covariance[column * (size + 1)];
    for (let k = 0; k < column; k++) pivot -= factor[column * size + k] ** 2;
    if (!(pivot > 1e-14 * covariance[column * (size + 1)])) continue;
    const root = Math.sqrt(pivot);
    factor[column * (size + 1)] = root;
    for (let row = column + 1; row < size; row++) {
      let sum = covariance[row * size + column];
      for (let k = 0; k < column; k++) sum -= factor[row * size + k] * factor[column * size + k];
      factor[row * size + column] = sum / root;
    }
  }
  return factor;
}

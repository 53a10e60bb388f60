import { log, normalQuantile, numberShape, objectShape, type Shape } from "@sage-twin/kernel";
import { addEffect, columnsOf, type TermColumns, type Terms, termsShape } from "./additive-terms.js";
import { instantAfter, type TimeAxis, timeAxisShape } from "./additive-time.js";
import { innerTrend, logistic, type Trend, trendShape } from "./additive-trend.js";
import { checkExogenous, checkHorizon } from "./checks.js";
import type { Process } from "./process.js";
import type { Exogenous } from "./types.js";

/** A fitted additive model; trend, effects and sigma are in units of `scale`, above `floor`. */
export interface AdditiveState {
  readonly axis: TimeAxis;
  /** Steps since the end of the fitted series. */
  readonly elapsed: number;
  /** The instant and the length of the scaled time from 0 to 1. */
  readonly start: number;
  readonly span: number;
  readonly scale: number;
  readonly floor: number;
  readonly trend: Trend;
  readonly terms: Terms;
  /** Standard deviation of the noise. */
  readonly sigma: number;
  /** Standard deviation that the level gathers over one unit of scaled time. */
  readonly walk: number;
}

export const additiveShape: Shape<AdditiveState> = /* @__PURE__ */ objectShape({
  axis: timeAxisShape,
  elapsed: numberShape,
  start: numberShape,
  span: numberShape,
  scale: numberShape,
  floor: numberShape,
  trend: trendShape,
  terms: termsShape,
  sigma: numberShape,
  walk: numberShape,
});

/** What a fitted additive model tells beyond every other. */
export interface AdditiveParts {
  /**
   * The point forecast as a sum: `trend`, and one column for each season, event and regressor under its name, in units of the series.
   */
  components(horizon: number, futureExogenous?: Exogenous): Readonly<Record<string, Float64Array>>;
}

export function additiveProcess(
  state: AdditiveState,
  future?: readonly Float64Array[],
): Process<AdditiveState, AdditiveParts> {
  const { axis, elapsed, scale, floor, trend, terms, sigma, walk } = state;
  const { growth, cap, changepoints, changes } = trend;
  const names = terms.regressors.map(({ name }) => name);
  const instantsFrom = (first: number, count: number): Float64Array =>
    Float64Array.from({ length: count }, (_, step) => instantAfter(axis, first + step + 1));
  const timesOf = (instants: Float64Array): Float64Array =>
    instants.map((instant) => (instant - state.start) / state.span);
  const levelOf = growth === "logistic" ? (inner: number): number => cap * logistic(inner) : (inner: number) => inner;

  /** The parts of the steps after `first` steps past the fitted series. */
  const ahead = (first: number, count: number, exogenous: readonly Float64Array[]) => {
    const instants = instantsFrom(first, count);
    const inner = new Float64Array(count);
    innerTrend(trend, timesOf(instants), inner);
    const columns = columnsOf(terms, axis, instants, exogenous);
    const total = (multiplicative: boolean): Float64Array =>
      columns
        .filter(({ term }) => term.multiplicative === multiplicative)
        .reduce<Float64Array>(
          (sum, item) => addEffect(item, sum),
          new Float64Array(count).fill(multiplicative ? 1 : 0),
        );
    return { inner, columns, share: total(true), rest: total(false) };
  };
  const meanFrom = (first: number, count: number, exogenous: readonly Float64Array[] = future ?? []): Float64Array => {
    const { inner, share, rest } = ahead(first, count, exogenous);
    return inner.map((value, i) => floor + scale * (levelOf(value) * share[i] + rest[i]));
  };

  const size = changes.reduce((sum, change) => sum + Math.abs(change), 0) / Math.max(1, changes.length);
  const uncertain = growth !== "flat" && changepoints.length > 0 && size > 0;
  /** The length in scaled time of each step from the end of the fitted series. */
  const stepsTo = (horizon: number): Float64Array => {
    const times = timesOf(instantsFrom(-1, horizon + 1));
    return times.subarray(1).map((time, step) => time - times[step]);
  };
  /** The scaled time from the end of the fitted series to the start of each step ahead, less that of the first after the fit. */
  const leadsTo = (horizon: number): Float64Array => {
    const steps = stepsTo(elapsed + horizon);
    let sum = 0;
    return steps
      .map((step) => {
        sum += step;
        return sum - step;
      })
      .subarray(elapsed);
  };

  return {
    name: `additive(${growth})`,
    description: describe(state),
    extra: {
      components(horizon, futureExogenous) {
        checkHorizon(horizon);
        const exogenous = checkExogenous(futureExogenous, names, horizon, "futureExogenous");
        const { inner, columns } = ahead(elapsed, horizon, exogenous);
        const levels = inner.map(levelOf);
        const inUnits = (item: TermColumns): Float64Array =>
          addEffect(item, new Float64Array(horizon)).map(
            (value, i) => scale * value * (item.term.multiplicative ? levels[i] : 1),
          );
        return {
          trend: levels.map((value) => floor + scale * value),
          ...Object.fromEntries(columns.map((item) => [item.term.name, inUnits(item)])),
        };
      },
    },
    regressors: names,
    withFuture: (columns) => additiveProcess(state, columns),
    mean: (horizon) => meanFrom(elapsed, horizon),
    deviation: (horizon) => {
      if (uncertain) return undefined;
      const leads = leadsTo(horizon);
      return leads.map((lead) => scale * Math.sqrt(sigma * sigma + walk * walk * lead));
    },
    spread(horizon) {
      const { inner, share } = ahead(elapsed, horizon, future ?? []);
      const leads = leadsTo(horizon);
      const steps = stepsTo(elapsed + horizon);
      return inner.map((value, step) => {
        const reached = leads[step] + steps[elapsed + step];
        // A Poisson number of changes with variance 2 size^2, each felt for the time that is left.
        const turns = uncertain ? (2 * size * size * changepoints.length * reached * reached * reached) / 3 : 0;
        const rise = growth === "logistic" ? cap * logistic(value) * (1 - logistic(value)) : 1;
        const felt = rise * share[step];
        return scale * Math.sqrt(sigma * sigma + walk * walk * leads[step] + turns * felt * felt);
      });
    },
    simulate(innovations, horizon) {
      const { inner, share, rest } = ahead(elapsed, horizon, future ?? []);
      const steps = stepsTo(elapsed + horizon);
      const gathered = steps.map((step) => walk * Math.sqrt(step));
      // The chance of a changepoint in each step, as a bound of 32-bit words.
      const bounds = steps.map((step) => 4294967296 * (uncertain ? Math.min(1, changepoints.length * step) : 0));
      const shock = { slope: 0, sum: 0 };
      const past = elapsed === 0 ? 0 : walk * Math.sqrt(leadsTo(1)[0]);
      for (let start = 0; start < innovations.length; start += horizon) {
        shock.slope = 0;
        shock.sum = 0;
        // The trend and the level may have changed unseen since the fit: how follows from the first innovation.
        for (let step = 0; step < elapsed; step++)
          advanceTrend(shock, innovations[start], step - elapsed, bounds[step], steps[step], size);
        let level = past === 0 ? 0 : past * normalQuantile((hash(innovations[start], -elapsed - 1) + 0.5) / 4294967296);
        for (let step = 0; step < horizon; step++) {
          const innovation = innovations[start + step];
          advanceTrend(shock, innovation, step, bounds[elapsed + step], steps[elapsed + step], size);
          const value = levelOf(inner[step] + shock.sum) * share[step] + rest[step] + level + sigma * innovation;
          innovations[start + step] = floor + scale * value;
          level += gathered[elapsed + step] * innovation;
        }
      }
    },
    filter(values, columns) {
      const mean = meanFrom(elapsed, values.length, columns);
      return {
        state: { ...state, elapsed: elapsed + values.length },
        residuals: values.map((value, t) => value - mean[t]),
      };
    },
  };
}

const bitsAsDouble = new Float64Array(1);
const bitsAsWords = new Int32Array(bitsAsDouble.buffer);

/** Well mixed bits of an innovation and a number (the finaliser of MurmurHash3). */
function hash(innovation: number, salt: number): number {
  bitsAsDouble[0] = innovation;
  let word = bitsAsWords[0] ^ Math.imul(bitsAsWords[1], 0x9e3779b1) ^ Math.imul(salt + 1, 0x85ebca77);
  word = Math.imul(word ^ (word >>> 16), 0x85ebca6b);
  word = Math.imul(word ^ (word >>> 13), 0xc2b2ae35);
  return (word ^ (word >>> 16)) >>> 0;
}

/**
 * One step of the trend's departure: with the chance of a changepoint the slope changes by a Laplace draw, at a random time within the step. All draws
 * follow from the innovation's bits, so that the same innovations always give the same path.
 */
function advanceTrend(
  shock: { slope: number; sum: number },
  innovation: number,
  step: number,
  bound: number,
  length: number,
  size: number,
): void {
  shock.sum += shock.slope * length;
  if (hash(innovation, step) >= bound) return;
  const uniform = (hash(innovation, step ^ 0x5bd1e995) + 0.5) / 4294967296;
  const left = hash(innovation, step ^ 0x27d4eb2f) / 4294967296;
  const change = uniform < 0.5 ? size * log(2 * uniform) : -size * log(2 - 2 * uniform);
  shock.slope += change;
  shock.sum += change * length * left;
}

function describe({ trend, terms, sigma, scale }: AdditiveState): string {
  const named = [...terms.seasons, ...terms.events, ...terms.regressors].map(({ name }) => name);
  const moved = trend.changes.filter((change) => Math.abs(change) > 0.01).length;
  return `additive: ${trend.growth} trend with ${moved} of ${trend.changepoints.length} changepoints in use; ${named.join(", ") || "no other term"}; sd ${(scale * sigma).toPrecision(4)}`;
}

import {
  describeValue,
  fillNormal,
  type Issue,
  normalDistribution,
  Rng,
  TwinError,
  unknownName,
} from "@sage-twin/kernel";
import { cholesky, type Matrix, quantiles } from "@sage-twin/numerics";
import { checkHorizon, checkLevel, checkLevels, checkOptions, checkWhole, refuse } from "./checks.js";
import { type TraceMethod, traceWeights } from "./reconciliation-weights.js";
import { shrunkCovariance } from "./shrunk-covariance.js";
import { readStructure, type Summing, type SummingStructure } from "./summing-structure.js";
import type { FittedForecaster, Forecast } from "./types.js";

const methods = ["bottomUp", "topDown", "middleOut", "ols", "wlsStructural", "wlsVariance", "minTShrink"] as const;

/** How forecasts are made to add up. */
export interface ReconcileOptions {
  readonly horizon: number;
  /**
   * `"bottomUp"` adds up the bottom forecasts; `"topDown"` divides the forecast of the one top by the shares of the forecasts below, level by level; `"middleOut"` does so below the series
   * of `middle`, and adds up above. `"ols"`, `"wlsStructural"`, `"wlsVariance"` and `"minTShrink"` move all forecasts as little as possible, in units of errors that are: equal; as large as the number of bottom
   * series says; as the residuals say; correlated as the residuals say (the correlations shrunk). Default: `"minTShrink"`.
   */
  readonly method?: (typeof methods)[number];
  /** For `"middleOut"`: series that together contain each bottom series once. */
  readonly middle?: readonly string[];
  /** The levels that `Forecast.levels` lists, in percent. Default: 80 and 95. */
  readonly levels?: readonly number[];
  /** How many sample paths stand behind the intervals. Default: 2,000. */
  readonly count?: number;
  /** Seeds the paths. Default: `"sage-twin"`. */
  readonly seed?: string | number;
}

/** Forecasts that add up. */
export interface Reconciled {
  /** Of every series of the structure: totals first, then bottom series. */
  readonly forecasts: ReadonlyMap<string, Forecast>;
  /** Sample paths of one series, `count` x `horizon`, row-major by path; path i of a total is the sum of paths i of its parts. */
  paths(name: string): Float64Array;
}

const mostNumbers = 2 ** 27;

/**
 * Makes the forecasts of a hierarchy add up: points, intervals and sample paths (Wickramasuriya, Athanasopoulos and Hyndman 2019; for the paths Panagiotelis et al. 2023). Base paths of all series are drawn
 * together, correlated as the models' residuals are, and each is reconciled as the point forecasts are; intervals are their quantiles.
 *
 * The models are fitted to series that end at the same time. Throws a `TwinError` for a structure that is no hierarchy, and for a series without a model.
 *
 * @example
 * ```ts
 * import { drift, reconcile } from "@sage-twin/forecasters";
 *
 * const north = [3, 5, 4, 6, 7, 6, 8, 9];
 * const south = [9, 8, 9, 7, 8, 8, 6, 7];
 * const all = north.map((value, t) => value + south[t]);
 * const models = { all: drift().fit(all), north: drift().fit(north), south: drift().fit(south) };
 * const { forecasts } = reconcile(models, { all: ["north", "south"] }, { horizon: 2, method: "ols" });
 * const mean = (name: string) => forecasts.get(name)?.mean[1] ?? 0;
 * Math.abs(mean("all") - mean("north") - mean("south")) < 1e-9; // => true
 * ```
 */
export function reconcile(
  models: Readonly<Record<string, FittedForecaster>>,
  structure: SummingStructure,
  options: ReconcileOptions,
): Reconciled {
  const summing = readStructure(structure);
  const { names, bottom, matrix } = summing;
  const horizon = checkHorizon(checkOptions(options).horizon);
  const levels = checkLevels(options.levels);
  const count = checkWhole(options.count ?? 2_000, "count");
  const { method = "minTShrink", seed = "sage-twin" } = options;
  if (!methods.includes(method)) throw unknownName("method", String(method), methods, ["method"]);
  if (count * horizon * names.length > mostNumbers)
    refuse(
      ["count"],
      `${count} paths of ${horizon} steps of ${names.length} series do not fit in memory`,
      "ask for fewer paths",
      "too-large",
    );
  const list = readModels(models, names);
  const middle = readMiddle(summing, method, options.middle);
  const means = list.map((model) => model.forecast(horizon).mean);
  const residuals = alignResiduals(list, names);
  const weights = middle === undefined ? traceOrBottom(summing, method, residuals) : undefined;
  /** Bottom forecasts of one step, from base forecasts of all series. */
  const bottomOf = (base: Float64Array, step: number, output: Float64Array): void => {
    if (weights !== undefined) {
      for (let j = 0; j < bottom.length; j++) {
        let sum = 0;
        for (let i = 0; i < names.length; i++) sum += weights[j * names.length + i] * base[i];
        output[j] = sum;
      }
    } else divide(summing, middle as readonly number[], means, step, base, output);
  };

  const reconciledMeans = names.map(() => new Float64Array(horizon));
  const paths = names.map(() => new Float64Array(count * horizon));
  const base = new Float64Array(names.length);
  const below = new Float64Array(bottom.length);
  const sumUp = (output: readonly Float64Array[], at: number, step: number): void => {
    bottomOf(base, step, below);
    for (let i = 0; i < names.length; i++) {
      let sum = 0;
      for (let j = 0; j < bottom.length; j++) if (matrix[i * bottom.length + j] !== 0) sum += below[j];
      output[i][at] = sum;
    }
  };
  for (let step = 0; step < horizon; step++) {
    for (let i = 0; i < names.length; i++) base[i] = means[i][step];
    sumUp(reconciledMeans, step, step);
  }
  const drawn = drawJointly(list, residuals, horizon, count, new Rng(seed));
  for (let at = 0; at < count * horizon; at++) {
    for (let i = 0; i < names.length; i++) base[i] = drawn[i][at];
    sumUp(paths, at, at % horizon);
  }
  return {
    forecasts: new Map(names.map((name, i) => [name, forecastOf(reconciledMeans[i], paths[i], levels)])),
    paths: (name) => (names.includes(name) ? paths[names.indexOf(name)].slice() : fail(name, names)),
  };
}

function fail(name: string, names: readonly string[]): never {
  throw unknownName("series", String(name), names);
}

function readModels(models: Readonly<Record<string, FittedForecaster>>, names: readonly string[]): FittedForecaster[] {
  const issues: Issue[] = [];
  const problem = (name: string, message: string, fix: string): void => {
    issues.push({ code: "invalid-argument", path: ["models", name], message, fix });
  };
  for (const name of names)
    if (typeof models?.[name]?.forecast !== "function")
      problem(name, `${describeValue(models?.[name])} is no fitted model`, "fit a model to this series");
  for (const name of Object.keys(models ?? {}))
    if (!names.includes(name)) problem(name, "the structure does not name this series", "add it to its total's parts");
  if (issues.length > 0) throw new TwinError(issues);
  return names.map((name) => models[name]);
}

/** The series that are divided among their parts; absent for the methods that weigh all. */
function readMiddle(
  { names, bottom, matrix, parts }: Summing,
  method: string,
  middle: readonly string[] | undefined,
): readonly number[] | undefined {
  if (method !== "topDown" && method !== "middleOut") return undefined;
  const parents = names.map((_, index) => parts.filter((list) => list.includes(index)).length);
  const shared = parents.findIndex((number) => number > 1);
  if (shared >= 0)
    refuse(
      ["structure", names[shared]],
      `it is a part of ${parents[shared]} series: its share has no single value`,
      `use a method other than "${method}"`,
    );
  const tops = names.flatMap((_, index) => (parents[index] === 0 ? [index] : []));
  if (method === "topDown" && tops.length > 1)
    refuse(
      ["structure"],
      `there are ${tops.length} tops: ${tops.map((index) => names[index]).join(", ")}`,
      'give one top, or use "middleOut" with these as middle',
    );
  const chosen =
    method === "topDown"
      ? tops
      : (middle ?? []).map((name) => (names.includes(name) ? names.indexOf(name) : fail(name, names)));
  bottom.forEach((name, j) => {
    const times = chosen.filter((index) => matrix[index * bottom.length + j] === 1).length;
    if (times !== 1)
      refuse(["middle"], `'${name}' is in ${times} of the series`, "name series that contain each bottom series once");
  });
  return chosen;
}

/** Divides the forecasts of some series by the shares of the point forecasts below them, level by level (Athanasopoulos, Ahmed and Hyndman 2009). */
function divide(
  { names, bottom, parts }: Summing,
  from: readonly number[],
  means: readonly Float64Array[],
  step: number,
  base: Float64Array,
  output: Float64Array,
): void {
  const totals = names.length - bottom.length;
  const stack: [index: number, value: number][] = from.map((index) => [index, base[index]]);
  for (let item = stack.pop(); item !== undefined; item = stack.pop()) {
    const [index, value] = item;
    const own = parts[index];
    if (own.length === 0) {
      output[index - totals] = value;
      continue;
    }
    const sum = own.reduce((total, part) => total + means[part][step], 0);
    for (const part of own) stack.push([part, value * (sum === 0 ? 1 / own.length : means[part][step] / sum)]);
  }
}

function traceOrBottom(summing: Summing, method: string, residuals: readonly Float64Array[]): Matrix {
  const { names, bottom } = summing;
  if (method !== "bottomUp") {
    const needed = method === "minTShrink" ? 3 : 1;
    if ((method === "minTShrink" || method === "wlsVariance") && residuals[0].length < needed)
      refuse(
        ["models"],
        `${residuals[0].length} steps have residuals of all series`,
        'fit longer series, or use "wlsStructural"',
        "invalid-data",
      );
    return traceWeights(summing, method as TraceMethod, residuals);
  }
  const weights = new Float64Array(bottom.length * names.length);
  for (let j = 0; j < bottom.length; j++) weights[j * names.length + names.length - bottom.length + j] = 1;
  return weights;
}

/** The residuals of the steps, counted from the end, at which every series has one, in units of their root mean square. */
function alignResiduals(models: readonly FittedForecaster[], names: readonly string[]): Float64Array[] {
  const length = Math.min(...models.map(({ residuals }) => residuals.length));
  const ends = models.map(({ residuals }) => residuals.subarray(residuals.length - length));
  const steps = Array.from({ length }, (_, step) => step).filter((step) =>
    ends.every((own) => Number.isFinite(own[step])),
  );
  let squares = 0;
  for (const own of ends) for (const step of steps) squares += own[step] * own[step];
  const unit = squares > 0 ? Math.sqrt(squares / (steps.length * names.length)) : 1;
  return names.map((_, index) => Float64Array.from(steps, (step) => ends[index][step] / unit));
}

/** Base paths whose steps are driven by normal numbers with the residuals' correlations: a Gaussian copula. */
function drawJointly(
  models: readonly FittedForecaster[],
  residuals: readonly Float64Array[],
  horizon: number,
  count: number,
  rng: Rng,
): Float64Array[] {
  const size = models.length;
  const known = residuals[0].length >= 3;
  const covariance = known
    ? shrunkCovariance(residuals)
    : Float64Array.from({ length: size * size }, (_, i) => (i % (size + 1) === 0 ? 1 : 0));
  const correlation = covariance.map(
    (value, at) =>
      value / Math.sqrt(covariance[Math.floor(at / size) * (size + 1)] * covariance[(at % size) * (size + 1)]),
  );
  // Series that are exact sums of others would leave no pivot.
  for (let i = 0; i < size; i++) correlation[i * (size + 1)] = 1 + 1e-6;
  const factor = cholesky(correlation, size);
  const normals = models.map((_, index) => {
    const column = new Float64Array(count * horizon);
    fillNormal(rng.derive("reconcile", index).words(), column, 0, column.length);
    return column;
  });
  const uniforms = new Float64Array(count * horizon);
  return models.map((model, i) => {
    for (let at = 0; at < uniforms.length; at++) {
      let sum = 0;
      for (let j = 0; j <= i; j++) sum += factor[i * size + j] * normals[j][at];
      uniforms[at] = Math.min(1 - 1e-15, Math.max(1e-300, normalDistribution(sum)));
    }
    return model.paths(horizon, { count, uniforms });
  });
}

function forecastOf(mean: Float64Array, paths: Float64Array, levels: readonly number[]): Forecast {
  const horizon = mean.length;
  const count = paths.length / horizon;
  return Object.freeze({
    horizon,
    mean,
    levels,
    interval(level: number) {
      const tail = (1 - checkLevel(level) / 100) / 2;
      const lower = new Float64Array(horizon);
      const upper = new Float64Array(horizon);
      const column = new Float64Array(count);
      for (let step = 0; step < horizon; step++) {
        for (let path = 0; path < count; path++) column[path] = paths[path * horizon + step];
        [lower[step], upper[step]] = quantiles(column, [tail, 1 - tail]);
      }
      return { level, lower, upper };
    },
  });
}

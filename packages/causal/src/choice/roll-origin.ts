import { fromLinkInto, type Link } from "../link.js";
import { type AdditiveData, fitAdditive, type Part, partOf } from "./additive-fit.js";

/** How well a set of forms foretold rows that it had not seen. */
export interface HeldOut {
  /** Squared errors in the outcome's own unit, by held-out row. */
  readonly squares: Float64Array;
  /** By cause: the slope of what its curve left to explain on the curve, both on held-out rows, with its standard error. */
  readonly slopes: readonly { readonly mean: number; readonly sd: number }[];
}

const folds = 5;
const batches = 20;

/**
 * Fits on the first half of the rows and foretells the next tenth, then on three fifths, and so on: five folds with a rolling origin (Tashman 2000). A
 * prediction through a logarithm is that of the mean, by smearing (Duan 1983).
 */
export function rollOrigin(data: AdditiveData, levels: Float64Array, link: Link, parts: readonly Part[]): HeldOut {
  const rows = data.response.length;
  const first = Math.floor(rows / 2);
  const squares = new Float64Array(rows - first);
  const curves = parts.map(() => new Float64Array(rows - first));
  const left = parts.map(() => new Float64Array(rows - first));
  for (let fold = 0; fold < folds; fold++) {
    const from = first + Math.floor(((rows - first) * fold) / folds);
    const until = first + Math.floor(((rows - first) * (fold + 1)) / folds);
    const fit = fitAdditive(data, parts, from);
    const foretold = data.offset.slice(from, until);
    data.nuisance.forEach((column, index) => {
      for (let row = from; row < until; row++) foretold[row - from] += fit.nuisance[index] * column[row];
    });
    const own = data.causes.map((cause, index) => partOf(fit, index, cause.subarray(from, until)));
    for (const values of own) for (let row = 0; row < values.length; row++) foretold[row] += values[row];
    own.forEach((values, cause) => {
      for (let row = from; row < until; row++) {
        curves[cause][row - first] = values[row - from];
        left[cause][row - first] = data.response[row] + data.offset[row] - foretold[row - from] + values[row - from];
      }
    });
    fromLinkInto(link, foretold, foretold, foretold.length);
    const scale = link.kind === "log" ? fit.smearing : 1;
    for (let row = from; row < until; row++) {
      const error = levels[row] - scale * foretold[row - from];
      squares[row - first] = error * error;
    }
  }
  return { squares, slopes: curves.map((curve, cause) => slopeOf(curve, left[cause])) };
}

/** The mean of differences, and its standard error from the means of up to 20 stretches of rows, so that errors may persist. */
export function meanDifference(a: Float64Array, b: Float64Array): { readonly mean: number; readonly error: number } {
  const count = Math.min(batches, a.length);
  const means = new Float64Array(count);
  let mean = 0;
  for (let batch = 0; batch < count; batch++) {
    const from = Math.floor((a.length * batch) / count);
    const until = Math.floor((a.length * (batch + 1)) / count);
    for (let row = from; row < until; row++) means[batch] += (a[row] - b[row]) / (until - from);
    mean += means[batch] / count;
  }
  let square = 0;
  for (const value of means) square += (value - mean) ** 2;
  return { mean, error: Math.sqrt(square / (count * (count - 1))) };
}

function slopeOf(curve: Float64Array, left: Float64Array): { mean: number; sd: number } {
  const count = curve.length;
  const [middle, level] = [curve, left].map((values) => values.reduce((sum, value) => sum + value, 0) / count);
  let spread = 0;
  let product = 0;
  curve.forEach((value, row) => {
    spread += (value - middle) ** 2;
    product += (value - middle) * (left[row] - level);
  });
  if (!(spread > 0)) return { mean: 0, sd: Number.POSITIVE_INFINITY };
  const mean = product / spread;
  let squares = 0;
  curve.forEach((value, row) => {
    squares += (left[row] - level - mean * (value - middle)) ** 2;
  });
  return { mean, sd: Math.sqrt(squares / ((count - 2) * spread)) };
}

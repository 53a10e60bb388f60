import { exp, log } from "@sage-twin/kernel";
import { interpolate } from "./interpolate.js";
import type { Series } from "./series.js";

/** How a series is seen by a model that learns from many: divided by its size, in logarithms where all values are positive. */
export interface OwnScale {
  readonly logarithm: boolean;
  readonly scale: number;
}

/** A series on its own scale. */
export interface ScaledSeries extends OwnScale {
  /** Whether all values are the same. */
  readonly constant: boolean;
  /** Without gaps. */
  readonly values: Float64Array;
  /** Whether a value was observed. */
  readonly known: Uint8Array;
}

const smallest = 1e-9; // of the scale: what a value of 0 or less is taken for in logarithms
const largestLogarithm = 300;

export function toScale(value: number, { logarithm, scale }: OwnScale): number {
  return logarithm ? log(Math.max(smallest, value / scale)) : value / scale;
}

export function fromScale(value: number, { logarithm, scale }: OwnScale): number {
  return scale * (logarithm ? exp(Math.max(-largestLogarithm, Math.min(largestLogarithm, value))) : value);
}

export function scaleSeries({ values }: Series): ScaledSeries {
  let sum = 0;
  let count = 0;
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const value of values) {
    if (Number.isNaN(value)) continue;
    sum += Math.abs(value);
    count++;
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  const form = { logarithm: low > 0, scale: sum > 0 ? sum / count : 1 };
  return {
    ...form,
    constant: !(high > low),
    values: interpolate(values.map((value) => (Number.isNaN(value) ? value : toScale(value, form)))),
    known: Uint8Array.from(values, (value) => (Number.isNaN(value) ? 0 : 1)),
  };
}

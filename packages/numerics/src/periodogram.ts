import { cos, sin, TwinError } from "@sage-twin/kernel";

/** Power by frequency. */
export interface Periodogram {
  /** Cycles per row, ascending. */
  readonly frequencies: Float64Array;
  /** The share of the variance at each frequency; at the Fourier frequencies of a complete series they sum to 1. */
  readonly power: Float64Array;
}

/**
 * The periodogram of the deviations from the mean, at the Fourier frequencies k / n or at those given. Missing values (NaN) count
 * as the mean.
 *
 * @example
 * ```ts
 * import { periodogram } from "@sage-twin/numerics";
 *
 * const { frequencies, power } = periodogram([1, 0, -1, 0, 1, 0, -1, 0]);
 * frequencies[power.indexOf(Math.max(...power))]; // => 0.25
 * ```
 */
export function periodogram(values: ArrayLike<number>, frequencies?: ArrayLike<number>): Periodogram {
  const count = values.length;
  if (count < 2)
    throw new TwinError({ code: "invalid-argument", path: ["values"], message: `${count} values have no period` });
  const deviations = deviationsOf(values);
  let variance = 0;
  for (const deviation of deviations) variance += deviation * deviation;
  const at =
    frequencies === undefined
      ? Float64Array.from({ length: count >> 1 }, (_, index) => (index + 1) / count)
      : Float64Array.from(frequencies);
  const power = at.map((frequency) => {
    const size = squaredTransform(deviations, frequency);
    return (size * (frequency === 0.5 ? 1 : 2)) / (count * variance);
  });
  return { frequencies: at, power };
}

function deviationsOf(values: ArrayLike<number>): Float64Array {
  const deviations = Float64Array.from(values);
  let sum = 0;
  let known = 0;
  for (const value of deviations) {
    if (Number.isNaN(value)) continue;
    sum += value;
    known++;
  }
  const mean = sum / known;
  return deviations.map((value) => (Number.isNaN(value) ? 0 : value - mean));
}

/** The squared size of the Fourier transform at one frequency (Goertzel 1958, in Reinsch's stable form). */
function squaredTransform(values: Float64Array, frequency: number): number {
  const angle = 2 * Math.PI * frequency;
  const forward = frequency <= 0.25;
  const half = forward ? sin(angle / 2) : cos(angle / 2);
  const factor = (forward ? -4 : 4) * half * half;
  const sign = forward ? 1 : -1;
  let state = 0;
  let change = 0;
  for (let row = 0; row < values.length; row++) {
    change = values[row] + factor * state + sign * change;
    state = change + sign * state;
  }
  const previous = sign * (state - change);
  return state * state + previous * previous - 2 * cos(angle) * state * previous;
}

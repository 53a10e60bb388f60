const shrinkWithoutProof = 0.3; // what is kept of a season that was seen once

/** The classical additive seasonal pattern of the values before an origin, shrunk by the share of its variance that noise explains (James-Stein). */
export class OriginSeason {
  /** Element i is i steps after the last value. */
  readonly season: Float64Array;
  /** What was kept, 0 to 1. */
  strength = 0;
  readonly #sums: Float64Array;
  readonly #counts: Float64Array;

  /** `memory` is how many values are looked at, at most. */
  constructor(seasonLength: number, memory: number) {
    this.season = new Float64Array(seasonLength);
    this.#counts = new Float64Array(seasonLength);
    this.#sums = new Float64Array(memory + 1);
  }

  /** Finds the pattern of `values[from]` to `values[to - 1]`. */
  find(values: Float64Array, from: number, to: number): void {
    const { season } = this;
    const { length } = season;
    const counts = this.#counts.fill(0);
    season.fill(0);
    this.strength = 0;
    const count = to - from;
    const half = length >> 1;
    const rests = count - 2 * half;
    if (length === 1 || count < 2 * length) return;
    const sums = this.#sums;
    for (let i = 0; i < count; i++) sums[i + 1] = sums[i] + values[from + i];
    const odd = length % 2;
    const restAt = (i: number): number => {
      const first = sums[i + half + odd] - sums[i - half];
      const second = sums[i + half + 1] - sums[i - half + 1 - odd];
      return values[from + i] - (first + second) / (2 * length);
    };
    let total = 0;
    for (let i = half; i < count - half; i++) {
      const rest = restAt(i);
      const position = seasonPosition(i - count + 1, length);
      season[position] += rest;
      counts[position]++;
      total += rest * rest;
    }
    let mean = 0;
    for (let i = 0; i < length; i++) {
      season[i] /= Math.max(1, counts[i]);
      mean += season[i] / length;
    }
    let variance = 0;
    for (let i = 0; i < length; i++) {
      season[i] -= mean;
      variance += (season[i] * season[i]) / (length - 1);
    }
    let squares = 0;
    for (let i = half; i < count - half; i++) {
      const error = restAt(i) - season[seasonPosition(i - count + 1, length)];
      squares += error * error;
    }
    const noise = rests > length ? ((squares / (rests - length)) * length) / rests : 0;
    this.strength =
      rests <= length ? shrinkWithoutProof : total > 0 && variance > 0 ? Math.max(0, 1 - noise / variance) : 0;
    for (let i = 0; i < length; i++) season[i] *= this.strength;
  }
}

/** The place in the season of a step counted from the last value. */
export function seasonPosition(step: number, length: number): number {
  const rest = step % length;
  return rest < 0 ? rest + length : rest;
}

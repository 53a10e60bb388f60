import { log } from "@sage-twin/kernel";
import { OriginSeason, seasonPosition } from "./origin-season.js";
import type { OriginView } from "./predict-in-blocks.js";

/** What the networks are shown of a series. */
export interface WindowSettings {
  readonly seasonLength: number;
  /** Last values, without their season. */
  readonly inputLength: number;
}

const smoothing = [0.1, 0.2, 0.4];
const trends = [
  { level: 0.3, slope: 0.1 },
  { level: 0.5, slope: 0.05 },
];
const damping = 0.9;
const levelLength = 3;
const leastSwing = 1e-4;
const softness = 3; // numbers beyond this many swings count ever less
const typicalLength = 54;

/** How many numbers beside the last values the networks are shown. */
export const summaries: number = /* @__PURE__ */ (() => smoothing.length + 2 * trends.length + 5)();

/** How many values before a forecast are read at most. */
function windowMemory({ seasonLength, inputLength }: WindowSettings): number {
  return Math.max(24, 6 * seasonLength, inputLength);
}

/**
 * A series as the networks see it from one origin: its last values, after a seasonal pattern was taken off, as differences from their level in units of the mean absolute change of one
 * step (the swing); then smoothed levels and trends, the mean, the swing, the season's strength and size, and the length.
 */
export class NeuralWindow implements OriginView {
  level = 0;
  swing = leastSwing;
  readonly season: Float64Array;
  readonly inputs: Float64Array;
  readonly memory: number;
  readonly #inputLength: number;
  readonly #pattern: OriginSeason;
  readonly #plain: Float64Array;

  constructor(settings: WindowSettings) {
    this.memory = windowMemory(settings);
    this.#inputLength = settings.inputLength;
    this.#pattern = new OriginSeason(settings.seasonLength, this.memory);
    this.season = this.#pattern.season;
    this.#plain = new Float64Array(this.memory);
    this.inputs = new Float64Array(settings.inputLength + summaries);
  }

  look(values: Float64Array, to: number): void {
    const from = Math.max(0, to - this.memory);
    this.#pattern.find(values, from, to);
    const { inputs, season } = this;
    const plain = this.#plain;
    const length = season.length;
    const count = to - from;
    const last = count - 1;
    let changes = 0;
    let mean = 0;
    for (let i = 0; i < count; i++) {
      plain[i] = values[from + i] - season[seasonPosition(i - last, length)];
      mean += plain[i] / count;
      if (i > 0) changes += Math.abs(plain[i] - plain[i - 1]);
    }
    const swing = changes / Math.max(1, last) + leastSwing;
    const near = Math.min(levelLength, count);
    let level = 0;
    for (let i = count - near; i < count; i++) level += plain[i] / near;
    this.level = level;
    this.swing = swing;
    let at = 0;
    for (; at < this.#inputLength; at++)
      inputs[at] = soft((plain[Math.max(0, count - this.#inputLength + at)] - level) / swing);
    for (const alpha of smoothing) {
      let smooth = plain[0];
      for (let i = 1; i < count; i++) smooth += alpha * (plain[i] - smooth);
      inputs[at++] = soft((smooth - level) / swing);
    }
    for (const rate of trends) {
      let smooth = plain[0];
      let slope = 0;
      for (let i = 1; i < count; i++) {
        const expected = smooth + damping * slope;
        const next = expected + rate.level * (plain[i] - expected);
        slope = damping * slope + rate.slope * (next - expected);
        smooth = next;
      }
      inputs[at++] = soft((smooth - level) / swing);
      inputs[at++] = soft((12 * slope) / swing);
    }
    let size = 0;
    for (let i = 0; i < length; i++) size += Math.abs(season[i]) / length;
    inputs[at++] = soft((mean - level) / swing);
    inputs[at++] = log(swing);
    inputs[at++] = this.#pattern.strength;
    inputs[at++] = soft(size / swing);
    inputs[at] = log(count / typicalLength);
  }
}

/** Nearly the number itself near zero, and never beyond the softness. */
function soft(x: number): number {
  return x / Math.sqrt(1 + (x / softness) * (x / softness));
}

import { OriginSeason, seasonPosition } from "./origin-season.js";

/** Which features the trees see. */
export interface FeatureSettings {
  readonly seasonLength: number;
  /** Steps before the last value. */
  readonly lags: readonly number[];
  /** Lengths of the windows of means and slopes. */
  readonly rolling: readonly number[];
  readonly calendar: boolean;
}

const smoothing = [0.1, 0.2, 0.4, 0.6];
const trends = [
  { level: 0.3, slope: 0.1 },
  { level: 0.5, slope: 0.05 },
];
const damping = 0.9;
const leastSwing = 1e-4;
const dayLength = 86_400_000;

/** How many values before a forecast the features read at most. */
export function memoryOf({ seasonLength, lags, rolling }: FeatureSettings): number {
  return Math.max(24, 6 * seasonLength, ...rolling, ...lags.map((lag) => lag + 1));
}

/**
 * Features of one origin and one step ahead, from the values before it alone. All are differences from the last value, in units of the mean absolute
 * change of one step (the swing), after a seasonal pattern was taken off, so that series of any level and unit look alike to the trees.
 */
export class BoostingFeatures {
  readonly names: readonly string[];
  /** The last value without its season, the seasonal pattern (element i is i steps ahead) and the swing, of the origin last looked at. */
  level = 0;
  readonly season: Float64Array;
  swing = leastSwing;
  readonly #settings: FeatureSettings;
  readonly #plain: Float64Array;
  readonly #common: Float64Array;
  readonly #pattern: OriginSeason;
  #values: Float64Array = new Float64Array(0);
  #from = 0;
  #to = 0;

  constructor(settings: FeatureSettings) {
    const { seasonLength, lags, rolling, calendar } = settings;
    const memory = memoryOf(settings);
    this.#settings = settings;
    this.#plain = new Float64Array(memory);
    this.#pattern = new OriginSeason(seasonLength, memory);
    this.season = this.#pattern.season;
    const common = [
      ...lags.map((lag) => `lag ${lag}`),
      ...rolling.flatMap((window) => [`mean ${window}`, `slope ${window}`]),
      ...smoothing.map((alpha) => `smooth ${alpha}`),
      ...trends.flatMap(({ level }) => [`trend level ${level}`, `trend slope ${level}`]),
      "mean",
      "slope",
      "persistence",
      "swing",
      "recent swing",
      "length",
      ...(seasonLength > 1 ? ["season strength", "season size"] : []),
    ];
    this.#common = new Float64Array(common.length);
    this.names = [
      ...common,
      "step",
      ...(seasonLength > 1 ? ["season", "season before", "season rest", "season rest before"] : []),
      ...(calendar ? ["month", "day of month", "weekday", "hour"] : []),
    ];
  }

  /** Looks at the origin whose last known value is `values[to - 1]`. */
  look(values: Float64Array, to: number): void {
    const from = Math.max(0, to - this.#plain.length);
    this.#values = values;
    this.#from = from;
    this.#to = to;
    this.#pattern.find(values, from, to);
    const { seasonLength, lags, rolling } = this.#settings;
    const plain = this.#plain;
    const count = to - from;
    const last = count - 1;
    let swing = 0;
    let variance = 0;
    let covariance = 0;
    for (let i = 0; i < count; i++) {
      plain[i] = values[from + i] - this.season[seasonPosition(i - last, seasonLength)];
      if (i > 0) swing += Math.abs(plain[i] - plain[i - 1]);
      if (i > 1) {
        const change = plain[i] - plain[i - 1];
        variance += change * change;
        covariance += change * (plain[i - 1] - plain[i - 2]);
      }
    }
    swing = swing / Math.max(1, last) + leastSwing;
    const level = plain[last];
    this.level = level;
    this.swing = swing;
    const common = this.#common;
    let at = 0;
    for (const lag of lags) common[at++] = (plain[Math.max(0, last - lag)] - level) / swing;
    for (const window of rolling) {
      common[at++] = (this.#mean(window, count) - level) / swing;
      common[at++] = (window * this.#slope(window, count)) / swing;
    }
    for (const alpha of smoothing) {
      let smooth = plain[0];
      for (let i = 1; i < count; i++) smooth += alpha * (plain[i] - smooth);
      common[at++] = (smooth - level) / swing;
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
      common[at++] = (smooth - level) / swing;
      common[at++] = (12 * slope) / swing;
    }
    common[at++] = (this.#mean(count, count) - level) / swing;
    common[at++] = (12 * this.#slope(count, count)) / swing;
    common[at++] = variance > 0 ? covariance / variance : 0;
    common[at++] = swing;
    let recent = 0;
    const few = Math.min(12, last);
    for (let i = count - few; i < count; i++) recent += Math.abs(plain[i] - plain[i - 1]);
    common[at++] = recent / Math.max(1, few) / swing;
    common[at++] = count;
    if (seasonLength > 1) {
      let size = 0;
      for (let i = 0; i < seasonLength; i++) size += Math.abs(this.season[i]) / seasonLength;
      common[at++] = this.#pattern.strength;
      common[at++] = size / swing;
    }
  }

  /** Writes the features of a step ahead of the origin looked at to row `row` of the columns. */
  write(columns: readonly Float64Array[], row: number, step: number, instant: number): void {
    const { seasonLength, calendar } = this.#settings;
    let at = 0;
    for (; at < this.#common.length; at++) columns[at][row] = this.#common[at];
    columns[at++][row] = step;
    if (seasonLength > 1) {
      const before = this.#to - 1 + step - seasonLength * Math.ceil(step / seasonLength);
      const season = this.season[step % seasonLength];
      columns[at++][row] = season / this.swing;
      columns[at++][row] =
        before >= this.#from ? (this.#values[before] - season - this.level) / this.swing : Number.NaN;
      columns[at++][row] = this.#rest(before);
      columns[at++][row] = this.#rest(before - seasonLength);
    }
    if (calendar) {
      const date = new Date(instant);
      columns[at++][row] = date.getUTCMonth();
      columns[at++][row] = date.getUTCDate();
      columns[at++][row] = date.getUTCDay();
      columns[at][row] = date.getUTCHours();
    }
  }

  /** What the season leaves of a past value, over the mean of a season around it. */
  #rest(index: number): number {
    if (index < this.#from) return Number.NaN;
    const half = this.#settings.seasonLength >> 1;
    const low = Math.max(0, index - half - this.#from);
    const high = Math.min(this.#to - 1, index + half) - this.#from;
    let sum = 0;
    for (let i = low; i <= high; i++) sum += this.#plain[i];
    return (this.#plain[index - this.#from] - sum / (high - low + 1)) / this.swing;
  }

  #mean(window: number, count: number): number {
    const used = Math.min(window, count);
    let sum = 0;
    for (let i = count - used; i < count; i++) sum += this.#plain[i];
    return sum / used;
  }

  /** The least-squares slope of the last values. */
  #slope(window: number, count: number): number {
    const used = Math.min(window, count);
    if (used < 3) return 0;
    const middle = (used - 1) / 2;
    let shared = 0;
    let spread = 0;
    for (let i = 0; i < used; i++) {
      shared += (i - middle) * this.#plain[count - used + i];
      spread += (i - middle) * (i - middle);
    }
    return shared / spread;
  }
}

/** The calendar of a series: when its last value was observed, and how far apart values are, in whole months or in milliseconds. */
export interface BoostingAxis {
  readonly last: number;
  readonly months: number;
  readonly milliseconds: number;
}

/** Spacing of at least 28 days is counted in months. */
export function axisOf(timestamps: ArrayLike<number>): BoostingAxis {
  const count = timestamps.length;
  const last = timestamps[count - 1];
  const mean = count > 1 ? (last - timestamps[0]) / (count - 1) : dayLength;
  if (mean >= 28 * dayLength) return { last, months: Math.round(mean / (30.436875 * dayLength)), milliseconds: 0 };
  const gaps = Float64Array.from({ length: Math.max(1, count - 1) }, (_, i) =>
    count > 1 ? timestamps[i + 1] - timestamps[i] : mean,
  );
  return { last, months: 0, milliseconds: gaps.sort()[gaps.length >> 1] };
}

/** The instant some steps after the last one. */
export function instantAt({ last, months, milliseconds }: BoostingAxis, steps: number): number {
  if (months === 0) return last + steps * milliseconds;
  const date = new Date(last);
  const day = Math.min(28, date.getUTCDate());
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + steps * months, day, date.getUTCHours());
}

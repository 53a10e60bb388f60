import {
  arrayShape,
  booleanShape,
  exp,
  log,
  numberShape,
  objectShape,
  optionalShape,
  type Path,
  type Shape,
  textShape,
} from "@sage-twin/kernel";
import { type FittedTrees, openHistogramTrees } from "@sage-twin/learners";
import { type BoostingAxis, BoostingFeatures, type FeatureSettings, instantAt, memoryOf } from "./boosting-features.js";
import type { Process } from "./process.js";

/** One series forecast by trees, which may be shared with others. */
export interface BoostingState {
  readonly settings: FeatureSettings;
  /** How many steps the trees forecast at a time; further ones start from their forecasts. */
  readonly block: number;
  /** Whether the trees see logarithms. */
  readonly logarithm: boolean;
  /** What values are divided by before that. */
  readonly scale: number;
  /** The last values as the trees see them, the oldest first. */
  readonly history: readonly number[];
  readonly axis?: BoostingAxis;
  /** The standard deviation of each step's error, in units of the swing; later steps grow with the root of their number. */
  readonly spread: readonly number[];
  /** The correlation of the errors of neighbouring steps. */
  readonly persistence: number;
  readonly description: string;
  /** Saved trees. */
  readonly model: unknown;
}

const opened = /* @__PURE__ */ new WeakMap<object, FittedTrees>();

/** The trees of a saved model; the same ones each time they are asked for. */
function treesIn(model: unknown, path?: Path): FittedTrees {
  const known = typeof model === "object" && model !== null ? opened.get(model) : undefined;
  const trees = known ?? openHistogramTrees(model, path);
  if (known === undefined) opened.set(model as object, trees);
  return trees;
}

/** Saves trees, and remembers what was saved. */
export function savedTrees(trees: FittedTrees): unknown {
  const model = trees.toJSON() as object;
  opened.set(model, trees);
  return model;
}

const numbers = /* @__PURE__ */ arrayShape(numberShape);

export const boostingShape: Shape<BoostingState> = /* @__PURE__ */ objectShape({
  settings: /* @__PURE__ */ objectShape({
    seasonLength: numberShape,
    lags: numbers,
    rolling: numbers,
    calendar: booleanShape,
  }),
  block: numberShape,
  logarithm: booleanShape,
  scale: numberShape,
  history: numbers,
  axis: /* @__PURE__ */ optionalShape(
    /* @__PURE__ */ objectShape({ last: numberShape, months: numberShape, milliseconds: numberShape }),
  ),
  spread: numbers,
  persistence: numberShape,
  description: textShape,
  model: (value, path) => {
    treesIn(value, path);
    return value;
  },
});

/** What forecasting from one origin after another needs. */
export class BoostingPredictor {
  readonly features: BoostingFeatures;
  readonly #trees: FittedTrees;
  readonly #memory: number;
  readonly #block: number;
  readonly #tables = new Map<number, Readonly<Record<string, Float64Array>>>();

  constructor(trees: FittedTrees, settings: FeatureSettings, block: number) {
    this.#trees = trees;
    this.#memory = memoryOf(settings);
    this.#block = block;
    this.features = new BoostingFeatures(settings);
  }

  /** Writes forecasts to `values[to]`, `values[to + 1]`, ..., from the values before; returns the swing at the first origin. */
  predict(values: Float64Array, to: number, steps: number, axis: BoostingAxis | undefined): number {
    const { features } = this;
    let swing = 0;
    let [low, high] = [0, 0];
    for (let done = 0; done < steps; done += this.#block) {
      features.look(values, to + done);
      if (done === 0) {
        swing = features.swing;
        const seen = values.subarray(Math.max(0, to - this.#memory), to);
        [low, high] = [seen.reduce((a, b) => Math.min(a, b)), seen.reduce((a, b) => Math.max(a, b))];
      }
      // No forecast leaves the range of the values by more than that range and a few swings: what feeds on itself cannot run off.
      const room = high - low + farthest * swing;
      const count = Math.min(this.#block, steps - done);
      const table = this.#tableOf(count);
      const columns = Object.values(table);
      for (let step = 1; step <= count; step++)
        features.write(columns, step - 1, step, axis === undefined ? 0 : instantAt(axis, done + step));
      const found = this.#trees.predict(table);
      for (let step = 1; step <= count; step++) {
        const value =
          features.level + features.season[step % features.season.length] + features.swing * found[step - 1];
        values[to + done + step - 1] = Math.min(high + room, Math.max(low - room, value));
      }
    }
    return swing;
  }

  #tableOf(rows: number): Readonly<Record<string, Float64Array>> {
    let table = this.#tables.get(rows);
    if (table === undefined) {
      table = Object.fromEntries(this.features.names.map((name) => [name, new Float64Array(rows)]));
      this.#tables.set(rows, table);
    }
    return table;
  }
}

const farthest = 20;
const longestGrowth = 10; // in units of the measured steps: spreads stay as they are beyond

export function boostingProcess(state: BoostingState): Process<BoostingState> {
  const { settings, block, logarithm, scale, axis, persistence, spread: measured } = state;
  const predictor = new BoostingPredictor(treesIn(state.model), settings, block);
  const back = (value: number): number => scale * (logarithm ? exp(Math.max(-300, Math.min(300, value))) : value);
  /** Forecasts as the trees see values, and the swing. */
  const ahead = (horizon: number): { readonly centre: Float64Array; readonly swing: number } => {
    const { length } = state.history;
    const values = new Float64Array(length + horizon);
    values.set(state.history);
    const swing = predictor.predict(values, length, horizon, axis);
    return { centre: values.slice(length), swing };
  };
  const spreadAt = (step: number): number =>
    step < measured.length
      ? measured[step]
      : measured[measured.length - 1] * Math.sqrt(Math.min(longestGrowth, (step + 1) / measured.length));
  return {
    name: "gradientBoosting",
    description: state.description,
    mean: (horizon) => ahead(horizon).centre.map(back),
    deviation(horizon) {
      if (logarithm) return undefined;
      const { centre, swing } = ahead(horizon);
      return centre.map((_, step) => scale * swing * spreadAt(step));
    },
    spread(horizon) {
      const { centre, swing } = ahead(horizon);
      return centre.map((value, step) => swing * spreadAt(step) * (logarithm ? back(value) : scale));
    },
    simulate(innovations, horizon) {
      const { centre, swing } = ahead(horizon);
      const fresh = Math.sqrt(1 - persistence * persistence);
      for (let start = 0; start < innovations.length; start += horizon) {
        let error = 0;
        for (let step = 0; step < horizon; step++) {
          const own = innovations[start + step];
          error = step === 0 ? own : persistence * error + fresh * own;
          innovations[start + step] = back(centre[step] + swing * spreadAt(step) * error);
        }
      }
    },
    filter(values) {
      const memory = memoryOf(settings);
      const { length } = state.history;
      const all = new Float64Array(length + values.length);
      all.set(state.history);
      const residuals = values.map((value, i) => {
        const at = length + i;
        predictor.predict(all, at, 1, axis && { ...axis, last: instantAt(axis, i) });
        const error = value - back(all[at]);
        if (!Number.isNaN(value)) all[at] = toScale(value, state);
        return error;
      });
      const end = length + values.length;
      return {
        residuals,
        state: {
          ...state,
          history: Array.from(all.subarray(Math.max(0, end - memory), end)),
          ...(axis === undefined ? {} : { axis: { ...axis, last: instantAt(axis, values.length) } }),
        },
      };
    },
  };
}

const smallest = 1e-9; // of the scale: what a value of 0 or less is taken for by a model of logarithms

/** A value as the trees see it. */
export function toScale(value: number, { logarithm, scale }: Pick<BoostingState, "logarithm" | "scale">): number {
  return logarithm ? log(Math.max(smallest, value / scale)) : value / scale;
}

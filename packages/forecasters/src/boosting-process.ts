import {
  arrayShape,
  booleanShape,
  numberShape,
  objectShape,
  optionalShape,
  type Path,
  type Shape,
} from "@sage-twin/kernel";
import { type FittedTrees, openHistogramTrees } from "@sage-twin/learners";
import { type BoostingAxis, BoostingFeatures, type FeatureSettings, instantAt, memoryOf } from "./boosting-features.js";
import { type HeldOutState, heldOutProcess, heldOutShapes } from "./held-out-process.js";
import { predictInBlocks } from "./predict-in-blocks.js";
import type { Process } from "./process.js";

/** One series forecast by trees, which may be shared with others. */
export interface BoostingState extends HeldOutState {
  readonly settings: FeatureSettings;
  /** How many steps the trees forecast at a time; further ones start from their forecasts. */
  readonly block: number;
  readonly axis?: BoostingAxis;
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

export const boostingShape: Shape<BoostingState> = /* @__PURE__ */ (() =>
  objectShape({
    ...heldOutShapes,
    settings: /* @__PURE__ */ objectShape({
      seasonLength: numberShape,
      lags: numbers,
      rolling: numbers,
      calendar: booleanShape,
    }),
    block: numberShape,
    axis: /* @__PURE__ */ optionalShape(
      /* @__PURE__ */ objectShape({ last: numberShape, months: numberShape, milliseconds: numberShape }),
    ),
    model: (value, path) => {
      treesIn(value, path);
      return value;
    },
  }))();

/** What forecasting from one origin after another needs. */
export class BoostingPredictor {
  readonly features: BoostingFeatures;
  readonly #trees: FittedTrees;
  readonly memory: number;
  readonly #block: number;
  readonly #tables = new Map<number, Readonly<Record<string, Float64Array>>>();

  constructor(trees: FittedTrees, settings: FeatureSettings, block: number) {
    this.#trees = trees;
    this.memory = memoryOf(settings);
    this.#block = block;
    this.features = new BoostingFeatures(settings);
  }

  /** Writes forecasts to `values[to]`, `values[to + 1]`, ..., from the values before; returns the swing at the first origin. */
  predict(values: Float64Array, to: number, steps: number, axis: BoostingAxis | undefined): number {
    const { features } = this;
    return predictInBlocks(features, this.memory, this.#block, values, to, steps, (done, count) => {
      const table = this.#tableOf(count);
      const columns = Object.values(table);
      for (let step = 1; step <= count; step++)
        features.write(columns, step - 1, step, axis === undefined ? 0 : instantAt(axis, done + step));
      return this.#trees.predict(table);
    });
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

export function boostingProcess(state: BoostingState): Process<BoostingState> {
  return heldOutProcess(
    "gradientBoosting",
    state,
    new BoostingPredictor(treesIn(state.model), state.settings, state.block),
  );
}

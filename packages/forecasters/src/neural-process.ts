import {
  arrayShape,
  decodeNumbers,
  type EncodedNumbers,
  encodedNumbersShape,
  encodeNumbers,
  numberShape,
  objectShape,
  type Path,
  type Shape,
  TwinError,
} from "@sage-twin/kernel";
import {
  checkWeights,
  float64Backend,
  type NetworkSpec,
  networkShape,
  type SynchronousNetwork,
} from "@sage-twin/learners";
import { type HeldOutState, heldOutProcess, heldOutShapes, type OriginPredictor } from "./held-out-process.js";
import { NeuralWindow, summaries, type WindowSettings } from "./neural-window.js";
import { predictInBlocks } from "./predict-in-blocks.js";
import type { Process } from "./process.js";

/** Trained networks, as they are saved. */
export interface NeuralModel {
  readonly settings: WindowSettings;
  readonly network: NetworkSpec;
  /** The weights of each network of the ensemble. */
  readonly weights: readonly EncodedNumbers[];
}

/** One series forecast by networks, which may be shared with others. */
export interface NeuralState extends HeldOutState {
  readonly model: NeuralModel;
}

export const longestSeason = 10_000;
export const longestWindow = 1000;

function wholeShape(most: number): Shape<number> {
  return (value, path) => {
    const number = numberShape(value, path);
    if (Number.isInteger(number) && number >= 1 && number <= most) return number;
    throw new TwinError({
      code: "corrupt",
      path: path ?? [],
      message: `${number} is not a whole number from 1 to ${most}`,
    });
  };
}

const modelShape: Shape<NeuralModel> = /* @__PURE__ */ objectShape({
  settings: /* @__PURE__ */ objectShape({
    seasonLength: /* @__PURE__ */ wholeShape(longestSeason),
    inputLength: /* @__PURE__ */ wholeShape(longestWindow),
  }),
  network: (value) => value as NetworkSpec,
  weights: /* @__PURE__ */ arrayShape(encodedNumbersShape),
});

const opened = /* @__PURE__ */ new WeakMap<object, readonly SynchronousNetwork[]>();

/** The networks of a saved model; the same ones each time they are asked for. */
function networksIn(model: NeuralModel): readonly SynchronousNetwork[] {
  const known = opened.get(model);
  if (known !== undefined) return known;
  const { settings, network, weights } = model;
  const shape = networkShape(network);
  if (shape.inputs !== settings.inputLength + summaries || weights.length === 0)
    throw new TwinError({
      code: "corrupt",
      path: ["network"],
      message: `${weights.length} networks of ${shape.inputs} inputs do not fit windows of ${settings.inputLength} values`,
    });
  const networks = openNetworks(
    network,
    weights.map((numbers, index) => decodeNumbers(numbers, ["weights", index])),
  );
  opened.set(model, networks);
  return networks;
}

export function openNetworks(network: NetworkSpec, weights: readonly Float64Array[]): readonly SynchronousNetwork[] {
  return weights.map((own) => float64Backend.create(network, { weights: own }));
}

export const neuralShape: Shape<NeuralState> = /* @__PURE__ */ (() =>
  objectShape({
    ...heldOutShapes,
    model(value, path: Path = []) {
      const model = modelShape(value, path);
      try {
        networksIn(model);
      } catch (error) {
        if (!TwinError.isInstance(error)) throw error;
        throw new TwinError(
          error.issues.map((issue) => ({ ...issue, code: "corrupt" as const, path: [...path, ...issue.path] })),
        );
      }
      return model;
    },
  }))();

/** Saves trained networks, and remembers them. */
export function savedNetworks(
  settings: WindowSettings,
  network: NetworkSpec,
  weights: readonly Float64Array[],
): NeuralModel {
  for (const own of weights) checkWeights(networkShape(network), own);
  const model = { settings, network, weights: weights.map(encodeNumbers) };
  opened.set(model, openNetworks(network, weights));
  return model;
}

/** Forecasts by the mean of networks, from one origin after another. */
export class NeuralPredictor implements OriginPredictor {
  readonly memory: number;
  readonly window: NeuralWindow;
  readonly #networks: readonly SynchronousNetwork[];

  constructor(networks: readonly SynchronousNetwork[], settings: WindowSettings) {
    this.#networks = networks;
    this.window = new NeuralWindow(settings);
    this.memory = this.window.memory;
  }

  predict(values: Float64Array, to: number, steps: number): number {
    const block = this.#networks[0].shape.outputs;
    return predictInBlocks(this.window, this.memory, block, values, to, steps, () => this.#mean());
  }

  #mean(): Float64Array {
    const sum = this.#networks[0].predict(this.window.inputs);
    for (let i = 1; i < this.#networks.length; i++) {
      const more = this.#networks[i].predict(this.window.inputs);
      for (let step = 0; step < sum.length; step++) sum[step] += more[step];
    }
    for (let step = 0; step < sum.length; step++) sum[step] /= this.#networks.length;
    return sum;
  }
}

export function neuralProcess(state: NeuralState): Process<NeuralState> {
  return heldOutProcess("neural", state, new NeuralPredictor(networksIn(state.model), state.model.settings));
}

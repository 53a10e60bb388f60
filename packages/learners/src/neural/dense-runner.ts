import { tanhAll } from "./activations.js";
import { multiply, transpose, withRoom } from "./multiply.js";
import type { Activation, DenseLayer } from "./network-spec.js";
import type { Runner, WeightStore } from "./runner.js";

export class DenseRunner implements Runner {
  readonly outputs: number;
  readonly #inputs: number;
  readonly #activation: Activation;
  readonly #store: WeightStore;
  readonly #matrix: number;
  readonly #bias: number;
  readonly #turnedMatrix: Float64Array;
  readonly #matrixGradients: Float64Array;
  #seen: Float64Array = new Float64Array(0);
  #values: Float64Array = new Float64Array(0);
  #turnedGradients: Float64Array = new Float64Array(0);
  #turnedInputs: Float64Array = new Float64Array(0);
  #inputGradients: Float64Array = new Float64Array(0);

  constructor({ units, activation = "linear" }: DenseLayer, inputs: number, store: WeightStore) {
    this.outputs = units;
    this.#inputs = inputs;
    this.#activation = activation;
    this.#store = store;
    this.#matrix = store.taken;
    this.#bias = store.taken + units * inputs;
    store.taken = this.#bias + units;
    this.#turnedMatrix = new Float64Array(units * inputs);
    this.#matrixGradients = new Float64Array(units * inputs);
  }

  forward(inputs: Float64Array, rows: number): Float64Array {
    const units = this.outputs;
    const { weights } = this.#store;
    this.#seen = inputs;
    this.#values = withRoom(this.#values, rows * units);
    const values = this.#values;
    const bias = this.#bias;
    for (let row = 0, at = 0; row < rows; row++)
      for (let unit = 0; unit < units; unit++, at++) values[at] = weights[bias + unit];
    multiply(inputs, 0, weights, this.#matrix, values, rows, units, this.#inputs, true);
    const count = rows * units;
    if (this.#activation === "relu") {
      for (let i = 0; i < count; i++) if (values[i] < 0) values[i] = 0;
    } else if (this.#activation === "tanh") tanhAll(values, 0, count);
    return values;
  }

  backward(gradients: Float64Array, rows: number): Float64Array {
    const units = this.outputs;
    const inputs = this.#inputs;
    const { weights, gradients: all } = this.#store;
    const values = this.#values;
    const count = rows * units;
    if (this.#activation === "relu") {
      for (let i = 0; i < count; i++) if (values[i] === 0) gradients[i] = 0;
    } else if (this.#activation === "tanh") {
      for (let i = 0; i < count; i++) gradients[i] *= 1 - values[i] * values[i];
    }
    const bias = this.#bias;
    for (let row = 0, at = 0; row < rows; row++)
      for (let unit = 0; unit < units; unit++, at++) all[bias + unit] += gradients[at];
    this.#turnedGradients = withRoom(this.#turnedGradients, count);
    this.#turnedInputs = withRoom(this.#turnedInputs, rows * inputs);
    this.#inputGradients = withRoom(this.#inputGradients, rows * inputs);
    transpose(gradients, 0, this.#turnedGradients, rows, units);
    transpose(this.#seen, 0, this.#turnedInputs, rows, inputs);
    const own = this.#matrixGradients;
    multiply(this.#turnedGradients, 0, this.#turnedInputs, 0, own, units, inputs, rows, false);
    const matrix = this.#matrix;
    for (let i = 0; i < own.length; i++) all[matrix + i] += own[i];
    transpose(weights, matrix, this.#turnedMatrix, units, inputs);
    multiply(gradients, 0, this.#turnedMatrix, 0, this.#inputGradients, rows, inputs, units, false);
    return this.#inputGradients;
  }
}

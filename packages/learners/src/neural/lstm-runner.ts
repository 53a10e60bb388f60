import { sigmoidAll, tanh } from "./activations.js";
import { multiply, transpose } from "./multiply.js";
import type { LstmLayer } from "./network-spec.js";
import type { Runner, WeightStore } from "./runner.js";

/**
 * With x the step's features beside the hidden state h before: gates (i, f, g, o) = W x + b; c = s(f) c + s(i) tanh(g); h = s(o) tanh(c). Everything is kept step by step for the way
 * back.
 */
export class LstmRunner implements Runner {
  readonly outputs: number;
  readonly #features: number;
  readonly #width: number;
  readonly #steps: number;
  readonly #store: WeightStore;
  readonly #matrix: number;
  readonly #bias: number;
  readonly #turnedMatrix: Float64Array;
  readonly #matrixGradients: Float64Array;
  #joined: Float64Array[] = [];
  #gates: Float64Array[] = [];
  #cells: Float64Array[] = [];
  #squashed: Float64Array[] = [];
  #hidden: Float64Array = new Float64Array(0);
  #cellGradients: Float64Array = new Float64Array(0);
  #hiddenGradients: Float64Array = new Float64Array(0);
  #joinedGradients: Float64Array = new Float64Array(0);
  #turnedGates: Float64Array = new Float64Array(0);
  #turnedJoined: Float64Array = new Float64Array(0);
  #inputGradients: Float64Array = new Float64Array(0);
  #rows = 0;

  constructor({ units, features }: LstmLayer, inputs: number, store: WeightStore) {
    this.outputs = units;
    this.#features = features;
    this.#width = features + units;
    this.#steps = inputs / features;
    this.#store = store;
    const size = 4 * units * this.#width;
    this.#matrix = store.taken;
    this.#bias = store.taken + size;
    store.taken = this.#bias + 4 * units;
    this.#turnedMatrix = new Float64Array(size);
    this.#matrixGradients = new Float64Array(size);
  }

  forward(inputs: Float64Array, rows: number): Float64Array {
    this.#makeRoom(rows);
    const units = this.outputs;
    const features = this.#features;
    const width = this.#width;
    const steps = this.#steps;
    const { weights } = this.#store;
    const hidden = this.#hidden.fill(0, 0, rows * units);
    this.#cells[0].fill(0, 0, rows * units);
    for (let step = 0; step < steps; step++) {
      const joined = this.#joined[step];
      const gates = this.#gates[step];
      for (let row = 0; row < rows; row++) {
        const from = (row * steps + step) * features;
        const to = row * width;
        for (let i = 0; i < features; i++) joined[to + i] = inputs[from + i];
        for (let i = 0; i < units; i++) joined[to + features + i] = hidden[row * units + i];
        for (let i = 0; i < 4 * units; i++) gates[row * 4 * units + i] = weights[this.#bias + i];
      }
      multiply(joined, 0, weights, this.#matrix, gates, rows, 4 * units, width, true);
      const before = this.#cells[step];
      const cells = this.#cells[step + 1];
      const squashed = this.#squashed[step];
      for (let row = 0; row < rows; row++) {
        const gate = row * 4 * units;
        sigmoidAll(gates, gate, gate + 2 * units);
        sigmoidAll(gates, gate + 3 * units, gate + 4 * units);
        for (let i = 0; i < units; i++) {
          const at = row * units + i;
          const candidate = tanh(gates[gate + 2 * units + i]);
          gates[gate + 2 * units + i] = candidate;
          cells[at] = gates[gate + units + i] * before[at] + gates[gate + i] * candidate;
          squashed[at] = tanh(cells[at]);
          hidden[at] = gates[gate + 3 * units + i] * squashed[at];
        }
      }
    }
    return hidden;
  }

  backward(gradients: Float64Array, rows: number): Float64Array {
    const units = this.outputs;
    const features = this.#features;
    const width = this.#width;
    const steps = this.#steps;
    const { weights, gradients: all } = this.#store;
    const matrixGradients = this.#matrixGradients.fill(0);
    const cellGradients = this.#cellGradients.fill(0, 0, rows * units);
    const hiddenGradients = this.#hiddenGradients;
    for (let i = 0; i < rows * units; i++) hiddenGradients[i] = gradients[i];
    transpose(weights, this.#matrix, this.#turnedMatrix, 4 * units, width);
    for (let step = steps - 1; step >= 0; step--) {
      const gates = this.#gates[step];
      const before = this.#cells[step];
      const squashed = this.#squashed[step];
      for (let row = 0; row < rows; row++) {
        const gate = row * 4 * units;
        for (let i = 0; i < units; i++) {
          const at = row * units + i;
          const own = gate + i;
          const input = gates[own];
          const forget = gates[own + units];
          const candidate = gates[own + 2 * units];
          const output = gates[own + 3 * units];
          const hidden = hiddenGradients[at];
          const cell = cellGradients[at] + hidden * output * (1 - squashed[at] * squashed[at]);
          gates[own] = cell * candidate * input * (1 - input);
          gates[own + units] = cell * before[at] * forget * (1 - forget);
          gates[own + 2 * units] = cell * input * (1 - candidate * candidate);
          gates[own + 3 * units] = hidden * squashed[at] * output * (1 - output);
          cellGradients[at] = cell * forget;
        }
        for (let i = 0; i < 4 * units; i++) all[this.#bias + i] += gates[gate + i];
      }
      transpose(gates, 0, this.#turnedGates, rows, 4 * units);
      transpose(this.#joined[step], 0, this.#turnedJoined, rows, width);
      multiply(this.#turnedGates, 0, this.#turnedJoined, 0, matrixGradients, 4 * units, width, rows, true);
      multiply(gates, 0, this.#turnedMatrix, 0, this.#joinedGradients, rows, width, 4 * units, false);
      for (let row = 0; row < rows; row++) {
        const to = (row * steps + step) * features;
        const from = row * width;
        for (let i = 0; i < features; i++) this.#inputGradients[to + i] = this.#joinedGradients[from + i];
        for (let i = 0; i < units; i++) hiddenGradients[row * units + i] = this.#joinedGradients[from + features + i];
      }
    }
    for (let i = 0; i < matrixGradients.length; i++) all[this.#matrix + i] += matrixGradients[i];
    return this.#inputGradients;
  }

  #makeRoom(rows: number): void {
    if (rows <= this.#rows) return;
    this.#rows = rows;
    const units = this.outputs;
    const every = (count: number, size: number): Float64Array[] =>
      Array.from({ length: count }, () => new Float64Array(rows * size));
    this.#joined = every(this.#steps, this.#width);
    this.#gates = every(this.#steps, 4 * units);
    this.#cells = every(this.#steps + 1, units);
    this.#squashed = every(this.#steps, units);
    this.#hidden = new Float64Array(rows * units);
    this.#cellGradients = new Float64Array(rows * units);
    this.#hiddenGradients = new Float64Array(rows * units);
    this.#joinedGradients = new Float64Array(rows * this.#width);
    this.#turnedGates = new Float64Array(rows * 4 * units);
    this.#turnedJoined = new Float64Array(rows * this.#width);
    this.#inputGradients = new Float64Array(rows * this.#steps * this.#features);
  }
}

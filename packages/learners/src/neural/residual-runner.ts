import { withRoom } from "./multiply.js";
import type { NetworkLayer, ResidualLayer } from "./network-spec.js";
import type { Runner } from "./runner.js";

export class ResidualRunner implements Runner {
  readonly outputs: number;
  readonly #inputs: number;
  readonly #blocks: readonly Runner[];
  readonly #remainders: Float64Array[];
  #values: Float64Array = new Float64Array(0);
  #blockGradients: Float64Array = new Float64Array(0);
  #inputGradients: Float64Array = new Float64Array(0);

  constructor({ outputs, blocks }: ResidualLayer, inputs: number, chain: (layers: readonly NetworkLayer[]) => Runner) {
    this.outputs = outputs;
    this.#inputs = inputs;
    this.#blocks = blocks.map(chain);
    this.#remainders = blocks.map(() => new Float64Array(0));
  }

  forward(inputs: Float64Array, rows: number): Float64Array {
    const { outputs } = this;
    const size = this.#inputs;
    this.#values = withRoom(this.#values, rows * outputs);
    const values = this.#values.fill(0, 0, rows * outputs);
    let before = inputs;
    for (let block = 0; block < this.#blocks.length; block++) {
      const found = this.#blocks[block].forward(before, rows);
      const last = block === this.#blocks.length - 1;
      this.#remainders[block] = withRoom(this.#remainders[block], last ? 0 : rows * size);
      const remainder = this.#remainders[block];
      for (let row = 0, at = 0; row < rows; row++) {
        if (last) at += size;
        else for (let i = row * size; i < (row + 1) * size; i++) remainder[i] = before[i] - found[at++];
        for (let i = row * outputs; i < (row + 1) * outputs; i++) values[i] += found[at++];
      }
      before = remainder;
    }
    return values;
  }

  backward(gradients: Float64Array, rows: number): Float64Array {
    const { outputs } = this;
    const size = this.#inputs;
    this.#inputGradients = withRoom(this.#inputGradients, rows * size);
    this.#blockGradients = withRoom(this.#blockGradients, rows * (size + outputs));
    const after = this.#inputGradients.fill(0, 0, rows * size);
    const own = this.#blockGradients;
    for (let block = this.#blocks.length - 1; block >= 0; block--) {
      for (let row = 0, at = 0; row < rows; row++) {
        for (let i = row * size; i < (row + 1) * size; i++) own[at++] = -after[i];
        for (let i = row * outputs; i < (row + 1) * outputs; i++) own[at++] = gradients[i];
      }
      const before = this.#blocks[block].backward(own, rows);
      for (let i = 0; i < rows * size; i++) after[i] += before[i];
    }
    return after;
  }
}

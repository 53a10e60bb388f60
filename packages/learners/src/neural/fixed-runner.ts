import { multiply, transpose, withRoom } from "./multiply.js";
import type { FixedLayer } from "./network-spec.js";
import type { Runner } from "./runner.js";

export class FixedRunner implements Runner {
  readonly outputs: number;
  readonly #inputs: number;
  readonly #matrix: Float64Array;
  readonly #turned: Float64Array;
  #values: Float64Array = new Float64Array(0);
  #inputGradients: Float64Array = new Float64Array(0);

  constructor({ matrix }: FixedLayer, inputs: number) {
    this.outputs = matrix.length;
    this.#inputs = inputs;
    this.#matrix = Float64Array.from(matrix.flat());
    this.#turned = new Float64Array(this.#matrix.length);
    transpose(this.#matrix, 0, this.#turned, this.outputs, inputs);
  }

  forward(inputs: Float64Array, rows: number): Float64Array {
    this.#values = withRoom(this.#values, rows * this.outputs);
    multiply(inputs, 0, this.#matrix, 0, this.#values, rows, this.outputs, this.#inputs, false);
    return this.#values;
  }

  backward(gradients: Float64Array, rows: number): Float64Array {
    this.#inputGradients = withRoom(this.#inputGradients, rows * this.#inputs);
    multiply(gradients, 0, this.#turned, 0, this.#inputGradients, rows, this.#inputs, this.outputs, false);
    return this.#inputGradients;
  }
}

import { DenseRunner } from "./dense-runner.js";
import { FixedRunner } from "./fixed-runner.js";
import { LstmRunner } from "./lstm-runner.js";
import type { NetworkLayer } from "./network-spec.js";
import { ResidualRunner } from "./residual-runner.js";
import type { Runner, WeightStore } from "./runner.js";

/** The layers one after the other. */
export class Chain implements Runner {
  readonly outputs: number;
  readonly #runners: readonly Runner[];

  constructor(layers: readonly NetworkLayer[], inputs: number, store: WeightStore) {
    let size = inputs;
    this.#runners = layers.map((layer) => {
      const runner = makeRunner(layer, size, store);
      size = runner.outputs;
      return runner;
    });
    this.outputs = size;
  }

  forward(inputs: Float64Array, rows: number): Float64Array {
    let values = inputs;
    for (const runner of this.#runners) values = runner.forward(values, rows);
    return values;
  }

  backward(gradients: Float64Array, rows: number): Float64Array {
    let values = gradients;
    for (let i = this.#runners.length - 1; i >= 0; i--) values = this.#runners[i].backward(values, rows);
    return values;
  }
}

function makeRunner(layer: NetworkLayer, inputs: number, store: WeightStore): Runner {
  switch (layer.kind) {
    case "dense":
      return new DenseRunner(layer, inputs, store);
    case "fixed":
      return new FixedRunner(layer, inputs);
    case "lstm":
      return new LstmRunner(layer, inputs, store);
    case "residual":
      return new ResidualRunner(layer, inputs, (layers) => new Chain(layers, inputs, store));
  }
}

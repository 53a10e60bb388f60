import { Adam, adamRules } from "./adam.js";
import { Chain } from "./chain.js";
import { checkBatch, checkGradients, checkInputs, checkWeights } from "./check-batch.js";
import { initialWeights } from "./initial-weights.js";
import { withRoom } from "./multiply.js";
import { lossOf } from "./network-loss.js";
import { type NetworkSpec, networkShape } from "./network-spec.js";
import type { NetworkBatch, NetworkOptions, SynchronousBackend, SynchronousNetwork } from "./neural-backend.js";

/**
 * Networks in 64-bit floats on the calling thread, with the same bytes in every runtime: dense and LSTM layers, fixed maps and doubly residual blocks, exact back-propagation, Adam.
 *
 * @example
 * ```ts
 * import { float64Backend } from "@sage-twin/learners";
 *
 * const network = float64Backend.create(
 *   { inputs: 2, layers: [{ kind: "dense", units: 8, activation: "tanh" }, { kind: "dense", units: 1 }] },
 *   { seed: 1, optimizer: { learningRate: 0.05 } },
 * );
 * const inputs = Float64Array.of(0, 0, 0, 1, 1, 0, 1, 1);
 * const targets = Float64Array.of(0, 1, 1, 0); // exclusive or
 * for (let step = 0; step < 300; step++) network.step({ inputs, targets, loss: { kind: "squared" } });
 * Array.from(network.predict(inputs), Math.round); // => [0, 1, 1, 0]
 * ```
 */
export const float64Backend: SynchronousBackend = {
  name: "float64",
  synchronous: true,
  create: (spec, options) => makeNetwork(spec, options),
};

function makeNetwork(spec: NetworkSpec, options: NetworkOptions = {}): SynchronousNetwork {
  const shape = networkShape(spec);
  const rules = adamRules(options.optimizer);
  if (options.weights !== undefined) checkWeights(shape, options.weights);
  const weights = options.weights?.slice() ?? initialWeights(shape, options.seed ?? "sage-twin");
  const gradients = new Float64Array(shape.weights);
  const chain = new Chain(spec.layers, shape.inputs, { weights, gradients, taken: 0 });
  let adam: Adam | undefined;
  let outputGradients: Float64Array = new Float64Array(0);

  const differentiate = (batch: NetworkBatch): number => {
    const rows = checkBatch(shape, batch);
    const outputs = chain.forward(batch.inputs, rows);
    outputGradients = withRoom(outputGradients, rows * shape.outputs);
    let loss = Number.NaN;
    if ("outputGradients" in batch) outputGradients.set(batch.outputGradients);
    else loss = lossOf(batch.loss, outputs, batch.targets, batch.targets.length, outputGradients);
    gradients.fill(0);
    chain.backward(outputGradients, rows);
    return loss;
  };

  return {
    spec,
    shape,
    predict(inputs) {
      const rows = checkInputs(shape, inputs);
      return chain.forward(inputs, rows).slice(0, rows * shape.outputs);
    },
    gradients(batch) {
      const loss = differentiate(batch);
      return { loss, gradients: gradients.slice() };
    },
    step(batch, { learningRate } = {}) {
      const loss = differentiate(batch);
      const norm = checkGradients(gradients);
      adam ??= new Adam(shape.weights, rules);
      adam.step(weights, gradients, norm, learningRate);
      return loss;
    },
    weights: () => weights.slice(),
    setWeights(given) {
      checkWeights(shape, given);
      weights.set(given);
    },
    dispose() {},
  };
}

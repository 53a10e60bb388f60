import { Rng } from "@sage-twin/kernel";
import type { NetworkShape } from "./network-spec.js";

/**
 * The weights that training starts from: uniform by He et al. (2015) before relu and by Glorot and Bengio (2010) elsewhere, biases 0, forget gates 1. Each matrix has a random
 * stream of its own; the same seed gives the same bytes for every backend.
 */
export function initialWeights(shape: NetworkShape, seed: string | number): Float64Array {
  const weights = new Float64Array(shape.weights);
  const rng = new Rng(seed);
  shape.blocks.forEach(({ role, rows, columns, start, layer }, index) => {
    const lstm = layer.kind === "lstm";
    if (role === "bias") {
      if (lstm) weights.fill(1, start + layer.units, start + 2 * layer.units);
      return;
    }
    const relu = !lstm && layer.activation === "relu";
    const limit = Math.sqrt(6 / (relu ? columns : columns + (lstm ? layer.units : rows)));
    const words = rng.derive("weights", index).words();
    for (let i = start; i < start + rows * columns; i++) weights[i] = limit * (2 * words.uniform() - 1);
  });
  return weights;
}

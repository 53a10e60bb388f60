import { describeValue, type Path, TwinError } from "@sage-twin/kernel";
import { checkLoss, outputsPerTarget } from "./network-loss.js";
import type { NetworkShape } from "./network-spec.js";
import type { NetworkBatch } from "./neural-backend.js";

function refuse(path: Path, message: string, fix: string): never {
  throw new TwinError({ code: "invalid-argument", path, message, fix });
}

/** How many rows some inputs are; a `TwinError` where they are not whole rows. For backends. */
export function checkInputs(shape: NetworkShape, inputs: Float64Array): number {
  const rows = checkLength(inputs, "inputs") / shape.inputs;
  if (!Number.isInteger(rows))
    refuse(["inputs"], `${inputs.length} numbers are not rows of ${shape.inputs}`, "give whole rows");
  return rows;
}

/** How many rows a batch has; a `TwinError` for one that does not fit the network. For backends. */
export function checkBatch(shape: NetworkShape, batch: NetworkBatch): number {
  const rows = checkInputs(shape, batch.inputs);
  if (rows === 0) refuse(["inputs"], "the batch has no rows", "give at least one");
  const given = "outputGradients" in batch;
  if (!given) checkLoss(batch.loss);
  const [name, numbers, each] = given
    ? (["outputGradients", batch.outputGradients, 1] as const)
    : (["targets", batch.targets, outputsPerTarget(batch.loss)] as const);
  if (checkLength(numbers, name) * each !== rows * shape.outputs)
    refuse(
      [name],
      `${numbers.length} numbers for ${rows} rows of ${shape.outputs} outputs`,
      each > 1 ? `give one for each ${each} outputs` : "give one for each output",
    );
  return rows;
}

/** A `TwinError` unless these can be the weights of the network. For backends. */
export function checkWeights(shape: NetworkShape, weights: Float64Array): void {
  if (checkLength(weights, "weights") !== shape.weights)
    refuse(
      ["weights"],
      `${weights.length} numbers, the network has ${shape.weights} weights`,
      "give those of a network of the same form",
    );
  const wrong = weights.findIndex((value) => !Number.isFinite(value));
  if (wrong >= 0) refuse(["weights", wrong], `${weights[wrong]} is not finite`, "give finite weights");
}

/** The Euclidean length of gradients; a `TwinError` where it is not finite. For backends, before a step. */
export function checkGradients(gradients: Float64Array): number {
  let squares = 0;
  for (let i = 0; i < gradients.length; i++) squares += gradients[i] * gradients[i];
  if (Number.isFinite(squares)) return Math.sqrt(squares);
  throw new TwinError({
    code: "domain",
    path: ["gradients"],
    message: "the gradients are not finite; the step is not taken",
    fix: "give finite inputs and targets of moderate size, or a smaller learning rate",
  });
}

function checkLength(numbers: unknown, name: string): number {
  if (numbers instanceof Float64Array) return numbers.length;
  return refuse([name], `${describeValue(numbers)} is not a Float64Array`, "give numbers as one, row after row");
}

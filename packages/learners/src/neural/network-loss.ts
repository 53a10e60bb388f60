import { describeValue, type Path, TwinError } from "@sage-twin/kernel";

/**
 * How wrong outputs are, as a mean over all targets that are known (NaN: unknown, without a gradient). With `quantiles`, an output stands for each quantile of each target: those of
 * the first target first.
 */
export type NetworkLoss =
  | { readonly kind: "absolute" }
  /** Half of the squared error. */
  | { readonly kind: "squared" }
  /** Half of the squared error up to `delta`, and delta (|error| - delta / 2) beyond (Huber 1964). */
  | { readonly kind: "huber"; readonly delta: number }
  /** The pinball loss (Koenker and Bassett 1978), of probabilities between 0 and 1. */
  | { readonly kind: "quantile"; readonly quantiles: readonly number[] };

/** How many outputs stand for one target. */
export function outputsPerTarget(loss: NetworkLoss): number {
  return loss.kind === "quantile" ? loss.quantiles.length : 1;
}

export function checkLoss(loss: NetworkLoss, path: Path = ["loss"]): void {
  const refuse = (at: Path, message: string, fix: string): never => {
    throw new TwinError({ code: "invalid-argument", path: [...path, ...at], message, fix });
  };
  switch ((loss as NetworkLoss | undefined)?.kind) {
    case "absolute":
    case "squared":
      return;
    case "huber": {
      const { delta } = loss as { readonly delta: number };
      if (!(delta > 0 && delta < Number.POSITIVE_INFINITY))
        refuse(
          ["delta"],
          `${describeValue(delta)} is not a positive number`,
          "give where errors begin to count linearly",
        );
      return;
    }
    case "quantile": {
      const { quantiles } = loss as { readonly quantiles: readonly number[] };
      if (!Array.isArray(quantiles) || quantiles.length === 0 || !quantiles.every((p) => p > 0 && p < 1))
        refuse(["quantiles"], "these are not probabilities", "give at least one number between 0 and 1");
      return;
    }
    default:
      refuse([], `${describeValue(loss)} is no loss`, "its kind is one of absolute, squared, huber, quantile");
  }
}

/** The mean loss, and the derivative by each output to `gradients`. Where no target is known both are 0. */
export function lossOf(
  loss: NetworkLoss,
  outputs: Float64Array,
  targets: Float64Array,
  count: number,
  gradients: Float64Array,
): number {
  const quantiles = loss.kind === "quantile" ? loss.quantiles : oneHalf;
  const each = quantiles.length;
  const { kind } = loss;
  const delta = loss.kind === "huber" ? loss.delta : Number.POSITIVE_INFINITY;
  let known = 0;
  for (let i = 0; i < count; i++) if (!Number.isNaN(targets[i])) known++;
  const share = known > 0 ? 1 / (known * each) : 0;
  let sum = 0;
  for (let i = 0, at = 0; i < count; i++) {
    const target = targets[i];
    for (let q = 0; q < each; q++, at++) {
      const error = outputs[at] - target;
      const size = Math.abs(error);
      if (Number.isNaN(size)) {
        gradients[at] = Number.isNaN(outputs[at]) ? Number.NaN : 0;
      } else if (kind === "absolute") {
        sum += size;
        gradients[at] = error === 0 ? 0 : error > 0 ? share : -share;
      } else if (kind === "quantile") {
        const slope = error > 0 ? 1 - quantiles[q] : -quantiles[q];
        sum += slope * error;
        gradients[at] = error === 0 ? 0 : slope * share;
      } else if (size <= delta) {
        sum += 0.5 * error * error;
        gradients[at] = error * share;
      } else {
        sum += delta * (size - 0.5 * delta);
        gradients[at] = (error > 0 ? delta : -delta) * share;
      }
    }
  }
  return sum * share;
}

const oneHalf = [0.5];

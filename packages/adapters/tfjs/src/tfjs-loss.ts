import type { NetworkBatch } from "@sage-twin/learners";
import type { TfjsModule, TfjsTensor } from "./tfjs-module.js";

/** The loss of outputs (rows x size) as `float64Backend` counts it; where output gradients are given, what has them as its derivative. */
export function lossTensor(
  tf: TfjsModule,
  batch: NetworkBatch,
  outputs: TfjsTensor,
  rows: number,
  size: number,
): TfjsTensor {
  if ("outputGradients" in batch)
    return tf.sum(tf.mul(outputs, tf.tensor2d(Float32Array.from(batch.outputGradients), [rows, size])));
  const { targets, loss } = batch;
  const quantiles = loss.kind === "quantile" ? loss.quantiles : [0.5];
  const each = quantiles.length;
  const column = (values: Float64Array): TfjsTensor => tf.tensor2d(Float32Array.from(values), [targets.length, 1]);
  const known = targets.filter((value) => !Number.isNaN(value)).length;
  const shares = column(targets.map((value) => (Number.isNaN(value) ? 0 : 1 / (known * each))));
  const wanted = column(targets.map((value) => (Number.isNaN(value) ? 0 : value)));
  const errors = tf.sub(tf.reshape(outputs, [targets.length, each]), wanted);
  const counted = (): TfjsTensor => {
    switch (loss.kind) {
      case "absolute":
        return tf.abs(errors);
      case "squared":
        return tf.mul(tf.square(errors), 0.5);
      case "huber": {
        const sizes = tf.abs(errors);
        const near = tf.minimum(sizes, loss.delta);
        return tf.mul(near, tf.sub(sizes, tf.mul(near, 0.5)));
      }
      case "quantile": {
        const tilt = tf.tensor2d(
          Float32Array.from(quantiles, (p) => 0.5 - p),
          [1, each],
        );
        return tf.add(tf.mul(tf.abs(errors), 0.5), tf.mul(errors, tilt));
      }
    }
  };
  return tf.sum(tf.mul(counted(), shares));
}

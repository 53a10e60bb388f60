import type { LstmLayer, NetworkLayer } from "@sage-twin/learners";
import type { TfjsModule, TfjsTensor } from "./tfjs-module.js";

/** What goes through a network: rows x size. */
interface Flow {
  readonly values: TfjsTensor;
  readonly rows: number;
  readonly size: number;
}

/** The tensors that layers take one after the other: a matrix and a bias for each layer with weights, and the matrices of fixed ones. */
export interface LayerTensors {
  readonly weights: Iterator<TfjsTensor>;
  readonly fixed: Iterator<TfjsTensor>;
}

/** The matrices of the fixed layers, in the order of the layers. */
export function fixedMatrices(layers: readonly NetworkLayer[]): (readonly (readonly number[])[])[] {
  return layers.flatMap((layer) => {
    if (layer.kind === "fixed") return [layer.matrix];
    return layer.kind === "residual" ? layer.blocks.flatMap(fixedMatrices) : [];
  });
}

/** Sends rows through the layers. */
export function forward(tf: TfjsModule, layers: readonly NetworkLayer[], inputs: Flow, tensors: LayerTensors): Flow {
  return layers.reduce((flow, layer) => through(tf, layer, flow, tensors), inputs);
}

function through(tf: TfjsModule, layer: NetworkLayer, flow: Flow, tensors: LayerTensors): Flow {
  const { values, rows, size } = flow;
  switch (layer.kind) {
    case "dense": {
      const sums = weighted(tf, values, tensors.weights);
      const { activation = "linear" } = layer;
      return { values: activation === "linear" ? sums : tf[activation](sums), rows, size: layer.units };
    }
    case "fixed":
      return { values: tf.matMul(values, next(tensors.fixed), false, true), rows, size: layer.matrix.length };
    case "lstm":
      return { values: lstm(tf, layer, flow, next(tensors.weights), next(tensors.weights)), rows, size: layer.units };
    case "residual": {
      let remainder = values;
      let sum: TfjsTensor | undefined;
      for (const block of layer.blocks) {
        const found = forward(tf, block, { values: remainder, rows, size }, tensors).values;
        remainder = tf.sub(remainder, tf.slice(found, [0, 0], [rows, size]));
        const own = tf.slice(found, [0, size], [rows, layer.outputs]);
        sum = sum === undefined ? own : tf.add(sum, own);
      }
      return { values: sum as TfjsTensor, rows, size: layer.outputs };
    }
  }
}

function weighted(tf: TfjsModule, values: TfjsTensor, weights: Iterator<TfjsTensor>): TfjsTensor {
  const sums = tf.matMul(values, next(weights), false, true);
  return tf.add(sums, next(weights));
}

function lstm(
  tf: TfjsModule,
  { units, features }: LstmLayer,
  { values, rows, size }: Flow,
  matrix: TfjsTensor,
  bias: TfjsTensor,
): TfjsTensor {
  let hidden = tf.zeros([rows, units]);
  let cells = tf.zeros([rows, units]);
  for (let from = 0; from < size; from += features) {
    const joined = tf.concat([tf.slice(values, [0, from], [rows, features]), hidden], 1);
    const gates = tf.add(tf.matMul(joined, matrix, false, true), bias);
    const gate = (index: number): TfjsTensor => tf.slice(gates, [0, index * units], [rows, units]);
    const kept = tf.mul(tf.sigmoid(gate(1)), cells);
    cells = tf.add(kept, tf.mul(tf.sigmoid(gate(0)), tf.tanh(gate(2))));
    hidden = tf.mul(tf.sigmoid(gate(3)), tf.tanh(cells));
  }
  return hidden;
}

function next(tensors: Iterator<TfjsTensor>): TfjsTensor {
  return tensors.next().value as TfjsTensor;
}

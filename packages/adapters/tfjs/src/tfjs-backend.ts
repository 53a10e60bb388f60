import { describeValue, TwinError } from "@sage-twin/kernel";
import {
  adamRules,
  checkBatch,
  checkGradients,
  checkInputs,
  checkWeights,
  initialWeights,
  type NetworkBatch,
  type NetworkOptions,
  type NetworkSpec,
  type NeuralBackend,
  type NeuralNetwork,
  networkShape,
} from "@sage-twin/learners";
import { adamStep, type Moving } from "./tfjs-adam.js";
import { fixedMatrices, forward } from "./tfjs-layers.js";
import { lossTensor } from "./tfjs-loss.js";
import type { Tensorflow, TfjsModule, TfjsTensor } from "./tfjs-module.js";

/**
 * A `NeuralBackend` on TensorFlow.js, the caller's: networks of 32-bit floats on whatever backend it runs on. Weights, losses, gradients and Adam are those of `float64Backend`, to
 * the digits of a 32-bit float. A network's questions are answered one after the other; `dispose` frees its tensors. Throws a `TwinError` for what is no TensorFlow.js.
 *
 * ```ts
 * // not run: TensorFlow.js is the caller's
 * import { neural } from "@sage-twin/forecasters";
 * import { tfjsBackend } from "@sage-twin/tfjs";
 * import * as tf from "@tensorflow/tfjs";
 *
 * const fitted = await neural({ seasonLength: 12, backend: tfjsBackend(tf) }).fitAsync(panel);
 * ```
 */
export function tfjsBackend(tf: Tensorflow): NeuralBackend {
  if (typeof (tf as Tensorflow | undefined)?.valueAndGrads !== "function")
    throw new TwinError({
      code: "missing-peer",
      path: ["tf"],
      message: `${describeValue(tf)} is no TensorFlow.js`,
      fix: 'install it and give the module: import * as tf from "@tensorflow/tfjs"',
    });
  return {
    name: "tfjs",
    synchronous: false,
    async create(spec, options) {
      await tf.ready();
      return makeNetwork(tf as unknown as TfjsModule, spec, options);
    },
  };
}

function makeNetwork(tf: TfjsModule, spec: NetworkSpec, options: NetworkOptions = {}): NeuralNetwork {
  const shape = networkShape(spec);
  const rules = adamRules(options.optimizer);
  if (options.weights !== undefined) checkWeights(shape, options.weights);

  const tensor = (values: ArrayLike<number>, rows: number, columns: number): TfjsTensor =>
    tf.tensor2d(Float32Array.from(values), [rows, columns]);
  const fixed = fixedMatrices(spec.layers).map((matrix) => tensor(matrix.flat(), matrix.length, matrix[0].length));
  /** The blocks of all weights; a bias is a row. */
  const toTensors = (all: Float64Array): TfjsTensor[] =>
    shape.blocks.map(({ role, rows, columns, start }) => {
      const values = all.subarray(start, start + rows * columns);
      return role === "bias" ? tensor(values, 1, rows) : tensor(values, rows, columns);
    });
  const zeros = (): TfjsTensor[] =>
    shape.blocks.map(({ role, rows, columns }) => tf.zeros(role === "bias" ? [1, rows] : [rows, columns]));
  const fromTensors = async (tensors: readonly TfjsTensor[]): Promise<Float64Array> => {
    const all = new Float64Array(shape.weights);
    const parts = await Promise.all(tensors.map((one) => one.data()));
    shape.blocks.forEach(({ start }, index) => {
      all.set(parts[index], start);
    });
    return all;
  };

  let weights = toTensors(options.weights ?? initialWeights(shape, options.seed ?? "sage-twin"));
  let means: TfjsTensor[] = [];
  let squares: TfjsTensor[] = [];
  let count = 0;
  let disposed = false;
  let last: Promise<unknown> = Promise.resolve();

  const requireAlive = (): void => {
    if (disposed)
      throw new TwinError({
        code: "unsupported",
        path: [],
        message: "the network was disposed of",
        fix: "ask it before, or create another",
      });
  };
  const inTurn = <Result>(ask: () => Promise<Result>): Promise<Result> => {
    const answer = last.then(() => {
      requireAlive();
      return ask();
    });
    last = answer.catch(() => {});
    return answer;
  };
  const outputsOf = (own: readonly TfjsTensor[], inputs: Float64Array, rows: number): TfjsTensor => {
    const flow = { values: tensor(inputs, rows, shape.inputs), rows, size: shape.inputs };
    return forward(tf, spec.layers, flow, { weights: own.values(), fixed: fixed.values() }).values;
  };
  /** To be called within `tidy`. */
  const differentiate = (batch: NetworkBatch): { value: TfjsTensor; grads: TfjsTensor[] } => {
    const rows = checkBatch(shape, batch);
    const loss = (...own: TfjsTensor[]): TfjsTensor =>
      lossTensor(tf, batch, outputsOf(own, batch.inputs, rows), rows, shape.outputs);
    return tf.valueAndGrads(loss)(weights);
  };
  const lossIn = (batch: NetworkBatch, value: number): number => ("outputGradients" in batch ? Number.NaN : value);

  return {
    spec,
    shape,
    predict: (inputs) =>
      inTurn(async () => {
        const rows = checkInputs(shape, inputs);
        if (rows === 0) return new Float64Array(0);
        const outputs = tf.tidy(() => outputsOf(weights, inputs, rows));
        return Float64Array.from(await taken([outputs], () => outputs.data()));
      }),
    gradients: (batch) =>
      inTurn(async () => {
        const { value, grads } = tf.tidy(() => differentiate(batch));
        return taken([value, ...grads], async () => ({
          loss: lossIn(batch, (await value.data())[0]),
          gradients: await fromTensors(grads),
        }));
      }),
    step: (batch, { learningRate = rules.learningRate } = {}) =>
      inTurn(async () => {
        if (means.length === 0) [means, squares] = [zeros(), zeros()];
        const { value, norm, moved } = tf.tidy(() => {
          const found = differentiate(batch);
          const norm = tf.sqrt(found.grads.map((one) => tf.sum(tf.square(one))).reduce((a, b) => tf.add(a, b)));
          const limit = tf.scalar(Math.min(rules.clip, largest));
          const scale =
            rules.clip < largest ? tf.minimum(tf.div(limit, tf.add(norm, tf.scalar(smallest))), 1) : undefined;
          const moved: Moving[] = found.grads.map((gradient, i) =>
            adamStep(
              tf,
              { weight: weights[i], mean: means[i], square: squares[i] },
              gradient,
              scale,
              rules,
              learningRate,
              count + 1,
            ),
          );
          return { value: found.value, norm, moved };
        });
        const candidates = moved.flatMap(({ weight, mean, square }) => [weight, mean, square]);
        try {
          const loss = await taken([value, norm], async () => {
            checkGradients(Float64Array.from(await norm.data()));
            return lossIn(batch, (await value.data())[0]);
          });
          requireAlive();
          free([...weights, ...means, ...squares]);
          weights = moved.map(({ weight }) => weight);
          means = moved.map(({ mean }) => mean);
          squares = moved.map(({ square }) => square);
          count++;
          return loss;
        } catch (error) {
          free(candidates);
          throw error;
        }
      }),
    weights: () => inTurn(() => fromTensors(weights)),
    setWeights: (given) =>
      inTurn(async () => {
        checkWeights(shape, given);
        free(weights);
        weights = toTensors(given);
      }),
    dispose() {
      if (disposed) return;
      disposed = true;
      free([...weights, ...means, ...squares, ...fixed]);
    },
  };
}

const largest = 1e30; // well within a 32-bit float
const smallest = 1e-30;

function free(tensors: readonly TfjsTensor[]): void {
  for (const tensor of tensors) tensor.dispose();
}

/** What is read from tensors, which are then freed. */
async function taken<Result>(tensors: readonly TfjsTensor[], read: () => Promise<Result>): Promise<Result> {
  try {
    return await read();
  } finally {
    free(tensors);
  }
}

import type { AdamOptions } from "./adam.js";
import type { NetworkLoss } from "./network-loss.js";
import type { NetworkShape, NetworkSpec } from "./network-spec.js";

/** How a network is made. */
export interface NetworkOptions {
  /** Seeds the weights that training starts from. Default: `"sage-twin"`. */
  readonly seed?: string | number;
  /** Weights to start from instead, in the order of `NetworkShape`. */
  readonly weights?: Float64Array;
  readonly optimizer?: AdamOptions;
}

/** Rows to learn from, `inputs` row-major: what the outputs should be and how to count their errors, or the derivative of a loss by each output. */
export type NetworkBatch =
  | { readonly inputs: Float64Array; readonly targets: Float64Array; readonly loss: NetworkLoss }
  | { readonly inputs: Float64Array; readonly outputGradients: Float64Array };

/** A loss, NaN where output gradients were given, and its derivative by each weight. */
export interface NetworkGradients {
  readonly loss: number;
  readonly gradients: Float64Array;
}

type Later<Value> = Value | Promise<Value>;

/** A network, whose answers may be promises. */
export interface NeuralNetwork {
  readonly spec: NetworkSpec;
  readonly shape: NetworkShape;
  /** The outputs, row-major. */
  predict(inputs: Float64Array): Later<Float64Array>;
  /** The loss of a batch and its gradients; the weights stay. */
  gradients(batch: NetworkBatch): Later<NetworkGradients>;
  /** One step of Adam on a batch; answers the loss before it. A step whose gradients are not finite is refused and changes nothing. */
  step(batch: NetworkBatch, options?: StepOptions): Later<number>;
  /** A copy of the weights, in the order of `NetworkShape`. */
  weights(): Later<Float64Array>;
  /** Replaces the weights; what the optimizer remembers stays. */
  setWeights(weights: Float64Array): Later<void>;
  /** Frees what the backend holds; the network cannot be used after. */
  dispose(): void;
}

/** What one step may be told. */
export interface StepOptions {
  /** Default: that of the optimizer. */
  readonly learningRate?: number;
}

/** A network that answers at once. */
export interface SynchronousNetwork extends NeuralNetwork {
  predict(inputs: Float64Array): Float64Array;
  gradients(batch: NetworkBatch): NetworkGradients;
  step(batch: NetworkBatch, options?: StepOptions): number;
  weights(): Float64Array;
  setWeights(weights: Float64Array): void;
}

/** What makes and trains networks: `float64Backend`, or one over another library. It knows networks, not what they are for. */
export interface NeuralBackend {
  readonly name: string;
  /** Whether every answer comes at once, never as a promise. */
  readonly synchronous: boolean;
  create(spec: NetworkSpec, options?: NetworkOptions): Later<NeuralNetwork>;
}

/** A backend that answers at once. */
export interface SynchronousBackend extends NeuralBackend {
  readonly synchronous: true;
  create(spec: NetworkSpec, options?: NetworkOptions): SynchronousNetwork;
}

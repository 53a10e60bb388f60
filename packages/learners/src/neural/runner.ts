/** One layer at work: it owns the arrays that its answers stand in, and makes larger ones only for a larger batch. */
export interface Runner {
  readonly outputs: number;
  /** The outputs, rows x outputs; they stand until the next call. */
  forward(inputs: Float64Array, rows: number): Float64Array;
  /**
   * Adds to the gradients of the layer's weights, given those of its outputs for the batch last seen, and returns those of its inputs. It may overwrite what it is given.
   */
  backward(gradients: Float64Array, rows: number): Float64Array;
}

/** All weights of a network and their gradients; layers take theirs in order. */
export interface WeightStore {
  readonly weights: Float64Array;
  readonly gradients: Float64Array;
  /** How many are taken. */
  taken: number;
}

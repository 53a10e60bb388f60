/** A regression tree as parallel arrays; node 0 is the root. */
export interface Tree {
  /** The column that a node splits by; -1 in a leaf. */
  readonly feature: Int32Array;
  /** Numbers: values up to it go left. Categories: the index in `sets`. */
  readonly threshold: Float64Array;
  readonly left: Int32Array;
  readonly right: Int32Array;
  /** 1 where a missing value goes left. */
  readonly missingLeft: Uint8Array;
  /** What a leaf adds; in other nodes what it would have added. */
  readonly value: Float64Array;
  /** How much a split lowered the loss. */
  readonly gain: Float64Array;
  /** The weight of the training rows in a node. */
  readonly cover: Float64Array;
  /** The bins that go left, one bit each, 8 words to a set. */
  readonly sets: Int32Array;
}

/** Whether a value goes left; the value of a categorical column is its bin. */
export function goesLeft(tree: Tree, node: number, value: number, categorical: boolean): boolean {
  if (categorical ? value === 0 : Number.isNaN(value)) return tree.missingLeft[node] === 1;
  if (!categorical) return value <= tree.threshold[node];
  return ((tree.sets[8 * tree.threshold[node] + (value >> 5)] >>> (value & 31)) & 1) === 1;
}

/** The module `@tensorflow/tfjs`, or `@tensorflow/tfjs-core` with one of its backends, by what it is known by. */
export interface Tensorflow {
  ready(): Promise<void>;
  readonly valueAndGrads: object;
  readonly matMul: object;
}

/** The part of a TensorFlow.js tensor that is used. */
export interface TfjsTensor {
  data(): Promise<ArrayLike<number>>;
  dispose(): void;
}

/** The part of the module that is used, with types of our own. */
export interface TfjsModule {
  ready(): Promise<void>;
  tensor2d(values: Float32Array, shape: [number, number]): TfjsTensor;
  scalar(value: number): TfjsTensor;
  tidy<Result>(work: () => Result): Result;
  valueAndGrads(
    loss: (...weights: TfjsTensor[]) => TfjsTensor,
  ): (weights: TfjsTensor[]) => { value: TfjsTensor; grads: TfjsTensor[] };
  matMul(a: TfjsTensor, b: TfjsTensor, transposeA?: boolean, transposeB?: boolean): TfjsTensor;
  add(a: TfjsTensor, b: TfjsTensor): TfjsTensor;
  sub(a: TfjsTensor, b: TfjsTensor): TfjsTensor;
  mul(a: TfjsTensor, b: TfjsTensor | number): TfjsTensor;
  div(a: TfjsTensor, b: TfjsTensor): TfjsTensor;
  minimum(a: TfjsTensor, b: TfjsTensor | number): TfjsTensor;
  abs(x: TfjsTensor): TfjsTensor;
  relu(x: TfjsTensor): TfjsTensor;
  sigmoid(x: TfjsTensor): TfjsTensor;
  sqrt(x: TfjsTensor): TfjsTensor;
  square(x: TfjsTensor): TfjsTensor;
  sum(x: TfjsTensor): TfjsTensor;
  tanh(x: TfjsTensor): TfjsTensor;
  concat(parts: TfjsTensor[], axis: number): TfjsTensor;
  reshape(x: TfjsTensor, shape: [number, number]): TfjsTensor;
  slice(x: TfjsTensor, begin: [number, number], size: [number, number]): TfjsTensor;
  zeros(shape: [number, number]): TfjsTensor;
}

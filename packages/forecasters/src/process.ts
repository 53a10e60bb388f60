/**
 * What a fitted model knows, apart from how people ask for it: a stochastic process driven by one standard normal innovation
 * per step, starting from a plain JSON state. Checks, intervals, draws and saving are the same for all and stand in `fitted.ts`.
 */
export interface Process<State, Extra extends object = object> {
  readonly name: string;
  readonly description: string;
  /** Members that this kind of fitted model shows beyond `FittedForecaster`. */
  readonly extra?: Extra;
  /** The regressors that must be known for every step ahead; absent where there are none. */
  readonly regressors?: readonly string[];
  /** The same process with the regressors of the steps ahead, columns in the order of `regressors`; needed before the rest is asked. */
  withFuture?(columns: readonly Float64Array[]): Process<State, Extra>;
  /** The point forecast. */
  mean(horizon: number): Float64Array;
  /** What the point forecast is made of, by name; the parts add up to it. Absent where the model is not made of parts. */
  components?(horizon: number): Readonly<Record<string, Float64Array>>;
  /** The standard deviation of each step where every step is Gaussian about its mean; `undefined` where it must be simulated. */
  deviation(horizon: number): Float64Array | undefined;
  /** Exact quantiles of each step at a probability, where they are known though the step is not Gaussian; asked for before `deviation`. */
  quantilesOf?(horizon: number): ((step: number, probability: number) => number) | undefined;
  /** The standard deviation of each step, to first order in the innovations: what a backtest measures errors against. */
  spread(horizon: number): Float64Array;
  /** Turns standard normal innovations, row-major with `horizon` to a path, into paths, in place. */
  simulate(innovations: Float64Array, horizon: number): void;
  /** The one-step errors of further values (NaN: missing), and the state after them; `columns` are their regressors. */
  filter(
    values: Float64Array,
    columns?: readonly Float64Array[],
  ): {
    readonly state: State;
    readonly residuals: Float64Array;
  };
}

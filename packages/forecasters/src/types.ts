/** What a model may be told beside the values. */
export interface FitOptions {
  /** When each value was observed, in milliseconds since 1970, ascending; read by the models that know a calendar. */
  readonly timestamps?: ArrayLike<number>;
  /**
   * Regressors by name, each one value per value of the series. A model that takes them needs their future too; one that takes none says so
   * in its notes.
   */
  readonly exogenous?: Exogenous;
}

/** Columns of regressors by name. */
export type Exogenous = Readonly<Record<string, ArrayLike<number>>>;

/** A model that has not seen data: its settings, nothing else. */
export interface Forecaster<Fitted extends FittedForecaster = FittedForecaster> {
  /** The model's name, such as `"autoEts"`. */
  readonly name: string;
  /** Values in one season; 1 where the model knows none. */
  readonly seasonLength: number;
  /**
   * Estimates the model on equally spaced values, the oldest first; NaN is a missing value. Never fails on finite values:
   * what the series cannot carry falls back to a simpler model, and `notes` says so.
   * Throws a `TwinError` for an empty or all-missing series, an infinite value, and anything that is no number.
   */
  fit(values: ArrayLike<number>, options?: FitOptions): Fitted;
}

/** A model fitted to one series: immutable, and plain JSON when saved. */
export interface FittedForecaster {
  /** The form that was fitted, such as `"ets(A,Ad,M)"`. */
  readonly name: string;
  /** The estimated parameters in one line of text. */
  readonly description: string;
  /** Every fallback and every imputation, in plain words. */
  readonly notes: readonly string[];
  /** One-step errors, observed minus forecast, of every value seen so far; NaN where there is none. */
  readonly residuals: Float64Array;
  /** Forecasts the next `horizon` (1 to 10,000) values. */
  forecast(horizon: number, options?: ForecastOptions): Forecast;
  /**
   * Sample paths, `count` x `horizon`, row-major by path. Per step their quantiles are those of `interval`.
   * The first steps of a longer horizon and the first paths of a larger count are the same numbers.
   */
  paths(horizon: number, options: PathOptions): Float64Array;
  /** The model after further values (NaN: missing), with the same parameters: it filters, it does not refit. */
  update(newValues: ArrayLike<number>, options?: Pick<FitOptions, "exogenous">): FittedForecaster;
  /** The saved form, to be given to `modelFromJSON`. */
  toJSON(): unknown;
}

/** How a forecast is wanted. */
export interface ForecastOptions {
  /** The levels that `Forecast.levels` lists, in percent between 0 and 100. Default: 80 and 95. */
  readonly levels?: readonly number[];
  /** The regressors of the steps ahead: the columns that the model was fitted with, at least `horizon` values each. */
  readonly futureExogenous?: Exogenous;
}

/** How sample paths are drawn. */
export interface PathOptions {
  readonly count: number;
  /** `count` x `horizon` numbers in (0, 1): path i, step k is driven by element `i * horizon + k` and by nothing else. */
  readonly uniforms?: Float64Array;
  /** Seeds the draws when there are no `uniforms`. Default: `"sage-twin"`. */
  readonly seed?: string | number;
  /** As for `forecast`. */
  readonly futureExogenous?: Exogenous;
}

/** A prediction interval for each step. */
export interface Interval {
  /** In percent. */
  readonly level: number;
  readonly lower: Float64Array;
  readonly upper: Float64Array;
}

/** The forecast of one series. */
export interface Forecast {
  readonly horizon: number;
  /** The point forecast of each step. */
  readonly mean: Float64Array;
  /** The levels that were asked for. */
  readonly levels: readonly number[];
  /** The central prediction interval at any level between 0 and 100 percent, listed or not. */
  interval(level: number): Interval;
}

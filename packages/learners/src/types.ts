/** Numbers, NaN where a value is missing; or categories as text, null where one is missing. */
export type Column = ArrayLike<number> | ArrayLike<string | null>;

/** Columns of a table by name, all equally long, one value per row. */
export type Columns = Readonly<Record<string, Column>>;

/** What a learner may be told beside the rows. */
export interface LearnerFitOptions {
  /** How much each row counts: one number from 0 for each, not all 0. Default: 1. */
  readonly weights?: ArrayLike<number>;
}

/** A model that has not seen data: its settings, nothing else. */
export interface Learner<Fitted extends FittedLearner = FittedLearner, Options = LearnerFitOptions> {
  /** Such as `"linearRegression"`. */
  readonly name: string;
  /**
   * Estimates the model of `target`, one number per row. Throws a `TwinError` that lists every column of another length, every infinite value
   * and every missing one that the model does not take.
   */
  fit(columns: Columns, target: ArrayLike<number>, options?: Options): Fitted;
}

/** A model fitted to a table: immutable, and plain JSON when saved. */
export interface FittedLearner {
  readonly name: string;
  /** The columns that it was fitted on, in their order; `predict` needs each of them. */
  readonly features: readonly string[];
  /** Every imputation and every column left out, in plain words. */
  readonly notes: readonly string[];
  /** One prediction per row, in the unit of the target; a probability for a model of 0 and 1. Columns beside `features` are not read. */
  predict(columns: Columns): Float64Array;
  /** The saved form, to be given to `learnerFromJSON`. */
  toJSON(): unknown;
}

/** A model of several classes that has not seen data. */
export interface Classifier<Options = LearnerFitOptions> {
  readonly name: string;
  /** Estimates the probability of each class of `target`: text or whole numbers, one per row, of at least two classes. */
  fit(columns: Columns, target: ArrayLike<number> | ArrayLike<string>, options?: Options): FittedClassifier;
}

/** A fitted model of several classes: immutable, and plain JSON when saved. */
export interface FittedClassifier {
  readonly name: string;
  readonly features: readonly string[];
  /** Sorted; numbers as text. */
  readonly classes: readonly string[];
  readonly notes: readonly string[];
  /** By class, the probability of each row; they sum to 1 over the classes. */
  probabilities(columns: Columns): Readonly<Record<string, Float64Array>>;
  /** The most probable class of each row. */
  predict(columns: Columns): string[];
  /** The saved form, to be given to `classifierFromJSON`. */
  toJSON(): unknown;
}

import type { JsonSchema, Rows } from "@sage-twin/registry";

/** A predictor that has learnt from a department's data: immutable, and plain JSON when saved. */
export interface FittedPredictor<Questions = Rows, Predictions extends readonly unknown[] = readonly object[]> {
  /** Such as `"churn"`. */
  readonly name: string;
  /** Every imputation, fallback and thing worth knowing, in plain words. */
  readonly notes: readonly string[];
  /** What one row to predict looks like, and what one prediction does, for a registry. */
  readonly signature: { readonly input: JsonSchema; readonly output: JsonSchema };
  predict(rows: Questions): Predictions;
  /** The saved form, to be given to `predictorFromJSON`. */
  toJSON(): unknown;
}

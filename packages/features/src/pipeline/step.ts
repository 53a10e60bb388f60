import type { Path, Shape } from "@sage-twin/kernel";
import type { Inputs, RowInputs } from "./inputs.js";

/** A step as plain JSON: its kind, the name of its feature, and what the kind needs. */
export interface StepSpec {
  readonly kind: string;
  readonly name: string;
}

/** What a step makes, before its sources are traced to the pipeline's columns. */
export interface StepDescription {
  readonly outputs: readonly { readonly name: string; readonly unit: string }[];
  /** The columns and features it reads. */
  readonly sources: readonly string[];
  /** Texts among the sources. */
  readonly textSources?: readonly string[];
  readonly needsTime?: boolean;
  readonly needsFrequency?: boolean;
  /** Work for one row, as a reader of algorithms writes it. */
  readonly work: string;
  /** Rows it remembers; null for those within a duration. */
  readonly memory: number | null;
}

/** One row at a time; the same numbers as `transform`. */
export interface StepStream {
  push(row: RowInputs): readonly number[];
  /** Plain JSON. */
  memory(): unknown;
  /** Continues where `memory()` was taken; a `TwinError` "corrupt" for anything else. */
  restore(memory: unknown): void;
}

/** A step that has learnt what it needs. */
export interface OpenStep {
  transform(inputs: Inputs): readonly Float64Array[];
  /** For the rows it was fitted on, without their own targets. Default: `transform`. */
  training?(inputs: Inputs): readonly Float64Array[];
  stream(): StepStream;
}

/** One kind of step. */
export interface StepKind<Spec extends StepSpec = StepSpec> {
  readonly shape: Shape<Omit<Spec, "kind" | "name">>;
  /** What it makes; a `TwinError` for options that make no sense. */
  describe(spec: Spec, unitOf: (name: string) => string, path: Path): StepDescription;
  /** What it learns from the training table, as plain JSON. */
  fit?(spec: Spec, inputs: Inputs, frequency: string | undefined): unknown;
  open(spec: Spec, learnt: unknown, frequency: string | undefined): OpenStep;
}

/** A stream that remembers nothing. */
export function stateless(push: (row: RowInputs) => readonly number[]): StepStream {
  return { push, memory: () => null, restore: () => {} };
}

/** A number of a row; only columns that were declared are asked for. */
export function numberIn(row: RowInputs, name: string): number {
  return row.numbers.get(name) as number;
}

/** A column of numbers; only those that were declared are asked for. */
export function columnIn(inputs: Inputs, name: string): Float64Array {
  return inputs.numbers.get(name) as Float64Array;
}

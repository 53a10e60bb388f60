import {
  defineEnvelope,
  type Envelope,
  type Instant,
  objectShape,
  type Path,
  parseFrequency,
  toInstant,
} from "@sage-twin/kernel";
import { TimeTable } from "@sage-twin/schemas";
import type { CalendarField, CalendarOptions } from "../calendar/calendar.js";
import type { FourierOptions } from "../calendar/fourier.js";
import { invalidArgument } from "../numbers.js";
import type { ExponentialOptions } from "../windows/exponential.js";
import type { WindowStatistic } from "../windows/statistics.js";
import { FeatureTable } from "./feature-table.js";
import { FittedPipeline } from "./fitted.js";
import { type FeatureSource, type Inputs, readTable } from "./inputs.js";
import type { FourierNames, PipelineOptions, RollingStepOptions } from "./options.js";
import { describeSteps, type PipelineState, pipelineShapes } from "./state.js";
import type { StepDescription, StepSpec } from "./step.js";
import { type AnyStepSpec, describeStep, type FeatureMetadata, kindOf } from "./steps.js";

/** A training table's features, and the pipeline that was fitted on it. */
export interface FitResult<Column extends string, Text extends string, Feature extends string> {
  readonly fitted: FittedPipeline<Column, Text, Feature>;
  /** As `fitted.transform` of the same table, but for encodings: those of a row do not know its own target. */
  readonly features: FeatureTable<Feature>;
}

/**
 * Features declared by name, one step after the other; later steps may read the features of earlier ones. Immutable: every method gives a
 * new pipeline. No step looks at later rows; what is learnt comes from the training table alone.
 */
export class FeaturePipeline<Column extends string, Text extends string, Feature extends string> {
  readonly #state: PipelineState;
  /** What each feature is: unit, sources, the step that makes it, and its cost. */
  readonly metadata: readonly FeatureMetadata[];

  /** Takes its parts as they are; `featurePipeline` checks. */
  constructor(state: PipelineState, metadata: readonly FeatureMetadata[]) {
    this.#state = state;
    this.metadata = metadata;
  }

  /** The names of the features. */
  get features(): readonly Feature[] {
    return this.metadata.map(({ name }) => name as Feature);
  }

  #add<Added extends string>(spec: AnyStepSpec): FeaturePipeline<Column, Text, Feature | Added> {
    return addStep(this.#state, this.metadata, spec);
  }

  /** The value `periods` rows before, default 1. */
  lag<Name extends string>(name: Name, column: Column | Feature, periods = 1) {
    return this.#add<Name>({ kind: "change", name, change: "lag", column, periods });
  }

  /** The value less that `periods` rows before, default 1. */
  difference<Name extends string>(name: Name, column: Column | Feature, periods = 1) {
    return this.#add<Name>({ kind: "change", name, change: "difference", column, periods });
  }

  /** The change from `periods` rows before as a share of it, default 1. */
  percentageChange<Name extends string>(name: Name, column: Column | Feature, periods = 1) {
    return this.#add<Name>({ kind: "change", name, change: "percentageChange", column, periods });
  }

  /** The logarithm of the value over that `periods` rows before, default 1. */
  logChange<Name extends string>(name: Name, column: Column | Feature, periods = 1) {
    return this.#add<Name>({ kind: "change", name, change: "logChange", column, periods });
  }

  /** A statistic of the window that ends at each row, as `rolling`; `closed: "left"` leaves the row itself out. */
  rolling<Name extends string>(
    name: Name,
    column: Column | Feature,
    statistic: WindowStatistic,
    options: RollingStepOptions<Column | Feature>,
  ) {
    return this.#add<Name>({ ...options, kind: "rolling", name, column, statistic });
  }

  /** A statistic of all rows up to each row, as `expanding`; medians and quantiles would have to remember every row. */
  expanding<Name extends string>(
    name: Name,
    column: Column | Feature,
    statistic: Exclude<WindowStatistic, "median" | "quantile">,
    options: { readonly minPeriods?: number; readonly ddof?: number; readonly other?: Column | Feature } = {},
  ) {
    return this.#add<Name>({ ...options, kind: "expanding", name, column, statistic });
  }

  /** An exponentially weighted statistic, as `exponential`. */
  exponential<Name extends string>(
    name: Name,
    column: Column | Feature,
    statistic: "mean" | "variance" | "std",
    options: ExponentialOptions,
  ) {
    return this.#add<Name>({ ...options, kind: "exponential", name, column, statistic });
  }

  /** What the date of the row tells, as `calendarFeatures`. */
  calendar<Name extends string>(name: Name, field: CalendarField, options: CalendarOptions = {}) {
    const holidays = options.holidays?.map((date, index) => isoDate(date, ["holidays", index]));
    return this.#add<Name>({ ...options, ...(holidays && { holidays }), kind: "calendar", name, field } as AnyStepSpec);
  }

  /** Fourier terms of a calendar period, as `fourierTerms`, named `<name>Sin1`, `<name>Cos1`, `<name>Sin2` ... */
  fourier<Name extends string, const Order extends number>(
    name: Name,
    options: FourierOptions & { readonly order: Order },
  ) {
    return this.#add<FourierNames<Name, Order>>({ ...options, kind: "fourier", name });
  }

  /** A formula over columns and features of the row: ratios, interactions. The text is parsed, never run as code. */
  formula<Name extends string>(name: Name, formula: string, { unit = "" }: { readonly unit?: string } = {}) {
    return this.#add<Name>({ kind: "formula", name, formula, unit });
  }

  /**
   * The mean of `target` in the row's category, (sum + smoothing * prior) / (count + smoothing) with the mean of all as prior, which an unseen
   * category gets too. `fitTransform` encodes training rows without their own targets: from the rows before (`"ordered"`, the default)
   * or from the other folds (`"outOfFold"`, default 5, shuffled by `seed`).
   */
  targetEncoding<Name extends string>(
    name: Name,
    column: Text,
    options: {
      readonly target: Column | Feature;
      /** How many values the prior counts as. Default 10. */
      readonly smoothing?: number;
      readonly training?: "ordered" | "outOfFold";
      readonly folds?: number;
      readonly seed?: string;
    },
  ) {
    const { target, smoothing = 10, training = "ordered", folds = 5, seed = "folds" } = options;
    return this.#add<Name>({ kind: "targetEncoding", name, column, target, smoothing, training, folds, seed });
  }

  /** The share of the training rows that are in the row's category, 0 for an unseen one; in `fitTransform` the share of the rows before. */
  frequencyEncoding<Name extends string>(name: Name, column: Text) {
    return this.#add<Name>({ kind: "frequencyEncoding", name, column });
  }

  /** How far a value is out by median or quartiles of the training table: the score, or 1 above `threshold` and 0 below. */
  anomaly<Name extends string>(
    name: Name,
    column: Column | Feature,
    options: { readonly method: "robustZ" | "iqr"; readonly threshold?: number },
  ) {
    return this.#add<Name>({ ...options, kind: "anomaly", name, column });
  }

  /** The season's part of a column at the row's phase, from a periodic STL of the training table; needs a frequency. */
  seasonal<Name extends string>(name: Name, column: Column | Feature, { period }: { readonly period: number }) {
    return this.#add<Name>({ kind: "seasonal", name, column, period });
  }

  /** Learns from a training table. Throws a `TwinError` that names all columns that are missing or wrong. */
  fit(table: FeatureSource): FittedPipeline<Column, Text, Feature> {
    return this.#fit(table).fitted;
  }

  /** `fit`, and the features of the training rows to train a model with. */
  fitTransform(table: FeatureSource): FitResult<Column, Text, Feature> {
    return this.#fit(table);
  }

  #fit(table: FeatureSource): FitResult<Column, Text, Feature> {
    const inputs = readTable(table, this.#state.columns);
    if (inputs.rows === 0) throw invalidArgument(["table"], "there are no rows to learn from");
    const declared = this.#state.frequency;
    const frequency = table instanceof TimeTable ? table.frequency : declared;
    if (declared !== undefined && frequency !== declared)
      throw invalidArgument(["table"], `its frequency is '${frequency}', not '${declared}'`);
    const { descriptions } = describeSteps(this.#state);
    const training: Inputs = { ...inputs, numbers: new Map(inputs.numbers) };
    const features = new Map<Feature, Float64Array>();
    const learnt = this.#state.steps.map((spec, index) => {
      requireTime(spec, descriptions[index], inputs, frequency);
      const kind = kindOf(spec);
      const knowledge = kind.fit?.(spec, training, frequency) ?? null;
      const step = kind.open(spec, knowledge, frequency);
      const made = step.training?.(training) ?? step.transform(training);
      descriptions[index].outputs.forEach(({ name }, output) => {
        training.numbers.set(name, made[output]);
        features.set(name as Feature, made[output]);
      });
      return knowledge;
    });
    const fitted = new FittedPipeline<Column, Text, Feature>({ ...this.#state, frequency, learnt }, inputs);
    return { fitted, features: new FeatureTable(features, inputs.rows, inputs.instants) };
  }

  /** A versioned envelope of plain JSON. */
  toJSON(): Envelope {
    return format.seal(this.#state);
  }
}

/** Throws a `TwinError` where a step needs a time or a frequency that the table has not. */
function requireTime(
  spec: StepSpec,
  { needsTime, needsFrequency }: StepDescription,
  inputs: Inputs,
  frequency: string | undefined,
): void {
  const path = ["steps", spec.name];
  if (needsTime && inputs.instants === undefined)
    throw invalidArgument(
      path,
      "it needs the time of the rows",
      "give a TimeTable, or a table with the column that `time` names",
    );
  if (needsFrequency && frequency === undefined)
    throw invalidArgument(
      path,
      "it needs the frequency of the rows",
      'give a TimeTable, or declare it: frequency: "M"',
    );
}

function isoDate(date: Instant, path: Path): string {
  return new Date(toInstant(date, path)).toISOString().slice(0, 10);
}

function addStep<Column extends string, Text extends string, Feature extends string>(
  state: PipelineState,
  metadata: readonly FeatureMetadata[],
  spec: StepSpec,
): FeaturePipeline<Column, Text, Feature> {
  const { kind, name, ...options } = Object.fromEntries(
    Object.entries(spec).filter(([, value]) => value !== undefined),
  ) as unknown as StepSpec;
  describeStep({ kind, name, ...options }, state.columns, metadata);
  const saved = { kind, name, ...kindOf(spec).shape(options, ["steps", name]) };
  const { features } = describeStep(saved, state.columns, metadata);
  return new FeaturePipeline({ ...state, steps: [...state.steps, saved] }, [...metadata, ...features]);
}

/**
 * Begins a pipeline over the columns of a table. The names flow into the types: a misspelt column does not compile.
 *
 * @throws TwinError `invalid-argument` for columns that are declared twice.
 *
 * @example
 * ```ts
 * import { featurePipeline } from "@sage-twin/features";
 * import { TimeTable } from "@sage-twin/schemas";
 *
 * const table = TimeTable.of({ frequency: "M", start: "2026-01", columns: { revenue: [10, 12, 18], orders: [2, 3, 3] } });
 * const fitted = featurePipeline({ numbers: { revenue: "GBP", orders: "" } })
 *   .formula("basket", "revenue / orders", { unit: "GBP" })
 *   .lag("basketBefore", "basket")
 *   .fit(table);
 * fitted.transform(table).column("basketBefore"); // => [NaN, 5, 4]
 * fitted.update({ date: "2026-04", revenue: 20, orders: 4 }); // => { basket: 5, basketBefore: 6 }
 * ```
 */
export function featurePipeline<const Column extends string, const Text extends string = never>(
  options: PipelineOptions<Column, Text>,
): FeaturePipeline<Column, Text, never> {
  const { numbers, texts = [], time = "date", frequency } = options;
  if (frequency !== undefined) parseFrequency(frequency);
  const names = [...Object.keys(numbers), ...texts, time];
  const twice = names.filter((name, index) => names.indexOf(name) !== index);
  if (twice.length > 0) throw invalidArgument(["columns"], `'${twice[0]}' is declared twice`);
  return new FeaturePipeline(
    { columns: { numbers: { ...numbers }, texts: [...texts], time }, frequency, steps: [] },
    [],
  );
}

const format = /* @__PURE__ */ defineEnvelope<PipelineState>({
  kind: "feature-pipeline",
  version: 1,
  parse: /* @__PURE__ */ objectShape(pipelineShapes),
});

/** The pipeline that `toJSON` saved. Throws a `TwinError`: "corrupt" for anything else, "newer-version" for a later one. */
export function featurePipelineFromJSON(json: unknown): FeaturePipeline<string, string, string> {
  const state = format.open(json);
  return new FeaturePipeline(state, describeSteps(state).metadata);
}

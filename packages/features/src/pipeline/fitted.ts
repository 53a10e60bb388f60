import {
  arrayShape,
  defineEnvelope,
  type Envelope,
  numberShape,
  objectShape,
  optionalShape,
  type Shape,
  TwinError,
} from "@sage-twin/kernel";
import { TimeTable } from "@sage-twin/schemas";
import { invalidArgument } from "../numbers.js";
import { FeatureTable } from "./feature-table.js";
import { type FeatureSource, type Inputs, type PipelineColumns, readRow, readTable } from "./inputs.js";
import { describeSteps, type PipelineState, pipelineShapes } from "./state.js";
import type { OpenStep, StepDescription, StepStream } from "./step.js";
import { type FeatureMetadata, kindOf } from "./steps.js";

/** A pipeline and what each of its steps has learnt. Plain JSON. */
export interface FitState extends PipelineState {
  readonly learnt: readonly unknown[];
}

/** The rows that came before those to come. */
interface History {
  readonly memories: readonly unknown[];
  /** The instant of the last row; absent before the first, and without time. */
  readonly previous?: number | undefined;
}

/** A row for `update`: the declared columns, and the time where the table has one. */
export type FeatureRow<Column extends string, Text extends string> = string extends Column
  ? Readonly<Record<string, unknown>>
  : Readonly<Record<Column, number>> & Readonly<Record<Text, string | null>> & Readonly<Record<string, unknown>>;

/**
 * A pipeline that has learnt from its training table. `transform` takes whole tables and remembers nothing; `update` takes the rows that
 * follow the training table, one at a time.
 */
export class FittedPipeline<Column extends string, Text extends string, Feature extends string> {
  readonly metadata: readonly FeatureMetadata[];
  readonly #state: FitState;
  readonly #descriptions: readonly StepDescription[];
  readonly #steps: readonly OpenStep[];
  #training: Inputs | undefined;
  #streams: readonly StepStream[];
  #previous = Number.NaN;

  /** Takes its parts as they are; `FeaturePipeline.fit` makes one. The rows of `training` become history when they are first needed. */
  constructor(state: FitState, training?: Inputs) {
    const { descriptions, metadata } = describeSteps(state);
    this.#state = state;
    this.#descriptions = descriptions;
    this.metadata = metadata;
    this.#steps = state.steps.map((spec, index) => kindOf(spec).open(spec, state.learnt[index], state.frequency));
    this.#streams = this.#steps.map((step) => step.stream());
    this.#training = training;
  }

  /** The names of the features. */
  get features(): readonly Feature[] {
    return this.metadata.map(({ name }) => name as Feature);
  }

  /** The features of a table's rows, from that table alone: its first rows have no past. Throws a `TwinError` as `fit` does. */
  transform(table: FeatureSource): FeatureTable<Feature> {
    const { columns, frequency, steps } = this.#state;
    const inputs = readTable(table, columns);
    if (table instanceof TimeTable && frequency !== undefined && table.frequency !== frequency)
      throw invalidArgument(["table"], `its frequency is '${table.frequency}', not '${frequency}'`);
    const features = new Map<Feature, Float64Array>();
    steps.forEach((spec, index) => {
      const { outputs, needsTime } = this.#descriptions[index];
      if (needsTime && inputs.instants === undefined) throw timeless(spec.name, columns);
      const made = this.#steps[index].transform(inputs);
      outputs.forEach(({ name }, output) => {
        inputs.numbers.set(name, made[output]);
        features.set(name as Feature, made[output]);
      });
    });
    return new FeatureTable(features, inputs.rows, inputs.instants);
  }

  /**
   * The features of the row that follows those before, the training table's first: the same numbers as `transform` of all of them. It
   * remembers no more rows than the windows reach back. Throws a `TwinError` for a row that lacks a column or does not follow.
   */
  update(row: FeatureRow<Column, Text>): Readonly<Record<Feature, number>> {
    this.#readTraining();
    return this.#push(row);
  }

  #push(row: Readonly<Record<string, unknown>>): Readonly<Record<Feature, number>> {
    const inputs = readRow(row, this.#state.columns, this.#previous, this.#state.frequency);
    const features: Record<string, number> = {};
    this.#descriptions.forEach(({ needsTime }, index) => {
      if (needsTime && Number.isNaN(inputs.instant)) throw timeless(this.#state.steps[index].name, this.#state.columns);
    });
    this.#streams.forEach((stream, index) => {
      const made = stream.push(inputs);
      this.#descriptions[index].outputs.forEach(({ name }, output) => {
        inputs.numbers.set(name, made[output]);
        features[name] = made[output];
      });
    });
    this.#previous = inputs.instant;
    return features as Record<Feature, number>;
  }

  /** Pushes the training rows, once. */
  #readTraining(): void {
    const training = this.#training;
    if (training === undefined) return;
    this.#training = undefined;
    for (let row = 0; row < training.rows; row++) {
      const inputs = {
        numbers: new Map(
          Object.keys(this.#state.columns.numbers).map((name) => [name, training.numbers.get(name)?.[row] as number]),
        ),
        texts: new Map(Array.from(training.texts, ([name, texts]) => [name, texts[row]])),
        instant: training.instants?.[row] ?? Number.NaN,
      };
      this.#streams.forEach((stream, index) => {
        const made = stream.push(inputs);
        this.#descriptions[index].outputs.forEach(({ name }, output) => {
          inputs.numbers.set(name, made[output]);
        });
      });
      this.#previous = inputs.instant;
    }
  }

  /** The same pipeline, as fitted, without any rows before. */
  restart(): FittedPipeline<Column, Text, Feature> {
    return new FittedPipeline(this.#state);
  }

  /** A versioned envelope of plain JSON: what was learnt, and the rows that later ones reach back to. */
  toJSON(): Envelope {
    this.#readTraining();
    const previous = Number.isNaN(this.#previous) ? undefined : this.#previous;
    return format.seal({ ...this.#state, previous, memories: this.#streams.map((stream) => stream.memory()) });
  }

  /** Continues after the rows that were saved. */
  resume({ memories, previous = Number.NaN }: History): this {
    memories.forEach((memory, index) => {
      this.#streams[index].restore(memory);
    });
    this.#previous = previous;
    return this;
  }
}

function timeless(step: string, { time }: PipelineColumns): TwinError {
  return invalidArgument(
    ["steps", step],
    "it needs the time of the rows",
    `give a TimeTable, or the time as '${time}'`,
  );
}

const anyJson: Shape<unknown> = (value) => value ?? null;

const format = /* @__PURE__ */ defineEnvelope<FitState & History>({
  kind: "fitted-feature-pipeline",
  version: 1,
  parse: /* @__PURE__ */ objectShape({
    ...pipelineShapes,
    learnt: /* @__PURE__ */ arrayShape(anyJson),
    memories: /* @__PURE__ */ arrayShape(anyJson),
    previous: /* @__PURE__ */ optionalShape(numberShape),
  }),
});

/** The fitted pipeline that `toJSON` saved. Throws a `TwinError`: "corrupt" for anything else, "newer-version" for a later one. */
export function fittedPipelineFromJSON(json: unknown): FittedPipeline<string, string, string> {
  const { memories, previous, ...state } = format.open(json);
  if (memories.length !== state.steps.length || state.learnt.length !== state.steps.length)
    throw new TwinError({
      code: "corrupt",
      path: ["state", "memories"],
      message: `${memories.length} memories and ${state.learnt.length} fits for ${state.steps.length} steps`,
    });
  return new FittedPipeline<string, string, string>(state).resume({ memories, previous });
}

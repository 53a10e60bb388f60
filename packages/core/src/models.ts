import { TwinError, unknownName } from "@sage-twin/kernel";
import type { LoadedModel, ModelCard, ModelRegistry, Rows } from "@sage-twin/registry";
import type { ModelPin } from "./definition.js";

/** Where a twin's models are, and how their saved form is read. */
export interface ModelSource {
  readonly registry: ModelRegistry;
  /** Such as `predictorFromJSON` of `@sage-twin/predictors` or `learnerFromJSON` of `@sage-twin/learners`. */
  readonly reader: (json: unknown) => RowModel;
}

/** A fitted model that says something of each row. */
export interface RowModel {
  predict(rows: never): Iterable<unknown>;
}

/** A model of a twin: the version that the twin was built with, and what is known of it now. */
export interface TwinModel extends ModelCard {
  /** What the twin calls it. */
  readonly name: string;
  /** What was asked for, such as `"churn@champion"`. */
  readonly reference: string;
  /** Whether the reference still means this version; if not, build again to follow it. */
  readonly current: boolean;
}

type Pins = Readonly<Record<string, ModelPin>>;

/** The models with the versions that their references mean now, or a `TwinError` that lists the references that mean none. */
export async function pinModels(source: ModelSource | undefined, models: Pins): Promise<Pins> {
  const { registry } = requireSource(source);
  const pins: Record<string, ModelPin> = {};
  const errors: TwinError[] = [];
  for (const [name, { reference }] of Object.entries(models)) {
    try {
      pins[name] = { reference, version: (await registry.version(reference)).id };
    } catch (error) {
      if (!TwinError.isInstance(error)) throw error;
      errors.push(error);
    }
  }
  if (errors.length > 0) throw new TwinError(errors.flatMap(({ issues }) => issues));
  return pins;
}

/** What a twin's models are and how they stand in the registry now. */
export async function describeModels(source: ModelSource | undefined, pins: Pins): Promise<readonly TwinModel[]> {
  return Promise.all(
    Object.entries(pins).map(async ([name, { reference, version = reference }]) => {
      const { registry } = requireSource(source);
      const card = await registry.card(version);
      const meant = await registry.version(reference).catch(() => undefined);
      return { ...card, name, reference, current: meant?.id === version };
    }),
  );
}

/** Predictions by the pinned version of a model: the rows must fit its input signature, the predictions that of its output. */
export async function predictRows(
  source: ModelSource | undefined,
  pins: Pins,
  name: string,
  rows: Rows,
): Promise<readonly unknown[]> {
  if (!Object.hasOwn(pins, name)) throw unknownName("model", name, Object.keys(pins), ["model"]);
  const { reference, version = reference } = pins[name];
  const { model, checkInput, checkOutput } = await load(requireSource(source), version);
  const predictions = [...model.predict(checkInput(rows) as never)];
  checkOutput(predictions as readonly object[]);
  return predictions;
}

const loaded = /* @__PURE__ */ new WeakMap<ModelSource, Map<string, Promise<LoadedModel<RowModel>>>>();

/** A version is loaded once: it never changes. */
function load(source: ModelSource, version: string): Promise<LoadedModel<RowModel>> {
  const versions = loaded.get(source) ?? new Map<string, Promise<LoadedModel<RowModel>>>();
  loaded.set(source, versions);
  const known = versions.get(version) ?? source.registry.load(version, { reader: source.reader });
  versions.set(version, known);
  known.catch(() => versions.delete(version));
  return known;
}

function requireSource(source: ModelSource | undefined): ModelSource {
  if (source !== undefined) return source;
  throw new TwinError({
    code: "invalid-argument",
    path: ["models"],
    message: "the twin was not told where its models are",
    fix: "give { models: { registry: modelRegistry(store), reader: predictorFromJSON } }",
  });
}

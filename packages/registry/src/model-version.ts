import {
  arrayShape,
  numberShape,
  objectShape,
  optionalShape,
  recordShape,
  type Shape,
  TwinError,
  textShape,
} from "@sage-twin/kernel";
import { type ContentId, contentId } from "./digest.js";
import type { JsonSchema } from "./json-schema.js";

/** What a model takes and gives, as JSON Schemas of one row. */
export interface Signature {
  readonly input?: JsonSchema;
  readonly output?: JsonSchema;
}

/**
 * One version of a model. Its id is the SHA-256 of everything here but `index`, `at` and `author`: the same model, described in the same way, has one
 * id on every machine.
 */
export interface ModelVersion {
  readonly id: ContentId;
  readonly name: string;
  /** Its place in the model's history, from 0. */
  readonly index: number;
  /** The kind in the model's own saved form, such as `"forecaster/ets"`. */
  readonly kind: string;
  /** The digest of the saved form. */
  readonly payload: ContentId;
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly signature: Signature;
  /** The version of the dataset that it was trained on. */
  readonly data?: ContentId;
  /** The recorded features that it was trained on. */
  readonly features?: ContentId;
  readonly metrics: Readonly<Record<string, number>>;
  /** The version of the caller's code, such as a commit. */
  readonly code?: string;
  /** Versions of libraries by their names; `"sage-twin"` is the one that saved the model. */
  readonly libraries: Readonly<Record<string, string>>;
  readonly seed?: string;
  /** The versions of models that it was made from. */
  readonly parents: readonly ContentId[];
  /** When it was first registered, in ISO 8601. */
  readonly at: string;
  readonly author?: string;
}

const anyShape = (value: unknown): unknown => value;
const schemaShape = /* @__PURE__ */ recordShape(anyShape) as Shape<JsonSchema>;

/** What a log entry must look like to be a version; its index is the entry's. */
export const modelVersionShape: Shape<Omit<ModelVersion, "index">> = /* @__PURE__ */ objectShape({
  id: textShape,
  name: textShape,
  kind: textShape,
  payload: textShape,
  parameters: /* @__PURE__ */ recordShape(anyShape),
  signature: /* @__PURE__ */ objectShape({
    input: /* @__PURE__ */ optionalShape(schemaShape),
    output: /* @__PURE__ */ optionalShape(schemaShape),
  }),
  data: /* @__PURE__ */ optionalShape(textShape),
  features: /* @__PURE__ */ optionalShape(textShape),
  metrics: /* @__PURE__ */ recordShape(numberShape),
  code: /* @__PURE__ */ optionalShape(textShape),
  libraries: /* @__PURE__ */ recordShape(textShape),
  seed: /* @__PURE__ */ optionalShape(textShape),
  parents: /* @__PURE__ */ arrayShape(textShape),
  at: textShape,
  author: /* @__PURE__ */ optionalShape(textShape),
});

/** The id that a version's content comes to. */
export function modelVersionId(version: Omit<ModelVersion, "id" | "index" | "at">): ContentId {
  const { id: _id, index: _index, at: _at, author: _author, ...content } = version as ModelVersion;
  return contentId(content);
}

/** The version, if what is stored of it still comes to its id. */
export function requireIntact(version: ModelVersion): ModelVersion {
  if (modelVersionId(version) === version.id) return version;
  throw new TwinError({
    code: "corrupt",
    path: [version.name, version.index],
    message: `what is stored of version ${version.id.slice(0, 12)} was changed`,
    fix: "restore the store from a copy, or register the model again",
  });
}

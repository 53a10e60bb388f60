import { describeValue, type Issue, libraryVersion, requireJson, TwinError } from "@sage-twin/kernel";
import { type ContentId, contentId } from "./digest.js";
import { jsonSchemaOf, type SchemaSource } from "./json-schema.js";
import type { ModelVersion, Signature } from "./model-version.js";
import { requireName } from "./require-name.js";

/** A model to register and what is said of it. */
export interface ModelSubmission {
  /** A fitted model, or its saved form: plain JSON with a `kind`. */
  readonly model: unknown;
  readonly parameters?: Readonly<Record<string, unknown>>;
  /** What one row must look like: zod types, other validators that tell their JSON Schema, or JSON Schemas. */
  readonly signature?: { readonly input?: SchemaSource; readonly output?: SchemaSource };
  /** The id of the dataset version that it was trained on, as recorded in the lineage. */
  readonly data?: ContentId;
  /** The id of the features that it was trained on, as recorded in the lineage. */
  readonly features?: ContentId;
  readonly metrics?: Readonly<Record<string, number>>;
  readonly code?: string;
  readonly libraries?: Readonly<Record<string, string>>;
  readonly seed?: string | number;
  /** References to the versions that it was made from. */
  readonly parents?: readonly string[];
  readonly author?: string;
}

/** A submission, checked, as a version without id, place and time, and the saved form. */
export function readSubmission(
  name: string,
  submission: ModelSubmission,
  parents: readonly ContentId[],
): { readonly json: unknown; readonly content: Omit<ModelVersion, "id" | "index" | "at"> } {
  requireName("model", name);
  const issues: Issue[] = [];
  const attempt = <Value>(read: () => Value): Value | undefined => {
    try {
      return read();
    } catch (error) {
      if (!TwinError.isInstance(error)) throw error;
      issues.push(...error.issues);
      return undefined;
    }
  };
  const json = attempt(() => savedForm(submission.model));
  const { parameters = {}, metrics = {}, libraries = {}, signature = {}, seed } = submission;
  for (const [metric, value] of Object.entries(metrics)) {
    if (Number.isFinite(value)) continue;
    issues.push({
      code: "invalid-argument",
      path: ["metrics", metric],
      message: `${describeValue(value)} is not a finite number`,
      fix: "leave a metric out that could not be measured",
    });
  }
  attempt(() => requireJson({ parameters, libraries }, "not-serialisable"));
  const schemas: { -readonly [Side in keyof Signature]: Signature[Side] } = {};
  for (const side of ["input", "output"] as const) {
    const source = signature[side];
    if (source !== undefined) schemas[side] = attempt(() => jsonSchemaOf(source, side, ["signature", side]));
  }
  if (json === undefined || issues.length > 0) throw new TwinError(issues);
  const { kind, libraryVersion: saved = libraryVersion } = json as { kind: string; libraryVersion?: string };
  const { data, features, code, author } = submission;
  const content = {
    name,
    kind,
    payload: contentId(json),
    parameters,
    signature: schemas,
    data,
    features,
    metrics,
    code,
    libraries: { "sage-twin": saved, ...libraries },
    seed: seed === undefined ? undefined : String(seed),
    parents,
    author,
  };
  return { json, content: JSON.parse(JSON.stringify(content)) };
}

function savedForm(model: unknown): unknown {
  const saves =
    typeof model === "object" && model !== null && typeof (model as { toJSON?: unknown }).toJSON === "function";
  const json = saves ? (model as { toJSON(): unknown }).toJSON() : model;
  const kind = typeof json === "object" && json !== null ? (json as { kind?: unknown }).kind : undefined;
  if (typeof kind !== "string" || kind === "")
    throw new TwinError({
      code: "invalid-argument",
      path: ["model"],
      message: `${describeValue(model)} is not a model that can be saved`,
      fix: "give a fitted model, or its JSON with a 'kind'",
    });
  requireJson(json, "not-serialisable");
  return JSON.parse(JSON.stringify(json));
}

import { describeValue, type Issue, type Path, requireJson, type StandardSchema, TwinError } from "@sage-twin/kernel";

/** A JSON Schema of draft 2020-12 that is an object. */
export type JsonSchema = Readonly<Record<string, unknown>>;

/** A validator that can tell its JSON Schema (standardschema.dev), such as a zod type from 4.2 on. */
export interface StandardJsonSchema {
  readonly "~standard": {
    readonly vendor: string;
    readonly jsonSchema: Readonly<
      Record<"input" | "output", (options: { readonly target: "draft-2020-12" }) => Record<string, unknown>>
    >;
  };
}

/** What a signature may be given as. */
export type SchemaSource = JsonSchema | StandardJsonSchema | StandardSchema;

/** What is said about values without restricting them, or, as `format` and the `pattern` beside it, only described. */
const annotations = new Set(
  "$schema $id $comment title description default examples deprecated readOnly writeOnly format".split(" "),
);
const assertions = new Set(
  "type enum const properties required additionalProperties propertyNames items prefixItems minItems maxItems minimum maximum exclusiveMinimum exclusiveMaximum multipleOf minLength maxLength anyOf oneOf allOf not".split(
    " ",
  ),
);
const types = new Set(["null", "boolean", "object", "array", "number", "integer", "string"]);
const deepest = 40;

/**
 * The JSON Schema of one row: of a validator its own, what is one already checked. Throws a `TwinError` "unsupported" that names every keyword that
 * `checkRows` would not enforce.
 */
export function jsonSchemaOf(source: SchemaSource, side: "input" | "output", path: Path): JsonSchema {
  const standard = (source as Partial<StandardJsonSchema> | undefined)?.["~standard"];
  if (standard !== undefined && typeof standard.jsonSchema?.[side] !== "function")
    throw new TwinError({
      code: "unsupported",
      path,
      message: `this ${String(standard.vendor)} validator does not tell its JSON Schema`,
      fix: "give a JSON Schema, or a zod type",
    });
  let schema: unknown = source;
  try {
    if (standard !== undefined) schema = standard.jsonSchema[side]({ target: "draft-2020-12" });
  } catch (cause) {
    throw new TwinError(
      {
        code: "unsupported",
        path,
        message: `the validator has no JSON Schema: ${cause instanceof Error ? cause.message.slice(0, 200) : String(cause)}`,
        fix: "leave out transforms, dates and custom checks, or give a JSON Schema",
      },
      { cause },
    );
  }
  requireJson(schema, "not-serialisable");
  const issues: Issue[] = [];
  inspect(schema, path, issues, 0);
  if (issues.length > 0) throw new TwinError(issues);
  return JSON.parse(JSON.stringify(schema));
}

function inspect(schema: unknown, path: Path, issues: Issue[], depth: number): void {
  if (typeof schema === "boolean") return;
  if (typeof schema !== "object" || schema === null || Array.isArray(schema) || depth > deepest) {
    issues.push({
      code: "invalid-argument",
      path,
      message:
        depth > deepest ? `nested deeper than ${deepest} schemas` : `${describeValue(schema)} is not a JSON Schema`,
    });
    return;
  }
  const members = schema as Readonly<Record<string, unknown>>;
  for (const [keyword, value] of Object.entries(members)) {
    const at = [...path, keyword];
    const wrong = (expected: string): void => {
      issues.push({ code: "invalid-argument", path: at, message: `${describeValue(value)} is not ${expected}` });
    };
    const each = (entries: readonly [string | number, unknown][]): void => {
      for (const [key, member] of entries) inspect(member, [...at, key], issues, depth + 1);
    };
    if (annotations.has(keyword) || (keyword === "pattern" && "format" in members)) continue;
    if (!assertions.has(keyword))
      issues.push({
        code: "unsupported",
        path: at,
        message: `the keyword '${keyword.slice(0, 40)}' is not enforced`,
        fix: keyword === "pattern" ? "use enum, minLength and maxLength" : "leave it out",
      });
    else if (keyword === "type") {
      if (![value].flat().every((type) => types.has(type as string))) wrong("a JSON type");
    } else if (keyword === "properties") {
      if (typeof value === "object" && value !== null && !Array.isArray(value)) each(Object.entries(value));
      else wrong("schemas by name");
    } else if (["additionalProperties", "propertyNames", "items", "not"].includes(keyword))
      inspect(value, at, issues, depth + 1);
    else if (["anyOf", "oneOf", "allOf", "prefixItems"].includes(keyword)) {
      if (Array.isArray(value) && value.length > 0) each([...value.entries()]);
      else wrong("a list of schemas");
    } else if (keyword === "required") {
      if (!Array.isArray(value) || !value.every((name) => typeof name === "string")) wrong("a list of names");
    } else if (keyword === "enum") {
      if (!Array.isArray(value)) wrong("a list of values");
    } else if (keyword !== "const" && (typeof value !== "number" || (keyword === "multipleOf" && !(value > 0))))
      wrong(keyword === "multipleOf" ? "a positive number" : "a number");
  }
}

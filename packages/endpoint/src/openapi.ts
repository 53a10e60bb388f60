import { libraryVersion } from "@sage-twin/kernel";
import { type Department, rowSchema } from "@sage-twin/schemas";
import * as z from "zod";

/** What the document says besides the departments. */
export interface OpenApiOptions {
  /** Default `"SAGE-Twin ingestion"`. */
  readonly title?: string;
  /** The version of the interface. Default: that of the library. */
  readonly version?: string;
  /** The path below which the departments stand. Default `""`. */
  readonly basePath?: string;
  /** Whether a bearer token is asked for. Default false. */
  readonly secured?: boolean;
}

type Json = Readonly<Record<string, unknown>>;

const reference = (name: string): Json => ({ $ref: `#/components/schemas/${name}` });
const json = (schema: Json): Json => ({ "application/json": { schema } });

const answerSchema: Json = {
  type: "object",
  required: ["department", "received", "accepted", "rejected", "issues"],
  properties: {
    department: { type: "string" },
    received: { type: "integer", description: "Rows in the body." },
    accepted: { type: "integer", description: "Rows that were taken in." },
    rejected: { type: "integer", description: "Rows that were set aside." },
    issues: { type: "array", items: reference("Issue"), description: "Why; the first thousand." },
  },
};

const issueSchema: Json = {
  type: "object",
  required: ["code", "path", "message"],
  properties: {
    code: { type: "string" },
    path: { type: "array", items: { type: ["string", "integer"] } },
    message: { type: "string" },
    fix: { type: "string" },
  },
};

const problemSchema: Json = {
  type: "object",
  description: "RFC 9457 problem details.",
  required: ["type", "title", "status", "detail"],
  properties: {
    type: { type: "string" },
    title: { type: "string" },
    status: { type: "integer" },
    detail: { type: "string" },
    issues: { type: "array", items: reference("Issue") },
  },
};

const problems: Readonly<Record<string, string>> = {
  400: "The body cannot be read.",
  409: "A request with this idempotency key is still at work, or the rows contradict what is known.",
  413: "The body or the number of rows is beyond the limit.",
  415: "The content type or coding is not taken.",
  422: "Rows are wrong; nothing was taken in.",
};

/** The OpenAPI 3.1 document of an ingestion handler: a path for each department, its rows as JSON Schema made from its metrics. */
export function openApiDocument(departments: readonly Department[], options: OpenApiOptions = {}): Json {
  const { title = "SAGE-Twin ingestion", version = libraryVersion, basePath = "", secured = false } = options;
  const paths: Record<string, Json> = {};
  const rows: Record<string, Json> = {};
  for (const department of departments) {
    const { $schema: _, ...schema } = z.toJSONSchema(rowSchema(department), { unrepresentable: "any" });
    rows[`${department.name}Row`] = schema as Json;
    paths[`${basePath}/${encodeURIComponent(department.name)}`] = { post: operation(department.name, secured) };
  }
  return {
    openapi: "3.1.0",
    info: { title, version },
    paths,
    components: {
      schemas: { ...rows, Answer: answerSchema, Issue: issueSchema, Problem: problemSchema },
      ...(secured ? { securitySchemes: { bearer: { type: "http", scheme: "bearer" } } } : {}),
    },
  };
}

function operation(department: string, secured: boolean): Json {
  const row = reference(`${department}Row`);
  const text = { schema: { type: "string" } };
  const file = { schema: { type: "object", properties: { file: { type: "string", format: "binary" } } } };
  const refused = secured ? { ...problems, 401: "A bearer token is missing or wrong." } : problems;
  return {
    operationId: `ingest-${department}`,
    summary: `Take in rows of ${department}`,
    parameters: [
      {
        name: "invalid",
        in: "query",
        description:
          "What happens when rows are wrong: nothing is taken in (throw), or they alone are set aside (reject).",
        schema: { type: "string", enum: ["throw", "reject"], default: "throw" },
      },
      {
        name: "Idempotency-Key",
        in: "header",
        description: "A request sent again with the same key and body gets the same answer and is not taken in twice.",
        schema: { type: "string", maxLength: 255 },
      },
    ],
    requestBody: {
      required: true,
      content: {
        ...json({ type: "array", items: row }),
        "application/x-ndjson": text,
        "text/csv": text,
        "application/vnd.apache.parquet": { schema: { type: "string", format: "binary" } },
        "multipart/form-data": file,
      },
    },
    responses: {
      200: { description: "What was taken in.", content: json(reference("Answer")) },
      ...Object.fromEntries(
        Object.entries(refused).map(([status, description]) => [
          status,
          { description, content: { "application/problem+json": { schema: reference("Problem") } } },
        ]),
      ),
    },
    ...(secured ? { security: [{ bearer: [] }] } : {}),
  };
}

import { type Clock, type Issue, type Store, systemClock, TwinError, unknownName } from "@sage-twin/kernel";
import { fileId } from "@sage-twin/registry";
import { type Department, type RowOptions, readRows } from "@sage-twin/schemas";
import { Idempotency, type KeptAnswer } from "./idempotency.js";
import { openApiDocument } from "./openapi.js";
import { detailsOf, Problem, problemOf } from "./problem.js";
import { type Body, readBody } from "./read-body.js";
import { deliver, type Observer } from "./target.js";

/** How a handler works. */
export interface IngestHandlerOptions extends Pick<RowOptions<string>, "time" | "timeZone"> {
  /** The departments whose rows are taken, each at the path of its name. */
  readonly schema: Department | readonly Department[];
  /** Whether a request may come in; asked before its body is read. Default: everyone may. See `bearer`. */
  readonly auth?: (request: Request) => boolean | Promise<boolean>;
  /** The path below which the departments stand, where the handler is mounted. Default `""`. */
  readonly basePath?: string;
  readonly limits?: {
    /** Bytes of a body after decompression. Default 10,000,000. */
    readonly bytes?: number;
    /** Rows of a body. Default 100,000. */
    readonly rows?: number;
  };
  /** Where answers are kept by idempotency key. Default: the last thousand, in memory. */
  readonly idempotency?: Store;
  /** Tells when rows came in. Default: the machine's. */
  readonly clock?: Clock;
  /** Is told what went wrong on this side; the sender learns only that something did. */
  readonly onError?: (error: unknown) => void;
}

/** What was taken in. */
export interface IngestAnswer {
  readonly department: string;
  readonly received: number;
  readonly accepted: number;
  readonly rejected: number;
  /** What is wrong with the rejected rows: every issue (the first thousand, and the number of the others). */
  readonly issues: readonly Issue[];
}

/**
 * A standard request handler that takes rows into a twin or a store: it mounts in Hono, Express, Next, `Deno.serve`, `Bun.serve`, Workers or a
 * service worker.
 *
 * `POST {basePath}/{department}` takes JSON (rows or columns), NDJSON, CSV, Parquet or a form with one file, plain or gzipped, and answers with what
 * was taken in; with `?invalid=reject` wrong rows alone are set aside. `GET {basePath}/openapi.json` describes it. What is wrong comes back
 * as RFC 9457 problem details.
 *
 * @example
 * ```ts
 * import { createIngestHandler } from "@sage-twin/endpoint";
 * import { memoryStore } from "@sage-twin/kernel";
 * import { department } from "@sage-twin/schemas";
 *
 * const shop = department("shop", { price: { unit: "GBP", kind: "price", minimum: 0 } });
 * const handler = createIngestHandler(memoryStore(), { schema: shop });
 * const response = await handler(
 *   new Request("https://example.org/shop", {
 *     method: "POST",
 *     headers: { "content-type": "application/json" },
 *     body: JSON.stringify([{ date: "2026-01-05", price: -1 }]),
 *   }),
 * );
 * response.status; // => 422
 * (await response.json()).issues[0].message; // => "-1 is below the minimum 0"
 * ```
 */
export function createIngestHandler(
  target: Observer | Store,
  options: IngestHandlerOptions,
): (request: Request) => Promise<Response> {
  const { auth, basePath = "", limits = {}, clock = systemClock, onError } = options;
  const departments = requireOptions(target, options);
  const idempotency = new Idempotency(options.idempotency);
  const document = openApiDocument(departments, { basePath, secured: auth !== undefined });

  async function take(
    department: Department,
    body: Body,
    invalid: "throw" | "reject",
    signal: AbortSignal,
  ): Promise<IngestAnswer> {
    const { rows, rowsRead, rowsRejected, issues } = await readRows(new Blob([body.bytes]), {
      schema: department,
      time: options.time,
      timeZone: options.timeZone,
      type: body.type,
      limits: { rows: limits.rows ?? 100_000 },
      invalid,
      signal,
    });
    const at = new Date(clock.now()).toISOString();
    if (rows.length > 0) await deliver(target, department.name, { at, rows }, signal);
    return {
      department: department.name,
      received: rowsRead,
      accepted: rows.length,
      rejected: rowsRejected,
      issues,
    };
  }

  async function post(request: Request, department: Department): Promise<Response> {
    const invalid = new URL(request.url).searchParams.get("invalid") ?? "throw";
    if (invalid !== "throw" && invalid !== "reject")
      throw new Problem(400, `invalid=${invalid.slice(0, 40)} is neither throw nor reject`);
    const key = idempotency.keyOf(request, department.name);
    const body = await readBody(request, limits.bytes ?? 10_000_000);
    const work = async (): Promise<KeptAnswer> => {
      try {
        const answer = await take(department, body, invalid, request.signal);
        return { fingerprint, status: 200, body: JSON.stringify(answer) };
      } catch (error) {
        const problem = problemOf(error);
        if (problem === undefined) throw error;
        return { fingerprint, status: problem.status, body: JSON.stringify(detailsOf(problem)) };
      }
    };
    const { id } = await fileId(body.bytes);
    const fingerprint = `${body.type} ${invalid} ${id}`;
    if (key === undefined) return respond(await work());
    const { answer, replayed } = await idempotency.answer(key, fingerprint, work);
    return respond(answer, replayed ? { "idempotency-replayed": "true" } : {});
  }

  async function route(request: Request): Promise<Response> {
    const { method } = request;
    if (auth !== undefined && method !== "OPTIONS" && !(await auth(request)))
      throw new Problem(401, "the request is not authorised", { headers: { "www-authenticate": "Bearer" } });
    const { pathname } = new URL(request.url);
    const inside = pathname.startsWith(`${basePath}/`) ? decode(pathname.slice(basePath.length + 1)) : undefined;
    const department = departments.find(({ name }) => name === inside);
    const methods = department !== undefined ? ["POST"] : inside === "openapi.json" ? ["GET", "HEAD"] : undefined;
    if (methods === undefined) throw unknownPath(inside ?? pathname, departments);
    const allow = methods.join(", ");
    if (method === "OPTIONS") return new Response(null, { status: 204, headers: { allow } });
    if (!methods.includes(method))
      throw new Problem(405, `${method} is not taken here; send ${methods[0]}`, { headers: { allow } });
    if (department !== undefined) return post(request, department);
    const text = method === "HEAD" ? null : JSON.stringify(document);
    return new Response(text, { headers: { "content-type": "application/json" } });
  }

  return async (request) => {
    try {
      return await route(request);
    } catch (error) {
      const problem = problemOf(error);
      if (problem === undefined) onError?.(error);
      const told = problem ?? new Problem(500, "the rows could not be taken in; nothing is wrong with the request");
      return respond({ status: told.status, body: JSON.stringify(detailsOf(told)) }, told.headers);
    }
  };
}

function respond(
  { status, body }: Pick<KeptAnswer, "status" | "body">,
  headers: Readonly<Record<string, string>> = {},
): Response {
  const type = status === 200 ? "application/json" : "application/problem+json";
  return new Response(body, { status, headers: { "content-type": type, ...headers } });
}

function decode(path: string): string | undefined {
  try {
    return decodeURIComponent(path.replace(/\/$/, ""));
  } catch {
    return undefined;
  }
}

function unknownPath(path: string, departments: readonly Department[]): Problem {
  const names = [...departments.map(({ name }) => name), "openapi.json"];
  const { issues } = unknownName("department", path.slice(0, 60), names, ["path"]);
  return new Problem(404, issues[0].message, { issues });
}

function requireOptions(
  target: unknown,
  { schema, basePath = "", limits = {} }: IngestHandlerOptions,
): readonly Department[] {
  const departments = Array.isArray(schema) ? (schema as readonly Department[]) : [schema as Department];
  const issues: Issue[] = [];
  const refuse = (path: string[], message: string, fix: string): void => {
    issues.push({ code: "invalid-argument", path, message, fix });
  };
  const takes = typeof target === "object" && target !== null && ("observe" in target || "append" in target);
  if (!takes)
    refuse(["target"], "this is neither a twin nor a store", "give what twin.build() or memoryStore() returns");
  if (departments.length === 0 || departments.some((department) => typeof department?.metrics !== "object"))
    refuse(["schema"], "these are not departments", "give what department(...) returns");
  const names = departments.map((department) => department?.name);
  if (new Set(names).size < names.length) refuse(["schema"], "two departments have one name", "rename one");
  if (typeof basePath !== "string" || !/^(\/[^/?#]+)*$/.test(basePath))
    refuse(["basePath"], `'${basePath}' is not a path`, "write it like '/ingest'");
  for (const [name, limit] of Object.entries(limits))
    if (!(limit > 0)) refuse(["limits", name], `${limit} is not a positive number`, "leave it out for the default");
  if (issues.length > 0) throw new TwinError(issues);
  return departments;
}

import { type ErrorCode, type Issue, TwinError } from "@sage-twin/kernel";

/** Problem details of RFC 9457, with the issues that SAGE-Twin found. */
export interface ProblemDetails {
  /** `urn:sage-twin:problem:` and the code of the first issue, or `about:blank` where the status says it all. */
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly issues?: readonly Issue[];
}

const titles: Readonly<Record<number, string>> = {
  400: "Bad Request",
  401: "Unauthorized",
  404: "Not Found",
  405: "Method Not Allowed",
  409: "Conflict",
  413: "Content Too Large",
  415: "Unsupported Media Type",
  422: "Unprocessable Content",
  500: "Internal Server Error",
};

/** Codes that are not the sender's fault have no status of their own. */
const statuses: Partial<Readonly<Record<ErrorCode, number>>> = {
  conflict: 409,
  contradiction: 422,
  domain: 422,
  "invalid-argument": 422,
  "invalid-data": 422,
  "invalid-time": 422,
  "missing-peer": 415,
  "out-of-range": 422,
  "too-large": 413,
  "unknown-name": 422,
  unsupported: 415,
};

/** A response that says what is wrong. */
export class Problem extends Error {
  readonly status: number;
  readonly detail: string;
  readonly issues: readonly Issue[];
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    status: number,
    detail: string,
    options: { readonly issues?: readonly Issue[]; readonly headers?: Readonly<Record<string, string>> } = {},
  ) {
    super(detail);
    this.status = status;
    this.detail = detail;
    this.issues = options.issues ?? [];
    this.headers = options.headers ?? {};
  }
}

/** The problem that an error is to the sender; undefined where it is the receiver's own. */
export function problemOf(error: unknown): Problem | undefined {
  if (error instanceof Problem) return error;
  const status = TwinError.isInstance(error) ? statuses[error.code] : undefined;
  if (status === undefined) return undefined;
  const { issues } = error as TwinError;
  const detail = issues.length === 1 ? issues[0].message : `${issues.length} problems, the first: ${issues[0].message}`;
  return new Problem(status, detail, { issues });
}

/** The body of a problem. */
export function detailsOf({ status, detail, issues }: Problem): ProblemDetails {
  return {
    type: issues.length > 0 ? `urn:sage-twin:problem:${issues[0].code}` : "about:blank",
    title: titles[status] ?? "Error",
    status,
    detail,
    ...(issues.length > 0 ? { issues } : {}),
  };
}

/** Stable codes of every error that SAGE-Twin raises; match on these, never on messages. */
export type ErrorCode =
  | "conflict"
  | "contradiction"
  | "corrupt"
  | "cycle"
  | "domain"
  | "invalid-argument"
  | "invalid-data"
  | "invalid-formula"
  | "invalid-graph"
  | "invalid-time"
  | "missing-peer"
  | "newer-version"
  | "not-a-lever"
  | "not-found"
  | "not-serialisable"
  | "out-of-range"
  | "too-large"
  | "unknown-name"
  | "unsupported"
  | "worker-failed";

/** Where in the input, from the outside in: `["rows", 317, "price"]`. */
export type Path = readonly (string | number)[];

/** One problem: what is wrong, where, and how to mend it. */
export interface Issue {
  readonly code: ErrorCode;
  readonly path: Path;
  /** What was received and what was expected. */
  readonly message: string;
  /** What to do about it. */
  readonly fix?: string;
}

const marker: unique symbol = Symbol.for("sage-twin.error") as never;
const shownIssues = 20;
const longestPath = 200;

/**
 * The one error class of SAGE-Twin: a stable `code`, the `path` of the problem, and every `issue` found in one input.
 *
 * @example
 * ```ts
 * import { TwinError } from "@sage-twin/kernel";
 *
 * const error = new TwinError({ code: "unknown-name", path: ["metric"], message: "unknown metric 'reveneu'", fix: "did you mean 'revenue'?" });
 * error.message; // => "metric: unknown metric 'reveneu'; did you mean 'revenue'?"
 * ```
 */
export class TwinError extends Error {
  override readonly name = "TwinError";
  readonly code: ErrorCode;
  readonly path: Path;
  readonly issues: readonly Issue[];
  readonly [marker] = true;

  constructor(problem: Issue | readonly Issue[], options?: { readonly cause?: unknown }) {
    const issues = Array.isArray(problem) ? (problem as readonly Issue[]) : [problem as Issue];
    super(describeIssues(issues), options);
    this.code = issues[0].code;
    this.path = issues[0].path;
    this.issues = issues;
  }

  /** Whether `value` is a `TwinError`, also when it comes from another copy of the package. */
  static isInstance(value: unknown): value is TwinError {
    return typeof value === "object" && value !== null && (value as Record<symbol, unknown>)[marker] === true;
  }
}

function describeIssues(issues: readonly Issue[]): string {
  if (issues.length === 1) return describeIssue(issues[0]);
  const lines = issues.slice(0, shownIssues).map((issue) => `- ${describeIssue(issue)}`);
  const rest = issues.length - lines.length;
  if (rest > 0) lines.push(`- and ${rest} more, in error.issues`);
  return `${issues.length} problems:\n${lines.join("\n")}`;
}

function describeIssue({ path, message, fix }: Issue): string {
  const where = path.length > 0 ? `${formatPath(path)}: ` : "";
  return `${where}${message}${fix === undefined ? "" : `; ${fix}`}`;
}

function formatPath(path: Path): string {
  const text = path
    .map((part, index) => (typeof part === "number" ? `[${part}]` : index === 0 ? part : `.${part}`))
    .join("");
  return text.length > longestPath ? `${text.slice(0, longestPath)}...` : text;
}

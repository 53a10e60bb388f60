import { type Issue, TwinError } from "@sage-twin/kernel";
import type { ColumnView } from "./column-view.js";
import { describeExpectation } from "./describe-expectation.js";
import { type EvaluationContext, evaluate } from "./evaluate/evaluate.js";
import { rowsWhere } from "./evaluate/formulas.js";
import { missing, type RowOutcome, unexpected } from "./evaluate/outcome.js";
import type { Expectation, Severity } from "./expectation.js";
import type { BasicCheck, CheckByLevel, CheckStatus, DetailLevel } from "./pipeline-result.js";

const shown = 20;

/** What one expectation came to, before it is told at a level. */
export interface Finding {
  readonly expectation: Expectation;
  readonly severity: Severity;
  readonly status: CheckStatus;
  readonly elements: number;
  readonly missing: number;
  /** The unexpected rows, ascending. */
  readonly rows: Uint32Array;
  /** What the unexpected row number `index` of `rows` holds, and what is wrong with it. */
  readonly value: (index: number) => unknown;
  readonly issue: (index: number) => Issue;
  readonly observed?: BasicCheck["observed"];
  readonly message?: string;
  readonly problems?: readonly Issue[];
}

const none: Omit<Finding, "expectation" | "severity" | "status"> = {
  elements: 0,
  missing: 0,
  rows: new Uint32Array(0),
  value: () => undefined,
  issue: () => ({ code: "invalid-data", path: [], message: "" }),
};

/** Evaluates an expectation; what it throws is its problem, besides `signal.reason`. */
export async function runExpectation(
  expectation: Expectation,
  whole: ColumnView,
  context: EvaluationContext,
  signal: AbortSignal | undefined,
): Promise<Finding> {
  const { severity = "error", when, mostly = 1 } = expectation;
  const base = { ...none, expectation, severity };
  try {
    const selected = when === undefined ? undefined : rowsWhere(when, whole);
    if (selected?.length === 0) return { ...base, status: "skipped", message: `no row with ${when}` };
    const view = selected === undefined ? whole : whole.subset(selected);
    const rows = selected && context.rows ? Array.from(selected, (row) => context.rows?.[row]) : context.rows;
    const outcome = await evaluate(expectation, view, { ...context, rows });
    if (!("marks" in outcome)) {
      const { met, observed, message } = outcome;
      return {
        ...base,
        status: met ? "passed" : "failed",
        elements: view.length,
        observed,
        ...(met ? {} : { message }),
      };
    }
    return { ...base, ...findRows(outcome, mostly, selected) };
  } catch (error) {
    signal?.throwIfAborted();
    const problems = TwinError.isInstance(error)
      ? error.issues
      : [{ code: "invalid-data" as const, path: [], message: error instanceof Error ? error.message : String(error) }];
    return { ...base, status: "errored", message: problems[0].message, problems };
  }
}

function findRows(
  { marks, columns, value, message, code = "invalid-data" }: RowOutcome,
  mostly: number,
  selected: Uint32Array | undefined,
): Pick<Finding, "status" | "elements" | "missing" | "rows" | "value" | "issue"> {
  let absent = 0;
  let count = 0;
  for (let i = 0; i < marks.length; i++) {
    if (marks[i] === missing) absent++;
    else if (marks[i] === unexpected) count++;
  }
  const places = new Uint32Array(count);
  for (let i = 0, next = 0; next < count; i++) if (marks[i] === unexpected) places[next++] = i;
  const rows = selected === undefined ? places : places.map((place) => selected[place]);
  const judged = marks.length - absent;
  return {
    status: judged === 0 || (judged - count) / judged >= mostly ? "passed" : "failed",
    elements: marks.length,
    missing: absent,
    rows,
    value: (index) => value(places[index]),
    issue: (index) => ({
      code,
      path: columns.length === 1 ? ["rows", rows[index], columns[0]] : ["rows", rows[index]],
      message: message(places[index]),
      fix: "mend the row (rows count from 0)",
    }),
  };
}

/** The finding, told at a level. */
export function tell<Level extends DetailLevel>(finding: Finding, level: Level): CheckByLevel[Level] {
  const { expectation, severity, status, elements, rows, value, observed, message, problems } = finding;
  const verdict = { expectation: describeExpectation(expectation), severity, status };
  if (level === "boolean") return verdict as CheckByLevel[Level];
  const judged = elements - finding.missing;
  const first = Array.from(rows.subarray(0, shown), (_, index) => value(index));
  const basic: BasicCheck = {
    ...verdict,
    elements,
    missing: finding.missing,
    unexpected: rows.length,
    unexpectedShare: judged > 0 ? rows.length / judged : 0,
    examples: first,
    ...(observed === undefined ? {} : { observed }),
    ...(message === undefined ? {} : { message }),
    ...(problems === undefined ? {} : { problems }),
  };
  if (level === "basic") return basic as CheckByLevel[Level];
  const values = Array.from(rows, (_, index) => value(index));
  const summary = { ...basic, mostCommon: mostCommon(values), exampleRows: [...rows.subarray(0, shown)] };
  return (level === "summary" ? summary : { ...summary, rows: [...rows], values }) as CheckByLevel[Level];
}

function mostCommon(values: readonly unknown[]): { value: unknown; count: number }[] {
  const counts = new Map<unknown, { value: unknown; count: number }>();
  for (const value of values) {
    const key = typeof value === "object" ? textOf(value) : value;
    const known = counts.get(key);
    if (known === undefined) counts.set(key, { value, count: 1 });
    else known.count++;
  }
  return [...counts.values()].sort((a, b) => b.count - a.count).slice(0, shown);
}

/** An object as text, so that equal ones count as one; itself where JSON cannot tell. */
function textOf(value: unknown): unknown {
  try {
    return JSON.stringify(value);
  } catch {
    return value;
  }
}

import { describeValue, type Issue, type StandardSchema, TwinError, unknownName } from "@sage-twin/kernel";
import type { ColumnView } from "../column-view.js";
import { customChecks } from "../custom-checks.js";
import type { ExpectationOf } from "../expectation.js";
import { rowIssues } from "../standard-rows.js";
import { missing, type RowOutcome, type TableOutcome, unexpected } from "./outcome.js";

const rowsBetweenTicks = 1024;

/** Rows that a Standard Schema validator accepts; asynchronous ones are waited for. */
export async function evaluateConforms(
  { schema }: ExpectationOf<"conforms">,
  view: ColumnView,
  rows: readonly unknown[] | undefined,
  tick: () => Promise<void>,
): Promise<RowOutcome> {
  const marks = new Uint8Array(view.length);
  const problems = new Map<number, readonly Issue[]>();
  const columns = rows === undefined ? view.names.map((name) => [name, view.column(name)] as const) : [];
  const rowAt = (row: number): unknown =>
    rows === undefined ? Object.fromEntries(columns.map(([name, cells]) => [name, cells[row]])) : rows[row];
  for (let row = 0; row < view.length; row++) {
    if (row % rowsBetweenTicks === 0) await tick();
    const result = rowIssues(schema as StandardSchema, rowAt(row), row);
    const { issues } = result instanceof Promise ? await result : result;
    if (issues.length === 0) continue;
    marks[row] = unexpected;
    problems.set(row, issues);
  }
  const told = ({ path, message }: Issue): string =>
    `${path.slice(2).join(".")}${path.length > 2 ? ": " : ""}${message}`;
  return {
    marks,
    columns: [],
    value: rowAt,
    message: (row) => (problems.get(row) ?? []).map(told).join("; "),
  };
}

/** What a user's check says: of the whole, or of each row. */
export async function evaluateCustom(
  { name, columns = [], parameters, check }: ExpectationOf<"custom">,
  view: ColumnView,
): Promise<RowOutcome | TableOutcome> {
  const known = check ?? customChecks.get(name);
  if (known === undefined) throw unknownName("check", name, customChecks.keys(), ["name"]);
  const cells = Object.fromEntries(columns.map((column) => [column, view.column(column)]));
  const answer: unknown = await known(cells, parameters);
  if (typeof answer === "boolean") return { met: answer, observed: {}, message: `'${name}' does not hold` };
  if (
    !Array.isArray(answer) ||
    answer.length !== view.length ||
    !answer.every((one) => one === null || typeof one === "boolean")
  ) {
    throw new TwinError({
      code: "invalid-data",
      path: ["custom", name],
      message: `the check answered ${describeValue(answer)}${Array.isArray(answer) ? ` of ${answer.length}` : ""}`,
      fix: `answer true, false, or one of true, false and null for each of the ${view.length} rows`,
    });
  }
  return {
    marks: Uint8Array.from(answer as (boolean | null)[], (one) => (one === null ? missing : one ? 0 : unexpected)),
    columns,
    value: (row) =>
      columns.length === 1
        ? cells[columns[0]][row]
        : Object.fromEntries(columns.map((column) => [column, cells[column][row] ?? null])),
    message: () => `'${name}' does not hold`,
  };
}

import { describeValue } from "@sage-twin/kernel";
import { type ColumnView, isMissing } from "../column-view.js";
import type { ExpectationOf } from "../expectation.js";
import { compilePattern } from "../pattern/automaton.js";
import { missing, type RowOutcome, unexpected } from "./outcome.js";

const longestText = 10_000;

/** Nothing missing: undefined, null or NaN. */
export function evaluateNotNull({ column }: ExpectationOf<"notNull">, view: ColumnView): RowOutcome {
  const cells = view.column(column);
  const marks = new Uint8Array(view.length);
  if (cells instanceof Float64Array) {
    for (let i = 0; i < cells.length; i++) if (Number.isNaN(cells[i])) marks[i] = unexpected;
  } else for (let i = 0; i < cells.length; i++) if (isMissing(cells[i])) marks[i] = unexpected;
  return { marks, columns: [column], value: () => null, message: () => "the value is missing" };
}

/** Numbers within bounds. */
export function evaluateBetween(expectation: ExpectationOf<"between">, view: ColumnView): RowOutcome {
  const { column, minimum = -Infinity, maximum = Infinity } = expectation;
  const { values, wrong } = view.numbers(column);
  const marks = new Uint8Array(view.length);
  for (let i = 0; i < values.length; i++) {
    const value = values[i];
    if (value >= minimum && value <= maximum) continue;
    marks[i] = Number.isNaN(value) && wrong?.[i] !== 1 ? missing : unexpected;
  }
  const cells = view.column(column);
  return {
    marks,
    columns: [column],
    value: (row) => cells[row],
    code: "out-of-range",
    message: (row) =>
      wrong?.[row] === 1
        ? `${describeValue(cells[row])} is not a number`
        : values[row] < minimum
          ? `${values[row]} is below the minimum ${minimum}`
          : `${values[row]} is above the maximum ${maximum}`,
  };
}

/** Values of a set. */
export function evaluateInSet({ column, values }: ExpectationOf<"inSet">, view: ColumnView): RowOutcome {
  const allowed = new Set<unknown>(values);
  return eachValue(
    view,
    column,
    (cell) => allowed.has(cell),
    (cell) => `${describeValue(cell)} is not in the set`,
  );
}

/** Text with a match of a pattern. */
export function evaluateMatches({ column, pattern }: ExpectationOf<"matches">, view: ColumnView): RowOutcome {
  const shown = typeof pattern === "string" ? `/${pattern}/` : String(pattern);
  // without g and y, which make a RegExp remember where it was
  const trusted =
    typeof pattern === "string" ? undefined : new RegExp(pattern.source, pattern.flags.replace(/[gy]/g, ""));
  const test = trusted === undefined ? compilePattern(pattern as string, ["pattern"]) : trusted.test.bind(trusted);
  return eachValue(
    view,
    column,
    (cell) => typeof cell === "string" && cell.length <= longestText && test(cell),
    (cell) =>
      typeof cell === "string" && cell.length > longestText
        ? `a text of more than ${longestText} characters is not looked at`
        : `${describeValue(cell)} does not match ${shown.slice(0, 80)}`,
  );
}

function eachValue(
  view: ColumnView,
  column: string,
  accepts: (cell: unknown) => boolean,
  message: (cell: unknown) => string,
): RowOutcome {
  const cells = view.column(column);
  const marks = new Uint8Array(view.length);
  for (let i = 0; i < cells.length; i++)
    if (isMissing(cells[i])) marks[i] = missing;
    else if (!accepts(cells[i])) marks[i] = unexpected;
  return { marks, columns: [column], value: (row) => cells[row], message: (row) => message(cells[row]) };
}

/** Every row of a group of equal ones is unexpected. Rows without any value are left out. */
export function evaluateUnique({ columns }: ExpectationOf<"unique">, view: ColumnView): RowOutcome {
  const all = columns.map((name) => view.column(name));
  const marks = new Uint8Array(view.length);
  const first = new Map<unknown, number>();
  const key = (row: number): unknown =>
    all.length === 1
      ? all[0][row]
      : JSON.stringify(all.map((cells) => (isMissing(cells[row]) ? null : [typeof cells[row], String(cells[row])])));
  for (let i = 0; i < view.length; i++) {
    if (all.every((cells) => isMissing(cells[i]))) {
      marks[i] = missing;
      continue;
    }
    const identity = key(i);
    const earlier = first.get(identity);
    if (earlier === undefined) first.set(identity, i);
    else marks[i] = marks[earlier] = unexpected;
  }
  const value = (row: number): unknown => (all.length === 1 ? all[0][row] : all.map((cells) => cells[row] ?? null));
  return {
    marks,
    columns,
    value,
    code: "conflict",
    message: (row) => `${all.map((cells) => describeValue(cells[row])).join(", ")} is there more than once`,
  };
}

import { describeValue, type ErrorCode, type Issue, TwinError } from "@sage-twin/kernel";
import type { Columns } from "./types.js";

/** Checked columns in a fixed order. */
export interface Table {
  readonly names: readonly string[];
  readonly columns: readonly Float64Array[];
  readonly rows: number;
}

/** A checked table with its target. */
export interface TrainingTable extends Table {
  readonly target: Float64Array;
  /** Absent where every row counts the same. */
  readonly weights: Float64Array | undefined;
}

const mostIssuesPerColumn = 3;
const largest = 1e150; // squares stay finite

export function refuse(path: Issue["path"], message: string, fix: string, code: ErrorCode = "invalid-argument"): never {
  throw new TwinError({ code, path, message, fix });
}

export function checkNumber(value: number, path: string, least: number, most: number): number {
  if (value >= least && value <= most) return value;
  return refuse([path], `${describeValue(value)} is not a number from ${least} to ${most}`, `give such a ${path}`);
}

export function checkWhole(value: number, path: string, least: number, most: number): number {
  if (Number.isInteger(value)) return checkNumber(value, path, least, most);
  return refuse([path], `${describeValue(value)} is not a whole number`, `give one from ${least} to ${most}`);
}

/** Checks the rows to learn from; `missing` says whether NaN may stand among the features. */
export function readTraining(
  columns: Columns,
  target: ArrayLike<number>,
  weights: ArrayLike<number> | undefined,
  missing: boolean,
): TrainingTable {
  const issues: Issue[] = [];
  const y = readNumbers(target, ["target"], undefined, false, issues);
  const rows = y.length;
  const names = namesOf(columns, issues);
  const read = names.map((name) => readNumbers(columns[name], ["columns", name], rows, missing, issues));
  const w = weights && readNumbers(weights, ["weights"], rows, false, issues);
  const negative = w?.findIndex((weight) => weight < 0) ?? -1;
  if (w !== undefined && (negative >= 0 || (rows > 0 && !w.some((weight) => weight > 0))))
    issues.push({
      code: "invalid-data",
      path: negative >= 0 ? ["weights", negative] : ["weights"],
      message: negative >= 0 ? `${w[negative]} is below 0` : "all weights are 0",
      fix: "a weight says how much its row counts",
    });
  if (rows === 0 && issues.length === 0)
    issues.push({ code: "invalid-data", path: ["target"], message: "there are no rows", fix: "give at least one" });
  if (issues.length > 0) throw new TwinError(issues);
  return { names, columns: read, rows, target: y, weights: w };
}

/** Checks the rows to predict: the columns of `names`, in that order. */
export function readFeatures(columns: Columns, names: readonly string[], missing: boolean): Table {
  const issues: Issue[] = [];
  const given = new Set(namesOf(columns, issues));
  const first = names.find((name) => given.has(name));
  const rows = first === undefined ? 0 : (columns[first]?.length ?? 0);
  const read = names.map((name) => readNumbers(columns?.[name], ["columns", name], rows, missing, issues));
  if (issues.length > 0) throw new TwinError(issues);
  return { names, columns: read, rows };
}

function namesOf(columns: Columns, issues: Issue[]): string[] {
  const names = typeof columns === "object" && columns !== null ? Object.keys(columns) : [];
  if (names.length === 0)
    issues.push({
      code: "invalid-data",
      path: ["columns"],
      message: `${describeValue(columns)} has no columns`,
      fix: "give an object of columns by name",
    });
  return names;
}

/** The numbers as they are, when they are a Float64Array; else a copy. */
function readNumbers(
  values: ArrayLike<number> | undefined,
  path: Issue["path"],
  rows: number | undefined,
  missing: boolean,
  issues: Issue[],
): Float64Array {
  const problem = (at: Issue["path"], message: string, fix: string): void => {
    issues.push({ code: "invalid-data", path: [...path, ...at], message, fix });
  };
  if (typeof values !== "object" || values === null || !Number.isInteger(values.length)) {
    problem(
      [],
      values === undefined ? "the column is missing" : `${describeValue(values)} is not a list of numbers`,
      "give one number for each row",
    );
    return new Float64Array(0);
  }
  if (rows !== undefined && values.length !== rows)
    problem([], `${values.length} values, not ${rows}`, "give one for each row");
  let wrong = 0;
  for (let row = 0; row < values.length; row++) {
    const value = values[row];
    if (typeof value === "number" && (Math.abs(value) <= largest || (missing && Number.isNaN(value)))) continue;
    if (++wrong > mostIssuesPerColumn) continue;
    const absent = typeof value === "number" && Number.isNaN(value);
    problem(
      [row],
      absent ? "the value is missing" : `${describeValue(value)} is not a number of ${-largest} to ${largest}`,
      absent ? "leave the row out, or let the model impute features" : "mark a missing value with NaN",
    );
  }
  if (wrong > mostIssuesPerColumn) problem([], `${wrong} such values in all`, "mend the column");
  return values instanceof Float64Array ? values : Float64Array.from(values);
}

export function checkBinary(target: Float64Array): void {
  const wrong = target.findIndex((value) => value !== 0 && value !== 1);
  if (wrong >= 0)
    refuse(
      ["target", wrong],
      `${target[wrong]} is neither 0 nor 1`,
      "code the two outcomes as 0 and 1",
      "invalid-data",
    );
}

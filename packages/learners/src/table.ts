import { describeValue, type ErrorCode, type Issue, TwinError } from "@sage-twin/kernel";
import type { Column, Columns } from "./types.js";

/** Checked columns in a fixed order. */
export interface Table {
  readonly names: readonly string[];
  /** Numbers, NaN where missing; for text the place in its `levels`, -1 for a text that is not among them. */
  readonly columns: readonly Float64Array[];
  /** Of each column the texts in it, sorted; absent for numbers. */
  readonly levels: readonly (readonly string[] | undefined)[];
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

/** Checks the rows to learn from; `missing` says whether a value may be missing among the features. */
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
  const read = names.map((name) => readColumn(columns[name], ["columns", name], rows, missing, issues));
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
  return { names, ...sides(read), rows, target: y, weights: w };
}

/** Checks the rows to predict: the columns of `names`, in that order, those with `levels` as text. */
export function readFeatures(
  columns: Columns,
  names: readonly string[],
  missing: boolean,
  levels: Table["levels"] = [],
): Table {
  const issues: Issue[] = [];
  const given = new Set(namesOf(columns, issues));
  const first = names.find((name) => given.has(name));
  const rows = first === undefined ? 0 : (columns[first]?.length ?? 0);
  const read = names.map((name, index) => {
    const path = ["columns", name];
    const own = levels[index];
    if (given.has(name) && (own !== undefined) !== isText(columns[name]) && rows > 0) {
      const wanted = own === undefined ? "numbers" : "text";
      issues.push({
        code: "invalid-data",
        path,
        message: `${wanted} in training, ${own === undefined ? "text" : "numbers"} here`,
        fix: `give ${wanted}`,
      });
      return { values: new Float64Array(0), levels: own };
    }
    return readColumn(columns?.[name], path, rows, missing, issues, own);
  });
  if (issues.length > 0) throw new TwinError(issues);
  return { names, ...sides(read), rows };
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

interface ReadColumn {
  readonly values: Float64Array;
  readonly levels: readonly string[] | undefined;
}

function sides(read: readonly ReadColumn[]): Pick<Table, "columns" | "levels"> {
  return { columns: read.map(({ values }) => values), levels: read.map(({ levels }) => levels) };
}

/** Whether a column holds categories as text: what its first value is that is not null. */
export function isText(column: Column | undefined): boolean {
  if (typeof column !== "object" || column === null || ArrayBuffer.isView(column)) return false;
  let row = 0;
  while (row < column.length && column[row] === null) row++;
  return row === column.length ? row > 0 : typeof column[row] === "string";
}

function readColumn(
  column: Column | undefined,
  path: Issue["path"],
  rows: number,
  missing: boolean,
  issues: Issue[],
  known?: readonly string[],
): ReadColumn {
  if (!isText(column) && known === undefined)
    return { values: readNumbers(column as ArrayLike<number>, path, rows, missing, issues), levels: undefined };
  if (!isText(column))
    return { values: readNumbers(column as ArrayLike<number>, path, rows, missing, issues), levels: known };
  const texts = column as ArrayLike<string | null>;
  checkLength(texts, path, rows, issues);
  const levels = known ?? sortedTexts(texts);
  const places = new Map(levels.map((level, index) => [level, index]));
  const wrong = new WrongValues(path, issues);
  const values = new Float64Array(texts.length);
  for (let row = 0; row < values.length; row++) {
    const text = texts[row];
    values[row] = text === null ? Number.NaN : (places.get(text) ?? -1);
    if (typeof text === "string" || (text === null && missing)) continue;
    wrong.add(
      row,
      text === null ? "the value is missing" : `${describeValue(text)} is not text`,
      text === null ? "leave the row out, or let the model impute features" : "mark a missing text with null",
    );
  }
  wrong.finish();
  return { values, levels };
}

/** The different texts, ascending by their code units. */
function sortedTexts(texts: ArrayLike<string | null>): string[] {
  const all = new Set<string>();
  for (let row = 0; row < texts.length; row++) {
    const text = texts[row];
    if (typeof text === "string") all.add(text);
  }
  return [...all].sort();
}

/** The numbers as they are, when they are a Float64Array; else a copy. */
function readNumbers(
  values: ArrayLike<number> | undefined,
  path: Issue["path"],
  rows: number | undefined,
  missing: boolean,
  issues: Issue[],
): Float64Array {
  if (typeof values !== "object" || values === null || !Number.isInteger(values.length)) {
    issues.push({
      code: "invalid-data",
      path,
      message:
        values === undefined ? "the column is missing" : `${describeValue(values)} is not a list of numbers or texts`,
      fix: "give one value for each row",
    });
    return new Float64Array(0);
  }
  checkLength(values, path, rows, issues);
  const wrong = new WrongValues(path, issues);
  for (let row = 0; row < values.length; row++) {
    const value = values[row];
    if (typeof value === "number" && (Math.abs(value) <= largest || (missing && Number.isNaN(value)))) continue;
    const absent = typeof value === "number" && Number.isNaN(value);
    wrong.add(
      row,
      absent ? "the value is missing" : `${describeValue(value)} is not a number of ${-largest} to ${largest}`,
      absent ? "leave the row out, or let the model impute features" : "mark a missing value with NaN",
    );
  }
  wrong.finish();
  return values instanceof Float64Array ? values : Float64Array.from(values);
}

function checkLength(values: ArrayLike<unknown>, path: Issue["path"], rows: number | undefined, issues: Issue[]): void {
  if (rows !== undefined && values.length !== rows)
    issues.push({
      code: "invalid-data",
      path,
      message: `${values.length} values, not ${rows}`,
      fix: "give one for each row",
    });
}

/** The first few wrong values of a column, and how many they are. */
class WrongValues {
  readonly #path: Issue["path"];
  readonly #issues: Issue[];
  #count = 0;

  constructor(path: Issue["path"], issues: Issue[]) {
    this.#path = path;
    this.#issues = issues;
  }

  add(row: number, message: string, fix: string): void {
    if (++this.#count <= mostIssuesPerColumn)
      this.#issues.push({ code: "invalid-data", path: [...this.#path, row], message, fix });
  }

  finish(): void {
    if (this.#count > mostIssuesPerColumn)
      this.#issues.push({
        code: "invalid-data",
        path: this.#path,
        message: `${this.#count} such values in all`,
        fix: "mend the column",
      });
  }
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

/** A note where every row has the same target. */
export function singleTargetNotes(target: Float64Array): string[] {
  return target.every((value) => value === target[0]) ? [`every target is ${target[0]}: nothing to learn`] : [];
}

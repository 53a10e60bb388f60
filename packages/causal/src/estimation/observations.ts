import { describeValue, type Issue, TwinError, unknownName } from "@sage-twin/kernel";
import type { TestData } from "../refutation/test-columns.js";

/** Columns of equal length without gaps. */
export interface Observations {
  readonly rows: number;
  readonly columns: ReadonlyMap<string, Float64Array>;
  /** What was left out. */
  readonly notes: readonly string[];
}

/** The named columns, rows with a gap in any of them left out and counted. */
export function readObservations(data: TestData, names: readonly string[], leastRows = 3): Observations {
  const found = columnNames(data);
  const missing = names.filter((name) => !found.includes(name));
  if (missing.length > 0)
    throw new TwinError(missing.flatMap((name) => unknownName("column", String(name), found, ["data"]).issues));
  const listed = [...new Set(names)].map((name) => [name, columnOf(data, name)] as const);
  const length = listed[0]?.[1].length ?? 0;
  const issues: Issue[] = [];
  for (const [name, values] of listed) {
    if (values.length !== length)
      issues.push({
        code: "invalid-data",
        path: ["data", name],
        message: `${values.length} rows, but '${listed[0][0]}' has ${length}`,
      });
    const row = Array.prototype.findIndex.call(
      values,
      (value) => typeof value !== "number" || Math.abs(value) === Number.POSITIVE_INFINITY,
    );
    if (row >= 0)
      issues.push({
        code: "invalid-data",
        path: ["data", name, row],
        message: `${describeValue(values[row])} is no finite number`,
        fix: "give numbers, NaN for a gap; categories as whole numbers",
      });
  }
  if (issues.length > 0) throw new TwinError(issues);
  const kept: number[] = [];
  for (let row = 0; row < length; row++) if (listed.every(([, values]) => !Number.isNaN(values[row]))) kept.push(row);
  if (kept.length < leastRows)
    throw new TwinError({
      code: "invalid-data",
      path: ["data"],
      message: `${kept.length} rows are complete; at least ${leastRows} are needed`,
    });
  return {
    rows: kept.length,
    columns: new Map(listed.map(([name, values]) => [name, Float64Array.from(kept, (row) => values[row])])),
    notes: kept.length < length ? [`${length - kept.length} of ${length} rows have gaps and are left out`] : [],
  };
}

export function columnNames(data: TestData): readonly string[] {
  return isTable(data) ? data.metrics : Object.keys(data);
}

export function columnOf(data: TestData, name: string): ArrayLike<number> {
  return isTable(data) ? data.column(name) : data[name];
}

function isTable(data: TestData): data is Extract<TestData, { column(name: string): Float64Array }> {
  return typeof (data as { column?: unknown }).column === "function";
}

/** All columns of the data at these rows, as a record. */
export function rowsOf(data: TestData, rows: ArrayLike<number>): Record<string, Float64Array> {
  return Object.fromEntries(
    columnNames(data).map((name) => {
      const values = columnOf(data, name);
      return [name, Float64Array.from(rows, (row) => values[row])];
    }),
  );
}

/** Throws unless treatment, outcome and confounders are different columns. */
export function checkRoles(roles: readonly (readonly [role: string, name: string])[]): void {
  const seen = new Map<string, string>();
  const issues: Issue[] = [];
  for (const [role, name] of roles) {
    const other = seen.get(name);
    if (other !== undefined)
      issues.push({
        code: "invalid-argument",
        path: [role],
        message: `'${name}' is already given in ${other}`,
        fix: "name each column once",
      });
    seen.set(name, role);
  }
  if (issues.length > 0) throw new TwinError(issues);
}

/** Codes 0, 1, ... of the different values. */
export function codesOf(values: Float64Array): { readonly codes: Int32Array; readonly count: number } {
  const known = new Map<number, number>();
  const codes = Int32Array.from(values, (value) => {
    const code = known.get(value) ?? known.size;
    known.set(value, code);
    return code;
  });
  return { codes, count: known.size };
}

/** Throws for a treatment that is not 0 and 1, both present. */
export function checkBinary(name: string, values: Float64Array): void {
  const row = values.findIndex((value) => value !== 0 && value !== 1);
  const treated = values.reduce((sum, value) => sum + value, 0);
  if (row >= 0 || treated === 0 || treated === values.length)
    throw new TwinError({
      code: "invalid-data",
      path: ["data", name],
      message: row >= 0 ? `${values[row]} is neither 0 nor 1` : `every row is ${values[0]}`,
      fix: "this method compares treated rows (1) with untreated ones (0); for amounts use regressionEffect or doubleMachineLearning",
    });
}

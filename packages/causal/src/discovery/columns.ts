import { describeValue, type Issue, TwinError } from "@sage-twin/kernel";
import { Correlations } from "./correlations.js";

/** Named columns of equal length, each row known in all of them. */
export interface CompleteColumns {
  readonly names: readonly string[];
  readonly columns: readonly Float64Array[];
  readonly notes: readonly string[];
}

/** Checks that the columns are numbers of equal length and not too many; gaps stay NaN. */
export function readColumns(data: Readonly<Record<string, ArrayLike<number>>>, most: number) {
  if (typeof (data as { column?: unknown }).column === "function")
    throw new TwinError({
      code: "invalid-argument",
      path: ["data"],
      message: "rows of a table of periods are not independent of each other",
      fix: "use pcmci, or give columns of independent rows",
    });
  const names = Object.keys(data);
  checkCount(names.length, most);
  const issues: Issue[] = [];
  const length = data[names[0]].length;
  const columns = names.map((name) => {
    const values = data[name];
    if (values.length !== length)
      issues.push({
        code: "invalid-data",
        path: ["data", name],
        message: `${values.length} rows, but '${names[0]}' has ${length}`,
      });
    return Float64Array.from({ length: values.length }, (_, row) => {
      const value: unknown = values[row];
      if (typeof value === "number") return value;
      issues.push({
        code: "invalid-data",
        path: ["data", name, row],
        message: `${describeValue(value)} is not a number`,
      });
      return Number.NaN;
    });
  });
  if (issues.length > 0) throw new TwinError(issues);
  return { names, columns };
}

/** Keeps the complete rows and refuses columns that say nothing of their own. */
export function completeColumns(names: readonly string[], columns: readonly Float64Array[]): CompleteColumns {
  const length = columns[0].length;
  const complete = Array.from({ length }, (_, row) => row).filter((row) =>
    columns.every((column) => Number.isFinite(column[row])),
  );
  const least = names.length + 10;
  if (complete.length < least) {
    const fullest = names
      .map((name, at) => [name, columns[at].filter(Number.isFinite).length] as const)
      .sort((a, b) => a[1] - b[1])[0];
    throw new TwinError({
      code: "invalid-data",
      path: ["data"],
      message: `${complete.length} of ${length} rows are complete; ${names.length} columns need at least ${least}`,
      fix:
        complete.length < length
          ? `'${fullest[0]}' has the most gaps: ${length - fullest[1]}`
          : "give more rows, or fewer columns",
    });
  }
  const kept = columns.map((column) => Float64Array.from(complete, (row) => column[row]));
  refuseDetermined(names, kept);
  const notes =
    complete.length < length ? [`${length - complete.length} of ${length} rows have gaps and are left out`] : [];
  return { names, columns: kept, notes };
}

export function checkCount(count: number, most: number): void {
  if (count >= 2 && count <= most) return;
  throw new TwinError({
    code: count < 2 ? "invalid-data" : "too-large",
    path: ["data"],
    message: `${count} columns; the search takes 2 to ${most}`,
    fix: count < 2 ? "give at least two columns" : "choose the columns that matter, or search group by group",
  });
}

/** No search can tell anything of a column that is constant or that others determine. */
function refuseDetermined(names: readonly string[], columns: readonly Float64Array[]): void {
  const correlations = Correlations.of(columns);
  const issues: Issue[] = [];
  const independent: number[] = [];
  names.forEach((name, node) => {
    const path = ["data", name];
    let size = 0;
    for (const value of columns[node]) size = Math.max(size, Math.abs(value));
    if (!(correlations.deviations[node] > 1e-12 * size))
      issues.push({ code: "invalid-data", path, message: `'${name}' is constant`, fix: "leave it out" });
    else if (correlations.unexplained(node, independent) < 1e-9) {
      const needed = independent.filter(
        (other) =>
          correlations.unexplained(
            node,
            independent.filter((one) => one !== other),
          ) > 1e-7,
      );
      const by = needed.map((other) => `'${names[other]}'`).join(", ") || "columns before it";
      issues.push({
        code: "invalid-data",
        path,
        message: `'${name}' is determined by ${by}`,
        fix: "leave one of them out, and state the rule as an identity of the graph",
      });
    } else independent.push(node);
  });
  if (issues.length > 0) throw new TwinError(issues);
}

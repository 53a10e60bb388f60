import { describeValue, type Issue, TwinError } from "@sage-twin/kernel";

/** Columns of one length whose values are allowed; a `TwinError` lists the first 20 that are not. */
export function checkColumns(
  columns: Readonly<Record<string, ArrayLike<number>>>,
  allows: (name: string, row: number) => string | undefined,
): number {
  const issues: Issue[] = [];
  const entries = Object.entries(columns);
  const rows = entries[0][1]?.length ?? 0;
  for (const [name, column] of entries)
    if (column?.length !== rows || rows === 0)
      issues.push({
        code: "invalid-data",
        path: [name],
        message: `${column?.length ?? "no"} values`,
        fix: "give columns of one length, of at least one row",
      });
  if (issues.length > 0) throw new TwinError(issues);
  for (const [name, column] of entries)
    for (let row = 0; row < rows && issues.length < 20; row++) {
      const fix = Number.isFinite(column[row]) ? allows(name, row) : "give a finite number";
      if (fix !== undefined)
        issues.push({ code: "invalid-data", path: [name, row], message: describeValue(column[row]), fix });
    }
  if (issues.length > 0) throw new TwinError(issues);
  return rows;
}

export function requireHorizon(value: number, path: string): void {
  if (Number.isFinite(value) && value > 0) return;
  throw new TwinError({ code: "invalid-argument", path: [path], message: `${value}`, fix: "give a number above 0" });
}

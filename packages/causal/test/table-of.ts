import type { HistoryTable } from "../src/index.js";

/** A table by columns, from the first Monday of 2024 on. */
export function tableOf(
  columns: Readonly<Record<string, ArrayLike<number>>>,
  frequency: HistoryTable["frequency"] = "W",
): HistoryTable {
  const names = Object.keys(columns);
  return {
    frequency,
    start: Date.UTC(2024, 0, 1),
    length: columns[names[0]].length,
    metrics: names,
    column: (name) => Float64Array.from(columns[name]),
  };
}

import { type Frequency, formatInstant, periodStart, TwinError } from "@sage-twin/kernel";
import { reservedNames } from "../departments/metric.js";

/** Throws a `TwinError` unless the columns have one length of at least 1, finite values or NaN, and names that can be a metric's. */
export function requireColumns(columns: ReadonlyMap<string, Float64Array>): void {
  const wrong = (path: (string | number)[], message: string, fix: string): TwinError =>
    new TwinError({
      code: "invalid-data",
      path: ["columns", ...path],
      message,
      fix,
    });
  const [any] = columns.values();
  if (any === undefined || any.length === 0)
    throw wrong([], "there are no values", "give at least one metric and period");
  for (const [metric, values] of columns) {
    if (reservedNames.has(metric)) throw wrong([metric], "this cannot be a metric's name", "rename it");
    if (values.length !== any.length)
      throw wrong(
        [metric],
        `${values.length} values beside ${any.length} in another column`,
        "give one value per period",
      );
    const row = values.findIndex((value) => value === Infinity || value === -Infinity);
    if (row >= 0)
      throw wrong([metric, row], `${values[row]} is not a finite number`, "give NaN where a value is missing");
  }
}

/** Throws a `TwinError` unless period number `first` starts at `start`. */
export function requireStart(start: number, first: number, frequency: Frequency): void {
  if (periodStart(first, frequency) === start) return;
  throw new TwinError({
    code: "invalid-time",
    path: ["start"],
    message: `${formatInstant(start, "h")} is not the start of a period of '${frequency}'`,
    fix: `the period that contains it starts at ${formatInstant(periodStart(first, frequency), frequency)}`,
  });
}

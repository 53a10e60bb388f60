import {
  describeValue,
  type Instant,
  type Issue,
  inferFrequency,
  periodIndex,
  TwinError,
  toInstant,
} from "@sage-twin/kernel";
import type { JsonSchema, Rows } from "@sage-twin/registry";
import { rowObjects } from "../row-objects.js";
import type { RevenueSettings } from "./revenue-options.js";

/** Revenue and its drivers by period, gaps as NaN in revenue alone. */
export interface RevenueTable {
  readonly frequency: string;
  /** The number of the first period. */
  readonly first: number;
  readonly values: Float64Array;
  readonly columns: Readonly<Record<string, Float64Array>>;
  readonly notes: readonly string[];
}

const mostPeriods = 100_000;

/** Reads rows `{ time, revenue, ...drivers }` in any order. */
export function readRevenue(rows: Rows, settings: RevenueSettings): RevenueTable {
  const names = [...settings.drivers, ...settings.promotions];
  const schema: JsonSchema = { type: "object", required: ["time", settings.target, ...names] };
  const objects = rowObjects<Record<string, unknown>>(schema, rows);
  const issues: Issue[] = [];
  const times = objects.map((row, index) => {
    for (const name of [settings.target, ...names])
      if (!(Number.isFinite(row[name]) || (name === settings.target && row[name] === null)) && issues.length < 100)
        issues.push({
          code: "invalid-data",
          path: ["rows", index, name],
          message: `${describeValue(row[name])} is no number`,
          fix: name === settings.target ? "give null where it is not known" : "a driver must be known in every row",
        });
    try {
      return toInstant(row["time"] as Instant, ["rows", index, "time"]);
    } catch (error) {
      if (!TwinError.isInstance(error)) throw error;
      issues.push(...error.issues);
      return 0;
    }
  });
  if (issues.length > 0) throw new TwinError(issues);
  const fault = (path: Issue["path"], message: string, fix: string): TwinError =>
    new TwinError({ code: "invalid-time", path, message, fix });
  const frequency = settings.frequency ?? inferFrequency(Float64Array.from(times).sort());
  if (frequency === undefined) throw fault(["rows"], "the times show no frequency", 'give the frequency, such as "W"');
  const periods = times.map((time) => periodIndex(time, frequency));
  const order = periods.map((_, index) => index).sort((a, b) => periods[a] - periods[b]);
  const first = periods[order[0]];
  const length = periods[order[order.length - 1]] - first + 1;
  if (length > mostPeriods) throw fault(["rows"], `${length} periods`, "give a longer frequency");
  const values = new Float64Array(length).fill(Number.NaN);
  const columns = Object.fromEntries(names.map((name) => [name, new Float64Array(length).fill(Number.NaN)]));
  order.forEach((row, index) => {
    if (index > 0 && periods[row] === periods[order[index - 1]])
      throw fault(["rows", row, "time"], "two rows lie in one period", "add them up first");
    values[periods[row] - first] = (objects[row][settings.target] as number | null) ?? Number.NaN;
    for (const name of names) columns[name][periods[row] - first] = objects[row][name] as number;
  });
  const gaps = length - order.length;
  for (const name of names)
    for (let t = 1; t < length; t++) if (Number.isNaN(columns[name][t])) columns[name][t] = columns[name][t - 1];
  if (values.every(Number.isNaN))
    throw new TwinError({
      code: "invalid-data",
      path: ["rows"],
      message: "revenue is missing throughout",
      fix: "give one value at least",
    });
  return {
    frequency,
    first,
    values,
    columns,
    notes: gaps > 0 ? [`${gaps} periods have no row: their revenue is missing, their drivers stay as they were`] : [],
  };
}

import type { HistoryTable } from "@sage-twin/causal";
import { type Frequency, periodIndex, periodStart, stepsIn, TwinError } from "@sage-twin/kernel";
import type { Department, TimeTable } from "@sage-twin/schemas";

/** The tables of all departments on one clock. */
export interface AlignedTables extends HistoryTable {
  /** What had to be done to bring them together, in plain words. */
  readonly notes: readonly string[];
}

const fromFineToCoarse: readonly string[] = ["h", "D", "W", "M", "Q", "Y"];

/**
 * Brings tables to the coarsest of their frequencies and to one span of periods; where a table has no row, its metrics are missing.
 * Every resampling and every missing end is noted.
 *
 * @throws TwinError when there is no table, or when frequencies do not nest (weeks and months).
 */
export function alignTables(
  departments: readonly Department[],
  tables: Readonly<Record<string, TimeTable>>,
): AlignedTables {
  const given = departments.filter(({ name }) => Object.hasOwn(tables, name));
  if (given.length === 0) {
    throw new TwinError({
      code: "not-found",
      path: ["data"],
      message: "the twin has no data",
      fix: 'give a table: .data("revenue", table)',
    });
  }
  const frequency = given.map(({ name }) => tables[name].frequency).reduce((a, b) => (isCoarser(b, a) ? b : a));
  const notes: string[] = [];
  const aligned = given.map((department) => {
    const table = tables[department.name];
    if (table.frequency === frequency) return table;
    notes.push(`${department.name}: summed up from ${table.frequency} to ${frequency}`);
    return table.resample(frequency, department, { incomplete: "drop" });
  });
  const first = Math.min(...aligned.map(({ start }) => periodIndex(start, frequency)));
  const end = Math.max(...aligned.map(({ start, length }) => periodIndex(start, frequency) + length));
  const columns = new Map<string, Float64Array>();
  aligned.forEach((table, index) => {
    const offset = periodIndex(table.start, frequency) - first;
    const missing = end - first - table.length;
    if (missing > 0) notes.push(`${given[index].name}: ${missing} periods that other departments have are missing`);
    for (const metric of table.metrics) {
      const column = new Float64Array(end - first).fill(Number.NaN);
      column.set(table.column(metric), offset);
      columns.set(metric, column);
    }
  });
  return {
    frequency,
    start: periodStart(first, frequency),
    length: end - first,
    metrics: [...columns.keys()],
    column: (metric) => (columns.get(metric) as Float64Array).slice(),
    notes,
  };
}

function isCoarser(a: Frequency, b: Frequency): boolean {
  const steps = stepsIn(a, b);
  if (steps !== undefined) return steps > 1;
  const unit = (frequency: string) => fromFineToCoarse.indexOf(frequency.slice(-1));
  return unit(a) > unit(b);
}

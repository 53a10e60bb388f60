import type { HistoryTable } from "@sage-twin/causal";
import { TwinError } from "@sage-twin/kernel";
import { alignTables, type Department, type TimeTable } from "@sage-twin/schemas";

/** The metrics of all departments on one clock. */
export interface TwinHistory extends HistoryTable {
  /** What had to be done to bring their tables together, in plain words. */
  readonly notes: readonly string[];
}

/**
 * Brings the tables of a twin to the coarsest of their frequencies and to one span of periods, and their metrics into one table.
 * Every resampling and every missing end is noted.
 *
 * @throws TwinError when there is no table, or when frequencies do not nest (weeks and months).
 */
export function joinHistory(
  departments: readonly Department[],
  tables: Readonly<Record<string, TimeTable>>,
): TwinHistory {
  const given = departments.filter(({ name }) => Object.hasOwn(tables, name));
  if (given.length === 0) {
    throw new TwinError({
      code: "not-found",
      path: ["data"],
      message: "the twin has no data",
      fix: 'give a table: .data("revenue", table)',
    });
  }
  const aligned = alignTables(Object.fromEntries(given.map(({ name }) => [name, tables[name]])), given);
  const { frequency, start, length } = aligned;
  const columns = new Map(
    given.flatMap(({ name }) => {
      const table = aligned.tables[name];
      return table.metrics.map((metric) => [metric, table.column(metric)] as const);
    }),
  );
  const notes = aligned.changes.flatMap(({ table, resampledFrom, missing }) => [
    ...(resampledFrom === undefined ? [] : [`${table}: summed up from ${resampledFrom} to ${frequency}`]),
    ...(missing === 0 ? [] : [`${table}: ${missing} periods that other departments have are missing`]),
  ]);
  return {
    frequency,
    start,
    length,
    metrics: [...columns.keys()],
    column: (metric) => (columns.get(metric) as Float64Array).slice(),
    notes,
  };
}

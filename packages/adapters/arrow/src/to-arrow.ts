import type { ArrowTable, TimeTable } from "@sage-twin/schemas";

/** The parts of the module `apache-arrow` that are used. */
export interface ArrowModule<Table extends ArrowTable> {
  readonly Table: new (columns: never) => Table;
  readonly vectorFromArray: (values: never, type: never) => unknown;
  readonly DateDay: new () => unknown;
  readonly TimestampMillisecond: new (timezone: string) => unknown;
  readonly Float64: new () => unknown;
}

/**
 * A table as an Apache Arrow table: the column `date` holds the starts of the periods, as dates or, for hours, as UTC timestamps,
 * and each metric is a column of 64-bit floats with null where a value is missing. `arrow` is the caller's `apache-arrow`.
 *
 * ```ts
 * // not run: apache-arrow is the caller's
 * import * as arrow from "apache-arrow";
 * import { toArrow } from "@sage-twin/arrow";
 *
 * const bytes = arrow.tableToIPC(toArrow(table, arrow));
 * ```
 */
export function toArrow<Table extends ArrowTable>(table: TimeTable, arrow: ArrowModule<Table>): Table {
  const { Table, vectorFromArray, DateDay, TimestampMillisecond, Float64 } = arrow;
  const vector = vectorFromArray as (values: readonly unknown[], type: unknown) => unknown;
  const starts = Array.from({ length: table.length }, (_, row) => new Date(table.instant(row)));
  const columns: [string, unknown][] = [
    ["date", vector(starts, table.frequency.endsWith("h") ? new TimestampMillisecond("UTC") : new DateDay())],
  ];
  for (const metric of table.metrics) {
    const cells = Array.from(table.column(metric), (value) => (Number.isNaN(value) ? null : value));
    columns.push([metric, vector(cells, new Float64())]);
  }
  return new Table(Object.fromEntries(columns) as never);
}

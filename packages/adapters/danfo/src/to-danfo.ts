import type { DanfoFrame, TimeTable } from "@sage-twin/schemas";

/** The part of the module `danfojs` or `danfojs-node` that is used. */
export interface DanfoModule<Frame extends DanfoFrame> {
  readonly DataFrame: new (columns: Record<string, (string | number)[]>) => Frame;
}

/**
 * A table as a danfojs `DataFrame`: the column `date` holds the starts of the periods as ISO text, and each metric is a column of
 * numbers with NaN where a value is missing. `dfd` is the caller's danfojs.
 *
 * ```ts
 * // not run: danfojs is the caller's
 * import * as dfd from "danfojs";
 * import { toDanfo } from "@sage-twin/danfo";
 *
 * toDanfo(table, dfd).print();
 * ```
 */
export function toDanfo<Frame extends DanfoFrame>(table: TimeTable, dfd: DanfoModule<Frame>): Frame {
  const columns = new Map<string, (string | number)[]>([["date", [...table.dates]]]);
  for (const metric of table.metrics) columns.set(metric, [...table.column(metric)]);
  return new dfd.DataFrame(Object.fromEntries(columns));
}

import { periodIndex, toInstant } from "@sage-twin/kernel";
import { intakeOf } from "../quality/quality.js";
import type { TableParts } from "./table-parts.js";
import type { TimeTable } from "./time-table.js";

/** The parts that make a copy of a table. */
export function partsOf(table: TimeTable): TableParts {
  const { frequency, quality, imputed } = table;
  const first = periodIndex(table.start, frequency);
  const present = new Uint8Array(table.length).fill(1);
  for (const { from, periods } of quality.gaps) {
    const row = periodIndex(toInstant(from), frequency) - first;
    present.fill(0, row, row + periods);
  }
  return {
    frequency,
    first,
    columns: new Map(table.metrics.map((metric) => [metric, table.column(metric)])),
    present,
    intake: intakeOf(quality),
    incomplete: quality.incomplete,
    imputed,
  };
}

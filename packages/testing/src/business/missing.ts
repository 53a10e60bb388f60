import { periodStart, type Rng } from "@sage-twin/kernel";
import { TimeTable } from "@sage-twin/schemas";
import {
  type BusinessDepartment,
  type BusinessMetric,
  type businessDepartments,
  metricsByDepartment,
} from "./departments.js";
import { type Generator, tableSpan } from "./generator.js";
import type { Columns } from "./processes.js";

/** The table of each department, typed by its metrics. */
export type BusinessTables = {
  readonly [Name in BusinessDepartment]: TimeTable<keyof (typeof businessDepartments)[Name]["metrics"] & string>;
};

/** What the tables lack. */
export interface MissingValues {
  /** Periods without a row, by department. */
  readonly rows: Readonly<Record<BusinessDepartment, number>>;
  /** Values missing in rows that are there. */
  readonly cells: number;
}

const rowShare = 0.01;
const cellShare = 0.004;
const longestStretch = 3;

/** Cuts the tables out of the columns and takes rows and cells away; the first and the last period stay whole. */
export function tablesOf(
  { calendar }: Generator,
  columns: Columns,
  rng: Rng,
): { readonly tables: BusinessTables; readonly missing: MissingValues } {
  const [from, until] = tableSpan(calendar);
  const length = until - from;
  const rows = {} as Record<BusinessDepartment, number>;
  let cells = 0;
  const tables = Object.entries(metricsByDepartment).map(([name, metrics]) => {
    const gone = missingRows(rng.derive("missing rows", name), length);
    rows[name as BusinessDepartment] = gone.reduce((sum, lost) => sum + lost, 0);
    const entries = metrics.map((metric, position): [BusinessMetric, Float64Array] => {
      const draws = rng.derive("missing cells", metric);
      const values = columns[metric].slice(from, until);
      for (let row = 1; row < length - 1; row++) {
        // The first metric has no missing cells, so that a row is there or not.
        const lost = position > 0 && draws.uniform() < cellShare;
        if (gone[row] === 0 && lost) cells++;
        if (gone[row] === 1 || lost) values[row] = Number.NaN;
      }
      return [metric, values];
    });
    const { frequency, first } = calendar;
    const start = periodStart(first + from, frequency);
    return [name, TimeTable.of({ frequency, start, columns: Object.fromEntries(entries) })];
  });
  return { tables: Object.fromEntries(tables), missing: { rows, cells } };
}

/** 1 for each row that is missing: one stretch, and single rows. */
function missingRows(rng: Rng, length: number): Uint8Array {
  const gone = new Uint8Array(length);
  const stretch = 1 + rng.integer(longestStretch);
  const start = 1 + rng.integer(length - 1 - longestStretch);
  gone.fill(1, start, start + stretch);
  for (let row = 1; row < length - 1; row++) if (rng.uniform() < rowShare) gone[row] = 1;
  return gone;
}

import { Rng } from "@sage-twin/kernel";
import type { ColumnTable, ColumnValues } from "@sage-twin/schemas";
import { requireWhole } from "../numbers.js";

/** A feature of a row that changed when only later rows did. */
export interface Leak {
  readonly feature: string;
  readonly row: number;
  /** The first row that was changed, or taken away. */
  readonly from: number;
  readonly how: "changed" | "removed";
  readonly before: number;
  readonly after: number;
}

/** How `findLeaks` tries. */
export interface LeakOptions {
  /** Columns that are left as they are, because they are known ahead: dates, plans. Default `["date"]`. */
  readonly knownAhead?: readonly string[];
  /** Rows from which on the future is changed. Default: five, spread over the table. */
  readonly cuts?: readonly number[];
  readonly seed?: string | number;
}

/**
 * Looks for features that see the future: the rows from each cut on are replaced by others of the same column, scaled, and then
 * taken away; the features of the rows before must stay what they were. One leak is reported for each feature, cut and way.
 *
 * @param transform makes features from a table: a fitted pipeline's `transform`, or anything of your own.
 *
 * @example
 * ```ts
 * import { findLeaks, rolling } from "@sage-twin/features";
 *
 * const table = { sales: [5, 3, 8, 6, 9, 4, 7, 5] };
 * const smooth = (center: boolean) => (columns: typeof table) => ({ mean: rolling(columns.sales, { window: 3, center }).mean() });
 * findLeaks(table, smooth(false)); // => []
 * findLeaks(table, smooth(true)).length > 0; // => true
 * ```
 */
export function findLeaks<Table extends ColumnTable>(
  table: Table,
  transform: (table: Table) => Readonly<Record<string, ArrayLike<number>>>,
  options: LeakOptions = {},
): readonly Leak[] {
  const rows = Math.max(0, ...Object.values(table).map((values) => values.length));
  const { knownAhead = ["date"], seed = "leaks" } = options;
  const { cuts = [...new Set([1, 2, 3, 4, 5].map((part) => Math.max(1, Math.floor((part * rows) / 6))))] } = options;
  cuts.forEach((cut, index) => {
    requireWhole(cut, ["cuts", index], 1, rows - 1);
  });
  const rng = new Rng(seed);
  const original = transform(table);
  return cuts.flatMap((from) => {
    const changed = mapColumns(table, (values, name) =>
      knownAhead.includes(name) ? values : shaken(values, from, rng),
    );
    const removed = mapColumns(
      table,
      (values) => Array.prototype.slice.call(values, 0, from) as unknown as ColumnValues,
    );
    return [
      ...leaksBetween(original, transform(changed), from, "changed"),
      ...leaksBetween(original, transform(removed), from, "removed"),
    ];
  });
}

function mapColumns<Table extends ColumnTable>(
  table: Table,
  change: (values: ColumnValues, name: string) => ColumnValues,
): Table {
  return Object.fromEntries(Object.entries(table).map(([name, values]) => [name, change(values, name)])) as Table;
}

/** The values from a row on drawn from all of the column's; numbers are scaled besides. */
function shaken(values: ColumnValues, from: number, rng: Rng): ColumnValues {
  return Array.from(values as readonly (number | string | null)[], (value, row) => {
    if (row < from) return value;
    const drawn = values[rng.integer(values.length)];
    return typeof drawn === "number" ? drawn * (1 + 9 * rng.uniform()) + rng.normal() : drawn;
  }) as unknown as ColumnValues;
}

function leaksBetween(
  before: Readonly<Record<string, ArrayLike<number>>>,
  after: Readonly<Record<string, ArrayLike<number>>>,
  from: number,
  how: Leak["how"],
): Leak[] {
  return Object.keys(before).flatMap((feature) => {
    for (let row = 0; row < from; row++)
      if (!Object.is(before[feature][row], after[feature]?.[row]))
        return [{ feature, row, from, how, before: before[feature][row], after: after[feature]?.[row] ?? Number.NaN }];
    return [];
  });
}

import { TwinError } from "@sage-twin/kernel";
import {
  type ColumnTable,
  type ColumnValues,
  type Department,
  type MetricDefinition,
  TimeTable,
} from "@sage-twin/schemas";
import { cellsOf, columnsOf, isNumbers } from "./content.js";
import type { Dataset, DatasetVersion } from "./dataset-version.js";
import type { ContentId } from "./digest.js";

/** How two versions are compared. */
export interface DifferenceOptions {
  /** Of a column table: the column whose values tell which row is which. Default: rows are matched by their place. */
  readonly keys?: Readonly<Record<string, string>>;
  /** How many changed values are shown per column. Default 5. */
  readonly examples?: number;
}

/** A value before and after; null where it is missing. */
export interface ValueChange {
  /** The date, the key or the place of the row. */
  readonly row: string | number;
  readonly before: number | string | null;
  readonly after: number | string | null;
}

/** What a column of numbers comes to: values that are there, and those that are missing. */
export interface ColumnStatistics {
  readonly count: number;
  readonly missing: number;
  readonly mean: number | null;
  /** The standard deviation, n - 1 in the denominator. */
  readonly sd: number | null;
  readonly minimum: number | null;
  readonly median: number | null;
  readonly maximum: number | null;
}

/** What changed in a column that both versions have. */
export interface ColumnDifference {
  /** Rows of both versions whose value is another one. */
  readonly changed: number;
  /** The largest distance between a number before and after. */
  readonly largest: number | null;
  readonly examples: readonly ValueChange[];
  /** Of columns of numbers, over all rows of each version. */
  readonly statistics?: { readonly before: ColumnStatistics; readonly after: ColumnStatistics };
}

/** What changed in a table that both versions have. */
export interface TableDifference {
  readonly same: boolean;
  readonly schema: {
    readonly added: readonly string[];
    readonly removed: readonly string[];
    /** Columns that went from numbers to texts or back. */
    readonly retyped: readonly string[];
    /** Of time tables, when it changed. */
    readonly frequency?: { readonly before: string; readonly after: string };
  };
  readonly rows: {
    readonly before: number;
    readonly after: number;
    readonly added: number;
    readonly removed: number;
    /** Rows of both in which at least one value is another one. */
    readonly changed: number;
  };
  /** The columns of both versions that differ. */
  readonly columns: Readonly<Record<string, ColumnDifference>>;
}

/** What changed from one version of a dataset to another. Plain JSON. */
export interface DatasetDifference {
  readonly before: ContentId;
  readonly after: ContentId;
  readonly same: boolean;
  readonly added: readonly string[];
  readonly removed: readonly string[];
  readonly tables: Readonly<Record<string, TableDifference>>;
  /** Metrics of the departments whose definition changed, as `department.metric`. */
  readonly definitions: {
    readonly added: readonly string[];
    readonly removed: readonly string[];
    readonly changed: readonly string[];
  };
}

interface Side {
  readonly version: DatasetVersion;
  readonly tables: Dataset;
}

type Schemas = readonly [readonly Department[] | undefined, readonly Department[] | undefined];

/** Compares two versions: each is read whole, columns of one digest are not compared value by value. */
export function datasetDifference(
  before: Side,
  after: Side,
  schemas: Schemas,
  options: DifferenceOptions,
): DatasetDifference {
  const { added, removed, both } = compareNames(Object.keys(before.tables), Object.keys(after.tables));
  return {
    before: before.version.id,
    after: after.version.id,
    same: before.version.id === after.version.id,
    added,
    removed,
    tables: Object.fromEntries(both.map((name) => [name, tableDifference(name, before, after, options)])),
    definitions: compareDefinitions(schemas),
  };
}

function compareNames(before: readonly string[], after: readonly string[]) {
  const [old, current] = [new Set(before), new Set(after)];
  return {
    added: after.filter((name) => !old.has(name)),
    removed: before.filter((name) => !current.has(name)),
    both: before.filter((name) => current.has(name)),
  };
}

function tableDifference(name: string, before: Side, after: Side, options: DifferenceOptions): TableDifference {
  const tables = [before.tables[name], after.tables[name]] as const;
  const [old, current] = tables.map((table) => columnsOf(table, [name]));
  const summaries = [before.version.tables[name], after.version.tables[name]] as const;
  const [oldRows, currentRows] = tables.map((table) => rowNames(table, name, options.keys?.[name]));
  const places = new Map(oldRows.map((row, index) => [row, index]));
  const pairs = currentRows.flatMap((row, index) => {
    const place = places.get(row);
    return place === undefined ? [] : [{ row, old: place, current: index }];
  });
  const { added, removed, both } = compareNames([...old.keys()], [...current.keys()]);
  const changedRows = new Set<number>();
  const columns: Record<string, ColumnDifference> = {};
  for (const column of both) {
    if (
      summaries[0].columns[column].id === summaries[1].columns[column].id &&
      pairs.length === currentRows.length &&
      pairs.every((pair) => pair.old === pair.current)
    )
      continue;
    const values = [old.get(column) as ColumnValues, current.get(column) as ColumnValues] as const;
    const difference = columnDifference(values, pairs, options.examples ?? 5, changedRows);
    if (difference !== undefined) columns[column] = difference;
  }
  const retyped = both.filter((column) => summaries[0].columns[column].type !== summaries[1].columns[column].type);
  const [earlier, later] = summaries.map(({ frequency }) => frequency);
  const reframed = earlier !== undefined && later !== undefined && earlier !== later;
  const rows = {
    before: oldRows.length,
    after: currentRows.length,
    added: currentRows.length - pairs.length,
    removed: oldRows.length - pairs.length,
    changed: changedRows.size,
  };
  const unchanged = added.length + removed.length + retyped.length + rows.added + rows.removed + rows.changed === 0;
  return {
    same: unchanged && !reframed,
    schema: { added, removed, retyped, ...(reframed ? { frequency: { before: earlier, after: later } } : {}) },
    rows,
    columns,
  };
}

/** What tells one row of a table from the others. */
function rowNames(table: TimeTable | ColumnTable, name: string, key: string | undefined): readonly (string | number)[] {
  if (table instanceof TimeTable) return table.dates;
  const columns = columnsOf(table, [name]);
  if (key === undefined) return cellsOf(columns.values().next().value ?? []).map((_, row) => row);
  const values = columns.get(key);
  const rows = cellsOf(values ?? []);
  if (values !== undefined && new Set(rows).size === rows.length && !rows.includes(null))
    return rows as (string | number)[];
  throw new TwinError({
    code: "invalid-argument",
    path: ["keys", name],
    message:
      values === undefined ? `'${name}' has no column '${key}'` : `'${key}' does not tell every row of '${name}' apart`,
    fix: "name a column without repeated or missing values",
  });
}

interface Pair {
  readonly row: string | number;
  readonly old: number;
  readonly current: number;
}

function columnDifference(
  [before, after]: readonly [ColumnValues, ColumnValues],
  pairs: readonly Pair[],
  shown: number,
  changedRows: Set<number>,
): ColumnDifference | undefined {
  const examples: ValueChange[] = [];
  let changed = 0;
  let largest: number | null = null;
  for (const { row, old, current } of pairs) {
    const [a, b] = [shownValue(before[old]), shownValue(after[current])];
    if (a === b) continue;
    changed++;
    changedRows.add(current);
    if (typeof a === "number" && typeof b === "number") largest = Math.max(largest ?? 0, Math.abs(b - a));
    if (examples.length < shown) examples.push({ row, before: a, after: b });
  }
  const numeric = isNumbers(before) && isNumbers(after);
  if (changed === 0 && before.length === after.length && pairs.length === after.length) return undefined;
  const statistics = numeric ? { statistics: { before: describe(before), after: describe(after) } } : {};
  return { changed, largest, examples, ...statistics };
}

function shownValue(value: number | string | null): number | string | null {
  return typeof value === "number" && Number.isNaN(value) ? null : value;
}

function describe(values: ArrayLike<number>): ColumnStatistics {
  const known = Float64Array.from(values)
    .filter((value) => !Number.isNaN(value))
    .sort();
  const count = known.length;
  const missing = values.length - count;
  if (count === 0) return { count, missing, mean: null, sd: null, minimum: null, median: null, maximum: null };
  const mean = known.reduce((sum, value) => sum + value, 0) / count;
  const squares = known.reduce((sum, value) => sum + (value - mean) * (value - mean), 0);
  const half = count >> 1;
  return {
    count,
    missing,
    mean,
    sd: count > 1 ? Math.sqrt(squares / (count - 1)) : null,
    minimum: known[0],
    median: count % 2 === 1 ? known[half] : (known[half - 1] + known[half]) / 2,
    maximum: known[count - 1],
  };
}

function compareDefinitions([before, after]: Schemas): DatasetDifference["definitions"] {
  const definitions = (departments: readonly Department[] = []): Map<string, string> =>
    new Map(
      departments.flatMap(({ name, metrics }) =>
        Object.entries<MetricDefinition>(metrics).map(([metric, definition]) => [
          `${name}.${metric}`,
          JSON.stringify(Object.entries(definition).sort()),
        ]),
      ),
    );
  const [old, current] = [definitions(before), definitions(after)];
  const { added, removed, both } = compareNames([...old.keys()], [...current.keys()]);
  return { added, removed, changed: both.filter((name) => old.get(name) !== current.get(name)) };
}

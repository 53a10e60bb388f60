import {
  type Frequency,
  formatInstant,
  parseFrequency,
  periodIndex,
  periodStart,
  TwinError,
  unknownName,
} from "@sage-twin/kernel";
import type { Department } from "../departments/department.js";
import { isCoarser } from "./frequency-order.js";
import { partsOf } from "./parts-of.js";
import { TimeTable } from "./time-table.js";

/** How tables are brought together. */
export interface AlignOptions {
  /** Default: the coarsest of the tables. Finer tables are resampled, and coarser ones too where this is finer. */
  readonly frequency?: Frequency;
  /** `"outer"` (default): from the first period of any table to the last. `"inner"`: the periods that all tables have. */
  readonly range?: "inner" | "outer";
  /** What a resampled table does with periods at its ends that lack finer ones. Default `"drop"`. */
  readonly incomplete?: "keep" | "drop";
  /** Where a stock, price, rate or score lies when its table is resampled to a finer frequency. Default `"carry"`. */
  readonly between?: "carry" | "linear";
}

/** What was done to one table. */
export interface Alignment {
  readonly table: string;
  /** The frequency it had, where that is another. */
  readonly resampledFrom?: Frequency;
  /** Periods at its ends that it does not have and others do. */
  readonly missing: number;
  /** Its periods that were cut off. */
  readonly cut: number;
}

/** Tables of one frequency, start and length. */
export interface AlignedTables<Name extends string = string> {
  readonly frequency: Frequency;
  readonly start: number;
  readonly length: number;
  readonly tables: Readonly<Record<Name, TimeTable>>;
  readonly changes: readonly Alignment[];
}

/**
 * Brings tables to one frequency and one span of periods. Where a table has no period, its metrics are missing, and its report
 * lists a gap. Throws a `TwinError` where there is no table, a table has no department of its name, periods do not nest, or
 * no period is common.
 *
 * @example
 * ```ts
 * import { alignTables, department, TimeTable } from "@sage-twin/schemas";
 *
 * const sales = department("sales", { sold: { unit: "units", kind: "flow" } });
 * const staff = department("staff", { people: { unit: "people", kind: "stock" } });
 * const days = TimeTable.of({ frequency: "D", start: "2026-01-01", columns: { sold: new Float64Array(59).fill(1) } });
 * const months = TimeTable.of({ frequency: "M", start: "2026-02", columns: { people: [4, 5] } });
 * const { tables, changes } = alignTables({ sales: days, staff: months }, [sales, staff]);
 * [...tables.sales.column("sold")]; // => [31, 28, NaN]
 * [...tables.staff.column("people")]; // => [NaN, 4, 5]
 * changes[0]; // => { table: "sales", resampledFrom: "D", missing: 1, cut: 0 }
 * ```
 */
export function alignTables<Name extends string>(
  tables: Readonly<Record<Name, TimeTable>>,
  departments: readonly Department[],
  options: AlignOptions = {},
): AlignedTables<Name> {
  const { range = "outer", incomplete = "drop", between = "carry" } = options;
  const given = Object.entries<TimeTable>(tables);
  if (given.length === 0)
    throw new TwinError({
      code: "not-found",
      path: ["tables"],
      message: "there are no tables",
      fix: "give at least one",
    });
  const frequency =
    options.frequency === undefined
      ? given.map(([, table]) => table.frequency).reduce((a, b) => (isCoarser(b, a) ? b : a))
      : parseFrequency(options.frequency);
  const changed = given.map(([name, table]) => {
    if (table.frequency === frequency) return table;
    const department = departments.find((one) => one.name === name);
    if (department === undefined)
      throw unknownName(
        "department",
        name,
        departments.map((one) => one.name),
        ["tables", name],
      );
    return table.resample(frequency, department, { incomplete, between });
  });
  const firsts = changed.map(({ start }) => periodIndex(start, frequency));
  const ends = changed.map(({ length }, index) => firsts[index] + length);
  const [low, high] = range === "outer" ? [Math.min, Math.max] : [Math.max, Math.min];
  const first = low(...firsts);
  const end = high(...ends);
  if (end <= first) {
    const spans = given.map(
      ([name], index) =>
        `${name} ${[firsts[index], ends[index]].map((period) => formatInstant(periodStart(period, frequency), frequency)).join(" to ")}`,
    );
    throw new TwinError({
      code: "out-of-range",
      path: ["range"],
      message: `no period is in all tables: ${spans.join(", ")}`,
      fix: 'take all of them: range: "outer"',
    });
  }
  const spanned = changed.map((table) => spanTable(table, first, end));
  return {
    frequency,
    start: periodStart(first, frequency),
    length: end - first,
    tables: Object.fromEntries(given.map(([name], index) => [name, spanned[index]])) as Record<Name, TimeTable>,
    changes: given.map(([name, table], index) => ({
      table: name,
      ...(table.frequency === frequency ? {} : { resampledFrom: table.frequency }),
      missing: Math.max(0, firsts[index] - first) + Math.max(0, end - ends[index]),
      cut: Math.max(0, first - firsts[index]) + Math.max(0, ends[index] - end),
    })),
  };
}

/** The table from period number `first` to before `end`, its values missing where it has no period. */
function spanTable<Metric extends string>(table: TimeTable<Metric>, first: number, end: number): TimeTable<Metric> {
  const parts = partsOf(table);
  if (parts.first === first && table.length === end - first) return table;
  const from = Math.max(first, parts.first);
  const to = Math.min(end, parts.first + table.length);
  const place = <Values extends Float64Array | Uint8Array>(values: Values, output: Values): Values => {
    output.set(values.subarray(from - parts.first, Math.max(to, from) - parts.first), from - first);
    return output;
  };
  return new TimeTable<Metric>({
    ...parts,
    first,
    present: place(parts.present, new Uint8Array(end - first)),
    columns: new Map(
      Array.from(parts.columns, ([metric, values]) => [
        metric,
        place(values, new Float64Array(end - first).fill(Number.NaN)),
      ]),
    ),
  });
}

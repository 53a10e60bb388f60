import {
  arrayShape,
  decodeNumbers,
  defineEnvelope,
  type Envelope,
  encodedNumbersShape,
  encodeNumbers,
  type Frequency,
  formatInstant,
  type Instant,
  numberShape,
  objectShape,
  optionalShape,
  parseFrequency,
  periodIndex,
  periodStart,
  TwinError,
  textShape,
  toInstant,
  unknownName,
} from "@sage-twin/kernel";
import type { Department } from "../departments/department.js";
import { assess, intakeOf, madeOf, type QualityReport } from "../quality/quality.js";
import { qualityShape } from "../quality/quality-shape.js";
import { appendParts } from "./append.js";
import { isCoarser } from "./frequency-order.js";
import { findGaps } from "./gaps.js";
import { type Imputation, imputationsShape } from "./imputation.js";
import { resampleColumns } from "./resample.js";
import { requireColumns, requireStart } from "./table-checks.js";
import type { TableParts } from "./table-parts.js";
import { upsampleColumns } from "./upsample.js";

/** A period as an object. */
export type TableRow<Metric extends string> = string extends Metric
  ? Readonly<Record<string, string | number>>
  : { readonly date: string } & Readonly<Record<Metric, number>>;

const format = /* @__PURE__ */ defineEnvelope({
  kind: "time-table",
  version: 1,
  parse: objectShape({
    frequency: textShape,
    start: numberShape,
    metrics: arrayShape(textShape),
    columns: arrayShape(encodedNumbersShape),
    quality: qualityShape,
    imputed: optionalShape(imputationsShape),
  }),
});

/**
 * Metrics over regular periods: columnar and immutable, one row per period, NaN where a value is missing. A period without
 * any row is a row of NaN and is reported in `quality.gaps`.
 *
 * @example
 * ```ts
 * import { TimeTable } from "@sage-twin/schemas";
 *
 * const table = TimeTable.of({ frequency: "M", start: "2026-01", columns: { revenue: [10, 12, 11], orders: [2, 3, 2] } });
 * table.dates; // => ["2026-01-01", "2026-02-01", "2026-03-01"]
 * [...table.slice("2026-02").column("revenue")]; // => [12, 11]
 * ```
 */
export class TimeTable<Metric extends string = string> {
  readonly frequency: Frequency;
  /** The instant at which the first period starts. */
  readonly start: number;
  /** How many periods there are. */
  readonly length: number;
  readonly metrics: readonly Metric[];
  readonly quality: QualityReport;
  /** The cells that no source gave, by metric and how they were made: by `resample` to finer periods and by `fillMissing`. */
  readonly imputed: readonly Imputation[];
  readonly #parts: TableParts;
  #dates: readonly string[] | undefined;

  /** Takes its parts as they are; `TimeTable.of` and `ingest` check. */
  constructor(parts: TableParts) {
    this.#parts = parts;
    this.frequency = parts.frequency;
    this.start = periodStart(parts.first, parts.frequency);
    this.length = parts.present.length;
    this.metrics = Object.freeze([...parts.columns.keys()] as Metric[]);
    this.imputed = parts.imputed ?? [];
    this.quality = assess(
      parts.intake,
      parts.columns,
      findGaps(parts.present, parts.first, parts.frequency),
      parts.incomplete,
    );
  }

  /**
   * A table of the given columns, all of one length, from the period that starts at `start`. A row in which every metric is
   * NaN is a gap. Throws a `TwinError` for columns that do not fit, a value that is not finite, or a start within a period.
   */
  static of<Metric extends string>(parts: {
    readonly frequency: Frequency;
    readonly start: Instant;
    readonly columns: Readonly<Record<Metric, ArrayLike<number>>>;
  }): TimeTable<Metric> {
    const frequency = parseFrequency(parts.frequency);
    const start = toInstant(parts.start, ["start"]);
    const first = periodIndex(start, frequency);
    const columns = new Map(
      Object.entries<ArrayLike<number>>(parts.columns).map(([metric, values]) => [metric, Float64Array.from(values)]),
    );
    requireColumns(columns);
    requireStart(start, first, frequency);
    const all = [...columns.values()];
    const present = Uint8Array.from(all[0], (_, row) => (all.some((values) => !Number.isNaN(values[row])) ? 1 : 0));
    return new TimeTable({
      frequency,
      first,
      columns,
      present,
      intake: madeOf(columns, present),
    });
  }

  /** The start of each period as ISO text: the date, and the time for hours. */
  get dates(): readonly string[] {
    this.#dates ??= Object.freeze(
      Array.from({ length: this.length }, (_, row) => formatInstant(this.instant(row), this.frequency)),
    );
    return this.#dates;
  }

  /** The instant at which the period of a row starts; rows after the last are the periods to come. */
  instant(row: number): number {
    return periodStart(this.#parts.first + row, this.frequency);
  }

  /** A copy of a metric's values. Throws a `TwinError` that names the near metric for an unknown one. */
  column(metric: Metric): Float64Array {
    return this.#values(metric).slice();
  }

  #values(metric: string): Float64Array {
    const values = this.#parts.columns.get(metric);
    if (values === undefined) throw unknownName("metric", String(metric), this.metrics, ["metric"]);
    return values;
  }

  /** The periods that start at or after `from` and before `to`; the report's counts of rows stay those of the whole source. */
  slice(from?: Instant, to?: Instant): TimeTable<Metric> {
    const begin = from === undefined ? 0 : this.#rowAt(toInstant(from, ["from"]));
    const end = to === undefined ? this.length : this.#rowAt(toInstant(to, ["to"]));
    if (begin >= end) {
      throw new TwinError({
        code: "out-of-range",
        path: ["from"],
        message: "no period of the table lies there",
        fix: `the table spans ${formatInstant(this.start, this.frequency)} to ${formatInstant(this.instant(this.length), this.frequency)}`,
      });
    }
    const { columns, present, first } = this.#parts;
    return new TimeTable({
      ...this.#parts,
      first: first + begin,
      columns: new Map(Array.from(columns, ([metric, values]) => [metric, values.slice(begin, end)])),
      present: present.slice(begin, end),
    });
  }

  /** The first row whose period starts at or after an instant, within 0 .. length. */
  #rowAt(instant: number): number {
    const row = periodIndex(instant, this.frequency) - this.#parts.first;
    return Math.min(Math.max(this.instant(row) < instant ? row + 1 : row, 0), this.length);
  }

  /**
   * This table and then `other`, of the same frequency and metrics. Periods between them are a gap; periods in both must hold
   * the same values, else a `TwinError` "conflict" names those that do not.
   */
  append(other: TimeTable<Metric>): TimeTable<Metric> {
    return new TimeTable(appendParts(this.#parts, other.#parts));
  }

  /**
   * The table at another frequency, each metric by its rule in `department`.
   *
   * To a coarser one: missing finer values are left out of the sum, mean ... and every coarse period that lacks some of its finer
   * ones is listed in `quality.incomplete`. With `incomplete: "drop"` such periods at either end are left out of the table;
   * default `"keep"`.
   *
   * To a finer one: a sum or count is split evenly, so that the parts add up to it exactly; any other value holds for all finer
   * periods of its own, or with `between: "linear"` lies on the straight line to the values next to it (a stock's being at the
   * end of its period, a mean's in the middle). The cells are counted in `imputed`.
   *
   * Throws a `TwinError` where the periods do not nest (weeks in months).
   */
  resample(
    frequency: Frequency,
    department: Department<Metric>,
    options: { readonly incomplete?: "keep" | "drop"; readonly between?: "carry" | "linear" } = {},
  ): TimeTable<Metric> {
    const target = parseFrequency(frequency);
    const { incomplete, between = "carry" } = options;
    return new TimeTable(
      isCoarser(this.frequency, target)
        ? upsampleColumns(this.#parts, target, department, between)
        : resampleColumns(this.#parts, target, department, incomplete === "drop"),
    );
  }

  /** Each period as `{ date, ...metrics }`, NaN where a value is missing. */
  *rows(): Generator<TableRow<Metric>> {
    const { columns } = this.#parts;
    const dates = this.dates;
    for (let row = 0; row < this.length; row++) {
      const record: Record<string, string | number> = { date: dates[row] };
      for (const [metric, values] of columns) record[metric] = values[row];
      yield record as TableRow<Metric>;
    }
  }

  /** A versioned envelope of plain JSON; NaN is saved as null. */
  toJSON(): Envelope {
    return format.seal({
      frequency: this.frequency,
      start: this.start,
      metrics: this.metrics,
      columns: Array.from(this.#parts.columns.values(), encodeNumbers),
      quality: this.quality,
      imputed: this.imputed.length > 0 ? this.imputed : undefined,
    });
  }

  /** The table that `toJSON` saved. Throws a `TwinError`: "corrupt" for anything else, "newer-version" for a later one. */
  static fromJSON(json: unknown): TimeTable {
    const { frequency: text, start, metrics, columns, quality, imputed } = format.open(json);
    const corrupt = (message: string): TwinError => new TwinError({ code: "corrupt", path: ["state"], message });
    if (metrics.length !== columns.length || new Set(metrics).size !== metrics.length)
      throw corrupt("its metrics and columns do not match");
    const frequency = parseFrequency(text);
    const first = periodIndex(start, frequency);
    const values = new Map(metrics.map((metric, index) => [metric, decodeNumbers(columns[index])]));
    requireColumns(values);
    requireStart(start, first, frequency);
    const present = new Uint8Array(columns[0].length).fill(1);
    for (const gap of quality.gaps) {
      const from = periodIndex(toInstant(gap.from), frequency) - first;
      const to = from + gap.periods;
      if (!(from >= 0 && to > from && to <= present.length)) throw corrupt("a gap lies outside of the table");
      present.fill(0, from, to);
    }
    return new TimeTable({
      frequency,
      first,
      columns: values,
      present,
      intake: intakeOf(quality),
      incomplete: quality.incomplete,
      ...(imputed === undefined ? {} : { imputed }),
    });
  }
}

import {
  describeValue,
  type Frequency,
  formatInstant,
  parseFrequency,
  periodStart,
  TwinError,
} from "@sage-twin/kernel";
import { IssueLog } from "../validation/issue-log.js";
import type { Batch } from "./batch.js";
import { type HeldPeriod, keyedStore, type PeriodStore, summedStore } from "./period-store.js";
import { RowReader } from "./row-reader.js";
import { type IngestSource, openSource } from "./source.js";
import type { StreamedPeriod, StreamOptions, StreamReport } from "./stream-options.js";
import { Watermark } from "./watermark.js";

const hourly = /h$/;

/** A source that is read as its periods are asked for. */
export interface IngestStream<Metric extends string> extends AsyncIterable<StreamedPeriod<Metric>> {
  /** What was done so far. */
  readonly report: StreamReport;
}

/**
 * Reads a source without end, or longer than memory, into periods: each is given once, in order, when the watermark says that
 * it is complete, and the rest at the end of the source. The source is read only as fast as periods are taken, and memory
 * depends on the periods that are held, not on the rows. A period without a row is not given. Rows are checked as by `ingest`;
 * with `invalid: "throw"`, the default, the first batch with a wrong row ends the stream with its issues.
 *
 * @example
 * ```ts
 * import { department, openIngest } from "@sage-twin/schemas";
 *
 * const shop = department("shop", { sales: { unit: "GBP", kind: "flow" } });
 * const csv = "date,sales\n2026-01-05,1\n2026-01-06,2\n2026-01-05,4\n2026-01-08,8\n2026-01-05,16";
 * const stream = openIngest(csv, { schema: shop, frequency: "D", lateness: "1D" });
 * const periods: string[] = [];
 * for await (const { date, values } of stream) periods.push(`${date}: ${values.sales}`);
 * periods; // => ["2026-01-05: 5", "2026-01-06: 2", "2026-01-08: 8"]
 * stream.report.late; // => { rejected: 1, corrected: 0 }
 * ```
 */
export function openIngest<Metric extends string>(
  source: IngestSource,
  options: StreamOptions<Metric>,
): IngestStream<Metric> {
  return new OpenIngest<Metric>(source, options);
}

class OpenIngest<Metric extends string> implements IngestStream<Metric> {
  readonly #source: IngestSource;
  readonly #options: StreamOptions<Metric>;
  readonly #frequency: Frequency;
  readonly #watermark: Watermark;
  readonly #keys: readonly string[];
  readonly #corrects: boolean;
  readonly #lateLog = new IssueLog("raise lateness, or let late rows correct: late: { correctWithin }");
  #reader: RowReader | undefined;
  #store: PeriodStore | undefined;
  #previous = Number.NEGATIVE_INFINITY;
  #rejected = 0;
  #lateRejected = 0;
  #corrected = 0;
  #unsorted = 0;
  #closed = 0;
  #corrections = 0;

  constructor(source: IngestSource, options: StreamOptions<Metric>) {
    const { frequency, lateness, late = "reject", key = [] } = options;
    if (late !== "reject" && typeof late?.correctWithin !== "string")
      throw new TwinError({
        code: "invalid-argument",
        path: ["late"],
        message: `${describeValue(late)} is not a policy for late rows`,
        fix: 'give "reject" or { correctWithin: "7D" }',
      });
    const kept = late === "reject" ? undefined : parseFrequency(late.correctWithin);
    this.#source = source;
    this.#options = options;
    this.#frequency = parseFrequency(frequency);
    this.#corrects = kept !== undefined;
    this.#keys = typeof key === "string" ? [key] : key;
    this.#watermark = new Watermark(
      this.#frequency,
      lateness === undefined ? undefined : parseFrequency(lateness),
      kept,
    );
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<StreamedPeriod<Metric>, void, undefined> {
    if (this.#reader !== undefined)
      throw new TwinError({ code: "conflict", path: ["source"], message: "the stream was read", fix: "open another" });
    const reader = await RowReader.open(this.#options, this.#keys);
    this.#reader = reader;
    this.#store = this.#keys.length === 0 ? summedStore(reader.feeds) : keyedStore(reader.feeds);
    for await (const batch of openSource(this.#source, reader, this.#options)) {
      this.#add(batch, reader, this.#store);
      if (reader.log.broken || (this.#options.invalid !== "reject" && reader.log.issues.length > 0))
        throw new TwinError(reader.log.issues);
      yield* this.#settle(this.#store, this.#watermark.closed);
      this.#store.forget(this.#watermark.forgotten);
    }
    if (reader.log.broken) throw new TwinError(reader.log.issues);
    yield* this.#settle(this.#store, Infinity);
  }

  #add(batch: Batch, reader: RowReader, store: PeriodStore): void {
    const { walls, instants, bad, cells } = reader.check(batch);
    this.#rejected += batch.faults.length;
    if (reader.log.broken) return;
    const times = hourly.test(this.#frequency) ? instants : walls;
    const keys = this.#keysOf(batch, bad, reader);
    const periods = new Float64Array(bad.length).fill(Number.NaN);
    for (let i = 0; i < bad.length; i++) {
      if (bad[i] === 1) {
        this.#rejected++;
        continue;
      }
      const time = times[i];
      if (time < this.#previous) this.#unsorted++;
      this.#previous = time;
      this.#watermark.pass(time);
      const period = store.periodOf(time, this.#frequency);
      if (period >= this.#watermark.closed) periods[i] = period;
      else if (this.#corrects && period >= this.#watermark.forgotten) {
        this.#corrected++;
        periods[i] = period;
      } else this.#rejectLate(batch.rows[i], reader.timeName, period);
    }
    store.add({ periods, instants, cells, keys });
  }

  #rejectLate(row: number, column: string, period: number): void {
    this.#rejected++;
    this.#lateRejected++;
    const date = formatInstant(periodStart(period, this.#frequency), this.#frequency);
    const message = `the period of ${date} is closed`;
    this.#lateLog.addRow({ code: "out-of-range", reason: "late", row, column, message });
  }

  /** The key of each row; a row without one is wrong. */
  #keysOf(batch: Batch, bad: Uint8Array, reader: RowReader): readonly string[] {
    if (this.#keys.length === 0) return [];
    return Array.from(bad, (wrong, i) => {
      const parts = this.#keys.map((_, index) => batch.columns[index + 1][i]);
      const place = parts.findIndex((part) => part === undefined || part === null || part === "");
      if (place >= 0 && wrong === 0) {
        bad[i] = 1;
        const column = this.#keys[place];
        reader.log.addRow({
          code: "invalid-data",
          reason: "no key",
          row: batch.rows[i],
          column,
          message: "the key is missing",
        });
      }
      return JSON.stringify(parts.map(String));
    });
  }

  /** The periods before a number that are due, and corrections of those given before. */
  *#settle(store: PeriodStore, before: number): Generator<StreamedPeriod<Metric>> {
    for (const held of store.due(before)) {
      const kind = held.given ? "correction" : "closed";
      if (held.given) this.#corrections++;
      else this.#closed++;
      yield this.#event(kind, held, store);
      held.given = true;
    }
  }

  #event(kind: StreamedPeriod["kind"], held: HeldPeriod, store: PeriodStore): StreamedPeriod<Metric> {
    const start = periodStart(held.period, this.#frequency);
    const metrics = (this.#reader as RowReader).feeds.map(({ metric }) => metric);
    const values = store.values(held);
    return {
      kind,
      date: formatInstant(start, this.#frequency),
      start,
      values: Object.fromEntries(metrics.map((metric, index) => [metric, values[index]])) as Record<Metric, number>,
      rows: held.rows,
    };
  }

  get report(): StreamReport {
    const rowsRead = this.#reader?.rowsRead ?? 0;
    return {
      rowsRead,
      rowsAccepted: rowsRead - this.#rejected,
      rowsRejected: this.#rejected,
      reasons: [...(this.#reader?.log.reasons ?? []), ...this.#lateLog.reasons],
      late: { rejected: this.#lateRejected, corrected: this.#corrected },
      replaced: this.#store?.replaced ?? 0,
      unsorted: this.#unsorted,
      ambiguousTimes: this.#reader?.times.ambiguous ?? 0,
      closed: this.#closed,
      corrections: this.#corrections,
      held: this.#store?.size ?? 0,
    };
  }
}

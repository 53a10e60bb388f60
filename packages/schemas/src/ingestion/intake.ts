import { type Frequency, inferFrequency, parseFrequency, periodIndex, TwinError } from "@sage-twin/kernel";
import { TimeTable } from "../tables/time-table.js";
import type { CheckedBatch } from "../validation/check-rows.js";
import { MetricAccumulator } from "./accumulate.js";
import type { Batch } from "./batch.js";
import type { IngestOptions } from "./ingest-options.js";
import type { RowReader } from "./row-reader.js";

const mostPeriods = 5_000_000;
const hourly = /h$/;

/** Aggregates the batches of a source into a table. */
export class Intake {
  readonly #options: IngestOptions<string>;
  readonly #reader: RowReader;
  readonly #frequency: Frequency | undefined;
  readonly #accumulators: readonly MetricAccumulator[];
  /** The slot of each period, or of each time while the frequency is to be inferred. */
  readonly #slots = new Map<number, number>();
  /** For each slot its period, or its instant and local time while the frequency is to be inferred. */
  readonly #keys: number[] = [];
  readonly #walls: number[] = [];
  #previous = Number.NEGATIVE_INFINITY;
  #rowsRejected = 0;
  #unsorted = 0;

  constructor(options: IngestOptions<string>, reader: RowReader) {
    this.#options = options;
    this.#reader = reader;
    this.#frequency = options.frequency === undefined ? undefined : parseFrequency(options.frequency);
    this.#accumulators = reader.feeds.map(({ rule }) => new MetricAccumulator(rule));
  }

  add(batch: Batch): void {
    const checked = this.#reader.check(batch);
    const { length } = batch.rows;
    this.#rowsRejected += batch.faults.length;
    if (this.#reader.log.broken) return;
    const slots = this.#assign(batch, checked);
    for (const accumulator of this.#accumulators) accumulator.reserve(this.#keys.length);
    for (let i = 0; i < this.#accumulators.length; i++)
      this.#accumulators[i].add(checked.cells[i], slots, checked.instants, length);
    for (let i = 0; i < length; i++) if (slots[i] < 0) this.#rowsRejected++;
  }

  /** The slot of each row, -1 for those that are wrong. */
  #assign(batch: Batch, { walls, instants, bad }: CheckedBatch): Int32Array {
    const frequency = this.#frequency;
    const times = frequency === undefined || hourly.test(frequency) ? instants : walls;
    const slots = new Int32Array(bad.length).fill(-1);
    let lastTime = Number.NaN;
    let lastSlot = -1;
    for (let i = 0; i < bad.length; i++) {
      if (bad[i] === 1) continue;
      const time = times[i];
      if (time < this.#previous) this.#unsorted++;
      this.#previous = time;
      if (time !== lastTime) {
        const key = frequency === undefined ? time : periodIndex(time, frequency);
        lastSlot = this.#slots.get(key) ?? -1;
        if (lastSlot < 0) {
          lastSlot = this.#keys.length;
          this.#slots.set(key, lastSlot);
          this.#keys.push(key);
          this.#walls.push(walls[i]);
          lastTime = time;
          slots[i] = lastSlot;
          continue;
        }
        lastTime = time;
      }
      if (frequency !== undefined) slots[i] = lastSlot;
      else {
        const message = "an earlier row has this time; declare the frequency to aggregate the rows of one period";
        this.#reader.log.addRow({
          code: "conflict",
          reason: "a time twice",
          row: batch.rows[i],
          column: this.#reader.timeName,
          message,
        });
      }
    }
    return slots;
  }

  table(): TimeTable {
    const { log, rowsRead, counts, feeds, times } = this.#reader;
    if (log.broken || (this.#options.invalid !== "reject" && log.issues.length > 0)) throw new TwinError(log.issues);
    const count = this.#keys.length;
    if (count === 0) {
      const message = rowsRead === 0 ? "there is a header but no row" : "no row was accepted";
      throw new TwinError([
        {
          code: "invalid-data",
          path: ["source"],
          message,
          fix: "give at least one row",
        },
        ...log.issues,
      ]);
    }
    const { frequency, periods } = this.#periods();
    let first = periods[0];
    let last = first;
    for (const period of periods) {
      first = Math.min(first, period);
      last = Math.max(last, period);
    }
    const length = last - first + 1;
    if (length > mostPeriods) {
      throw new TwinError({
        code: "too-large",
        path: ["frequency"],
        message: `the times span ${length} periods of '${frequency}', more than ${mostPeriods}`,
        fix: "mend the times that lie far from the others, or choose a coarser frequency",
      });
    }
    const present = new Uint8Array(length);
    for (const period of periods) present[period - first] = 1;
    const columns = new Map<string, Float64Array>();
    feeds.forEach(({ metric }, feed) => {
      const values = new Float64Array(length).fill(Number.NaN);
      const aggregated = this.#accumulators[feed].result(count);
      for (let slot = 0; slot < count; slot++) values[periods[slot] - first] = aggregated[slot];
      columns.set(metric, values);
    });
    const cells = new Map(feeds.map(({ metric }, feed) => [metric, { ...counts[feed] }]));
    const [rowsRejected, unsorted] = [this.#rowsRejected, this.#unsorted];
    const duplicates = rowsRead - rowsRejected - count;
    const { ambiguous: ambiguousTimes } = times;
    const intake = {
      rowsRead,
      rowsRejected,
      reasons: log.reasons,
      duplicates,
      unsorted,
      ambiguousTimes,
      cells,
    };
    return new TimeTable({ frequency, first, columns, present, intake });
  }

  /** The period of each slot. */
  #periods(): {
    readonly frequency: Frequency;
    readonly periods: readonly number[];
  } {
    if (this.#frequency !== undefined) return { frequency: this.#frequency, periods: this.#keys };
    const local = inferFrequency(Float64Array.from(this.#walls).sort());
    const times = local === undefined || hourly.test(local) ? this.#keys : this.#walls;
    const frequency =
      local !== undefined && times === this.#walls ? local : inferFrequency(Float64Array.from(this.#keys).sort());
    if (frequency === undefined) {
      throw new TwinError({
        code: "invalid-time",
        path: ["frequency"],
        message:
          this.#keys.length === 1
            ? "one row does not tell the frequency"
            : "the times do not all start an hour, day, week, month, quarter or year",
        fix: 'declare it: frequency: "D"',
      });
    }
    return {
      frequency,
      periods: times.map((time) => periodIndex(time, frequency)),
    };
  }
}

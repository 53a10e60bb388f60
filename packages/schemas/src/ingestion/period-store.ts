import { type Frequency, periodIndex } from "@sage-twin/kernel";
import type { Feed } from "../validation/check-rows.js";
import { MetricAccumulator, ownText } from "./accumulate.js";

/** A period that is held. */
export interface HeldPeriod {
  readonly period: number;
  rows: number;
  /** Whether its values were given before. */
  given: boolean;
  /** Whether rows came or went since. */
  changed: boolean;
}

/** Checked rows: `periods` is NaN for those to leave out, `cells` by feed. */
interface StoredRows {
  readonly periods: Float64Array;
  readonly instants: Float64Array;
  readonly cells: readonly ArrayLike<unknown>[];
  readonly keys: readonly string[];
}

/** The periods that a stream holds. */
export interface PeriodStore {
  readonly size: number;
  /** Rows that took the place of another. */
  readonly replaced: number;
  periodOf(time: number, frequency: Frequency): number;
  add(rows: StoredRows): void;
  /** The changed periods before a number, in order; each is not changed from then on. */
  due(before: number): Generator<HeldPeriod>;
  /** One value per feed. */
  values(held: HeldPeriod): number[];
  /** Lets go of the periods before a number. */
  forget(before: number): void;
}

/** Periods by their number. */
class HeldPeriods<Held extends HeldPeriod> {
  readonly all = new Map<number, Held>();
  #lastTime = Number.NaN;
  #lastPeriod = Number.NaN;

  periodOf(time: number, frequency: Frequency): number {
    if (time === this.#lastTime) return this.#lastPeriod;
    this.#lastTime = time;
    this.#lastPeriod = periodIndex(time, frequency);
    return this.#lastPeriod;
  }

  get size(): number {
    return this.all.size;
  }

  *due(before: number): Generator<Held> {
    const due = [...this.all.values()].filter(({ period, changed }) => changed && period < before);
    for (const held of due.sort((a, b) => a.period - b.period)) {
      held.changed = false;
      yield held;
    }
  }
}

/** A store of the aggregates of each period, in slots that are used again. */
export function summedStore(feeds: readonly Feed[]): PeriodStore {
  return new SummedStore(feeds);
}

class SummedStore extends HeldPeriods<HeldPeriod & { readonly slot: number }> implements PeriodStore {
  readonly replaced = 0;
  readonly #accumulators: readonly MetricAccumulator[];
  readonly #free: number[] = [];
  #slots = 0;

  constructor(feeds: readonly Feed[]) {
    super();
    this.#accumulators = feeds.map(({ rule }) => new MetricAccumulator(rule));
  }

  add({ periods, instants, cells }: StoredRows): void {
    const slots = Int32Array.from(periods, (period) => {
      if (Number.isNaN(period)) return -1;
      let held = this.all.get(period);
      if (held === undefined) {
        held = { period, slot: this.#free.pop() ?? this.#slots++, rows: 0, given: false, changed: true };
        this.all.set(period, held);
      }
      held.rows++;
      held.changed = true;
      return held.slot;
    });
    this.#accumulators.forEach((accumulator, feed) => {
      accumulator.reserve(this.#slots);
      accumulator.add(cells[feed], slots, instants, slots.length);
    });
  }

  values({ slot }: HeldPeriod & { readonly slot: number }): number[] {
    return this.#accumulators.map((accumulator) => accumulator.value(slot));
  }

  forget(before: number): void {
    for (const { period, slot } of this.all.values()) {
      if (period >= before) continue;
      this.all.delete(period);
      this.#free.push(slot);
      for (const accumulator of this.#accumulators) accumulator.clear(slot);
    }
  }
}

/** A store of the last row of each key, from which the values of a period are made when they are asked for. */
export function keyedStore(feeds: readonly Feed[]): PeriodStore {
  return new KeyedStore(feeds);
}

interface KeyedRow {
  readonly key: string;
  readonly period: number;
  readonly instant: number;
  readonly cells: readonly unknown[];
}

class KeyedStore extends HeldPeriods<HeldPeriod & { readonly records: Set<KeyedRow> }> implements PeriodStore {
  replaced = 0;
  readonly #feeds: readonly Feed[];
  readonly #byKey = new Map<string, KeyedRow>();

  constructor(feeds: readonly Feed[]) {
    super();
    this.#feeds = feeds;
  }

  add({ periods, instants, cells, keys }: StoredRows): void {
    periods.forEach((period, i) => {
      if (Number.isNaN(period)) return;
      const key = keys[i];
      const earlier = this.#byKey.get(key);
      if (earlier !== undefined) {
        this.replaced++;
        this.#change(earlier.period).records.delete(earlier);
      }
      const own = cells.map((column) => (typeof column[i] === "string" ? ownText(column[i]) : column[i]));
      const row = { key, period, instant: instants[i], cells: own };
      this.#byKey.set(key, row);
      this.#change(period).records.add(row);
    });
  }

  #change(period: number): HeldPeriod & { readonly records: Set<KeyedRow> } {
    let held = this.all.get(period);
    if (held === undefined) {
      held = { period, rows: 0, given: false, changed: true, records: new Set() };
      this.all.set(period, held);
    }
    held.changed = true;
    return held;
  }

  values(held: HeldPeriod & { readonly records: Set<KeyedRow> }): number[] {
    const rows = [...held.records];
    const slots = new Int32Array(rows.length);
    const instants = Float64Array.from(rows, ({ instant }) => instant);
    return this.#feeds.map(({ rule }, feed) => {
      const accumulator = new MetricAccumulator(rule);
      accumulator.reserve(1);
      accumulator.add(
        rows.map(({ cells }) => cells[feed]),
        slots,
        instants,
        rows.length,
      );
      return accumulator.value(0);
    });
  }

  override *due(before: number): Generator<HeldPeriod & { readonly records: Set<KeyedRow> }> {
    for (const held of super.due(before)) {
      held.rows = held.records.size;
      // a period whose rows all moved away before it closed is a period without a row
      if (held.rows > 0 || held.given) yield held;
    }
  }

  forget(before: number): void {
    for (const { period, records } of this.all.values()) {
      if (period >= before) continue;
      this.all.delete(period);
      for (const { key } of records) this.#byKey.delete(key);
    }
  }
}

import type { AggregationRule } from "../departments/metric.js";

/** Aggregates the cells of one metric into numbered slots, one per period, in whatever order they come. */
export class MetricAccumulator {
  readonly rule: AggregationRule;
  #values: Float64Array = new Float64Array(0);
  /** How many values a slot has; for `first` and `last` the time of the value it holds. */
  #weights: Float64Array = new Float64Array(0);
  readonly #distinct: Set<unknown>[] = [];

  constructor(rule: AggregationRule) {
    this.rule = rule;
  }

  /** Makes room for slots `0 .. count - 1`. */
  reserve(count: number): void {
    const held = this.#values.length;
    if (this.rule === "distinctCount") while (this.#distinct.length < count) this.#distinct.push(new Set());
    else if (count > held) {
      const size = Math.max(count, held * 2);
      this.#values = extended(this.#values, size, this.rule === "count" ? 0 : Number.NaN);
      this.#weights = extended(this.#weights, size, emptyWeight(this.rule));
    }
  }

  /**
   * Adds numbers, NaN where missing (or, for counts, any cells, NaN where empty), each to its slot; a negative slot is left out.
   * `times` order `first` and `last`: of equal times the first cell is first and the last is last.
   */
  add(cells: ArrayLike<unknown>, slots: Int32Array, times: Float64Array, length: number): void {
    const { rule } = this;
    if (rule === "distinctCount") {
      for (let i = 0; i < length; i++) {
        const cell = cells[i];
        if (slots[i] < 0 || Number.isNaN(cell)) continue;
        const known = this.#distinct[slots[i]];
        if (!known.has(cell)) known.add(typeof cell === "string" ? ownText(cell) : cell);
      }
      return;
    }
    const values = this.#values;
    const weights = this.#weights;
    if (rule === "count") {
      for (let i = 0; i < length; i++) if (slots[i] >= 0 && !Number.isNaN(cells[i])) values[slots[i]]++;
      return;
    }
    const numbers = cells as ArrayLike<number>;
    for (let i = 0; i < length; i++) {
      const slot = slots[i];
      const value = numbers[i];
      if (slot < 0 || Number.isNaN(value)) continue;
      const held = values[slot];
      if (rule === "sum" || rule === "mean") {
        values[slot] = Number.isNaN(held) ? value : held + value;
        weights[slot]++;
      } else if (rule === "min") values[slot] = Number.isNaN(held) ? value : Math.min(held, value);
      else if (rule === "max") values[slot] = Number.isNaN(held) ? value : Math.max(held, value);
      else if (rule === "first" ? times[i] < weights[slot] : times[i] >= weights[slot]) {
        values[slot] = value;
        weights[slot] = times[i];
      }
    }
  }

  /** The value of each slot, NaN where it has none. */
  result(count: number): Float64Array {
    if (this.rule === "distinctCount") return Float64Array.from(this.#distinct, (values) => values.size);
    const values = this.#values.slice(0, count);
    if (this.rule === "mean") for (let slot = 0; slot < count; slot++) values[slot] /= this.#weights[slot];
    return values;
  }

  /** The value of one slot, NaN where it has none. */
  value(slot: number): number {
    if (this.rule === "distinctCount") return this.#distinct[slot].size;
    return this.rule === "mean" ? this.#values[slot] / this.#weights[slot] : this.#values[slot];
  }

  /** Empties a slot, so that it can be another period's. */
  clear(slot: number): void {
    if (this.rule === "distinctCount") this.#distinct[slot].clear();
    else {
      this.#values[slot] = this.rule === "count" ? 0 : Number.NaN;
      this.#weights[slot] = emptyWeight(this.rule);
    }
  }
}

function emptyWeight(rule: AggregationRule): number {
  return rule === "first" ? Infinity : rule === "last" ? -Infinity : 0;
}

/** The text in memory of its own: engines keep a part of a text as a reference to all of it, here to a piece of a file. */
export function ownText(text: string): string {
  return ` ${text}`.slice(1);
}

function extended(held: Float64Array, size: number, fill: number): Float64Array {
  const larger = new Float64Array(size).fill(fill, held.length);
  larger.set(held);
  return larger;
}

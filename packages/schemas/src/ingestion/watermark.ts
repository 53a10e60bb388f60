import { addDuration, type Frequency, periodIndex, periodStart } from "@sage-twin/kernel";

/** Which periods are closed, and which forgotten, by the latest time read. Periods are the kernel's numbers. */
export class Watermark {
  /** Periods before this number are closed. */
  closed = Number.NEGATIVE_INFINITY;
  /** Periods before this number are forgotten. */
  forgotten = Number.NEGATIVE_INFINITY;
  readonly #frequency: Frequency;
  readonly #delays: readonly Frequency[];
  readonly #kept: readonly Frequency[];
  /** The time that closes the next period. */
  #next = Number.NEGATIVE_INFINITY;

  /** A period closes at its end and the `lateness`, and is forgotten `kept` later, or at once. */
  constructor(frequency: Frequency, lateness: Frequency | undefined, kept: Frequency | undefined) {
    this.#frequency = frequency;
    this.#delays = lateness === undefined ? [] : [lateness];
    this.#kept = kept === undefined ? this.#delays : [...this.#delays, kept];
  }

  /** Takes a time. */
  pass(time: number): void {
    if (time < this.#next) return;
    this.closed = this.#before(time, this.#delays);
    this.forgotten = this.#kept === this.#delays ? this.closed : this.#before(time, this.#kept);
    this.#next = this.#limit(this.closed, this.#delays);
    if (this.#kept !== this.#delays) this.#next = Math.min(this.#next, this.#limit(this.forgotten, this.#kept));
  }

  /** The first period whose limit is after a time. */
  #before(time: number, delays: readonly Frequency[]): number {
    const earlier = delays.reduce((at, delay) => addDuration(at, delay, -1), time);
    // a month back is not a month forth: from there step by step
    let period = periodIndex(earlier, this.#frequency) - 1;
    while (this.#limit(period, delays) <= time) period++;
    return period;
  }

  /** The time from which a period is closed or forgotten. */
  #limit(period: number, delays: readonly Frequency[]): number {
    return delays.reduce((at, delay) => addDuration(at, delay), periodStart(period + 1, this.#frequency));
  }
}

import { describeValue, TwinError, toInstant } from "@sage-twin/kernel";
import type { DateReader } from "./date-format.js";

const day = 86_400_000;
const mostOffsets = 100_000;
const numericDate = /^\d{1,2}[./-]\d{1,2}[./-]\d{2,4}/;
const offsetPattern = /[T ].*(Z|[+-]\d{2}:?\d{2})$/;

/**
 * Reads cells as times. A date or local time is of the time zone; text with an offset, a `Date` and milliseconds are instants.
 * After `read`, `wall` is the local time as if it were UTC, which periods of a day and longer are counted in, and `instant`
 * the moment itself, which hours are.
 */
export class TimeCells {
  wall = Number.NaN;
  instant = Number.NaN;
  /** How many local times were met that a change of the clocks makes twice. */
  ambiguous = 0;
  readonly #format: Intl.DateTimeFormat | undefined;
  readonly #zone: string;
  readonly #others: DateReader | undefined;
  readonly #offsets = new Map<number, number>();
  #lastText: string | undefined;
  #lastAmbiguous = false;

  /** `others` reads what is not ISO 8601. */
  constructor(timeZone: string, others?: DateReader) {
    this.#zone = timeZone;
    this.#others = others;
    if (timeZone === "UTC") return;
    try {
      this.#format = new Intl.DateTimeFormat("en-US", {
        timeZone,
        hourCycle: "h23",
        year: "numeric",
        month: "numeric",
        day: "numeric",
        hour: "numeric",
        minute: "numeric",
        second: "numeric",
      });
    } catch (cause) {
      const message = `unknown time zone ${describeValue(timeZone)}`;
      throw new TwinError(
        {
          code: "invalid-argument",
          path: ["timeZone"],
          message,
          fix: 'give an IANA name such as "Europe/London"',
        },
        { cause },
      );
    }
  }

  /** Reads one cell; returns what is wrong with it, or nothing. */
  read(cell: unknown): string | undefined {
    if (typeof cell === "number" && this.#others !== undefined) {
      const time = this.#others(cell);
      if (time !== undefined) return this.#setWall(time, cell, Number.isInteger(cell));
    }
    if (typeof cell !== "string") return this.#readInstant(cell);
    if (cell === this.#lastText) {
      if (this.#lastAmbiguous) this.ambiguous++;
      return undefined;
    }
    this.#lastText = undefined;
    const before = this.ambiguous;
    const problem = this.#readText(cell);
    if (problem === undefined) this.#lastText = cell;
    this.#lastAmbiguous = this.ambiguous > before;
    return problem;
  }

  #readText(text: string): string | undefined {
    if (text === "") return "the time is missing";
    let wall: number | string = parseLocal(text);
    if (Number.isNaN(wall)) {
      if (offsetPattern.test(text)) return this.#readInstant(text);
      const other = this.#others?.(text);
      if (other !== undefined) return this.#setWall(other, text, !text.includes(":"));
      try {
        wall = toInstant(text);
      } catch {
        const hint = numericDate.test(text) ? `: declare the order of day and month, format: { dates: "dmy" }` : "";
        return `${describeValue(text)} is not a date${hint}`;
      }
    }
    return this.#setWall(wall, text, text.length <= 10);
  }

  /** Takes a local time, or passes on what is wrong with it; a date alone is not asked whether its midnight exists. */
  #setWall(wall: number | string, cell: string | number, dateAlone: boolean): string | undefined {
    if (typeof wall === "string") return wall;
    this.wall = wall;
    this.instant = wall;
    if (this.#format === undefined) return undefined;
    // the offsets a day before and after: where they differ, the clocks change in between
    const earlier = wall - this.#offset(wall - day);
    const later = wall - this.#offset(wall + day);
    const earlierHolds = earlier + this.#offset(earlier) === wall;
    const laterHolds = later + this.#offset(later) === wall;
    this.instant = earlierHolds ? earlier : later;
    if (dateAlone || (earlierHolds && laterHolds && earlier === later)) return undefined;
    if (!earlierHolds && !laterHolds)
      return `${describeValue(cell)} does not exist in ${this.#zone}: the clocks skip it`;
    if (earlierHolds && laterHolds) this.ambiguous++;
    return undefined;
  }

  #readInstant(cell: unknown): string | undefined {
    this.#lastText = undefined;
    try {
      this.instant = toInstant(cell as number);
    } catch {
      return cell === undefined || cell === null ? "the time is missing" : `${describeValue(cell)} is not a date`;
    }
    this.wall = this.instant + this.#offset(this.instant);
    return undefined;
  }

  /** Local time minus UTC at an instant, in milliseconds. */
  #offset(instant: number): number {
    if (this.#format === undefined) return 0;
    const quarter = Math.floor(instant / 900_000); // clocks change on a quarter of an hour
    let offset = this.#offsets.get(quarter);
    if (offset === undefined) {
      const at: Record<string, number> = {};
      for (const { type, value } of this.#format.formatToParts(quarter * 900_000)) at[type] = Number(value);
      offset = Date.UTC(at.year, at.month - 1, at.day, at.hour, at.minute, at.second) - quarter * 900_000;
      if (this.#offsets.size >= mostOffsets) this.#offsets.clear();
      this.#offsets.set(quarter, offset);
    }
    return offset;
  }
}

/** `YYYY-MM-DD`, alone or with ` HH:MM` or ` HH:MM:SS`, as if UTC; NaN for any other text. */
function parseLocal(text: string): number {
  const { length } = text;
  if (length !== 10 && length !== 16 && length !== 19) return Number.NaN;
  if (text.charCodeAt(4) !== 45 || text.charCodeAt(7) !== 45) return Number.NaN;
  const year = digits(text, 0, 4);
  const month = digits(text, 5, 7);
  const date = digits(text, 8, 10);
  let time = 0;
  if (length > 10) {
    const separator = text.charCodeAt(10);
    const [hour, minute, second] = [
      digits(text, 11, 13),
      digits(text, 14, 16),
      length === 19 ? digits(text, 17, 19) : 0,
    ];
    if ((separator !== 32 && separator !== 84) || text[13] !== ":" || (length === 19 && text[16] !== ":"))
      return Number.NaN;
    if (!(hour < 24 && minute < 60 && second < 60)) return Number.NaN;
    time = ((hour * 60 + minute) * 60 + second) * 1000;
  }
  if (!(year >= 100 && month >= 1 && month <= 12 && date >= 1)) return Number.NaN;
  const start = Date.UTC(year, month - 1, date);
  return new Date(start).getUTCDate() === date ? start + time : Number.NaN;
}

function digits(text: string, from: number, to: number): number {
  let number = 0;
  for (let i = from; i < to; i++) {
    const digit = text.charCodeAt(i) - 48;
    if (digit < 0 || digit > 9) return Number.NaN;
    number = number * 10 + digit;
  }
  return number;
}

import { TwinError } from "./errors.js";

/** A calendar unit: hour, day, week (Monday to Sunday), month, quarter, year. */
export type CalendarUnit = "h" | "D" | "W" | "M" | "Q" | "Y";

/** A regular frequency or a calendar duration: a unit, or a whole multiple such as `"2W"`. */
export type Frequency = CalendarUnit | `${number}${CalendarUnit}`;

/** A moment: milliseconds since 1970-01-01T00:00Z, a `Date`, or ISO 8601 text (UTC where no offset is given). */
export type Instant = number | string | Date;

interface Period {
  readonly count: number;
  readonly unit: CalendarUnit;
}

const hour = 3_600_000;
const day = 24 * hour;
const mondayOffset = 4 * day; // 1970-01-05 was a Monday
const monthsPerUnit = { M: 1, Q: 3, Y: 12 } as const;
const millisecondsPerUnit = { h: hour, D: day, W: 7 * day } as const;
const pattern = /^([1-9]\d{0,4})?([hDWMQY])$/;
const isoPattern =
  /^([+-]\d{6}|\d{4})-(\d{2})(?:-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:\.(\d{1,9}))?)?(?:Z|([+-])(\d{2}):?(\d{2}))?)?)?$/;

function parse(frequency: string): Period {
  const match = pattern.exec(frequency);
  if (match === null) {
    throw new TwinError({
      code: "invalid-time",
      path: ["frequency"],
      message: `'${String(frequency).slice(0, 40)}' is not a frequency or duration`,
      fix: 'use "h", "D", "W", "M", "Q" or "Y", or a multiple such as "2W"',
    });
  }
  return { count: match[1] === undefined ? 1 : Number(match[1]), unit: match[2] as CalendarUnit };
}

const parsed = new Map<string, Period>();

function periodOf(frequency: string): Period {
  let period = parsed.get(frequency);
  if (period === undefined) {
    period = parse(frequency);
    parsed.set(frequency, period);
  }
  return period;
}

/** Checks the text of a frequency or duration; a `TwinError` says what is allowed. */
export function parseFrequency(text: string): Frequency {
  periodOf(text);
  return text as Frequency;
}

/**
 * Milliseconds since 1970 of an instant. Text without an offset is UTC; a local time needs its offset.
 *
 * @example
 * ```ts
 * import { toInstant } from "@sage-twin/kernel";
 *
 * toInstant("2011-12-05"); // => 1323043200000
 * ```
 */
export function toInstant(value: Instant, path: readonly (string | number)[] = []): number {
  let instant = Number.NaN;
  if (typeof value === "number") instant = value;
  else if (value instanceof Date) instant = value.getTime();
  else if (typeof value === "string") instant = parseIso(value);
  if (!Number.isFinite(instant) || Math.abs(instant) > 8.64e15) {
    throw new TwinError({
      code: "invalid-time",
      path,
      message: `'${String(value).slice(0, 40)}' is not a date`,
      fix: "give ISO 8601 text such as 2011-12-05 or 2011-12-05T08:00Z, a Date, or milliseconds since 1970",
    });
  }
  return instant;
}

/** Not `Date.parse`: engines disagree on 30 February, and take a time without an offset as local. */
function parseIso(text: string): number {
  const match = isoPattern.exec(text);
  if (match === null) return Number.NaN;
  const part = (group: number, otherwise = 0): number =>
    match[group] === undefined ? otherwise : Number(match[group]);
  const month = (part(1) - 1970) * 12 + part(2) - 1;
  const dayOfMonth = part(3, 1);
  const validDate = part(2) >= 1 && part(2) <= 12 && dayOfMonth >= 1 && dayOfMonth <= daysInMonth(month);
  const validTime = Math.max(part(4), part(9)) <= 23 && Math.max(part(5), part(6), part(10)) <= 59;
  if (!validDate || !validTime) return Number.NaN;
  const offset = (part(9) * 60 + part(10)) * (match[8] === "-" ? -1 : 1);
  const seconds = ((dayOfMonth - 1) * 24 + part(4)) * 3600 + (part(5) - offset) * 60 + part(6);
  return monthStart(month) + seconds * 1000 + Number((match[7] ?? "").slice(0, 3).padEnd(3, "0"));
}

/** The instant at which a month starts, counted from January 1970. */
function monthStart(index: number): number {
  return Date.UTC(1970, index, 1);
}

function daysInMonth(index: number): number {
  return (monthStart(index + 1) - monthStart(index)) / day;
}

function monthIndexOf(date: Date): number {
  return (date.getUTCFullYear() - 1970) * 12 + date.getUTCMonth();
}

/** The number of the period that contains `instant`, counted from 1970 (weeks from Monday 1970-01-05). */
export function periodIndex(instant: number, frequency: string): number {
  const { count, unit } = periodOf(frequency);
  if (unit === "h" || unit === "D" || unit === "W") {
    return Math.floor((instant - (unit === "W" ? mondayOffset : 0)) / (millisecondsPerUnit[unit] * count));
  }
  return Math.floor(monthIndexOf(new Date(instant)) / (monthsPerUnit[unit] * count));
}

/** The instant at which period number `index` starts. */
export function periodStart(index: number, frequency: string): number {
  const { count, unit } = periodOf(frequency);
  if (unit === "h" || unit === "D" || unit === "W") {
    return index * millisecondsPerUnit[unit] * count + (unit === "W" ? mondayOffset : 0);
  }
  return monthStart(index * monthsPerUnit[unit] * count);
}

/** The start of the period that contains `instant`. */
export function floorTo(instant: number, frequency: string): number {
  return periodStart(periodIndex(instant, frequency), frequency);
}

/**
 * `instant` moved by a calendar duration; a day that the month does not have becomes its last.
 *
 * @example
 * ```ts
 * import { addDuration, toInstant } from "@sage-twin/kernel";
 *
 * new Date(addDuration(toInstant("2024-01-31"), "1M")).toISOString(); // => "2024-02-29T00:00:00.000Z"
 * ```
 */
export function addDuration(instant: number, duration: string, times = 1): number {
  const { count, unit } = periodOf(duration);
  if (unit === "h" || unit === "D" || unit === "W") return instant + millisecondsPerUnit[unit] * count * times;
  const date = new Date(instant);
  const month = monthIndexOf(date);
  const target = month + monthsPerUnit[unit] * count * times;
  const lostDays = Math.max(0, date.getUTCDate() - daysInMonth(target));
  return monthStart(target) + (instant - monthStart(month)) - lostDays * day;
}

/**
 * How many periods of `frequency` a duration spans exactly, or `undefined` when it is not a whole number of them (a month of weeks).
 *
 * @example
 * ```ts
 * import { stepsIn } from "@sage-twin/kernel";
 *
 * stepsIn("2W", "D"); // => 14
 * ```
 */
export function stepsIn(duration: string, frequency: string): number | undefined {
  const length = periodOf(duration);
  const step = periodOf(frequency);
  const fixed = length.unit === "h" || length.unit === "D" || length.unit === "W";
  const fixedStep = step.unit === "h" || step.unit === "D" || step.unit === "W";
  if (fixed !== fixedStep) return undefined;
  const size = (period: Period): number =>
    period.count *
    (period.unit in millisecondsPerUnit ? millisecondsPerUnit[period.unit as "h"] : monthsPerUnit[period.unit as "M"]);
  const steps = size(length) / size(step);
  return Number.isInteger(steps) ? steps : undefined;
}

/** How many periods of `frequency` come nearest to a duration from `start`, at least one: three months of weeks are 13. */
export function roundedSteps(duration: string, frequency: string, start: number): number {
  const exact = stepsIn(duration, frequency);
  if (exact !== undefined) return exact;
  const end = addDuration(start, duration);
  const step = periodOf(frequency);
  const periods =
    step.unit in millisecondsPerUnit
      ? (end - start) / (step.count * millisecondsPerUnit[step.unit as "h"])
      : ((end - start) / (30.436875 * day)) * (1 / (step.count * monthsPerUnit[step.unit as "M"]));
  return Math.max(1, Math.round(periods));
}

/** The start of each of `count` periods, from the one that contains `start`. */
export function periodStarts(start: number, frequency: string, count: number): Float64Array {
  const first = periodIndex(start, frequency);
  return Float64Array.from({ length: count }, (_, step) => periodStart(first + step, frequency));
}

/** The seasons that are usual at a frequency, in periods, the shortest first: hours 24 and 168, days 7 and 365, weeks 52, months 12, quarters 4. */
export function seasonLengths(frequency: string): readonly number[] {
  const { count, unit } = periodOf(frequency);
  const usual = { h: [24, 168], D: [7, 365], W: [52], M: [12], Q: [4], Y: [] }[unit];
  return usual.filter((length) => length % count === 0 && length / count > 1).map((length) => length / count);
}

/**
 * The coarsest frequency of which every instant starts a period of its own, or `undefined` when there are fewer than two instants
 * or none fits. Gaps are allowed. Instants ascend.
 */
export function inferFrequency(instants: ArrayLike<number>): Frequency | undefined {
  if (instants.length < 2) return undefined;
  for (const frequency of ["Y", "Q", "M", "W", "D", "h"] as const) {
    let previous = Number.NEGATIVE_INFINITY;
    let fits = true;
    for (let i = 0; i < instants.length && fits; i++) {
      const index = periodIndex(instants[i], frequency);
      fits = periodStart(index, frequency) === instants[i] && index > previous;
      previous = index;
    }
    if (fits) return frequency;
  }
  return undefined;
}

/** ISO 8601 text of an instant: the date alone for days and longer, with hours and minutes below. */
export function formatInstant(instant: number, frequency: string = "D"): string {
  const text = new Date(instant).toISOString();
  return periodOf(frequency).unit === "h" ? `${text.slice(0, 16)}Z` : text.slice(0, 10);
}

import { formatInstant, type Instant, TwinError, toInstant } from "@sage-twin/kernel";

/** Numbered periods, one after the other, that need not be of one length. */
export interface Calendar {
  readonly name: string;
  /** The number of the period that contains an instant. */
  index(instant: number): number;
  /** The instant at which a period starts. */
  start(index: number): number;
  label(index: number): string;
}

const day = 86_400_000;
const monthsOf = { month: 1, quarter: 3, year: 12 } as const;
const patterns = { "4-4-5": [4, 4, 5], "4-5-4": [4, 5, 4], "5-4-4": [5, 4, 4] } as const;

function requireWhole(value: number, least: number, most: number, name: string): void {
  if (Number.isInteger(value) && value >= least && value <= most) return;
  throw new TwinError({
    code: "invalid-argument",
    path: [name],
    message: `${value} is not a whole number of ${least} to ${most}`,
  });
}

/** How a fiscal calendar of whole months is laid. */
export interface FiscalOptions {
  /** The month that the fiscal year starts in, 1 to 12. */
  readonly startMonth: number;
  readonly period: "month" | "quarter" | "year";
  /** Which calendar year names a fiscal year: that of its end (default) or of its start. */
  readonly named?: "start" | "end";
}

/**
 * The months, quarters or years of a fiscal year that starts in another month than January.
 *
 * @example
 * ```ts
 * import { fiscalCalendar } from "@sage-twin/schemas";
 *
 * const quarters = fiscalCalendar({ startMonth: 4, period: "quarter" });
 * quarters.label(quarters.index(Date.UTC(2026, 1, 10))); // => "FY2026-Q4"
 * ```
 */
export function fiscalCalendar({ startMonth, period, named = "end" }: FiscalOptions): Calendar {
  requireWhole(startMonth, 1, 12, "startMonth");
  const months = monthsOf[period];
  const shift = startMonth - 1;
  return {
    name: `fiscal ${period}s from month ${startMonth}`,
    index(instant) {
      const date = new Date(instant);
      return Math.floor(((date.getUTCFullYear() - 1970) * 12 + date.getUTCMonth() - shift) / months);
    },
    start: (index) => Date.UTC(1970, index * months + shift, 1),
    label(index) {
      const perYear = 12 / months;
      const year = 1970 + Math.floor(index / perYear) + (named === "end" && startMonth > 1 ? 1 : 0);
      return periodLabel(`FY${year}`, period, index - Math.floor(index / perYear) * perYear);
    },
  };
}

function periodLabel(year: string, period: "week" | "month" | "quarter" | "year", place: number): string {
  if (period === "year") return year;
  const number = String(place + 1);
  if (period === "quarter") return `${year}-Q${number}`;
  return `${year}-${period === "week" ? "W" : "M"}${number.padStart(2, "0")}`;
}

/** How a retail calendar of whole weeks is laid. */
export interface RetailOptions {
  /** The weeks of the three months of each quarter. */
  readonly pattern: "4-4-5" | "4-5-4" | "5-4-4";
  readonly period: "week" | "month" | "quarter" | "year";
  /** The month that the year ends with, 1 to 12. Default 1, as the National Retail Federation's. */
  readonly lastMonth?: number;
  /** The weekday that the year ends on, 0 for Sunday to 6 for Saturday. Default 6. */
  readonly lastWeekday?: number;
  /** The year ends on that weekday nearest to the end of the month (default), or on the last one in it. */
  readonly end?: "nearest" | "last";
  /** Which calendar year names a year: that of its start (default, as the federation's) or of its end. */
  readonly named?: "start" | "end";
}

/**
 * The weeks, months, quarters or years of a 4-4-5, 4-5-4 or 5-4-4 retail year of 52 weeks; the 53rd week that some years have
 * belongs to the last month. With the pattern 4-5-4 and the defaults, the calendar of the National Retail Federation.
 *
 * @example
 * ```ts
 * import { retailCalendar } from "@sage-twin/schemas";
 *
 * const months = retailCalendar({ pattern: "4-5-4", period: "month" });
 * const march = months.index(Date.UTC(2024, 2, 3));
 * [months.label(march), new Date(months.start(march)).toISOString().slice(0, 10)]; // => ["2024-M02", "2024-03-03"]
 * ```
 */
export function retailCalendar(options: RetailOptions): Calendar {
  const { pattern, period, lastMonth = 1, lastWeekday = 6, end = "nearest", named = "start" } = options;
  if (!Object.hasOwn(patterns, pattern))
    throw new TwinError({
      code: "invalid-argument",
      path: ["pattern"],
      message: `'${pattern}' is not a pattern of weeks`,
      fix: 'give "4-4-5", "4-5-4" or "5-4-4"',
    });
  requireWhole(lastMonth, 1, 12, "lastMonth");
  requireWhole(lastWeekday, 0, 6, "lastWeekday");
  const weeks = patterns[pattern];
  /** The week that each period of a year starts with. */
  const starts: number[] = [];
  const perYear = { week: 53, month: 12, quarter: 4, year: 1 }[period];
  for (let place = 0, week = 0; place < perYear; place++) {
    starts.push(week);
    week += period === "week" ? 1 : period === "quarter" ? 13 : weeks[place % 3];
  }
  /** The start of the year that ends with the month of calendar year `year`. */
  const yearStart = (year: number): number => {
    const monthEnd = Date.UTC(year - 1, lastMonth, 0);
    const past = (new Date(monthEnd).getUTCDay() - lastWeekday + 7) % 7;
    return monthEnd - past * day + (end === "nearest" && past > 3 ? 7 * day : 0) + day;
  };
  return {
    name: `${pattern} retail ${period}s`,
    index(instant) {
      let year = new Date(instant).getUTCFullYear() + 1;
      while (yearStart(year) > instant) year--;
      const week = Math.floor((instant - yearStart(year)) / (7 * day));
      let place = starts.length - 1;
      while (starts[place] > week) place--;
      return year * perYear + place;
    },
    start(index) {
      const year = Math.floor(index / perYear);
      const start = yearStart(year) + starts[index - year * perYear] * 7 * day;
      return Math.min(start, yearStart(year + 1));
    },
    label(index) {
      const end = Math.floor(index / perYear);
      const year = named === "end" ? end : new Date(yearStart(end) + 3 * day).getUTCFullYear();
      return periodLabel(String(year), period, index - end * perYear);
    },
  };
}

/** Which days are worked. */
export interface BusinessDayOptions {
  /** Dates without work, such as those of a holiday package. Default: none. */
  readonly holidays?: Iterable<Instant>;
  /** Weekdays without work, 0 for Sunday to 6 for Saturday. Default: 0 and 6. */
  readonly weekend?: readonly number[];
  /** The business day that other days count to. Default `"following"`. */
  readonly roll?: "following" | "preceding";
}

/** Business days as the periods of a calendar. */
export interface BusinessCalendar extends Calendar {
  isBusinessDay(instant: number): boolean;
  /** The business days that start at or after `from` and before `to`. */
  count(from: number, to: number): number;
}

/**
 * Business days: each is a period together with the days without work before it (or, with `roll: "preceding"`, after it).
 *
 * @example
 * ```ts
 * import { businessDays } from "@sage-twin/schemas";
 *
 * const days = businessDays({ holidays: ["2026-01-01"] });
 * days.count(Date.UTC(2026, 0, 1), Date.UTC(2026, 1, 1)); // => 21
 * days.label(days.index(Date.UTC(2026, 0, 3))); // => "2026-01-05"
 * ```
 */
export function businessDays(options: BusinessDayOptions = {}): BusinessCalendar {
  const { holidays = [], weekend = [0, 6], roll = "following" } = options;
  for (const weekday of weekend) requireWhole(weekday, 0, 6, "weekend");
  const rest = new Set(weekend);
  if (rest.size === 7)
    throw new TwinError({ code: "invalid-argument", path: ["weekend"], message: "no day is worked" });
  const weekdayOf = (number: number): number => (((number + 4) % 7) + 7) % 7; // 1970-01-01 was a Thursday
  const worked = Array.from({ length: 7 }, (_, place) => (rest.has(weekdayOf(place)) ? 0 : 1));
  const perWeek = 7 - rest.size;
  const free = [...new Set(Array.from(holidays, (date) => Math.floor(toInstant(date, ["holidays"]) / day)))]
    .filter((number) => !rest.has(weekdayOf(number)))
    .sort((a, b) => a - b);
  const isFree = new Set(free);
  const works = (number: number): boolean => !rest.has(weekdayOf(number)) && !isFree.has(number);
  /** Business days from 1970-01-01 to before a day. */
  const before = (number: number): number => {
    const week = Math.floor(number / 7);
    let count = week * perWeek;
    for (let place = 0; place < number - week * 7; place++) count += worked[place];
    const first = free.findIndex((other) => other >= number);
    const passed = first < 0 ? free.length : first;
    const epoch = free.findIndex((other) => other >= 0);
    return count - passed + (epoch < 0 ? free.length : epoch);
  };
  /** The day of a business day's number. */
  const dayOf = (index: number): number => {
    let number = Math.floor((index / perWeek) * 7);
    while (before(number) > index) number -= 7;
    while (before(number + 1) <= index) number++;
    return number;
  };
  return {
    name: "business days",
    index(instant) {
      const number = Math.floor(instant / day);
      return roll === "following" || works(number) ? before(number) : before(number) - 1;
    },
    start: (index) => (roll === "following" ? dayOf(index - 1) + 1 : dayOf(index)) * day,
    label: (index) => formatInstant(dayOf(index) * day),
    isBusinessDay: (instant) => works(Math.floor(instant / day)),
    count: (from, to) => Math.max(0, before(Math.ceil(to / day)) - before(Math.ceil(from / day))),
  };
}

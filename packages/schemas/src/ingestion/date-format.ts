import { describeValue } from "@sage-twin/kernel";
import { type CellFormat, resolveFormat } from "./cell-format.js";

const day = 86_400_000;
const longest = 64;
const timePattern = /[T ,]+(\d{1,2}):(\d{2})(?::(\d{2}))?(?:\s*([ap])\.?m\.?)?$/i;

/** Local time as if UTC, in milliseconds; or, in words, what is wrong; or nothing where the cell is not of these forms. */
export type DateReader = (cell: string | number) => number | string | undefined;

/**
 * Reads times as people write them: `05.01.2026 14:30`, `Jan 5, 2026`, `January 2026`, `2026-W05`, `2026-Q3`, `Q3 2026`, and
 * Excel's day numbers. Where day and month are both numbers their order must be declared, and a year has four digits.
 */
export function dateReader(format: CellFormat): DateReader {
  const { locale, excel } = resolveFormat(format);
  const order = format.dates ?? (locale === undefined ? undefined : orderOf(locale));
  const months = monthNames(locale ?? "en");
  const fillers = fillerWords(locale ?? "en");

  const numeric = (text: string, parts: readonly string[]): number | string => {
    if (parts[0].length === 4) return dateAt(Number(parts[0]), Number(parts[1]), Number(parts[2]), text);
    if (parts[2].length !== 4) return `${describeValue(text)} has a year of ${parts[2].length} digits, not of four`;
    if (order !== "dmy" && order !== "mdy")
      return `${describeValue(text)} may have the day or the month first: declare it, format: { dates: "dmy" }`;
    const [first, second, year] = parts.map(Number);
    return order === "dmy" ? dateAt(year, second, first, text) : dateAt(year, first, second, text);
  };

  const named = (text: string): number | string | undefined => {
    let month: number | undefined;
    const numbers: string[] = [];
    for (const word of text.toLowerCase().split(/[\s.,/-]+/)) {
      const known = months.get(word);
      if (known !== undefined && month === undefined) month = known;
      else if (/^\d+$/.test(word)) numbers.push(word);
      else if (word !== "" && !fillers.has(word)) return undefined;
    }
    const years = numbers.filter(({ length }) => length === 4);
    const days = numbers.filter(({ length }) => length < 3);
    if (month === undefined || numbers.length === 0 || numbers.length > 2) return undefined;
    if (years.length !== 1 || days.length !== numbers.length - 1)
      return `${describeValue(text)} has no year of four digits`;
    return dateAt(Number(years[0]), month, Number(days[0] ?? 1), text);
  };

  return (cell) => {
    if (typeof cell === "number") return excel === undefined ? undefined : serialTime(cell, excel);
    const text = cell.trim();
    if (text.length > longest) return undefined;
    if (excel !== undefined && /^\d+(\.\d+)?$/.test(text)) return serialTime(Number(text), excel);
    const time = timePattern.exec(text);
    const clock = time === null ? 0 : clockTime(time, text);
    if (typeof clock === "string") return clock;
    const date = time === null ? text : text.slice(0, time.index);
    const numbers = /^(\d{1,4})([./-])\s?(\d{1,2})\2\s?(\d{1,4})$/.exec(date);
    const start =
      numbers === null ? (periodOf(date) ?? named(date)) : numeric(date, [numbers[1], numbers[3], numbers[4]]);
    return typeof start === "number" ? start + clock : start;
  };
}

/** `2026-W05`, `2026-W05-3`, `2026-Q3`, `Q3 2026`, `03/2026`. */
function periodOf(text: string): number | string | undefined {
  const week = /^(\d{4})-?W(\d{2})(?:-?([1-7]))?$/.exec(text);
  if (week !== null) {
    const [year, number, weekday] = [Number(week[1]), Number(week[2]), Number(week[3] ?? 1)];
    const monday = firstMonday(year) + (number - 1) * 7 * day;
    if (number < 1 || monday >= firstMonday(year + 1)) return `${describeValue(text)} is not a week of ${year}`;
    return monday + (weekday - 1) * day;
  }
  const quarter = /^(\d{4})[-/ ]?Q([1-4])$/i.exec(text) ?? /^Q([1-4])[-/ ]?(\d{4})$/i.exec(text);
  if (quarter !== null) {
    const [year, number] = quarter[1].length === 4 ? [quarter[1], quarter[2]] : [quarter[2], quarter[1]];
    return dateAt(Number(year), Number(number) * 3 - 2, 1, text);
  }
  const month = /^(\d{1,2})[./-](\d{4})$/.exec(text);
  return month === null ? undefined : dateAt(Number(month[2]), Number(month[1]), 1, text);
}

/** The Monday that starts week 1 of an ISO year: the week of 4 January. */
function firstMonday(year: number): number {
  const fourth = Date.UTC(year, 0, 4);
  return fourth - ((new Date(fourth).getUTCDay() + 6) % 7) * day;
}

function dateAt(year: number, month: number, date: number, text: string): number | string {
  const start = Date.UTC(year, month - 1, date);
  const there = month >= 1 && month <= 12 && date >= 1 && new Date(start).getUTCDate() === date && year >= 100;
  return there ? start : `${describeValue(text)} is not a date`;
}

function clockTime(match: RegExpExecArray, text: string): number | string {
  const half = match[4]?.toLowerCase();
  const [hour, minute, second] = [Number(match[1]), Number(match[2]), Number(match[3] ?? 0)];
  const valid = half === undefined ? hour < 24 : hour >= 1 && hour <= 12;
  if (!valid || minute > 59 || second > 59) return `${describeValue(text)} is not a time`;
  const hours = half === undefined ? hour : (hour % 12) + (half === "p" ? 12 : 0);
  return ((hours * 60 + minute) * 60 + second) * 1000;
}

/**
 * The time of an Excel day number, rounded to the second below which its fractions are noise. In the 1900 system day 60 is a
 * 29 February 1900 that never was, so that days before it count from one day later (Microsoft, "Differences between the 1900
 * and the 1904 date system").
 */
function serialTime(serial: number, system: 1900 | 1904): number | string {
  if (!(serial >= (system === 1900 ? 1 : 0) && serial < 2_958_466)) return `${serial} is not a day number of Excel`;
  const whole = Math.floor(serial);
  if (system === 1900 && whole === 60) return "day 60 of Excel is 29 February 1900, which does not exist";
  const epoch = system === 1904 ? Date.UTC(1904, 0, 1) : whole < 60 ? Date.UTC(1899, 11, 31) : Date.UTC(1899, 11, 30);
  return epoch + whole * day + Math.round((serial - whole) * 86_400) * 1000;
}

function orderOf(locale: string): CellFormat["dates"] {
  const parts = new Intl.DateTimeFormat(locale, { dateStyle: "short", timeZone: "UTC" }).formatToParts(0);
  const order = parts
    .map(({ type }) => (type === "literal" ? "" : type[0]))
    .join("")
    .replace(/[^dmy]/g, "");
  return order === "dmy" || order === "mdy" || order === "ymd" ? order : undefined;
}

/** The names of the months in a language, long and short, alone and in a date, each to its number. */
function monthNames(locale: string): Map<string, number> {
  const names = new Map<string, number>();
  for (const month of ["long", "short"] as const)
    for (const options of [{ month }, { month, day: "numeric" as const, year: "numeric" as const }]) {
      const format = new Intl.DateTimeFormat(locale, { ...options, timeZone: "UTC" });
      for (let number = 1; number <= 12; number++)
        for (const { type, value } of format.formatToParts(Date.UTC(2026, number - 1, 1)))
          if (type === "month" && !/^\d+$/.test(value)) names.set(value.toLowerCase().replace(/\.$/, ""), number);
    }
  return names;
}

/** The words that stand between day, month and year in a language, such as the Spanish "de". */
function fillerWords(locale: string): Set<string> {
  const parts = new Intl.DateTimeFormat(locale, { dateStyle: "long", timeZone: "UTC" }).formatToParts(0);
  return new Set(
    parts.flatMap(({ type, value }) =>
      type === "literal"
        ? value
            .trim()
            .toLowerCase()
            .split(/[\s.,]+/)
        : [],
    ),
  );
}

import { type Instant, toInstant } from "@sage-twin/kernel";
import { requireWhole } from "../numbers.js";

/** What is used of a holiday calendar: an instance of `date-holidays`, or anything that answers like it. */
export interface HolidayCalendar {
  getHolidays(year: number): readonly { readonly date: string; readonly type: string }[];
}

/**
 * The dates of a calendar's holidays in the years `from` to `to`, ascending, as ISO text. `types` says which kinds count: default those that
 * are public. Load the library yourself: `new Holidays("GB")` of `date-holidays` fits.
 *
 * @example
 * ```ts
 * import { holidayDates } from "@sage-twin/features";
 *
 * const calendar = { getHolidays: (year: number) => [{ date: `${year}-12-25 00:00:00`, type: "public" }] };
 * holidayDates(calendar, 2025, 2026); // => ["2025-12-25", "2026-12-25"]
 * ```
 */
export function holidayDates(
  calendar: HolidayCalendar,
  from: number,
  to: number,
  types: readonly string[] = ["public"],
): readonly string[] {
  requireWhole(from, ["from"], 1);
  requireWhole(to, ["to"], from, from + 1000);
  const dates = new Set<string>();
  for (let year = from; year <= to; year++)
    for (const { date, type } of calendar.getHolidays(year)) if (types.includes(type)) dates.add(date.slice(0, 10));
  return [...dates].sort();
}

const day = 86_400_000;

/** The days since 1970 of dates, ascending, each once. */
export function dayNumbers(dates: readonly Instant[]): Float64Array {
  const days = dates.map((date, index) => Math.floor(toInstant(date, ["holidays", index]) / day));
  return Float64Array.from(new Set(days)).sort();
}

/** How many of the ascending `days` are before `dayNumber`. */
export function countBefore(days: Float64Array, dayNumber: number): number {
  let low = 0;
  let high = days.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (days[middle] < dayNumber) low = middle + 1;
    else high = middle;
  }
  return low;
}

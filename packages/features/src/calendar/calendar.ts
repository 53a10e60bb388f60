import { floorTo, type Instant, type Path, periodStart, TwinError, unknownName } from "@sage-twin/kernel";
import { invalidArgument, requireWhole } from "../numbers.js";
import { instantsOf } from "../windows/bounds.js";
import { countBefore, dayNumbers } from "./holidays.js";

/** What a date tells. Days of the week count from Monday = 0, weeks as in ISO 8601; flags are 1 or 0. */
export type CalendarField = keyof typeof plainFields | HolidayField | PaydayField;

type HolidayField = (typeof holidayFields)[number];
type PaydayField = (typeof paydayFields)[number];

/**
 * When wages are paid: the last working day of the month, a day of the month (or, where that is no working day or does not exist, the last
 * working day before it), or every Friday.
 */
export type PaydayRule = "lastWorkday" | "friday" | number;

/** What some fields need to know. */
export interface CalendarOptions {
  /** The dates of holidays, past and to come. */
  readonly holidays?: readonly Instant[];
  /** Default `"lastWorkday"`. */
  readonly payday?: PaydayRule;
}

const day = 86_400_000;
const weekday = (dayNumber: number): number => (((dayNumber + 3) % 7) + 7) % 7; // 1970-01-01 was a Thursday
const part = (read: (date: Date) => number) => (instant: number) => read(new Date(instant));
const dayNumberOf = (instant: number): number => Math.floor(instant / day);
const monthStart = (instant: number): number => floorTo(instant, "M");
const monthEnd = (instant: number): number =>
  periodStart(part((date) => (date.getUTCFullYear() - 1970) * 12 + date.getUTCMonth())(instant) + 1, "M") - day;
const flag = (condition: boolean): number => (condition ? 1 : 0);

const plainFields = {
  hour: part((date) => date.getUTCHours()),
  dayOfWeek: (instant: number): number => weekday(dayNumberOf(instant)),
  dayOfMonth: part((date) => date.getUTCDate()),
  dayOfYear: (instant: number): number => dayNumberOf(instant) - dayNumberOf(floorTo(instant, "Y")) + 1,
  weekOfYear: (instant: number): number => {
    const thursday = (dayNumberOf(instant) - weekday(dayNumberOf(instant)) + 3) * day; // a week belongs to its Thursday's year
    return Math.floor((thursday - floorTo(thursday, "Y")) / (7 * day)) + 1;
  },
  month: part((date) => date.getUTCMonth() + 1),
  quarter: part((date) => Math.floor(date.getUTCMonth() / 3) + 1),
  year: part((date) => date.getUTCFullYear()),
  daysInMonth: (instant: number): number => (monthEnd(instant) - monthStart(instant)) / day + 1,
  daysToMonthEnd: (instant: number): number => monthEnd(instant) / day - dayNumberOf(instant),
  isWeekend: (instant: number): number => flag(weekday(dayNumberOf(instant)) >= 5),
  isMonthStart: (instant: number): number => flag(part((date) => date.getUTCDate())(instant) === 1),
  isMonthEnd: (instant: number): number => flag(monthEnd(instant) / day === dayNumberOf(instant)),
} satisfies Record<string, (instant: number) => number>;

const holidayFields = ["isHoliday", "daysToHoliday", "daysSinceHoliday", "daysToNearestHoliday"] as const;
const paydayFields = ["isPayday", "daysToPayday", "daysSincePayday"] as const;

/** Every field, in the order of the documentation. */
const calendarFields: readonly CalendarField[] = [
  ...(Object.keys(plainFields) as (keyof typeof plainFields)[]),
  ...holidayFields,
  ...paydayFields,
];

/** What a field is measured in: `"days"` for distances, nothing else. */
export function calendarUnit(field: CalendarField): string {
  return field.startsWith("days") ? "days" : "";
}

/** The function that reads a field from an instant; a `TwinError` for an unknown field or for what it needs and has not. */
export function calendarReader(
  field: CalendarField,
  { holidays, payday = "lastWorkday" }: CalendarOptions,
  path: Path = [],
): (instant: number) => number {
  if (Object.hasOwn(plainFields, field)) return plainFields[field as keyof typeof plainFields];
  if (!calendarFields.includes(field))
    throw unknownName("calendar field", String(field), calendarFields, [...path, "field"]);
  const days = dayNumbers(holidays ?? []);
  const isHoliday = (dayNumber: number): boolean => days[countBefore(days, dayNumber)] === dayNumber;
  if (paydayFields.includes(field as PaydayField)) {
    if (payday !== "lastWorkday" && payday !== "friday") requireWhole(payday, [...path, "payday"], 1, 31);
    return paydayReader(field as PaydayField, payday, (dayNumber) => weekday(dayNumber) < 5 && !isHoliday(dayNumber));
  }
  if (holidays === undefined || holidays.length === 0)
    throw invalidArgument(
      [...path, "holidays"],
      `'${field}' needs the dates of the holidays`,
      'give them: holidays: ["2026-12-25", ...], or holidayDates(new Holidays("GB"), 2020, 2030)',
    );
  const first = days[0];
  const last = days[days.length - 1];
  return (instant) => {
    const dayNumber = dayNumberOf(instant);
    const next = countBefore(days, dayNumber);
    const ahead = dayNumber > last ? Number.NaN : days[next] - dayNumber;
    const since = dayNumber < first ? Number.NaN : dayNumber - (days[next] === dayNumber ? dayNumber : days[next - 1]);
    if (field === "isHoliday") return flag(ahead === 0);
    if (field === "daysToHoliday") return ahead;
    if (field === "daysSinceHoliday") return since;
    return Number.isNaN(ahead) ? since : Number.isNaN(since) ? ahead : Math.min(ahead, since);
  };
}

function paydayReader(field: PaydayField, rule: PaydayRule, works: (dayNumber: number) => boolean) {
  const inMonth = (instant: number): number => {
    const start = dayNumberOf(monthStart(instant));
    const end = dayNumberOf(monthEnd(instant));
    let payday = typeof rule === "number" ? Math.min(end, start + rule - 1) : end;
    while (!works(payday) && payday > start) payday--;
    return payday;
  };
  const friday = (dayNumber: number): number => dayNumber - ((weekday(dayNumber) + 3) % 7);
  return (instant: number): number => {
    const dayNumber = dayNumberOf(instant);
    const here = rule === "friday" ? friday(dayNumber) : inMonth(instant);
    const past = here <= dayNumber;
    if (field === "isPayday") return flag(here === dayNumber);
    if (field === "daysToPayday") {
      if (here >= dayNumber) return here - dayNumber;
      return (rule === "friday" ? here + 7 : inMonth(monthEnd(instant) + day)) - dayNumber;
    }
    return dayNumber - (past ? here : inMonth(monthStart(instant) - day));
  };
}

/**
 * What the dates of the rows tell, one column for each field. Times are UTC; a row's time is where its period starts.
 *
 * @throws TwinError `unknown-name` for a field that there is not, `invalid-argument` for holiday fields without holidays.
 *
 * @example
 * ```ts
 * import { calendarFeatures } from "@sage-twin/features";
 *
 * const columns = calendarFeatures(["2026-01-30", "2026-01-31"], ["dayOfWeek", "isMonthEnd", "isPayday"]);
 * [columns.dayOfWeek, columns.isMonthEnd, columns.isPayday]; // => [[4, 5], [0, 1], [1, 0]]
 * ```
 */
export function calendarFeatures<Field extends CalendarField>(
  times: ArrayLike<number> | readonly Instant[],
  fields: readonly Field[],
  options: CalendarOptions = {},
): Readonly<Record<Field, Float64Array>> {
  const issues: TwinError[] = [];
  const readers = fields.map((field, index) => {
    try {
      return calendarReader(field, options, ["fields", index]);
    } catch (error) {
      if (!TwinError.isInstance(error)) throw error;
      issues.push(error);
      return Number.NaN;
    }
  });
  if (issues.length > 0) throw new TwinError(issues.flatMap((error) => error.issues));
  const instants = instantsOf(times, times.length);
  return Object.fromEntries(
    fields.map((field, index) => [field, instants.map(readers[index] as (instant: number) => number)]),
  ) as Record<Field, Float64Array>;
}

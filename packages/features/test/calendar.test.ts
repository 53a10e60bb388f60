import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import {
  type CalendarField,
  calendarFeatures,
  difference,
  fourierTerms,
  holidayDates,
  lag,
  logChange,
  percentageChange,
} from "../src/index.js";

const golden = JSON.parse(readFileSync(new URL("./golden/dates.json", import.meta.url), "utf8")) as {
  readonly times: readonly string[];
  readonly fields: Readonly<Record<CalendarField, readonly number[]>>;
  readonly values: readonly (number | null)[];
  readonly lags: Readonly<Record<string, readonly (number | null)[]>>;
};

describe("calendar features", () => {
  it.each(Object.keys(golden.fields) as CalendarField[])("give what pandas gives: %s", (field) => {
    expect([...calendarFeatures(golden.times, [field])[field]]).toEqual(golden.fields[field]);
  });

  it("know how far holidays are, and say nothing beyond those listed", () => {
    const times = ["2025-12-20", "2025-12-25", "2025-12-26", "2025-12-31", "2026-01-01", "2026-01-05"];
    const holidays = ["2026-01-01", "2025-12-25", "2025-12-25"];
    const fields = ["isHoliday", "daysToHoliday", "daysSinceHoliday", "daysToNearestHoliday"] as const;
    const columns = calendarFeatures(times, fields, { holidays });
    expect([...columns.isHoliday]).toEqual([0, 1, 0, 0, 1, 0]);
    expect([...columns.daysToHoliday]).toEqual([5, 0, 6, 1, 0, Number.NaN]);
    expect([...columns.daysSinceHoliday]).toEqual([Number.NaN, 0, 1, 6, 0, 4]);
    expect([...columns.daysToNearestHoliday]).toEqual([5, 0, 1, 1, 0, 4]);
  });

  it("know paydays: the last working day, a day of the month moved before weekends and holidays, Fridays", () => {
    const fields = ["isPayday", "daysToPayday", "daysSincePayday"] as const;
    const times = ["2026-01-29", "2026-01-30", "2026-01-31", "2026-02-01", "2026-02-27"];
    const last = calendarFeatures(times, fields); // 30 January 2026 is a Friday
    expect([...last.isPayday]).toEqual([0, 1, 0, 0, 1]);
    expect([...last.daysToPayday]).toEqual([1, 0, 27, 26, 0]);
    expect([...last.daysSincePayday]).toEqual([29, 0, 1, 2, 0]);
    const middle = calendarFeatures(["2026-02-12", "2026-02-13", "2026-02-15"], fields, {
      payday: 15,
      holidays: ["2026-02-13"],
    });
    expect([...middle.isPayday]).toEqual([1, 0, 0]); // the 15th is a Sunday, the 13th a holiday
    const fridays = calendarFeatures(["2026-01-01", "2026-01-02", "2026-01-03"], fields, { payday: "friday" });
    expect([...fridays.daysToPayday, ...fridays.daysSincePayday]).toEqual([1, 0, 6, 6, 0, 1]);
    const short = calendarFeatures(["2026-02-28"], ["isPayday", "daysSincePayday"], { payday: 31 });
    expect([short.isPayday[0], short.daysSincePayday[0]]).toEqual([0, 1]);
  });

  it("take the dates of a holiday calendar by kind and year", () => {
    const asked: number[] = [];
    const calendar = {
      getHolidays(year: number) {
        asked.push(year);
        return [
          { date: `${year}-05-01 00:00:00`, type: "public" },
          { date: `${year}-02-14 00:00:00`, type: "observance" },
        ];
      },
    };
    expect(holidayDates(calendar, 2025, 2026)).toEqual(["2025-05-01", "2026-05-01"]);
    expect(holidayDates(calendar, 2025, 2025, ["observance"])).toEqual(["2025-02-14"]);
    expect(asked).toEqual([2025, 2026, 2025]);
    expect(() => holidayDates(calendar, 2026, 2025)).toThrow("to: 2025 is not a whole number in 2026..");
  });

  it("say what is wrong, all at once", () => {
    expect(() => calendarFeatures(["2026-01-01"], ["monht", "isHoliday"] as never)).toThrow(
      /unknown calendar field 'monht'; did you mean 'month'[\s\S]*'isHoliday' needs the dates/,
    );
    expect(() => calendarFeatures(["2026-13-01"], ["month"])).toThrow("'2026-13-01' is not a date");
    expect(() => calendarFeatures(["2026-01-01"], ["isPayday"], { payday: 32 })).toThrow(
      "payday: 32 is not a whole number in 1..31",
    );
  });
});

describe("Fourier terms", () => {
  it("depend on the share of the calendar period that has passed", () => {
    const terms = fourierTerms(["2024-01-01", "2024-07-01", "2024-12-31", "2025-07-02T12:00"], {
      period: "Y",
      order: 2,
    });
    expect(Object.keys(terms)).toEqual(["sin1", "cos1", "sin2", "cos2"]);
    expect(terms["sin1"][1]).toBeCloseTo(Math.sin((2 * Math.PI * 182) / 366), 14);
    expect(terms["cos2"][3]).toBeCloseTo(1, 14); // the middle of 2025
    expect(terms["sin2"][2]).toBeCloseTo(Math.sin((4 * Math.PI * 365) / 366), 14);
    expect(() => fourierTerms([0], { period: "Z", order: 1 })).toThrow("'Z' is not a frequency");
    expect(() => fourierTerms([0], { period: "Y", order: 0 })).toThrow("order: 0 is not");
  });
});

describe("lags and changes", () => {
  const values = golden.values.map((value) => value ?? Number.NaN);
  it.each([1, 3])("give what pandas gives, %i rows back", (periods) => {
    for (const [name, change] of Object.entries({ lag, difference, percentageChange, logChange })) {
      const expected = golden.lags[`${name}${periods}`].map((value) => value ?? Number.NaN);
      const actual = change(values, periods);
      expected.forEach((value, row) => {
        if (Number.isNaN(value)) expect(actual[row]).toBeNaN();
        else expect(actual[row]).toBeCloseTo(value, 13);
      });
    }
  });

  it("refuse to look ahead", () => {
    expect(() => lag([1, 2], -1)).toThrow("periods: -1 is not a whole number from 1");
    expect(() => difference([1, 2], 0)).toThrow("periods: 0");
  });
});

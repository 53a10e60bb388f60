import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  addDuration,
  type CalendarUnit,
  floorTo,
  formatInstant,
  inferFrequency,
  parseFrequency,
  periodIndex,
  periodStart,
  periodStarts,
  roundedSteps,
  seasonLengths,
  stepsIn,
  TwinError,
  toInstant,
} from "../src/index.js";

const text = (instant: number): string => new Date(instant).toISOString();
const units: readonly CalendarUnit[] = ["h", "D", "W", "M", "Q", "Y"];
const frequency = fc
  .tuple(fc.integer({ min: 1, max: 40 }), fc.constantFrom(...units))
  .map(([count, unit]) => (count === 1 ? unit : (`${count}${unit}` as const)));
const instant = fc.integer({ min: toInstant("-001000-01-01"), max: toInstant("9999-12-31") });

describe("toInstant", () => {
  it.each([
    ["2011-12", "2011-12-01T00:00:00.000Z"],
    ["2011-12-05", "2011-12-05T00:00:00.000Z"],
    ["2011-12-05T08:30", "2011-12-05T08:30:00.000Z"],
    ["2011-12-05 08:30:15", "2011-12-05T08:30:15.000Z"],
    ["2011-12-05T08:30:15.123456789Z", "2011-12-05T08:30:15.123Z"],
    ["2011-12-05T08:30:15.5Z", "2011-12-05T08:30:15.500Z"],
    ["2011-12-05T00:30+01:00", "2011-12-04T23:30:00.000Z"],
    ["2011-12-05T23:30-0130", "2011-12-06T01:00:00.000Z"],
    ["2024-02-29", "2024-02-29T00:00:00.000Z"],
    ["2000-02-29T23:59:59Z", "2000-02-29T23:59:59.000Z"],
    ["0099-03-01", "0099-03-01T00:00:00.000Z"],
    ["-000044-03-15", "-000044-03-15T00:00:00.000Z"],
  ])("reads %s", (input, expected) => {
    expect(text(toInstant(input))).toBe(expected);
  });

  it.each([
    "",
    "yesterday",
    "2011",
    "05/12/2011",
    "2011-13-01",
    "2011-00-10",
    "2011-02-30",
    "2011-02-30T10:00Z",
    "2011-02-29T10:00+01:00",
    "1900-02-29",
    "2011-04-31",
    "2011-12-00",
    "2011-12-05T24:00",
    "2011-12-05T08:60",
    "2011-12-05T08:30:60",
    "2011-12-05T08",
    "2011-12-05Z",
    "2011-12-05T08:30+24:00",
    "2011-12-05T08:30+01:60",
    "2011-12-05T08:30 ",
    "+999999-12-31",
    Number.NaN,
    Infinity,
    8.64e15 + 1,
    new Date(Number.NaN),
    undefined,
    null,
    {},
  ])("refuses %j", (input) => {
    expect(() => toInstant(input as never, ["rows", 3])).toThrow(
      expect.objectContaining({ code: "invalid-time", path: ["rows", 3] }),
    );
  });

  it("reads what Date writes", () => {
    fc.assert(
      fc.property(
        fc.date({ noInvalidDate: true, min: new Date("-271000-01-01"), max: new Date("+275000-01-01") }),
        (date) => {
          expect(toInstant(date.toISOString())).toBe(date.getTime());
          expect(toInstant(date)).toBe(date.getTime());
          expect(toInstant(date.getTime())).toBe(date.getTime());
        },
      ),
    );
  });
});

describe("frequencies", () => {
  it.each(["", "d", "1.5D", "0W", "-1M", "W2", "D ", "100000h", "constructor"])("refuses %j", (bad) => {
    expect(() => parseFrequency(bad)).toThrow(expect.objectContaining({ code: "invalid-time" }));
  });

  it("names the usual seasons, in periods", () => {
    expect(units.map(seasonLengths)).toEqual([[24, 168], [7, 365], [52], [12], [4], []]);
    expect([seasonLengths("6h"), seasonLengths("2W"), seasonLengths("5D"), seasonLengths("12M")]).toEqual([
      [4, 28],
      [26],
      [73],
      [],
    ]);
  });
});

describe("periods", () => {
  it("start where the calendar says", () => {
    const moment = toInstant("2011-12-09T17:45:12Z");
    expect(
      ["h", "D", "W", "M", "Q", "Y", "6h", "2Q"].map((frequency) => text(floorTo(moment, frequency)).slice(0, 16)),
    ).toEqual([
      "2011-12-09T17:00",
      "2011-12-09T00:00",
      "2011-12-05T00:00",
      "2011-12-01T00:00",
      "2011-10-01T00:00",
      "2011-01-01T00:00",
      "2011-12-09T12:00",
      "2011-07-01T00:00",
    ]);
  });

  it("have a number that leads back to their start", () => {
    fc.assert(
      fc.property(frequency, fc.integer({ min: -3000, max: 3000 }), (frequency, index) => {
        expect(periodIndex(periodStart(index, frequency), frequency)).toBe(index);
      }),
    );
  });

  it("contain their instants, and end where the next one starts", () => {
    fc.assert(
      fc.property(frequency, instant, (frequency, instant) => {
        const index = periodIndex(instant, frequency);
        expect(periodStart(index, frequency)).toBeLessThanOrEqual(instant);
        expect(periodStart(index + 1, frequency)).toBeGreaterThan(instant);
        expect(addDuration(periodStart(index, frequency), frequency)).toBe(periodStart(index + 1, frequency));
      }),
    );
  });

  it("start weeks on Monday, before 1970 and in any year", () => {
    fc.assert(
      fc.property(instant, (instant) => {
        expect(new Date(floorTo(instant, "W")).getUTCDay()).toBe(1);
      }),
    );
  });

  it("are listed from the one that contains the start", () => {
    expect(Array.from(periodStarts(toInstant("2012-01-31"), "M", 3), (start) => formatInstant(start))).toEqual([
      "2012-01-01",
      "2012-02-01",
      "2012-03-01",
    ]);
  });

  it("have 24 hours a day, whatever the clocks did", () => {
    const march = periodStarts(toInstant("2024-03-30"), "D", 4);
    for (let i = 1; i < march.length; i++) expect(march[i] - march[i - 1]).toBe(86_400_000);
  });
});

describe("addDuration", () => {
  it.each([
    ["2024-01-31", "1M", 1, "2024-02-29"],
    ["2023-01-31", "1M", 1, "2023-02-28"],
    ["2024-01-31", "M", 2, "2024-03-31"],
    ["2024-02-29", "Y", 1, "2025-02-28"],
    ["2024-02-29", "4Y", 1, "2028-02-29"],
    ["2024-03-31", "M", -1, "2024-02-29"],
    ["2024-11-30", "Q", 1, "2025-02-28"],
    ["2024-02-26", "2W", 1, "2024-03-11"],
    ["0096-02-29", "Y", 1, "0097-02-28"],
    ["0001-01-31", "M", -1, "0000-12-31"],
    ["-000001-12-31", "M", 2, "0000-02-29"],
  ])("%s + %s x %i", (from, duration, times, to) => {
    expect(addDuration(toInstant(from), duration, times)).toBe(toInstant(to));
  });

  it("keeps the time of day, and moves as many months as it says", () => {
    fc.assert(
      fc.property(instant, fc.integer({ min: -100, max: 100 }), (instant, times) => {
        const moved = addDuration(instant, "M", times);
        const day = 86_400_000;
        expect(moved - Math.floor(moved / day) * day).toBe(instant - Math.floor(instant / day) * day);
        expect(periodIndex(moved, "M")).toBe(periodIndex(instant, "M") + times);
        expect(new Date(moved).getUTCDate()).toBeLessThanOrEqual(new Date(instant).getUTCDate());
      }),
    );
  });
});

describe("steps", () => {
  it.each([
    ["1Y", "Q", 4],
    ["1Y", "M", 12],
    ["2W", "D", 14],
    ["D", "6h", 4],
    ["W", "D", 7],
    ["M", "W", undefined],
    ["D", "W", undefined],
    ["M", "Q", undefined],
    ["6M", "2Q", 1],
  ])("in %s of %s: %s", (duration, frequency, steps) => {
    expect(stepsIn(duration, frequency)).toBe(steps);
  });

  it.each([
    ["3M", "W", 13],
    ["1M", "D", 31],
    ["1Y", "W", 52],
    ["1D", "W", 1],
    ["26W", "M", 6],
    ["2W", "D", 14],
  ])("of %s in %s, rounded: %s", (duration, frequency, steps) => {
    expect(roundedSteps(duration, frequency, toInstant("2011-12-05"))).toBe(steps);
  });
});

describe("inferFrequency", () => {
  it("finds the frequency of every list of period starts, gaps or not", () => {
    fc.assert(
      fc.property(fc.constantFrom(...units), fc.integer({ min: -2000, max: 2000 }), (unit, first) => {
        const starts = Array.from(periodStarts(periodStart(first, unit), unit, 40));
        expect(inferFrequency(starts)).toBe(unit);
        expect(inferFrequency(starts.filter((_, index) => index !== 7))).toBe(unit);
      }),
    );
  });

  it.each([
    [["2024-01-01"], undefined],
    [[], undefined],
    [["2024-01-01", "2024-01-01"], undefined],
    [["2024-01-01", "2024-01-02T00:30"], undefined],
    [["2024-01-07", "2024-01-14"], "D"],
    [["2024-01-01T05:00", "2024-01-01T06:00"], "h"],
  ])("of %j is %s", (dates, expected) => {
    expect(inferFrequency((dates as string[]).map((date) => toInstant(date)))).toBe(expected);
  });
});

describe("formatInstant", () => {
  it("shows hours only where they matter", () => {
    const moment = toInstant("2011-12-05T08:30");
    expect([formatInstant(moment), formatInstant(moment, "M"), formatInstant(moment, "6h")]).toEqual([
      "2011-12-05",
      "2011-12-05",
      "2011-12-05T08:30Z",
    ]);
  });
});

it("tells what a wrong date should look like", () => {
  try {
    toInstant("soon");
  } catch (error) {
    expect((error as TwinError).message).toBe(
      "'soon' is not a date; give ISO 8601 text such as 2011-12-05 or 2011-12-05T08:00Z, a Date, or milliseconds since 1970",
    );
    expect(TwinError.isInstance(error)).toBe(true);
  }
  expect.assertions(2);
});

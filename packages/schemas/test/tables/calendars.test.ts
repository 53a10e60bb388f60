import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  businessDays,
  type Calendar,
  department,
  fiscalCalendar,
  resampleByCalendar,
  retailCalendar,
  TimeTable,
} from "../../src/index.js";
import { caught } from "../helpers.js";

const day = 86_400_000;
const at = (text: string): number => Date.parse(text);
const iso = (instant: number): string => new Date(instant).toISOString().slice(0, 10);
const calendars: readonly Calendar[] = [
  ...(["week", "month", "quarter", "year"] as const).flatMap((period) =>
    (["4-4-5", "4-5-4", "5-4-4"] as const).flatMap((pattern) => [
      retailCalendar({ pattern, period }),
      retailCalendar({ pattern, period, lastMonth: 9, end: "last", named: "end", lastWeekday: 0 }),
    ]),
  ),
  ...(["month", "quarter", "year"] as const).map((period) => fiscalCalendar({ startMonth: 4, period })),
  businessDays({ holidays: ["2026-01-01", "1969-12-25", "2026-04-03", "2026-04-06"] }),
  businessDays({ holidays: ["2026-01-01"], roll: "preceding", weekend: [5, 6] }),
];

describe("calendars", () => {
  it("every instant lies in its period, and periods follow one another", () => {
    fc.assert(
      fc.property(fc.constantFrom(...calendars), fc.integer({ min: -15_000, max: 40_000 * 24 }), (calendar, hours) => {
        const instant = hours * 3_600_000;
        const index = calendar.index(instant);
        expect(calendar.start(index)).toBeLessThanOrEqual(instant);
        expect(calendar.start(index + 1)).toBeGreaterThan(instant);
        expect(calendar.index(calendar.start(index))).toBe(index);
        expect(calendar.index(calendar.start(index) - 1)).toBeLessThan(index);
      }),
      { numRuns: 2000 },
    );
  });

  it("the National Retail Federation's calendar: starts of years, and those of 53 weeks", () => {
    // https://nrf.com/resources/4-5-4-calendar: 53-week years 2006, 2012, 2017, 2023
    const years = retailCalendar({ pattern: "4-5-4", period: "year" });
    const starts = {
      2006: "2006-01-29",
      2012: "2012-01-29",
      2017: "2017-01-29",
      2018: "2018-02-04",
      2022: "2022-01-30",
      2023: "2023-01-29",
      2024: "2024-02-04",
      2025: "2025-02-02",
    };
    for (const [label, start] of Object.entries(starts)) {
      const index = years.index(at(start));
      expect([years.label(index), iso(years.start(index))]).toEqual([label, start]);
    }
    const long: string[] = [];
    for (let year = 2000; year < 2026; year++) {
      const index = years.index(Date.UTC(year, 5, 1));
      if (years.start(index + 1) - years.start(index) === 53 * 7 * day) long.push(years.label(index));
    }
    expect(long).toEqual(["2000", "2006", "2012", "2017", "2023"]);
    const months = retailCalendar({ pattern: "4-5-4", period: "month" });
    const first = months.index(at("2024-02-04"));
    expect(
      [0, 1, 2, 3, 11].map((place) => `${months.label(first + place)} ${iso(months.start(first + place))}`),
    ).toEqual([
      "2024-M01 2024-02-04",
      "2024-M02 2024-03-03",
      "2024-M03 2024-04-07",
      "2024-M04 2024-05-05",
      "2024-M12 2025-01-05",
    ]);
    const last = months.index(at("2024-02-03"));
    expect([months.label(last), iso(months.start(last)), (months.start(last + 1) - months.start(last)) / day]).toEqual([
      "2023-M12",
      "2023-12-31",
      35,
    ]);
  });

  it("a year that ends on the last Saturday of September: Apple's, whose 2023 ended on 30 September 2023 and had 53 weeks", () => {
    const years = retailCalendar({ pattern: "4-4-5", period: "year", lastMonth: 9, end: "last", named: "end" });
    const index = years.index(at("2023-09-30"));
    expect([years.label(index), iso(years.start(index)), iso(years.start(index + 1))]).toEqual([
      "2023",
      "2022-09-25",
      "2023-10-01",
    ]);
    expect((years.start(index + 1) - years.start(index)) / (7 * day)).toBe(53);
  });

  it("fiscal quarters from April", () => {
    const quarters = fiscalCalendar({ startMonth: 4, period: "quarter" });
    expect(["2026-03-31", "2026-04-01", "2026-12-31"].map((date) => quarters.label(quarters.index(at(date))))).toEqual([
      "FY2026-Q4",
      "FY2027-Q1",
      "FY2027-Q3",
    ]);
    const named = fiscalCalendar({ startMonth: 4, period: "month", named: "start" });
    expect(named.label(named.index(at("2026-03-31")))).toBe("FY2025-M12");
    const plain = fiscalCalendar({ startMonth: 1, period: "year" });
    expect(plain.label(plain.index(at("2026-03-31")))).toBe("FY2026");
  });

  it("business days: England in 2026 has 253 (numpy 2.4.6: busday_count with its eight bank holidays)", () => {
    const holidays = [
      "2026-01-01",
      "2026-04-03",
      "2026-04-06",
      "2026-05-04",
      "2026-05-25",
      "2026-08-31",
      "2026-12-25",
      "2026-12-28",
    ];
    const days = businessDays({ holidays });
    expect(days.count(at("2026-01-01"), at("2027-01-01"))).toBe(253);
    expect(["2026-04-02", "2026-04-03", "2026-04-07"].map((date) => days.isBusinessDay(at(date)))).toEqual([
      true,
      false,
      true,
    ]);
    expect(days.label(days.index(at("2026-04-04")))).toBe("2026-04-07");
    const back = businessDays({ holidays, roll: "preceding" });
    expect(back.label(back.index(at("2026-04-04")))).toBe("2026-04-02");
    let counted = 0;
    for (let date = at("2020-01-01"); date < at("2030-01-01"); date += day) if (days.isBusinessDay(date)) counted++;
    expect(days.count(at("2020-01-01"), at("2030-01-01"))).toBe(counted);
  });

  it("refuses what is no calendar", async () => {
    const wrong = (make: () => unknown) => caught(make).then(({ path }) => path);
    expect(await wrong(() => retailCalendar({ pattern: "5-5-3" as never, period: "month" }))).toEqual(["pattern"]);
    expect(await wrong(() => retailCalendar({ pattern: "4-4-5", period: "month", lastMonth: 13 }))).toEqual([
      "lastMonth",
    ]);
    expect(await wrong(() => retailCalendar({ pattern: "4-4-5", period: "month", lastWeekday: 7 }))).toEqual([
      "lastWeekday",
    ]);
    expect(await wrong(() => fiscalCalendar({ startMonth: 0, period: "month" }))).toEqual(["startMonth"]);
    expect(await wrong(() => businessDays({ weekend: [0, 1, 2, 3, 4, 5, 6] }))).toEqual(["weekend"]);
    expect(await wrong(() => businessDays({ weekend: [7] }))).toEqual(["weekend"]);
    expect(await wrong(() => businessDays({ holidays: ["Christmas"] }))).toEqual(["holidays"]);
  });
});

describe("resampleByCalendar", () => {
  const shop = department("shop", {
    sales: { unit: "GBP", kind: "flow" },
    stock: { unit: "units", kind: "stock" },
    price: { unit: "GBP", kind: "price" },
  });
  const values = Array.from({ length: 400 }, (_, row) => row);
  const table = TimeTable.of({
    frequency: "D",
    start: "2023-12-31",
    columns: { sales: values, stock: values, price: values },
  });

  it("aggregates each metric by its rule, over 4-4-5 months, and tells the ends that are not whole", () => {
    const months = resampleByCalendar(table, retailCalendar({ pattern: "4-5-4", period: "month" }), shop);
    expect(months.labels.slice(0, 3)).toEqual(["2023-M12", "2024-M01", "2024-M02"]);
    expect(months.columns.sales[0]).toBe((34 * 35) / 2);
    expect([months.columns.stock[0], months.columns.price[0]]).toEqual([34, 17]);
    expect([months.length, iso(months.starts[1])]).toEqual([14, "2024-02-04"]);
    expect(months.incomplete).toEqual([{ date: "2025-M01", periods: 1, expected: 28, dropped: false }]);
    const whole = resampleByCalendar(table, retailCalendar({ pattern: "4-5-4", period: "month" }), shop, {
      incomplete: "drop",
    });
    expect([whole.length, whole.labels.at(-1), whole.incomplete[0].dropped]).toEqual([13, "2024-M12", true]);
  });

  it("keeps the total of a flow in every calendar", () => {
    for (const calendar of calendars) {
      const { columns, labels } = resampleByCalendar(table, calendar, shop);
      expect(columns.sales.reduce((sum, one) => sum + one, 0)).toBe((399 * 400) / 2);
      expect(new Set(labels).size).toBe(labels.length);
    }
  });

  it("counts the days without work to the business day that follows", () => {
    const week = TimeTable.of({
      frequency: "D",
      start: "2026-01-02",
      columns: { sales: [1, 2, 4, 8], stock: [1, 2, 3, 4], price: [1, 1, 1, 5] },
    });
    const days = resampleByCalendar(week, businessDays(), shop);
    expect(days.labels).toEqual(["2026-01-02", "2026-01-05"]);
    expect([...days.columns.sales, ...days.columns.stock]).toEqual([1, 14, 1, 4]);
    expect(days.incomplete).toEqual([]);
  });

  it("refuses periods that cross, distinct counts, and a table without a whole period", async () => {
    const months = TimeTable.of({ frequency: "M", start: "2026-01", columns: { sales: [1], stock: [1], price: [1] } });
    const error = await caught(() =>
      resampleByCalendar(months, retailCalendar({ pattern: "4-4-5", period: "month" }), shop),
    );
    expect(error.code).toBe("unsupported");
    const quarters = resampleByCalendar(months, fiscalCalendar({ startMonth: 4, period: "quarter" }), shop);
    expect(quarters.incomplete).toEqual([{ date: "FY2026-Q4", periods: 1, expected: 3, dropped: false }]);
    expect(
      (
        await caught(() =>
          resampleByCalendar(months, fiscalCalendar({ startMonth: 4, period: "quarter" }), shop, {
            incomplete: "drop",
          }),
        )
      ).code,
    ).toBe("out-of-range");
    const distinct = department("d", { sales: { unit: "1", kind: "flow", aggregate: "distinctCount" } });
    const one = TimeTable.of({ frequency: "D", start: "2026-01-05", columns: { sales: [1] } });
    expect((await caught(() => resampleByCalendar(one, businessDays(), distinct))).path).toEqual(["sales"]);
  });
});

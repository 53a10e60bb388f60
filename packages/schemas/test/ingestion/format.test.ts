import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type CellFormat, department, ingest } from "../../src/index.js";
import { caught } from "../helpers.js";

/** The number that a cell of a metric of `unit` becomes, or the message of its issue. */
async function number(text: string, unit: string, format: CellFormat): Promise<number | string> {
  const schema = department("s", { value: { unit, kind: "stock" } });
  try {
    return (await ingest([{ date: "2026-01-05", value: text }], { schema, frequency: "D", format })).column("value")[0];
  } catch (error) {
    return (error as { issues: { message: string }[] }).issues[0].message;
  }
}

/** The date that a cell becomes in a table of hours, or the message of its issue. */
async function time(date: string | number, format: CellFormat, timeZone = "UTC"): Promise<string> {
  const schema = department("s", { value: { unit: "1", kind: "stock" } });
  try {
    return (await ingest([{ date, value: 1 }], { schema, frequency: "h", format, timeZone })).dates[0];
  } catch (error) {
    return (error as { issues: { message: string }[] }).issues[0].message;
  }
}

describe("numbers of a format", () => {
  it.each([
    ["1.234,56", "1", { locale: "de-DE" }, 1234.56],
    ["1.234.567", "1", { locale: "de-DE" }, 1234567],
    ["-1.234,5", "1", { locale: "de-DE" }, -1234.5],
    ["1.234,56 €", "EUR", { locale: "de-DE" }, 1234.56],
    ["1\u202f234,5", "1", { locale: "fr-FR" }, 1234.5],
    ["1\u00a0234,5 €", "EUR", { locale: "fr-FR" }, 1234.5],
    ["1’234.5", "CHF", { locale: "de-CH" }, 1234.5],
    ["12,34,567.8", "INR", { locale: "en-IN" }, 1234567.8],
    ["£1,200", "GBP", { locale: "en-GB" }, 1200],
    ["-£1,200.50", "GBP", { locale: "en-GB" }, -1200.5],
    ["£-1,200.50", "GBP", { locale: "en-GB" }, -1200.5],
    ["\u22125", "1", { locale: "en-GB" }, -5],
    ["+5", "1", { locale: "en-GB" }, 5],
    ["(1,200)", "GBP", { locale: "en-GB" }, -1200],
    ["(£1,200)", "GBP", { locale: "en-GB" }, -1200],
    ["GBP 5", "GBP", {}, 5],
    ["5 GBP", "GBP/order", {}, 5],
    ["$5", "USD", {}, 5],
    ["12 %", "1", { locale: "de-DE" }, 0.12],
    ["7%", "1", {}, 0.07],
    ["12,5 %", "%", { locale: "de-DE" }, 12.5],
    ["-3%", "1", {}, -0.03],
    ["1e3", "1", {}, 1000],
    [".5", "1", {}, 0.5],
    [",5", "1", { decimal: "," }, 0.5],
    ["1 234", "1", { group: " " }, 1234],
    ["", "1", { locale: "de-DE" }, Number.NaN],
    ["N/A", "1", { locale: "de-DE" }, Number.NaN],
  ] as const)("%s in '%s' by %j is %d", async (text, unit, format, wanted) => {
    expect(await number(text, unit, format)).toBe(wanted);
  });

  it.each([
    ["1.5", "1", { locale: "de-DE" }, "as de-DE writes it"],
    ["1,5", "1", { locale: "en-GB" }, "as en-GB writes it"],
    ["1,2345", "1", { locale: "en-GB" }, "as en-GB writes it"],
    ["12,34,567", "1", { locale: "en-GB" }, "as en-GB writes it"],
    ["1.234", "1", { decimal: "," }, "as the format writes it"],
    ["1,200", "1", {}, "as the format writes it"],
    ["$5", "GBP", {}, "is not an amount in 'GBP'"],
    ["£5", "1", {}, "is not an amount in '1'"],
    ["5 orders", "GBP", {}, "is not an amount in 'GBP'"],
    ["12 %", "GBP", {}, "is a percentage, where the unit is 'GBP'"],
    ["1e3 %", "1", {}, "not a number"],
    ["(-5)", "1", {}, "not a number"],
    ["--5", "1", {}, "not an amount"],
    ["£5 GBP", "GBP", {}, "not a number"],
    ["1e400", "1", {}, "too large"],
    ["abc", "1", {}, "not a number"],
    ["0x1f", "1", {}, "not a"],
    ["9".repeat(100), "1", {}, "not a number"],
  ] as const)("%s in '%s' by %j is an issue", async (text, unit, format, message) => {
    expect(await number(text, unit, format)).toContain(message);
  });

  it("reads what Intl writes, in any of many locales", async () => {
    const locales = [
      "en-GB",
      "en-US",
      "de-DE",
      "fr-FR",
      "es-ES",
      "pl-PL",
      "sv-SE",
      "de-CH",
      "pt-BR",
      "it-IT",
      "en-IN",
      "ja-JP",
    ];
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...locales), fc.integer({ min: -1e12, max: 1e12 }), async (locale, cents) => {
        const value = cents / 100;
        const options = { minimumFractionDigits: 2, maximumFractionDigits: 2 };
        const plain = new Intl.NumberFormat(locale, options).format(value);
        expect(await number(plain, "1", { locale })).toBe(value + 0);
        const amount = new Intl.NumberFormat(locale, { ...options, style: "currency", currency: "EUR" }).format(value);
        expect(await number(amount, "EUR", { locale })).toBe(value + 0);
      }),
      { numRuns: 200 },
    );
  });

  it("numbers that are numbers stay as they are, and counted cells too", async () => {
    const schema = department("s", {
      value: { unit: "EUR", kind: "flow" },
      ids: { unit: "1", kind: "flow", aggregate: "distinctCount" },
    });
    const rows = [
      { date: "2026-01-05", value: 1.5, id: "1.000" },
      { date: "2026-01-05", value: "1.000", id: "1000" },
    ];
    const table = await ingest(rows, { schema, frequency: "D", columns: { ids: "id" }, format: { locale: "de-DE" } });
    expect([...table.rows()]).toEqual([{ date: "2026-01-05", value: 1001.5, ids: 2 }]);
  });

  it("one column of two units is read for each", async () => {
    const schema = department("s", { share: { unit: "1", kind: "rate" }, percent: { unit: "%", kind: "rate" } });
    const table = await ingest([{ date: "2026-01-05", x: "12%" }], {
      schema,
      frequency: "D",
      columns: { share: "x", percent: "x" },
      format: {},
    });
    expect([...table.rows()]).toEqual([{ date: "2026-01-05", share: 0.12, percent: 12 }]);
  });

  it("refuses a format that is none", async () => {
    const schema = department("s", { value: { unit: "1", kind: "stock" } });
    const refused = (format: unknown) => caught(() => ingest([], { schema, format: format as CellFormat }));
    expect((await refused({ locale: "not a locale" })).path).toEqual(["format", "locale"]);
    expect((await refused({ decimal: ";" })).path).toEqual(["format", "decimal"]);
    expect((await refused({ dates: "dym" })).path).toEqual(["format", "dates"]);
    expect((await refused({ excel: 1905 })).path).toEqual(["format", "excel"]);
    expect((await refused({ decimals: "." })).path).toEqual(["format", "decimals"]);
    expect((await refused({ decimal: ",", group: "," })).code).toBe("conflict");
    expect((await refused({ locale: "de-DE", decimal: "." })).code).toBe("conflict");
  });
});

describe("times of a format", () => {
  it.each([
    ["05.01.2026", { dates: "dmy" }, "2026-01-05T00:00Z"],
    ["05.01.2026 14:30", { locale: "de-DE" }, "2026-01-05T14:00Z"],
    ["1/2/2026", { dates: "mdy" }, "2026-01-02T00:00Z"],
    ["1/2/2026", { locale: "en-GB" }, "2026-02-01T00:00Z"],
    ["01/02/2026 2:05 PM", { locale: "en-US" }, "2026-01-02T14:00Z"],
    ["01/02/2026 12:05 am", { locale: "en-US" }, "2026-01-02T00:00Z"],
    ["2026/1/5", {}, "2026-01-05T00:00Z"],
    ["5 January 2026", {}, "2026-01-05T00:00Z"],
    ["Jan 5, 2026, 2:05 PM", {}, "2026-01-05T14:00Z"],
    ["05-Jan-2026", {}, "2026-01-05T00:00Z"],
    ["January 2026", {}, "2026-01-01T00:00Z"],
    ["5. Januar 2026", { locale: "de-DE" }, "2026-01-05T00:00Z"],
    ["5. März 2026", { locale: "de-DE" }, "2026-03-05T00:00Z"],
    ["5 janvier 2026", { locale: "fr-FR" }, "2026-01-05T00:00Z"],
    ["5 févr. 2026", { locale: "fr-FR" }, "2026-02-05T00:00Z"],
    ["5 de enero de 2026", { locale: "es-ES" }, "2026-01-05T00:00Z"],
    ["01/2026", {}, "2026-01-01T00:00Z"],
    ["2026-Q3", {}, "2026-07-01T00:00Z"],
    ["Q3 2026", {}, "2026-07-01T00:00Z"],
    ["2026Q1", {}, "2026-01-01T00:00Z"],
    // ISO 8601: week 1 has the year's first Thursday; 2026 and 2020 have 53 weeks
    ["2026-W05", {}, "2026-01-26T00:00Z"],
    ["2026W01", {}, "2025-12-29T00:00Z"],
    ["2026-W05-3", {}, "2026-01-28T00:00Z"],
    ["2026-W53", {}, "2026-12-28T00:00Z"],
    ["2020-W53", {}, "2020-12-28T00:00Z"],
    // Microsoft: 1 is 1 January 1900, 61 is 1 March 1900, 39448 is 1 January 2008; in the 1904 system 37986 is that day
    [1, { excel: 1900 }, "1900-01-01T00:00Z"],
    [59, { excel: 1900 }, "1900-02-28T00:00Z"],
    [61, { excel: 1900 }, "1900-03-01T00:00Z"],
    [39448, { excel: 1900 }, "2008-01-01T00:00Z"],
    ["39448", { excel: 1900 }, "2008-01-01T00:00Z"],
    [39448.75, { excel: 1900 }, "2008-01-01T18:00Z"],
    [39448 + 1 / 3, { excel: 1900 }, "2008-01-01T08:00Z"],
    [37986, { excel: 1904 }, "2008-01-01T00:00Z"],
    [0, { excel: 1904 }, "1904-01-01T00:00Z"],
    ["2026-01-05", { excel: 1900, locale: "de-DE" }, "2026-01-05T00:00Z"],
    ["2026-01-05T10:00+01:00", { locale: "de-DE" }, "2026-01-05T09:00Z"],
    [Date.UTC(2026, 0, 5), { locale: "de-DE" }, "2026-01-05T00:00Z"],
  ] as const)("%s by %j is %s", async (date, format, wanted) => {
    expect(await time(date, format)).toBe(wanted);
  });

  it.each([
    ["01/02/2026", {}, "may have the day or the month first"],
    ["13/02/2026", {}, "may have the day or the month first"],
    ["05.01.2026", {}, "may have the day or the month first"],
    ["01/02/2026", { dates: "ymd" }, "may have the day or the month first"],
    ["01/02/26", { dates: "dmy" }, "a year of 2 digits"],
    ["31.02.2026", { dates: "dmy" }, "is not a date"],
    ["02/31/2026", { dates: "dmy" }, "is not a date"],
    ["2027-W53", {}, "is not a week of 2027"],
    ["2026-W00", {}, "is not a week of 2026"],
    ["2026-Q5", {}, "is not a date"],
    ["Jan 26", {}, "no year of four digits"],
    ["5 Januar 2026", {}, "is not a date"],
    ["05.01.2026 25:00", { dates: "dmy" }, "is not a time"],
    ["01/02/2026 13:05 PM", { locale: "en-US" }, "is not a time"],
    [60, { excel: 1900 }, "29 February 1900"],
    [0, { excel: 1900 }, "not a day number"],
    [-1, { excel: 1904 }, "not a day number"],
    [3_000_000, { excel: 1900 }, "not a day number"],
    ["x".repeat(100_000), {}, "is not a date"],
  ] as const)("%s by %j is an issue", async (date, format, message) => {
    expect(await time(date, format)).toContain(message);
  });

  it("without a format, a date of numbers is an issue that tells what to declare", async () => {
    const schema = department("s", { value: { unit: "1", kind: "stock" } });
    const error = await caught(() => ingest("date,value\n01/02/2026,1\n", { schema }));
    expect(error.message).toContain('format: { dates: "dmy" }');
    expect((await caught(() => ingest("date,value\n2026-W05,1\n", { schema }))).message).toContain("is not a date");
  });

  it("local times are of the zone; one that the zone skips is an issue", async () => {
    expect(await time("05.07.2026 12:30", { locale: "de-DE" }, "Europe/Berlin")).toBe("2026-07-05T10:00Z");
    expect(await time("29.03.2026 02:30", { locale: "de-DE" }, "Europe/Berlin")).toContain(
      "does not exist in Europe/Berlin",
    );
    expect(await time("29.03.2026", { locale: "de-DE" }, "Europe/Berlin")).toBe("2026-03-28T23:00Z");
  });

  it("reads the long and short dates that Intl writes, in many locales", async () => {
    const locales = ["en-GB", "en-US", "de-DE", "fr-FR", "es-ES", "it-IT", "pl-PL", "sv-SE", "pt-BR", "nl-NL"];
    const styles = [
      { day: "numeric", month: "long", year: "numeric" },
      { day: "2-digit", month: "2-digit", year: "numeric" },
    ] as const;
    const days = fc.integer({ min: 0, max: 20_000 });
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...locales), fc.constantFrom(...styles), days, async (locale, style, day) => {
        const instant = day * 86_400_000;
        const text = new Intl.DateTimeFormat(locale, { ...style, timeZone: "UTC" }).format(instant);
        expect(await time(text, { locale })).toBe(`${new Date(instant).toISOString().slice(0, 16)}Z`);
      }),
      { numRuns: 200 },
    );
  });
});

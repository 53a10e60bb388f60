import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { csvPieces, department, type IngestOptions, ingest, readCsv, TimeTable, toCsv } from "../../src/index.js";
import { caught } from "../helpers.js";

const schema = department("s", {
  sales: { unit: "GBP", kind: "flow" },
  "a,b": { unit: "1", kind: "stock" },
  'quo"te': { unit: "1", kind: "price" },
});
const names = ["sales", "a,b", 'quo"te'] as const;
const frequencies = ["h", "D", "W", "M", "Q", "Y", "2W"] as const;
const value = fc.oneof(fc.constant(Number.NaN), fc.constant(-0), fc.double({ noNaN: true, noDefaultInfinity: true }));
const tables = fc
  .record({
    frequency: fc.constantFrom(...frequencies),
    first: fc.integer({ min: -40, max: 40 }),
    rows: fc.array(fc.tuple(value, value, value), { minLength: 1, maxLength: 30 }),
  })
  .map(({ frequency, first, rows }) => {
    const reference = TimeTable.of({
      frequency,
      start: frequency === "2W" ? "1970-01-05" : frequency === "W" ? "1970-01-05" : "1970-01-01",
      columns: { x: [1] },
    });
    return TimeTable.of({
      frequency,
      start: reference.instant(first),
      columns: Object.fromEntries(names.map((name, index) => [name, rows.map((row) => row[index])])),
    });
  });
const bits = (table: TimeTable): unknown => [
  table.frequency,
  table.start,
  names.map((name) => Buffer.from(table.column(name).buffer).toString("hex")),
];

describe("toCsv", () => {
  it("ingest(serialise(table)) = table, to the last bit, in every form", async () => {
    await fc.assert(
      fc.asyncProperty(tables, fc.constantFrom(",", ";", "\t", "|" as const), async (table, delimiter) => {
        const rows = [...table.rows()];
        const json = JSON.stringify(rows, (_, cell: unknown) => (Object.is(cell, -0) ? "-0" : cell));
        const columns = { date: table.dates, ...Object.fromEntries(names.map((name) => [name, table.column(name)])) };
        const options: Partial<IngestOptions<(typeof names)[number]>> = { schema, frequency: table.frequency };
        const read = (source: Parameters<typeof ingest>[0], more: object = {}): Promise<TimeTable> =>
          ingest(source, { ...options, schema, ...more });
        const held = bits(table);
        expect(bits(await read(toCsv(table, { delimiter }), { delimiter }))).toEqual(held);
        expect(bits(await read(json, { type: "json" }))).toEqual(held);
        expect(bits(await read(json.slice(1, -1).replaceAll("},{", "}\n{"), { type: "ndjson" }))).toEqual(held);
        expect(bits(await read(rows))).toEqual(held);
        expect(bits(await read(columns))).toEqual(held);
        expect(bits(TimeTable.fromJSON(JSON.parse(JSON.stringify(table))))).toEqual(held);
      }),
      { numRuns: 200 },
    );
  });

  it("leaves out gaps, which come back as gaps, but not at the ends", async () => {
    const only = department("s", { sales: { unit: "GBP", kind: "flow" } });
    const nan = Number.NaN;
    const table = TimeTable.of({ frequency: "D", start: "2026-01-05", columns: { sales: [nan, 1, nan, nan, 2, nan] } });
    expect(toCsv(table)).toBe("date,sales\n2026-01-05,\n2026-01-06,1\n2026-01-09,2\n2026-01-10,\n");
    const copy = await ingest(toCsv(table), { schema: only, frequency: "D" });
    expect(copy.quality.gaps).toEqual([{ from: "2026-01-07", to: "2026-01-08", periods: 2 }]);
  });

  it("no text that a spreadsheet would run comes out, and no number or date is changed", () => {
    const texts = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", '=HYPERLINK("http://x")', "-2+3|cmd"];
    for (const text of texts) {
      const [, line] = /^name\n([\s\S]*)\n$/.exec(toCsv([{ name: text }])) ?? [];
      expect(line).toBe(/["\r]/.test(text) ? `"'${text.replaceAll('"', '""')}"` : `'${text}`);
    }
    expect(toCsv([{ "=x": 1 }])).toBe("'=x\n1\n");
    expect(toCsv([{ a: -1, b: "a=b", c: new Date(0), d: -5n, e: true }])).toBe(
      "a,b,c,d,e\n-1,a=b,1970-01-01T00:00:00.000Z,-5,true\n",
    );
  });

  it("gives back any texts through readCsv, but for the apostrophe", async () => {
    const text = fc.string({ unit: fc.constantFrom("a", '"', ",", "\n", "\r", "=", "-", "'", " ", "é"), maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(fc.array(fc.record({ x: text, y: text }), { minLength: 1, maxLength: 6 }), async (rows) => {
        const safe = (cell: string): string => (/^[=+\-@\t\r]/.test(cell) ? `'${cell}` : cell);
        const read: unknown[][] = [[], []];
        for await (const { columns } of readCsv(toCsv(rows), ["x", "y"]))
          columns.forEach((cells, index) => {
            read[index].push(...Array.from(cells));
          });
        expect(read).toEqual([rows.map(({ x }) => safe(x)), rows.map(({ y }) => safe(y))]);
      }),
    );
  });

  it("writes in pieces, chosen columns, and tells a row with a column that the first does not have", async () => {
    const rows = Array.from({ length: 2500 }, (_, row) => ({ row, note: `n${row}` }));
    const pieces = [...csvPieces(rows)];
    expect(pieces).toHaveLength(3);
    expect(pieces.join("")).toBe(toCsv(rows));
    expect(toCsv(rows.slice(0, 1), { columns: ["note", "none"] })).toBe("note,none\nn0,\n");
    expect((await caught(() => toCsv([{ a: 1 }, { a: 1, b: 2 }]))).path).toEqual(["rows", 1, "b"]);
    expect([toCsv([]), toCsv([{ a: null }, { a: "" }])]).toEqual(["", 'a\n""\n""\n']);
    expect(toCsv(JSON.parse('[{"__proto__": 1}]'))).toBe("__proto__\n1\n");
  });
});

import { describe, expect, it } from "vitest";
import { department, type IngestSource, ingest, type TimeTable, validate } from "../src/index.js";
import { caught } from "./helpers.js";

const shop = department("shop", {
  revenue: { unit: "GBP", kind: "flow" },
  price: { unit: "GBP", kind: "price", minimum: 0, maximum: 1000 },
});
const options = { schema: shop, frequency: "D" } as const;
const read = (source: IngestSource): Promise<TimeTable<"revenue" | "price">> => ingest(source, options);
const day = (index: number): string => new Date(Date.UTC(2025, 0, 1 + index)).toISOString().slice(0, 10);

describe("bad input", () => {
  it("a missing column: the near name is suggested, and the other columns are checked all the same", async () => {
    const error = await caught(() => read("date,reveneu,price\n2026-01-01,1,-5\n"));
    expect(error.issues[0]).toMatchObject({
      code: "unknown-name",
      path: ["columns", "revenue"],
      fix: "did you mean 'reveneu'?",
    });
    expect(error.issues[1]).toMatchObject({ code: "out-of-range", path: ["rows", 2, "price"] });
    expect(error.issues).toHaveLength(2);
  });

  it("a missing time column: one issue, not one per row; so too for row objects and columns", async () => {
    const rows = [1, 2, 3].map((revenue) => ({ day: "2026-01-01", revenue, price: 1 }));
    for (const source of [
      "dat,revenue,price\n1,1,1\n2,2,2\n",
      rows,
      { data: ["2026-01-01"], revenue: [1], price: [1] },
    ]) {
      const error = await caught(() => read(source));
      expect(error.issues.map(({ path }) => path)).toEqual([["columns", "date"]]);
    }
  });

  it("a column that is there twice", async () => {
    expect((await caught(() => read("date,price,revenue,price\n2026-01-01,1,2,3\n"))).code).toBe("conflict");
  });

  it("an unknown metric in the options", async () => {
    const error = await caught(() => ingest("", { schema: shop, columns: { revenu: "x" } as never }));
    expect(error.message).toContain("did you mean 'revenue'?");
  });

  it("a wrong type in row 317: the row is that of the file, the header being row 1", async () => {
    const lines = Array.from({ length: 400 }, (_, index) => `${day(index)},${index + 2 === 317 ? "abc" : 10},5`);
    const csv = `date,revenue,price\n${lines.join("\n")}`;
    const error = await caught(() => read(csv));
    expect(error.issues).toHaveLength(1);
    expect(error.path).toEqual(["rows", 317, "revenue"]);
    expect(error.message).toContain("'abc' is not a number");
    expect(csv.split("\n")[317 - 1]).toContain("abc");

    const table = await ingest(csv, { ...options, invalid: "reject" });
    expect(table.quality).toMatchObject({ rowsRead: 400, rowsAccepted: 399, rowsRejected: 1 });
    expect(table.quality.reasons).toEqual([
      {
        code: "invalid-data",
        column: "revenue",
        reason: "not a number",
        count: 1,
        examples: [{ row: 317, message: "'abc' is not a number" }],
      },
    ]);
    expect(table.quality.gaps).toEqual([{ from: day(315), to: day(315), periods: 1 }]);
    expect(table.column("revenue")[315]).toBeNaN();
  });

  it("all issues of one input are gathered, by row", async () => {
    const error = await caught(() =>
      read("date,revenue,price\n2026-13-01,1,1\n2026-01-02,x,-1\n2026-01-03,1\n2026-01-04,1,2000\n"),
    );
    expect(error.issues.map(({ path, code }) => [...path.slice(1), code])).toEqual([
      [2, "date", "invalid-time"],
      [3, "revenue", "invalid-data"],
      [3, "price", "out-of-range"],
      [4, "invalid-data"],
      [5, "price", "out-of-range"],
    ]);
  });

  it("a hundred thousand issues: the first thousand whole, the others told by number, all counted", async () => {
    const csv = `date,revenue,price\n${"2026-01-01,x,1\n".repeat(100_000)}2026-01-02,1,1\n`;
    const error = await caught(() => read(csv));
    expect(error.issues).toHaveLength(1001);
    expect(error.issues.at(-1)?.message).toContain("99000 more");
    const { quality } = await ingest(csv, { ...options, invalid: "reject" });
    expect(quality.reasons[0]).toMatchObject({ count: 100_000 });
    expect(quality.reasons[0].examples).toHaveLength(3);
    expect(quality.metrics["revenue"].validity).toBeCloseTo(1 / 100_001, 12);
  });

  it("a byte-order mark, CRLF, blank lines and quoted newlines are legal", async () => {
    const csv =
      '\ufeff"date","price","note","revenue"\r\n2026-01-01,1,"two\r\nlines, ""quoted""",3\r\n\r\n2026-01-02,2,,4\r\n\r\n';
    for (const source of [csv, new Blob([csv]).stream()]) {
      const table = await read(source);
      expect([...table.column("revenue")]).toEqual([3, 4]);
      expect(table.quality.rowsRead).toBe(2);
    }
    const error = await caught(() => read(csv.replace(",4", ",four")));
    expect(error.path).toEqual(["rows", 4, "revenue"]); // the header, a row of two lines, a blank row, this one
  });

  it("an empty source, and one of only a header", async () => {
    for (const source of ["", "\ufeff", new Blob([]).stream()])
      expect((await caught(() => read(source))).message).toContain("is empty");
    for (const source of ["date,revenue,price", "date,revenue,price\n\n", [], { date: [], revenue: [], price: [] }])
      expect((await caught(() => read(source))).message).toContain("no row");
  });

  it("two rows of one time are aggregated where a frequency says so, else an issue of the later", async () => {
    const csv = "date,revenue,price\n2026-01-01,1,2\n2026-01-02,3,4\n2026-01-01,5,6\n";
    const table = await read(csv);
    expect([...table.column("revenue")]).toEqual([6, 3]);
    expect(table.quality).toMatchObject({ duplicates: 1, unsorted: 1, rowsAccepted: 3 });

    const error = await caught(() => ingest(csv, { schema: shop }));
    expect(error.issues).toMatchObject([{ code: "conflict", path: ["rows", 4, "date"] }]);
    const first = await ingest(csv, { schema: shop, invalid: "reject" });
    expect([...first.column("revenue")]).toEqual([1, 3]);
    expect(first.quality).toMatchObject({ rowsRejected: 1, duplicates: 0 });
  });

  it("unsorted times give the table of the sorted ones", async () => {
    const rows = ["2026-01-03,3,1", "2026-01-01,1,1", "2026-01-02,2,1"];
    const table = await read(`date,revenue,price\n${rows.join("\n")}`);
    expect([...table.column("revenue")]).toEqual([1, 2, 3]);
    expect(table.quality.unsorted).toBe(1);
  });

  it("a gap is a row of NaN and is reported", async () => {
    const table = await read("date,revenue,price\n2026-01-01,1,1\n2026-01-04,4,\n2026-01-05,5,1\n");
    expect([...table.column("revenue")]).toEqual([1, Number.NaN, Number.NaN, 4, 5]);
    expect(table.quality.gaps).toEqual([{ from: "2026-01-02", to: "2026-01-03", periods: 2 }]);
    expect(table.quality.metrics["price"]).toMatchObject({
      missing: 3,
      completeness: 0.4,
      cells: { read: 3, empty: 1, invalid: 0 },
    });
  });

  it("daylight saving: a local time that is skipped is an issue, one that comes twice is the first and is counted", async () => {
    const london = { ...options, frequency: "h", timeZone: "Europe/London" } as const;
    const skipped = await caught(() =>
      ingest("date,revenue,price\n2011-03-27 01:30,1,1\n2011-03-27 02:00,1,1\n", london),
    );
    expect(skipped.issues).toHaveLength(1);
    expect(skipped.issues[0]).toMatchObject({ code: "invalid-time", path: ["rows", 2, "date"] });
    expect(skipped.message).toContain("does not exist in Europe/London");

    const rows = ["00:30", "01:30", "01:30", "02:30"].map((time, index) => `2011-10-30 ${time},${index},1`);
    const table = await ingest(`date,revenue,price\n${rows.join("\n")}\n2011-10-30T01:45Z,9,1`, london);
    expect([...table.rows()].map(({ date, revenue }) => [date, revenue])).toEqual([
      ["2011-10-29T23:00Z", 0],
      ["2011-10-30T00:00Z", 3],
      ["2011-10-30T01:00Z", 9],
      ["2011-10-30T02:00Z", 3],
    ]);
    expect(table.quality.ambiguousTimes).toBe(2);

    const error = await caught(() => ingest("date", { ...options, timeZone: "Europe/Lodnon" }));
    expect([error.code, error.path]).toEqual(["invalid-argument", ["timeZone"]]);
  });

  it("NaN and nothing are missing; 1e400 and infinities are issues, never coerced", async () => {
    const table = await read(
      "date,revenue,price\n2026-01-01,NaN,1\n2026-01-02,,1\n2026-01-03, 1e3 ,1\n2026-01-04,null,1\n2026-01-05,NA,1\n",
    );
    expect([...table.column("revenue")]).toEqual([Number.NaN, Number.NaN, 1000, Number.NaN, Number.NaN]);
    expect(table.quality.gaps).toEqual([]);
    for (const cell of ["1e400", "-1e400", "Infinity", "0x1f", "1_000", "1 000", "1.2.3", "true", "£5"]) {
      const error = await caught(() => read(`date,revenue,price\n2026-01-01,${cell},1\n`));
      expect(error.path).toEqual(["rows", 2, "revenue"]);
    }
    expect((await caught(() => read("date,revenue,price\n2026-01-01,1e400,1\n"))).message).toContain("too large");
    for (const cell of [Infinity, -Infinity, true, {}, [], 1n, new Date(0)])
      expect((await caught(() => read([{ date: "2026-01-01", revenue: cell, price: 1 }]))).path).toEqual([
        "rows",
        0,
        "revenue",
      ]);
    const objects = await read(
      [Number.NaN, null, undefined, ""].map((revenue, index) => ({ date: day(index), revenue, price: 1 })),
    );
    expect(objects.quality.metrics["revenue"].missing).toBe(4);
  });

  it("a negative price", async () => {
    const error = await caught(() => read("date,revenue,price\n2026-01-01,-3,-3\n"));
    expect(error.issues).toMatchObject([
      { code: "out-of-range", path: ["rows", 2, "price"], message: "-3 is below the minimum 0" },
    ]);
  });

  it("one row: a table where the frequency is declared, else an issue", async () => {
    const csv = "date,revenue,price\n2026-01-01,1,2\n";
    const table = await read(csv);
    expect([table.length, table.quality.score]).toEqual([1, 100]);
    expect((await caught(() => ingest(csv, { schema: shop }))).path).toEqual(["frequency"]);
  });

  it("times of no frequency", async () => {
    const error = await caught(() =>
      ingest("date,revenue,price\n2026-01-01 08:07,1,1\n2026-01-02 09:31,1,1\n", { schema: shop }),
    );
    expect([error.code, error.path]).toEqual(["invalid-time", ["frequency"]]);
  });

  it("a constant series is legal and told", async () => {
    const rows = Array.from({ length: 20 }, (_, index) => `${day(index)},7,${index}`);
    const { quality } = await read(`date,revenue,price\n${rows.join("\n")}`);
    expect(quality.metrics["revenue"]).toMatchObject({ constant: true, outliers: 0, score: 100 });
    expect(quality.metrics["price"].constant).toBe(false);
  });

  it("an all-missing column is legal, and its score is 0", async () => {
    const { quality } = await read("date,revenue,price\n2026-01-01,1,\n2026-01-02,1,\n");
    expect(quality.metrics["price"]).toMatchObject({
      missing: 2,
      completeness: 0,
      score: 0,
      validity: 1,
      constant: false,
    });
    expect([quality.score, quality.gaps]).toEqual([50, []]);
  });

  it.each(["__proto__", "constructor", "prototype"])(
    "'%s' as a column or key is refused, wherever it is",
    async (name) => {
      const path = ["columns", name];
      expect((await caught(() => read(`date,${name},revenue,price\n2026-01-01,9,1,1\n`))).issues).toMatchObject([
        { path },
      ]);
      const columns = JSON.parse(`{ "date": ["2026-01-01"], "${name}": [9], "revenue": [1], "price": [1] }`);
      expect((await caught(() => read(columns))).issues).toMatchObject([{ path }]);
      const row = `{ "date": "2026-01-01", "${name}": { "revenue": 5 }, "revenue": 1, "price": 1 }`;
      expect((await caught(() => read([JSON.parse(row)]))).issues).toMatchObject([{ path: ["rows", 0] }]);
      for (const [type, text] of [
        ["json", `[${row}]`],
        ["ndjson", row],
      ] as const)
        expect((await caught(() => ingest(text, { ...options, type }))).message).toContain(
          `the key '${name}' is not allowed`,
        );
      const { quality } = await ingest([JSON.parse(row), { date: "2026-01-02", revenue: 1, price: 1 }], {
        ...options,
        invalid: "reject",
      });
      expect(quality).toMatchObject({ rowsRead: 2, rowsRejected: 1 });
      expect(({} as Record<string, unknown>)["revenue"]).toBeUndefined();
    },
  );

  it("cells of a million characters", async () => {
    const long = "x".repeat(1_000_000);
    const table = await read(`date,note,revenue,price\n2026-01-01,"${long}\n""",1,1\n`);
    expect([...table.column("revenue")]).toEqual([1]);
    const error = await caught(() => read(`date,revenue,price,${long}\n${long},${long},1,1\n`));
    expect(error.issues).toHaveLength(2);
    expect(error.message.length).toBeLessThan(1000);
    expect((await caught(() => read(`${long},b\n1,2\n`))).message.length).toBeLessThan(2000);
  });

  it("a quote that is never closed, or goes on: never half a table", async () => {
    const good = "date,note,revenue,price\n2026-01-01,a,1,1\n";
    const open = await caught(() =>
      ingest(`${good}2026-01-02,"b,2,2\n2026-01-03,c,x,3\n`, { ...options, invalid: "reject" }),
    );
    expect(open.issues).toMatchObject([{ path: ["rows", 3], message: "a quoted cell never ends" }]);
    const stray = await caught(() => read(`${good}2026-01-02,"b"c,2,2\n`));
    expect(stray.path).toEqual(["rows", 3]);
    const literal = await read(`${good}2026-01-02,5" disc,2,2\n`);
    expect([...literal.column("revenue")]).toEqual([1, 2]);
    const endless = async function* (): AsyncGenerator<string> {
      yield `${good}2026-01-02,"`;
      for (;;) yield "x,\n".repeat(100_000);
    };
    expect((await caught(() => read(endless()))).code).toBe("too-large");
  });

  it("a row with too many or too few cells", async () => {
    const csv = "date,revenue,price\n2026-01-01,1,1\n2026-01-02,1\n2026-01-03,1,2,3\n2026-01-04,1,1";
    expect((await caught(() => read(csv))).issues.map(({ path }) => path)).toEqual([
      ["rows", 3],
      ["rows", 4],
    ]);
    const { quality } = await ingest(csv, { ...options, invalid: "reject" });
    expect(quality).toMatchObject({ rowsRead: 4, rowsRejected: 2, gaps: [{ from: "2026-01-02", periods: 2 }] });
  });

  it("bytes that are not UTF-8", async () => {
    const latin = new Blob([Uint8Array.of(100, 97, 116, 101, 44, 0xe9, 10)]).stream();
    expect((await caught(() => read(latin))).message).toContain("not UTF-8");
  });

  it("a failing stream passes its own error on", async () => {
    const failing = new ReadableStream<string>({
      pull: (controller) => controller.error(new TypeError("broken line")),
    });
    await expect(read(failing)).rejects.toThrow("broken line");
  });

  it("times so far apart that the table would not fit", async () => {
    const error = await caught(() =>
      ingest("date,revenue,price\n0200-01-01,1,1\n9999-01-01,1,1\n", { schema: shop, frequency: "h" }),
    );
    expect(error.code).toBe("too-large");
  });

  it("something that is no source", async () => {
    for (const source of [null, undefined, 5, {}, { date: 1 }, new Uint8Array(3), new Date()])
      expect((await caught(() => read(source as never))).path).toEqual(["source"]);
    expect((await caught(() => read([1, null, "x", []] as never))).issues).toHaveLength(4);
    const uneven = await caught(() => read({ date: ["2026-01-01"], revenue: [1, 2], price: [1] }));
    expect(uneven.path).toEqual(["columns", "revenue"]);
  });

  it("nothing accepted: an error, not an empty table", async () => {
    const error = await caught(() => ingest("date,revenue,price\nx,1,1\n", { ...options, invalid: "reject" }));
    expect(error.issues.map(({ message }) => message)).toEqual(["no row was accepted", "'x' is not a date"]);
  });

  it("validate gives the same issues without throwing", () => {
    const rows = [
      { date: "2026-01-01", revenue: 1, price: 1 },
      { date: "nonsense", revenue: "x", price: -1 },
      { date: "2026-01-03", revenue: null, price: 2 },
      7 as never,
    ];
    const { valid, rejected, issues, quality } = validate(shop, rows);
    expect(valid).toEqual([rows[0], rows[2]]);
    expect(rejected.map(({ row, value, issues: own }) => [row, value, own.length])).toEqual([
      [1, rows[1], 3],
      [3, 7, 1],
    ]);
    expect(issues).toHaveLength(4);
    expect(quality).toMatchObject({
      rowsRead: 4,
      rowsAccepted: 2,
      rowsRejected: 2,
      gaps: [{ from: "2026-01-02", periods: 1 }],
    });
    expect(quality.metrics["revenue"]).toMatchObject({ missing: 1, cells: { read: 3, empty: 1, invalid: 1 } });
    expect(validate(shop, [{ revenue: 1, price: 2 }]).issues).toEqual([]);
    expect(validate(shop, [{ revenue: 1, prise: 2 }]).issues[0].fix).toBe("did you mean 'prise'?");
  });
});

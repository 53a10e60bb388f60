import { readFileSync } from "node:fs";
import { createServer, type RequestListener, type Server } from "node:http";
import { gzipSync } from "node:zlib";
import { TwinError } from "@sage-twin/kernel";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  columnsOf,
  department,
  type IngestOptions,
  type IngestSource,
  ingest,
  type TimeTable,
} from "../../src/index.js";
import { caught } from "../helpers.js";

const shop = department("shop", {
  sales: { unit: "GBP", kind: "flow" },
  price: { unit: "GBP", kind: "price", minimum: 0 },
});
type Options = Partial<IngestOptions<"sales" | "price">>;
type Row = Record<string, unknown>;

/** Each way in: the source for some rows, its options, and the number of its first row. */
interface Way {
  readonly source: (rows: readonly Row[]) => IngestSource;
  readonly options?: Options;
  readonly first: number;
}

const csvOf = (rows: readonly Row[], delimiter = ","): string => {
  const names = Object.keys(rows[0] ?? { date: 0, sales: 0, price: 0 });
  return [names, ...rows.map((row) => names.map((name) => row[name] ?? ""))]
    .map((cells) => `${cells.join(delimiter)}\n`)
    .join("");
};
const columnsFrom = (rows: readonly Row[]): Record<string, unknown[]> =>
  Object.fromEntries(
    Object.keys(rows[0] ?? { date: 0, sales: 0, price: 0 }).map((name) => [name, rows.map((row) => row[name])]),
  );
const ndjsonOf = (rows: readonly Row[]): string => rows.map((row) => `${JSON.stringify(row)}\n`).join("");
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const inPieces = (data: Uint8Array, size: number): ReadableStream<Uint8Array> => {
  let at = 0;
  return new ReadableStream({
    pull(controller) {
      if (at >= data.length) controller.close();
      else controller.enqueue(data.subarray(at, at + size));
      at += size;
    },
  });
};
/** What danfojs keeps, and what an Arrow table of texts and doubles answers; the libraries themselves are in the adapters' tests. */
const danfoOf = (rows: readonly Row[]): IngestSource => {
  const columns = columnsFrom(rows);
  return { columns: Object.keys(columns), $dataIncolumnFormat: Object.values(columns) };
};
const arrowOf = (rows: readonly Row[]): IngestSource => {
  const columns = columnsFrom(rows);
  return {
    schema: { fields: Object.keys(columns).map((name) => ({ name, type: { typeId: 5 } })) },
    numRows: rows.length,
    getChildAt: (index) => {
      const cells = Object.values(columns)[index];
      return { length: cells.length, nullCount: 0, get: (row) => cells[row] ?? null, toArray: () => cells };
    },
  };
};

const ways: Record<string, Way> = {
  "CSV text": { source: csvOf, first: 2 },
  "CSV with semicolons": { source: (rows) => csvOf(rows, ";"), options: { delimiter: ";" }, first: 2 },
  "a stream of CSV bytes": { source: (rows) => inPieces(bytes(csvOf(rows)), 7), first: 2 },
  "a stream of gzip": { source: (rows) => inPieces(gzipSync(csvOf(rows)), 1), first: 2 },
  "a Blob of CSV": { source: (rows) => new Blob([csvOf(rows)]), first: 2 },
  "a TSV File": { source: (rows) => new File([csvOf(rows, "\t")], "rows.tsv"), first: 2 },
  "a gzipped CSV File": {
    source: (rows) => new File([new Uint8Array(gzipSync(csvOf(rows)))], "rows.csv.gz"),
    first: 2,
  },
  "JSON text of rows": { source: (rows) => JSON.stringify(rows), options: { type: "json" }, first: 0 },
  "a stream of JSON rows": {
    source: (rows) => inPieces(bytes(JSON.stringify(rows, null, 1)), 3),
    options: { type: "json" },
    first: 0,
  },
  "JSON text of columns": { source: (rows) => JSON.stringify(columnsFrom(rows)), options: { type: "json" }, first: 0 },
  "a JSON Blob": { source: (rows) => new Blob([JSON.stringify(rows)], { type: "application/json" }), first: 0 },
  "NDJSON text": { source: ndjsonOf, options: { type: "ndjson" }, first: 1 },
  "a stream of NDJSON": { source: (rows) => inPieces(bytes(ndjsonOf(rows)), 5), options: { type: "ndjson" }, first: 1 },
  "a JSONL File": { source: (rows) => new File([ndjsonOf(rows)], "rows.jsonl"), first: 1 },
  "row objects": { source: (rows) => [...rows], first: 0 },
  columns: { source: columnsFrom as Way["source"], first: 0 },
  "a danfojs frame": { source: danfoOf, first: 0 },
  "an Arrow table": { source: arrowOf, first: 0 },
};
const day = (index: number): string => new Date(Date.UTC(2026, 0, 1 + index)).toISOString().slice(0, 10);
const good = Array.from({ length: 300 }, (_, index) => ({ date: day(index), sales: index / 4, price: 1 }));

describe.each(Object.entries(ways))("%s", (_, { source, options = {}, first }) => {
  const read = (rows: readonly Row[], more: Options = {}): Promise<TimeTable> =>
    ingest(source(rows), { schema: shop, ...options, ...more });

  it("becomes the table of its rows", async () => {
    const table = await read(good);
    expect([...table.rows()]).toEqual(good);
    expect(table.quality).toMatchObject({ rowsRead: 300, rowsRejected: 0 });
  });

  it("tells the row of each wrong cell, or sets the rows aside", async () => {
    const rows = good.map((row, index) =>
      index === 150
        ? { ...row, sales: "abc" }
        : index === 151
          ? { ...row, price: -1 }
          : index === 299
            ? { ...row, date: "2026-02-31" }
            : row,
    );
    const error = await caught(() => read(rows));
    expect(error.issues.map(({ path }) => path)).toEqual([
      ["rows", first + 150, "sales"],
      ["rows", first + 151, "price"],
      ["rows", first + 299, "date"],
    ]);
    const { quality } = await read(rows, { invalid: "reject", frequency: "D" });
    expect(quality).toMatchObject({ rowsRead: 300, rowsAccepted: 297, rowsRejected: 3 });
  });

  it("a missing column: the near name", async () => {
    const rows = good.map(({ sales, ...row }) => ({ ...row, slaes: sales }));
    const error = await caught(() => read(rows));
    expect(error.issues).toMatchObject([{ path: ["columns", "sales"], fix: "did you mean 'slaes'?" }]);
  });

  it("a missing time column: one issue", async () => {
    const error = await caught(() => read(good.map(({ date, ...row }) => ({ ...row, data: date }))));
    expect(error.issues.map(({ path }) => path)).toEqual([["columns", "date"]]);
  });

  it("no row", async () => {
    expect((await caught(() => read([]))).message).toMatch(/no row|is empty|\bcolumn 'date'/);
  });

  it("two rows of one time, unsorted, with a gap", async () => {
    const rows = [good[3], good[0], good[3]];
    expect((await caught(() => read(rows))).issues).toMatchObject([
      { code: "conflict", path: ["rows", first + 2, "date"] },
    ]);
    const table = await read(rows, { frequency: "D" });
    expect([...table.column("sales")]).toEqual([0, Number.NaN, Number.NaN, 1.5]);
    expect(table.quality).toMatchObject({ duplicates: 1, unsorted: 1, gaps: [{ periods: 2 }] });
  });

  it("a key that pollutes prototypes is refused", async () => {
    const rows = [JSON.parse('{ "date": "2026-01-01", "__proto__": 1, "sales": 1, "price": 1 }')];
    expect((await caught(() => read(rows))).message).toContain("'__proto__' is not allowed");
  });

  it("more rows than the limit, and a signal", async () => {
    expect((await caught(() => read(good, { limits: { rows: 299 } }))).code).toBe("too-large");
    await expect(read(good, { signal: AbortSignal.abort("enough") })).rejects.toBe("enough");
  });

  it("headers matched to metrics", async () => {
    const rows = good.map(({ date, sales, price }) => ({
      "Order Date": date,
      "Net Sales (GBP)": sales,
      unit_price: price,
    }));
    const reports: unknown[] = [];
    const table = await read(rows, { columns: "match", onMatch: ({ columns }) => reports.push(columns) });
    expect([...table.rows()]).toEqual(good);
    expect(reports).toEqual([{ sales: "Net Sales (GBP)", price: "unit_price", date: "Order Date" }]);
    const unlike = await caught(() =>
      read(
        rows.map((row) => ({ day: row["Order Date"], p: 1, s: 2 })),
        { columns: "match" },
      ),
    );
    expect(unlike.issues.map(({ path }) => path)).toEqual([
      ["columns", "sales"],
      ["columns", "price"],
    ]);
  });

  it("numbers and dates of a locale", async () => {
    const rows = [
      { date: "05.01.2026", sales: "1.234,56", price: "2,50 £" },
      { date: "6. Januar 2026", sales: "-7", price: "" },
      { date: "07.01.2026", sales: "1.5", price: "2,50 €" },
    ];
    const quiet = csvSafe(rows, first, options.delimiter);
    const read2 = (given: readonly Row[]): Promise<TimeTable> =>
      read(given, { format: { locale: "de-DE" }, invalid: "reject" });
    const table = await read2(quiet);
    expect([...table.rows()]).toEqual([
      { date: "2026-01-05", sales: 1234.56, price: 2.5 },
      { date: "2026-01-06", sales: -7, price: Number.NaN },
    ]);
    expect(table.quality.reasons).toMatchObject([
      { column: "sales", reason: "not a number", count: 1 },
      {
        column: "price",
        reason: "not a number",
        examples: [{ row: first + 2, message: "'2,50 €' is not an amount in 'GBP'" }],
      },
    ]);
    expect(table.quality.metrics["price"].cells).toEqual({ read: 3, empty: 1, invalid: 1 });
  });
});

/** Cells that CSV with commas must quote. */
function csvSafe(rows: readonly Row[], first: number, delimiter = ","): Row[] {
  if (first !== 2 || delimiter !== ",") return [...rows];
  return rows.map((row) => Object.fromEntries(Object.entries(row).map(([name, cell]) => [name, `"${cell}"`])));
}

describe("JSON", () => {
  const read = (text: string, more: Options = {}): Promise<TimeTable> =>
    ingest(text, { schema: shop, type: "json", ...more });

  it.each([
    ['[{"date":"2026-01-01","sales":1,"price":1}', "cut off"],
    ['[{"date":"2026-01-01","sales":1,"price":1}] {}', "text follows"],
    ['[{"date":"2026-01-01",sales:1}]', "not JSON"],
    ['"text"', "neither an array nor an object"],
    ["7", "neither an array nor an object"],
    ['{"date":["2026-01-01"],"sales":1}', "'sales' is 1, not a column"],
    [`[${"[".repeat(200)}`, "nested deeper than 100"],
    ["", "is empty"],
    ["  ", "cut off|is empty|no row"],
    ['{"date":["2026-01-01"', "not JSON"],
  ])("refuses %s", async (text, message) => {
    expect((await caught(() => read(text))).message).toMatch(new RegExp(message));
  });

  it("tells rows that are no objects, and the others are checked", async () => {
    const error = await caught(() => read('[1,"x",null,[2],{"date":"2026-01-01","sales":"?","price":1}]'));
    expect(error.issues.map(({ path }) => path)).toEqual([
      ["rows", 0],
      ["rows", 1],
      ["rows", 2],
      ["rows", 3],
      ["rows", 4, "sales"],
    ]);
  });

  it("takes strings with brackets, quotes and backslashes, however the text is cut", async () => {
    const rows = [
      { date: "2026-01-01", sales: 1, price: 1, note: '\\"]},[{"' },
      { date: "2026-01-02", sales: 2, price: 1, note: "\\\\" },
      { date: "2026-01-03", sales: 3, price: 1, note: { deep: [["]"]] } },
    ];
    const data = bytes(JSON.stringify(rows));
    for (let size = 1; size < 40; size++) {
      const table = await ingest(inPieces(data, size), { schema: shop, type: "json" });
      expect([...table.column("sales")]).toEqual([1, 2, 3]);
    }
  });

  it("an NDJSON line that is not JSON is a fault of that line, and blank lines count", async () => {
    const text = '{"date":"2026-01-01","sales":1,"price":1}\n\n{oops\n{"date":"2026-01-02","sales":1,"price":1}\r\n[1]';
    const error = await caught(() => ingest(text, { schema: shop, type: "ndjson" }));
    expect(error.issues.map(({ path }) => path)).toEqual([
      ["rows", 3],
      ["rows", 5],
    ]);
    const table = await ingest(text, { schema: shop, type: "ndjson", invalid: "reject" });
    expect(table.quality).toMatchObject({ rowsRead: 4, rowsAccepted: 2, rowsRejected: 2 });
  });

  it("JSON taken for CSV, and a wrong delimiter, are told", async () => {
    const json = await caught(() => ingest('[{"date":"2026-01-01"}]', { schema: shop }));
    expect(json.issues[0].fix).toContain('type: "json"');
    const semicolons = await caught(() => ingest("date;sales;price\n2026-01-01;1;2\n", { schema: shop }));
    expect(semicolons.issues[0].fix).toContain('is the delimiter ";"?');
    expect((await caught(() => ingest("", { schema: shop, type: "xml" as never }))).path).toEqual(["type"]);
  });
});

describe("encodings", () => {
  const table = async (data: Uint8Array, more: Options = {}): Promise<unknown> => {
    const schema = department("s", { Umsätze: { unit: "€", kind: "flow" } });
    const read = await ingest(new Blob([new Uint8Array(data)]), { schema, ...more } as never);
    return [...read.rows()];
  };
  const text = "date,Umsätze\n2026-01-05,1\n2026-01-06,2\n";
  const wanted = [
    { date: "2026-01-05", Umsätze: 1 },
    { date: "2026-01-06", Umsätze: 2 },
  ];
  const utf16 = (swap: boolean): Uint8Array => {
    const buffer = Buffer.from(`\ufeff${text}`, "utf16le");
    return swap ? buffer.swap16() : buffer;
  };

  it("UTF-8 with and without its mark, UTF-16 by its mark, windows-1252 by name", async () => {
    expect(await table(bytes(text))).toEqual(wanted);
    expect(await table(bytes(`\ufeff${text}`))).toEqual(wanted);
    expect(await table(utf16(false))).toEqual(wanted);
    expect(await table(utf16(true))).toEqual(wanted);
    expect(await table(Buffer.from(text, "latin1"), { encoding: "windows-1252" })).toEqual(wanted);
  });

  it("text of another encoding, and an unknown encoding, are errors", async () => {
    expect((await caught(() => table(Buffer.from(text, "latin1")))).message).toContain("not UTF-8 text");
    expect((await caught(() => table(bytes(text), { encoding: "klingon" }))).path).toEqual(["encoding"]);
  });
});

describe("Parquet", () => {
  const golden = (name: string): Blob => new Blob([readFileSync(new URL(`golden/${name}.parquet`, import.meta.url))]);
  const sales = department("s", { sales: { unit: "GBP", kind: "flow" } });

  it.each(["none", "snappy", "gzip", "zstd", "brotli", "lz4"])(
    "reads row groups of the codec '%s' that pyarrow 26 wrote",
    async (codec) => {
      const steps: number[] = [];
      const table = await ingest(golden(`days-${codec}`), {
        schema: sales,
        type: "parquet",
        onProgress: ({ done }) => steps.push(done),
      });
      expect([...table.column("sales")]).toEqual(Array.from({ length: 30 }, (_, row) => row / 10));
      expect(table.dates[29]).toBe("2026-01-30");
      expect(steps).toEqual([7, 14, 21, 28, 30]);
    },
  );

  it("reads every column type as it is (golden/write_parquet.py)", async () => {
    const { parquetBatches } = await import("../../src/ingestion/parquet.js");
    const names = [
      "date",
      "milli",
      "micro",
      "nano",
      "zoned",
      "int32",
      "uint32",
      "int64",
      "big",
      "float",
      "double",
      "decimal",
      "text",
      "category",
      "flag",
    ];
    const request = { choose: () => names, report: (issues: readonly unknown[]) => expect(issues).toEqual([]) };
    for await (const { columns } of parquetBatches(golden("types"), request, {})) {
      expect(
        Object.fromEntries(names.map((name, index) => [name, Array.from(columns[index], (cell) => cell ?? null)])),
      ).toEqual({
        date: ["2026-01-05", null, "1969-12-31"],
        milli: ["2026-01-05T09:30:00.250", null, "1969-12-31T23:59:59.000"],
        micro: ["2026-01-05T09:30:00.250", null, "1969-12-31T23:59:59.000"],
        nano: ["2026-01-05T09:30:00.250", null, "1969-12-31T23:59:59.000"],
        zoned: [new Date(Date.UTC(2026, 0, 5, 9, 30)), null, new Date(Date.UTC(1969, 11, 31))],
        int32: [-1, null, 2 ** 31 - 1],
        uint32: [0, null, 2 ** 32 - 1],
        int64: [-(2 ** 53), null, 2 ** 53 - 1],
        big: [9007199254740993n, null, 1],
        float: [0.5, null, Number.NaN],
        double: [0.1, null, -1e300],
        decimal: [19.99, null, -1234567.01],
        text: ["a", null, "é"],
        category: ["x", null, "x"],
        flag: [true, null, false],
      });
    }
  });

  it("nested columns are refused where they are asked for", async () => {
    const error = await caught(() => ingest(golden("nested"), { schema: shop, type: "parquet" }));
    expect(error.issues).toMatchObject([
      { code: "unsupported", path: ["columns", "sales"] },
      { code: "unsupported", path: ["columns", "price"] },
    ]);
  });

  it("a missing column, a file by its name, a stream, a file that is not Parquet, one that is cut off", async () => {
    const file = new File([golden("days-snappy")], "days.parquet");
    expect((await ingest(file, { schema: sales })).length).toBe(30);
    expect((await ingest(golden("days-snappy").stream(), { schema: sales, type: "parquet" })).length).toBe(30);
    expect((await caught(() => ingest(file, { schema: shop }))).issues[0]).toMatchObject({
      path: ["columns", "price"],
    });
    for (const blob of [new Blob(["date,sales\n"]), new Blob([]), file.slice(0, 2000), file.slice(500)])
      expect((await caught(() => ingest(blob, { schema: sales, type: "parquet" }))).message).toContain(
        "cannot be read",
      );
  });

  it("a row group larger than the limit is refused before it is made", async () => {
    const bomb = golden("bomb");
    expect(bomb.size).toBeLessThan(200_000);
    const only = department("s", { value: { unit: "1", kind: "stock" } });
    const read = (limits: Options["limits"]): Promise<TimeTable<never>> =>
      ingest(bomb, { schema: only, columns: { value: "date" }, type: "parquet", limits, frequency: "D" } as never);
    expect(await caught(() => read({}))).toMatchObject({ code: "too-large", path: ["source"] });
    expect((await caught(() => read({ bytes: 1_000_000, document: 1e9 }))).message).toContain("limits.bytes");
    const small = golden("days-gzip");
    const days = (document: number): Promise<TimeTable> =>
      ingest(small, { schema: sales, type: "parquet", limits: { document } });
    expect((await days(1000)).length).toBe(30);
    expect((await caught(() => days(100))).message).toContain("limits.document");
  });
});

describe("addresses", () => {
  let server: Server;
  let origin = "";
  const answers: Record<string, RequestListener> = {
    "/rows.csv": (_, response) => response.end(csvOf(good)),
    "/data": (_, response) =>
      response.setHeader("content-type", "application/json; charset=utf-8").end(JSON.stringify(good)),
    "/latin": (_, response) =>
      response
        .setHeader("content-type", "text/csv; charset=windows-1252")
        .end(Buffer.from("date,sales,prix é,price\n2026-01-01,1,,1\n2026-01-02,1,,1\n", "latin1")),
    "/private.ndjson": (request, response) => {
      if (request.headers["authorization"] === "Bearer key") response.end(ndjsonOf(good));
      else response.writeHead(401).end();
    },
    "/moved": (_, response) => response.writeHead(302, { location: "/rows.csv" }).end(),
    "/slow.csv": (_, response) => {
      response.write("date,sales,price\n");
    },
  };
  beforeAll(async () => {
    server = createServer((request, response) => {
      const answer = answers[request.url ?? ""];
      if (answer === undefined) response.writeHead(404).end("nothing here");
      else answer(request, response);
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    origin = `http://127.0.0.1:${(server.address() as { port: number }).port}`;
  });
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });
  const read = (source: IngestSource, more: Options = {}): Promise<TimeTable> =>
    ingest(source, { schema: shop, ...more });

  it("reads by the name, the media type and its charset; sends headers", async () => {
    for (const source of [new URL(`${origin}/rows.csv`), { url: `${origin}/data` }, new URL(`${origin}/moved`)])
      expect((await read(source)).length).toBe(300);
    expect((await read(new URL(`${origin}/latin`))).length).toBe(2);
    const headers = { authorization: "Bearer key" };
    expect((await read({ url: new URL(`${origin}/private.ndjson`), headers })).length).toBe(300);
  });

  it("tells a status that is no success, another scheme, and what is no address", async () => {
    const missing = await caught(() => read(new URL(`${origin}/nothing?key=secret`)));
    expect(missing).toMatchObject({ code: "not-found", path: ["source", "url"] });
    expect(missing.message).toContain("answered 404");
    expect(missing.message).not.toContain("secret");
    expect((await caught(() => read({ url: `${origin}/private.ndjson` }))).message).toContain("give the headers");
    for (const url of ["file:///etc/passwd", "data:text/csv,date", "ftp://x/y", "not an address"])
      expect((await caught(() => read({ url }))).path).toEqual(["source", "url"]);
  });

  it("stops at a signal", async () => {
    const controller = new AbortController();
    setTimeout(() => controller.abort("late"), 50);
    await expect(read(new URL(`${origin}/slow.csv`), { signal: controller.signal })).rejects.toBe("late");
  });
});

describe("limits", () => {
  const row = "2026-01-01,1,1\n";
  const read = (source: IngestSource, limits: Options["limits"], more: Options = {}): Promise<TimeTable> =>
    ingest(source, { schema: shop, frequency: "D", limits, ...more });
  /** A gigabyte in one line, made as it is read; tells how much was taken. */
  const endless = (start: string, filler: string): { stream: ReadableStream<Uint8Array>; taken: () => number } => {
    const piece = bytes(filler.repeat(Math.ceil(65_536 / filler.length)));
    let taken = 0;
    const stream = new ReadableStream<Uint8Array>({
      start: (controller) => controller.enqueue(bytes(start)),
      pull: (controller) => {
        taken += piece.length;
        if (taken > 1_000_000_000) controller.close();
        else controller.enqueue(piece);
      },
    });
    return { stream, taken: () => taken };
  };

  it.each([
    ["csv", "date,sales,price\n2026-01-01,1,", "9"],
    ["csv", 'date,sales,price\n2026-01-01,1,"', "x\n"],
    ["csv", "", "date,"],
    ["json", '[{"date":"', "x"],
    ["json", '{"date":["', "x"],
    ["ndjson", '{"date":"', "x"],
  ] as const)("%s: a line of a gigabyte is refused at the limit, not held", async (type, start, filler) => {
    const { stream, taken } = endless(start, filler);
    const error = await caught(() => read(stream, { document: 5_000_000, line: 5_000_000 }, { type }));
    expect(error.code).toBe("too-large");
    expect(taken()).toBeLessThan(8_000_000);
  });

  it("holds to the length of a line, a cell and the whole, exactly", async () => {
    const csv = `date,sales,price,note\n2026-01-01,1,1,${"x".repeat(80)}\n2026-01-02,1,1,\n`;
    expect((await read(csv, { line: 100, cell: 80, bytes: csv.length })).length).toBe(2);
    expect((await caught(() => read(csv, { line: 90 }))).message).toContain("limits.line");
    expect((await caught(() => read(csv, { cell: 79 }))).issues[0]).toMatchObject({
      code: "too-large",
      path: ["rows", 2],
    });
    expect((await caught(() => read(csv, { bytes: csv.length - 1 }))).message).toContain("limits.bytes");
    const rows = [{ date: "2026-01-01", sales: 1, price: 1, note: "x".repeat(80) }];
    expect(
      (
        await caught(() =>
          read(
            rows.map((one) => ({ ...one, sales: "9".repeat(90) })),
            { cell: 79 },
          ),
        )
      ).path,
    ).toEqual(["rows", 0, "sales"]);
    expect((await caught(() => read(ndjsonOf(rows), { line: 50 }, { type: "ndjson" }))).path).toEqual(["rows", 1]);
  });

  it("a zip bomb is refused by how much larger it becomes, and by what it becomes", async () => {
    const bomb = gzipSync(`date,sales,price\n${row.repeat(2_000_000)}`);
    expect(bomb.length).toBeLessThan(120_000);
    expect((await caught(() => read(new Blob([new Uint8Array(bomb)]), {}))).message).toContain("limits.ratio");
    expect(
      (await caught(() => read(new Blob([new Uint8Array(bomb)]), { ratio: 1e6, bytes: 5_000_000 }))).message,
    ).toContain("limits.bytes");
    expect((await read(new Blob([new Uint8Array(bomb)]), { ratio: 1e6 })).quality.rowsRead).toBe(2_000_000);
  });

  it("gzip that is damaged or cut off is an error", async () => {
    const data = gzipSync(csvOf(good));
    const damaged = Uint8Array.from(data, (byte, at) => (at === data.length >> 1 ? byte ^ 0xff : byte));
    for (const broken of [damaged, data.subarray(0, data.length - 20), data.subarray(0, 12)])
      expect((await caught(() => read(new Blob([new Uint8Array(broken)]), {}))).message).toMatch(
        /gzip bytes are damaged/,
      );
  });

  it("an unknown limit, and one that is no number", async () => {
    expect((await caught(() => read(row, { lines: 5 } as never))).message).toContain("did you mean 'line'?");
    for (const limit of [0, -1, Number.NaN, "5"])
      expect((await caught(() => read(row, { line: limit as number }))).path).toEqual(["limits", "line"]);
  });
});

describe("anything at all", () => {
  /** A table or a `TwinError`; nothing else. */
  const outcome = async (source: IngestSource, options: Options): Promise<void> => {
    try {
      await ingest(source, { schema: shop, frequency: "D", ...options });
    } catch (error) {
      if (!TwinError.isInstance(error)) throw error;
    }
  };
  const settings = fc.record({
    invalid: fc.constantFrom("throw" as const, "reject" as const),
    columns: fc.constantFrom("match" as const, {}),
    format: fc.constantFrom(undefined, { locale: "de-DE" }, { excel: 1900 as const }),
  });

  it("any text, in any piece, of any type", async () => {
    const words = [
      '"',
      ",",
      "\n",
      "\r",
      "{",
      "}",
      "[",
      "]",
      ":",
      "date",
      "sales",
      "price",
      "2026-01-05",
      "1",
      "\\",
      "null",
      "\ufeff",
      "__proto__",
      "1e999",
      "\0",
      "é",
    ];
    const text = fc.array(fc.constantFrom(...words), { maxLength: 24 }).map((parts) => parts.join(""));
    await fc.assert(
      fc.asyncProperty(
        text,
        fc.constantFrom("csv" as const, "json" as const, "ndjson" as const, "parquet" as const),
        settings,
        fc.nat(3),
        async (given, type, { format, ...rest }, form) => {
          const data = bytes(given);
          const sources = [type === "parquet" ? data : given, inPieces(data, 1), new Blob([given]), gzipSync(data)];
          const source = sources[form];
          await outcome((source instanceof Uint8Array ? new Blob([new Uint8Array(source)]) : source) as IngestSource, {
            type,
            ...rest,
            ...(format ? { format } : {}),
          });
        },
      ),
      { numRuns: 500 },
    );
  });

  it("Parquet files with wrong bytes anywhere", async () => {
    const codecs = ["none", "snappy", "gzip", "zstd", "brotli", "lz4"];
    const files = codecs.map((codec) => readFileSync(new URL(`golden/days-${codec}.parquet`, import.meta.url)));
    const change = fc.tuple(
      fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
      fc.integer({ min: 0, max: 255 }),
    );
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...files),
        fc.array(change, { minLength: 1, maxLength: 3 }),
        async (file, changes) => {
          const data = new Uint8Array(file);
          for (const [place, byte] of changes) data[Math.floor(place * data.length)] = byte;
          await outcome(new Blob([data]), { type: "parquet", columns: { price: "sales" }, invalid: "reject" });
        },
      ),
      { numRuns: 400 },
    );
  });
});

describe("columnsOf", () => {
  it("refuses a frame with a name twice or without cells", () => {
    expect(() => columnsOf({ columns: ["a", "a"], $dataIncolumnFormat: [[1], [2]] })).toThrow(
      "columns.a: the frame has it twice",
    );
    expect(() => columnsOf({ columns: ["a"], $dataIncolumnFormat: [] })).toThrow(
      "columns.a: undefined is not a column",
    );
  });
});

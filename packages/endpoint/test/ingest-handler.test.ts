import { gzipSync } from "node:zlib";
import { memoryStore, type Store } from "@sage-twin/kernel";
import { department, ingest } from "@sage-twin/schemas";
import { manualClock } from "@sage-twin/testing";
import { describe, expect, it } from "vitest";
import { bearer, createIngestHandler, type IngestHandlerOptions, type Observer, storedRows } from "../src/index.js";

const shop = department("shop", {
  sales: { unit: "GBP", kind: "flow", minimum: 0 },
  orders: { unit: "orders", kind: "flow", aggregate: "distinctCount" },
});
const staff = department("staff", { headcount: { unit: "people", kind: "stock" } });
const csv = "date,sales,orders\n2026-01-05,10,A1\n2026-01-05,5,A2\n2026-01-06,,A3";
const json = { "content-type": "application/json" };
const text = { "content-type": "text/csv; charset=utf-8" };

function setUp(options: Partial<IngestHandlerOptions> = {}, target: Store | Observer = memoryStore()) {
  const handler = createIngestHandler(target, {
    schema: [shop, staff],
    clock: manualClock("2026-02-01T00:00:00Z"),
    ...options,
  });
  return {
    target: target as Store,
    send: async (path: string, init: RequestInit & { duplex?: "half" } = {}) => {
      const response = await handler(new Request(`https://example.org${path}`, { method: "POST", ...init }));
      const body = await response.text();
      return { status: response.status, headers: response.headers, body: body === "" ? undefined : JSON.parse(body) };
    },
  };
}

async function rowsIn(store: Store, name: string): Promise<unknown[]> {
  const rows: unknown[] = [];
  for await (const row of storedRows(store, name)) rows.push(row);
  return rows;
}

const expected = [
  { date: "2026-01-05", sales: 10, orders: "A1" },
  { date: "2026-01-05", sales: 5, orders: "A2" },
  { date: "2026-01-06", sales: null, orders: "A3" },
];

function form(name: string, content: string, type: string): FormData {
  const data = new FormData();
  data.set("note", "last week");
  data.set("file", new File([content], name, { type }));
  return data;
}

describe("what is taken", () => {
  const columns = { date: expected.map(({ date }) => date), sales: [10, 5, null], orders: ["A1", "A2", "A3"] };
  it.each<[string, RequestInit]>([
    ["CSV", { headers: text, body: csv }],
    ["CSV of spreadsheets", { headers: text, body: `\ufeff${csv.replaceAll("\n", "\r\n")}\r\n` }],
    ["JSON rows", { headers: json, body: JSON.stringify(expected) }],
    ["JSON columns", { headers: json, body: JSON.stringify(columns) }],
    [
      "NDJSON",
      {
        headers: { "content-type": "application/x-ndjson" },
        body: expected.map((row) => JSON.stringify(row)).join("\n"),
      },
    ],
    ["a form with a file", { body: form("week.csv", csv, "text/csv") }],
    ["a form with a file known by its ending", { body: form("week.csv", csv, "") }],
    ["gzip", { headers: { ...text, "content-encoding": "gzip" }, body: gzipSync(csv) }],
  ])("%s", async (_, init) => {
    const { send, target } = setUp();
    const { status, body, headers } = await send("/shop", init);
    expect({ status, body }).toEqual({
      status: 200,
      body: { department: "shop", received: 3, accepted: 3, rejected: 0, issues: [] },
    });
    expect(headers.get("content-type")).toBe("application/json");
    expect(await rowsIn(target, "shop")).toEqual(expected);
  });

  it("becomes the same table as the file itself", async () => {
    const { send, target } = setUp();
    await send("/shop", { headers: text, body: csv });
    const options = { schema: shop, frequency: "D" } as const;
    const direct = await ingest(csv, options);
    const table = await ingest((await rowsIn(target, "shop")) as Record<string, unknown>[], options);
    expect([...table.column("orders")]).toEqual([...direct.column("orders")]);
    expect([...table.column("sales")]).toEqual([...direct.column("sales")]);
  });

  it("goes to an observer", async () => {
    const seen: unknown[] = [];
    const { send } = setUp({}, { observe: async (name, rows) => seen.push([name, [...rows]]) });
    expect((await send("/shop", { headers: text, body: csv })).status).toBe(200);
    expect(seen).toEqual([["shop", expected]]);
  });

  it("is what holds, when the rest is to be set aside", async () => {
    const { send, target } = setUp();
    const body = "date,sales,orders\n2026-01-05,10,A1\n2026-01-06,-1,A2\nsoon,1,A3";
    const answer = await send("/shop?invalid=reject", { headers: text, body });
    expect(answer.status).toBe(200);
    expect(answer.body).toMatchObject({ received: 3, accepted: 1, rejected: 2 });
    expect(answer.body.issues.map(({ path }: { path: unknown }) => path)).toEqual([
      ["rows", 3, "sales"],
      ["rows", 4, "date"],
    ]);
    expect(await rowsIn(target, "shop")).toEqual([expected[0]]);
  });

  it("stands below a path of its own", async () => {
    const { send } = setUp({ basePath: "/api/ingest" });
    expect(
      (await send("/api/ingest/staff", { headers: json, body: '[{"date":"2026-01-05","headcount":4}]' })).status,
    ).toBe(200);
    expect((await send("/staff", { headers: json, body: "[]" })).status).toBe(404);
  });
});

describe("what is refused", () => {
  const bomb = gzipSync(Buffer.alloc(30_000_000, "1"));
  const many = `date,headcount\n${"2026-01-05,1\n".repeat(101)}`;
  it.each<[string, number, string, RequestInit, RegExp]>([
    ["wrong rows", 422, "/shop", { headers: text, body: csv.replace("10", "ten") }, /'ten' is not a number/],
    ["a missing column", 422, "/shop", { headers: text, body: "date,sale,orders\n2026-01-05,1,2" }, /sales/],
    ["JSON that is cut off", 422, "/shop", { headers: json, body: '[{"date":' }, /JSON|ends/],
    ["JSON that is no rows", 422, "/shop", { headers: json, body: "3" }, /./],
    [
      "a key that pollutes",
      422,
      "/staff",
      { headers: json, body: '[{"date":"2026-01-05","__proto__":{"x":1},"headcount":1}]' },
      /__proto__/,
    ],
    ["an empty body", 400, "/shop", { headers: text, body: "" }, /empty/],
    ["an unknown department", 404, "/shopp", { headers: text, body: csv }, /unknown department 'shopp'/],
    ["another path", 404, "/", { headers: text, body: csv }, /unknown/],
    ["a path that cannot be decoded", 404, "/%E0%A4%A", { headers: text, body: csv }, /unknown/],
    ["another method", 405, "/shop", { method: "PUT", headers: text, body: csv }, /POST/],
    ["another media type", 415, "/shop", { headers: { "content-type": "text/html" }, body: csv }, /text\/csv/],
    ["no media type", 415, "/shop", { headers: { "content-type": "" }, body: csv }, /text\/csv/],
    ["another coding", 415, "/shop", { headers: { ...text, "content-encoding": "br" }, body: csv }, /gzip/],
    [
      "gzip that is none",
      400,
      "/shop",
      { headers: { ...text, "content-encoding": "gzip" }, body: csv },
      /could not be read/,
    ],
    [
      "a decompression bomb",
      413,
      "/shop",
      { headers: { ...text, "content-encoding": "gzip" }, body: bomb },
      /10000000 bytes/,
    ],
    ["a body that is too long", 413, "/shop", { headers: text, body: "x".repeat(10_000_001) }, /10000000 bytes/],
    ["too many rows", 413, "/staff", { headers: text, body: many }, /100/],
    [
      "a form without a file",
      400,
      "/shop",
      {
        body: (() => {
          const data = new FormData();
          data.set("a", "b");
          return data;
        })(),
      },
      /0 files/,
    ],
    ["a form that is none", 400, "/shop", { headers: { "content-type": "multipart/form-data" }, body: "x" }, /form/],
    ["another policy", 400, "/shop?invalid=ignore", { headers: text, body: csv }, /throw nor reject/],
    ["bytes that are not UTF-8", 422, "/shop", { headers: text, body: Uint8Array.of(100, 97, 0xff, 0xfe, 10) }, /./],
  ])("%s", async (_, status, path, init, message) => {
    const { send, target } = setUp({ limits: { rows: 100 } });
    const answer = await send(path, init);
    expect(answer.status).toBe(status);
    expect(answer.headers.get("content-type")).toBe("application/problem+json");
    expect(answer.body).toMatchObject({ status, title: expect.any(String), type: expect.any(String) });
    expect(JSON.stringify(answer.body)).toMatch(message);
    expect(await rowsIn(target, "shop")).toEqual([]);
    expect(await rowsIn(target, "staff")).toEqual([]);
  });

  it("a stream without end, at the limit", async () => {
    let sent = 0;
    const endless = new ReadableStream({
      pull(controller) {
        sent += 65_536;
        controller.enqueue(new Uint8Array(65_536).fill(49));
      },
    });
    const { send } = setUp({ limits: { bytes: 1_000_000 } });
    expect((await send("/shop", { headers: text, body: endless, duplex: "half" })).status).toBe(413);
    expect(sent).toBeLessThan(1_300_000);
  });

  it("says nothing of what went wrong on this side", async () => {
    const errors: unknown[] = [];
    const failing: Observer = { observe: () => Promise.reject(new Error("password in /etc/secret")) };
    const { send } = setUp({ onError: (error) => errors.push(error) }, failing);
    const { status, body } = await send("/shop", { headers: text, body: csv });
    expect(status).toBe(500);
    expect(JSON.stringify(body)).not.toContain("secret");
    expect(errors).toHaveLength(1);
  });

  it("nonsense options, with every issue", () => {
    const make =
      (options: unknown, target: unknown = memoryStore()) =>
      () =>
        createIngestHandler(target as Store, options as IngestHandlerOptions);
    expect(make({ schema: [] })).toThrow(/departments/);
    expect(make({ schema: [shop, shop] })).toThrow(/one name/);
    expect(make({ schema: shop, basePath: "ingest" })).toThrow(/path/);
    expect(make({ schema: shop, limits: { bytes: 0 }, basePath: "x" })).toThrow(/2 problems/);
    expect(make({ schema: shop }, {})).toThrow(/twin nor a store/);
  });
});

describe("who may", () => {
  it("is asked before anything is told or read", async () => {
    const { send } = setUp({ auth: bearer("one", "two") });
    const refused = await send("/nowhere", { headers: text, body: csv });
    expect(refused.status).toBe(401);
    expect(refused.headers.get("www-authenticate")).toBe("Bearer");
    for (const authorization of ["Bearer three", "Basic two", "Bearer", "one"])
      expect((await send("/shop", { headers: { ...text, authorization }, body: csv })).status).toBe(401);
    expect((await send("/shop", { headers: { ...text, authorization: "Bearer two" }, body: csv })).status).toBe(200);
    expect((await send("/openapi.json", { method: "GET" })).status).toBe(401);
    expect((await send("/shop", { method: "OPTIONS" })).status).toBe(204);
  });
});

describe("idempotency", () => {
  const key = { ...text, "idempotency-key": '"week 1"' };
  it.each([
    ["in memory", undefined],
    ["in a store", memoryStore()],
  ])("takes a request once, %s", async (_, idempotency) => {
    const { send, target } = setUp({ idempotency });
    const first = await send("/shop", { headers: key, body: csv });
    const again = await send("/shop", { headers: key, body: csv });
    expect(again.body).toEqual(first.body);
    expect(first.headers.get("idempotency-replayed")).toBeNull();
    expect(again.headers.get("idempotency-replayed")).toBe("true");
    expect(await rowsIn(target, "shop")).toHaveLength(3);
    const other = await send("/shop", { headers: key, body: `${csv}\n2026-01-07,1,A4` });
    expect(other.status).toBe(422);
    expect(other.body.detail).toContain("another request");
    expect((await send("/staff", { headers: key, body: "date,headcount\n2026-01-05,1" })).status).toBe(200);
  });

  it("gives a refusal again, and a failure on this side another try", async () => {
    let fails = true;
    const { send } = setUp(
      {},
      {
        observe: async () => {
          if (fails) throw new Error("down");
        },
      },
    );
    expect((await send("/shop", { headers: key, body: csv })).status).toBe(500);
    fails = false;
    expect((await send("/shop", { headers: key, body: csv })).status).toBe(200);
    const wrong = { headers: { ...text, "idempotency-key": "2" }, body: "date,sales,orders\n2026-01-05,x,1" };
    expect((await send("/shop", wrong)).status).toBe(422);
    const repeated = await send("/shop", wrong);
    expect(repeated.status).toBe(422);
    expect(repeated.headers.get("idempotency-replayed")).toBe("true");
  });

  it("lets one of two at once through", async () => {
    let release = (): void => {};
    const waiting = new Promise<void>((resolve) => {
      release = resolve;
    });
    const { send } = setUp({}, { observe: () => waiting });
    const first = send("/shop", { headers: key, body: csv });
    await new Promise((resolve) => setTimeout(resolve, 20));
    const second = await send("/shop", { headers: key, body: csv });
    expect(second.status).toBe(409);
    expect(second.headers.get("retry-after")).toBe("1");
    release();
    expect((await first).status).toBe(200);
  });

  it("refuses a key that is none", async () => {
    const { send } = setUp();
    expect((await send("/shop", { headers: { ...text, "idempotency-key": "x".repeat(256) }, body: csv })).status).toBe(
      400,
    );
    expect((await send("/shop", { headers: { ...text, "idempotency-key": '""' }, body: csv })).status).toBe(400);
  });
});

describe("the document", () => {
  it("describes every department from its metrics", async () => {
    const { send } = setUp({ basePath: "/in", auth: () => true });
    const { body, status } = await send("/in/openapi.json", { method: "GET" });
    expect(status).toBe(200);
    expect(Object.keys(body.paths)).toEqual(["/in/shop", "/in/staff"]);
    const row = body.components.schemas.shopRow;
    expect(Object.keys(row.properties)).toEqual(["date", "sales", "orders"]);
    expect(JSON.stringify(row.properties.sales)).toContain('"minimum":0');
    expect(body.components.securitySchemes.bearer).toEqual({ type: "http", scheme: "bearer" });
  });
});

import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { gzipSync } from "node:zlib";
import { serve } from "@hono/node-server";
import { Validator } from "@seriousme/openapi-schema-validator";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { teaShop } from "../app.js";

const text = { "content-type": "text/csv" };
const token = "tea";
let base = "";
let server: Server;
let twin: Awaited<ReturnType<typeof teaShop>>["twin"];

beforeAll(async () => {
  const shop = await teaShop({ token });
  twin = shop.twin;
  await new Promise<void>((resolve) => {
    server = serve({ fetch: shop.app.fetch, hostname: "127.0.0.1", port: 0 }, () => resolve()) as Server;
  });
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterAll(() => new Promise<void>((resolve) => server.close(() => resolve())));

const authorised = { authorization: `Bearer ${token}` };

async function post(body: BodyInit, headers: Record<string, string>) {
  const response = await fetch(`${base}/ingest/till`, { method: "POST", headers: { ...authorised, ...headers }, body });
  return { status: response.status, type: response.headers.get("content-type"), body: await response.json() };
}

describe("a twin behind HTTP", () => {
  it("moves with what is posted", async () => {
    const before = await (await fetch(`${base}/state`)).json();
    expect(before.version).toBe(twin.version);
    const first = await post("date,sales,orders\n2026-03-30,0,0\n2026-03-31,455,51", text);
    expect(first).toMatchObject({ status: 200, body: { received: 2, accepted: 2, rejected: 0 } });
    const second = await post(gzipSync("date,sales,orders\n2026-04-01,390,43"), {
      ...text,
      "content-encoding": "gzip",
    });
    expect(second.status).toBe(200);
    const form = new FormData();
    form.set("file", new File(['{"date":"2026-04-02","sales":430,"orders":48}\n'], "day.ndjson"));
    expect((await post(form, {})).status).toBe(200);
    const after = await (await fetch(`${base}/state`)).json();
    expect(after.version).toBe(before.version + 3);
    expect(after.date).toBe("2026-04-02");
    expect(after).toEqual(JSON.parse(JSON.stringify(twin.state())));
  });

  it("refuses what contradicts the data, and takes a request once", async () => {
    const rows = JSON.stringify([{ date: "2026-04-03", sales: 500, orders: 55 }]);
    const headers = { "content-type": "application/json", "idempotency-key": "2026-04-03" };
    const { version } = twin;
    expect((await post(rows, headers)).status).toBe(200);
    expect((await post(rows, headers)).status).toBe(200);
    expect(twin.version).toBe(version + 1);
    const negative = await post("date,sales,orders\n2026-04-04,-5,1", text);
    expect(negative).toMatchObject({ status: 422, type: "application/problem+json" });
    expect(negative.body.issues[0].message).toBe("-5 is below the minimum 0");
    const rewritten = await post("date,sales,orders\n2026-01-05,999,1", text);
    expect(rewritten.status).toBe(409);
    expect(twin.version).toBe(version + 1);
  });

  it("asks for the token", async () => {
    const response = await fetch(`${base}/ingest/till`, { method: "POST", headers: text, body: "date,sales,orders" });
    expect(response.status).toBe(401);
  });

  it("takes many at once", async () => {
    const { version } = twin;
    const day = (index: number) => `2026-04-${String(index + 4).padStart(2, "0")}`;
    const posts = Array.from({ length: 20 }, (_, index) => post(`date,sales,orders\n${day(0)},${index},1`, text));
    const statuses = (await Promise.all(posts)).map(({ status }) => status);
    expect(statuses.filter((status) => status === 200)).toHaveLength(1);
    expect(twin.version).toBe(version + 1);
  });

  it("describes itself in valid OpenAPI", async () => {
    const document = await (await fetch(`${base}/ingest/openapi.json`, { headers: authorised })).json();
    const { valid, errors } = await new Validator().validate(document);
    expect(errors).toBeUndefined();
    expect(valid).toBe(true);
    expect(document.openapi).toBe("3.1.0");
  });
});

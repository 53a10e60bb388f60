import { department, TimeTable, Twin } from "@sage-twin/core";
import { bearer, createIngestHandler } from "@sage-twin/endpoint";
import { Hono } from "hono";

const till = department("till", {
  sales: { unit: "GBP", kind: "flow", good: "up", minimum: 0 },
  orders: { unit: "orders", kind: "flow", good: "up", minimum: 0 },
});

/** A week of a tea shop: closed on Mondays, busy on Saturdays. Made up. */
const pattern = [0, 410, 380, 420, 510, 760, 640];

/** A live twin of a tea shop behind a web application: rows come in by POST, and its state can be asked for. */
export async function teaShop(options: { readonly token?: string } = {}) {
  const sales = Array.from({ length: 84 }, (_, day) => pattern[day % 7] + ((day * 37) % 50));
  const twin = await Twin.describe("tea shop")
    .department("till", till)
    .data(
      "till",
      TimeTable.of({
        frequency: "D",
        start: "2026-01-05",
        columns: { sales, orders: sales.map((value) => Math.round(value / 9)) },
      }),
    )
    .build({ horizon: "28D" });
  const { token } = options;
  const ingest = createIngestHandler(twin, {
    schema: till,
    basePath: "/ingest",
    ...(token === undefined ? {} : { auth: bearer(token) }),
  });
  const app = new Hono();
  app.all("/ingest/*", (context) => ingest(context.req.raw));
  app.get("/state", (context) => context.json(twin.state()));
  return { app, twin };
}

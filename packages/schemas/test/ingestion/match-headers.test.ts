import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { department, ingest, matchHeaders } from "../../src/index.js";
import { caught } from "../helpers.js";

const shop = department("shop", {
  revenue: { unit: "GBP", kind: "flow" },
  averageOrderValue: { unit: "GBP", kind: "price" },
  churnRate: { unit: "1", kind: "rate" },
  headcount: { unit: "people", kind: "stock" },
});
const one = (key: string, unit = "1") => department("d", { [key]: { unit, kind: "flow" } });

describe("matchHeaders", () => {
  it.each([
    ["revenue", "revenue", 1, "the same text"],
    ["averageOrderValue", "average_order_value", 0.98, "the same words"],
    ["averageOrderValue", "Average Order Value (GBP)", 0.98, "the same words"],
    ["averageOrderValue", "AverageOrderValues", 0.98, "the same words"],
    ["churnRate", "CHURN-RATE", 0.98, "the same words"],
    ["onTimeRate", "On-time rate [%]", 0, ""],
    ["headcount", "Head count", 0.98, "the same words"],
    ["revenue", "Turnover", 0.9, "a synonym"],
    ["averageOrderValue", "AOV", 0.9, "a synonym"],
    ["netPromoterScore", "NPS", 0.9, "a synonym"],
    ["headcount", "Employees", 0.9, "a synonym"],
    ["umsatz", "Umsätze", 0.86, "alike in words and spelling"],
    ["revenue", "reveneu", 0.86, "alike in words and spelling"],
    ["revenue", "Customers", 0, ""],
  ])("%s and '%s': %d, %s", (key, header, score, reason) => {
    const { matched, missing } = matchHeaders([header], one(key, header.includes("GBP") ? "GBP" : "1"));
    if (score === 0) expect([matched, missing]).toEqual([[], [key, "date"]]);
    else expect(matched).toEqual([{ key, header, score: expect.closeTo(score, 1), reason }]);
  });

  it("a unit in brackets must be the metric's", () => {
    expect(matchHeaders(["Revenue (USD)"], one("revenue", "GBP")).matched).toEqual([]);
    expect(matchHeaders(["Revenue ($)"], one("revenue", "USD")).matched).toHaveLength(1);
    expect(matchHeaders(["Revenue £"], one("revenue", "GBP")).matched).toHaveLength(1);
    expect(matchHeaders(["Revenue £"], one("revenue", "EUR")).matched).toEqual([]);
    expect(matchHeaders(["Margin (%)"], one("margin", "1")).matched).toEqual([]);
    expect(matchHeaders(["Margin (%)"], one("margin", "%")).matched).toHaveLength(1);
    expect(matchHeaders(["Revenue (in thousands)"], one("revenue", "GBP")).matched).toHaveLength(1);
  });

  it("two headers that are as likely are left unmatched, and told", () => {
    const report = matchHeaders(["Sales", "Turnover", "Date"], one("revenue", "GBP"));
    expect(report.matched.map(({ key }) => key)).toEqual(["date"]);
    expect(report.ambiguous).toEqual([
      {
        key: "revenue",
        candidates: [
          expect.objectContaining({ header: "Sales", score: 0.9 }),
          expect.objectContaining({ header: "Turnover" }),
        ],
      },
    ]);
    expect(report.unusedHeaders).toEqual(["Sales", "Turnover"]);
    const exact = matchHeaders(["Sales", "revenue", "Turnover"], one("revenue", "GBP"));
    expect(exact.columns).toEqual({ revenue: "revenue" });
    const twice = matchHeaders(["revenue", "revenue"], one("revenue"));
    expect(twice.ambiguous).toHaveLength(1);
  });

  it("a header that two metrics may claim goes to neither, unless one claim is clearly better", () => {
    const both = department("d", {
      newCustomer: { unit: "1", kind: "flow" },
      newCustomers: { unit: "1", kind: "flow" },
    });
    expect(matchHeaders(["New Customers"], both).matched).toEqual([]);
    expect(matchHeaders(["New Customers"], both).ambiguous.map(({ key }) => key)).toEqual([
      "newCustomer",
      "newCustomers",
    ]);
    const better = department("d", { sales: { unit: "GBP", kind: "flow" }, revenue: { unit: "GBP", kind: "flow" } });
    expect(matchHeaders(["Sales", "Income"], better).columns).toEqual({ sales: "Sales", revenue: "Income" });
  });

  it("ingest by match: an issue for each metric without a clear header", async () => {
    const csv = "Day,Sales,Income,AOV\n2026-01-05,1,2,3\n2026-01-06,1,2,3\n";
    const error = await caught(() => ingest(csv, { schema: shop, columns: "match" }));
    expect(error.issues).toMatchObject([
      {
        code: "conflict",
        path: ["columns", "revenue"],
        message: "no header is clearly 'revenue': 'Sales' as revenue (0.90), 'Income' as revenue (0.90)",
      },
      {
        code: "unknown-name",
        path: ["columns", "churnRate"],
        fix: "the headers left are 'Sales', 'Income'; give columns",
      },
      { code: "unknown-name", path: ["columns", "headcount"] },
    ]);
    const schema = department("s", { averageOrderValue: { unit: "GBP", kind: "price" } });
    const table = await ingest(csv, { schema, columns: "match" });
    expect([...table.column("averageOrderValue")]).toEqual([3, 3]);
    const timed = await ingest("t,Date,aov\n2026-01-05,x,1\n2026-01-06,y,1\n", { schema, columns: "match", time: "t" });
    expect(timed.length).toBe(2);
    const odd = await caught(() => ingest("t,aov\n2026-01-05,1\n", { schema, columns: "match" }));
    expect(odd.issues).toMatchObject([{ path: ["columns", "date"] }]);
  });

  it("gives each key at most one header and each header to at most one key, whatever the headers", () => {
    const words = fc.constantFrom(
      "revenue",
      "Sales",
      "order",
      "value",
      "AOV",
      "churn",
      "rate",
      "(GBP)",
      "total",
      "date",
      "_",
      "Ü",
      "",
    );
    const header = fc.array(words, { maxLength: 4 }).map((parts) => parts.join(" "));
    fc.assert(
      fc.property(fc.array(header, { maxLength: 8 }), (headers) => {
        const { matched, ambiguous, missing } = matchHeaders(headers, shop);
        expect(new Set(matched.map(({ key }) => key)).size).toBe(matched.length);
        expect(new Set(matched.map(({ header: name }) => name)).size).toBe(matched.length);
        expect(matched.length + ambiguous.length + missing.length).toBe(5);
        for (const { score } of matched) expect(score).toBeGreaterThanOrEqual(0.75);
      }),
    );
  });
});

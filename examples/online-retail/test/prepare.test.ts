import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { type Department, ingest, type TimeTable, toCsv } from "@sage-twin/schemas";
import { beforeAll, describe, expect, it } from "vitest";
import { departments } from "../departments.js";
import { openRaw, prepareFromRaw } from "../prepare.js";

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const raw = `${process.env["SAGE_TWIN_DATA"] ?? here("../../../../shared/data")}/online-retail.csv.gz`;
const committed = (name: string, frequency: string): string =>
  readFileSync(here(`../../data/online-retail/${name}-${frequency}.csv`), "utf8");
const frequencies = { daily: "D", weekly: "W" } as const;

describe.each(["daily", "weekly"] as const)("the committed %s tables", (frequency) => {
  const tables: Record<string, TimeTable> = {};
  beforeAll(async () => {
    for (const [name, schema] of Object.entries<Department>(departments))
      tables[name] = await ingest(committed(name, frequency), { schema, frequency: frequencies[frequency] });
  });
  const rows = (): Record<string, number>[] => {
    const all = Object.values(tables);
    return Array.from({ length: all[0].length }, (_, row) =>
      Object.fromEntries(all.flatMap((table) => table.metrics.map((metric) => [metric, table.column(metric)[row]]))),
    );
  };
  const traded = (): Record<string, number>[] => rows().filter((row) => row["orders"] > 0);

  it("span the same periods", () => {
    const spans = Object.values(tables).map((table) => [table.start, table.length]);
    expect(new Set(spans.map(String)).size).toBe(1);
    const { dates } = tables["revenue"];
    expect([dates[0], dates.at(-1)]).toEqual(
      frequency === "daily" ? ["2010-12-01", "2011-12-08"] : ["2010-12-06", "2011-11-28"],
    );
  });

  it("report the days and the week that the shop was closed as gaps", () => {
    const gaps = tables["revenue"].quality.gaps.map(({ from, to }) => `${from} to ${to}`);
    expect(gaps).toEqual(
      frequency === "weekly"
        ? ["2010-12-27 to 2010-12-27"]
        : [
            "2010-12-24 to 2011-01-03",
            "2011-04-22 to 2011-04-25",
            "2011-04-29 to 2011-04-29",
            "2011-05-02 to 2011-05-02",
            "2011-05-30 to 2011-05-30",
            "2011-08-29 to 2011-08-29",
          ],
    );
  });

  it("hold their identities in every row", () => {
    expect(traded().length).toBe(frequency === "daily" ? 304 : 51);
    for (const row of traded()) {
      const equal = (left: number, right: number): void => {
        expect(Math.abs(left - right)).toBeLessThanOrEqual(1e-12 * Math.max(1, Math.abs(left), row["grossSales"]));
      };
      equal(row["netSales"], row["grossSales"] - row["refunds"]);
      equal(row["grossSales"], row["units"] * row["averagePrice"]);
      equal(row["units"], row["orders"] * row["linesPerOrder"] * row["unitsPerLine"]);
      equal(row["lines"], row["orders"] * row["linesPerOrder"]);
      equal(row["refunds"], row["grossSales"] * row["refundRate"]);
      equal(row["netSales"], row["netSalesHome"] + row["netSalesAbroad"]);
      expect(row["ordersHome"] + row["ordersAbroad"]).toBe(row["orders"]);
      expect(row["newCustomers"] + row["returningCustomers"]).toBe(row["activeCustomers"]);
      expect(row["newCustomers"]).toBeLessThanOrEqual(row["joinedCustomers"]);
      expect(row["topSellerUnits"]).toBeLessThanOrEqual(row["units"]);
    }
  });

  it("hold the recursion of the customer base from row to row", () => {
    const held = rows().filter((row) => !Number.isNaN(row["customerBase"]));
    for (let t = 1; t < held.length; t++) {
      const { customerBase, joinedCustomers, lapsedCustomers } = held[t];
      expect(customerBase).toBe(held[t - 1]["customerBase"] + joinedCustomers - lapsedCustomers);
    }
  });

  if (frequency === "daily")
    it("have a row of zeros for each Saturday beside a day of trade", () => {
      const { dates } = tables["revenue"];
      const saturdays = rows().filter((_, row) => new Date(dates[row]).getUTCDay() === 6);
      expect(saturdays.filter((row) => row["orders"] === 0 && row["netSales"] === 0)).toHaveLength(50);
      expect(saturdays.filter((row) => row["orders"] > 0)).toEqual([]);
    });

  if (frequency === "weekly")
    it("agree with pandas", () => {
      const golden: Record<string, Record<string, number>> = JSON.parse(
        readFileSync(here("golden/weekly.json"), "utf8"),
      );
      const { dates } = tables["revenue"];
      const found = rows().flatMap((row, index) => (row["orders"] > 0 ? [[dates[index], row] as const] : []));
      expect(found.map(([date]) => date)).toEqual(Object.keys(golden));
      for (const [date, row] of found) {
        for (const [metric, value] of Object.entries(golden[date]))
          expect([date, metric, row[metric]]).toEqual([date, metric, value]);
      }
    });
});

describe("prepareFromRaw", () => {
  it.skipIf(!existsSync(raw))("gives the committed tables and notes from the raw file", async () => {
    const { tables, orders, notes } = await prepareFromRaw(openRaw(raw));
    expect(orders).toBe(readFileSync(here("../../data/online-retail/customer-orders.csv"), "utf8"));
    for (const frequency of ["daily", "weekly"] as const) {
      for (const [name, table] of Object.entries<TimeTable>(tables[frequency]))
        expect(toCsv(table)).toBe(committed(name, frequency));
    }
    expect(notes).toEqual(JSON.parse(readFileSync(here("../../data/online-retail/notes.json"), "utf8")));
    expect(Object.values(notes.kinds).reduce((sum, { lines }) => sum + lines, 0)).toBe(notes.rows);
    expect(notes.kinds["unknown code"].lines).toBe(0);
  });

  it("voids a sale that was cancelled within 7 days, and takes any other cancellation as a refund of its own date", async () => {
    const line = (
      invoice: string,
      code: string,
      quantity: number,
      time: string,
      price: number,
      customer = "1",
    ): string => `${invoice},${code},"x, y",${quantity},${time},${price},${customer},United Kingdom`;
    const csv = [
      "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country",
      line("1", "10000", 5, "2010-12-06 09:00:00", 2),
      line("2", "10000a", 80995, "2010-12-06 10:00:00", 2.08),
      line("C3", "10000A", -80995, "2010-12-06 10:12:00", 2.08),
      line("4", "10001", 60, "2010-12-07 10:00:00", 649.5, "2"),
      line("C5", "M", -1, "2010-12-07 10:03:00", 38970, "2"),
      line("6", "10002", 4, "2010-12-07 10:00:00", 1, "NA"),
      line("C7", "10000", -5, "2010-12-14 09:00:01", 2),
      line("8", "POST", 1, "2010-12-15 09:00:00", 18),
      line("9", "10003", -3, "2010-12-15 09:00:00", 0, "NA"),
      line("10", "10001", 1, "2010-12-15 09:00:00", 3, "2"),
    ].join("\n");
    const { tables, notes } = await prepareFromRaw(csv);
    const { revenue, customers, operations } = tables.weekly;
    const held = [...tables.daily.customers.rows()].filter((row) => row.customerBase >= 0);
    expect(held.map((row) => `${row.date} ${row.customerBase}`)).toEqual([
      "2010-12-06 1",
      "2010-12-07 1",
      "2010-12-14 1",
      "2010-12-15 2",
    ]);
    expect([...revenue.rows()]).toEqual([
      { date: "2010-12-06", netSales: 14, grossSales: 14, refunds: 0, orders: 2, averagePrice: 14 / 9 },
      { date: "2010-12-13", netSales: -7, grossSales: 3, refunds: 10, orders: 1, averagePrice: 3 },
    ]);
    expect([...customers.column("activeCustomers")]).toEqual([1, 1]);
    expect([...customers.column("newCustomers")]).toEqual([1, 1]);
    expect([...operations.column("voidedSales")]).toEqual([80995 * 2.08 + 38970, 0]);
    expect(notes.cancellations).toMatchObject({ voiding: { lines: 1 }, manual: { lines: 1 }, refunds: { lines: 1 } });
    expect(notes.kinds).toMatchObject({ "postage and carriage": { lines: 1 }, "manual entry": { lines: 1 } });
  });

  it("names every row that is no invoice line", async () => {
    const csv =
      "InvoiceNo,StockCode,Quantity,InvoiceDate,UnitPrice,CustomerID,Country\n1,a,x,2010-12-06 09:00,1,1,UK\n1,a,1,never,,1,UK";
    await expect(prepareFromRaw(csv)).rejects.toMatchObject({
      issues: [
        { path: ["rows", 2, "Quantity"] },
        { path: ["rows", 3, "InvoiceDate"] },
        { path: ["rows", 3, "UnitPrice"] },
      ],
    });
  });
});

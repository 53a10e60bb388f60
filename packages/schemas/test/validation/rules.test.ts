import type { StandardSchema } from "@sage-twin/kernel";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import * as z from "zod";
import {
  crossDepartmentRules,
  customersDepartment,
  department,
  departmentExpectations,
  departmentRules,
  hrDepartment,
  joinTables,
  marketingDepartment,
  operationsDepartment,
  pickMetrics,
  revenueDepartment,
  rowSchema,
  supplyChainDepartment,
  TimeTable,
  validate,
  validateWith,
  validationPipeline,
  withChannels,
} from "../../src/index.js";
import { caught } from "../helpers.js";

describe("the rules of a department", () => {
  const revenue = pickMetrics(revenueDepartment, [
    "revenue",
    "costs",
    "profit",
    "grossMargin",
    "orders",
    "averageOrderValue",
  ]);
  const right = { revenue: 200, costs: 120, profit: 80, grossMargin: 0.4, orders: 8, averageOrderValue: 25 };

  it("hold in validate, each broken one an issue of its row", () => {
    const rows = [
      right,
      { ...right, grossMargin: 0.6 },
      { ...right, profit: 90, averageOrderValue: 20 },
      { ...right, profit: null },
    ];
    const { valid, rejected, quality } = validate(revenue, rows);
    expect(valid).toEqual([rows[0], rows[3]]);
    expect(rejected.map(({ row, issues }) => [row, issues.map(({ code, path }) => [code, path])])).toEqual([
      [1, [["contradiction", ["rows", 1, "grossMargin"]]]],
      [
        2,
        [
          ["contradiction", ["rows", 2, "profit"]],
          ["contradiction", ["rows", 2, "averageOrderValue"]],
        ],
      ],
    ]);
    expect(quality.reasons[0]).toEqual({
      code: "contradiction",
      column: "profit",
      reason: "profit = revenue - costs",
      count: 1,
      examples: [{ row: 2, message: "90 is not revenue - costs = 80" }],
    });
    expect(quality).toMatchObject({ rowsRead: 4, rowsRejected: 2 });
  });

  it("leave the rows that break them out of the quality of the valid ones", () => {
    const { quality } = validate(revenue, [right, { ...right, grossMargin: 0.6, orders: null }]);
    expect(quality.metrics["orders"]).toMatchObject({ missing: 0, completeness: 1 });
  });

  it("are not looked at in rows that are wrong already, nor over counted cells", () => {
    const { rejected } = validate(revenue, [{ ...right, orders: -1 }]);
    expect(rejected[0].issues.map(({ code }) => code)).toEqual(["out-of-range"]);
    const counted = department("c", {
      a: { unit: "1", kind: "flow", aggregate: "count", holds: ["a <= b"] },
      b: { unit: "1", kind: "flow" },
    });
    expect(validate(counted, [{ a: "X9", b: 0 }]).rejected).toEqual([]);
  });

  it("churned <= total", () => {
    const part = pickMetrics(customersDepartment, ["customers", "churnedCustomers"]);
    const { rejected } = validate(part, [
      { customers: 100, churnedCustomers: 7 },
      { customers: 100, churnedCustomers: 150 },
    ]);
    expect(rejected.map(({ row }) => row)).toEqual([1]);
    expect(rejected[0].issues[0].message).toBe(
      "churnedCustomers <= customers does not hold: churnedCustomers = 150, customers = 100",
    );
  });

  it("are ranges, identities and inequalities of a pipeline", async () => {
    const pipeline = validationPipeline("r").expect(...departmentExpectations(revenue));
    expect((await pipeline.run([right])).counts).toEqual({ passed: 7, failed: 0, errored: 0, skipped: 0 });
    expect((await pipeline.run([{ ...right, averageOrderValue: 26 }])).counts).toMatchObject({ failed: 1 });
    const warned = departmentRules(revenue, { severity: "warn" });
    expect(warned.map(({ severity }) => severity)).toEqual(["warn", "warn", "warn"]);
  });

  /** For each department, one period in which every identity and inequality holds, worked out by hand. */
  const periods = {
    revenue: {
      revenue: 1000,
      costs: 600,
      profit: 400,
      grossMargin: 0.4,
      orders: 50,
      averageOrderValue: 20,
      price: 10,
      cashFlow: 100,
      receivables: 200,
      payables: 150,
    },
    customers: {
      openingCustomers: 100,
      newCustomers: 20,
      churnedCustomers: 10,
      customers: 110,
      churnRate: 0.1,
      retentionRate: 0.9,
      prospectConversionRate: 0.2,
      customerLifetimeValue: 300,
      arpu: 1000 / 110,
      nps: 40,
      csat: 0.8,
      sentiment: 0.3,
    },
    operations: {
      deliveryTime: 3,
      onTimeRate: 0.96,
      deliveryDelay: 0.2,
      fulfilmentRate: 0.98,
      orderAccuracy: 0.99,
      inventory: 300,
      inventoryTurnover: 2,
      stockOuts: 1,
      returns: 5,
      returnRate: 0.1,
      defects: 2,
      shippingCost: 50,
      operatingCost: 200,
    },
    marketing: {
      spend: 100,
      impressions: 10_000,
      clicks: 200,
      conversions: 25,
      ctr: 0.02,
      conversionRate: 0.125,
      cpc: 0.5,
      cpa: 4,
      cac: 5,
      attributedRevenue: 400,
      attributedMargin: 160,
      roi: 0.6,
      roas: 4,
    },
    hr: {
      headcount: 21,
      averageHeadcount: 20,
      hires: 2,
      leavers: 1,
      staffTurnover: 0.05,
      payroll: 300,
      costPerHire: 40,
      trainingHours: 3,
      productivity: 50,
      employeeSatisfaction: 0.8,
      tenure: 4,
      timeToFill: 30,
    },
    supplyChain: {
      suppliers: 12,
      supplierLeadTime: 9,
      supplierOnTimeRate: 0.96,
      procurementCost: 500,
      rawStock: 100,
      workInProgressStock: 50,
      finishedStock: 150,
      totalStock: 300,
      orderCycleTime: 5,
      perfectOrderRate: 0.91,
    },
  };
  const departments = [
    revenueDepartment,
    customersDepartment,
    operationsDepartment,
    marketingDepartment,
    hrDepartment,
    supplyChainDepartment,
  ];
  const tables = Object.fromEntries(
    Object.entries(periods).map(([name, period]) => [
      name,
      TimeTable.of({
        frequency: "M",
        start: "2026-01",
        columns: Object.fromEntries(Object.entries(period).map(([metric, value]) => [metric, [value]])),
      }),
    ]),
  );
  const all = validationPipeline("all").expect(...crossDepartmentRules(departments));

  it.each(departments)(
    "of the catalogue $name hold in a worked example, and each identity is broken by another value",
    async (part) => {
      const period = periods[part.name as keyof typeof periods] as Record<string, number>;
      expect(Object.keys(period).sort()).toEqual(Object.keys(part.metrics).sort());
      const pipeline = validationPipeline("one").expect(...departmentExpectations(part));
      const { checks } = await pipeline.run([period]);
      expect(checks.filter(({ status }) => status !== "passed")).toEqual([]);
      for (const rule of departmentRules(part)) {
        if (rule.kind !== "identity") continue;
        const broken = await pipeline.run([{ ...period, [rule.column]: period[rule.column] * 1.05 + 0.02 }]);
        expect(
          broken.checks.find(({ expectation }) => expectation === `${rule.column} = ${rule.formula}`)?.status,
        ).toBe("failed");
      }
    },
  );

  it("between departments hold in the worked example, over tables joined by period", async () => {
    const joined = joinTables(tables);
    const { checks } = await all.run(joined);
    expect(checks.map(({ expectation }) => expectation)).toEqual([
      "customers.arpu = revenue.revenue / customers.customers",
      "operations.inventoryTurnover = revenue.costs / operations.inventory",
      "operations.returns <= revenue.orders",
      "operations.returnRate = operations.returns / revenue.orders",
      "marketing.cac = marketing.spend / customers.newCustomers",
      "marketing.attributedRevenue <= revenue.revenue",
      "hr.productivity = revenue.revenue / hr.averageHeadcount",
      "supplyChain.perfectOrderRate <= operations.onTimeRate",
    ]);
    expect(checks.filter(({ status }) => status !== "passed")).toEqual([]);
    const wrong = { ...joined, "customers.newCustomers": [10], "operations.returns": [60] };
    const failed = (await all.run(wrong)).checks.filter(({ status }) => status === "failed");
    expect(failed.map(({ expectation }) => expectation)).toEqual([
      "operations.returns <= revenue.orders",
      "operations.returnRate = operations.returns / revenue.orders",
      "marketing.cac = marketing.spend / customers.newCustomers",
    ]);
  });

  it("between departments name a department, a metric of its name, and a function apart", () => {
    const sales = department("sales", { sales: { unit: "1", kind: "flow" } });
    const share = department("share", {
      sales: { unit: "1", kind: "flow" },
      max: { unit: "1", kind: "rate", formula: "max(sales.sales, 1.5) / (sales + max)" },
    });
    expect(crossDepartmentRules([sales, share]).map(({ formula }) => formula)).toEqual([
      "max(sales.sales, 1.5) / (share.sales + share.max)",
    ]);
  });

  it("between departments are left out where one of them is not there", () => {
    expect(crossDepartmentRules([revenueDepartment, hrDepartment]).map(({ formula }) => formula)).toEqual([
      "revenue.revenue / hr.averageHeadcount",
    ]);
  });

  it("add the spend by channel up", () => {
    const channels = withChannels(pickMetrics(marketingDepartment, ["spend"]), ["search", "social"]);
    const { rejected } = validate(channels, [
      { spend: 100, searchSpend: 60, socialSpend: 40 },
      { spend: 100, searchSpend: 60, socialSpend: 30 },
    ]);
    expect(rejected.map(({ row }) => row)).toEqual([1]);
  });
});

describe("joinTables", () => {
  it("takes the union of the periods", () => {
    const a = TimeTable.of({ frequency: "M", start: "2026-01", columns: { x: [1, 2] } });
    const b = TimeTable.of({ frequency: "M", start: "2026-02", columns: { x: [3, 4] } });
    expect(joinTables({ a, b })).toEqual({
      date: ["2026-01-01", "2026-02-01", "2026-03-01"],
      "a.x": Float64Array.of(1, 2, Number.NaN),
      "b.x": Float64Array.of(Number.NaN, 3, 4),
    });
  });

  it("refuses other frequencies, and nothing", async () => {
    const a = TimeTable.of({ frequency: "M", start: "2026-01", columns: { x: [1, 2] } });
    const b = TimeTable.of({ frequency: "D", start: "2026-02-01", columns: { x: [3, 4] } });
    expect((await caught(() => joinTables({ a, b }))).message).toContain("resample");
    expect((await caught(() => joinTables({}))).code).toBe("invalid-argument");
  });
});

describe("validateWith", () => {
  const schema = z.object({ id: z.string(), price: z.number().min(0) });

  it("takes any Standard Schema validator and gives what it returns", async () => {
    const rows = [{ id: "A", price: 1, more: true }, { id: 7, price: -1 }, "no row"];
    const { valid, rejected, issues } = await validateWith(schema, rows);
    expect(valid).toEqual([{ id: "A", price: 1 }]);
    expect(rejected.map(({ row, value }) => [row, value])).toEqual([
      [1, rows[1]],
      [2, "no row"],
    ]);
    expect(issues.map(({ code, path }) => [code, path])).toEqual([
      ["invalid-data", ["rows", 1, "id"]],
      ["invalid-data", ["rows", 1, "price"]],
      ["invalid-data", ["rows", 2]],
    ]);
  });

  it("waits for asynchronous ones, and tells what they throw", async () => {
    const later = schema.refine(async ({ id }) => {
      await Promise.resolve();
      return id !== "B";
    });
    const { valid, issues } = await validateWith(later, [
      { id: "A", price: 1 },
      { id: "B", price: 1 },
    ]);
    expect(valid).toEqual([{ id: "A", price: 1 }]);
    expect(issues.map(({ path, message }) => [path, message])).toEqual([[["rows", 1], "Invalid input"]]);

    const failing = (validate: () => never | Promise<never>): StandardSchema => ({
      "~standard": { version: 1, vendor: "test", validate },
    });
    const reject = failing(() => Promise.reject(new Error("no connection")));
    const fail = failing(() => {
      throw new Error("no connection");
    });
    for (const broken of [reject, fail])
      expect((await validateWith(broken, [1])).issues[0].message).toBe("the validator threw: no connection");
  });

  it("agrees with validate on rows of numbers and nulls", async () => {
    const part = department("p", {
      x: { unit: "1", kind: "rate", minimum: 0, maximum: 5 },
      y: { unit: "1", kind: "rate" },
    });
    const cell = fc.option(fc.oneof(fc.integer({ min: -2, max: 8 }), fc.double({ noNaN: true })), { nil: null });
    await fc.assert(
      fc.asyncProperty(fc.array(fc.record({ x: cell, y: cell }), { minLength: 1 }), async (rows) => {
        const strict = await validateWith(rowSchema(part), rows);
        const loose = validate(part, rows);
        expect(strict.rejected.map(({ row }) => row)).toEqual(loose.rejected.map(({ row }) => row));
      }),
    );
  });

  it("refuses what is no validator, and stops", async () => {
    expect((await caught(() => validateWith({} as never, []))).message).toContain("rowSchema(department)");
    const controller = new AbortController();
    controller.abort("enough");
    await expect(validateWith(schema, [{}], { signal: controller.signal })).rejects.toBe("enough");
  });
});

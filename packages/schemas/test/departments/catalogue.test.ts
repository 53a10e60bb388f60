import { describe, expect, expectTypeOf, it } from "vitest";
import * as z from "zod";
import {
  crossDepartmentRules,
  customersDepartment,
  type Department,
  department,
  departmentExpectations,
  departmentRules,
  extendDepartment,
  hrDepartment,
  inCurrency,
  joinTables,
  type MetricDefinition,
  marketingDepartment,
  metricStatus,
  operationsDepartment,
  pickMetrics,
  revenueDepartment,
  rowSchema,
  supplyChainDepartment,
  tableQuality,
  withChannels,
} from "../../src/index.js";
import { caught } from "../helpers.js";

const catalogues: readonly Department[] = [
  revenueDepartment,
  customersDepartment,
  operationsDepartment,
  marketingDepartment,
  hrDepartment,
  supplyChainDepartment,
];
const entries = catalogues.flatMap(({ name, metrics }) =>
  Object.entries(metrics).map(([metric, definition]) => ({ name, metric, definition })),
);

describe("the catalogues", () => {
  it("have every metric that was asked for", () => {
    const wanted = {
      revenue: "revenue profit grossMargin costs averageOrderValue price cashFlow receivables payables",
      customers:
        "customers newCustomers churnedCustomers churnRate retentionRate prospectConversionRate customerLifetimeValue arpu nps csat sentiment",
      operations:
        "deliveryTime onTimeRate deliveryDelay fulfilmentRate orderAccuracy inventory inventoryTurnover stockOuts returns defects shippingCost operatingCost",
      marketing: "spend impressions clicks conversions ctr conversionRate cpc cpa cac roi roas",
      hr: "headcount hires leavers staffTurnover payroll costPerHire trainingHours productivity employeeSatisfaction tenure timeToFill",
      supplyChain:
        "suppliers supplierLeadTime supplierOnTimeRate procurementCost rawStock workInProgressStock finishedStock orderCycleTime perfectOrderRate",
    };
    for (const [name, metrics] of Object.entries(wanted)) {
      const known = catalogues.find((catalogue) => catalogue.name === name)?.metrics ?? {};
      expect(Object.keys(known)).toEqual(expect.arrayContaining(metrics.split(" ")));
    }
  });

  it.each(entries)("$name.$metric says everything of itself", ({ metric, definition }) => {
    expect(metric).toMatch(/^[a-z][A-Za-z]*$/);
    expect(Object.keys(definition)).toEqual(
      expect.arrayContaining(["description", "unit", "kind", "warning", "critical", "source"]),
    );
    // a metric without a good direction is watched both ways
    if (definition.good === undefined) expect(definition.warning).toHaveProperty("deviation");
    for (const threshold of [definition.warning, definition.critical]) {
      if (typeof threshold !== "number") continue;
      expect(threshold).toBeGreaterThanOrEqual(definition.minimum ?? -Infinity);
      expect(threshold).toBeLessThanOrEqual(definition.maximum ?? Infinity);
    }
    if (definition.unit === "1" && definition.kind === "score") expect(definition).toMatchObject({ maximum: 1 });
  });

  it("name no metric twice, so that one twin can have them all", () => {
    expect(new Set(entries.map(({ metric }) => metric)).size).toBe(entries.length);
  });

  it("name metrics of other departments that are there", () => {
    const known = new Set(entries.map(({ name, metric }) => `${name}.${metric}`));
    const foreign = entries.flatMap(
      ({ definition: { formula = "", holds = [] } }) =>
        [formula, ...holds].join(" ").match(/\b[a-z]\w*\.[a-z]\w*/g) ?? [],
    );
    expect(foreign.length).toBeGreaterThan(5);
    expect(foreign.filter((name) => !known.has(name))).toEqual([]);
  });

  it("carry their names in their types", () => {
    expectTypeOf<"revenue" | "grossMargin">().toExtend<keyof typeof revenueDepartment.metrics>();
    // @ts-expect-error there is no such metric
    expect(revenueDepartment.metrics.reveneu).toBeUndefined();
  });
});

describe("extending and picking", () => {
  it("keep the names in the type", () => {
    const part = pickMetrics(revenueDepartment, ["revenue", "costs"]);
    expectTypeOf(part).toEqualTypeOf<Department<"revenue" | "costs">>();
    const more = extendDepartment(part, { vouchers: { unit: "USD", kind: "flow" } });
    expectTypeOf(more).toEqualTypeOf<Department<"revenue" | "costs" | "vouchers">>();
    expect(more.name).toBe("revenue");
    expect(more.metrics.revenue).toEqual(revenueDepartment.metrics.revenue);
  });

  it("replace a definition of the same name", () => {
    const net = extendDepartment(revenueDepartment, { profit: { unit: "USD", kind: "flow", description: "net" } });
    expect(net.metrics.profit).toEqual({ unit: "USD", kind: "flow", description: "net" });
    expect(Object.keys(net.metrics)).toEqual(Object.keys(revenueDepartment.metrics));
  });

  it("drop the formulas that lost a name, and keep the others", () => {
    const part = pickMetrics(revenueDepartment, ["revenue", "profit", "orders", "averageOrderValue"]);
    expect(part.metrics.profit.formula).toBeUndefined();
    expect(part.metrics.averageOrderValue.formula).toBe("revenue / orders");
    expect(pickMetrics(customersDepartment, ["customers", "churnedCustomers"]).metrics.churnedCustomers.holds).toEqual([
      "churnedCustomers <= customers",
    ]);
  });

  it("tell every unknown name with the near one", async () => {
    const error = await caught(() => pickMetrics(revenueDepartment, ["reveneu", "cost"] as never[]));
    expect(error.issues.map(({ fix }) => fix)).toEqual(["did you mean 'revenue'?", "did you mean 'costs'?"]);
    await caught(() => pickMetrics(revenueDepartment, []));
  });

  it("change the currency of every unit", async () => {
    const units = ({ metrics }: Department): string[] =>
      Object.values<MetricDefinition>(metrics).map(({ unit }) => unit);
    const pounds = inCurrency(marketingDepartment, { currency: "GBP" });
    expectTypeOf(pounds).toEqualTypeOf<typeof marketingDepartment>();
    expect(units(pounds)).toEqual(units(marketingDepartment).map((unit) => unit.replace("USD", "GBP")));
    expect(units(pounds).filter((unit) => unit.startsWith("GBP/"))).toEqual([
      "GBP/click",
      "GBP/conversion",
      "GBP/customer",
    ]);
    for (const currency of ["pounds", "", undefined])
      await caught(() => inCurrency(revenueDepartment, { currency } as never));
  });

  it("split the spend by channel", async () => {
    const marketing = withChannels(marketingDepartment, ["search", "social"]);
    expectTypeOf<"searchSpend" | "socialSpend" | "clicks">().toExtend<keyof typeof marketing.metrics>();
    expect(marketing.metrics.spend).toMatchObject({ formula: "searchSpend + socialSpend", unit: "USD" });
    expect(marketing.metrics.socialSpend).toMatchObject({ kind: "flow", minimum: 0, unit: "USD" });
    const error = await caught(() =>
      withChannels(marketingDepartment, ["search", "search", "paid search", "__proto__.x"]),
    );
    expect(error.issues.map(({ path }) => path)).toEqual([
      ["channels", 1],
      ["channels", 2],
      ["channels", 3],
    ]);
    await caught(() => withChannels(marketingDepartment, []));
  });
});

describe("definitions", () => {
  const define = (definition: object) =>
    caught(() =>
      department("d", {
        a: { unit: "1", kind: "rate", ...definition } as MetricDefinition,
        b: { unit: "1", kind: "rate" },
      }),
    );

  it.each([
    [{ good: "up", warning: 1, critical: 2 }, "critical is better than warning"],
    [{ good: "down", warning: 2, critical: 1 }, "critical is better than warning"],
    [{ warning: { deviation: 0.2 }, critical: { deviation: 0.1 } }, "critical is better than warning"],
    [{ warning: 1 }, "needs a good direction"],
    [{ good: "up", warning: 1, critical: { deviation: 0.1 } }, "not of one form"],
    [{ good: "up", warning: { deviation: -0.1 } }, "deviation"],
    [{ formula: "b +" }, "cannot be read"],
    [{ formula: "bb * 2" }, "did you mean 'b'?"],
    [{ holds: ["a <= b", "a <= c"] }, "unknown metric 'c'"],
    [{ formula: "import('x')" }, "not allowed"],
    [{ tolerance: -1 }, "tolerance"],
  ])("refuse %j", async (definition, told) => {
    expect((await define(definition)).message).toContain(told);
  });

  it("may name other departments", () => {
    expect(() => department("d", { a: { unit: "1", kind: "rate", formula: "sales.revenue / 1.5" } })).not.toThrow();
  });
});

describe("what is no department", () => {
  it.each([undefined, null, {}, { name: "d" }, "revenue"])("is refused: %j", async (value) => {
    const base = value as never;
    for (const action of [
      () => pickMetrics(base, []),
      () => extendDepartment(base, {}),
      () => inCurrency(base, { currency: "GBP" }),
      () => withChannels(base, ["a"]),
      () => rowSchema(base),
      () => departmentExpectations(base),
      () => departmentRules(base),
      () => crossDepartmentRules([base]),
      () => tableQuality(base, base),
    ])
      expect((await caught(action)).path).toEqual(["department"]);
    expect((await caught(() => tableQuality(revenueDepartment, base))).path).toEqual(["table"]);
    expect((await caught(() => joinTables({ a: base }))).path).toEqual(["tables", "a"]);
    expect((await caught(() => withChannels(revenueDepartment as never, ["a"]))).code).toBe("unknown-name");
  });
});

describe("metricStatus", () => {
  const status = (definition: Partial<MetricDefinition>, value: number, reference?: number) =>
    metricStatus({ unit: "1", kind: "rate", ...definition }, value, reference === undefined ? {} : { reference });

  it("is by level, a value at a threshold being no worse than it", () => {
    const up = { good: "up", warning: 0.9, critical: 0.8 } as const;
    expect([0.95, 0.9, 0.89, 0.8, 0.79].map((value) => status(up, value))).toEqual([
      "good",
      "good",
      "warning",
      "warning",
      "critical",
    ]);
    const down = { good: "down", warning: 5, critical: 10 } as const;
    expect([5, 6, 10, 11].map((value) => status(down, value))).toEqual(["good", "warning", "warning", "critical"]);
  });

  it("is by deviation from a reference, in the bad direction or in both", () => {
    const limits = { warning: { deviation: 0.1 }, critical: { deviation: 0.25 } };
    const statuses = (good: "up" | "down" | undefined, reference: number) =>
      [60, 80, 100, 120, 140].map((percent) =>
        status(
          { ...limits, ...(good && { good }) },
          (percent / 100) * Math.abs(reference) * Math.sign(reference),
          reference,
        ),
      );
    expect(statuses("up", 200)).toEqual(["critical", "warning", "good", "good", "good"]);
    expect(statuses("down", 200)).toEqual(["good", "good", "good", "warning", "critical"]);
    expect(statuses(undefined, 200)).toEqual(["critical", "warning", "good", "warning", "critical"]);
    // a larger loss is worse
    expect(statuses("up", -200)).toEqual(["good", "good", "good", "warning", "critical"]);
  });

  it("is not known of a missing value, or without thresholds", () => {
    expect(status({ good: "up", warning: 1 }, Number.NaN)).toBeUndefined();
    expect(status({}, 5)).toBeUndefined();
  });

  it("needs the reference that deviations are of", async () => {
    for (const reference of [undefined, 0, Number.NaN])
      expect((await caught(() => status({ good: "up", warning: { deviation: 0.1 } }, 5, reference))).path).toEqual([
        "reference",
      ]);
  });
});

describe("rowSchema", () => {
  const shop = department("shop", {
    price: { unit: "GBP", kind: "price", minimum: 0, maximum: 10, description: "Price" },
    orders: { unit: "orders", kind: "flow", aggregate: "distinctCount" },
  });
  const schema = rowSchema(shop);

  it.each([
    [{ date: "2026-01-05", price: 3, orders: "A1" }, true],
    [{ date: 0, price: null }, true],
    [{}, true],
    [{ price: 10, orders: 4 }, true],
    [{ price: 10.5 }, false],
    [{ price: -1 }, false],
    [{ price: "3" }, false],
    [{ price: Number.NaN }, false],
    [{ price: Infinity }, false],
    [{ orders: true }, false],
    [{ date: "5 January" }, false],
    [{ date: "2026-02-30" }, false],
    [{ prise: 3 }, false],
    [[], false],
    [null, false],
  ])("%j: %j", (row, accepted) => {
    expect(schema.safeParse(row).success).toBe(accepted);
  });

  it("lets other keys through where it is loosened", () => {
    expect(schema.loose().parse({ price: 1, shop: "north" })).toEqual({ price: 1, shop: "north" });
  });

  it("is JSON Schema for every catalogue", () => {
    for (const catalogue of catalogues) expect(() => z.toJSONSchema(rowSchema(catalogue))).not.toThrow();
    expect(z.toJSONSchema(schema)).toMatchObject({
      type: "object",
      additionalProperties: false,
      properties: {
        price: { anyOf: [{ type: "number", minimum: 0, maximum: 10 }, { type: "null" }], description: "Price (GBP)" },
      },
    });
    expect(z.toJSONSchema(schema)).not.toHaveProperty("required");
  });

  it("has the names in its type", () => {
    expectTypeOf<z.infer<typeof schema>>().toEqualTypeOf<{
      price?: string | number | null | undefined;
      orders?: string | number | null | undefined;
      date?: string | number | undefined;
    }>();
  });
});

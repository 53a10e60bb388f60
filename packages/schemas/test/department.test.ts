import { TwinError } from "@sage-twin/kernel";
import { describe, expect, expectTypeOf, it } from "vitest";
import { aggregationRule, type Department, department, type MetricDefinition } from "../src/index.js";
import { caught } from "./helpers.js";

describe("department", () => {
  it("keeps the names of its metrics in its type, and is frozen", () => {
    const shop = department("shop", { sales: { unit: "GBP", kind: "flow" }, price: { unit: "GBP", kind: "price" } });
    expectTypeOf(shop).toEqualTypeOf<Department<"sales" | "price">>();
    expect(Object.isFrozen(shop) && Object.isFrozen(shop.metrics) && Object.isFrozen(shop.metrics.sales)).toBe(true);
  });

  it("tells every issue of every metric at once", async () => {
    const error = await caught(() =>
      department("shop", {
        sales: { unit: "", kind: "flow" },
        price: { unit: "GBP", kind: "cost", minimum: 2, maximum: 1 } as unknown as MetricDefinition,
        margin: { unit: "1", kind: "rate", minimum: 2, maximum: 1 },
        orders: { unit: "orders", kind: "flow", goood: "up" } as MetricDefinition,
      }),
    );
    expect(error.issues.map(({ path }) => path.join("."))).toEqual([
      "metrics.sales.unit",
      "metrics.price.kind",
      "metrics.margin",
      "metrics.orders.goood",
    ]);
    expect(error.issues[3].fix).toBe("did you mean 'good'?");
    expect(error.code).toBe("invalid-argument");
  });

  it.each(["__proto__", "constructor", "prototype", "date", ""])("refuses %j as a name of a metric", async (name) => {
    const metrics = JSON.parse(`{ ${JSON.stringify(name)}: { "unit": "1", "kind": "flow" } }`) as Record<
      string,
      MetricDefinition
    >;
    expect((await caught(() => department("shop", metrics))).code).toBe("invalid-argument");
    expect(({} as Record<string, unknown>)["unit"]).toBeUndefined();
  });

  it("refuses a department without a name or a metric", () => {
    expect(() => department("", { a: { unit: "1", kind: "flow" } })).toThrow(TwinError);
    expect(() => department("shop", {})).toThrow(TwinError);
    expect(() => department("shop", null as never)).toThrow(TwinError);
  });

  it("aggregates a metric by its rule, else by its kind", () => {
    const rule = (kind: MetricDefinition["kind"]): string => aggregationRule({ unit: "1", kind });
    expect((["flow", "stock", "rate", "price", "score"] as const).map(rule)).toEqual([
      "sum",
      "last",
      "mean",
      "mean",
      "mean",
    ]);
    expect(aggregationRule({ unit: "1", kind: "flow", aggregate: "max" })).toBe("max");
  });
});

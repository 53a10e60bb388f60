// What someone who installed the packages writes, and what must not compile. Copied beside them, and checked there.
import {
  type BuildOptions,
  type Comparison,
  causalGraph,
  department,
  elasticity,
  type Outlook,
  type Report,
  type SimulationResult,
  TimeTable,
  Twin,
  TwinError,
  workerPool,
} from "@sage-twin/core";
import { autoEts } from "@sage-twin/forecasters";
import { Rng } from "@sage-twin/kernel";

const options: BuildOptions = { seed: "types", horizon: "3M" };
const builder = Twin.describe("shop")
  .department(
    "sales",
    department("sales", { price: { unit: "GBP", kind: "price" }, orders: { unit: "orders", kind: "flow" } }),
  )
  .derive("revenue", "price * orders", { unit: "GBP", kind: "flow", good: "up" })
  .causes(causalGraph().cause("price", "orders", elasticity(-1, { sd: 0.5 })))
  .levers({ price: { unit: "GBP", min: 1, max: 10 } })
  .data("sales", TimeTable.of({ frequency: "M", start: "2025-01", columns: { price: [1, 2, 3], orders: [3, 2, 1] } }));
const twin = await builder.build(options);
const outlook: Outlook = await twin.forecast("revenue", { executor: workerPool({ workers: 2 }) });
const plan = twin.scenario("dearer").scale("price", 1.1);
const result: SimulationResult<"orders" | "price" | "revenue"> = await twin.simulate(plan);
const comparison: Comparison<"orders" | "price" | "revenue"> = await twin.compare([plan]);
const report: Report = await twin.report({ comparison, horizons: ["1M"] });
const page: string = report.toHTML();
const mean: Float64Array = result.metric("orders").mean;
const isTwinError = (error: unknown): error is TwinError => TwinError.isInstance(error);
export const used = [outlook, page, mean, isTwinError, autoEts(), new Rng("types")];

// @ts-expect-error no such metric
await twin.forecast("reveneu");
// @ts-expect-error no such metric in the result
result.metric("reveneu");
// @ts-expect-error no such metric to report
await twin.report({ metrics: ["reveneu"] });
// @ts-expect-error not a metric to keep
await twin.simulate(plan, { metrics: ["reveneu"] });
// @ts-expect-error a metric, but not a lever
twin.scenario("more").scale("orders", 1.1);
// @ts-expect-error no such department
builder.data("sale", TimeTable.of({ frequency: "M", start: "2025-01", columns: { price: [1], orders: [1] } }));
// @ts-expect-error nothing to simulate before build()
await builder.simulate(plan);
// @ts-expect-error nothing to forecast before build()
await builder.forecast("orders");
// @ts-expect-error what is built is described no further
twin.derive("twice", "2 * orders", { unit: "orders", kind: "flow" });
// @ts-expect-error no mutation
result.runs = 5;

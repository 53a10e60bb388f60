import { causalGraph, elasticity, type FittedProgram, fit, type HistoryTable } from "@sage-twin/causal";
import { naive } from "@sage-twin/forecasters";
import { exp, log, Rng } from "@sage-twin/kernel";
import type { MetricInfo } from "../src/index.js";

const length = 104;

/** Two years of a made-up shop: price and marketing drive orders; revenue, costs and profit follow; customers accumulate. */
export function fittedShop(horizon = 12): FittedProgram {
  const rng = new Rng("scenario shop");
  const names = ["price", "marketing", "orders", "joined", "lost", "base"] as const;
  const columns = Object.fromEntries(names.map((name) => [name, new Float64Array(length)])) as Record<
    (typeof names)[number],
    Float64Array
  >;
  let base = 500;
  for (let row = 0; row < length; row++) {
    columns.price[row] = 5 * exp(0.1 * rng.normal());
    columns.marketing[row] = 100 * exp(0.3 * rng.normal());
    columns.orders[row] = exp(
      5 - 1.5 * log(columns.price[row]) + 0.3 * log(columns.marketing[row]) + 0.1 * rng.normal(),
    );
    columns.joined[row] = 0.2 * columns.orders[row];
    columns.lost[row] = 0.03 * base;
    base += columns.joined[row] - columns.lost[row];
    columns.base[row] = base;
  }
  const table: HistoryTable = {
    frequency: "W",
    start: Date.UTC(2024, 0, 1),
    length,
    metrics: names,
    column: (name) => columns[name as (typeof names)[number]].slice(),
  };
  const graph = causalGraph()
    .cause("price", "orders", elasticity())
    .cause("marketing", "orders", elasticity(0.24, { sd: 0.1, lag: "2W", source: "a study" }))
    .cause("orders", "joined", elasticity(1, { sd: 0.2 }))
    .identity("revenue", "orders * price")
    .identity("profit", "revenue - orders * 3 - marketing")
    .stock("base", { inflow: "joined", outflow: "lost", floor: 0 });
  return fit(graph, table, { horizon, forecaster: naive(), levers: { price: {}, marketing: {} }, seed: "shop" });
}

export const levers = { price: { unit: "GBP", min: 1, max: 10 }, marketing: { unit: "GBP", min: 0, max: 1000 } };

export const catalogue: Readonly<Record<string, MetricInfo>> = {
  price: { unit: "GBP", kind: "price" },
  marketing: { unit: "GBP", kind: "flow" },
  orders: { unit: "orders", kind: "flow", good: "up" },
  joined: { unit: "customers", kind: "flow", good: "up" },
  lost: { unit: "customers", kind: "flow", good: "down" },
  base: { unit: "customers", kind: "stock", good: "up" },
  revenue: { unit: "GBP", kind: "flow", good: "up" },
  profit: { unit: "GBP", kind: "flow", good: "up" },
};

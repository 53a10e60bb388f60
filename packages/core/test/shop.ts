import { exp, log, Rng } from "@sage-twin/kernel";
import { causalGraph, department, elasticity, TimeTable, Twin } from "../src/index.js";

export const sales = department("sales", {
  price: { unit: "GBP", kind: "price", minimum: 0 },
  orders: { unit: "orders", kind: "flow", good: "up", minimum: 0 },
  orderValue: { unit: "GBP", kind: "price", good: "up", minimum: 0 },
});

export const people = department("people", {
  customers: { unit: "customers", kind: "stock", good: "up", minimum: 0 },
  joined: { unit: "customers", kind: "flow", good: "up", minimum: 0 },
  lost: { unit: "customers", kind: "flow", good: "down", minimum: 0 },
});

export const length = 104;

/** Two years of weeks of a made-up shop. */
export function shopColumns() {
  const rng = new Rng("core shop");
  const column = () => new Float64Array(length);
  const columns = {
    price: column(),
    orders: column(),
    orderValue: column(),
    customers: column(),
    joined: column(),
    lost: column(),
  };
  let customers = 800;
  for (let row = 0; row < length; row++) {
    columns.price[row] = 5 * exp(0.1 * rng.normal());
    columns.orders[row] = exp(5 - 1.2 * log(columns.price[row]) + 0.1 * rng.normal());
    columns.orderValue[row] = 20 * exp(0.05 * rng.normal());
    columns.joined[row] = 0.3 * columns.orders[row];
    columns.lost[row] = 0.01 * customers;
    customers += columns.joined[row] - columns.lost[row];
    columns.customers[row] = customers;
  }
  return columns;
}

export function describeShop() {
  const { price, orders, orderValue, ...customers } = shopColumns();
  const start = "2024-01-01";
  return Twin.describe("shop")
    .department("sales", sales)
    .department("people", people)
    .derive("revenue", "orders * orderValue", { unit: "GBP", kind: "flow", good: "up" })
    .causes(
      causalGraph()
        .cause("price", "orders", elasticity())
        .cause("orders", "joined", elasticity(1, { sd: 0.2 }))
        .stock("customers", { inflow: "joined", outflow: "lost" }),
    )
    .levers({ price: { unit: "GBP", min: 1, max: 10, step: 0.1 } })
    .data("sales", TimeTable.of({ frequency: "W", start, columns: { price, orders, orderValue } }))
    .data("people", TimeTable.of({ frequency: "W", start, columns: customers }));
}

import { causalGraph, elasticity, type TimeTable, Twin } from "@sage-twin/core";
import { customers, operations, revenue, supplyChain } from "./departments.js";

/** The weekly or daily tables of the four departments. */
export interface ShopTables {
  readonly revenue: TimeTable;
  readonly customers: TimeTable;
  readonly operations: TimeTable;
  readonly "supply-chain": TimeTable;
}

/**
 * What causes what in the shop. Where the data hold both sides the effect is fitted from them, once with a prior; the three levers have no data of their own
 * (the shop's records tell of no price list, no marketing and no service levels), so their effects are definitions or assumptions.
 */
export const shopGraph = causalGraph()
  .cause("activeCustomers", "orders", elasticity())
  .cause("customerBase", "returningCustomers", elasticity(1, { sd: 0.3, lag: "1W" }))
  .cause("newCustomers", "joinedCustomers", elasticity())
  .cause("units", "topSellerUnits", elasticity())
  .cause("acquisition", "newCustomers", elasticity(1, { sd: 0 }))
  .cause("priceLevel", "averagePrice", elasticity(1, { sd: 0 }))
  .cause("priceLevel", "orders", elasticity(-0.5, { sd: 0.3 }))
  .cause("priceLevel", "unitsPerLine", elasticity(-0.7, { sd: 0.4 }))
  .cause("refundLevel", "refundRate", elasticity(1, { sd: 0 }))
  .identity("activeCustomers", "newCustomers + returningCustomers")
  .identity("lines", "orders * linesPerOrder")
  .identity("units", "lines * unitsPerLine")
  .identity("grossSales", "units * averagePrice")
  .identity("refunds", "grossSales * refundRate")
  .identity("netSales", "grossSales - refunds")
  .stock("customerBase", { inflow: "joinedCustomers", outflow: "lapsedCustomers", floor: 0 });

/**
 * Who is new and who lapsed can only be told once the records reach back the 12 weeks that the customer base looks back: before this week
 * nearly everybody is new, and nobody has lapsed.
 */
export const firstFullWeek = "2011-02-28";

/** The twin of the shop on weekly tables, looking three months ahead. */
export function shopTwin(tables: ShopTables) {
  return Twin.describe("online-retail")
    .department("revenue", revenue)
    .department("customers", customers)
    .department("operations", operations)
    .department("supply-chain", supplyChain)
    .derive("averageOrderValue", "netSales / orders", { unit: "GBP", kind: "price", good: "up" })
    .causes(shopGraph)
    .levers({
      priceLevel: { label: "Price level (1 = as forecast)", baseline: 1, min: 0.8, max: 1.3, step: 0.01 },
      acquisition: { label: "New customers (1 = as forecast)", baseline: 1, min: 0.5, max: 2, step: 0.05 },
      refundLevel: { label: "Refunds (1 = as forecast)", baseline: 1, min: 0.2, max: 2, step: 0.05 },
    })
    .data("revenue", tables.revenue)
    .data("customers", tables.customers.slice(firstFullWeek))
    .data("operations", tables.operations)
    .data("supply-chain", tables["supply-chain"])
    .build({ seed: "2026", horizon: "3M" });
}

import { Twin } from "@sage-twin/core";
import type { SimulatedBusiness } from "@sage-twin/testing";

/** The twin of a simulated company: it sees the tables and the graph, and none of what is hidden. */
export function companyTwin({ departments, tables, graph, levers }: SimulatedBusiness) {
  return Twin.describe("simulated company")
    .department("marketing", departments.marketing)
    .department("revenue", departments.revenue)
    .department("customers", departments.customers)
    .department("operations", departments.operations)
    .department("hr", departments.hr)
    .department("supplyChain", departments.supplyChain)
    .causes(graph)
    .levers(levers)
    .data("marketing", tables.marketing)
    .data("revenue", tables.revenue)
    .data("customers", tables.customers)
    .data("operations", tables.operations)
    .data("hr", tables.hr)
    .data("supplyChain", tables.supplyChain)
    .build({ seed: "company", horizon: "12W" });
}

/** The four classic sliders, each moved alone. */
export const sliders = [
  { name: "Price +5 %", lever: "price", factor: 1.05 },
  { name: "Marketing +30 %", lever: "marketing", factor: 1.3 },
  { name: "Unit costs +10 %", lever: "unitCost", factor: 1.1 },
  { name: "Delivery delay +50 %", lever: "deliveryDelay", factor: 1.5 },
] as const;

import { department } from "@sage-twin/schemas";

/** The departments of the gift shop, as its tables under `examples/data/online-retail` hold them. */
export const revenue = department("revenue", {
  netSales: { unit: "GBP", kind: "flow", good: "up", description: "gross sales less refunds" },
  grossSales: { unit: "GBP", kind: "flow", good: "up", minimum: 0, description: "goods sold, without voided sales" },
  refunds: {
    unit: "GBP",
    kind: "flow",
    good: "down",
    minimum: 0,
    description: "goods taken back more than 7 days after their sale, or without a sale that they match",
  },
  orders: {
    unit: "orders",
    kind: "flow",
    good: "up",
    minimum: 0,
    description: "invoices with at least one line of goods",
  },
  averagePrice: {
    unit: "GBP",
    kind: "price",
    minimum: 0,
    description: "gross sales per unit; missing where nothing was sold",
  },
});

export const customers = department("customers", {
  activeCustomers: {
    unit: "customers",
    kind: "flow",
    good: "up",
    minimum: 0,
    description: "who ordered in the period",
  },
  newCustomers: { unit: "customers", kind: "flow", good: "up", minimum: 0, description: "whose first order it was" },
  returningCustomers: { unit: "customers", kind: "flow", good: "up", minimum: 0, description: "active and not new" },
  joinedCustomers: {
    unit: "customers",
    kind: "flow",
    good: "up",
    minimum: 0,
    description: "who entered the base: new ones, and lapsed ones who came back",
  },
  lapsedCustomers: {
    unit: "customers",
    kind: "flow",
    good: "down",
    minimum: 0,
    description: "who left the base: 12 weeks went by without an order",
  },
  customerBase: {
    unit: "customers",
    kind: "stock",
    good: "up",
    minimum: 0,
    description: "who ordered within the 12 weeks up to the period's end",
  },
});

export const operations = department("operations", {
  units: { unit: "units", kind: "flow", good: "up", minimum: 0, description: "units of goods sold" },
  lines: { unit: "lines", kind: "flow", minimum: 0, description: "lines of goods on the orders" },
  linesPerOrder: { unit: "lines/order", kind: "rate", minimum: 0 },
  unitsPerLine: { unit: "units/line", kind: "rate", minimum: 0 },
  refundRate: {
    unit: "1",
    kind: "rate",
    good: "down",
    minimum: 0,
    description: "refunds / gross sales; missing where nothing was sold",
  },
  voidedSales: {
    unit: "GBP",
    kind: "flow",
    good: "down",
    minimum: 0,
    description: "sales cancelled within 7 days, by the date of the sale; not part of gross sales",
  },
});

export const supplyChain = department("supply chain", {
  stockCodesSold: {
    unit: "stock codes",
    kind: "flow",
    minimum: 0,
    aggregate: "mean",
    description: "different articles sold",
  },
  topSellerUnits: {
    unit: "units",
    kind: "flow",
    minimum: 0,
    description: "units of the 20 best-selling articles of the period itself",
  },
});

/** The same sales and orders, by where the customer is. */
export const markets = department("markets", {
  netSalesHome: { unit: "GBP", kind: "flow", good: "up", description: "net sales to the United Kingdom" },
  netSalesAbroad: { unit: "GBP", kind: "flow", good: "up", description: "net sales to the rest of the world" },
  ordersHome: { unit: "orders", kind: "flow", good: "up", minimum: 0 },
  ordersAbroad: { unit: "orders", kind: "flow", good: "up", minimum: 0 },
});

/** Every department of the example by the name of its file. */
export const departments = { revenue, customers, operations, "supply-chain": supplyChain, markets } as const;

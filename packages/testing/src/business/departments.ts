import { department } from "@sage-twin/schemas";

/** The six departments of the simulated company and everything that its tables hold. */
export const businessDepartments = {
  marketing: department("marketing", {
    marketing: { unit: "GBP", kind: "flow", minimum: 0, description: "spend on advertising; a lever" },
    promotion: { unit: "1", kind: "rate", minimum: 0, maximum: 0.6, description: "mean discount on the list price" },
    visitors: { unit: "visitors", kind: "flow", good: "up", minimum: 1 },
  }),
  revenue: department("revenue", {
    price: { unit: "GBP", kind: "price", minimum: 0.01, description: "list price of a unit; a lever" },
    orders: { unit: "orders", kind: "flow", good: "up", minimum: 0 },
    unitsPerOrder: { unit: "units/order", kind: "rate", minimum: 0.1 },
    averageOrderValue: { unit: "GBP", kind: "price", good: "up", minimum: 0 },
    revenue: { unit: "GBP", kind: "flow", good: "up", minimum: 0 },
    overheads: { unit: "GBP", kind: "flow", good: "down", minimum: 0 },
    costs: { unit: "GBP", kind: "flow", good: "down", minimum: 0 },
    profit: { unit: "GBP", kind: "flow", good: "up" },
  }),
  customers: department("customers", {
    satisfaction: { unit: "points", kind: "score", good: "up", minimum: 0, maximum: 100 },
    sentiment: { unit: "1", kind: "score", good: "up", minimum: -2, maximum: 2, description: "tone of reviews" },
    newCustomers: { unit: "customers", kind: "flow", good: "up", minimum: 0 },
    lostCustomers: { unit: "customers", kind: "flow", good: "down", minimum: 0 },
    customers: { unit: "customers", kind: "stock", good: "up", minimum: 0 },
  }),
  operations: department("operations", {
    deliveryDelay: { unit: "days", kind: "rate", good: "down", minimum: 0, description: "order to door; a lever" },
    capacity: { unit: "orders", kind: "flow", minimum: 0, description: "orders that the staff can handle" },
    load: { unit: "1", kind: "rate", minimum: 0, description: "orders per capacity" },
    utilisation: {
      unit: "1",
      kind: "rate",
      minimum: 0,
      maximum: 1,
      description: "share of paid hours at work on orders",
    },
    refundRate: { unit: "1", kind: "rate", good: "down", minimum: 0, maximum: 1 },
    refunds: { unit: "GBP", kind: "flow", good: "down", minimum: 0 },
  }),
  hr: department("hr", {
    staff: { unit: "people", kind: "stock", minimum: 0 },
    hires: { unit: "people", kind: "flow", minimum: 0 },
    leavers: { unit: "people", kind: "flow", good: "down", minimum: 0 },
    morale: { unit: "points", kind: "score", good: "up", minimum: 0, maximum: 100 },
    productivity: { unit: "orders/person", kind: "rate", good: "up", minimum: 0.01 },
    wage: { unit: "GBP/person", kind: "price", minimum: 0 },
    payroll: { unit: "GBP", kind: "flow", good: "down", minimum: 0 },
  }),
  supplyChain: department("supplyChain", {
    unitCost: { unit: "GBP", kind: "price", good: "down", minimum: 0.01, description: "cost of a unit; a lever" },
    leadTime: { unit: "days", kind: "rate", good: "down", minimum: 0.1, description: "of the suppliers" },
    units: { unit: "units", kind: "flow", minimum: 0 },
    received: { unit: "units", kind: "flow", minimum: 0 },
    inventory: { unit: "units", kind: "stock" },
    stockCover: { unit: "periods", kind: "rate", description: "inventory per period's units" },
    availability: { unit: "1", kind: "rate", good: "up", minimum: 0, maximum: 1, description: "articles in stock" },
    goodsCost: { unit: "GBP", kind: "flow", good: "down", minimum: 0 },
  }),
} as const;

/** The name of a department of the simulated company. */
export type BusinessDepartment = keyof typeof businessDepartments;

/** The name of a metric of the simulated company. */
export type BusinessMetric = {
  [Name in BusinessDepartment]: keyof (typeof businessDepartments)[Name]["metrics"];
}[BusinessDepartment];

/** The metrics of each department in the order of its table. */
export const metricsByDepartment = Object.fromEntries(
  Object.entries(businessDepartments).map(([name, { metrics }]) => [name, Object.keys(metrics)]),
) as unknown as Readonly<Record<BusinessDepartment, readonly BusinessMetric[]>>;

/** Every metric of the company. */
export const businessMetrics: readonly BusinessMetric[] = Object.values(metricsByDepartment).flat();

/** What follows from others exactly, in the order of their computation. */
export const businessIdentities = {
  capacity: "staff * productivity",
  load: "orders / capacity",
  averageOrderValue: "price * (1 - promotion) * unitsPerOrder",
  revenue: "orders * averageOrderValue",
  units: "orders * unitsPerOrder",
  stockCover: "inventory / units",
  refunds: "revenue * refundRate",
  goodsCost: "units * unitCost",
  payroll: "staff * wage",
  costs: "goodsCost + marketing + payroll + refunds + overheads",
  profit: "revenue - costs",
} as const;

/** What accumulates. */
export const businessStocks = {
  customers: { inflow: "newCustomers", outflow: "lostCustomers", proportional: true },
  staff: { inflow: "hires", outflow: "leavers", proportional: true },
  inventory: { inflow: "received", outflow: "units", proportional: false },
} as const;

/** The levers of the company, for `.levers()` of a twin. */
export const businessLevers = {
  price: { label: "List price", unit: "GBP" },
  marketing: { label: "Marketing spend", unit: "GBP" },
  unitCost: { label: "Cost of a unit", unit: "GBP" },
  deliveryDelay: { label: "Delivery delay", unit: "days" },
} as const;

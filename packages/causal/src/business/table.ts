/** How an effect is stated: percent per percent, or units on the link scale of the effect per unit of the cause. */
type Kind = "elasticity" | "linear";

/**
 * One relationship a row: cause, effect, kind, size, 90 % range, lag in weeks, weekly carry-over, where the size comes from (a key of `works`, or
 * `"assumed"`), and what to know about it.
 */
export type Row = readonly [
  cause: string,
  effect: string,
  kind: Kind,
  size: number,
  range: readonly [number, number],
  lag: number,
  carryover: number,
  evidence: string,
  note: string,
];

// biome-ignore format: one relationship a row.
export const rows: readonly Row[] = [
  // Revenue
  ["price", "orders", "elasticity", -2.62, [-4.6, -0.64], 0, 0, "bijmolt2005", "of a brand: that of a whole category or of a price that rivals follow is nearer to 0; read in the manuscript alone, of which altered copies go about; the range is ours"],
  ["competitorPrice", "orders", "elasticity", 0.1, [-0.2, 0.4], 0, 0, "auer2019", "the median; the mean is .26; the range is ours and holds it"],
  ["spend", "orders", "elasticity", 0.24, [0, 0.48], 0, 0.5, "sethuraman2011", "all that spend does in the long run; the carry-over is what .12 at once leaves of it, per week by assumption; the range is ours"],
  ["reviews", "orders", "elasticity", 0.236, [0, 0.472], 1, 0, "you2015", "of the volume of word of mouth online; the range is ours"],
  ["reviewRating", "orders", "linear", 0.07, [0, 0.14], 1, 0, "luca2011", "per star; the work has revenue, of independent restaurants, and 5 to 9 %; chains did not move, so the range is ours and reaches 0"],
  ["deliveryTime", "orders", "linear", -0.0198, [-0.0396, 0], 0, 0, "oblander2024", "per day; other works: .73 % for a promise (Cui et al. 2021), 1.5 % a business day (Fisher, Gallino and Xu 2019); the range is ours"],
  ["promotion", "orders", "linear", 2, [0, 4], 0, 0, "assumed", "per unit of discount: 10 % off brings 22 % more"],
  ["customers", "orders", "elasticity", 0.5, [0, 1], 4, 0, "assumed", "half of all orders taken to come from those who are customers"],
  ["fulfilmentRate", "orders", "linear", 1, [0, 2], 4, 0, "assumed", "orders not repeated after one came short"],
  ["stockOuts", "orders", "elasticity", -0.05, [-0.1, 0], 0, 0, "assumed", "sales lost for want of the item; surveys of shoppers are believed to say more (Gruen, Corsten and Bharadwaj 2002, not opened)"],
  ["price", "averageOrderValue", "elasticity", 0.8, [0.4, 1.2], 0, 0, "assumed", "dearer units, somewhat fewer in an order"],
  ["promotion", "averageOrderValue", "linear", -0.8, [-1.6, 0], 0, 0, "assumed", "the discount, less what it adds to an order"],
  ["orders", "costs", "elasticity", 0.9, [0.7, 1.1], 0, 0, "assumed", "cost of sales follows volume"],
  ["unitCost", "costs", "elasticity", 0.8, [0.4, 1.2], 0, 0, "assumed", "goods are most of the cost of sales"],
  ["unitCost", "price", "elasticity", 0.5, [0, 1], 4, 0, "assumed", "half of a change of cost is passed on"],
  ["revenue", "receivables", "elasticity", 1, [0.6, 1.4], 0, 0, "assumed", "terms of payment as they are"],
  ["profit", "cashFlow", "linear", 0.8, [0.4, 1.2], 0, 0, "assumed", "what of a unit of gross profit is paid within the period"],
  ["procurementCost", "payables", "elasticity", 0.8, [0.4, 1.2], 0, 0, "assumed", "terms of payment as they are"],
  // Customers
  ["spend", "newCustomers", "elasticity", 0.2, [0, 0.4], 0, 0.5, "assumed", "as for orders; what new customers then order is a small part counted twice"],
  ["prospectConversionRate", "newCustomers", "elasticity", 1, [0.6, 1.4], 0, 0, "assumed", "as many prospects, more of them won"],
  ["nps", "newCustomers", "linear", 0.005, [0, 0.01], 4, 0, "assumed", "per point; correlations with growth disagree even in sign by industry (Keiningham et al. 2008, table 1)"],
  ["sentiment", "newCustomers", "linear", 0.2, [0, 0.4], 4, 0, "assumed", "per unit of polarity"],
  ["csat", "churnedCustomers", "linear", -2, [-4, 0], 4, 0, "assumed", "ten points more keep 18 % of those who would leave; the abstract of the best known meta-analysis gives no figure (Szymanski and Henard 2001)"],
  ["csat", "nps", "linear", 4, [0, 8], 0, 0, "assumed", "log-odds between -100 and 100 per unit"],
  ["csat", "sentiment", "linear", 4, [0, 8], 1, 0, "assumed", "log-odds between -1 and 1 per unit"],
  ["csat", "reviewRating", "linear", 4, [0, 8], 4, 0, "assumed", "log-odds between 1 and 5 stars per unit"],
  ["deliveryDelay", "csat", "linear", -0.3, [-0.6, 0], 1, 0, "assumed", "log-odds per day; no figure was found that could be quoted"],
  ["fulfilmentRate", "csat", "linear", 3, [0, 6], 1, 0, "assumed", "log-odds per unit"],
  ["orderAccuracy", "csat", "linear", 3, [0, 6], 1, 0, "assumed", "log-odds per unit"],
  ["returnRate", "csat", "linear", -2, [-4, 0], 1, 0, "assumed", "log-odds per unit"],
  ["retentionRate", "customerLifetimeValue", "elasticity", 5, [3, 7], 0, 0, "gupta2004", "the work has the value of the firm, by its customers; the range is ours"],
  ["grossMargin", "customerLifetimeValue", "elasticity", 1, [0.6, 1.4], 0, 0, "gupta2004", "the work has the value of the firm, by its customers; the range is ours"],
  ["cac", "customerLifetimeValue", "elasticity", -0.1, [-0.2, 0], 0, 0, "gupta2004", "the work says .1 % for an improvement of 1 %, which is a lower cost; value net of acquisition; the range is ours"],
  // Operations
  ["orders", "orderCycleTime", "elasticity", 0.3, [0, 0.6], 4, 0, "assumed", "work waits where capacity stays"],
  ["headcount", "orderCycleTime", "elasticity", -0.3, [-0.6, 0], 0, 0, "assumed", "more hands"],
  ["labourProductivity", "orderCycleTime", "elasticity", -0.3, [-0.6, 0], 0, 0, "assumed", "faster hands"],
  ["supplierLeadTime", "orderCycleTime", "elasticity", 0.2, [0, 0.4], 0, 0, "assumed", "orders that wait for parts"],
  ["orderCycleTime", "deliveryTime", "elasticity", 0.6, [0.2, 1], 0, 0, "assumed", "the rest is transport"],
  ["orderCycleTime", "onTimeRate", "linear", -0.3, [-0.6, 0], 0, 0, "assumed", "log-odds per day, promises as they are"],
  ["onTimeRate", "deliveryDelay", "linear", -3, [-6, 0], 0, 0, "assumed", "ten points more take 26 % off the mean delay"],
  ["supplierOnTimeRate", "fulfilmentRate", "linear", 2, [0, 4], 0, 0, "assumed", "log-odds per unit"],
  ["inventory", "stockOuts", "elasticity", -1, [-2, 0], 0, 0, "assumed", "twice the stock, half as many gaps"],
  ["supplierLeadTime", "stockOuts", "elasticity", 0.5, [0, 1], 4, 0, "assumed", "a longer wait with the same stock"],
  ["supplierOnTimeRate", "stockOuts", "linear", -2, [-4, 0], 0, 0, "assumed", "ten points more, 18 % fewer"],
  ["orders", "defects", "elasticity", 1, [0.8, 1.2], 0, 0, "assumed", "as many to the unit"],
  ["staffTurnover", "defects", "linear", 0.765, [0, 1.53], 0, 0, "moon2022", "per unit of weekly turnover, rescaled to the period: .74 to .79 % a percentage point; field failures of one maker's devices; the range is ours"],
  ["orders", "returns", "elasticity", 1, [0.8, 1.2], 0, 0, "assumed", "as many to the order"],
  ["defects", "returns", "elasticity", 0.3, [0, 0.6], 1, 0, "assumed", "a part of what comes back"],
  ["orderAccuracy", "returns", "linear", -2, [-4, 0], 0, 0, "assumed", "ten points more, 18 % fewer"],
  ["orders", "shippingCost", "elasticity", 0.9, [0.6, 1.2], 0, 0, "assumed", "parcels follow orders"],
  ["orders", "operatingCost", "elasticity", 0.2, [0, 0.4], 0, 0, "assumed", "what of operating cost varies, other than shipping"],
  ["shippingCost", "operatingCost", "elasticity", 0.2, [0, 0.4], 0, 0, "assumed", "its share of operating cost"],
  ["payroll", "operatingCost", "elasticity", 0.4, [0, 0.8], 0, 0, "assumed", "its share of operating cost"],
  ["spend", "operatingCost", "elasticity", 0.1, [0, 0.2], 0, 0, "assumed", "its share of operating cost"],
  // Marketing
  ["spend", "impressions", "elasticity", 0.9, [0.5, 1.3], 0, 0, "assumed", "more of the same costs a little more"],
  ["impressions", "clicks", "elasticity", 0.9, [0.5, 1.3], 0, 0, "assumed", "wider audiences click less"],
  ["clicks", "conversions", "elasticity", 0.9, [0.5, 1.3], 0, 0, "assumed", "wider audiences buy less"],
  ["conversions", "attributedRevenue", "elasticity", 1, [0.8, 1.2], 0, 0, "assumed", "the same basket; what is attributed adds nothing to orders"],
  ["attributedRevenue", "attributedMargin", "elasticity", 1, [0.8, 1.2], 0, 0, "assumed", "the same margin"],
  // HR
  ["wage", "leavers", "elasticity", -3.75, [-6.5, -1], 4, 0, "emanuel2020", "a firm's own wage against others'; the middle of -3.0 to -4.5 (a draft of October 2020 says -3 to -4); the range is ours"],
  ["wage", "hires", "elasticity", 3.7, [1, 6.4], 4, 0, "emanuel2020", "recruitment; the middle of 3.2 to 4.2 (a draft of October 2020 says 3 to 4.5); the range is ours"],
  ["wage", "payroll", "elasticity", 1, [0.9, 1.1], 0, 0, "assumed", "pay is wages"],
  ["averageHeadcount", "payroll", "elasticity", 1, [0.9, 1.1], 0, 0, "assumed", "pay follows heads"],
  ["headcount", "averageHeadcount", "elasticity", 1, [0.8, 1.2], 0, 0, "assumed", "the mean follows the end"],
  ["employeeSatisfaction", "leavers", "linear", -2, [-4, 0], 4, 0, "assumed", "ten points more keep 18 %; a meta-analysis is reported to give a correlation of -.36, which is no effect (Harter, Schmidt and Hayes 2002)"],
  ["tenure", "leavers", "elasticity", -0.5, [-1, 0], 0, 0, "assumed", "those who stayed long stay"],
  ["leavers", "hires", "elasticity", 0.7, [0.4, 1], 4, 0, "assumed", "most are replaced"],
  ["timeToFill", "hires", "elasticity", -0.5, [-1, 0], 0, 0, "assumed", "positions that stay open longer"],
  ["leavers", "replacementCost", "linear", 0.21, [0, 0.42], 0, 0, "boushey2012", "in annual salaries, a leaver; executives and physicians cost more; the range is ours"],
  ["employeeSatisfaction", "csat", "linear", 1, [0, 2], 4, 0, "assumed", "log-odds per unit; a meta-analysis is reported to give a correlation of .32, which is no effect (Harter, Schmidt and Hayes 2002)"],
  ["employeeSatisfaction", "labourProductivity", "linear", 0.3, [0, 0.6], 4, 0, "assumed", "ten points more, 3 %; meta-analyses give correlations of .20 (as reported of Harter et al. 2002) and .30 (Judge et al. 2001), which are no effects"],
  ["trainedShare", "labourProductivity", "linear", 0.6, [0, 1.2], 4, 0, "dearden2006", "per unit of the share trained: .6 % a percentage point, as value added per hour; associations in a panel; the range is ours"],
  ["trainingHours", "trainedShare", "linear", 0.2, [0, 0.4], 0, 0, "assumed", "log-odds an hour per employee"],
  // Supply chain
  ["orders", "procurementCost", "elasticity", 1.25, [0.85, 1.65], 1, 0, "assumed", "1 + L/p with L = 2 and p = 8 weeks, ours: order up to a moving average of demand (Chen et al. 2000; the variance ratio is derived by test)"],
  ["orders", "procurementCost", "elasticity", -0.25, [-0.5, 0], 9, 0, "assumed", "-L/p, a period after the average has passed: see the row above"],
  ["unitCost", "procurementCost", "elasticity", 1, [0.8, 1.2], 0, 0, "assumed", "the same goods, dearer"],
  ["procurementCost", "inventory", "elasticity", 0.5, [0, 1], 4, 0, "assumed", "what is bought and not yet sold"],
  ["supplierLeadTime", "inventory", "elasticity", 0.3, [0, 0.6], 4, 0, "assumed", "safety stock grows with the root of the lead time, and is a part of stock"],
  ["procurementCost", "rawStock", "elasticity", 0.5, [0, 1], 1, 0, "assumed", "what is bought and not yet used"],
  ["suppliers", "supplierLeadTime", "elasticity", -0.1, [-0.2, 0], 4, 0, "assumed", "a choice of sources"],
  ["supplierLeadTime", "supplierOnTimeRate", "linear", -0.05, [-0.1, 0], 0, 0, "assumed", "log-odds per day"],
  ["onTimeRate", "perfectOrderRate", "linear", 4, [0, 8], 0, 0, "assumed", "log-odds per unit"],
  ["fulfilmentRate", "perfectOrderRate", "linear", 4, [0, 8], 0, 0, "assumed", "log-odds per unit"],
  ["orderAccuracy", "perfectOrderRate", "linear", 4, [0, 8], 0, 0, "assumed", "log-odds per unit"],
];

/** Definitions, after the catalogues of the departments. */
export const definitions: Readonly<Record<string, string>> = {
  revenue: "orders * averageOrderValue",
  profit: "revenue - costs",
  grossMargin: "(revenue - costs) / revenue",
  openingCustomers: "customers + churnedCustomers - newCustomers",
  churnRate: "churnedCustomers / openingCustomers",
  retentionRate: "1 - churnRate",
  arpu: "revenue / customers",
  inventoryTurnover: "costs / inventory",
  returnRate: "returns / orders",
  ctr: "clicks / impressions",
  conversionRate: "conversions / clicks",
  cpc: "spend / clicks",
  cpa: "spend / conversions",
  cac: "spend / newCustomers",
  roi: "(attributedMargin - spend) / spend",
  roas: "attributedRevenue / spend",
  staffTurnover: "leavers / averageHeadcount",
  productivity: "revenue / averageHeadcount",
  totalStock: "rawStock + workInProgressStock + finishedStock",
};

/** What accumulates, by inflow and outflow. */
export const accumulations: Readonly<Record<string, readonly [inflow: string, outflow: string]>> = {
  customers: ["newCustomers", "churnedCustomers"],
  headcount: ["hires", "leavers"],
};

/** The bounds of rates and scores that relationships lead to; other effects multiply, but those of `signed` add up. */
export const bounded: Readonly<Record<string, readonly [low: number, high: number]>> = {
  csat: [0, 1],
  nps: [-100, 100],
  sentiment: [-1, 1],
  reviewRating: [1, 5],
  onTimeRate: [0, 1],
  fulfilmentRate: [0, 1],
  trainedShare: [0, 1],
  supplierOnTimeRate: [0, 1],
  perfectOrderRate: [0, 1],
};

/** Effects in their own unit. */
export const signed: readonly string[] = ["cashFlow", "replacementCost"];

/** Metrics that no catalogue has. */
export const furtherMetrics: Readonly<Record<string, string>> = {
  competitorPrice: "mean price of the rivals, in the unit of `price`",
  promotion: "mean discount on the list price, as a share",
  unitCost: "cost of a unit",
  reviews: "reviews that a customer can see",
  reviewRating: "mean rating of reviews, 1 to 5 stars",
  labourProductivity: "value added per hour worked, or an index of it",
  wage: "pay per employee and period",
  trainedShare: "share of employees who were trained in the period",
  replacementCost: "cost of replacing those who left, in annual salaries",
};

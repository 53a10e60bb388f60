import { type CausalGraph, causalGraph, elasticity, type Link, linear } from "@sage-twin/causal";
import type { Frequency } from "@sage-twin/kernel";
import { type BusinessCalendar, memoryOver } from "./calendar.js";
import { type BusinessMetric, businessIdentities, businessStocks } from "./departments.js";
import type { BusinessParameters } from "./parameters.js";
import type { HiddenName } from "./processes.js";

/** One cause of one metric, as the generator has it. */
export interface Relation {
  readonly from: BusinessMetric;
  readonly to: BusinessMetric;
  readonly kind: "elasticity" | "linear";
  /** In periods. */
  readonly lag: number;
  readonly carryover: number;
  /** The column that the effect reads where it is not the cause itself. */
  readonly through?: HiddenName;
}

const percentLink: Link = { kind: "logit", low: 0, high: 100 };
const shareLink: Link = { kind: "logit", low: 0, high: 1 };

/** The scale on which the causes of each caused metric add up. */
export const relationLinks: Readonly<Partial<Record<BusinessMetric, Link>>> = {
  price: { kind: "log" },
  promotion: { kind: "linear" },
  visitors: { kind: "log" },
  orders: { kind: "log" },
  unitsPerOrder: { kind: "log" },
  productivity: { kind: "log" },
  hires: { kind: "log" },
  leavers: { kind: "log" },
  utilisation: shareLink,
  deliveryDelay: { kind: "linear" },
  received: { kind: "log" },
  availability: shareLink,
  refundRate: shareLink,
  morale: percentLink,
  satisfaction: percentLink,
  sentiment: { kind: "linear" },
  newCustomers: { kind: "log" },
  lostCustomers: { kind: "log" },
};

/** Every visible cause of every metric but those of identities and stocks. */
export function relationsOf(p: BusinessParameters, { weeks }: BusinessCalendar): readonly Relation[] {
  const elastic = (from: BusinessMetric, to: BusinessMetric, lag = 0): Relation => ({
    from,
    to,
    kind: "elasticity",
    lag,
    carryover: 0,
  });
  const adds = (from: BusinessMetric, to: BusinessMetric, lag = 0): Relation => ({
    ...elastic(from, to, lag),
    kind: "linear",
  });
  return [
    elastic("unitCost", "price", 1),
    adds("utilisation", "promotion", 1),
    {
      ...elastic("marketing", "visitors"),
      carryover: memoryOver(weeks, p.marketingMemory),
      through: "marketingMemory",
    },
    elastic("visitors", "orders"),
    elastic("price", "orders"),
    adds("promotion", "orders"),
    elastic("capacity", "orders"),
    adds("deliveryDelay", "orders", 1),
    adds("sentiment", "orders", 1),
    elastic("customers", "orders", 1),
    elastic("availability", "orders", 1),
    elastic("price", "unitsPerOrder"),
    adds("promotion", "unitsPerOrder"),
    adds("morale", "productivity", 1),
    adds("load", "utilisation"),
    adds("utilisation", "hires", 2),
    adds("morale", "leavers", 1),
    adds("utilisation", "deliveryDelay", 1),
    { ...elastic("units", "received", 1), carryover: memoryOver(weeks, 0.7), through: "unitsMemory" },
    adds("stockCover", "received", 1),
    elastic("leadTime", "received"),
    adds("stockCover", "availability", 1),
    adds("utilisation", "refundRate"),
    adds("utilisation", "morale"),
    adds("deliveryDelay", "satisfaction"),
    adds("refundRate", "satisfaction"),
    adds("price", "satisfaction"),
    {
      ...adds("satisfaction", "sentiment", 1),
      carryover: memoryOver(weeks, 0.6),
      through: "satisfactionMemory",
    },
    elastic("orders", "newCustomers"),
    adds("sentiment", "newCustomers", 1),
    adds("satisfaction", "lostCustomers", 1),
  ];
}

/** A prior that gives nothing away: shares move a log or log-odds by several units per unit. */
const linearSpread = 10;

/** The graph of the relations, the identities, the stocks and who shares a hidden cause; the effects are left to the data. */
export function trueGraph(relations: readonly Relation[], frequency: Frequency): CausalGraph {
  let graph = causalGraph();
  for (const { from, to, kind, lag, carryover } of relations) {
    const options = { carryover, ...(lag === 0 ? {} : { lag: lagText(lag, frequency) }) };
    const mechanism =
      kind === "elasticity" ? elasticity(undefined, options) : linear(undefined, { ...options, sd: linearSpread });
    graph = graph.cause(from, to, mechanism);
  }
  for (const [name, link] of Object.entries(relationLinks)) graph = graph.link(name, link);
  for (const [name, expression] of Object.entries(businessIdentities)) graph = graph.identity(name, expression);
  for (const [name, flows] of Object.entries(businessStocks)) graph = graph.stock(name, flows);
  for (const [pair, name] of confoundedPairs()) graph = graph.confounded(...pair, { name });
  return graph;
}

/** Every two metrics that share a hidden cause, once, with the names of what they share. */
function confoundedPairs(): ReadonlyMap<readonly [string, string], string> {
  const names = new Map<string, string[]>();
  for (const { name, touches } of hiddenConfounders)
    touches.forEach((a, index) => {
      for (const b of touches.slice(index + 1)) names.set(`${a} ${b}`, [...(names.get(`${a} ${b}`) ?? []), name]);
    });
  return new Map([...names].map(([pair, shared]) => [pair.split(" ") as [string, string], shared.join(" and ")]));
}

/** A lag in periods as a calendar duration. */
export function lagText(lag: number, frequency: Frequency): Frequency {
  return `${lag}${frequency as "W"}`;
}

/** What moves visible metrics and is in no table. */
export interface HiddenConfounder {
  readonly name: string;
  readonly description: string;
  /** The metrics that it acts on directly. */
  readonly touches: readonly BusinessMetric[];
}

/** The confounders; the levers' own plans are hidden too, but each acts on its lever alone. */
export const hiddenConfounders: readonly HiddenConfounder[] = [
  {
    name: "demand",
    description: "an index of demand (weather, fashion) that buyers and planners feel and nobody records",
    touches: ["price", "promotion", "marketing", "visitors", "orders"],
  },
  {
    name: "competitor",
    description: "the log of a rival's price, which moves this company's price and its orders",
    touches: ["price", "orders"],
  },
];

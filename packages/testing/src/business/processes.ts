import { exp, log, pow } from "@sage-twin/kernel";
import { type BusinessCalendar, memoryOver } from "./calendar.js";
import type { Channels } from "./channels.js";
import type { BusinessMetric } from "./departments.js";
import type { Noise } from "./noise.js";
import type { BusinessParameters } from "./parameters.js";
import { above, logistic, saturate } from "./shapes.js";

/** What acts and is in no table: two confounders, the levers' own plans, and memories of metrics. */
export type HiddenName =
  | "competitor"
  | "costPlan"
  | "delayPlan"
  | "demand"
  | "marketingPlan"
  | "pricePlan"
  | "productivityDrift"
  | "marketingMemory"
  | "satisfactionMemory"
  | "unitsMemory";

export type ColumnName = BusinessMetric | HiddenName;

/** Every column by name, one value per period t. */
export type Columns = Readonly<Record<ColumnName, Float64Array>>;

/** How one column goes on: its value at t from others at t and before, and its shock. */
interface Process {
  readonly noise: Noise;
  readonly next: (x: Columns, t: number, shock: number) => number;
}

/** Every process in an order in which those of the same period come first. */
export type Processes = Readonly<Record<ColumnName, Process>>;

const startingStaff = 60;
const usualCustomers = 12; // per order of a usual week
const usualUtilisation = 0.78;
const usualEffort = 1.266; // the log-odds of usualUtilisation
const usualDelay = 2.5;
const inflation = 0.025;
const overheadShare = 0.14;
const returnRate = 0.04;
const usualUnits = 2.2;
const usualMargin = 0.9; // of the price that is left after discounts

/** The visitors of a period whose marketing reaches so far, 0 to 1. */
export function visitorsAt(
  p: BusinessParameters,
  { weeks, season }: BusinessCalendar,
  reach: number,
  x: Columns,
  t: number,
  shock: number,
): number {
  const drawn = 1 - p.paidShare + 2 * p.paidShare * reach;
  return 1 + 20 * p.baseOrders * weeks * drawn * exp(0.5 * season[t] + 0.4 * x.demand[t] + 0.04 * shock);
}

/** What a usual period's marketing costs. */
export function usualMarketing(p: BusinessParameters, { weeks }: BusinessCalendar): number {
  return p.marketingShare * p.baseOrders * p.basePrice * usualUnits * usualMargin * weeks;
}

/** The mechanisms of one business. */
export function makeProcesses(p: BusinessParameters, calendar: BusinessCalendar, channels?: Channels): Processes {
  const { weeks, season, years, breakAt } = calendar;
  const memory = (weekly: number): number => memoryOver(weeks, weekly);
  /** A stationary first-order autoregression of standard deviation `spread`. */
  const wander = (name: HiddenName, weekly: number, spread: number, noise: Noise): Process => {
    const kept = memory(weekly);
    const fresh = spread * Math.sqrt(1 - kept * kept);
    return { noise, next: (x, t, e) => kept * x[name][t - 1] + fresh * e };
  };
  /** What a cause leaves behind: A(t) = (1 - c) x(t) + c A(t - 1). */
  const remember = (name: HiddenName, of: BusinessMetric, weekly: number): Process => {
    const kept = memory(weekly);
    return { noise: "none", next: (x, t) => (1 - kept) * x[of][t] + kept * x[name][t - 1] };
  };
  const exactly = (next: (x: Columns, t: number) => number): Process => ({ noise: "none", next });
  const level = (t: number): number => exp(inflation * years[t]);
  const baseCost = p.costShare * p.basePrice;
  const weeklySales = p.baseOrders * p.basePrice * usualUnits * usualMargin;
  const baseMarketing = p.marketingShare * weeklySales * weeks;
  const basePay = (0.18 * weeklySales * weeks * usualUtilisation) / startingStaff;
  const baseProductivity = (p.baseOrders * weeks) / (usualUtilisation * startingStaff);
  const cover = usualCover(weeks);
  return {
    demand: wander("demand", p.demandMemory, p.demandSpread, "normal"),
    competitor: wander("competitor", 0.95, p.competitorSpread, "student"),
    pricePlan: wander("pricePlan", 0.85, p.priceSpread, "student"),
    marketingPlan: wander("marketingPlan", 0.6, p.marketingSpread, "bursts"),
    costPlan: wander("costPlan", 0.9, p.costSpread, "normal"),
    delayPlan: wander("delayPlan", 0.7, 0.15, "bursts"),
    productivityDrift: wander("productivityDrift", 0.9, 0.04, "normal"),

    unitCost: exactly((x, t) => baseCost * level(t) * exp(x.costPlan[t])),
    price: exactly(
      (x, t) =>
        p.basePrice *
        level(t) *
        exp(
          p.costPassThrough * log(x.unitCost[t - 1] / (baseCost * level(t - 1))) +
            p.demandOnPrice * x.demand[t] +
            p.competitorOnPrice * x.competitor[t] +
            x.pricePlan[t],
        ),
    ),
    promotion: {
      noise: "normal",
      // Discounts are for idle weeks: they answer last period's utilisation and the demand that the planners feel coming.
      next: (x, t, e) => {
        const idle = usualUtilisation - 0.08 - x.utilisation[t - 1] - 0.8 * x.demand[t] + 0.05 * e;
        const depth = p.promotionDepth * logistic(idle / 0.1);
        return depth < 0.02 ? 0 : depth;
      },
    },
    marketing: exactly(
      (x, t) =>
        baseMarketing * level(t) * exp(0.6 * season[t] + p.demandOnMarketing * x.demand[t] + x.marketingPlan[t]),
    ),
    marketingMemory: remember("marketingMemory", "marketing", p.marketingMemory),
    visitors: {
      noise: "student",
      next: (x, t, e) => {
        const reach =
          channels?.reach(x.marketing, t) ?? saturate(x.marketingMemory[t] / level(t), baseMarketing, p.hillPower);
        return visitorsAt(p, calendar, reach, x, t, e);
      },
    },
    productivity: {
      noise: "normal",
      next: (x, t, e) =>
        baseProductivity * exp(0.01 * years[t] + 0.006 * (x.morale[t - 1] - 65) + x.productivityDrift[t] + 0.015 * e),
    },
    leavers: {
      noise: "skewed",
      next: (x, t, e) => x.staff[t - 1] * (1 - exp(-0.006 * weeks * exp(-0.035 * (x.morale[t - 1] - 65) + 0.25 * e))),
    },
    hires: {
      noise: "student",
      next: (x, t, e) => 0.006 * startingStaff * weeks * exp(6 * (x.utilisation[t - 2] - usualUtilisation) + 0.25 * e),
    },
    staff: exactly((x, t) => x.staff[t - 1] + x.hires[t] - x.leavers[t]),
    capacity: exactly((x, t) => x.staff[t] * x.productivity[t]),
    deliveryDelay: exactly((x, t) => usualDelay * exp(x.delayPlan[t]) + 6 * above(x.utilisation[t - 1], 0.88, 0.03)),
    orders: {
      noise: "student",
      next: (x, t, e) => {
        const share = logistic(-p.priceSlope * (x.price[t] / (p.basePrice * level(t)) - 1));
        const lift =
          p.visitorElasticity * log(x.visitors[t] / (20 * p.baseOrders * weeks)) +
          p.promotionLift * (saturate(x.promotion[t], 0.12, 2) - 0.15) -
          p.delayPenalty * above(x.deliveryDelay[t - 1], 3, 0.3) +
          p.sentimentLift * x.sentiment[t - 1] +
          p.loyalty * log(x.customers[t - 1] / (usualCustomers * p.baseOrders)) +
          0.8 * log(x.availability[t - 1] / 0.96) +
          p.annualGrowth * years[t] +
          (1 - 0.5 * p.visitorElasticity) * season[t] +
          p.demandOnOrders * x.demand[t] +
          p.competitorOnOrders * x.competitor[t] +
          (t >= breakAt ? p.breakSize : 0);
        const wanted = p.baseOrders * weeks * 2 * share * exp(lift + 0.035 * e);
        return wanted / pow(1 + pow(wanted / x.capacity[t], 8), 0.125); // never more than the staff can handle
      },
    },
    load: exactly((x, t) => x.orders[t] / x.capacity[t]),
    utilisation: {
      noise: "normal",
      next: (x, t, e) => logistic(usualEffort + 6 * (x.load[t] - usualUtilisation) + 0.08 * e),
    },
    unitsPerOrder: {
      noise: "skewed",
      next: (x, t, e) =>
        usualUnits * pow(x.price[t] / (p.basePrice * level(t)), -0.2) * exp(0.5 * x.promotion[t] + 0.02 * e),
    },
    averageOrderValue: exactly((x, t) => x.price[t] * (1 - x.promotion[t]) * x.unitsPerOrder[t]),
    revenue: exactly((x, t) => x.orders[t] * x.averageOrderValue[t]),
    units: exactly((x, t) => x.orders[t] * x.unitsPerOrder[t]),
    unitsMemory: remember("unitsMemory", "units", 0.7),

    leadTime: { noise: "skewed", next: (_, __, e) => 6 * exp(0.25 * e) },
    received: {
      noise: "normal",
      next: (x, t, e) => {
        const missing = weeks * (cover - x.stockCover[t - 1]);
        return x.unitsMemory[t - 1] * exp(0.15 * missing - 0.15 * log(x.leadTime[t] / 6) + 0.08 * e);
      },
    },
    inventory: exactly((x, t) => x.inventory[t - 1] + x.received[t] - x.units[t]),
    stockCover: exactly((x, t) => x.inventory[t] / x.units[t]),
    availability: {
      noise: "normal",
      next: (x, t, e) => logistic(3.2 + 0.5 * e - 4 * above(0, x.stockCover[t - 1] / cover - 0.7, 0.15)),
    },
    goodsCost: exactly((x, t) => x.units[t] * x.unitCost[t]),

    refundRate: {
      noise: "normal",
      next: (x, t, e) =>
        logistic(log(returnRate / (1 - returnRate)) + 5 * above(x.utilisation[t], 0.85, 0.03) + 0.15 * e),
    },
    refunds: exactly((x, t) => x.revenue[t] * x.refundRate[t]),
    morale: {
      noise: "normal",
      next: (x, t, e) => 100 * logistic(0.62 - 3 * (x.utilisation[t] - usualUtilisation) + 0.12 * e),
    },
    wage: { noise: "normal", next: (_, t, e) => basePay * level(t) * exp(0.01 * years[t] + 0.005 * e) },
    payroll: exactly((x, t) => x.staff[t] * x.wage[t]),
    overheads: {
      noise: "skewed",
      next: (_, t, e) => overheadShare * weeklySales * weeks * level(t) * exp(0.03 * e),
    },
    costs: exactly((x, t) => x.goodsCost[t] + x.marketing[t] + x.payroll[t] + x.refunds[t] + x.overheads[t]),
    profit: exactly((x, t) => x.revenue[t] - x.costs[t]),

    satisfaction: {
      noise: "normal",
      next: (x, t, e) =>
        100 *
        logistic(
          1 -
            p.delayOnSatisfaction * (x.deliveryDelay[t] - usualDelay) -
            6 * (x.refundRate[t] - returnRate) -
            (x.price[t] / (p.basePrice * level(t)) - 1) +
            0.12 * e,
        ),
    },
    satisfactionMemory: remember("satisfactionMemory", "satisfaction", 0.6),
    sentiment: {
      noise: "laplace",
      next: (x, t, e) => 1.6 * logistic((x.satisfactionMemory[t - 1] - 71) / 8) - 0.8 + 0.08 * e,
    },
    newCustomers: {
      noise: "skewed",
      next: (x, t, e) => p.churn * usualCustomers * x.orders[t] * exp(0.2 * x.sentiment[t - 1] + 0.08 * e),
    },
    lostCustomers: {
      noise: "normal",
      next: (x, t, e) =>
        x.customers[t - 1] * (1 - exp(-p.churn * weeks * exp(-p.churnSlope * (x.satisfaction[t - 1] - 72) + 0.1 * e))),
    },
    customers: exactly((x, t) => x.customers[t - 1] + x.newCustomers[t] - x.lostCustomers[t]),
  };
}

/** A state near to the usual one, from which the lead begins; other columns begin at 0. */
export function startingLevels(
  p: BusinessParameters,
  calendar: BusinessCalendar,
): Readonly<Partial<Record<ColumnName, number>>> {
  const { weeks } = calendar;
  const orders = p.baseOrders * weeks;
  const units = orders * usualUnits;
  const marketing = usualMarketing(p, calendar);
  const cover = usualCover(weeks);
  return {
    orders,
    units,
    marketing,
    marketingMemory: marketing,
    unitsMemory: units,
    inventory: cover * units,
    stockCover: cover,
    availability: 0.96,
    unitCost: p.costShare * p.basePrice,
    price: p.basePrice,
    customers: usualCustomers * p.baseOrders,
    staff: startingStaff,
    capacity: orders / usualUtilisation,
    load: usualUtilisation,
    utilisation: usualUtilisation,
    deliveryDelay: usualDelay,
    morale: 65,
    satisfaction: 72,
    satisfactionMemory: 72,
  };
}

/** The stock that is aimed at, in periods' worth of units. */
function usualCover(weeks: number): number {
  return Math.max(2.5, 4 / weeks);
}

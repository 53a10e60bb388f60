import { periodIndex, periodStart, type RunOptions, toInstant } from "@sage-twin/kernel";
import { type Department, ingest, type TimeTable } from "@sage-twin/schemas";
import { departments } from "../departments.js";
import { customerFlows } from "./customer-base.js";
import { type Events, eventSchema } from "./events.js";

const week = 7;
const baseDays = 84;
const topSellers = 20;

/** The tables of every department at one frequency. */
export type Tables = {
  readonly [Name in keyof typeof departments]: TimeTable<keyof (typeof departments)[Name]["metrics"] & string>;
};

/**
 * The tables of the whole periods from `from` until `to`. A day or week without an event is left out, and so is a gap, but a
 * Saturday beside a day of trade is a row of zeros: the shop never trades on Saturdays.
 */
export async function tablesOf(
  events: Events,
  frequency: "D" | "W",
  from: string,
  to: string,
  options: RunOptions,
): Promise<Tables> {
  const [begin, end] = [toInstant(from), toInstant(to)];
  const first = periodIndex(events.date[0], frequency);
  const count = periodIndex(end - 1, frequency) - first + 1;
  const inside = firstAtOrAfter(events.date, begin);
  const known = firstAtOrAfter(events.date, end);
  const period = new Int32Array(known);
  for (let at = 0; at < known; at++) {
    const same = at > 0 && events.date[at] === events.date[at - 1];
    period[at] = same ? period[at - 1] : periodIndex(events.date[at], frequency) - first;
  }

  const chosen = Object.fromEntries(
    Object.entries(events).map(([name, values]) => [name, values.subarray(inside, known)]),
  );
  const sums = await ingest(chosen, { schema: eventSchema, frequency, ...options });
  const skipped = periodIndex(sums.start, frequency) - first;
  const sum = (metric: keyof typeof eventSchema.metrics): Float64Array => sums.column(metric);
  const [gross, refunds, voided, netHome, netAbroad] = [
    sum("gross"),
    sum("refunds"),
    sum("voided"),
    sum("netHome"),
    sum("netAbroad"),
  ];
  const [orders, ordersHome, lines, units] = [sum("orders"), sum("ordersHome"), sum("lines"), sum("units")];
  const [active, fresh, articles] = [sum("active"), sum("new"), sum("articles")];

  const flows = customerFlows(period, events.active, count, frequency === "D" ? baseDays : baseDays / week);
  const best = topUnits(events, period, count);

  const columns: Record<string, Record<string, (number | string)[]>> = {};
  const put = (name: keyof typeof departments, date: string, row: Record<string, number>): void => {
    columns[name] ??= {};
    for (const [column, value] of Object.entries({ date, ...row })) {
      columns[name][column] ??= [];
      columns[name][column].push(value);
    }
  };
  const traded = (row: number): boolean => row >= 0 && row < sums.length && orders[row] > 0;
  let [joined, lapsed] = [0, 0];
  for (let row = 0; row < sums.length; row++) {
    const t = row + skipped;
    // what happens to the base in a gap is told in the row after it
    joined += flows.joined[t];
    lapsed += flows.lapsed[t];
    const saturday = frequency === "D" && new Date(periodStart(first + t, "D")).getUTCDay() === 6;
    if (Number.isNaN(orders[row]) && !(saturday && (traded(row - 1) || traded(row + 1)))) continue;
    const date = sums.dates[row];
    const or0 = (values: Float64Array): number => (Number.isNaN(values[row]) ? 0 : values[row]);
    const pounds = (values: Float64Array): number => or0(values) / 1000;
    const sold = or0(units);
    put("revenue", date, {
      netSales: (or0(gross) - or0(refunds)) / 1000,
      grossSales: pounds(gross),
      refunds: pounds(refunds),
      orders: or0(orders),
      averagePrice: pounds(gross) / sold,
    });
    put("customers", date, {
      activeCustomers: or0(active),
      newCustomers: or0(fresh),
      returningCustomers: or0(active) - or0(fresh),
      joinedCustomers: joined,
      lapsedCustomers: lapsed,
      customerBase: flows.base[t],
    });
    put("operations", date, {
      units: sold,
      lines: or0(lines),
      linesPerOrder: or0(lines) / or0(orders),
      unitsPerLine: sold / or0(lines),
      refundRate: or0(gross) > 0 ? or0(refunds) / gross[row] : Number.NaN,
      voidedSales: pounds(voided),
    });
    put("supply-chain", date, { stockCodesSold: or0(articles), topSellerUnits: best[t] });
    put("markets", date, {
      netSalesHome: pounds(netHome),
      netSalesAbroad: pounds(netAbroad),
      ordersHome: or0(ordersHome),
      ordersAbroad: or0(orders) - or0(ordersHome),
    });
    [joined, lapsed] = [0, 0];
  }
  const tables = Object.entries<Department>(departments).map(async ([name, schema]) => [
    name,
    await ingest(columns[name], { schema, frequency }),
  ]);
  return Object.fromEntries(await Promise.all(tables));
}

/** Where the first of the ascending times that is not before `instant` stands. */
function firstAtOrAfter(times: Float64Array, instant: number): number {
  const at = times.findIndex((time) => time >= instant);
  return at < 0 ? times.length : at;
}

/** The units of the best-selling articles of each period. */
function topUnits(events: Events, period: Int32Array, count: number): number[] {
  const byPeriod = Array.from({ length: count }, () => new Map<number, number>());
  for (let at = 0; at < period.length; at++) {
    const article = events.articles[at];
    if (Number.isNaN(article)) continue;
    const units = byPeriod[period[at]];
    units.set(article, (units.get(article) ?? 0) + events.units[at]);
  }
  return byPeriod.map((units) => {
    const best = Float64Array.from(units.values()).sort().slice(-topSellers);
    return best.reduce((total, value) => total + value, 0);
  });
}

import { auto, naive, seasonalNaive } from "@sage-twin/forecasters";
import { addDuration } from "@sage-twin/kernel";
import { absoluteErrorScale, mase } from "@sage-twin/numerics";
import type { HeldOutRow } from "@sage-twin/viz";
import { type ShopTables, shopTwin } from "./shop.js";

const weeksHeldOut = 6;
const daysHeldOut = 7 * weeksHeldOut;
const metrics = [
  ["revenue", "netSales"],
  ["revenue", "orders"],
  ["customers", "activeCustomers"],
] as const;

/** Holds the last six complete weeks out, forecasts them from what came before, and scores twin and rivals. */
export async function scoreHeldOutWeeks(weekly: ShopTables, daily: ShopTables): Promise<readonly HeldOutRow[]> {
  const scores: HeldOutRow[] = [];
  const end = weekly.revenue.instant(weekly.revenue.length);
  const cut = addDuration(end, "1W", -weeksHeldOut);
  const seen = Object.fromEntries(
    Object.entries(weekly).map(([name, table]) => [name, table.slice(undefined, cut)]),
  ) as unknown as ShopTables;
  const twin = await shopTwin(seen);
  for (const [department, metric] of metrics) {
    const { dates, values } = actualsFrom(weekly[department], metric, cut, end);
    const history = seen[department].column(metric);
    const outlook = await twin.forecast(metric, { horizons: ["6W"] });
    const forecast = outlook.quantile(0.5);
    const rival = naive().fit(history).forecast(weeksHeldOut).mean;
    scores.push({
      metric,
      frequency: "week",
      model: outlook.model,
      mase: mase(values, forecast, absoluteErrorScale(history)),
      rival: "naive (the last week)",
      rivalMase: mase(values, rival, absoluteErrorScale(history)),
      dates,
      actual: [...values],
      forecast: [...forecast],
    });
  }
  for (const [department, metric] of metrics) {
    const { dates, values } = actualsFrom(daily[department], metric, cut, end);
    const history = daily[department].slice(undefined, cut).column(metric);
    const model = auto({ seasonLength: 7, horizon: daysHeldOut }).fit(history);
    const forecast = model.forecast(daysHeldOut).mean;
    const rival = seasonalNaive({ seasonLength: 7 }).fit(history).forecast(daysHeldOut).mean;
    scores.push({
      metric,
      frequency: "day",
      model: model.name,
      mase: mase(values, forecast, absoluteErrorScale(history, 7)),
      rival: "seasonal naive (7 days)",
      rivalMase: mase(values, rival, absoluteErrorScale(history, 7)),
      dates,
      actual: [...values],
      forecast: [...forecast],
    });
  }
  return scores;
}

function actualsFrom(table: ShopTables["revenue"], metric: string, from: number, until: number) {
  const held = table.slice(from, until);
  return { dates: held.dates, values: held.column(metric) };
}

// Every predictor on small made-up data, and its predictions as JSON text.
import { Rng } from "@sage-twin/kernel";
import {
  bgNbd,
  churnPredictor,
  demandPredictor,
  marketingPredictor,
  predictorFromJSON,
  revenueForecaster,
  sentimentPredictor,
  sentimentSeries,
} from "@sage-twin/predictors";

const dayOf = (index: number): string => new Date(Date.UTC(2025, 0, 6 + index)).toISOString().slice(0, 10);

/** The same text in every runtime. */
export async function answers(): Promise<Readonly<Record<string, string>>> {
  const rng = new Rng("anywhere");
  const draws = (count: number): number[] => Array.from({ length: count }, () => rng.uniform());
  const predictions = (fitted: { toJSON(): unknown }, rows: object[]): string =>
    JSON.stringify(predictorFromJSON(JSON.parse(JSON.stringify(fitted))).predict(rows));

  const months = draws(300).map((value) => Math.floor(48 * value));
  const chances = draws(300);
  const left = months.map((value, row) => (value < 12 && chances[row] < 0.8 ? 1 : 0));
  const churn = await churnPredictor().fit({ months }, left);

  const campaign = draws(90).map((value) => (value < 0.3 ? 1 : 0));
  const noises = draws(90);
  const weeks = campaign.map((value, t) => ({
    time: dayOf(7 * t),
    campaign: value,
    revenue: 1000 + 300 * value + 40 * noises[t],
  }));
  const revenue = revenueForecaster({ drivers: ["campaign"], horizon: 4, maxLag: 1 }).fit(weeks);

  const search = draws(60).map((value) => 100 + 300 * value);
  const sales = search.map((value, t) => 5000 + 2000 * (value / (value + 200)) + 50 * noises[t]);
  const marketing = marketingPredictor({ channels: ["search"] }).fit({ search }, sales);

  const bolts = draws(60).map((value) => (value < 0.3 ? Math.floor(20 * value) : 0));
  const demand = demandPredictor({ leadTime: 2, serviceLevel: 0.9, paths: 200 }).fit({ bolts });

  const texts = ["Great service!", "Not good, never again.", "It arrived on Tuesday.", "Friendly and fast 😀"];
  const series = await sentimentSeries(
    Array.from({ length: 60 }, (_, index) => ({ time: dayOf(index >> 1), text: texts[(index * 7) % 4] })),
  );
  const sentiment = sentimentPredictor().fit(series);

  const repeats = Float64Array.from(draws(200), (value) => Math.floor(6 * value));
  const summary = { repeats, recency: repeats.map((count) => 15 * count), age: new Float64Array(200).fill(100) };
  return {
    churn: predictions(churn, [{ months: 3 }, { months: 40 }]),
    revenue: predictions(revenue, [{ campaign: 1 }, { campaign: 0 }]),
    marketing: predictions(marketing, [{ search: 100 }, { search: 300 }]),
    demand: predictions(demand, [{ item: "bolts" }]),
    series: JSON.stringify(Array.from(series.sentiment)),
    sentiment: predictions(sentiment, [{}, {}]),
    lifetime: JSON.stringify(Array.from(bgNbd(summary).expectedPurchases(summary, 90))),
  };
}

/** Hands the answers to the page, or prints them on a server. */
export function tell(found: Readonly<Record<string, string>>): void {
  const { report = console.log } = globalThis as { report?: (text: string) => void };
  report(JSON.stringify(found));
}

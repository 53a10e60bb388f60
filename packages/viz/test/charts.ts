import {
  type ChartSpec,
  causalGraphChart,
  dataQuality,
  forecastFan,
  healthParts,
  indicatorTiles,
  scenarioComparison,
  scenarioDifferences,
  tornadoChart,
  waterfall,
} from "../src/index.js";

const dates = Array.from({ length: 40 }, (_, week) =>
  new Date(Date.UTC(2025, 0, 6 + 7 * week)).toISOString().slice(0, 10),
);
const wave = (scale: number, length = 40): number[] =>
  Array.from({ length }, (_, step) => scale * (1 + ((step * 7919) % 97) / 97));
const known = wave(100_000).map((value, step) => (step === 11 ? null : value));
const [past, future] = [dates.slice(0, 27), dates.slice(27)];
const path = (factor: number) => ({
  median: wave(100_000 * factor, 13),
  lower: wave(80_000 * factor, 13),
  upper: wave(130_000 * factor, 13),
});

/** One of every chart, with names as long and as bad as they come. */
export function everyChart(width?: number, name = "net sales"): Readonly<Record<string, ChartSpec>> {
  return {
    fan: forecastFan({
      metric: name,
      unit: "GBP",
      history: { dates: past, values: known.slice(0, 27) },
      outlook: {
        dates: future,
        median: path(1).median,
        bands: [
          { level: 80, ...path(1) },
          { level: 95, ...path(1.2) },
        ],
      },
      actual: { dates: future.slice(0, 3), values: [101_000, Number.NaN, 99_000] },
      width,
    }),
    scenarios: scenarioComparison({
      metric: name,
      unit: "1",
      level: 90,
      dates: future,
      baseline: path(1),
      scenarios: ["prices up", `a push on new customers: ${name}`, "fewer refunds"].map((name) => ({
        name,
        ...path(1.1),
      })),
      width,
    }),
    differences: scenarioDifferences({
      metric: name,
      unit: "GBP",
      level: 90,
      differences: [
        { name: `${name} up`, mean: -20_000, lower: -90_000, upper: 60_000, probabilityBetter: 0.34 },
        { name: "nothing", mean: 0, lower: 0, upper: 0, probabilityBetter: 0.5 },
      ],
      width,
    }),
    waterfall: waterfall({
      title: `${name} moved`,
      unit: "GBP",
      start: { label: `before ${name}`, value: 250_000 },
      end: { label: "after", value: 261_000 },
      steps: Array.from({ length: 14 }, (_, step) => ({
        label: `${name} ${step}`,
        value: 11_000 * (step - 6) + (step === 13 ? -66_000 : 0),
      })),
      width,
    }),
    tornado: tornadoChart({
      title: `what ${name} hangs on`,
      unit: "GBP",
      base: 20_000,
      rows: [
        { label: `${name} -> orders`, low: { at: -2, answer: 30_000 }, high: { at: -0.5, answer: -12_000 } },
        { label: "x", low: { at: 1, answer: 19_000 }, high: { at: 2, answer: 22_000 } },
      ],
      between: [0.1, 0.9],
      width,
    }),
    causes: causalGraphChart({
      nodes: [
        { name: "price", kind: "lever", label: name },
        { name: "orders", kind: "metric" },
        { name: "sales", kind: "identity" },
        { name: "customers", kind: "stock" },
      ],
      edges: [
        { from: "price", to: "orders", evidence: "assumed", label: "\u22121.2 \u00b1 0.3" },
        { from: "customers", to: "orders", evidence: "sourced", label: "0.4, lag 1W", lagged: true },
        { from: "orders", to: "orders", evidence: "data", lagged: true },
        { from: "orders", to: "customers", evidence: "data", label: "0.1" },
        { from: "orders", to: "sales", evidence: "definition" },
        { from: "price", to: "sales", evidence: "definition" },
      ],
      width,
    }),
    indicators: indicatorTiles({
      indicators: [
        { label: name, unit: "GBP", value: 254_321.4, change: 0.032, better: true, history: known },
        { label: "refund rate", unit: "1", value: 0.0123, change: -0.2, better: false, history: [1, 1, 1] },
        { label: "staff", unit: "people", value: 4 },
      ],
      width,
    }),
    health: healthParts({
      index: 61.2,
      parts: [
        { label: name, score: 97.5, weight: 0.5 },
        { label: "refunds", score: 12, weight: 0.25 },
        { label: "staff", score: 50, weight: 0.25 },
      ],
      width,
    }),
    quality: dataQuality({
      score: 97.3,
      metrics: [
        { label: name, completeness: 0.98, validity: 1, score: 98, missing: 1, outliers: 2 },
        { label: "refunds", completeness: 0.5, validity: 0.6, score: 30, missing: 20, outliers: 0 },
      ],
      gaps: [
        { from: "2025-03-03", to: "2025-03-03", periods: 1 },
        { from: "2025-04-07", to: "2025-04-21", periods: 3 },
      ],
      width,
    }),
  };
}

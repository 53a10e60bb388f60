/** One gradient-boosted model for all M1 series of a period, beside models of single series. Usage: `npm run bench -- m1-global [period]`. */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { gunzipSync } from "node:zlib";
import { autoEts, dynamicOptimizedTheta, type FittedForecaster, gradientBoosting } from "@sage-twin/forecasters";
import { absoluteErrorScale, coverage, mase, msis, smape } from "@sage-twin/numerics";

interface Series {
  readonly id: string;
  readonly period: string;
  readonly seasonLength: number;
  readonly horizon: number;
  readonly train: readonly number[];
  readonly test: readonly number[];
}

const folder = process.env.SAGE_TWIN_DATA ?? fileURLToPath(new URL("../../../../shared/data", import.meta.url));
const period = process.argv[2] ?? "monthly";
const strategies = (process.argv[3] ?? "direct,recursive").split(",") as ("direct" | "recursive")[];
const all: readonly Series[] = JSON.parse(gunzipSync(readFileSync(`${folder}/m1-series.json.gz`)).toString());
const series = all.filter((item) => item.period === period);
const { seasonLength, horizon } = series[0];

function report(name: string, fit: () => (item: Series) => FittedForecaster): void {
  const start = performance.now();
  const fitted = fit();
  const scores = series.map((item) => {
    const forecast = fitted(item).forecast(item.horizon);
    const { lower, upper } = forecast.interval(95);
    const scale = absoluteErrorScale(item.train, seasonLength);
    return [
      smape(item.test, forecast.mean),
      mase(item.test, forecast.mean, scale),
      coverage(item.test, lower, upper),
      msis(item.test, lower, upper, 95, scale),
    ];
  });
  const milliseconds = (performance.now() - start) / series.length;
  const [s, m, c, i] = [0, 1, 2, 3].map((k) => scores.reduce((sum, row) => sum + row[k], 0) / scores.length);
  console.log(
    `${name.padEnd(34)} ${s.toFixed(2).padStart(6)} ${m.toFixed(3).padStart(6)}  ${c.toFixed(3)} ${i.toFixed(1).padStart(6)} ${milliseconds.toFixed(2).padStart(6)}`,
  );
}

console.log(`M1 ${period}, ${series.length} series             sMAPE   MASE  cover   MSIS     ms`);
for (const [name, model] of [
  ["autoEts", autoEts({ seasonLength })],
  ["dynamicOptimizedTheta", dynamicOptimizedTheta({ seasonLength })],
] as const)
  report(
    name,
    () =>
      ({ train }) =>
        model.fit(train),
  );
const panel = Object.fromEntries(series.map(({ id, train }) => [id, train]));
for (const strategy of strategies)
  report(`gradientBoosting, global, ${strategy}`, () => {
    const fitted = gradientBoosting({ seasonLength, horizon, strategy }).fitPanel(panel);
    return ({ id }) => fitted.get(id) as FittedForecaster;
  });

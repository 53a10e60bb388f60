/** Accuracy and speed on the M1 competition, beside R's `forecast` 8.20 on the same series. Usage: `npm run bench -- m1 [every] [models]`. */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { gunzipSync } from "node:zlib";
import {
  auto,
  autoArima,
  autoCes,
  autoEts,
  autoTheta,
  dynamicOptimizedTheta,
  ensemble,
  type Forecaster,
  mstl,
  regression,
  transform,
} from "@sage-twin/forecasters";
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
const read = (name: string): string => gunzipSync(readFileSync(`${folder}/${name}`)).toString();
const every = Number(process.argv[2] ?? 1);
const chosen = (process.argv[3] ?? "autoEts,dynamicOptimizedTheta,auto").split(",");
const four = (seasonLength: number): Forecaster[] => [
  autoEts({ seasonLength }),
  autoCes({ seasonLength }),
  autoArima({ seasonLength }),
  dynamicOptimizedTheta({ seasonLength }),
];
const models: Record<string, (seasonLength: number, horizon: number) => Forecaster> = {
  autoArima: (seasonLength) => autoArima({ seasonLength }),
  autoCes: (seasonLength) => autoCes({ seasonLength }),
  autoTheta: (seasonLength) => autoTheta({ seasonLength }),
  autoEts: (seasonLength) => autoEts({ seasonLength }),
  dynamicOptimizedTheta: (seasonLength) => dynamicOptimizedTheta({ seasonLength }),
  auto: (seasonLength, horizon) => auto({ seasonLength, horizon }),
  "ensemble.mean": (seasonLength, horizon) => ensemble.mean(four(seasonLength), { horizon }),
  "ensemble.median": (seasonLength, horizon) => ensemble.median(four(seasonLength), { horizon }),
  "ensemble.inverseError": (seasonLength, horizon) => ensemble.inverseError(four(seasonLength), { horizon }),
  "ensemble.stacking": (seasonLength, horizon) => ensemble.stacking(four(seasonLength), { horizon }),
  "ensemble.scum": (seasonLength, horizon) => ensemble.scum({ seasonLength, horizon }),
  mstl: (seasonLength) => (seasonLength > 1 ? mstl({ seasonLengths: [seasonLength] }) : autoEts()),
  regression: (seasonLength) => regression({ seasonLength }),
  "log autoEts": (seasonLength) => transform(autoEts({ seasonLength }), { kind: "log" }),
};

const all: readonly Series[] = JSON.parse(read("m1-series.json.gz"));
const series = all.filter((_, index) => index % every === 0);
const rows = new Map<string, number[][]>();

function record(period: string, model: string, scores: number[]): void {
  for (const key of [`${period} ${model}`, `all ${model}`]) {
    if (!rows.has(key)) rows.set(key, []);
    rows.get(key)?.push(scores);
  }
}

const ids = new Set(series.map(({ id }) => id));
for (const line of read("m1-reference.csv.gz").trim().split("\n").slice(1)) {
  const [id, period, model, milliseconds, ...scores] = line.split(",");
  if (ids.has(id)) record(period, `R ${model}`, [...scores.map(Number), Number(milliseconds)]);
}
for (const name of chosen) {
  for (const item of series.slice(0, 20)) models[name](item.seasonLength, item.horizon).fit(item.train); // warm up
  for (const { period, seasonLength, horizon, train, test } of series) {
    const start = performance.now();
    const forecast = models[name](seasonLength, horizon).fit(train).forecast(horizon);
    const elapsed = performance.now() - start;
    const { lower, upper } = forecast.interval(95);
    const scale = absoluteErrorScale(train, seasonLength);
    record(period, name, [
      smape(test, forecast.mean),
      mase(test, forecast.mean, scale),
      coverage(test, lower, upper),
      msis(test, lower, upper, 95, scale),
      elapsed,
    ]);
  }
}

console.log("period     model                    series  sMAPE   MASE  cover   MSIS    ms");
for (const period of ["yearly", "quarterly", "monthly", "all"]) {
  for (const [key, scores] of rows) {
    if (!key.startsWith(`${period} `)) continue;
    const [s, m, c, i, t] = [0, 1, 2, 3, 4].map((k) => scores.reduce((sum, row) => sum + row[k], 0) / scores.length);
    const name = key.slice(period.length + 1).padEnd(22);
    console.log(
      `${period.padEnd(10)} ${name} ${String(scores.length).padStart(8)} ${s.toFixed(2).padStart(6)} ${m.toFixed(3).padStart(6)}  ${c.toFixed(3)} ${i.toFixed(1).padStart(6)} ${t.toFixed(2).padStart(5)}`,
    );
  }
}

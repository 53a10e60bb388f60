/** What each model costs: the gzipped size of its import alone in a browser bundle, and the time of a fit, 18 steps and an interval on 96 months. Usage: `npm run bench -- costs`. */
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import {
  additive,
  adida,
  arima,
  auto,
  autoArima,
  autoCes,
  autoEts,
  autoTheta,
  conformal,
  croston,
  drift,
  dynamicOptimizedTheta,
  dynamicTheta,
  ensemble,
  type Forecaster,
  gradientBoosting,
  historicMean,
  holt,
  holtWinters,
  imapa,
  intermittent,
  linearTrend,
  mstl,
  naive,
  optimizedTheta,
  regression,
  sba,
  seasonalNaive,
  ses,
  theta,
  transform,
  tsb,
  windowAverage,
} from "@sage-twin/forecasters";
import { Rng } from "@sage-twin/kernel";
import { build } from "esbuild";

const season = { seasonLength: 12 };
const three = [naive(), drift(), ses()];
const models: Readonly<Record<string, Forecaster>> = {
  naive: naive(),
  seasonalNaive: seasonalNaive(season),
  drift: drift(),
  historicMean: historicMean(),
  windowAverage: windowAverage({ window: 12 }),
  linearTrend: linearTrend(),
  ses: ses(),
  holt: holt(),
  holtWinters: holtWinters(season),
  autoEts: autoEts(season),
  autoCes: autoCes(season),
  theta: theta(season),
  optimizedTheta: optimizedTheta(season),
  dynamicTheta: dynamicTheta(season),
  dynamicOptimizedTheta: dynamicOptimizedTheta(season),
  autoTheta: autoTheta(season),
  arima: arima({ order: [0, 1, 1], seasonal: [0, 1, 1], ...season }),
  autoArima: autoArima(season),
  additive: additive(season),
  mstl: mstl({ seasonLengths: [12] }),
  regression: regression(season),
  gradientBoosting: gradientBoosting(season),
  croston: croston(),
  sba: sba(),
  tsb: tsb({ alphaDemand: 0.1, alphaProbability: 0.1 }),
  adida: adida(),
  imapa: imapa(),
  intermittent: intermittent(),
  transform: transform(naive(), { kind: "log" }),
  conformal: conformal(naive(), { horizon: 12 }),
  "ensemble.mean": ensemble.mean(three),
  "ensemble.median": ensemble.median(three),
  "ensemble.inverseError": ensemble.inverseError(three),
  "ensemble.stacking": ensemble.stacking(three),
  "ensemble.scum": ensemble.scum(season),
  auto: auto(season),
};

const rng = new Rng("costs");
const shape = [0, 2, 5, 9, 4, -1, -6, -8, -3, 1, 3, 6];
const months = Float64Array.from(
  { length: 96 },
  (_, t) => 500 * (1 + 0.004 * t) * (1 + shape[t % 12] / 60) * (1 + 0.05 * rng.normal()),
);
const resolveDir = fileURLToPath(new URL("..", import.meta.url));

async function kilobytes(name: string): Promise<number> {
  const { outputFiles } = await build({
    stdin: { contents: `import { ${name} } from "@sage-twin/forecasters"; globalThis.model = ${name};`, resolveDir },
    bundle: true,
    minify: true,
    format: "esm",
    platform: "browser",
    target: "es2022",
    write: false,
  });
  return gzipSync(outputFiles[0].contents, { level: 9 }).length / 1000;
}

console.log("| model | ms | kB |\n|---|---|---|");
for (const [name, model] of Object.entries(models)) {
  const times: number[] = [];
  // The first ones warm up.
  for (let run = 0, end = performance.now() + 1500; run < 60 && (run < 5 || performance.now() < end); run++) {
    const began = performance.now();
    model.fit(months).forecast(18).interval(95);
    times.push(performance.now() - began);
  }
  const warm = times.slice(times.length >> 1).sort((a, b) => a - b);
  const middle = warm[warm.length >> 1];
  const size = await kilobytes(name.split(".")[0]);
  console.log(`| \`${name}\` | ${middle < 10 ? middle.toPrecision(2) : Math.round(middle)} | ${size.toFixed(1)} |`);
}

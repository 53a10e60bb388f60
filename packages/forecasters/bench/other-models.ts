/** What `mstl`, `transform` and the models of intermittent demand cost and score. Usage: `npm run bench -- other-models`. */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { gunzipSync } from "node:zlib";
import {
  adida,
  autoEts,
  croston,
  type Forecaster,
  imapa,
  mstl,
  regression,
  transform,
  tsb,
} from "@sage-twin/forecasters";
import { Rng } from "@sage-twin/kernel";
import { absoluteErrorScale, coverage, mase, msis, smape } from "@sage-twin/numerics";

const folder = process.env.SAGE_TWIN_DATA ?? fileURLToPath(new URL("../../../../shared/data", import.meta.url));
const all: { period: string; horizon: number; train: number[]; test: number[] }[] = JSON.parse(
  gunzipSync(readFileSync(`${folder}/m1-series.json.gz`)).toString(),
);
const monthly = all.filter(({ period }, index) => period === "monthly" && index % 3 === 0);
const seasonLength = 12;
const models: Record<string, Forecaster> = {
  autoEts: autoEts({ seasonLength }),
  mstl: mstl({ seasonLengths: [seasonLength] }),
  "transform log": transform(autoEts({ seasonLength }), { kind: "log" }),
  "transform boxCox": transform(autoEts({ seasonLength }), { kind: "boxCox" }),
  "transform boxCox, clean": transform(autoEts({ seasonLength }), { kind: "boxCox", clean: true }),
  "log mstl": transform(mstl({ seasonLengths: [seasonLength] }), { kind: "log" }),
  regression: regression({ seasonLength }),
  "log regression": transform(regression({ seasonLength }), { kind: "log" }),
  "transform log, median": transform(autoEts({ seasonLength }), { kind: "log", biasAdjust: false }),
  "transform boxCox, median": transform(autoEts({ seasonLength }), { kind: "boxCox", biasAdjust: false }),
};
console.log("M1 monthly, every third          series  sMAPE   MASE  cover   MSIS     ms");
for (const [name, model] of Object.entries(models)) {
  for (const { train } of monthly.slice(0, 10)) model.fit(train); // warm up
  const scores = monthly.map(({ train, test, horizon }) => {
    const began = performance.now();
    const out = model.fit(train).forecast(horizon);
    const { lower, upper } = out.interval(95);
    const elapsed = performance.now() - began;
    const scale = absoluteErrorScale(train, seasonLength);
    return [
      smape(test, out.mean),
      mase(test, out.mean, scale),
      coverage(test, lower, upper),
      msis(test, lower, upper, 95, scale),
      elapsed,
    ];
  });
  const [s, m, c, i, t] = [0, 1, 2, 3, 4].map((k) => scores.reduce((sum, row) => sum + row[k], 0) / scores.length);
  console.log(
    `${name.padEnd(32)} ${String(scores.length).padStart(6)} ${s.toFixed(2).padStart(6)} ${m.toFixed(3).padStart(6)}  ${c.toFixed(3)} ${i.toFixed(1).padStart(6)} ${t.toFixed(1).padStart(6)}`,
  );
}

const rng = new Rng("panel");
const panel = Array.from({ length: 400 }, (_, index) => {
  const share = 0.1 + (0.6 * index) / 400;
  return Array.from({ length: 120 }, () => (rng.uniform() < share ? 1 + Math.floor(6 * rng.uniform() ** 2) : 0));
});
const demand: Record<string, Forecaster> = {
  croston: croston(),
  tsb: tsb({ alphaDemand: 0.1, alphaProbability: 0.1 }),
  adida: adida(),
  imapa: imapa(),
};
console.log("400 series of 100 steps of generated demand, 20 ahead: 95 % coverage, ms a series");
for (const [name, model] of Object.entries(demand)) {
  let inside = 0;
  const began = performance.now();
  for (const values of panel) {
    const { lower, upper } = model.fit(values.slice(0, 100)).forecast(20).interval(95);
    inside += 20 * coverage(values.slice(100), lower, upper);
  }
  const elapsed = (performance.now() - began) / panel.length;
  console.log(`${name.padEnd(10)} ${(inside / panel.length / 20).toFixed(3)} ${elapsed.toFixed(2)}`);
}

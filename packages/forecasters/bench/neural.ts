/**
 * Neural networks on the M1 competition, all series of a period together, beside models of single series; and a training step of the own backend beside tfjs, where it is
 * installed; seconds and milliseconds are processor time. Usage: `npm run bench -- neural [period] [architectures]`.
 */
import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { gunzipSync } from "node:zlib";
import {
  autoEts,
  dynamicOptimizedTheta,
  type FittedForecaster,
  type Forecaster,
  type NeuralArchitecture,
  neural,
  seasonalNaive,
  ses,
} from "@sage-twin/forecasters";
import { Rng } from "@sage-twin/kernel";
import { float64Backend, type NetworkSpec, type NeuralBackend } from "@sage-twin/learners";
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
const architectures = (process.argv[3] ?? "nbeats,nhits,lstm").split(",").filter(Boolean) as NeuralArchitecture[];
const all: readonly Series[] = JSON.parse(gunzipSync(readFileSync(`${folder}/m1-series.json.gz`)).toString());
const series = all.filter((item) => item.period === period);
const { seasonLength, horizon } = series[0];

/** Milliseconds of processor time, which other work on the machine does not lengthen. */
function processorTime(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

function report(name: string, fit: () => (item: Series) => FittedForecaster): void {
  const start = processorTime();
  const fitted = fit();
  const models = series.map(fitted);
  const seconds = (processorTime() - start) / 1000;
  const scores = series.map((item, index) => {
    const forecast = models[index].forecast(item.horizon);
    const { lower, upper } = forecast.interval(95);
    const scale = absoluteErrorScale(item.train, seasonLength);
    return [
      smape(item.test, forecast.mean),
      mase(item.test, forecast.mean, scale),
      coverage(item.test, lower, upper),
      msis(item.test, lower, upper, 95, scale),
    ];
  });
  const [s, m, c, i] = [0, 1, 2, 3].map((k) => scores.reduce((sum, row) => sum + row[k], 0) / scores.length);
  console.log(
    `${name.padEnd(34)} ${s.toFixed(2).padStart(6)} ${m.toFixed(3).padStart(6)}  ${c.toFixed(3)} ${i.toFixed(1).padStart(6)} ${seconds.toFixed(1).padStart(7)}`,
  );
}

console.log(`M1 ${period}, ${series.length} series             sMAPE   MASE  cover   MSIS  seconds`);
const single = (model: Forecaster) => () => (item: Series) => model.fit(item.train);
report("seasonalNaive", single(seasonalNaive({ seasonLength })));
report("ses", single(ses()));
report("autoEts", single(autoEts({ seasonLength })));
report("dynamicOptimizedTheta", single(dynamicOptimizedTheta({ seasonLength })));
const panel = Object.fromEntries(series.map(({ id, train }) => [id, train]));
for (const architecture of architectures)
  report(`neural, global, ${architecture}`, () => {
    const fitted = neural({ architecture, seasonLength, horizon }).fitPanel(panel);
    return ({ id }) => fitted.get(id) as FittedForecaster;
  });

const networks: Readonly<Record<string, NetworkSpec>> = {
  "36 - 32 - 32 - 18": {
    inputs: 36,
    layers: [
      { kind: "dense", units: 32, activation: "relu" },
      { kind: "dense", units: 32, activation: "relu" },
      { kind: "dense", units: 18 },
    ],
  },
  "100 - 512 - 512 - 100": {
    inputs: 100,
    layers: [
      { kind: "dense", units: 512, activation: "relu" },
      { kind: "dense", units: 512, activation: "relu" },
      { kind: "dense", units: 100 },
    ],
  },
  "lstm 24 x 2, 32 units": {
    inputs: 48,
    layers: [
      { kind: "lstm", units: 32, features: 2 },
      { kind: "dense", units: 18 },
    ],
  },
};
const rows = 256;

async function timeSteps(backend: NeuralBackend, label: string): Promise<void> {
  for (const [name, spec] of Object.entries(networks)) {
    const network = await backend.create(spec);
    const rng = new Rng(1);
    const inputs = Float64Array.from({ length: rows * spec.inputs }, () => rng.normal());
    const targets = Float64Array.from({ length: rows * network.shape.outputs }, () => rng.normal());
    const step = () => network.step({ inputs, targets, loss: { kind: "squared" } });
    for (let i = 0; i < 5; i++) await step();
    const count = network.shape.weights > 100_000 ? 10 : 60;
    const start = processorTime();
    for (let i = 0; i < count; i++) await step();
    console.log(
      `${label.padEnd(18)} ${name.padEnd(24)} ${((processorTime() - start) / count).toFixed(2).padStart(8)} ms a step of ${rows} rows`,
    );
    network.dispose();
  }
}

await timeSteps(float64Backend, "float64Backend");
const peers = new URL("../../adapters/tfjs/test/peers/", import.meta.url);
if (existsSync(new URL("node_modules/", peers))) {
  const { tfjsBackend } = await import("../../adapters/tfjs/src/index.js");
  const tf = createRequire(new URL("package.json", peers))("@tensorflow/tfjs");
  await tf.ready();
  await timeSteps(tfjsBackend(tf), `tfjs, ${tf.getBackend()}`);
} else console.log("tfjs is not installed: its adapter's tests install it");

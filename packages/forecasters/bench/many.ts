/** `forecastMany` of 1,000 monthly series on one and two workers, and what each model costs inline. Usage: `npm run bench -- many [model] [rounds]`. */

import { performance } from "node:perf_hooks";
import { forecastMany, type ModelDescription } from "@sage-twin/forecasters";
import { Rng, workerPool } from "@sage-twin/kernel";

const season = [0, 2, 5, 9, 4, -1, -6, -8, -3, 1, 3, 6];
const rng = new Rng("many");
const panel = Object.fromEntries(
  Array.from({ length: 1_000 }, (_, series) => {
    const level = 50 + rng.uniform() * 1_000;
    const slope = 0.004 * rng.normal();
    return [
      `s${series}`,
      Float64Array.from(
        { length: 96 },
        (_, t) => level * (1 + slope * t) * (1 + season[t % 12] / 60) * (1 + 0.05 * rng.normal()),
      ),
    ];
  }),
);
const rounds = Number(process.argv[3] ?? 3);
const name = (process.argv[2] ?? "autoEts") as "autoEts";
const model: ModelDescription = { name, options: { seasonLength: 12 } };
const digest = ({ forecasts }: Awaited<ReturnType<typeof forecastMany>>): string =>
  Array.from(forecasts.values(), ({ mean, intervals }) => mean.join() + intervals[1].upper.join()).join(";");

const few = Object.fromEntries(Object.entries(panel).slice(0, 64));
const pools = [1, 2].map((workers) => workerPool({ workers }));
for (const executor of pools) await forecastMany(few, model, 18, { executor }); // the workers start and warm up
const best = pools.map(() => ({ seconds: Number.POSITIVE_INFINITY, processor: 0, main: 0 }));
const digests = new Set<string>();
const gains: number[] = [];
// In turn: the fastest of each is shown, and the median gain of a pair, so that what else the machine does weighs less.
for (let round = 0; round < rounds; round++) {
  const pair: number[] = [];
  for (const [index, executor] of pools.entries()) {
    const start = performance.now();
    const before = process.cpuUsage();
    const idle = performance.eventLoopUtilization();
    const result = await forecastMany(panel, model, 18, { executor });
    const seconds = (performance.now() - start) / 1000;
    const { user, system } = process.cpuUsage(before);
    const main = performance.eventLoopUtilization(idle).active / 1000;
    if (seconds < best[index].seconds) best[index] = { seconds, processor: (user + system) / 1e6, main };
    digests.add(digest(result));
    pair.push(seconds);
  }
  gains.push(pair[0] / pair[1]);
}
for (const executor of pools) await executor.close();
best.forEach(({ seconds, processor, main }, index) => {
  console.log(
    `${name}, 1,000 monthly series, ${index + 1} ${index === 0 ? "worker: " : "workers:"} ${seconds.toFixed(2)} s, ${processor.toFixed(2)} s of processors, ${main.toFixed(2)} s of them on the main thread`,
  );
});
console.log(
  `two workers are ${gains.sort((a, b) => a - b)[rounds >> 1].toFixed(2)} times as fast (median of ${rounds} pairs); same bytes: ${digests.size === 1}`,
);

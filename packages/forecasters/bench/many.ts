/** `forecastMany` of 1,000 monthly series on one and two workers, and what each model costs inline. Usage: `npm run bench -- many [model]`. */
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
const name = (process.argv[2] ?? "autoEts") as "autoEts";
const model: ModelDescription = { name, options: { seasonLength: 12 } };
const digest = ({ forecasts }: Awaited<ReturnType<typeof forecastMany>>): string =>
  Array.from(forecasts.values(), ({ mean, intervals }) => mean.join() + intervals[1].upper.join()).join(";");

const seconds: number[] = [];
const digests = new Set<string>();
for (const workers of [1, 2]) {
  const executor = workerPool({ workers });
  const few = Object.fromEntries(Object.entries(panel).slice(0, 64));
  await forecastMany(few, model, 18, { executor }); // the workers start and warm up
  const start = performance.now();
  const result = await forecastMany(panel, model, 18, { executor });
  seconds.push((performance.now() - start) / 1000);
  digests.add(digest(result));
  await executor.close();
  console.log(
    `${name}, 1,000 monthly series, ${workers} ${workers === 1 ? "worker" : "workers"}: ${seconds[workers - 1].toFixed(2)} s, ${result.errors.size} errors`,
  );
}
console.log(`two workers are ${(seconds[0] / seconds[1]).toFixed(2)} times as fast; same bytes: ${digests.size === 1}`);

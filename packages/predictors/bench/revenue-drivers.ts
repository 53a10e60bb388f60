/**
 * Revenue of simulated businesses (three years weekly) forecast 12 weeks ahead against `auto` alone, with drivers known ahead: the business's own price, promotion and marketing, which planners set by the demand that they feel
 * coming; campaigns that lift revenue by 25 % and by 10 % a week later, on a third of the weeks; and columns of noise. Usage: npm run bench -- revenue-drivers [seeds]
 */
import { auto } from "@sage-twin/forecasters";
import { Rng } from "@sage-twin/kernel";
import { revenueForecaster } from "@sage-twin/predictors";
import { simulateBusiness } from "@sage-twin/testing";

const seeds = Number(process.argv[2] ?? 30);
const horizon = 12;
const kinds = ["own drivers", "campaigns", "noise"] as const;
const tally = Object.fromEntries(
  kinds.map((kind) => [
    kind,
    { ratios: [] as number[], used: 0, inside80: 0, inside95: 0, steps: 0, times: [] as number[] },
  ]),
);
for (let seed = 1; seed <= seeds; seed++) {
  const { complete, length } = simulateBusiness({ seed: `revenue-${seed}` });
  const random = new Rng(seed).derive("columns");
  const noise = ["a", "b", "c"].map((name): [string, Float64Array] => [
    name,
    Float64Array.from({ length }, () => 50 + 10 * random.normal()),
  ]);
  const campaign = Float64Array.from({ length }, () => (random.uniform() < 1 / 3 ? 1 : 0));
  const cases = {
    "own drivers": {
      revenue: complete.revenue,
      columns: { price: complete.price, promotion: complete.promotion, marketing: complete.marketing },
    },
    campaigns: {
      revenue: complete.revenue.map(
        (value, t) => value * (1 + 0.25 * campaign[t]) * (1 + 0.1 * (campaign[t - 1] ?? 0)),
      ),
      columns: { campaign },
    },
    noise: { revenue: complete.revenue, columns: Object.fromEntries(noise) },
  };
  for (const kind of kinds)
    for (const origin of [length - 24, length - horizon]) {
      const { revenue, columns } = cases[kind];
      const plain = auto({ seasonLength: 52, horizon }).fit(revenue.subarray(0, origin)).forecast(horizon).mean;
      const drivers = Object.keys(columns);
      const rows = Array.from({ length: origin + horizon }, (_, t) => ({
        time: new Date(Date.UTC(2021, 0, 4 + 7 * t)).toISOString().slice(0, 10),
        ...Object.fromEntries(Object.entries(columns).map(([name, column]) => [name, column[t]])),
      }));
      const started = performance.now();
      const fitted = revenueForecaster({ drivers, seasonLength: 52, horizon, maxLag: 3 }).fit(
        rows.slice(0, origin).map((row, t) => ({ ...row, revenue: revenue[t] })),
      );
      const entry = tally[kind];
      entry.times.push(performance.now() - started);
      let own = 0;
      let base = 0;
      fitted.predict(rows.slice(origin)).forEach(({ forecast, lower80, upper80, lower95, upper95 }, step) => {
        const actual = revenue[origin + step];
        own += Math.abs(actual - forecast);
        base += Math.abs(actual - plain[step]);
        entry.inside80 += actual >= lower80 && actual <= upper80 ? 1 : 0;
        entry.inside95 += actual >= lower95 && actual <= upper95 ? 1 : 0;
        entry.steps++;
      });
      entry.ratios.push(own / base);
      if (fitted.drivers.length > 0) entry.used++;
    }
}
for (const kind of kinds) {
  const { ratios, used, inside80, inside95, steps, times } = tally[kind];
  const logs = ratios.map(Math.log);
  const mean = logs.reduce((sum, value) => sum + value, 0) / logs.length;
  const error = Math.sqrt(logs.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (logs.length - 1) / logs.length);
  const moved = ratios.filter((ratio) => ratio !== 1);
  console.log(
    `${kind}: error over that of auto ${Math.exp(mean).toFixed(3)} (geometric mean of ${ratios.length}, +-${(2 * Math.exp(mean) * error).toFixed(3)}), better in ${moved.filter((ratio) => ratio < 1).length} of the ${moved.length} that differ, used in ${used}; 80 % interval covers ${((100 * inside80) / steps).toFixed(1)} %, 95 % ${((100 * inside95) / steps).toFixed(1)} %; ${(times.sort((a, b) => a - b)[times.length >> 1] / 1000).toFixed(1)} s a fit (median)`,
  );
}

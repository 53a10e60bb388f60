// Revenue of simulated businesses (three years weekly) forecast 12 weeks ahead: drivers that matter, and columns of noise, against auto alone. Usage: npm run bench -- revenue-drivers [seeds]
import { auto } from "@sage-twin/forecasters";
import { Rng } from "@sage-twin/kernel";
import { revenueForecaster } from "@sage-twin/predictors";
import { simulateBusiness } from "@sage-twin/testing";

const seeds = Number(process.argv[2] ?? 30);
const horizon = 12;
const names = ["price", "promotion", "marketing"] as const;
const kinds = ["drivers", "noise"] as const;
const tally = Object.fromEntries(
  kinds.map((kind) => [kind, { ratios: [] as number[], used: 0, inside80: 0, inside95: 0, steps: 0, milliseconds: 0 }]),
);
for (let seed = 1; seed <= seeds; seed++) {
  const { complete, length } = simulateBusiness({ seed: `revenue-${seed}` });
  const random = new Rng(seed).derive("noise");
  const noise = names.map(() => Float64Array.from({ length }, () => 50 + 10 * random.normal()));
  for (const origin of [length - 24, length - horizon]) {
    const plain = auto({ seasonLength: 52, horizon }).fit(complete.revenue.subarray(0, origin)).forecast(horizon).mean;
    for (const kind of kinds) {
      const rows = Array.from({ length: origin + horizon }, (_, t) => ({
        time: new Date(Date.UTC(2021, 0, 4 + 7 * t)).toISOString().slice(0, 10),
        ...Object.fromEntries(names.map((name, k) => [name, kind === "drivers" ? complete[name][t] : noise[k][t]])),
      }));
      const started = performance.now();
      const fitted = revenueForecaster({ drivers: names, seasonLength: 52, horizon, maxLag: 3 }).fit(
        rows.slice(0, origin).map((row, t) => ({ ...row, revenue: complete.revenue[t] })),
      );
      const entry = tally[kind];
      entry.milliseconds += performance.now() - started;
      const predictions = fitted.predict(rows.slice(origin));
      let own = 0;
      let base = 0;
      predictions.forEach(({ forecast, lower80, upper80, lower95, upper95 }, step) => {
        const actual = complete.revenue[origin + step];
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
}
for (const kind of kinds) {
  const { ratios, used, inside80, inside95, steps, milliseconds } = tally[kind];
  const logs = ratios.map(Math.log);
  const mean = logs.reduce((sum, value) => sum + value, 0) / logs.length;
  const error = Math.sqrt(logs.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (logs.length - 1) / logs.length);
  console.log(
    `${kind}: error over that of auto ${Math.exp(mean).toFixed(3)} (geometric mean of ${ratios.length}, +-${(2 * Math.exp(mean) * error).toFixed(3)}), better in ${ratios.filter((ratio) => ratio < 1).length}, used in ${used}; 80 % interval covers ${((100 * inside80) / steps).toFixed(1)} %, 95 % ${((100 * inside95) / steps).toFixed(1)} %; ${(milliseconds / ratios.length / 1000).toFixed(1)} s a fit`,
  );
}

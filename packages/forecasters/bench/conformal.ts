/** Coverage of conformal 90 % intervals on simulated series, by step ahead. Usage: `npm run bench -- conformal [runs]`. */
import { type ConformalMethod, conformal, type Forecaster, historicMean, naive } from "@sage-twin/forecasters";
import { Rng } from "@sage-twin/kernel";

type Simulate = (rng: Rng, length: number) => Float64Array;

const runs = Number(process.argv[2] ?? 1500);
const [count, steps] = [130, 4];
const walk: Simulate = (rng, length) => {
  let level = 0;
  return Float64Array.from({ length }, () => {
    level += rng.normal();
    return level;
  });
};
const autoregression: Simulate = (rng, length) => {
  let state = 0;
  return Float64Array.from({ length }, () => {
    state = 0.6 * state + rng.normal();
    return 10 + state;
  });
};
const cases: readonly (readonly [string, Simulate, Forecaster])[] = [
  ["random walk, naive", walk, naive()],
  ["autoregression, naive", autoregression, naive()],
  ["autoregression, historicMean", autoregression, historicMean()],
];
const methods: readonly ConformalMethod[] = ["split", "perHorizon", "adaptive", "weighted"];

for (const [name, simulate, model] of cases) {
  for (const method of methods) {
    const wrapped = conformal(model, { horizon: steps, method, calibration: 60, refits: 1 });
    const inside = new Float64Array(steps);
    const start = performance.now();
    for (let run = 0; run < runs; run++) {
      const values = simulate(new Rng("c").derive(run), count + steps);
      const { lower, upper } = wrapped.fit(values.subarray(0, count)).forecast(steps).interval(90);
      for (let step = 0; step < steps; step++)
        if (values[count + step] >= lower[step] && values[count + step] <= upper[step]) inside[step] += 1 / runs;
    }
    const shown = Array.from(inside, (share) => share.toFixed(3)).join(" ");
    console.log(
      `${name.padEnd(30)} ${method.padEnd(11)} ${shown}  ${((performance.now() - start) / runs).toFixed(1)} ms`,
    );
  }
}

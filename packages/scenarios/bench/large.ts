// 100,000 runs x 24 steps x 40 metrics, counted: seconds, quantiles, memory; and 1,000 runs of the same, as a slider asks for them.
import { simulateWorlds } from "@sage-twin/scenarios";
import { businessProgram } from "./business-program.js";

const steps = 24;
const rounds = 5;
const fitted = businessProgram(steps, 40);
const push = { edits: [{ node: 0, factor: new Float64Array(steps).fill(1.1), shift: new Float64Array(steps) }] };

const median = (values: readonly number[]): string =>
  ([...values].sort((a, b) => a - b)[values.length >> 1] / 1000).toFixed(3);

const simulated: number[] = [];
const read: number[] = [];
let memory = 0;
for (let round = 0; round < rounds; round++) {
  const start = performance.now();
  const simulation = await simulateWorlds(fitted, [], { runs: 100_000, seed: "bench" });
  const middle = performance.now();
  if (round === 0) memory = process.resourceUsage().maxRSS;
  for (const metric of simulation.metrics)
    for (let step = 0; step < steps; step++) simulation.distributions(metric, -1).quantiles(step, [0.05, 0.5, 0.95]);
  simulated.push(middle - start);
  read.push(performance.now() - middle);
}
console.log(
  `100,000 runs x ${steps} steps x ${fitted.program.nodes.length} metrics: median ${median(simulated)} s of ${rounds}`,
);
console.log(`three quantiles of every metric and step: median ${median(read)} s more`);
console.log(`most memory up to the end of the first, Node and its loader included: ${Math.round(memory / 1000)} MB`);

const moved: number[] = [];
for (let round = 0; round < 30; round++) {
  const start = performance.now();
  await simulateWorlds(fitted, [push], { runs: 1000, seed: "bench" });
  moved.push(performance.now() - start);
}
console.log(`a slider, 1,000 runs with one scenario: median ${median(moved)} s of ${moved.length}`);

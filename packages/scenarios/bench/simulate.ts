// 10,000 runs x 52 steps x 30 metrics: seconds, quantiles, a further scenario, two workers, memory.
import { createHash } from "node:crypto";
import { type Executor, workerPool } from "@sage-twin/kernel";
import { type Simulation, SimulationResult, scenario, simulateWorlds } from "@sage-twin/scenarios";
import { businessProgram } from "./business-program.js";

const runs = 10_000;
const steps = 52;
const rounds = 9;
const fitted = businessProgram(steps);
const push = (node: number, factor: number) => ({
  edits: [{ node, factor: new Float64Array(steps).fill(factor), shift: new Float64Array(steps) }],
});

/** After one round to warm up: medians of wall time and of processor time, which a busy machine disturbs less; returns the wall time. */
async function median(name: string, work: () => Promise<unknown>): Promise<number> {
  const wall: number[] = [];
  const cpu: number[] = [];
  await work();
  for (let round = 0; round < rounds; round++) {
    globalThis.gc?.();
    const before = process.cpuUsage();
    const start = performance.now();
    await work();
    wall.push((performance.now() - start) / 1000);
    const { user, system } = process.cpuUsage(before);
    cpu.push((user + system) / 1e6);
  }
  wall.sort((a, b) => a - b);
  cpu.sort((a, b) => a - b);
  const middle = rounds >> 1;
  console.log(
    `${name}: median ${wall[middle].toFixed(3)} s (${wall[0].toFixed(3)} to ${wall[rounds - 1].toFixed(3)}), processor ${cpu[middle].toFixed(3)} s`,
  );
  return wall[middle];
}

function digest(simulation: Simulation): string {
  const hash = createHash("sha256");
  const values = new Float64Array(runs);
  for (const metric of simulation.metrics) {
    for (const world of [-1, 0]) {
      for (let step = 0; step < steps; step++)
        hash.update(simulation.distributions(metric, world).samples(step, values));
    }
  }
  return hash.digest("hex").slice(0, 16);
}

const simulate = (worlds: number, executor?: Executor) =>
  simulateWorlds(fitted, [push(0, 1.1), push(1, 1.1), push(2, 0.9)].slice(0, worlds), {
    runs,
    seed: "bench",
    executor,
  });
const cells = runs * steps * fitted.program.nodes.length;
console.log(
  `${runs} runs x ${steps} steps x ${fitted.program.nodes.length} metrics, ${fitted.program.edges.length} edges`,
);
const baseline = await median("baseline alone", () => simulate(0));
console.log(`  ${((baseline / cells) * 1e9).toFixed(1)} ns a node step`);
const one = await median("baseline and one scenario", () => simulate(1));
const two = await median("baseline and two scenarios", () => simulate(2));
console.log(`each further scenario: ${(two - one).toFixed(3)} s`);
await median("one scenario with quantiles of baseline, scenario and difference, every metric and step", async () => {
  const result = new SimulationResult(await simulate(1), {}, scenario("push"), 0);
  for (const metric of result.metrics) {
    for (const outcome of [result.baseline(metric), result.metric(metric), result.difference(metric)])
      outcome.interval(90);
  }
});
const pool = workerPool({ workers: 2 });
const single = digest(await simulate(1));
const pair = digest(await simulate(1, pool));
const parallel = await median("one scenario on two warm workers", () => simulate(1, pool));
const again = await median("one scenario on one thread", () => simulate(1));
console.log(
  `two workers: ${(again / parallel).toFixed(2)}x faster, bytes ${single === pair ? "identical" : "DIFFERENT"} (${single})`,
);
await pool.close();

// The peak memory of one simulation: 10,000 runs x 52 steps x 30 metrics, baseline and one scenario, with quantiles of both and their difference.
import { SimulationResult, scenario, simulateWorlds } from "@sage-twin/scenarios";
import { businessProgram } from "./business-program.js";

const steps = 52;
const before = process.memoryUsage.rss();
const edit = { node: 0, factor: new Float64Array(steps).fill(1.1), shift: new Float64Array(steps) };
const simulation = await simulateWorlds(businessProgram(steps), [{ edits: [edit] }], { runs: 10_000, seed: "bench" });
const result = new SimulationResult(simulation, {}, scenario("push"), 0);
for (const metric of result.metrics) {
  for (const outcome of [result.baseline(metric), result.metric(metric), result.difference(metric)])
    outcome.interval(90);
}
const peak = process.resourceUsage().maxRSS / 1024;
console.log(`peak memory: ${Math.round(peak)} MB, of which ${Math.round(before / 2 ** 20)} MB before the simulation`);

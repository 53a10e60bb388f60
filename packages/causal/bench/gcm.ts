// 100,000 interventional samples of a linear Gaussian graph of ten nodes, beside dowhy.gcm in the Python of SAGE_TWIN_PYTHON on the same data: medians of
// the time of sampling, of fitted models, and how far the means lie apart. Usage: `npm run bench -- gcm`.
import { spawnSync } from "node:child_process";
import { causalGraph, fit, linear, sampleRows } from "@sage-twin/causal";
import { Rng } from "@sage-twin/kernel";

const samples = 100_000;
const rows = 1000;
const rounds = 7;
const warmUps = 2;
const rng = new Rng("gcm");
const names = Array.from({ length: 10 }, (_, node) => `x${node}`);
const edges = names.flatMap((to, node) =>
  names.slice(Math.max(0, node - 3), node).map((from) => ({ from, to, effect: rng.normal() })),
);
const columns: Record<string, Float64Array> = {};
for (const name of names) {
  const own = edges.filter(({ to }) => to === name);
  columns[name] = Float64Array.from({ length: rows }, (_, row) =>
    own.reduce((sum, { from, effect }) => sum + effect * columns[from][row], rng.normal()),
  );
}
const table = {
  frequency: "D",
  start: 0,
  length: rows,
  metrics: names,
  column: (name: string) => columns[name],
} as const;
let graph = edges.reduce((so, { from, to }) => so.cause(from, to, linear()), causalGraph());
graph = graph.noise("x0", { kind: "gaussian" });
const model = fit(graph, table, { mode: "structural" });

const middle = (times: number[]): number => times.sort((a, b) => a - b)[times.length >> 1];
const moments = (values: Float64Array): { mean: number; sd: number } => {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return { mean, sd: Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length) };
};
const timed = (draw: (seed: number) => void): number => {
  const times: number[] = [];
  for (let round = 0; round < warmUps + rounds; round++) {
    const start = performance.now();
    draw(round);
    times.push(performance.now() - start);
  }
  return middle(times.slice(warmUps));
};
let drawn: Readonly<Record<string, Float64Array>> = {};
const ours = timed((seed) => {
  drawn = sampleRows(model, { x3: 1 }, { runs: samples, seed });
});
const whole = timed((seed) => {
  model.intervene({ x3: 1 }, { runs: samples, seed });
});
console.log(
  `${samples} samples of 10 nodes under do(x3 = 1), effects at their means: ${ours.toFixed(1)} ms, median of ${rounds}`,
);
console.log(`intervene, with its baseline and effects drawn: ${whole.toFixed(0)} ms`);

const program = `
import json, sys, time
import networkx as nx, numpy as np, pandas as pd
import dowhy
from dowhy import gcm
from scipy import stats
given = json.load(sys.stdin)
gcm.config.disable_progress_bars()
model = gcm.InvertibleStructuralCausalModel(nx.DiGraph([tuple(edge) for edge in given["edges"]]))
for node in model.graph.nodes:
    causes = list(model.graph.predecessors(node))
    model.set_causal_mechanism(node, gcm.AdditiveNoiseModel(gcm.ml.create_linear_regressor(), gcm.ScipyDistribution(stats.norm)) if causes else gcm.ScipyDistribution(stats.norm))
gcm.fit(model, pd.DataFrame(given["columns"]))
times = []
for _ in range(${warmUps + rounds}):
    start = time.perf_counter()
    drawn = gcm.interventional_samples(model, {"x3": lambda x: 1}, num_samples_to_draw=${samples})
    times.append((time.perf_counter() - start) * 1000)
print(json.dumps({"version": dowhy.__version__, "time": sorted(times[${warmUps}:])[${rounds >> 1}], "mean": drawn.mean().to_dict(), "sd": drawn.std().to_dict()}))`;
const python = process.env.SAGE_TWIN_PYTHON;
const input = JSON.stringify({
  edges: edges.map(({ from, to }) => [from, to]),
  columns: Object.fromEntries(names.map((name) => [name, Array.from(columns[name])])),
});
const answer =
  python === undefined
    ? undefined
    : spawnSync(python, ["-c", program], { input, encoding: "utf8", maxBuffer: 2 ** 28 });
if (answer?.status !== 0) {
  console.log(
    `dowhy.gcm left out: ${answer === undefined ? "SAGE_TWIN_PYTHON is not set" : `${python} cannot run it: ${answer.stderr.trim().split("\n").at(-1)}`}`,
  );
} else {
  const theirs = JSON.parse(answer.stdout) as {
    version: string;
    time: number;
    mean: Record<string, number>;
    sd: Record<string, number>;
  };
  console.log(
    `dowhy ${theirs.version}: ${theirs.time.toFixed(0)} ms; ratio ${(theirs.time / ours).toFixed(1)} (bar 10)`,
  );
  const apart = names
    .filter((name) => name !== "x3")
    .map((name) => {
      const { mean, sd } = moments(drawn[name]);
      return {
        name,
        gap: Math.abs(mean - theirs.mean[name]) / (sd * Math.sqrt(2 / samples)),
        spread: sd / theirs.sd[name],
      };
    });
  const widest = apart.reduce((most, one) => (one.gap > most.gap ? one : most));
  console.log(`means: at most ${widest.gap.toFixed(1)} Monte Carlo standard errors apart (${widest.name})`);
  console.log(
    `standard deviations: ours ${Math.min(...apart.map(({ spread }) => spread)).toFixed(3)} to ${Math.max(...apart.map(({ spread }) => spread)).toFixed(3)} times theirs`,
  );
}

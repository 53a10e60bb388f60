// Faults in 100 random linear systems of ten metrics: how often the metric that broke is ranked first, and among the first three, by `rankRootCauses` and by
// the plain z-score of each metric's mean over the same rows. Usage: `npm run bench -- root-cause`.
import { causalGraph, fit, linear, rankRootCauses } from "@sage-twin/causal";
import { Rng } from "@sage-twin/kernel";

const systems = 100;
const size = 10;
const rows = 300;
const period = 5;
const names = Array.from({ length: size }, (_, node) => `m${node}`);

/** Ranks by how far each metric's mean over the last rows lies from its mean before, in standard deviations. */
function byScore(columns: Readonly<Record<string, Float64Array>>, among: readonly string[]): string[] {
  const score = (values: Float64Array): number => {
    const before = values.subarray(0, rows - period);
    const mean = before.reduce((sum, value) => sum + value, 0) / before.length;
    const sd = Math.sqrt(before.reduce((sum, value) => sum + (value - mean) ** 2, 0) / before.length);
    return Math.abs(values.subarray(rows - period).reduce((sum, value) => sum + value, 0) / period - mean) / sd;
  };
  return [...among].sort((a, b) => score(columns[b]) - score(columns[a]));
}

for (const fault of [1.5, 2, 3]) {
  const hits = { "all metrics": { ours: [0, 0], score: [0, 0] }, "with a target": { ours: [0, 0], score: [0, 0] } };
  const confidences: number[] = [];
  const right: number[] = [];
  for (let system = 0; system < systems; system++) {
    const rng = new Rng("root-cause").derive(system);
    const edges = names.flatMap((to, node) =>
      names.slice(0, node).flatMap((from) => {
        const effect = (0.5 + 1.5 * rng.uniform()) * (rng.uniform() < 0.5 ? -1 : 1);
        return rng.uniform() < 0.3 ? [{ from, to, effect }] : [];
      }),
    );
    const leading = (target: string): Set<string> => {
      const found = new Set([target]);
      for (const name of found) for (const { from, to } of edges) if (to === name) found.add(from);
      return found;
    };
    const target = [...names].sort((a, b) => leading(b).size - leading(a).size)[0];
    const upstream = names.filter((name) => leading(target).has(name));
    const broken = upstream[rng.integer(upstream.length)];
    const columns: Record<string, Float64Array> = {};
    for (const name of names) {
      const own = edges.filter(({ to }) => to === name);
      columns[name] = Float64Array.from({ length: rows }, (_, row) =>
        own.reduce(
          (sum, { from, effect }) => sum + effect * columns[from][row],
          rng.normal() + (name === broken && row >= rows - period ? fault : 0),
        ),
      );
    }
    let graph = edges.reduce((so, { from, to }) => so.cause(from, to, linear()), causalGraph());
    for (const name of names) graph = graph.metric(name);
    const table = {
      frequency: "D",
      start: 0,
      length: rows,
      metrics: names,
      column: (name: string) => columns[name],
    } as const;
    const model = fit(graph, table, { mode: "structural" });
    const span = { first: rows - period, rows: period };
    const all = await rankRootCauses(model, { rows: span });
    const towards = await rankRootCauses(model, { rows: span, target });
    const count = (tally: number[], ranking: readonly string[]): void => {
      if (ranking[0] === broken) tally[0]++;
      if (ranking.slice(0, 3).includes(broken)) tally[1]++;
    };
    count(
      hits["all metrics"].ours,
      all.causes.map(({ metric }) => metric),
    );
    count(hits["all metrics"].score, byScore(columns, names));
    count(
      hits["with a target"].ours,
      towards.causes.map(({ metric }) => metric),
    );
    count(hits["with a target"].score, byScore(columns, upstream));
    for (const { metric, confidence } of all.causes) {
      confidences.push(confidence);
      right.push(metric === broken ? 1 : 0);
    }
  }
  for (const [what, { ours, score }] of Object.entries(hits)) {
    console.log(
      `a fault of ${fault} sd over ${period} rows, ${what}: first ${ours[0]} of ${systems}, among three ${ours[1]}; by z-score ${score[0]} and ${score[1]}`,
    );
  }
  const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
  const sure = confidences.flatMap((value, index) => (value >= 0.5 ? [index] : []));
  console.log(
    `  confidence of .5 and more: ${sure.length} metrics, mean ${(sum(sure.map((index) => confidences[index])) / sure.length).toFixed(2)}, broken ${(sum(sure.map((index) => right[index])) / sure.length).toFixed(2)}`,
  );
}

// Mean structural Hamming distance to the truth of 20 linear graphs and 20 systems over time, beside the edges that the references found
// in the same data (test/golden/discovery.json).
import { ges, notears, pc, pcmci } from "@sage-twin/causal";
import { distance, equivalents, indexed, linkDistance, patternFrom } from "../test/discovery/distance.js";
import { laggedSystem, linearSystem } from "../test/discovery/systems.js";
import golden from "../test/golden/discovery.json" with { type: "json" };

const totals = new Map<string, number>();
const milliseconds = new Map<string, number>();
const add = (name: string, value: number) => totals.set(name, (totals.get(name) ?? 0) + value);
for (let seed = 0; seed < 20; seed++) {
  const { columns, edges } = linearSystem(seed);
  const truth = equivalents(10, edges);
  for (const [name, search] of Object.entries({ pc, ges })) {
    const start = performance.now();
    add(`${name}`, distance(patternFrom(10, indexed((await search(columns)).edges)), truth));
    milliseconds.set(name, (milliseconds.get(name) ?? 0) + performance.now() - start);
  }
  add("pc, level 0.05", distance(patternFrom(10, indexed((await pc(columns, { level: 0.05 })).edges)), truth));
  const { pc01, pc05, ges: reference } = golden.linear[seed];
  add("causal-learn pc, level 0.01", distance(patternFrom(10, pc01), truth));
  add("causal-learn pc, level 0.05", distance(patternFrom(10, pc05), truth));
  add("causal-learn ges", distance(patternFrom(10, reference), truth));
  add(
    "notears (true graph, not class)",
    distance(patternFrom(10, indexed((await notears(columns)).edges)), patternFrom(10, edges)),
  );
  const lagged = laggedSystem(seed);
  const start = performance.now();
  const links = (await pcmci(lagged.columns)).edges.map(({ from, to, lag }) => [from.slice(1), to.slice(1), lag]);
  milliseconds.set("pcmci", (milliseconds.get("pcmci") ?? 0) + performance.now() - start);
  add("pcmci", linkDistance(links, lagged.edges));
  const wider = (await pcmci(lagged.columns, { level: 0.05 })).edges.map(({ from, to, lag }) => [
    from.slice(1),
    to.slice(1),
    lag,
  ]);
  add("pcmci, level 0.05", linkDistance(wider, lagged.edges));
  const found = golden.lagged[seed];
  add("tigramite pcmci, its defaults", linkDistance(found.default, lagged.edges));
  add("tigramite pcmci, levels 0.05 and 0.01", linkDistance(found.strict, lagged.edges));
  add("tigramite pcmci, false discovery rate 0.05", linkDistance(found.fdr, lagged.edges));
}
for (const [name, total] of [...totals].sort()) console.log(`${name}: ${(total / 20).toFixed(2)}`);
for (const [name, total] of milliseconds) console.log(`${name}: ${(total / 20).toFixed(1)} ms`);

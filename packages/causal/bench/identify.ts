// Medians of the time that identification takes on random graphs: adjustment sets (up to 100 of them), and `identify` as a whole.
// With PYTHON naming a Python that has dowhy and pydagitty, their times on small graphs follow; each graph has 20 seconds.
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { adjustmentSets, dSeparated, frontDoorSets, identify, instruments, mixedGraph } from "@sage-twin/causal";
import { Rng } from "@sage-twin/kernel";

/** Each pair of nodes, in order, has an edge with the probability that gives `degree` neighbours on average; one in ten is bidirected. */
function randomParts(size: number, degree: number, seed: number) {
  const rng = new Rng("identify").derive(size, degree, seed);
  const nodes = Array.from({ length: size }, (_, node) => `v${node}`);
  const directed: [string, string][] = [];
  const bidirected: [string, string][] = [];
  for (let edge = 0; edge < (size * degree) / 2; edge++) {
    const a = rng.integer(size);
    const b = rng.integer(size);
    if (a === b) continue;
    const pair: [string, string] = [nodes[Math.min(a, b)], nodes[Math.max(a, b)]];
    (rng.uniform() < 0.1 ? bidirected : directed).push(pair);
  }
  const seen = new Set<string>();
  const once = (pairs: [string, string][]) => pairs.filter((pair) => !seen.has(`${pair}`) && seen.add(`${pair}`));
  return { nodes, directed: once(directed), bidirected: once(bidirected) };
}

/** A cause and an effect well apart in the order of the nodes. */
function randomQuery(names: readonly string[], degree: number, seed: number) {
  const rng = new Rng("query").derive(names.length, degree, seed);
  const treatment = names[Math.floor(names.length * (0.3 + 0.2 * rng.uniform()))];
  return { treatment, outcome: names[Math.floor(names.length * (0.7 + 0.2 * rng.uniform()))] };
}

function timed(action: () => unknown): number {
  const start = performance.now();
  action();
  return performance.now() - start;
}

const median = (values: number[]): number => values.sort((a, b) => a - b)[Math.floor(values.length / 2)];

const only = process.argv[2];
const all: readonly (readonly [size: number, repeats: number])[] = [
  [100, 30],
  [1_000, 10],
  [10_000, 3],
];
for (const [size, repeats] of all) {
  if (only !== undefined && Number(only) !== size) continue;
  for (const degree of [2, 5, 10, 20]) {
    const times = new Map<string, number[]>();
    const add = (what: string, time: number) => times.set(what, [...(times.get(what) ?? []), time]);
    for (let seed = 0; seed < repeats; seed++) {
      const graph = mixedGraph(randomParts(size, degree, seed));
      const query = randomQuery(graph.names, degree, seed);
      add(
        "d-separation",
        timed(() => dSeparated(graph, query.treatment, query.outcome)),
      );
      add(
        "one set",
        timed(() => adjustmentSets(graph, { ...query, limit: 1 })),
      );
      add(
        "100 sets",
        timed(() => adjustmentSets(graph, query)),
      );
      add(
        "front door",
        timed(() => frontDoorSets(graph, query)),
      );
      add(
        "instruments",
        timed(() => instruments(graph, query)),
      );
      add(
        "identify",
        timed(() => identify(graph, query)),
      );
    }
    const shown = [...times].map(([what, list]) => {
      const worst = Math.max(...list);
      return `${what} ${median(list).toFixed(1)} (${worst.toFixed(1)})`;
    });
    console.log(`${size} nodes, ${degree} neighbours: ms, median (worst): ${shown.join(", ")}`);
  }
}

const python = process.env.PYTHON;
if (python !== undefined) {
  const script = fileURLToPath(new URL("identify.py", import.meta.url));
  for (const size of [10, 20, 50, 100]) {
    const theirs = new Map<string, number[]>();
    for (let seed = 0; seed < 5; seed++) {
      const parts = randomParts(size, 5, seed);
      const input = `${JSON.stringify({ ...parts, ...randomQuery(parts.nodes, 5, seed) })}\n`;
      const { stdout } = spawnSync(python, [script], { input, timeout: 20_000, encoding: "utf8" });
      for (const line of stdout
        .trim()
        .split("\n")
        .filter((text) => text !== ""))
        for (const [name, time] of Object.entries(JSON.parse(line) as Record<string, number>))
          theirs.set(name, [...(theirs.get(name) ?? []), time]);
    }
    const shown = ["dowhy", "pydagitty"].map((name) => {
      const times = theirs.get(name) ?? [];
      return `${name} ${times.length > 0 ? median(times).toFixed(0) : "-"} (${times.length} of 5 done in 20 s)`;
    });
    console.log(`${size} nodes, 5 neighbours: ms, median: ${shown.join(", ")}`);
  }
}

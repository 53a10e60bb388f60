import { describe, expect, it } from "vitest";
import { adjustmentSets, identify, instruments, mixedGraph } from "../../src/index.js";
import golden from "../golden/identification.json" with { type: "json" };

const names = (pairs: readonly (readonly string[])[]) => [...new Set(pairs.flat())];
const sorted = (sets: readonly (readonly string[])[]) => sets.map((set) => [...set].sort().join()).sort();
const pairs = (listed: readonly (readonly string[])[]) => listed.map(([a, b]) => [a, b] as const);

describe("published graphs", () => {
  it.each(golden.suite.map((item) => [item.name, item] as const))("%s", (_, item) => {
    const graph = mixedGraph({
      nodes: names([...item.directed, ...item.bidirected]),
      directed: pairs(item.directed),
      bidirected: pairs(item.bidirected),
    });
    const hidden: readonly string[] = item.hidden;
    const observed = graph.names.filter((name) => !hidden.includes(name));
    const query = { treatment: item.treatment, outcome: item.outcome, observed };
    const found = adjustmentSets(graph, query);
    expect(sorted(found.sets)).toEqual(sorted(item.minimal));
    expect(found.complete).toBe(true);
    expect(sorted(found.maximal === undefined ? [] : [found.maximal])).toEqual(sorted(item.canonical));
    if (item.instruments !== null && item.instruments.length > 0) {
      const ours = instruments(graph, query).instruments.map(({ instrument }) => instrument);
      // Ours lists those with an ancestral adjustment: a part, never empty where there is any.
      expect(ours.length).toBeGreaterThan(0);
      expect(item.instruments).toEqual(expect.arrayContaining(ours));
    }
    if (item.identified !== null) expect(identify(graph, query).identified).toBe(item.identified);
  });
});

describe("random graphs with hidden confounders", () => {
  it("are identified where y0's ID algorithm says so, and not elsewhere", () => {
    for (const { size, directed, bidirected, identified } of golden.random) {
      const nodes = Array.from({ length: size }, (_, node) => `v${node}`);
      const graph = mixedGraph({ nodes, directed: pairs(directed), bidirected: pairs(bidirected) });
      expect(identify(graph, { treatment: "v0", outcome: "v1" }).identified).toBe(identified);
    }
    expect(golden.random.filter(({ identified }) => !identified).length).toBeGreaterThan(30);
  });
});

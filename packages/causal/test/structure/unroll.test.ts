import { TwinError } from "@sage-twin/kernel";
import { describe, expect, it } from "vitest";
import {
  adjustmentSets,
  causalGraph,
  dSeparated,
  elasticity,
  identify,
  linear,
  type MixedGraph,
  mixedGraph,
  summarise,
  unroll,
} from "../../src/index.js";

const edges = (graph: MixedGraph) =>
  graph.names.flatMap((name, node) =>
    Array.from(
      graph.children.targets.subarray(graph.children.offsets[node], graph.children.offsets[node + 1]),
      (child) => `${name} -> ${graph.names[child]}`,
    ),
  );
const joined = (graph: MixedGraph) =>
  graph.names.flatMap((name, node) =>
    Array.from(graph.spouses.targets.subarray(graph.spouses.offsets[node], graph.spouses.offsets[node + 1]))
      .filter((other) => other > node)
      .map((other) => `${name} <-> ${graph.names[other]}`),
  );

function problem(action: () => unknown): TwinError {
  try {
    action();
  } catch (error) {
    if (TwinError.isInstance(error)) return error;
    throw error;
  }
  throw new Error("nothing was thrown");
}

describe("unroll", () => {
  it("turns lags into edges between periods, in steps of the frequency", () => {
    const graph = causalGraph()
      .cause("price", "orders", linear())
      .cause("ads", "orders", linear(1, { lag: "2W" }));
    const view = unroll(graph, { periods: 3, frequency: "W" });
    expect(view.names.slice(-3)).toEqual(["price@t", "orders@t", "ads@t"]);
    expect(edges(view)).toEqual([
      "price@t-2 -> orders@t-2",
      "ads@t-2 -> orders@t",
      "price@t-1 -> orders@t-1",
      "price@t -> orders@t",
    ]);
  });

  it("joins a metric's own periods, hidden confounders, and nodes whose causes lie before the first period", () => {
    const graph = causalGraph().cause("x", "y", linear(1, { lag: "1M" }));
    expect(joined(unroll(graph, { periods: 2, frequency: "M" }))).toEqual([
      "x@t-1 <-> y@t-1",
      "x@t-1 <-> x@t",
      "y@t-1 <-> x@t",
      "y@t-1 <-> y@t",
    ]);
    const hidden = causalGraph().confounded("a", "b");
    expect(joined(unroll(hidden, { periods: 2, frequency: "M" })).length).toBe(6);
  });

  it("follows carry-over until 1 % is left, and smoothing as well", () => {
    const carried = causalGraph().cause("ads", "orders", elasticity(0.1, { carryover: 0.5 }));
    const lagsOf = (graph: MixedGraph) => edges(graph).filter((edge) => edge.endsWith("orders@t")).length;
    // .5^7 < .01 <= .5^6, and the present period.
    expect(lagsOf(unroll(carried, { periods: 12, frequency: "W" }))).toBe(8);
    const smoothed = causalGraph().cause("ads", "orders", linear(1, { smoothing: "4W" }));
    // (3/4)^17 < .01 <= (3/4)^16, and nothing in the present period.
    expect(lagsOf(unroll(smoothed, { periods: 30, frequency: "W" }))).toBe(17);
  });

  it("takes a stock's level from the level before, and its outflow from it", () => {
    const graph = causalGraph().stock("customers", { inflow: "joined", outflow: "lost" });
    expect(edges(unroll(graph, { periods: 2, frequency: "M" }))).toEqual([
      "joined@t-1 -> customers@t-1",
      "lost@t-1 -> customers@t-1",
      "customers@t-1 -> lost@t",
      "customers@t-1 -> customers@t",
      "joined@t -> customers@t",
      "lost@t -> customers@t",
    ]);
    const view = unroll(graph, { periods: 3, frequency: "M" });
    expect(dSeparated(view, "customers@t", "joined@t-2", ["customers@t-1", "joined@t", "lost@t"])).toBe(true);
  });

  it("tells which earlier periods confound an effect", () => {
    const graph = causalGraph()
      .cause("price", "orders", linear())
      .cause("price", "orders", linear(1, { lag: "1W" }));
    const view = unroll(graph, { periods: 3, frequency: "W" });
    expect(adjustmentSets(view, { treatment: "price@t", outcome: "orders@t" }).sets).toEqual([["price@t-1"]]);
    expect(adjustmentSets(view, { treatment: "price@t-1", outcome: "orders@t" }).sets).toEqual([["price@t"]]);
    // Prices that follow last week's orders: what moved these goes on to move orders.
    const loop = graph.cause("orders", "price", linear(1, { lag: "1W" }));
    expect(
      identify(unroll(loop, { periods: 3, frequency: "W" }), { treatment: "price@t", outcome: "orders@t" }).identified,
    ).toBe(false);
  });

  it("refuses lags of another calendar, and too much", () => {
    const graph = causalGraph().cause("x", "y", linear(1, { lag: "1M" }));
    expect(problem(() => unroll(graph, { periods: 2, frequency: "W" })).code).toBe("invalid-time");
    expect(problem(() => unroll(graph, { periods: 0, frequency: "M" })).code).toBe("out-of-range");
    expect(problem(() => unroll(graph, { periods: 2_501, frequency: "M" })).code).toBe("too-large");
  });
});

describe("summarise", () => {
  it("makes one node of metrics that cause each other through time", () => {
    const graph = causalGraph()
      .cause("ads", "joined", linear())
      .stock("customers", { inflow: "joined", outflow: "lost" })
      .cause("customers", "orders", linear());
    const view = summarise(graph);
    expect(view.names).toContain("customers + lost");
    const { identified, backdoor } = identify(graph, { treatment: "ads", outcome: "orders" });
    expect([identified, backdoor.sets]).toEqual([true, [[]]]);
    expect(identify(graph, { treatment: "joined", outcome: "orders" }).backdoor.maximal).toEqual(["ads"]);
    expect(dSeparated(graph, "ads", "orders", ["customers", "lost"])).toBe(true);
  });

  it("gathers the problems of the graph", () => {
    const graph = causalGraph()
      .identity("profit", "revenue - costs")
      .confounded("profit", "costs")
      .confounded("costs", "costs")
      .confounded("revenue", "costs")
      .confounded("costs", "revenue");
    const error = problem(() => summarise(graph));
    expect(error.issues.map(({ path }) => path)).toEqual([
      ["confounders", 0],
      ["confounders", 1],
      ["confounders", 3],
    ]);
    expect(error.message).toContain("confound one of its parts: 'revenue' or 'costs'");
  });
});

describe("mixedGraph", () => {
  it("refuses unknown and repeated names, loops and cycles", () => {
    expect(problem(() => mixedGraph({ nodes: ["a", "a"], directed: [] })).message).toContain("'a' is there twice");
    expect(problem(() => mixedGraph({ nodes: ["price"], directed: [["prise", "price"]] })).message).toContain(
      "did you mean 'price'?",
    );
    expect(problem(() => mixedGraph({ nodes: ["a"], directed: [["a", "a"]] })).code).toBe("cycle");
    const pairs = [["a", "b"] as const, ["b", "c"] as const, ["c", "a"] as const];
    expect(problem(() => mixedGraph({ nodes: ["a", "b", "c"], directed: pairs })).message).toContain("->");
  });

  it("answers on graphs of ten thousand nodes, deep and wide", () => {
    const nodes = Array.from({ length: 10_000 }, (_, index) => `v${index}`);
    const chain = mixedGraph({ nodes, directed: nodes.slice(1).map((name, index) => [nodes[index], name] as const) });
    const { backdoor, instruments, frontdoor } = identify(chain, { treatment: "v5000", outcome: "v9999" });
    expect(backdoor.sets).toEqual([[]]);
    expect(frontdoor.minimal).toHaveLength(1);
    expect(instruments.instruments).toHaveLength(100);
    const star = mixedGraph({
      nodes,
      directed: nodes.slice(2).flatMap((name) => [[name, "v0"] as const, [name, "v1"] as const]),
      bidirected: [["v0", "v1"]],
    });
    const answer = identify(star, { treatment: "v0", outcome: "v1" });
    expect(answer.method).toBe("no effect");
    const confounded = mixedGraph({
      nodes,
      directed: [...nodes.slice(2).flatMap((name) => [[name, "v0"] as const, [name, "v1"] as const]), ["v0", "v1"]],
    });
    expect(identify(confounded, { treatment: "v0", outcome: "v1" }).backdoor.minimal).toHaveLength(9_998);
  });
});

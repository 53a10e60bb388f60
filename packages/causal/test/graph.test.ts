import { TwinError } from "@sage-twin/kernel";
import { describe, expect, it } from "vitest";
import { CausalGraph, causalGraph, elasticity, formula, linear, orderMetrics } from "../src/index.js";

function problem(action: () => unknown): TwinError {
  try {
    action();
  } catch (error) {
    if (TwinError.isInstance(error)) return error;
    throw error;
  }
  throw new Error("nothing was thrown");
}

describe("hidden confounders and metrics without edges", () => {
  it("survive JSON; graphs saved before them still open", () => {
    const graph = causalGraph().confounded("price", "orders", { name: "demand" }).confounded("a", "b").metric("alone");
    const again = CausalGraph.fromJSON(JSON.parse(JSON.stringify(graph)));
    expect(again.confounders).toEqual([{ between: ["price", "orders"], name: "demand" }, { between: ["a", "b"] }]);
    expect(again.lone).toEqual(["alone"]);
    expect(again.metrics).toEqual(["price", "orders", "a", "b", "alone"]);
    const old = causalGraph().cause("a", "b", linear()).toJSON();
    expect(Object.keys(old.state)).not.toContain("confounders");
    expect(CausalGraph.fromJSON(old).confounders).toEqual([]);
  });

  it("are checked: known, two, once", () => {
    const graph = causalGraph()
      .confounded("price", "prise")
      .confounded("a", "a")
      .confounded("a", "b")
      .confounded("b", "a");
    const error = problem(() => orderMetrics(graph, ["price", "a", "b"]));
    expect(error.issues.map(({ path }) => path)).toEqual([
      ["confounders", 0],
      ["confounders", 1],
      ["confounders", 3],
    ]);
    expect(error.message).toContain("did you mean 'price'?");
    const saved = causalGraph().confounded("a", "b").toJSON() as unknown as { state: { confounders: unknown[] } };
    saved.state.confounders = [{ between: ["a", "b", "c"] }];
    expect(problem(() => CausalGraph.fromJSON(saved)).code).toBe("corrupt");
  });
});

describe("causalGraph", () => {
  it("is immutable", () => {
    const empty = causalGraph();
    empty.cause("a", "b", elasticity(1));
    expect(empty.metrics).toEqual([]);
  });

  it("orders same-period causes before their effects, through identities and stocks", () => {
    const graph = causalGraph()
      .identity("profit", "revenue - costs")
      .cause("price", "orders", elasticity(-1))
      .identity("revenue", "orders * price")
      .stock("base", { inflow: "orders", outflow: "lost" });
    const order = orderMetrics(graph, graph.metrics);
    for (const [cause, effect] of [
      ["price", "orders"],
      ["orders", "revenue"],
      ["revenue", "profit"],
      ["orders", "base"],
    ]) {
      expect(order.indexOf(cause)).toBeLessThan(order.indexOf(effect));
    }
  });

  it("names a cycle within a period, and accepts one that a lag breaks", () => {
    const edges = causalGraph().cause("a", "b", elasticity(1)).cause("b", "c", elasticity(1));
    const error = problem(() => orderMetrics(edges.cause("c", "a", elasticity(1)), ["a", "b", "c"]));
    expect(error.code).toBe("cycle");
    expect(error.message).toContain("a -> b -> c -> a");
    expect(orderMetrics(edges.cause("c", "a", elasticity(1, { lag: "1W" })), ["a", "b", "c"])).toHaveLength(3);
  });

  it("gathers every unknown name and suggests the near one", () => {
    const graph = causalGraph().cause("prise", "orders", elasticity(1)).identity("profit", "revenu - costs");
    const error = problem(() => orderMetrics(graph, ["price", "orders", "revenue", "costs", "profit"]));
    expect(error.issues.map(({ code }) => code)).toEqual(["unknown-name", "unknown-name"]);
    expect(error.message).toContain("did you mean 'revenue'?");
    expect(error.message).toContain("did you mean 'price'?");
  });

  it("refuses a metric that is determined twice, and the same edge twice", () => {
    const graph = causalGraph()
      .identity("profit", "revenue")
      .cause("revenue", "profit", linear(1))
      .cause("a", "b", linear(1))
      .cause("a", "b", linear(2));
    const error = problem(() => orderMetrics(graph, graph.metrics));
    expect(error.message).toContain("'profit' is determined by an identity and by causes");
    expect(error.message).toContain("twice");
  });

  it("refuses a formula that looks beyond its cause", () => {
    const graph = causalGraph().cause("price", "orders", formula("price * weather"));
    expect(problem(() => orderMetrics(graph, ["price", "orders", "weather"])).message).toContain("'weather'");
  });

  it("orders a chain of ten thousand without exhausting the stack", () => {
    const names = Array.from({ length: 10_000 }, (_, index) => `m${index}`);
    const edges = names.slice(1).map((to, index) => ({ from: names[index], to, mechanism: linear(1) }));
    const graph = new CausalGraph({ edges, identities: [], stocks: [], links: {} });
    expect(orderMetrics(graph, [...names].reverse())).toEqual(names);
  });

  it("survives JSON, and refuses what is not a graph", () => {
    const graph = causalGraph()
      .cause("price", "orders", elasticity(-1.2, { sd: 0.4, lag: "1W", carryover: 0.5, source: "a study" }))
      .identity("revenue", "orders * price")
      .stock("base", { inflow: "joined", outflow: "lost", floor: 0 })
      .link("rate", { kind: "logit", low: 0, high: 1 });
    const copy = CausalGraph.fromJSON(JSON.parse(JSON.stringify(graph)));
    expect(copy.toJSON()).toEqual(graph.toJSON());
    expect(problem(() => CausalGraph.fromJSON({ kind: "causal-graph" })).code).toBe("corrupt");
  });
});

describe("mechanisms", () => {
  it("state where their effect comes from", () => {
    expect(elasticity().evidence).toBe("data");
    expect(elasticity(1).evidence).toBe("assumed");
    expect(elasticity(1, { source: "a study" }).evidence).toBe("sourced");
  });

  it("turn a short-run elasticity into the long-run one", () => {
    expect(elasticity(0.12, { carryover: 0.5, run: "short" }).prior.mean).toBeCloseTo(0.24, 12);
  });

  it.each([
    () => elasticity(Number.NaN),
    () => elasticity(1, { sd: -1 }),
    () => elasticity(1, { carryover: 1 }),
    () => elasticity(undefined, { sd: 0 }),
    () => linear(1, { lag: "1 week" as "1W" }),
  ])("refuse what makes no sense (%#)", (make) => {
    expect(problem(make)).toBeInstanceOf(TwinError);
  });
});

import { TwinError } from "@sage-twin/kernel";
import { describe, expect, it } from "vitest";
import {
  causalGraph,
  type Estimand,
  estimandText,
  freeVariables,
  identify,
  linear,
  mixedGraph,
} from "../../src/index.js";
import { combinations, DiscreteModel, evaluate, probabilityOf } from "./discrete-model.js";
import { nameOf, partsOf, randomGraph, type SmallGraph } from "./reference.js";

function problem(action: () => unknown): TwinError {
  try {
    action();
  } catch (error) {
    if (TwinError.isInstance(error)) return error;
    throw error;
  }
  throw new Error("nothing was thrown");
}

/** The largest difference between the estimand and the truth over all values of treatment, outcome and anything else. */
function errorOf(
  graph: SmallGraph,
  estimand: Estimand,
  treatment: readonly string[],
  outcome: readonly string[],
): number {
  let worst = 0;
  for (const seed of [1, 2]) {
    const model = new DiscreteModel(graph, seed);
    const joint = model.joint();
    const free = [...new Set([...treatment, ...outcome, ...freeVariables(estimand)])];
    const truths = new Map(
      combinations(treatment.map(() => 2)).map((values) => [
        values.join(),
        model.joint(Object.fromEntries(treatment.map((name, index) => [name, values[index]]))),
      ]),
    );
    for (const values of combinations(free.map(() => 2))) {
      const at = Object.fromEntries(free.map((name, index) => [name, values[index]]));
      const truth = truths.get(treatment.map((name) => at[name]).join()) as Map<string, number>;
      const wanted = Object.fromEntries(outcome.map((name) => [name, at[name]]));
      const expected = probabilityOf(truth, model.names, wanted);
      worst = Math.max(worst, Math.abs(evaluate(estimand, joint, model.names, at) - expected));
    }
  }
  return worst;
}

const figure = (directed: string, bidirected = "") => {
  const pairs = (text: string) =>
    text.split(",").flatMap((pair) => {
      const [a, b] = pair.trim().split(" ");
      return b === undefined ? [] : [[a, b] as const];
    });
  const edges = pairs(directed);
  const hidden = pairs(bidirected);
  return mixedGraph({ nodes: [...new Set([...edges, ...hidden].flat())], directed: edges, bidirected: hidden });
};
const formulaOf = (graph: ReturnType<typeof figure>, treatment = "X", outcome = "Y") =>
  estimandText(identify(graph, { treatment, outcome }).estimand as Estimand, [treatment, outcome]);

describe("estimands", () => {
  it("equal the truth in random discrete models of random graphs with hidden confounders", () => {
    const ways = new Map<string, number>();
    for (let seed = 0; seed < 300; seed++) {
      const graph = randomGraph(1000 + seed, 4 + (seed % 2), 0.55, [0.1, 0.25, 0.4][seed % 3]);
      if (graph.bidirected.length > 4) continue;
      const { estimand, method, identified } = identify(mixedGraph(partsOf(graph)), { treatment: "v0", outcome: "v1" });
      ways.set(method, (ways.get(method) ?? 0) + 1);
      if (identified) expect(errorOf(graph, estimand as Estimand, ["v0"], ["v1"])).toBeLessThan(1e-10);
    }
    for (const method of ["adjustment", "no effect", "not identified"])
      expect(ways.get(method), method).toBeGreaterThan(4);
  });

  it("equal the truth when the general algorithm alone is left", () => {
    let general = 0;
    for (let seed = 0; seed < 700; seed++) {
      const graph = randomGraph(2000 + seed, 5, 0.55, [0.1, 0.25, 0.4][seed % 3]);
      if (graph.bidirected.length > 4) continue;
      const query = { treatment: "v0", outcome: "v1", forbidden: ["v2", "v3", "v4"] };
      const { estimand, method } = identify(mixedGraph(partsOf(graph)), query);
      if (method !== "general") continue;
      general++;
      expect(errorOf(graph, estimand as Estimand, ["v0"], ["v1"])).toBeLessThan(1e-10);
    }
    expect(general).toBeGreaterThan(25);
  });

  it("equal the truth for two treatments and two outcomes", () => {
    let general = 0;
    for (let seed = 0; seed < 150; seed++) {
      const graph = randomGraph(5000 + seed, 5, 0.55, [0.1, 0.2, 0.3][seed % 3]);
      if (graph.bidirected.length > 4) continue;
      const query = { treatment: ["v0", "v1"], outcome: ["v2", "v3"] };
      const { estimand, method } = identify(mixedGraph(partsOf(graph)), query);
      if (method === "general") general++;
      if (estimand !== undefined) expect(errorOf(graph, estimand, query.treatment, query.outcome)).toBeLessThan(1e-10);
    }
    expect(general).toBeGreaterThan(10);
  });

  it("equal the truth where variables are not observed", () => {
    let identified = 0;
    for (let seed = 0; seed < 150; seed++) {
      const graph = randomGraph(9000 + seed, 5, 0.5, 0.1);
      if (graph.bidirected.length > 3) continue;
      const hidden = nameOf(2 + (seed % 3));
      const observed = partsOf(graph).nodes.filter((name) => name !== hidden);
      const { estimand } = identify(mixedGraph(partsOf(graph)), { treatment: "v0", outcome: "v1", observed });
      if (estimand === undefined) continue;
      identified++;
      expect(freeVariables(estimand)).not.toContain(hidden);
      expect(JSON.stringify(estimand)).not.toContain(`"${hidden}"`);
      expect(errorOf(graph, estimand, ["v0"], ["v1"])).toBeLessThan(1e-10);
    }
    expect(identified).toBeGreaterThan(50);
  });

  it("are the known ones of the textbook figures", () => {
    expect(formulaOf(figure("Z X, Z Y, X Y"))).toBe("Σ[Z] P(Y | X, Z) P(Z)");
    expect(formulaOf(figure("X M, M Y", "X Y"))).toBe("Σ[M] P(M | X) (Σ[X′] P(Y | X′, M) P(X′))");
    expect(formulaOf(figure("X Y"))).toBe("P(Y | X)");
    expect(formulaOf(figure("Y X"))).toBe("P(Y)");
    // Pearl and Mackenzie 2018: the napkin.
    expect(formulaOf(figure("W Z, Z X, X Y", "W X, W Y"))).toBe(
      "(Σ[W] P(W) P(X | W, Z) P(Y | W, Z, X)) / (Σ[W] P(W) P(X | W, Z))",
    );
  });
});

describe("identify", () => {
  it("names the hedge and what would help", () => {
    const bow = identify(figure("X Y", "X Y"), { treatment: "X", outcome: "Y" });
    expect(bow.identified).toBe(false);
    expect(bow.estimand).toBeUndefined();
    expect(bow.hedge).toEqual({ variables: ["X", "Y"], within: ["Y"] });
    expect(bow.help).toEqual([[{ kind: "confounder", between: ["X", "Y"] }]]);
    const latent = identify(figure("U X, U Y, X Y"), { treatment: "X", outcome: "Y", observed: ["X", "Y"] });
    expect(latent.identified).toBe(false);
    expect(latent.help).toEqual([[{ kind: "variable", name: "U" }]]);
    const twice = identify(figure("U X, U Y, X Y", "X Y"), { treatment: "X", outcome: "Y", observed: ["X", "Y"] });
    expect(twice.help).toEqual([
      [
        { kind: "confounder", between: ["X", "Y"] },
        { kind: "variable", name: "U" },
      ],
    ]);
  });

  it("each remedy identifies the effect, on random graphs", () => {
    let helped = 0;
    for (let seed = 0; seed < 120; seed++) {
      const graph = randomGraph(300 + seed, 5, 0.5, 0.45);
      const { directed, bidirected, nodes } = partsOf(graph);
      const { identified, help } = identify(mixedGraph({ nodes, directed, bidirected }), {
        treatment: "v0",
        outcome: "v1",
      });
      if (identified) continue;
      expect(help.length).toBeGreaterThan(0);
      for (const remedies of help) {
        const gone = remedies.map((remedy) => (remedy.kind === "confounder" ? [...remedy.between].sort().join() : ""));
        const left = bidirected.filter((pair) => !gone.includes([...pair].sort().join()));
        expect(left.length).toBe(bidirected.length - gone.length);
        const mended = mixedGraph({ nodes, directed, bidirected: left });
        expect(identify(mended, { treatment: "v0", outcome: "v1" }).identified).toBe(true);
        helped++;
      }
    }
    expect(helped).toBeGreaterThan(15);
  });

  it("prints sets, formula and steps", () => {
    const graph = causalGraph()
      .cause("cost", "price", linear())
      .cause("price", "orders", linear())
      .confounded("price", "orders", { name: "demand" });
    const text = identify(graph, { treatment: "price", outcome: "orders" }).toString();
    expect(text).toContain("P(orders | do(price)): not identified");
    expect(text).toContain("instruments, where the effect is linear: cost");
    expect(text).toContain("identified with demand of price and orders measured");
    const door = causalGraph()
      .cause("ads", "visits", linear())
      .cause("visits", "orders", linear())
      .confounded("ads", "orders");
    expect(identify(door, { treatment: "ads", outcome: "orders" }).toString().split("\n")).toEqual([
      "P(orders | do(ads)): identified by front-door",
      "front door through: {visits}",
      "P(orders | do(ads)) = Σ[visits] P(visits | ads) (Σ[ads′] P(orders | ads′, visits) P(ads′))",
      "1. P(orders | do(ads)) = Σ[visits] P(orders | do(ads), visits) P(visits | do(ads)): split by visits",
      "2. P(visits | do(ads)) = P(visits | ads): rule 2, as no back-door path joins ads and visits",
      "3. P(orders | do(ads), visits) = P(orders | do(ads), do(visits)): rule 2, as ads blocks every back-door path from visits to orders",
      "4. P(orders | do(ads), do(visits)) = P(orders | do(visits)): rule 3, as ads acts on orders through visits alone",
      "5. P(orders | do(visits)) = Σ[ads′] P(orders | ads′, visits) P(ads′): adjustment for ads, as in the back door",
    ]);
  });

  it("takes identities as formulas, and refuses to set them", () => {
    const graph = causalGraph()
      .cause("price", "orders", linear())
      .identity("revenue", "price * orders")
      .cause("revenue", "bonus", linear());
    const error = problem(() => identify(graph, { treatment: "revenue", outcome: "bonus" }));
    expect(error.code).toBe("invalid-graph");
    expect(error.path).toEqual(["treatment"]);
    expect(error.message).toContain("'revenue' follows from 'price' and 'orders' and cannot be set by itself");
    const { identified } = identify(graph, {
      treatment: "price",
      outcome: "bonus",
      observed: ["price", "orders", "bonus"],
    });
    expect(identified).toBe(true);
    // Its parts are observed, so the identity is: no hidden cause of what it moves.
    const both = graph.cause("revenue", "orders2", linear()).cause("bonus", "orders2", linear());
    const answer = identify(both, {
      treatment: "bonus",
      outcome: "orders2",
      observed: ["price", "orders", "bonus", "orders2"],
    });
    expect(answer.backdoor.sets).toEqual([["revenue"]]);
  });

  it("gathers every wrong name and contradiction", () => {
    const graph = causalGraph().cause("price", "orders", linear());
    const error = problem(() => identify(graph, { treatment: "prise", outcome: "order", observed: ["x1"] }));
    expect(error.issues.map(({ code, path }) => [code, ...path])).toEqual([
      ["unknown-name", "treatment"],
      ["unknown-name", "outcome"],
      ["unknown-name", "observed", 0],
    ]);
    expect(error.message).toContain("did you mean 'price'?");
    expect(problem(() => identify(graph, { treatment: "price", outcome: "price" })).code).toBe("invalid-argument");
    expect(problem(() => identify(graph, { treatment: [], outcome: "orders" })).path).toEqual(["treatment"]);
    expect(problem(() => identify(graph, { treatment: "price", outcome: "orders", limit: 0 })).path).toEqual(["limit"]);
    const loop = graph.cause("orders", "price", linear());
    expect(problem(() => identify(loop, { treatment: "price", outcome: "orders" })).code).toBe("cycle");
  });

  it("asks for single periods where metrics cause each other through time", () => {
    const graph = causalGraph()
      .cause("price", "orders", linear())
      .cause("orders", "price", linear(1, { lag: "1W" }))
      .cause("orders", "profit", linear());
    const error = problem(() => identify(graph, { treatment: "price", outcome: "profit" }));
    expect(error.code).toBe("cycle");
    expect(error.message).toContain("unroll");
  });

  it("stops at the signal", () => {
    const controller = new AbortController();
    controller.abort(new Error("stopped"));
    const graph = figure("Z X, Z Y, X Y");
    expect(() => identify(graph, { treatment: "X", outcome: "Y", signal: controller.signal })).toThrow("stopped");
  });
});

import { Rng, TwinError } from "@sage-twin/kernel";
import { describe, expect, it } from "vitest";
import {
  causalGraph,
  correctForTests,
  dSeparated,
  elasticity,
  falsify,
  impliedIndependences,
  linear,
  mixedGraph,
} from "../../src/index.js";
import identification from "../golden/identification.json" with { type: "json" };
import golden from "../golden/independences.json" with { type: "json" };

function problem(action: () => unknown): TwinError {
  try {
    action();
  } catch (error) {
    if (TwinError.isInstance(error)) return error;
    throw error;
  }
  throw new Error("nothing was thrown");
}

const pairs = (listed: readonly (readonly string[])[]) => listed.map(([a, b]) => [a, b] as const);

describe("impliedIndependences", () => {
  it.each(Object.entries(golden.implied))("%s: those of dagitty, one for each pair", (name, implied) => {
    const item = identification.suite.find((candidate) => candidate.name === name);
    if (item === undefined) throw new Error(name);
    const nodes = [...new Set([...item.directed, ...item.bidirected].flat())];
    const graph = mixedGraph({ nodes, directed: pairs(item.directed), bidirected: pairs(item.bidirected) });
    const text = (a: string, b: string, given: readonly string[]) => `${[a, b].sort()} | ${[...given].sort()}`;
    const theirs = implied.map(([a, b, given]) => text(a as string, b as string, given as string[]));
    const { independences, complete } = impliedIndependences(graph);
    for (const { a, b, given } of independences) expect(theirs).toContain(text(a, b, given));
    const ofPairs = (listed: readonly string[]) => [...new Set(listed.map((one) => one.split(" | ")[0]))].sort();
    expect(ofPairs(independences.map(({ a, b, given }) => text(a, b, given)))).toEqual(ofPairs(theirs));
    expect(complete).toBe(true);
  });

  it("leaves identities out, and goes through them", () => {
    const graph = causalGraph()
      .cause("price", "orders", linear())
      .identity("revenue", "price * orders")
      .cause("revenue", "bonus", linear());
    const { independences } = impliedIndependences(graph);
    expect(independences.map(({ a, b, given }) => [a, b, ...given].sort())).toEqual([]);
    const longer = graph.cause("bonus", "morale", linear());
    expect(impliedIndependences(longer).independences).toContainEqual({ a: "price", b: "morale", given: ["bonus"] });
    for (const { a, b, given } of impliedIndependences(longer).independences)
      expect(dSeparated(longer, a, b, given)).toBe(true);
  });

  it("stops at the limit, and knows what is observed", () => {
    const nodes = Array.from({ length: 30 }, (_, index) => `v${index}`);
    const graph = mixedGraph({ nodes, directed: [] });
    expect(impliedIndependences(graph, { limit: 7 })).toMatchObject({ complete: false });
    expect(impliedIndependences(graph, { limit: 7 }).independences).toHaveLength(7);
    expect(impliedIndependences(graph, { observed: ["v1", "v5"] }).independences).toEqual([
      { a: "v1", b: "v5", given: [] },
    ]);
  });
});

describe("correctForTests", () => {
  it("equals R's p.adjust", () => {
    // R 4.2: p.adjust(c(.01, .04, .03, .005, .5), "holm") and "BH".
    const p = [0.01, 0.04, 0.03, 0.005, 0.5];
    expect(correctForTests(p, "holm").map((value) => value.toFixed(4))).toEqual([
      "0.0400",
      "0.0900",
      "0.0900",
      "0.0250",
      "0.5000",
    ]);
    expect(correctForTests(p, "benjamini-hochberg").map((value) => value.toFixed(4))).toEqual([
      "0.0250",
      "0.0500",
      "0.0500",
      "0.0250",
      "0.5000",
    ]);
  });
});

describe("falsify", () => {
  const nodes = ["a", "b", "c", "d", "e"];
  const columns = Object.fromEntries(nodes.map((name, index) => [name, golden.data[index]]));

  it("has causal-learn's p-values", () => {
    for (const [a, b, given, pValue] of golden.tests as [number, number, number[], number][]) {
      // A graph in which exactly this independence is implied: the given ones cause both, and everything else is joined.
      const directed = nodes.flatMap((from, i) =>
        nodes.flatMap((to, j) => {
          const order = (node: number) =>
            given.includes(node) ? node : 10 + node + (node === a || node === b ? 0 : 10);
          return order(i) < order(j) && !(i + j === a + b && [a, b].includes(i)) ? [[from, to] as const] : [];
        }),
      );
      const { tests } = falsify(mixedGraph({ nodes, directed }), columns, { permutations: 0 });
      expect(tests).toHaveLength(1);
      expect(tests[0].pValue).toBeCloseTo(pValue, 10);
    }
  });

  /** A chain with a fork, and a wrong graph of the same size. */
  const truth = causalGraph()
    .cause("season", "price", linear())
    .cause("season", "visits", linear())
    .cause("price", "orders", linear())
    .cause("visits", "orders", linear())
    .cause("orders", "returns", linear());
  const wrong = causalGraph()
    .cause("returns", "price", linear())
    .cause("returns", "season", linear())
    .cause("price", "visits", linear())
    .cause("season", "visits", linear())
    .cause("visits", "orders", linear());
  const draw = (rng: Rng, rows: number) => {
    const data: Record<string, number[]> = { season: [], price: [], visits: [], orders: [], returns: [] };
    for (let row = 0; row < rows; row++) {
      const season = rng.normal();
      const price = 0.8 * season + rng.normal();
      const visits = 0.7 * season + rng.normal();
      const orders = visits - price + rng.normal();
      const values = { season, price, visits, orders, returns: 0.6 * orders + rng.normal() };
      for (const [name, value] of Object.entries(values)) data[name].push(value);
    }
    return data;
  };

  it("rejects a true graph as seldom as its level says, and p-values of true independences are uniform", () => {
    const rng = new Rng("calibration");
    const runs = 400;
    let rejected = 0;
    let small = 0;
    let count = 0;
    for (let run = 0; run < runs; run++) {
      const { falsified, tests } = falsify(truth, draw(rng, 80), { permutations: 0 });
      rejected += Number(falsified);
      for (const { pValue } of tests) {
        count++;
        small += Number(pValue <= 0.05);
      }
    }
    // Three standard errors of a share of 400 at 5 % are 3.3 %.
    expect(rejected / runs).toBeLessThan(0.083);
    expect(small / count).toBeGreaterThan(0.03);
    expect(small / count).toBeLessThan(0.07);
  });

  it("rejects a wrong graph, and says that it does no better than chance", () => {
    const data = draw(new Rng("power"), 300);
    const good = falsify(truth, data);
    expect(good.falsified).toBe(false);
    expect(good.permuted?.asGood).toBeLessThan(0.05);
    expect(good.toString()).toContain("better than chance");
    const bad = falsify(wrong, data);
    expect(bad.falsified).toBe(true);
    expect(bad.permuted?.asGood).toBeGreaterThan(0.05);
    expect(bad.toString()).toMatch(/^contradicted: \d of 5 implied independences fail on 300 rows at level 0.05/);
    expect(falsify(truth, data, { correlation: "rank" }).falsified).toBe(false);
    expect(falsify(truth, data, { correction: "benjamini-hochberg" }).falsified).toBe(false);
  });

  it("is the same for the same seed", () => {
    const data = draw(new Rng("seed"), 100);
    const options = { seed: 5, permutations: 50 };
    expect(JSON.stringify(falsify(truth, data, options))).toBe(JSON.stringify(falsify(truth, data, options)));
  });

  /** Weekly data with trends, seasons and errors that persist. */
  const weekly = (rng: Rng, length: number) => {
    const names = ["ads", "price", "orders", "support"];
    const data = new Map(names.map((name) => [name, new Float64Array(length)]));
    const errors = new Map(names.map((name) => [name, 0]));
    for (let row = 0; row < length; row++) {
      const noise = (name: string, persistence: number) => {
        const error = persistence * (errors.get(name) as number) + rng.normal();
        errors.set(name, error);
        return error;
      };
      const trend = 0.05 * row + 3 * Math.sin((2 * Math.PI * row) / 52);
      const at = (name: string, back: number) => (data.get(name) as Float64Array)[Math.max(0, row - back)];
      const set = (name: string, value: number) => {
        (data.get(name) as Float64Array)[row] = value;
      };
      set("ads", 20 + trend + noise("ads", 0.6));
      set("price", 10 + trend + noise("price", 0.7));
      set("orders", 50 + trend + 0.8 * at("ads", 1) - 0.6 * at("price", 0) + noise("orders", 0.5));
      set("support", 5 + trend + 0.7 * at("orders", 0) + noise("support", 0.6));
    }
    return {
      frequency: "W",
      start: 0,
      length,
      metrics: names,
      column: (name: string) => (data.get(name) as Float64Array).slice(),
    } as const;
  };
  const overTime = causalGraph()
    .cause("ads", "orders", linear(undefined, { lag: "1W" }))
    .cause("price", "orders", linear())
    .cause("orders", "support", linear());

  it("tests deviations over time, with lags, and keeps to its level though errors persist", () => {
    const rng = new Rng("weekly");
    const runs = 150;
    let rejected = 0;
    for (let run = 0; run < runs; run++)
      rejected += Number(falsify(overTime, weekly(rng, 208), { permutations: 0 }).falsified);
    expect(rejected / runs).toBeLessThan(0.1);
    const reversed = causalGraph()
      .cause("support", "orders", linear())
      .cause("orders", "ads", linear())
      .cause("price", "ads", linear());
    const table = weekly(rng, 208);
    expect(falsify(reversed, table).falsified).toBe(true);
    expect(falsify(overTime, table).permuted?.asGood).toBeLessThan(0.15);
  });

  it("takes logarithms where effects multiply, and counts gaps", () => {
    const rng = new Rng("log");
    const price = Array.from({ length: 120 }, () => 10 + rng.uniform());
    const orders = price.map((value, row) => (row === 3 ? Number.NaN : 5 / value + rng.uniform()));
    const other = price.map(() => rng.uniform());
    const columns = new Map([
      ["price", price],
      ["orders", orders],
      ["other", other],
    ]);
    const table = {
      frequency: "M",
      start: 0,
      length: 120,
      metrics: [...columns.keys()],
      column: (name: string) => Float64Array.from(columns.get(name) as number[]),
    } as const;
    const graph = causalGraph().cause("price", "orders", elasticity()).metric("other");
    const answer = falsify(graph, table, { permutations: 0 });
    expect(answer.rows).toBe(119);
    expect(answer.notes).toEqual(["1 of 120 rows have gaps and are left out"]);
    expect(answer.tests.map(({ a, b }) => [a, b].sort().join())).toEqual(expect.arrayContaining(["orders@t,other@t"]));
  });

  it("refuses columns that do not fit", () => {
    const graph = causalGraph().cause("a", "b", linear()).cause("b", "c", linear());
    expect(problem(() => falsify(graph, { a: [1, 2], b: [1], c: [1, 2] })).path).toEqual(["data", "b"]);
    expect(problem(() => falsify(graph, { a: [1, 2], b: [1, 2], c: [1, 3] })).code).toBe("invalid-data");
    expect(problem(() => falsify(graph, { x: [1, 2] })).message).toContain("no column is a metric of the graph");
    expect(problem(() => falsify(graph, columns, { level: 2 })).path).toEqual(["level"]);
    expect(problem(() => falsify(graph, columns, { permutations: -1 })).path).toEqual(["permutations"]);
    expect(problem(() => falsify(graph, columns, { limit: 0 })).path).toEqual(["limit"]);
    expect(problem(() => falsify(graph, { a: ["x"], b: [1], c: [1] } as never)).path).toEqual(["data", "a", 0]);
  });

  it("says when nothing can be contradicted", () => {
    const graph = causalGraph().cause("a", "b", linear());
    expect(falsify(graph, columns).toString()).toContain("implies no independence");
  });

  it("stands columns that are constant or copies", () => {
    const constant = { a: columns.a, b: columns.a, c: columns.c.map(() => 1), d: columns.d };
    const graph = mixedGraph({
      nodes: ["a", "b", "c", "d"],
      directed: [
        ["a", "b"],
        ["b", "c"],
        ["c", "d"],
      ],
    });
    for (const { pValue, correlation } of falsify(graph, constant, { permutations: 10 }).tests) {
      expect(pValue).toBeGreaterThanOrEqual(0);
      expect(Number.isFinite(correlation)).toBe(true);
    }
  });
});

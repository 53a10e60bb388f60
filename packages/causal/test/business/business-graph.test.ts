import { readFileSync } from "node:fs";
import { naive } from "@sage-twin/forecasters";
import { Rng, TwinError } from "@sage-twin/kernel";
import {
  customersDepartment,
  hrDepartment,
  marketingDepartment,
  operationsDepartment,
  revenueDepartment,
  supplyChainDepartment,
} from "@sage-twin/schemas";
import { describe, expect, it } from "vitest";
import { furtherMetrics } from "../../src/business/table.js";
import {
  businessGraph,
  businessRelationships,
  CausalGraph,
  compileProgram,
  compileWorld,
  elasticity,
  fit,
  fromMermaid,
  orderMetrics,
  type Program,
  Tile,
  toMermaid,
} from "../../src/index.js";
import { tableOf } from "../table-of.js";
import { guideTables } from "./guide-tables.js";

const full = businessGraph();
const ninety = 1.6448536269514722;
const departments = [
  revenueDepartment,
  customersDepartment,
  operationsDepartment,
  marketingDepartment,
  hrDepartment,
  supplyChainDepartment,
];

/** Levels of a made-up business at rest: nothing in them tells of an effect, so that the priors stand. */
function levelOf(name: string): number {
  if (
    ["csat", "onTimeRate", "fulfilmentRate", "supplierOnTimeRate", "perfectOrderRate", "orderAccuracy"].includes(name)
  )
    return 0.8;
  if (["trainedShare", "promotion", "employeeSatisfaction", "sentiment"].includes(name)) return 0.3;
  const own: Record<string, number> = { nps: 20, reviewRating: 4, costs: 600, orders: 100, averageOrderValue: 10 };
  return own[name] ?? (name === "customers" || name === "headcount" ? 1000 : 20);
}

function restingProgram(graph: CausalGraph, horizon: number): Program {
  const derived = new Set(graph.identities.map(({ name }) => name));
  const names = graph.metrics.filter((name) => !derived.has(name));
  const table = tableOf(Object.fromEntries(names.map((name) => [name, new Array(60).fill(levelOf(name))])));
  return fit(graph, table, { horizon, forecaster: naive() }).program;
}

/** The paths of every metric, over its baseline's, when one of them is scaled or shifted for good: effects at their means, no errors. */
function response(program: Program, name: string, { scale = 1, shift = 0 }): Record<string, Float64Array> {
  const node = program.nodes.findIndex((candidate) => candidate.name === name);
  const filled = (value: number) => new Float64Array(program.steps).fill(value);
  const world = compileWorld(program, { edits: [{ node, factor: filled(scale), shift: filled(shift) }] });
  const draws = { sampling: "random", effects: false, errors: false } as const;
  const tile = new Tile(compileProgram(program), [world], "business", 0, draws);
  const paths = program.nodes.map(() => new Float64Array(program.steps));
  for (let step = 0; step < program.steps; step++) {
    tile.advance();
    paths.forEach((path, index) => {
      path[step] = tile.level(index, 0)[0] / tile.level(index)[0];
    });
  }
  return Object.fromEntries(paths.map((path, index) => [program.nodes[index].name, path]));
}

const program = restingProgram(full, 30);

describe("the table", () => {
  it("has 40 relationships and more, each complete, each once", () => {
    const all = businessRelationships();
    expect(all.length).toBeGreaterThanOrEqual(40);
    expect(new Set(all.map(({ cause, effect, lag }) => `${cause} ${effect} ${lag}`)).size).toBe(all.length);
    for (const { cause, effect, size, range, lag, carryover, note, evidence, source } of all) {
      const what = `${cause} -> ${effect}`;
      expect(range[0], what).toBeLessThan(range[1]);
      expect((range[0] + range[1]) / 2, what).toBeCloseTo(size, 9);
      expect(Math.sign(size), what).not.toBe(0);
      expect(Number.isInteger(lag) && lag >= 0 && carryover >= 0 && carryover < 1, what).toBe(true);
      expect(note.length, what).toBeGreaterThan(5);
      expect(source !== undefined, what).toBe(evidence === "sourced");
    }
  });

  it("names for each sourced size the work, the page read, the population and the figure", () => {
    const sourced = businessRelationships().filter(({ evidence }) => evidence === "sourced");
    expect(sourced.length).toBeGreaterThanOrEqual(10);
    for (const { source } of sourced) {
      for (const value of [source?.authors, source?.title, source?.publication, source?.where, source?.population])
        expect(value?.length).toBeGreaterThan(3);
      expect(source?.page).toMatch(/^https?:\/\/[^ ]+$/);
      expect(source?.figure).toMatch(/\d/);
      expect(source?.year).toBeGreaterThan(1950);
      expect(source?.doi ?? "10.1/x").toMatch(/^10\.\d+\/\S+$/);
    }
  });

  it("is wide where it is assumed: no effect at all, or half again as much, is within reach", () => {
    for (const { cause, effect, size, range, evidence } of businessRelationships()) {
      const half = (range[1] - range[0]) / 2 / Math.abs(size);
      const definitional = ["payroll", "averageHeadcount", "costs", "defects", "returns", "procurementCost"];
      if (evidence === "assumed" && Math.abs(size) !== 1 && !definitional.includes(effect))
        expect(half, `${cause} -> ${effect}`).toBeGreaterThanOrEqual(0.3);
      expect(half, `${cause} -> ${effect}`).toBeGreaterThanOrEqual(0.1 - 1e-9);
    }
  });

  it("uses the names of the departments' catalogues and their definitions", () => {
    const catalogue = new Map(departments.flatMap(({ metrics }) => Object.entries(metrics)));
    const further = Object.keys(furtherMetrics);
    for (const name of full.metrics) expect(catalogue.has(name) || further.includes(name), name).toBe(true);
    for (const name of further) expect(catalogue.has(name), name).toBe(false);
    for (const { metrics } of departments) expect(full.metrics.some((name) => name in metrics)).toBe(true);
    for (const { name, expression } of full.identities) {
      const formula = catalogue.get(name)?.formula?.replace(/\b(revenue|customers|operations)\./g, "");
      // Both follow from the catalogue's own by algebra: revenue / orders, and opening + new - churned.
      if (name === "revenue" || name === "openingCustomers") expect(formula).toBeUndefined();
      else expect(expression).toBe(formula);
    }
  });

  it("stands in the guide as it is", () => {
    const tables = guideTables();
    if (process.env.SAGE_TWIN_SHOW) console.log(tables.join("\n\n"));
    const page = readFileSync(new URL("../../../../docs/guide/business-graph.md", import.meta.url), "utf8");
    for (const text of tables) expect(page).toContain(text);
  });
});

describe("the graph", () => {
  it.each(["D", "W", "2W", "M", "Q", "Y"] as const)("has no cycle within a period of %s", (frequency) => {
    const graph = businessGraph({ frequency });
    expect(orderMetrics(graph, graph.metrics)).toHaveLength(graph.metrics.length);
  });

  it("carries each row's range, lag and carry-over", () => {
    full.relationships.forEach(({ size, range, lag, carryover, evidence, cause, effect }, index) => {
      const { from, to, mechanism } = full.edges[index];
      expect([from, to, mechanism.evidence]).toEqual([cause, effect, evidence]);
      expect(mechanism.prior.mean).toBe(size);
      expect(mechanism.prior.mean - ninety * mechanism.prior.sd).toBeCloseTo(range[0], 9);
      expect(mechanism.lag).toBe(lag === 0 ? undefined : lag === 1 ? "W" : `${lag}W`);
      expect(mechanism.carryover).toBe(carryover);
    });
  });

  it("brings lags, carry-over and rates to the clock", () => {
    const edge = (frequency: "D" | "M" | "Q", from: string, to: string) =>
      businessGraph({ frequency }).edges.find((candidate) => candidate.from === from && candidate.to === to)?.mechanism;
    const monthly = 365.25 / 7 / 12;
    expect(edge("M", "spend", "orders")?.carryover).toBeCloseTo(0.5 ** monthly, 3);
    expect(edge("D", "spend", "orders")?.carryover).toBeCloseTo(0.5 ** (1 / 7), 12);
    expect(edge("M", "wage", "leavers")?.lag).toBe("M");
    expect(edge("Q", "wage", "leavers")?.lag).toBe("Q");
    expect(edge("D", "wage", "leavers")?.lag).toBe("28D");
    expect(edge("M", "reviews", "orders")?.lag).toBeUndefined();
    expect(edge("M", "staffTurnover", "defects")?.prior.mean).toBeCloseTo(0.765 / monthly, 3);
    expect(() => businessGraph({ frequency: "F" as "D" })).toThrow(TwinError);
  });

  it("compiles, and each root's move gives finite paths that change what it reaches and nothing else", () => {
    const caused = new Set([...full.edges.map(({ to }) => to), ...full.identities.map(({ name }) => name)]);
    for (const { name } of full.stocks) caused.add(name);
    const roots = full.metrics.filter((name) => !caused.has(name));
    expect(roots).toEqual(expect.arrayContaining(["spend", "wage", "unitCost", "competitorPrice"]));
    for (const root of roots) {
      const paths = response(program, root, { scale: 1.1 });
      for (const path of Object.values(paths)) for (const value of path) expect(Number.isFinite(value)).toBe(true);
      const moved = full.metrics.filter((name) => paths[name].some((value) => Math.abs(value - 1) > 1e-12));
      expect(moved.length, root).toBeGreaterThan(1);
      const reached = new Set([root]);
      for (let before = 0; before < reached.size; ) {
        before = reached.size;
        for (const { from, to } of full.edges) if (reached.has(from)) reached.add(to);
        for (const name of full.metrics) if (full.partsOf(name).some((part) => reached.has(part))) reached.add(name);
        for (const { name, outflow } of full.stocks) if (reached.has(name)) reached.add(outflow);
      }
      for (const name of moved) expect(reached.has(name), `${root} moves ${name}`).toBe(true);
    }
  });

  it("moves as computed by hand along some routes", () => {
    const dearer = response(program, "price", { scale: 1.1 });
    expect(dearer.orders[0]).toBeCloseTo(1.1 ** -2.62, 9);
    expect(dearer.averageOrderValue[0]).toBeCloseTo(1.1 ** 0.8, 9);
    expect(dearer.revenue[0]).toBeCloseTo(1.1 ** (0.8 - 2.62), 9);
    expect(dearer.costs[0]).toBeCloseTo(1.1 ** (-2.62 * 0.9), 9);
    const louder = response(program, "spend", { scale: 1.2 });
    expect(louder.orders[0]).toBeCloseTo(1.1 ** 0.24, 9);
    expect(louder.orders[1]).toBeCloseTo(1.15 ** 0.24, 9);
    expect(louder.attributedRevenue[0]).toBeCloseTo(1.2 ** (0.9 * 0.9 * 0.9), 9);
    const paid = response(program, "wage", { scale: 1.05 });
    expect(paid.payroll[0]).toBeCloseTo(1.05, 9);
    expect(paid.leavers[3]).toBe(1);
    expect(paid.leavers[4]).toBeCloseTo(1.05 ** -3.75, 9);
    expect(paid.replacementCost[4] * 20 - 20).toBeCloseTo(0.21 * 20 * (1.05 ** -3.75 - 1), 9);
    expect(paid.staffTurnover[29]).toBeLessThan(1);
    const slower = response(program, "deliveryTime", { shift: 1 });
    expect(slower.orders[0]).toBeCloseTo(Math.exp(-0.0198), 9);
    const happier = response(program, "csat", { shift: 0.05 });
    expect(happier.churnedCustomers[4]).toBeCloseTo(Math.exp(-2 * 0.05), 9);
    expect(happier.customers[29]).toBeGreaterThan(1);
    expect(happier.orders[29]).toBeGreaterThan(1);
    expect(happier.customerLifetimeValue[29]).toBeGreaterThan(1);
    const bought = response(program, "orders", { scale: 1.01 });
    expect(bought.procurementCost[1]).toBeCloseTo(1.01 ** 1.25, 9);
    expect(bought.procurementCost[20]).toBeLessThan(bought.procurementCost[5]);
  });

  it("comes to rest: a lasting move of demand moves nothing without end", () => {
    const longer = restingProgram(full, 200);
    const { orders, customers } = response(longer, "competitorPrice", { scale: 1.2 });
    expect(Math.abs(orders[199] - orders[198])).toBeLessThan(1e-4);
    expect(orders[199]).toBeGreaterThan(1);
    expect(orders[199]).toBeLessThan(1.2);
    expect(customers[199]).toBeGreaterThan(0);
  });
});

describe("Chen, Drezner, Ryan and Simchi-Levi (2000)", () => {
  it("ordering up to a moving average answers demand by 1 + L/p and -L/p, with a variance ratio of 1 + 2L/p + 2L²/p²", () => {
    const [leadTime, periods] = [2, 8];
    const rng = new Rng("bullwhip");
    const demand = Float64Array.from({ length: 200_000 }, () => 100 + 10 * rng.normal());
    const upTo = (t: number): number => {
      let sum = 0;
      for (let back = 1; back <= periods; back++) sum += demand[t - back];
      return (leadTime * sum) / periods;
    };
    const rowsOf = full.relationships.filter(({ effect, cause }) => effect === "procurementCost" && cause === "orders");
    const [first, last] = rowsOf;
    expect(rowsOf.map(({ lag }) => lag)).toEqual([1, 1 + periods]);
    const orders = new Float64Array(demand.length);
    for (let t = periods + 1; t < demand.length; t++) {
      orders[t] = upTo(t) - upTo(t - 1) + demand[t - 1];
      const answer = first.size * demand[t - first.lag] + last.size * demand[t - last.lag];
      if (t % 1000 === 0) expect(orders[t]).toBeCloseTo(answer, 9);
    }
    const variance = (values: Float64Array): number => {
      const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
      return values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
    };
    const bound = 1 + (2 * leadTime) / periods + (2 * leadTime ** 2) / periods ** 2;
    expect(first.size ** 2 + last.size ** 2).toBeCloseTo(bound, 12);
    const ratio = variance(orders.subarray(periods + 1)) / variance(demand.subarray(periods + 1));
    // The standard error of a ratio of variances at this length is about 0.005.
    expect(Math.abs(ratio - bound)).toBeLessThan(0.02);
  });
});

describe("restricting and overriding", () => {
  it("keeps what needs no other metric, and lists the rest", () => {
    const metrics = ["price", "spend", "orders", "averageOrderValue", "revenue", "customers", "newCustomers"];
    const graph = businessGraph({ metrics });
    expect(graph.metrics.every((name) => metrics.includes(name))).toBe(true);
    expect(graph.identities.map(({ name }) => name)).toEqual(["revenue"]);
    expect(graph.stocks).toEqual([]);
    expect(graph.leftOut).toContainEqual({ what: "customers", missing: ["churnedCustomers"] });
    expect(graph.leftOut).toContainEqual({ what: "competitorPrice -> orders", missing: ["competitorPrice"] });
    const whole = full.edges.length + full.identities.length + full.stocks.length;
    expect(graph.leftOut.length + graph.edges.length + graph.identities.length + graph.stocks.length).toBe(whole);
    expect(full.leftOut).toEqual([]);
    expect(businessGraph({ metrics: [] }).metrics).toEqual([]);
    expect(restingProgram(graph, 5).nodes).toHaveLength(graph.metrics.length);
  });

  it("lets a cause be stated anew", () => {
    const own = full.withoutCause("price", "orders").cause("price", "orders", elasticity(-1.1, { sd: 0.1 }));
    expect(own.edges).toHaveLength(full.edges.length);
    expect(orderMetrics(own, own.metrics)).toHaveLength(full.metrics.length);
    expect(response(restingProgram(own, 2), "price", { scale: 1.1 }).orders[0]).toBeCloseTo(1.1 ** -1.1, 9);
    const twice = full.cause("price", "orders", elasticity(-1.1, { sd: 0.1 }));
    expect(() => orderMetrics(twice, twice.metrics)).toThrow("'price' causes 'orders' twice with the same lag");
    expect(full.withoutCause("orders", "procurementCost").edges).toHaveLength(full.edges.length - 2);
    expect(() => full.withoutCause("prise", "orders")).toThrow("did you mean 'price -> orders'?");
  });

  it("survives JSON whole, and Mermaid with its effects, lags and definitions", () => {
    const again = CausalGraph.fromJSON(JSON.parse(JSON.stringify(full)));
    expect(again.toJSON()).toEqual(full.toJSON());
    const { graph } = fromMermaid(toMermaid(full));
    const outline = ({ edges, identities, stocks }: CausalGraph) => ({
      edges: edges.map(({ from, to, mechanism: { kind, prior, lag, carryover } }) => [
        from,
        to,
        kind,
        prior.mean,
        prior.sd.toFixed(6),
        lag,
        carryover,
      ]),
      identities: [...identities].sort((a, b) => (a.name < b.name ? -1 : 1)),
      stocks,
    });
    expect(outline(graph)).toEqual(outline(full));
  });
});

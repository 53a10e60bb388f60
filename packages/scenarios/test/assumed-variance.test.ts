import { causalGraph, elasticity, fit, type HistoryTable, linear } from "@sage-twin/causal";
import { naive } from "@sage-twin/forecasters";
import { Rng } from "@sage-twin/kernel";
import { describe, expect, it } from "vitest";
import {
  type AssumedVarianceOptions,
  type Assumption,
  type Scenario,
  type Study,
  scenario,
  simulateScenarios,
} from "../src/index.js";
import { redraw } from "../src/sensitivity/redraw.js";
import { fittedShop, catalogue as shopCatalogue, levers as shopLevers } from "./shop.js";

const rows = 60;

interface Stated {
  readonly sd: number;
  readonly source?: string;
}

/** Sales = sum of effects times levers, all at rest at 10, and an error that the plan does not touch: the difference is linear in the effects. */
function linearStudy(effects: readonly Stated[], horizon = 4): Study {
  const names = effects.map((_, index) => `lever${index}`);
  const rng = new Rng("linear");
  const columns: Record<string, Float64Array> = Object.fromEntries(
    names.map((name) => [name, new Float64Array(rows).fill(10)]),
  );
  let level = 1000;
  columns.sales = Float64Array.from({ length: rows }, () => {
    level += 5 * rng.normal();
    return level;
  });
  const table: HistoryTable = {
    frequency: "W",
    start: Date.UTC(2024, 0, 1),
    length: rows,
    metrics: Object.keys(columns),
    column: (name) => columns[name].slice(),
  };
  const graph = names
    .reduce((so, name, index) => so.cause(name, "sales", linear(3, effects[index])), causalGraph())
    .link("sales", { kind: "linear" });
  const levers = Object.fromEntries(names.map((name) => [name, {}]));
  const fitted = fit(graph, table, { horizon, forecaster: naive(), levers });
  const unlimited = {
    ...fitted,
    program: {
      ...fitted.program,
      edges: fitted.program.edges.map((edge) => ({
        ...edge,
        low: Number.NEGATIVE_INFINITY,
        high: Number.POSITIVE_INFINITY,
      })),
    },
  };
  return { fitted: unlimited, levers, catalogue: { sales: { unit: "items", kind: "flow" } } };
}

const shifted = (...sizes: number[]): Scenario =>
  sizes.reduce((plan, size, index) => plan.shift(`lever${index}`, size), scenario("shifted"));

/** Of a plan, as one simulation of it has it. */
async function assumedVariance(
  study: Study,
  plan: Scenario,
  metrics: readonly string[],
  { seed, ...options }: AssumedVarianceOptions & { readonly seed?: number } = {},
) {
  const [result] = await simulateScenarios(study, [plan], { runs: 2, seed });
  return result.assumedVariance(metrics, options);
}

const shareOf = (effects: readonly (Assumption & { share: { value: number } })[], from: string) =>
  effects.find((effect) => effect.from === from)?.share.value;

describe("what assumed effects carry", () => {
  it("is (s d)² over the sum of squares, within its own error", async () => {
    const study = linearStudy([{ sd: 0.5 }, { sd: 0.2 }, { sd: 0.3, source: "a work" }]);
    const { sales } = await assumedVariance(study, shifted(1, 4, 2), ["sales"], { runs: 4096 });
    const squares = [0.5 * 1, 0.2 * 4, 0.3 * 2].map((value) => value * value);
    const total = squares.reduce((sum, value) => sum + value, 0);
    expect(sales.effects.map(({ from, evidence }) => [from, evidence])).toEqual([
      ["lever0", "assumed"],
      ["lever1", "assumed"],
      ["lever2", "sourced"],
    ]);
    sales.effects.forEach(({ share: { value, error } }, index) => {
      expect(error).toBeGreaterThan(0);
      expect(error).toBeLessThan(0.03);
      expect(Math.abs(value - squares[index] / total)).toBeLessThan(4 * error);
    });
    const { value, error } = sales.assumed;
    expect(Math.abs(value - (squares[0] + squares[1]) / total)).toBeLessThan(4 * error);
    // Four steps, each with the same effects: the difference's total is 4 (b0 + 4 b1 + 2 b2).
    expect(sales.deviation / (4 * Math.sqrt(total))).toBeCloseTo(1, 1);
    expect(sales.unit).toBe("items");
  });

  it("says an error that is that of repeating it", async () => {
    const study = linearStudy([{ sd: 0.5 }, { sd: 0.5, source: "a work" }]);
    const seeds = Array.from({ length: 40 }, (_, seed) => seed);
    const found = await Promise.all(
      seeds.map(
        async (seed) => (await assumedVariance(study, shifted(1, 1), ["sales"], { runs: 512, seed })).sales.assumed,
      ),
    );
    const mean = found.reduce((sum, { value }) => sum + value, 0) / seeds.length;
    const spread = Math.sqrt(found.reduce((sum, { value }) => sum + (value - mean) ** 2, 0) / (seeds.length - 1));
    const said = found.reduce((sum, { error }) => sum + error, 0) / seeds.length;
    expect(Math.abs(mean - 0.5)).toBeLessThan((4 * spread) / Math.sqrt(seeds.length));
    expect(spread / said).toBeGreaterThan(0.7);
    expect(spread / said).toBeLessThan(1.4);
  });

  it("is nothing where all effects are sourced, certain, or off the way", async () => {
    const sourced = linearStudy([{ sd: 0.5, source: "a work" }, { sd: 0.4 }]);
    const { sales } = await assumedVariance(sourced, shifted(1), ["sales"]);
    expect(sales.assumed).toEqual({ value: 0, error: 0 });
    expect(sales.effects.map(({ from }) => from)).toEqual(["lever0"]);
    expect(Math.abs(sales.effects[0].share.value - 1)).toBeLessThan(4 * sales.effects[0].share.error);
    const certain = await assumedVariance(linearStudy([{ sd: 0 }]), shifted(1), ["sales"]);
    expect(certain.sales.assumed).toEqual({ value: 0, error: 0 });
    const nothing = await assumedVariance(sourced, scenario("nothing"), ["sales"]);
    expect(nothing.sales).toMatchObject({ deviation: 0, effects: [], assumed: { value: 0 } });
  });

  it("is everything where one assumed effect alone is uncertain, and over one together where effects multiply", async () => {
    const { sales } = await assumedVariance(linearStudy([{ sd: 0.5 }]), shifted(2), ["sales"], { runs: 8192 });
    expect(Math.abs(sales.assumed.value - 1)).toBeLessThan(4 * sales.assumed.error);
    const chain = causalGraph()
      .cause("ads", "visits", elasticity(1, { sd: 0.8 }))
      .cause("visits", "orders", elasticity(1, { sd: 0.8 }));
    const columns: Record<string, Float64Array> = Object.fromEntries(
      ["ads", "visits", "orders"].map((name) => [name, new Float64Array(rows).fill(100)]),
    );
    const table = {
      frequency: "W",
      start: 0,
      length: rows,
      metrics: Object.keys(columns),
      column: (name: string) => columns[name],
    } as const;
    const fitted = fit(chain, table, { horizon: 1, forecaster: naive(), levers: { ads: {} } });
    const { orders } = await assumedVariance(
      { fitted, levers: { ads: {} }, catalogue: {} },
      scenario("loud").scale("ads", 2),
      ["orders"],
      { runs: 8192 },
    );
    const sum = orders.effects.reduce((so, { share }) => so + share.value, 0);
    expect(sum).toBeGreaterThan(orders.assumed.value + 0.1);
    expect(Math.abs(orders.assumed.value - 1)).toBeLessThan(4 * orders.assumed.error + 1e-9);
  });

  it("of correlated effects is what is an effect's own: 1 - r² of what it would be alone", async () => {
    const study = linearStudy([{ sd: 1 }, { sd: 1, source: "a work" }]);
    const r = 0.8;
    const { program } = study.fitted;
    const [group] = program.effects;
    const factor = Float64Array.of(1, 0, r, Math.sqrt(1 - r * r));
    const joint = { ...study, fitted: { ...study.fitted, program: { ...program, effects: [{ ...group, factor }] } } };
    const { sales } = await assumedVariance(joint, shifted(1, 1), ["sales"], { runs: 8192 });
    const expected = (1 - r * r) / (2 + 2 * r);
    for (const { share } of sales.effects) expect(Math.abs(share.value - expected)).toBeLessThan(4 * share.error);
  });

  it("goes over the horizon of a result, from its own draws", async () => {
    const fitted = fittedShop();
    const study: Study = { fitted, levers: shopLevers, catalogue: shopCatalogue };
    const plan = scenario("push").scale("marketing", 1.3).scale("price", 1.05);
    const [result] = await simulateScenarios(study, [plan], { runs: 2048, seed: "a", steps: 6 });
    const { profit, base } = await result.assumedVariance(["profit", "base"], { runs: 512 });
    expect(profit.effects.map(({ note }) => note)).toEqual(result.assumptions().map(({ note }) => note));
    expect(profit.deviation).toBeCloseTo(spreadOf(result.difference("profit").total.samples.subarray(0, 512)), 6);
    expect(base.metric).toBe("base");
    expect(shareOf(base.effects, "orders")).toBeGreaterThan(0);
    const { orders } = await result.assumedVariance(["orders"], { runs: 512 });
    expect(orders.effects.map(({ from, share }) => [from, share.value > 0])).toEqual([
      ["marketing", true],
      ["orders", false],
      ["base", false],
    ]);
    const again = await result.assumedVariance(["profit", "base"], { runs: 512 });
    expect(again).toEqual({ profit, base });
    const [errors] = await simulateScenarios(study, [plan], { runs: 512, uncertainty: "errors" });
    expect((await errors.assumedVariance(["profit"])).profit.assumed).toEqual({ value: 0, error: 0 });
  });

  it("refuses what it cannot do, reports progress and stops when told", async () => {
    const study = linearStudy([{ sd: 0.5 }, { sd: 0.2 }]);
    await expect(assumedVariance(study, shifted(1), ["sails"])).rejects.toThrow(
      "unknown metric 'sails'; known: lever0, lever1, sales",
    );
    await expect(assumedVariance(study, shifted(1), ["sales"], { runs: 1 })).rejects.toThrow("2 to");
    const [result] = await simulateScenarios(study, [shifted(1)], { runs: 256, metrics: ["sales"] });
    await expect(result.assumedVariance(["lever0" as "sales"])).rejects.toThrow("unknown metric");
    const seen: number[] = [];
    await assumedVariance(study, shifted(1, 1), ["sales"], {
      runs: 256,
      onProgress: ({ done, total }) => seen.push(done / total),
    });
    expect(seen).toEqual([1 / 3, 2 / 3, 1]);
    const stop = new AbortController();
    const onProgress = () => stop.abort(new Error("enough"));
    const run = assumedVariance(study, shifted(1, 1), ["sales"], { signal: stop.signal, onProgress });
    await expect(run).rejects.toThrow("enough");
  });
});

describe("redrawing some effects given the others", () => {
  it("keeps the joint distribution", () => {
    const factor = Float64Array.of(1, 0, 0, 0.5, 2, 0, -0.3, 0.4, 0.7);
    const mean = Float64Array.of(1, -2, 3);
    const rng = new Rng("redraw");
    const runs = 100_000;
    const normals = () => [0, 1, 2].map(() => Float64Array.from({ length: runs }, () => rng.normal()));
    const base = normals();
    const drawn = [0, 1, 2].map((row) =>
      Float64Array.from({ length: runs }, (_, run) =>
        [0, 1, 2].reduce((sum, column) => sum + factor[row * 3 + column] * base[column][run], mean[row]),
      ),
    );
    const [first, last] = redraw({ node: 0, edges: [0, 1, 2], mean, factor }, [0, 2], drawn, normals());
    const both = [first, drawn[1], last];
    for (let a = 0; a < 3; a++) {
      for (let b = 0; b < 3; b++) {
        let wanted = 0;
        let found = 0;
        for (let k = 0; k < 3; k++) wanted += factor[a * 3 + k] * factor[b * 3 + k];
        for (let run = 0; run < runs; run++) found += ((both[a][run] - mean[a]) * (both[b][run] - mean[b])) / runs;
        expect(Math.abs(found - wanted)).toBeLessThan(0.06);
      }
    }
  });

  it("leaves certain effects where they are", () => {
    const group = { node: 0, edges: [0, 1], mean: Float64Array.of(5, 1), factor: Float64Array.of(0, 0, 0, 2) };
    const drawn = [Float64Array.of(5, 5), Float64Array.of(0, 3)];
    const normals = [Float64Array.of(1, 1), Float64Array.of(1, -1)];
    expect([...redraw(group, [1], drawn, normals)[0]]).toEqual([3, -1]);
    expect([...redraw(group, [0], drawn, normals)[0]]).toEqual([5, 5]);
  });
});

function spreadOf(values: Float64Array): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1));
}

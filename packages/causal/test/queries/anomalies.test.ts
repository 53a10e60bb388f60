import { log, normalDistribution, Rng } from "@sage-twin/kernel";
import { describe, expect, it } from "vitest";
import { attributeAnomaly, causalGraph, elasticity, fit, linear, rankRootCauses } from "../../src/index.js";
import { tableOf } from "../table-of.js";

const chain = causalGraph().cause("a", "b", linear()).cause("b", "c", linear());

/** a -> b 2, b -> c 1.5, unit noises, with errors added to single rows. */
function chainColumns(length: number, added: Readonly<Record<string, (row: number) => number>> = {}, seed = "chain") {
  const rng = new Rng(seed);
  const columns = { a: new Float64Array(length), b: new Float64Array(length), c: new Float64Array(length) };
  for (let row = 0; row < length; row++) {
    columns.a[row] = rng.normal() + (added.a?.(row) ?? 0);
    columns.b[row] = 2 * columns.a[row] + rng.normal() + (added.b?.(row) ?? 0);
    columns.c[row] = 1.5 * columns.b[row] + rng.normal() + (added.c?.(row) ?? 0);
  }
  return columns;
}

const at = (row: number, size: number) => (other: number) => (other === row ? size : 0);
const sumOf = (list: readonly { readonly value: number }[]) => list.reduce((sum, { value }) => sum + value, 0);
const lower = (z: number) => normalDistribution(z);

describe("attributeAnomaly", () => {
  it("meets the closed form of a linear Gaussian pair", async () => {
    const columns = chainColumns(20_000);
    const row = 100;
    columns.a[row] = 2.2;
    columns.b[row] = 2 * 2.2 + 1.1;
    const graph = causalGraph().cause("a", "b", linear()).noise("a", { kind: "gaussian" });
    const model = fit(graph, tableOf({ a: columns.a, b: columns.b }, "D"), { mode: "structural" });
    const answer = await attributeAnomaly(model, { row, target: "b", runs: 100_000 });
    // The closed form for what was learnt: the mean and spread of a, the effect, and the spread of what it leaves of b.
    const others = [...columns.a.keys()].filter((other) => other !== row);
    const momentsOf = (values: number[]) => {
      const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
      return [mean, Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1))];
    };
    const effect = model.effects[0].posterior.mean;
    const [meanA, sdA] = momentsOf(others.map((other) => columns.a[other]));
    const [meanB, sdB] = momentsOf(others.map((other) => columns.b[other] - effect * columns.a[other]));
    const centre = meanB + effect * meanA;
    const far = columns.b[row] - centre;
    const tail = (mean: number, sd: number) => log(lower((mean - far) / sd) + lower((-far - mean) / sd));
    const none = tail(0, Math.sqrt(sdB ** 2 + (effect * sdA) ** 2));
    const knowA = tail(effect * (columns.a[row] - meanA), sdB);
    const knowB = tail(columns.b[row] - effect * columns.a[row] - meanB, effect * sdA);
    expect(Math.abs(answer.score + none)).toBeLessThan(3 * answer.error);
    const a = (knowA - none + (0 - knowB)) / 2;
    const b = (knowB - none + (0 - knowA)) / 2;
    const found = Object.fromEntries(answer.contributions.map(({ metric, value }) => [metric, value]));
    expect(Math.abs(found.a - a)).toBeLessThan(3 * answer.error);
    expect(Math.abs(found.b - b)).toBeLessThan(3 * answer.error);
    expect(Math.abs(sumOf(answer.contributions) - answer.score)).toBeLessThan(1e-9);
    expect(answer.method).toBe("all orders");
    expect(answer.atLeast).toBe(false);
  });

  it.each(["a", "b", "c"])("puts the one that broke first: %s", async (broken) => {
    for (const sign of [1, -1]) {
      const columns = chainColumns(600, { [broken]: at(400, 8 * sign) });
      const model = fit(chain, tableOf(columns, "D"), { mode: "structural" });
      const { contributions, score } = await attributeAnomaly(model, { row: 400, target: "c" });
      expect(contributions[0].metric).toBe(broken);
      expect(contributions[0].value).toBeGreaterThan(0.8 * score);
      expect(Math.abs(sumOf(contributions) - score)).toBeLessThan(1e-9);
    }
  });

  it("finds a usual row usual", async () => {
    const columns = chainColumns(600);
    for (const name of ["a", "b", "c"] as const) columns[name][300] = 0;
    const model = fit(chain, tableOf(columns, "D"), { mode: "structural" });
    const { score, probability, error } = await attributeAnomaly(model, { row: -300, target: "c" });
    expect(probability).toBeGreaterThan(0.9);
    expect(score).toBeLessThan(0.1);
    expect(error).toBeLessThan(0.01);
  });

  it("says when no run lay as far out", async () => {
    const model = fit(chain, tableOf(chainColumns(600, { a: at(10, 60) }), "D"), { mode: "structural" });
    const { atLeast, score } = await attributeAnomaly(model, { row: 10, target: "c", runs: 1000 });
    expect(atLeast).toBe(true);
    expect(score).toBeCloseTo(log(1000.5 / 0.5), 9);
  });

  it("reaches back through lags, over time, and through an identity", async () => {
    const rng = new Rng("lagged");
    const ads = Float64Array.from({ length: 160 }, (_, row) => 100 * (1 + 0.05 * rng.normal()) * (row === 120 ? 2 : 1));
    const orders = ads.map((_, row) => 20 * (ads[Math.max(0, row - 2)] / 100) ** 2 * (1 + 0.03 * rng.normal()));
    const price = ads.map(() => 5 + 0.05 * rng.normal());
    const graph = causalGraph()
      .cause("ads", "orders", elasticity(undefined, { lag: "2W" }))
      .identity("revenue", "orders * price");
    const model = fit(graph, tableOf({ ads, orders, price }), { seasonLength: 1 });
    const answer = await attributeAnomaly(model, { row: 122, target: "revenue" });
    expect(answer.contributions[0].metric).toBe("ads");
    expect(answer.contributions[0].value).toBeGreaterThan(0.8 * answer.score);
    expect(answer.contributions.map(({ metric }) => metric).sort()).toEqual(["ads", "orders", "price"]);
    const dated = await attributeAnomaly(model, {
      row: new Date(Date.UTC(2024, 0, 1 + 7 * 122)),
      target: "revenue",
    });
    expect(dated).toEqual(answer);
  });

  it("samples orders of many metrics and tells the error of that", async () => {
    const rng = new Rng("wide");
    const columns: Record<string, Float64Array> = {};
    let graph = causalGraph();
    const length = 400;
    const y = new Float64Array(length);
    for (let cause = 0; cause < 13; cause++) {
      const name = `x${cause}`;
      columns[name] = Float64Array.from({ length }, (_, row) => rng.normal() + (cause === 4 && row === 200 ? 12 : 0));
      for (let row = 0; row < length; row++) y[row] += columns[name][row];
      graph = graph.cause(name, "y", linear());
    }
    columns.y = y.map((value) => value + rng.normal());
    const model = fit(graph, tableOf(columns, "D"), { mode: "structural" });
    const answer = await attributeAnomaly(model, { row: 200, target: "y", runs: 512 });
    expect(answer.method).toBe("64 random orders");
    expect(answer.contributions[0].metric).toBe("x4");
    expect(answer.contributions[0].error).toBeGreaterThan(0);
    expect(Math.abs(sumOf(answer.contributions) - answer.score)).toBeLessThan(1e-9);
  });

  it("refuses what it cannot answer, and stops when told", async () => {
    const columns = chainColumns(100);
    columns.b[50] = Number.NaN;
    const model = fit(chain, tableOf(columns, "D"), { mode: "structural" });
    await expect(attributeAnomaly(model, { row: 100, target: "c" })).rejects.toThrow(/row 100 of 100/);
    await expect(attributeAnomaly(model, { row: 50, target: "c" })).rejects.toThrow(/'b' is not known/);
    await expect(attributeAnomaly(model, { row: 1, target: "d" })).rejects.toThrow(/'d'/);
    await expect(attributeAnomaly(model, { row: 1, target: "c", runs: 0 })).rejects.toThrow(/0 runs/);
    const stop = new AbortController();
    const asked = attributeAnomaly(model, { row: 1, target: "c", runs: 1_000_000, signal: stop.signal });
    stop.abort(new Error("enough"));
    await expect(asked).rejects.toThrow("enough");
    const few = fit(chain, tableOf(chainColumns(12), "D"), { mode: "structural" });
    await expect(attributeAnomaly(few, { row: 1, target: "c" })).rejects.toThrow(/fewer than 12 rows/);
  });
});

describe("rankRootCauses", () => {
  const last = (count: number, size: number) => (row: number) => (row >= 300 - count ? size : 0);

  it.each(["a", "b", "c"])("suspects the one that broke, with or without a target: %s", async (broken) => {
    const model = fit(chain, tableOf(chainColumns(300, { [broken]: last(10, 3) }), "D"), { mode: "structural" });
    const rows = { first: -10, rows: 10 };
    const all = await rankRootCauses(model, { rows });
    expect(all.causes[0].metric).toBe(broken);
    expect(all.causes[0].confidence).toBeGreaterThan(0.99);
    expect(all.causes[1].confidence).toBeLessThan(0.6);
    expect(all.change).toBe(undefined);
    const moved = await rankRootCauses(model, { rows, target: "c" });
    expect(moved.causes[0].metric).toBe(broken);
    const contributions = moved.causes.map(({ contribution }) => contribution as number);
    expect(Math.abs(contributions.reduce((sum, value) => sum + value, 0) - (moved.change as number))).toBeLessThan(
      1e-9,
    );
    const effect = { a: 3, b: 1.5, c: 1 }[broken] as number;
    // Its own errors come with the shift; their mean over ten rows has a standard error of .32.
    expect(Math.abs(contributions[0] / effect - 3)).toBeLessThan(1);
  });

  it("meets the closed form of the shift, and of its surprise", async () => {
    const columns = chainColumns(5000, { a: (row) => (row >= 4900 ? 0.5 : 0) });
    const model = fit(chain, tableOf(columns, "D"), { mode: "structural" });
    const { causes } = await rankRootCauses(model, { rows: { first: 4900, rows: 100 } });
    const before = columns.a.subarray(0, 4900);
    const mean = before.reduce((sum, value) => sum + value, 0) / 4900;
    const sd = Math.sqrt(before.reduce((sum, value) => sum + (value - mean) ** 2, 0) / 4899);
    const shift = columns.a.subarray(4900).reduce((sum, value) => sum + (value - mean) / sd, 0) / 10;
    expect(causes[0].metric).toBe("a");
    expect(causes[0].shift).toBeCloseTo(shift, 2);
    expect(causes[0].surprise).toBeCloseTo(-log(2 * lower(-causes[0].shift)), 4);
  });

  it("does not suspect a metric that passes on what errors over time do", async () => {
    const rng = new Rng("persistent");
    const length = 260;
    const spend = new Float64Array(length);
    const visits = new Float64Array(length);
    let own = 0;
    for (let row = 0; row < length; row++) {
      spend[row] = 100 + 5 * rng.normal() + (row >= 250 ? 20 : 0);
      own = 0.7 * own + rng.normal();
      visits[row] = 200 + 0.2 * row + 3 * spend[Math.max(0, row - 1)] + 3 * own;
    }
    const graph = causalGraph().cause("spend", "visits", linear(undefined, { lag: "1D" }));
    const model = fit(graph, tableOf({ spend, visits }, "D"));
    const { causes } = await rankRootCauses(model, { rows: { first: 251, rows: 9 }, target: "visits" });
    expect(causes[0].metric).toBe("spend");
    expect(causes.find(({ metric }) => metric === "spend")?.confidence).toBeGreaterThan(0.9);
    expect(Math.abs(causes.find(({ metric }) => metric === "visits")?.shift as number)).toBeLessThan(3);
  });

  it("counts together what is little unusual of many metrics", async () => {
    const rng = new Rng("many");
    const columns: Record<string, Float64Array> = {};
    let graph = causalGraph();
    const y = new Float64Array(200);
    for (let cause = 0; cause < 12; cause++) {
      columns[`x${cause}`] = Float64Array.from(
        { length: 200 },
        (_, row) => rng.normal() + (cause === 7 && row > 194 ? 4 : 0),
      );
      for (let row = 0; row < 200; row++) y[row] += columns[`x${cause}`][row];
      graph = graph.cause(`x${cause}`, "y", linear());
    }
    columns.y = y.map((value) => value + rng.normal());
    const model = fit(graph, tableOf(columns, "D"), { mode: "structural" });
    const { causes, rest, change } = await rankRootCauses(model, { rows: { first: 195, rows: 5 }, target: "y" });
    expect(causes[0].metric).toBe("x7");
    expect(causes.length).toBe(13);
    const told = causes.reduce((sum, { contribution }) => sum + (contribution ?? 0), 0);
    expect(Math.abs(told + (rest as number) - (change as number))).toBeLessThan(1e-9);
  });

  it("refuses unknown names and rows, and stops when told", async () => {
    const model = fit(chain, tableOf(chainColumns(60), "D"), { mode: "structural" });
    await expect(rankRootCauses(model, { rows: 3, target: "d" })).rejects.toThrow(/'d'/);
    await expect(rankRootCauses(model, { rows: { first: 55, rows: 10 } })).rejects.toThrow(/rows 55 to 64 of 60/);
    await expect(rankRootCauses(model, { rows: 3, signal: AbortSignal.abort(new Error("no")) })).rejects.toThrow("no");
  });
});

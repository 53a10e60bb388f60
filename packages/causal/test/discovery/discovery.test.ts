import { Rng } from "@sage-twin/kernel";
import { describe, expect, it } from "vitest";
import { Budget } from "../../src/discovery/budget.js";
import { Correlations } from "../../src/discovery/correlations.js";
import { searchGes } from "../../src/discovery/ges.js";
import { readKnowledge } from "../../src/discovery/knowledge.js";
import { searchPc } from "../../src/discovery/pc.js";
import { testLinks } from "../../src/discovery/pcmci.js";
import { causalGraph, ges, linear, notears, pc, pcmci } from "../../src/index.js";
import golden from "../golden/discovery.json" with { type: "json" };
import { distance, equivalents, indexed, linkDistance, patternFrom } from "./distance.js";
import { laggedSystem, linearSystem } from "./systems.js";

const seeds = Array.from({ length: 20 }, (_, seed) => seed);

/** Columns of unit errors, each the sum of the ones it depends on. */
function draw(causes: Record<string, readonly string[]>, rows = 600, seed = "draw") {
  const rng = new Rng(seed);
  const columns: Record<string, Float64Array> = {};
  for (const [name, parents] of Object.entries(causes))
    columns[name] = Float64Array.from({ length: rows }, (_, row) =>
      parents.reduce((sum, parent) => sum + columns[parent][row], rng.normal()),
    );
  return columns;
}

const shape = (edges: readonly { from: string; to: string; kind: string }[]) =>
  edges.map(({ from, to, kind }) => (kind === "directed" ? `${from}>${to}` : [from, to].sort().join("-"))).sort();

describe.each(Object.entries({ pc, ges }))("%s: what three columns allow to be said", (_, search) => {
  it("directs a collider", async () => {
    expect(shape((await search(draw({ a: [], b: [], c: ["a", "b"] }))).edges)).toEqual(["a>c", "b>c"]);
  });

  it("leaves a chain and a fork without direction", async () => {
    expect(shape((await search(draw({ a: [], b: ["a"], c: ["b"] }))).edges)).toEqual(["a-b", "b-c"]);
    expect(shape((await search(draw({ b: [], a: ["b"], c: ["b"] }))).edges)).toEqual(["a-b", "b-c"]);
  });

  it("keeps to tiers, required and forbidden edges", async () => {
    const chain = draw({ a: [], b: ["a"], c: ["b"] });
    expect(shape((await search(chain, { tiers: [["a"], ["b", "c"]] })).edges)).toEqual(["a>b", "b>c"]);
    expect(shape((await search(chain, { required: [["c", "b"]] })).edges)).toEqual(["b>a", "c>b"]);
    expect(shape((await search(chain, { forbidden: [["a", "b"]] })).edges)).toContain("b>a");
    const none = await search(chain, {
      forbidden: [
        ["a", "b"],
        ["b", "a"],
      ],
    });
    expect(shape(none.edges)).not.toContain("a-b");
    const pair = draw({ x: [], y: [] });
    expect(shape((await search(pair, { required: [["y", "x"]] })).edges)).toEqual(["y>x"]);
  });

  it("says how often an edge comes back, the same for a seed", async () => {
    const data = { ...draw({ a: [], b: [], c: ["a", "b"] }) };
    const first = await search(data, { resamples: 20, seed: 7 });
    expect(first.edges.every(({ confidence = 0 }) => confidence > 0.6 && confidence <= 1)).toBe(true);
    expect(JSON.stringify(await search(data, { resamples: 20, seed: 7 }))).toBe(JSON.stringify(first));
  });
});

it("finds the class of a true graph from its exact covariance", () => {
  for (const seed of seeds) {
    const rng = new Rng(`exact ${seed}`);
    const size = 7;
    const edges: [number, number][] = [];
    // Columns as sums of independent errors: the covariance is that of the rows of `loads`.
    const loads = Array.from({ length: size }, (_, node) =>
      Float64Array.from({ length: size }, (_, at) => (at === node ? 1 : 0)),
    );
    for (let to = 0; to < size; to++)
      for (let from = 0; from < to; from++)
        if (rng.uniform() < 0.4) {
          edges.push([from, to]);
          const weight = 0.5 + rng.uniform();
          for (let at = 0; at < size; at++) loads[to][at] += weight * loads[from][at];
        }
    const covariance = Float64Array.from({ length: size * size }, (_, at) =>
      loads[Math.floor(at / size)].reduce((sum, load, k) => sum + load * loads[at % size][k], 0),
    );
    const rules = readKnowledge(
      loads.map((_, node) => `v${node}`),
      {},
    );
    const exact = Correlations.ofCovariance(covariance, size, 1e8);
    const truth = equivalents(size, edges);
    expect(distance(searchPc(exact, rules, 0.5, new Budget(1e6)), truth), `pc ${seed}`).toBe(0);
    expect(distance(searchGes(exact, rules, new Budget(1e6)), truth), `ges ${seed}`).toBe(0);
  }
});

describe("beside the references on the same data", () => {
  it("pc and ges are as near to the truth as causal-learn 0.1.4.8 or nearer", async () => {
    const sums = { pc: 0, pc05: 0, ges: 0, theirPc: 0, theirPc05: 0, theirGes: 0 };
    for (const seed of seeds) {
      const { columns, edges } = linearSystem(seed);
      const truth = equivalents(10, edges);
      const to = (found: readonly (readonly number[])[]) => distance(patternFrom(10, found), truth);
      sums.pc += to(indexed((await pc(columns)).edges));
      sums.pc05 += to(indexed((await pc(columns, { level: 0.05 })).edges));
      sums.ges += to(indexed((await ges(columns)).edges));
      sums.theirPc += to(golden.linear[seed].pc01);
      sums.theirPc05 += to(golden.linear[seed].pc05);
      sums.theirGes += to(golden.linear[seed].ges);
    }
    expect(sums.pc).toBeLessThanOrEqual(sums.theirPc);
    expect(sums.pc05).toBeLessThanOrEqual(sums.theirPc05);
    expect(sums.ges).toBeLessThanOrEqual(sums.theirGes);
  });

  it("pcmci is as near to the truth as tigramite 5.2.10.1 or nearer, whatever its settings", async () => {
    let ours = 0;
    const theirs = { default: 0, strict: 0, fdr: 0 };
    for (const seed of seeds) {
      const { columns, edges } = laggedSystem(seed);
      const found = (await pcmci(columns)).edges.map(({ from, to, lag }) => [from.slice(1), to.slice(1), lag]);
      ours += linkDistance(found, edges);
      for (const name of ["default", "strict", "fdr"] as const)
        theirs[name] += linkDistance(golden.lagged[seed][name], edges);
    }
    for (const their of Object.values(theirs)) expect(ours).toBeLessThanOrEqual(their);
  });

  it("pcmci has tigramite's correlations and p-values where both keep the same candidates", () => {
    for (const seed of [0, 1]) {
      const columns = Object.values(laggedSystem(seed).columns);
      const rows = columns[0].length - 6;
      const windows = Array.from({ length: 7 }, (_, lag) =>
        columns.map((column) => column.slice(6 - lag, 6 - lag + rows)),
      ).flat();
      const rules = readKnowledge(
        columns.map((_, node) => `v${node}`),
        {},
        3,
      );
      const { p_matrix: p, val_matrix: value } = golden.lagged[seed] as unknown as Record<string, number[][][]>;
      const tests = testLinks(Correlations.of(windows), rules, 3, new Budget(1e6));
      expect(tests.length).toBe(5 * 5 * 3 + 10);
      for (const { from, to, lag, correlation, pValue } of tests) {
        expect(correlation).toBeCloseTo(value[from][to][lag], 8);
        expect(pValue).toBeCloseTo(p[from][to][lag], 7);
      }
    }
  });
});

describe("notears", () => {
  it("finds the true graphs where errors have equal variance", async () => {
    let sum = 0;
    for (const seed of seeds.slice(0, 4)) {
      const { columns, edges } = linearSystem(seed);
      const { edges: found } = await notears(columns);
      sum += distance(patternFrom(10, indexed(found)), patternFrom(10, edges));
    }
    expect(sum).toBeLessThanOrEqual(4);
  });

  it("keeps to knowledge and finds no cycle", async () => {
    const chain = draw({ a: [], b: ["a"], c: ["b"] });
    expect(shape((await notears(chain)).edges)).toEqual(["a>b", "b>c"]);
    expect(shape((await notears(chain, { forbidden: [["a", "b"]] })).edges)).not.toContain("a>b");
    const turned = shape((await notears(chain, { required: [["b", "a"]] })).edges);
    expect(turned).toContain("b>a");
    expect(turned).not.toContain("a>b");
  });
});

describe("pcmci", () => {
  const rng = new Rng("chain");
  const x = Array.from({ length: 400 }, () => rng.normal());
  const y = x.map((_, t) => (x[t - 1] ?? 0) + rng.normal());
  const z = y.map((_, t) => (y[t - 2] ?? 0) + rng.normal());

  it("finds a lagged chain and no shortcut", async () => {
    const { edges } = await pcmci({ x, y, z }, { maxLag: 4, resamples: 10, seed: 1 });
    expect(edges.map(({ from, to, lag }) => `${from}>${to}@${lag}`)).toEqual(["x>y@1", "y>z@2"]);
    expect(edges.every(({ confidence = 0 }) => confidence > 0.8)).toBe(true);
  });

  it("leaves windows with gaps out and says so, and keeps to knowledge", async () => {
    const gaps = y.map((value, t) => (t === 100 ? Number.NaN : value));
    const { edges, notes } = await pcmci({ x, y: gaps, z });
    expect(notes.at(-1)).toBe("7 of 394 windows have gaps and are left out");
    expect(edges).toHaveLength(2);
    const without = await pcmci({ x, y, z }, { forbidden: [["x", "y", 1]] });
    expect(without.edges.some(({ from, to, lag }) => from === "x" && to === "y" && lag === 1)).toBe(false);
    const kept = await pcmci({ x, y, z }, { required: [["z", "x", 3]] });
    expect(kept.edges.some(({ from, to, lag }) => from === "z" && to === "x" && lag === 3)).toBe(true);
  });

  it("directs a link within a period by knowledge alone", async () => {
    const same = { w: x.map((value, t) => value + y[t]), x };
    const linksOf = async (tiers?: string[][]) => {
      const { edges } = await pcmci(same, tiers === undefined ? {} : { tiers });
      return shape(edges.filter(({ lag }) => lag === 0));
    };
    expect(await linksOf()).toEqual(["w-x"]);
    expect(await linksOf([["x"], ["w"]])).toEqual(["x>w"]);
  });

  it("makes a graph with calendar lags of a table alone", async () => {
    const columns: Record<string, number[]> = { x, y, z };
    const table = {
      frequency: "2W",
      start: 0,
      length: 400,
      metrics: ["x", "y", "z"],
      column: (name: string) => Float64Array.from(columns[name]),
    } as const;
    const graph = (await pcmci(table)).toGraph();
    expect(graph.edges.map(({ from, to, mechanism }) => [from, to, mechanism.lag])).toEqual([
      ["x", "y", "2W"],
      ["y", "z", "4W"],
    ]);
    const bare = await pcmci({ x, y, z });
    expect(() => bare.toGraph()).toThrowError(/no frequency/);
  });
});

describe("a suggestion", () => {
  it("becomes a graph only when asked, of directed edges that the base does not have", async () => {
    const found = await pc(draw({ a: [], b: [], c: ["a", "b"] }));
    const base = causalGraph().cause("a", "c", linear(3));
    const graph = found.toGraph(base);
    expect(base.edges).toHaveLength(1);
    expect(graph.edges.map(({ from, to, mechanism }) => [from, to, mechanism.evidence])).toEqual([
      ["a", "c", "assumed"],
      ["b", "c", "data"],
    ]);
    expect((await pc(draw({ a: [], b: ["a"] }))).toGraph().edges).toEqual([]);
    expect(() => found.toGraph(causalGraph().cause("c", "a", linear()))).toThrowError(/cycle/);
    expect(String(found)).toContain("a -> c: 0.");
  });
});

describe("bad input", () => {
  const good = draw({ a: [], b: ["a"], c: ["b"] }, 100);

  it("leaves rows with gaps out and counts them", async () => {
    const { rows, notes } = await pc({ ...good, a: good.a.map((value, row) => (row < 5 ? Number.NaN : value)) });
    expect(rows).toBe(95);
    expect(notes.at(-1)).toBe("5 of 100 rows have gaps and are left out");
  });

  it("names every constant and determined column", async () => {
    const data = {
      ...good,
      flat: new Float64Array(100).fill(3),
      sum: good.a.map((value, row) => value + 2 * good.c[row]),
    };
    for (const search of [pc, ges, notears, pcmci])
      await expect(search(data)).rejects.toMatchObject({
        issues: [{ message: "'flat' is constant" }, { message: "'sum' is determined by 'a', 'c'" }],
      });
  });

  it("refuses too few rows, too many columns, uneven columns, text and tables", async () => {
    await expect(pc(draw({ a: [], b: [] }, 8))).rejects.toThrowError(
      /8 of 8 rows are complete; 2 columns need at least 12/,
    );
    const many = Object.fromEntries(Array.from({ length: 10_000 }, (_, at) => [`v${at}`, [1, 2]]));
    for (const search of [pc, ges, notears, pcmci])
      await expect(search(many)).rejects.toMatchObject({ code: "too-large" });
    await expect(pc({ a: [1, 2], b: [1] })).rejects.toMatchObject({ path: ["data", "b"] });
    await expect(pc({ a: [1, "x" as never], b: [1, 2] })).rejects.toMatchObject({ path: ["data", "a", 1] });
    await expect(ges({ a: good.a })).rejects.toMatchObject({ code: "invalid-data" });
    await expect(pc({ column: () => 0 } as never)).rejects.toThrowError(/pcmci/);
  });

  it("gathers every problem of what is known", async () => {
    const knowledge = { tiers: [["a"], ["bb", "a"]], required: [["c", "d"]], forbidden: [["a", "b", 2]] } as const;
    const error = await ges(good, knowledge).catch((reason) => reason);
    expect(error.issues.map(({ path }: { path: unknown }) => path)).toEqual([
      ["tiers", 1, 0],
      ["tiers", 1, 1],
      ["forbidden", 0],
      ["required", 0],
    ]);
    expect(error.issues[0].fix).toBe("did you mean 'b'?");
    await expect(
      pc(good, {
        required: [
          ["a", "b"],
          ["b", "a"],
        ],
      }),
    ).rejects.toThrowError(/cycle|forbidden/);
    await expect(pc(good, { required: [["a", "b"]], tiers: [["b"], ["a"]] })).rejects.toMatchObject({
      code: "contradiction",
    });
  });

  it("checks options, stops at its limit and when told to", async () => {
    await expect(pc(good, { level: 2 })).rejects.toMatchObject({ path: ["level"] });
    await expect(pc(good, { resamples: -1 })).rejects.toMatchObject({ path: ["resamples"] });
    await expect(pcmci(good, { maxLag: 0 })).rejects.toMatchObject({ path: ["maxLag"] });
    await expect(notears(good, { penalty: -1 })).rejects.toMatchObject({ path: ["penalty"] });
    for (const search of [pc, ges, notears, pcmci]) expect((await search(good, { limit: 2 })).complete).toBe(false);
    const controller = new AbortController();
    const seen: number[] = [];
    const run = pc(good, {
      resamples: 50,
      signal: controller.signal,
      onProgress: ({ done }) => {
        seen.push(done);
        if (done === 3) controller.abort(new Error("enough"));
      },
    });
    await expect(run).rejects.toThrowError("enough");
    expect(seen).toEqual([1, 2, 3]);
  });
});

import type { FittedProgram, Program, Sampling } from "@sage-twin/causal";
import { describe, expect, it } from "vitest";
import { standardError } from "../src/distributions.js";
import { simulateWorlds } from "../src/index.js";

const parameters = 10;
const steps = 4;
const samplings: readonly Sampling[] = ["random", "antithetic", "latin-hypercube", "sobol"];

/** Ten levers, each with an uncertain effect on sales. */
function tenParameters(): FittedProgram {
  const levers = Array.from({ length: parameters }, (_, lever) => `lever${lever}`);
  const flat = (value: number) => new Float64Array(steps).fill(value);
  const metric = (name: string, given: boolean, edges: readonly number[]): Program["nodes"][number] => ({
    kind: "metric",
    name,
    link: { kind: "log" },
    level: flat(Math.E),
    offset: flat(1),
    spread: flat(given ? 0 : 0.1),
    persistence: { decay: 0.5, carry: 0.5 },
    given,
    edges,
  });
  const edges = levers.map((_, feature) => ({
    feature,
    to: parameters,
    lag: 0,
    low: Number.NEGATIVE_INFINITY,
    high: Number.POSITIVE_INFINITY,
    centre: flat(1),
  }));
  const program: Program = {
    frequency: "W",
    start: Date.UTC(2026, 0, 5),
    steps,
    nodes: [
      ...levers.map((name) => metric(name, true, [])),
      metric(
        "sales",
        false,
        levers.map((_, edge) => edge),
      ),
    ],
    features: levers.map((_, node) => ({
      node,
      curve: { kind: "log" },
      carryover: 0,
      memory: 0,
      history: new Float64Array(0),
      carried: 1,
    })),
    edges,
    effects: [
      {
        node: parameters,
        edges: edges.map((_, edge) => edge),
        mean: new Float64Array(parameters).fill(0.3),
        factor: Float64Array.from({ length: parameters ** 2 }, (_, cell) => (cell % (parameters + 1) === 0 ? 0.3 : 0)),
      },
    ],
    noise: { nodes: [parameters], factor: Float64Array.of(1) },
  };
  const effects = levers.map((from) => ({
    from,
    to: "sales",
    kind: "elasticity",
    carryover: 0,
    prior: { mean: 0.3, sd: 0.3 },
    posterior: { mean: 0.3, sd: 0.3 },
    evidence: "assumed" as const,
    learnt: 0,
  }));
  return { program, effects, models: {}, links: {}, notes: [] };
}

const fitted = tenParameters();
const push = {
  edits: Array.from({ length: parameters }, (_, node) => ({
    node,
    factor: new Float64Array(steps).fill(1.2),
    shift: new Float64Array(steps),
  })),
};

async function meanOfTotal(sampling: Sampling, seed: string): Promise<number> {
  const simulation = await simulateWorlds(fitted, [push], { runs: 1024, seed, sampling, uncertainty: "effects" });
  return simulation.total("sales", 0, 0, steps, false).reduce((sum, value) => sum + value, 0) / 1024;
}

async function variance(sampling: Sampling): Promise<number> {
  const means: number[] = [];
  for (let seed = 0; seed < 40; seed++) means.push(await meanOfTotal(sampling, `${seed}`));
  const mean = means.reduce((sum, value) => sum + value, 0) / means.length;
  return means.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (means.length - 1);
}

describe("sampling", () => {
  it("has at most a fifth of the variance of plain draws with each of the others", async () => {
    const plain = await variance("random");
    for (const sampling of samplings.slice(1)) expect(await variance(sampling)).toBeLessThan(plain / 5);
  });

  it.each(samplings)("has the same mean with %s", async (sampling) => {
    // The effects sum to N(3, 0.9): a lognormal mean.
    const log = Math.log(1.2);
    const truth = steps * Math.E * Math.exp(3 * log + (0.9 * log * log) / 2);
    const means = await Promise.all(Array.from({ length: 20 }, (_, seed) => meanOfTotal(sampling, `mean${seed}`)));
    const mean = means.reduce((sum, value) => sum + value, 0) / means.length;
    const sd = Math.sqrt(means.reduce((sum, value) => sum + (value - mean) ** 2, 0) / 19 / 20);
    expect(Math.abs(mean - truth)).toBeLessThan(4 * sd);
  });

  it.each(samplings)(
    "gives the first runs of many as those of few, and no difference without an edit, with %s",
    async (sampling) => {
      const few = await simulateWorlds(fitted, [push], { runs: 300, sampling });
      const many = await simulateWorlds(fitted, [push, { edits: [] }], { runs: 3000, sampling });
      expect(many.total("sales", 0, 0, steps, false).subarray(0, 300)).toEqual(few.total("sales", 0, 0, steps, false));
      expect(many.differences("sales", 1).quantiles(2, [0, 1])).toEqual(Float64Array.of(0, 0));
    },
  );

  it("tells a standard error that is not too small", async () => {
    for (const sampling of samplings) {
      const totals: number[] = [];
      let told = 0;
      for (let seed = 0; seed < 30; seed++) {
        const simulation = await simulateWorlds(fitted, [push], { runs: 2048, seed, sampling });
        const total = simulation.total("sales", 0, 0, steps, false);
        totals.push(total.reduce((sum, value) => sum + value, 0) / 2048);
        told += standardError(total, simulation.drawn) / 30;
      }
      const mean = totals.reduce((sum, value) => sum + value, 0) / 30;
      const found = Math.sqrt(totals.reduce((sum, value) => sum + (value - mean) ** 2, 0) / 29);
      expect(told / found).toBeGreaterThan(0.7);
    }
  });
});

describe("uncertainty", () => {
  it("leaves effects or errors out", async () => {
    const effects = await simulateWorlds(fitted, [push], { runs: 512, uncertainty: "effects" });
    expect(effects.distributions("sales", -1).quantiles(3, [0, 1])).toEqual(Float64Array.of(Math.E, Math.E));
    expect(effects.differences("sales", 0).error(3)).toBeGreaterThan(0);
    const errors = await simulateWorlds(fitted, [push], { runs: 512, uncertainty: "errors" });
    const [lowest, highest] = errors.distributions("sales", -1).quantiles(3, [0, 1]);
    expect(highest / lowest).toBeGreaterThan(1.5);
    const world = errors.distributions("sales", 0).samples(3, new Float64Array(512));
    const ratios = errors
      .distributions("sales", -1)
      .samples(3, new Float64Array(512))
      .map((value, run) => world[run] / value);
    ratios.forEach((ratio) => {
      expect(ratio).toBeCloseTo(1.2 ** 3, 12);
    });
  });

  it.each([{ sampling: "sobool" }, { uncertainty: "none" }])("refuses %o", async (options) => {
    await expect(simulateWorlds(fitted, [], options as never)).rejects.toMatchObject({ code: "unknown-name" });
  });
});

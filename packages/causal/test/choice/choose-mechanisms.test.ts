import { exp, log, pow, Rng } from "@sage-twin/kernel";
import { describe, expect, it } from "vitest";
import {
  CausalGraph,
  causalGraph,
  chooseMechanisms,
  elasticity,
  fit,
  formula,
  linear,
  type MechanismForm,
} from "../../src/index.js";
import { tableOf } from "../table-of.js";

const rows = 600;
const graph = causalGraph().cause("x", "y", linear());

/** A truth with its noise, and a cause spread evenly over a range. */
function drawn(truth: (x: number) => number, noise: number, seed: string, [low, high] = [0.5, 10], multiplies = false) {
  const rng = new Rng(seed);
  const x = Float64Array.from({ length: rows }, () => low + (high - low) * rng.uniform());
  const y = x.map((value) =>
    multiplies ? truth(value) * exp(noise * rng.normal()) : truth(value) + noise * rng.normal(),
  );
  return { x, y };
}

/** Root mean squared distance of what a fitted graph says of do(x) from the truth, over the middle of the range. */
function distance(
  chosen: CausalGraph,
  columns: Record<string, Float64Array>,
  truth: (x: number) => number,
  scale = 1,
): number {
  const model = fit(chosen, tableOf(columns, "D"), { mode: "structural" });
  const places = Array.from({ length: 17 }, (_, index) => 1 + index / 2);
  const squares = places.map(
    (x) => (model.intervene({ x }, { runs: 1024 }).metric("y").mean[0] - scale * truth(x)) ** 2,
  );
  return Math.sqrt(squares.reduce((sum, value) => sum + value, 0) / squares.length);
}

const truths: Readonly<
  Record<string, { truth: (x: number) => number; noise: number; forms: readonly MechanismForm[]; multiplies?: boolean }>
> = {
  linear: { truth: (x) => 3 + 2 * x, noise: 1, forms: ["linear"] },
  "log-log": { truth: (x) => 5 * pow(x, -1.5), noise: 0.1, forms: ["elasticity"], multiplies: true },
  saturating: { truth: (x) => (20 * x * x) / (9 + x * x), noise: 0.5, forms: ["saturation"] },
  step: { truth: (x) => (x > 6 ? 10 : 2), noise: 1, forms: ["boosted"] },
  "U-shaped": { truth: (x) => (x - 5) * (x - 5), noise: 1.5, forms: ["lookup", "boosted"] },
};

describe("chooseMechanisms", () => {
  it.each(Object.entries(truths))(
    "finds a %s truth, nearer to it than the wrong forms",
    (name, { truth, noise, forms, multiplies }) => {
      const scale = multiplies ? exp(noise ** 2 / 2) : 1;
      let compared = 0;
      let right = 0;
      for (const seed of ["a", "b", "c", "d", "e"]) {
        const columns = drawn(truth, noise, `${name} ${seed}`, [0.5, 10], multiplies);
        const table = tableOf(columns, "D");
        const answer = chooseMechanisms(graph, table, { mode: "structural" });
        const [choice] = answer.choices;
        expect(choice.candidates.filter(({ lost }) => lost === undefined).map(({ form }) => form)).toEqual([
          choice.form,
        ]);
        // By the rule a richer form comes out ahead by more than a standard error now and then.
        if (choice.form === "kept" || !forms.includes(choice.form)) continue;
        right++;
        const near = distance(answer.graph, columns, truth, scale);
        for (const wrong of ["linear", "elasticity", "saturation"] as const) {
          // A form that foretells about as well on some scale is not wrong, if it is less simple.
          const tried = choice.candidates.filter(({ form, error }) => form === wrong && !Number.isNaN(error));
          if (forms.includes(wrong) || tried.length === 0 || tried.some(({ behind }) => behind <= 2)) continue;
          compared++;
          const other = chooseMechanisms(graph, table, { mode: "structural", candidates: { "x -> y": [wrong] } });
          expect(other.choices[0].form).toBe(wrong);
          expect(near).toBeLessThan(distance(other.graph, columns, truth, scale));
        }
      }
      expect(right).toBeGreaterThanOrEqual(4);
      expect(compared).toBeGreaterThanOrEqual(name === "linear" ? 0 : 3);
    },
  );

  it("keeps the simplest of noise alone, and its effect covers 0", () => {
    let simple = 0;
    let covered = 0;
    for (let seed = 0; seed < 40; seed++) {
      const columns = drawn(() => 50, 2, `noise ${seed}`);
      const [choice] = chooseMechanisms(graph, tableOf(columns, "D"), { mode: "structural" }).choices;
      if (choice.form !== "linear" && choice.form !== "elasticity") continue;
      simple++;
      if (Math.abs(choice.effect.mean) < 1.96 * choice.effect.sd) covered++;
    }
    expect(simple).toBeGreaterThanOrEqual(34);
    expect(covered / simple).toBeGreaterThan(0.85);
  });

  it("tells causes of one outcome apart, over time, with lag and carry-over, and the effect of each", () => {
    const rng = new Rng("two causes");
    const price = Float64Array.from({ length: 300 }, () => 5 * exp(0.15 * rng.normal()));
    const ads = Float64Array.from({ length: 300 }, () => 100 * rng.uniform());
    let carried = ads[0];
    const orders = price.map((value, week) => {
      const spend = (40 * carried) / (30 + carried);
      carried = 0.5 * ads[week] + 0.5 * carried;
      return 100 + 0.1 * week - 8 * value + spend + 0.6 * rng.normal();
    });
    const two = causalGraph()
      .cause("price", "orders", linear())
      .cause("ads", "orders", linear(undefined, { lag: "1W", carryover: 0.5 }));
    const { choices, graph: chosen } = chooseMechanisms(two, tableOf({ price, ads, orders }), {
      candidates: { "ads -> orders": ["linear", "saturation"], "price -> orders": ["linear", "elasticity", "boosted"] },
    });
    expect(choices.map(({ form }) => form)).toEqual(["linear", "saturation"]);
    expect(Math.abs(choices[0].effect.mean + 8)).toBeLessThan(3 * choices[0].effect.sd);
    expect(choices[1].mechanism).toMatchObject({ lag: "1W", carryover: 0.5, kind: "saturation" });
    expect(chosen.links.orders).toEqual({ kind: "linear" });
    expect(CausalGraph.fromJSON(JSON.parse(JSON.stringify(chosen))).edges).toEqual(chosen.edges);
  });

  it("takes a logistic effect between bounds", () => {
    const rng = new Rng("scores");
    const delay = Float64Array.from({ length: rows }, () => 12 * rng.uniform());
    const score = delay.map((value) => 100 / (1 + exp(-(4 - 0.8 * value + 0.2 * rng.normal()))));
    const { choices } = chooseMechanisms(
      causalGraph().cause("delay", "score", linear()),
      tableOf({ delay, score }, "D"),
      {
        mode: "structural",
        bounds: { score: { minimum: 0, maximum: 100 } },
        candidates: { "delay -> score": ["linear", "logistic"] },
      },
    );
    expect(choices[0].form).toBe("logistic");
    expect(Math.abs(choices[0].effect.mean + 0.8)).toBeLessThan(3 * choices[0].effect.sd);
    expect(choices[0].candidates.find(({ form }) => form === "linear")?.behind).toBeGreaterThan(1);
  });

  it("offers multiplicative noise through the log link", () => {
    const columns = drawn((x) => 5 * x, 0.3, "multiplies", [1, 10], true);
    const { graph: chosen } = chooseMechanisms(graph, tableOf(columns, "D"), {
      mode: "structural",
      candidates: { "x -> y": ["elasticity"] },
    });
    const model = fit(chosen, tableOf(columns, "D"), { mode: "structural" });
    const spread = (x: number) => {
      const values = model.intervene({ x }, { runs: 20_000 }).metric("y").samples().map(log);
      const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
      return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length);
    };
    expect(spread(2)).toBeCloseTo(0.3, 1);
    expect(spread(9)).toBeCloseTo(spread(2), 2);
  });

  it("boosts an edge when asked to, however little there is to find", () => {
    const columns = drawn(() => 0, 1, "flat", [-5, 5]);
    const answer = chooseMechanisms(graph, tableOf(columns, "D"), {
      mode: "structural",
      candidates: { "x -> y": ["boosted"] },
    });
    expect(answer.choices[0]).toMatchObject({ form: "boosted", reason: "asked for" });
    const effect = fit(answer.graph, tableOf(columns, "D"), { mode: "structural" })
      .intervene({ x: { shift: 1 } }, { runs: 2000 })
      .difference("y").mean[0];
    expect(Math.abs(effect)).toBeLessThan(0.15);
  });

  it("leaves stated effects as they are, and their link with them", () => {
    const columns = drawn((x) => 5 * pow(x, -1.5), 0.1, "stated", [0.5, 10], true);
    const stated = causalGraph()
      .cause("x", "y", elasticity(-1, { sd: 0.2 }))
      .cause("w", "y", linear());
    const w = columns.x.map((_, row) => row % 7);
    const { choices } = chooseMechanisms(stated, tableOf({ ...columns, w }, "D"), { mode: "structural" });
    expect(choices[0]).toMatchObject({ form: "kept", reason: "its effect is stated" });
    expect(choices[0].mechanism).toEqual(stated.edges[0].mechanism);
    expect(choices[1].candidates.every(({ link }) => link === "log")).toBe(true);
    const written = causalGraph().cause("x", "y", formula("2 * x"));
    expect(chooseMechanisms(written, tableOf(columns, "D")).choices[0].form).toBe("kept");
  });

  it("says what data do not allow", () => {
    const columns = drawn((x) => 2 * x, 1, "zeros", [0, 10]);
    columns.x[17] = 0;
    for (let row = 0; row < rows; row++) columns.y[row] = Math.max(0.1, columns.y[row]);
    const table = tableOf(columns, "D");
    // An elasticity in the graph at hand does not stop the choice among others.
    const answer = chooseMechanisms(causalGraph().cause("x", "y", elasticity()), table, { mode: "structural" });
    expect(answer.choices[0].form).toBe("linear");
    expect(
      answer.choices[0].candidates.find(({ form, link }) => form === "elasticity" && link === "log")?.lost,
    ).toMatch(/'x' reaches 0/);
    expect(answer.toString()).toMatch(/x -> y: linear 1\.\d+ ± .*\n {2}- /);
    const demand = (forms: readonly MechanismForm[], columnsOf: Record<string, ArrayLike<number>> = columns) =>
      chooseMechanisms(graph, tableOf(columnsOf, "D"), { mode: "structural", candidates: { "x -> y": forms } });
    expect(() => demand(["elasticity"])).toThrow(/'x' reaches 0/);
    expect(() => demand(["logistic"])).toThrow(/between declared bounds/);
    expect(() => demand(["nothing" as MechanismForm])).toThrow(/'nothing'/);
    expect(() => demand([])).toThrow(/no form to choose from/);
    expect(() => chooseMechanisms(graph, table, { candidates: { "y -> x": ["linear"] } })).toThrow(/'y -> x'/);
    const constant = { x: new Float64Array(rows).fill(3), y: columns.y };
    expect(() => demand(["boosted"], constant)).toThrow(/'x' never varies/);
    expect(chooseMechanisms(graph, tableOf(constant, "D")).choices[0]).toMatchObject({
      form: "kept",
      reason: "'x' never varies",
    });
    const three = { x: [1, 2, 3], y: [1, 2, 4] };
    expect(() => demand(["linear"], three)).toThrow(/3 rows are complete/);
    expect(chooseMechanisms(graph, tableOf(three, "D")).choices[0].reason).toMatch(/3 rows are complete, and 40/);
    const gaps = { x: columns.x.map((value, row) => (row % 3 === 0 ? Number.NaN : value)), y: columns.y };
    expect(chooseMechanisms(graph, tableOf(gaps, "D"), { mode: "structural" }).choices[0].form).toBe("linear");
    const stop = { signal: AbortSignal.abort(new Error("enough")) };
    expect(() => chooseMechanisms(graph, table, stop)).toThrow("enough");
  });
});

import { Rng } from "@sage-twin/kernel";
import { describe, expect, it } from "vitest";
import { causalGraph, effectsOverTime, elasticity, fit, linear, type SampledMetric } from "../../src/index.js";
import { boundless } from "../boundless.js";
import { tableOf } from "../table-of.js";

const rng = new Rng("effects over time");
const draw = (mean: number, sd = 0.1) => Float64Array.from({ length: 80 }, () => mean + sd * rng.normal());
const stated = { sd: 0 };
const close = (found: ArrayLike<number>, wanted: readonly number[], digits = 9) => {
  expect(found.length).toBe(wanted.length);
  wanted.forEach((value, step) => {
    expect(found[step]).toBeCloseTo(value, digits);
  });
};
const largest = ({ samples }: SampledMetric, steps: number) =>
  Math.max(...Array.from({ length: steps }, (_, step) => Math.max(...samples(step).map(Math.abs))));

describe("effectsOverTime", () => {
  it("meets closed forms through lags, carry-over and a stock", () => {
    const graph = causalGraph()
      .cause("x", "m", linear(2, { ...stated, lag: "1D" }))
      .cause("m", "y", linear(3, stated))
      .cause("x", "y", linear(0.5, { ...stated, carryover: 0.6 }))
      .stock("s", { inflow: "y", outflow: "out", proportional: false });
    const y = draw(5);
    const out = draw(5);
    let level = 100;
    const s = y.map((value, row) => {
      level += value - out[row];
      return level;
    });
    const table = tableOf({ x: draw(1), m: draw(2), y, out, s }, "D");
    const model = boundless(fit(graph, table, { mode: "structural", horizon: 6 }));
    const ask = { cause: "x", change: { shift: 1 }, runs: 300 } as const;
    const onY = effectsOverTime(model, { ...ask, target: "y" });
    const carried = [0, 1, 2, 3, 4, 5].map((step) => 0.5 * (1 - 0.6 ** (step + 1)));
    const mediated = [0, 6, 6, 6, 6, 6];
    const both = carried.map((value, step) => value + mediated[step]);
    close(onY.direct.mean, carried);
    close(onY.indirect.mean, mediated);
    close(onY.total.mean, both);
    expect(onY.ways.map(({ way }) => way)).toEqual(["x -> m -> y", "x -> y"]);
    close(onY.ways[0].effect.mean, mediated);
    expect(largest(onY.remainder, 6)).toBeLessThan(1e-9);
    const onStock = effectsOverTime(model, { ...ask, target: "s" });
    let sum = 0;
    const summed = both.map((value) => {
      sum += value;
      return sum;
    });
    close(onStock.total.mean, summed);
    expect(onStock.ways.map(({ way }) => way)).toEqual(["x -> m -> y -> s", "x -> y -> s"]);
    expect(largest(onStock.remainder, 6)).toBeLessThan(1e-9);
    expect(largest(onStock.direct, 6)).toBe(0);
    const pulse = effectsOverTime(model, {
      ...ask,
      change: { shift: 1, until: new Date(model.program.start + 86_400_000) },
      target: "y",
    });
    close(
      pulse.total.mean,
      carried.map((_, step) => 0.5 * 0.4 * 0.6 ** step + (step === 1 ? 6 : 0)),
    );
  });

  it("meets the mediation formula where cause and mediator multiply: y = x m, m = 4 x + error", () => {
    const x = draw(3, 0.5);
    const m = x.map((value) => 4 * value + 0.1 * rng.normal());
    const graph = causalGraph().cause("x", "m", linear(4, stated)).identity("y", "x * m");
    const model = boundless(fit(graph, tableOf({ x, m }, "D"), { mode: "structural" }));
    const answer = effectsOverTime(model, { cause: "x", change: { shift: 2 }, target: "y", runs: 500 });
    const base = model.intervene({}, { runs: 500 });
    const [x0, m0] = ["x", "m"].map((name) => base.baseline(name).samples());
    for (let run = 0; run < 500; run += 50) {
      expect(answer.direct.samples()[run]).toBeCloseTo(2 * m0[run], 9);
      expect(answer.indirect.samples()[run]).toBeCloseTo(x0[run] * 8, 9);
      expect(answer.interaction.samples()[run]).toBeCloseTo(16, 9);
      expect(answer.total.samples()[run]).toBeCloseTo((x0[run] + 2) * (m0[run] + 8) - x0[run] * m0[run], 9);
    }
    expect(answer.remainder.mean[0]).toBeCloseTo(16, 9);
  });

  it("is what intervene says in total, run by run, and spreads as the effects do", () => {
    const price = draw(5, 0.4);
    const ads = draw(100, 8);
    const visits = ads.map((value) => 3 * value * Math.exp(0.05 * rng.normal()));
    const orders = price.map((value, row) => ((visits[row] * 20) / value ** 1.5) * Math.exp(0.1 * rng.normal()));
    const graph = causalGraph()
      .cause("ads", "visits", elasticity())
      .cause("visits", "orders", elasticity())
      .cause("price", "orders", elasticity())
      .identity("revenue", "orders * price")
      .identity("profit", "revenue - ads - 2 * orders");
    const model = fit(graph, tableOf({ price, ads, visits, orders }), { horizon: 3, seasonLength: 1 });
    for (const cause of ["price", "ads"]) {
      const answer = effectsOverTime(model, { cause, change: { scale: 1.1 }, target: "profit", runs: 600 });
      const whole = model.intervene({ [cause]: { scale: 1.1 } }, { runs: 600 }).difference("profit");
      for (let step = 0; step < 3; step++) {
        const [found, wanted] = [answer.total.samples(step), whole.samples(step)];
        found.forEach((value, run) => {
          expect(Math.abs(value - wanted[run])).toBeLessThan(1e-9 * (1 + Math.abs(wanted[run])));
        });
      }
      expect(answer.total.quantile(0.95)[0]).toBeGreaterThan(answer.total.quantile(0.05)[0]);
      const sum = answer.direct.mean[0] + answer.indirect.mean[0] + answer.interaction.mean[0];
      expect(sum).toBeCloseTo(answer.total.mean[0], 6);
    }
    const named = effectsOverTime(model, {
      cause: "price",
      change: { scale: 1.1 },
      target: "profit",
      through: {
        takings: [["price", "revenue", "profit"]],
        demand: [
          ["price", "orders", "revenue", "profit"],
          ["orders", "profit"],
        ],
      },
      runs: 600,
    });
    const [takings, demand] = named.ways.map(({ effect }) => effect.mean[0]);
    expect(takings).toBeGreaterThan(0);
    expect(demand).toBeLessThan(0);
    // The two ways meet in orders x price: what is left is the price rise on the orders that were lost.
    expect(named.remainder.mean[0]).toBeLessThan(0);
    const lost = named.total.mean[0] - takings - demand;
    expect(named.remainder.mean[0]).toBeCloseTo(lost, 6);
  });

  it("refuses what does not lead anywhere, and too many paths", () => {
    const wide = Array.from({ length: 8 }, (_, layer) => layer).reduce((graph, layer) => {
      const ends = [`a${layer}`, `b${layer}`];
      return ends.reduce(
        (all, from) =>
          ends.reduce((more, _, to) => more.cause(from, `${"ab"[to]}${layer + 1}`, linear(1, stated)), all),
        graph,
      );
    }, causalGraph());
    const columns = Object.fromEntries(wide.metrics.map((name) => [name, draw(1)]));
    const model = fit(wide, tableOf(columns, "D"), { mode: "structural" });
    expect(() => effectsOverTime(model, { cause: "a0", change: 1, target: "b8" })).toThrow(/too many paths/);
    expect(() => effectsOverTime(model, { cause: "a0", change: 1, target: "nobody" })).toThrow(/'nobody'/);
    expect(() => effectsOverTime(model, { cause: "a0", change: 1, target: "a0" })).toThrow(/both cause and target/);
    expect(() =>
      effectsOverTime(model, { cause: "a0", change: 1, target: "a2", through: { way: [["a0", "a2"]] } }),
    ).toThrow(/'a0' does not lead to 'a2' directly/);
    const backwards = effectsOverTime(model, { cause: "a3", change: { shift: 1 }, target: "a1", runs: 10 });
    expect(backwards.ways).toEqual([]);
    expect(largest(backwards.total, 1)).toBe(0);
  });
});

import { exp, Rng } from "@sage-twin/kernel";
import { describe, expect, it } from "vitest";
import {
  causalGraph,
  elasticity,
  fit,
  type Interventions,
  linear,
  logistic,
  lookup,
  sampleRows,
} from "../../src/index.js";
import { tableOf } from "../table-of.js";

const rng = new Rng("rows");
const length = 500;
const ads = Float64Array.from({ length }, () => 100 * exp(0.3 * rng.normal()));
const price = Float64Array.from({ length }, () => 5 + rng.normal());
const orders = ads.map((value, row) => 20 * value ** 0.5 * exp(-0.1 * price[row] + 0.1 * rng.normal()));
const rating = price.map((value) => 1 / (1 + exp(value - 5 + 0.3 * rng.normal())));
const table = tableOf({ ads, price, orders, rating }, "D");
const graph = causalGraph()
  .cause("ads", "orders", elasticity(undefined, { carryover: 0.3 }))
  .cause(
    "price",
    "orders",
    lookup(
      [
        [0, 0],
        [10, -1],
      ],
      { sd: 0.1 },
    ),
  )
  .cause("price", "rating", logistic())
  .cause("rating", "orders", { ...linear(undefined, { lag: "1D" }) })
  .identity("revenue", "orders * price")
  .noise("price", { kind: "student", degrees: 5 })
  .link("orders", { kind: "log" });
const model = fit(graph, table, { mode: "structural" });
const moments = (values: Float64Array) => {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return { mean, sd: Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length) };
};

const cases: readonly Interventions[] = [
  {},
  { price: 6 },
  { ads: { scale: 1.2 }, price: { shift: -0.5 } },
  { ads: { set: { kind: "uniform", low: 90, high: 110 } } },
  { price: { scale: 0.5, segment: { name: "half", share: 0.5 } } },
];

describe("sampleRows", () => {
  it.each(cases)("has the distribution that intervene has, but for the uncertainty of effects: %o", (interventions) => {
    const runs = 40_000;
    const rows = sampleRows(model, interventions, { runs });
    const whole = model.intervene(interventions, { runs, seed: "other" });
    for (const name of model.program.nodes.map(({ name }) => name)) {
      const [own, other] = [moments(rows[name]), moments(whole.metric(name).samples())];
      expect(Math.abs(own.mean - other.mean)).toBeLessThanOrEqual(
        5 * other.sd * Math.sqrt(2 / runs) + 0.01 * Math.abs(other.mean),
      );
      expect(Math.abs(own.sd - other.sd)).toBeLessThanOrEqual(0.05 * other.sd + 1e-12);
    }
    rows.revenue.forEach((value, run) => {
      if (value !== rows.orders[run] * rows.price[run]) throw new Error("revenue is not orders times price");
    });
  });

  it("draws fewer rows as the first of more, the same from the same seed", () => {
    const some = sampleRows(model, { price: 6 }, { runs: 3000, seed: 1 });
    const more = sampleRows(model, { price: 6 }, { runs: 9000, seed: 1 });
    for (const name of Object.keys(some)) expect(some[name]).toEqual(more[name].slice(0, 3000));
    expect(sampleRows(model, {}, { runs: 10, seed: 2 }).ads).not.toEqual(
      sampleRows(model, {}, { runs: 10, seed: 3 }).ads,
    );
  });

  it("refuses what intervene refuses", () => {
    expect(() => sampleRows(model, { revenue: 1 })).toThrow(/'revenue' follows from/);
    expect(() => sampleRows(model, {}, { runs: 0 })).toThrow(/0 runs/);
  });
});

import { exp, log, Rng, TwinError } from "@sage-twin/kernel";
import { describe, expect, it } from "vitest";
import { arrowStrength, attribute, causalGraph, elasticity, fit, intrinsicInfluence, linear } from "../src/index.js";
import { tableOf } from "./table-of.js";

/** Z -> X 2, X -> Y 3, Z -> Y 4, unit noises. */
function confounded(length: number) {
  const words = new Rng("confounded");
  const columns = { z: new Float64Array(length), x: new Float64Array(length), y: new Float64Array(length) };
  for (let row = 0; row < length; row++) {
    columns.z[row] = words.normal();
    columns.x[row] = 2 * columns.z[row] + words.normal();
    columns.y[row] = 3 * columns.x[row] + 4 * columns.z[row] + words.normal();
  }
  return columns;
}

const graph = causalGraph().cause("z", "x", linear()).cause("x", "y", linear()).cause("z", "y", linear());
const columns = confounded(20_000);
const model = fit(graph, tableOf(columns, "D"), { mode: "structural" });

const meanOf = (values: ArrayLike<number>): number =>
  Array.from(values).reduce((sum, value) => sum + value, 0) / values.length;
const varianceOf = (values: ArrayLike<number>): number => {
  const mean = meanOf(values);
  return Array.from(values).reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1);
};

function problem(action: () => unknown): TwinError {
  try {
    action();
  } catch (error) {
    if (TwinError.isInstance(error)) return error;
    throw error;
  }
  throw new Error("nothing was thrown");
}

describe("a structural fit", () => {
  it("finds the effects within three standard errors", () => {
    const truth = [2, 3, 4];
    model.effects.forEach(({ posterior }, index) => {
      expect(Math.abs(posterior.mean - truth[index])).toBeLessThan(3 * posterior.sd);
      expect(posterior.sd).toBeLessThan(0.02);
    });
  });

  it("generates the joint distribution it was fitted on", () => {
    const drawn = model.intervene({}, { runs: 20_000 });
    const [x, y] = ["x", "y"].map((name) => drawn.baseline(name).samples());
    expect(varianceOf(x) / varianceOf(columns.x)).toBeCloseTo(1, 1);
    expect(varianceOf(y) / varianceOf(columns.y)).toBeCloseTo(1, 1);
    const covariance = meanOf(x.map((value, run) => value * y[run])) - meanOf(x) * meanOf(y);
    expect(covariance).toBeCloseTo(23, 0); // 3 x 5 + 4 x 2
  });

  it("has the distribution of a metric without causes as it was seen", () => {
    const rng = new Rng("skewed");
    const skewed = Float64Array.from({ length: 5000 }, () => -log(rng.uniform()));
    const seen = fit(
      causalGraph().cause("a", "b", linear()),
      tableOf({ a: skewed, b: skewed.map((v) => v + rng.normal()) }),
      {
        mode: "structural",
      },
    );
    const drawn = seen.intervene({}, { runs: 20_000 }).baseline("a");
    expect(drawn.quantile(0.5)[0]).toBeCloseTo(Math.LN2, 1);
    expect(drawn.quantile(0.01)[0]).toBeGreaterThan(-0.01);
    expect(drawn.quantile(0.99)[0]).toBeCloseTo(4.6, 0);
  });
});

describe("intervene", () => {
  it("cuts what sets the metric and leaves the rest: E[y | do(x)] = 3 x", () => {
    const result = model.intervene({ x: 2 }, { runs: 40_000 });
    expect(result.metric("y").mean[0]).toBeCloseTo(6, 0);
    expect(Math.abs(result.metric("y").mean[0] - 6)).toBeLessThan(0.1);
    // 4^2 + 1, x being fixed
    expect(varianceOf(result.metric("y").samples())).toBeCloseTo(17, 0);
    expect(new Set(result.metric("x").samples())).toEqual(new Set([2]));
    expect(
      result
        .difference("z")
        .samples()
        .every((value) => Object.is(value, 0)),
    ).toBe(true);
  });

  it("shifts, scales and draws", () => {
    expect(model.intervene({ x: { shift: 1 } }).difference("y").mean[0]).toBeCloseTo(3, 1);
    const scaled = model.intervene({ x: { scale: 2 } });
    const expected = scaled
      .baseline("x")
      .samples()
      .map((value) => 3 * value);
    expect(
      meanOf(
        scaled
          .difference("y")
          .samples()
          .map((value, run) => Math.abs(value - expected[run])),
      ),
    ).toBeLessThan(0.1);
    const drawn = model.intervene({ x: { set: { kind: "normal", mean: 1, sd: 0.5 } } }, { runs: 40_000 });
    expect(drawn.metric("x").mean[0]).toBeCloseTo(1, 1);
    expect(varianceOf(drawn.metric("x").samples())).toBeCloseTo(0.25, 1);
    expect(varianceOf(drawn.metric("y").samples())).toBeCloseTo(9 * 0.25 + 17, 0);
  });

  it("warns of a level outside of what was seen, with its distance", () => {
    expect(model.intervene({ x: 1 }).notes).toEqual([]);
    expect(model.intervene({ x: 100 }).notes[0]).toMatch(/^x = 100 lies .* outside of .*extrapolated$/);
  });

  it("names what it cannot do, all at once", () => {
    const withIdentity = fit(graph.identity("sum", "x + y"), tableOf(columns, "D"), { mode: "structural" });
    const { issues } = problem(() => withIdentity.intervene({ sum: 1, zz: 2, x: Number.NaN }));
    expect(issues.map(({ path, code }) => [path[1], code])).toEqual([
      ["sum", "invalid-graph"],
      ["zz", "unknown-name"],
      ["x", "invalid-argument"],
    ]);
    expect(issues[0].message).toContain("follows from 'x' or 'y'");
  });
});

describe("counterfactual", () => {
  it("is abduction, action and prediction: exact where the effects are", () => {
    const exact = causalGraph()
      .cause("z", "x", linear(2, { sd: 0 }))
      .cause("x", "y", linear(3, { sd: 0 }))
      .cause("z", "y", linear(4, { sd: 0 }));
    const known = fit(exact, tableOf(columns, "D"), { mode: "structural" });
    const row = { z: 0.3, x: 1.1, y: 5 };
    const error = row.y - 3 * row.x - 4 * row.z;
    const result = known.counterfactual(row, { x: -1 }, { runs: 10 });
    expect(
      result
        .metric("y")
        .samples()
        .every((value) => Math.abs(value - (-3 + 4 * row.z + error)) < 1e-12),
    ).toBe(true);
    const nothing = known.counterfactual(17, {}, { runs: 10 });
    expect([...nothing.metric("y").samples()]).toEqual(new Array(10).fill(columns.y[17]));
  });

  it("keeps history where nothing is done, and differs from the intervention on from the row", () => {
    const rng = new Rng("history");
    const length = 120;
    const price = Float64Array.from({ length }, () => 5 * exp(0.1 * rng.normal()));
    const orders = price.map((value, row) =>
      exp(4 - 1.5 * log(value) - 0.5 * log(price[Math.max(0, row - 1)]) + 0.05 * rng.normal()),
    );
    const lagged = causalGraph()
      .cause("price", "orders", elasticity())
      .cause("price", "orders", elasticity(undefined, { lag: "1D" }))
      .identity("revenue", "orders * price");
    const twin = fit(lagged, tableOf({ price, orders }, "D"), { horizon: 4 });
    const same = twin.counterfactual(-5, {}, { steps: 5, runs: 4 });
    expect([...same.metric("orders").mean]).toEqual([...orders.subarray(-5)]);
    const dearer = twin.counterfactual(-5, { price: { scale: 1.1 } }, { steps: 5, runs: 2000 });
    const ratio = Array.from(
      dearer.metric("orders").mean,
      (value, step) => log(value / orders[length - 5 + step]) / log(1.1),
    );
    expect(ratio[0]).toBeCloseTo(-1.5, 0);
    expect(ratio[1]).toBeCloseTo(-2, 0);
    dearer
      .metric("revenue")
      .samples(3)
      .forEach((value, run) => {
        expect(value).toBe(dearer.metric("orders").samples(3)[run] * dearer.metric("price").samples(3)[run]);
      });
  });

  it("says what a row lacks", () => {
    expect(problem(() => model.counterfactual({ x: 1 }, { x: 2 })).issues.map(({ path }) => path[1])).toEqual([
      "z",
      "y",
    ]);
    expect(problem(() => model.counterfactual(20_000, {})).code).toBe("out-of-range");
    expect(problem(() => model.counterfactual(1.5, {})).code).toBe("out-of-range");
  });
});

describe("attribute", () => {
  const sumOf = (contributions: readonly { readonly value: number }[]): number =>
    contributions.reduce((sum, { value }) => sum + value, 0);

  it("is the effect times the cause's own change where everything is linear", () => {
    const exact = causalGraph()
      .cause("z", "x", linear(2, { sd: 0 }))
      .cause("x", "y", linear(3, { sd: 0 }))
      .cause("z", "y", linear(4, { sd: 0 }));
    const known = fit(exact, tableOf(columns, "D"), { mode: "structural" });
    const own = (row: number) => {
      const { z, x, y } = columns;
      return { z: z[row], x: x[row] - 2 * z[row], y: y[row] - 3 * x[row] - 4 * z[row] };
    };
    const { change, contributions } = attribute(known, { from: 3, to: 8, target: "y" });
    const [a, b] = [own(3), own(8)];
    const found = Object.fromEntries(contributions.map(({ metric, value }) => [metric, value]));
    expect(found.z).toBeCloseTo(10 * (b.z - a.z), 9);
    expect(found.x).toBeCloseTo(3 * (b.x - a.x), 9);
    expect(found.y).toBeCloseTo(b.y - a.y, 9);
    expect(change).toBeCloseTo(columns.y[8] - columns.y[3], 12);
  });

  it("sums to the change to 1e-9 through logs, lags, carry-over, identities and stocks, in every draw", () => {
    const rng = new Rng("sums");
    const length = 80;
    const price = Float64Array.from({ length }, () => 5 * exp(0.1 * rng.normal()));
    const spend = Float64Array.from({ length }, () => 100 * exp(0.3 * rng.normal()));
    const orders = price.map((value, row) =>
      exp(4 - 1.5 * log(value) + 0.2 * log(spend[Math.max(0, row - 1)]) + 0.05 * rng.normal()),
    );
    const joined = orders.map((value) => 0.1 * value);
    const lost = Float64Array.from({ length }, () => 2 + 0.1 * rng.normal());
    const base = new Float64Array(length);
    for (let row = 0; row < length; row++) base[row] = (row === 0 ? 100 : base[row - 1]) + joined[row] - lost[row];
    const shop = causalGraph()
      .cause("price", "orders", elasticity())
      .cause("spend", "orders", elasticity(0.2, { lag: "1D", carryover: 0.4 }))
      .cause("orders", "joined", elasticity(1))
      .stock("base", { inflow: "joined", outflow: "lost", proportional: false })
      .identity("revenue", "orders * price");
    const twin = fit(shop, tableOf({ price, spend, orders, joined, lost, base }, "D"), { horizon: 4 });
    const mean = (values: Float64Array, first: number): number => meanOf(values.subarray(first, first + 7));
    const revenue = orders.map((value, row) => value * price[row]);
    for (const [target, values] of [
      ["revenue", revenue],
      ["base", base],
      ["orders", orders],
    ] as const) {
      const { before, after, change, contributions, method } = attribute(twin, {
        from: { first: -14, rows: 7 },
        to: { first: -7, rows: 7 },
        target,
      });
      expect(method).toBe("all orders");
      expect(before).toBeCloseTo(mean(values, length - 14), 9);
      expect(after).toBeCloseTo(mean(values, length - 7), 9);
      expect(Math.abs(sumOf(contributions) - change)).toBeLessThan(1e-9 * Math.max(1, Math.abs(after)));
      const { lower, upper } = contributions[0].interval(90);
      expect(lower).toBeLessThanOrEqual(upper);
    }
    expect(attribute(twin, { from: -14, to: -7, target: "base" }).contributions.map(({ metric }) => metric)).toContain(
      "base",
    );
  });

  it("takes random orders of many metrics and still sums to the change", () => {
    const rng = new Rng("many");
    const names = Array.from({ length: 13 }, (_, index) => `cause${index}`);
    const many = Object.fromEntries(names.map((name) => [name, Float64Array.from({ length: 60 }, () => rng.normal())]));
    const y = Float64Array.from(
      { length: 60 },
      (_, row) => names.reduce((sum, name, index) => sum + (index + 1) * many[name][row], 0) + rng.normal(),
    );
    const wide = names.reduce((graphSoFar, name) => graphSoFar.cause(name, "y", linear()), causalGraph());
    const twin = fit(wide, tableOf({ ...many, y }, "D"), { mode: "structural" });
    const { change, contributions, method } = attribute(twin, { from: 0, to: 1, target: "y" });
    expect(method).toBe("64 random orders");
    expect(contributions.length).toBe(14);
    expect(Math.abs(sumOf(contributions) - change)).toBeLessThan(1e-9);
  });

  it("refuses rows that it does not have, or not as many before as after", () => {
    expect(problem(() => attribute(model, { from: 0, to: 30_000, target: "y" })).code).toBe("out-of-range");
    expect(problem(() => attribute(model, { from: { first: 0, rows: 2 }, to: 5, target: "y" })).message).toContain(
      "2 rows before and 1 after",
    );
    expect(problem(() => attribute(model, { from: 0, to: 1, target: "yy" })).code).toBe("unknown-name");
  });
});

describe("strength and influence", () => {
  const rng = new Rng("strength");
  const x0 = Float64Array.from({ length: 20_000 }, () => rng.normal());
  const x1 = Float64Array.from({ length: 20_000 }, () => rng.normal());
  const y = x0.map((value, row) => 3 * value + x1[row] + 0.5 * rng.normal());
  const sum = fit(causalGraph().cause("x0", "y", linear()).cause("x1", "y", linear()), tableOf({ x0, x1, y }, "D"), {
    mode: "structural",
  });

  it("gives the arrows of 3 x0 + x1 strengths of 9 and 1", () => {
    const [first, second] = arrowStrength(sum, "y", { runs: 100_000 });
    expect(Math.abs(first.strength - 9)).toBeLessThan(0.2);
    expect(Math.abs(second.strength - 1)).toBeLessThan(0.05);
    expect(problem(() => arrowStrength(sum, "x0")).message).toContain("no causes");
  });

  it("splits a variance among the errors it comes from: 9, 1 and 1/4", () => {
    const found = Object.fromEntries(
      intrinsicInfluence(sum, "y", { runs: 100_000 }).map(({ metric, variance }) => [metric, variance]),
    );
    expect(Math.abs(found.x0 - 9)).toBeLessThan(0.3);
    expect(Math.abs(found.x1 - 1)).toBeLessThan(0.15);
    expect(Math.abs(found.y - 0.25)).toBeLessThan(0.15);
  });

  it("counts what a metric in the middle adds, not what it passes on", () => {
    // z: (2 x 3 + 4)^2 = 100; x: 3^2 = 9; y: 1
    const found = intrinsicInfluence(model, "y", { runs: 100_000 });
    expect(found.map(({ metric }) => metric)).toEqual(["z", "x", "y"]);
    expect(found[0].variance / 100).toBeCloseTo(1, 1);
    expect(found[1].variance / 9).toBeCloseTo(1, 0);
    expect(found.reduce((total, { share }) => total + share, 0)).toBeCloseTo(1, 9);
  });
});

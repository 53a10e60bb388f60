import { Rng } from "@sage-twin/kernel";
import { describe, expect, it } from "vitest";
import { causalGraph, elasticity, fit, type Interventions, linear } from "../../src/index.js";
import { boundless } from "../boundless.js";
import { tableOf } from "../table-of.js";

const rng = new Rng("segments");
const price = Float64Array.from({ length: 200 }, () => 10 + rng.normal());
const orders = price.map((value) => 100 - 3 * value + rng.normal());
const share = price.map(() => 0.3);
const table = tableOf({ price, orders, share }, "D");
const graph = causalGraph().cause("price", "orders", linear()).metric("share");
const model = boundless(fit(graph, table, { mode: "structural" }));
const difference = (interventions: Interventions, name = "orders") =>
  model.intervene(interventions, { runs: 512 }).difference(name).samples();
const near = (found: Float64Array, wanted: Float64Array): void => {
  found.forEach((value, run) => {
    expect(Math.abs(value - wanted[run])).toBeLessThan(1e-9);
  });
};

describe("an intervention on a segment", () => {
  it("of share 1 is one on the whole, bit for bit", () => {
    for (const change of [
      { set: 9 },
      { scale: 0.9 },
      { shift: -1 },
      { set: { kind: "normal", mean: 9, sd: 1 } },
    ] as const)
      expect(difference({ price: { ...change, segment: { name: "all", share: 1 } } })).toEqual(
        difference({ price: change }),
      );
    expect(difference({ price: { scale: 0.9, segment: { name: "none", share: 0 } } })).toEqual(new Float64Array(512));
  });

  it("brings its share of the whole's effect through a linear edge, and the parts of a partition add up", () => {
    const whole = difference({ price: { scale: 0.98 } });
    const north = { scale: 0.98, segment: { name: "north", share: 0.4 } };
    const south = { scale: 0.98, segment: { name: "south", share: 0.6 } };
    near(
      difference({ price: north }),
      whole.map((value) => 0.4 * value),
    );
    near(difference({ price: [north, south] }), whole);
    const apart = difference({ price: [{ ...north, scale: 1.01 }, south] });
    const [up, down] = [difference({ price: { ...north, scale: 1.01 } }), difference({ price: south })];
    near(
      apart,
      up.map((value, run) => value + down[run]),
    );
  });

  it("composes within a segment, and what is done to the whole is done to each part", () => {
    const north = { name: "north", share: 0.4 };
    const levels = model.intervene(
      { price: [{ shift: 1 }, { scale: 2, segment: north }, { scale: 3, segment: north }, { shift: 5 }] },
      { runs: 64 },
    );
    const base = levels.baseline("price").samples();
    near(
      levels.metric("price").samples(),
      base.map((value) => 0.4 * (6 * (value + 1) + 5) + 0.6 * (value + 6)),
    );
  });

  it("takes its share from a metric", () => {
    const named = model.counterfactual(
      7,
      { price: { shift: 1, segment: { name: "web", share: "share" } } },
      { runs: 64 },
    );
    near(named.difference("price").samples(), new Float64Array(64).fill(0.3));
    const effect = model
      .counterfactual(7, { price: { shift: 1 } }, { runs: 64 })
      .difference("orders")
      .samples();
    near(
      named.difference("orders").samples(),
      effect.map((value) => 0.3 * value),
    );
  });

  it("meets the closed form of an elasticity to the metric as a whole", () => {
    const demand = price.map((value) => 500 * value ** -2 * (1 + 0.01 * rng.normal()));
    const loglog = fit(
      causalGraph().cause("price", "demand", elasticity(-2, { sd: 0 })),
      tableOf({ price, demand }, "D"),
      { mode: "structural" },
    );
    const answer = loglog.counterfactual(
      5,
      { price: { scale: 0.96, segment: { name: "half", share: 0.5 } } },
      { runs: 8 },
    );
    expect(answer.metric("demand").mean[0] / demand[5]).toBeCloseTo(0.98 ** -2, 9);
  });

  it("refuses shares that are none, too many segments and one name for two", () => {
    const ask =
      (...parts: readonly (readonly [name: string, share: number | string])[]) =>
      () =>
        difference({ price: parts.map(([name, of]) => ({ scale: 0.9, segment: { name, share: of } })) });
    expect(ask(["a", 1.2])).toThrow(/segment 'a' with a share of 1.2/);
    expect(ask(["a", "nobody"])).toThrow(/share of nobody/);
    expect(ask(["a", "orders"])).toThrow(/segment 'a'/);
    expect(ask(["a", 0.6], ["b", 0.6])).toThrow(/sum to at most 1|with a share of 0.6/);
    expect(ask(["a", 0.3], ["a", 0.4])).toThrow(/one share|share of 0.4/);
    expect(ask(["", 0.3])).toThrow(/segment ''/);
  });
});

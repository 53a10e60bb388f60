import { inlineExecutor, memoryStore, normalQuantile, Rng, TwinError } from "@sage-twin/kernel";
import { modelRegistry } from "@sage-twin/registry";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { demandPredictor, newsvendor, predictorFromJSON } from "../../src/index.js";

const rng = (seed: string) => new Rng(seed);
const poisson = (random: Rng, mean: number): number => {
  let count = 0;
  for (let product = random.uniform(), limit = Math.exp(-mean); product > limit; count++) product *= random.uniform();
  return count;
};
const rare = (seed: string, length = 80) => {
  const random = rng(seed);
  return Array.from({ length }, () => (random.uniform() < 0.3 ? 1 + poisson(random, 2) : 0));
};
const steady = (seed: string, length = 80) => {
  const random = rng(seed);
  return Array.from({ length }, () => poisson(random, 20));
};
const history = { bolt: rare("a"), nut: steady("b"), dust: new Array(40).fill(0), fresh: [3, 0, 1] };

describe("newsvendor", () => {
  it("is the closed form of a normal demand", () => {
    const count = 200_000;
    const demands = Float64Array.from({ length: count }, (_, i) => 100 + 20 * normalQuantile((i + 0.5) / count));
    const plan = newsvendor(demands, { underageCost: 9, overageCost: 1 });
    expect(plan.serviceLevel).toBe(0.9);
    expect(plan.quantity).toBeCloseTo(125.631031, 3); // 100 + 20 * 1.2815515655
    // The normal loss function at z = 1.2815515655: 0.04734345.
    expect(plan.expectedShortage).toBeCloseTo(20 * 0.0473435, 3);
    expect(plan.expectedCost).toBeCloseTo(10 * 20 * 0.1754983, 2); // (Cu + Co) sigma phi(z)
    expect(plan.fillRate).toBeCloseTo(1 - (20 * 0.0473435) / 100, 5);
    expect(plan.stockoutProbability).toBeCloseTo(0.1, 5);
  });

  it("is the closed form of a Poisson demand", () => {
    // P(D <= k) for mean 2: .135335 .406006 .676676 .857123 .947347 .983436 .995466
    const probabilities = [
      0.135335, 0.270671, 0.270671, 0.180447, 0.090224, 0.036089, 0.01203, 0.003437, 0.00086, 0.000236,
    ];
    const demands = probabilities.flatMap((p, k) => new Array(Math.round(p * 1e6)).fill(k));
    const at = (serviceLevel: number) => newsvendor(demands, { serviceLevel });
    expect([0.4, 0.5, 0.7, 0.9, 0.95, 0.99].map((level) => at(level).quantity)).toEqual([1, 2, 3, 4, 5, 6]);
    expect(at(0.9).expectedShortage).toBeCloseTo(0.075142, 3); // 2 P(D >= 4) - 4 P(D >= 5)
    expect(at(0.9).stockoutProbability).toBeCloseTo(1 - 0.947347, 4);
  });

  it("costs least on the sample, against every other quantity", () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 40 }), { minLength: 1, maxLength: 60 }),
        fc.integer({ min: 1, max: 20 }),
        fc.integer({ min: 1, max: 20 }),
        (demands, underageCost, overageCost) => {
          const cost = (quantity: number) =>
            demands.reduce(
              (sum, d) => sum + underageCost * Math.max(0, d - quantity) + overageCost * Math.max(0, quantity - d),
              0,
            ) / demands.length;
          const plan = newsvendor(demands, { underageCost, overageCost });
          expect(plan.expectedCost).toBeCloseTo(cost(plan.quantity), 9);
          for (let quantity = 0; quantity <= 41; quantity++)
            expect(cost(quantity)).toBeGreaterThanOrEqual(cost(plan.quantity) - 1e-9);
        },
      ),
    );
  });

  it("refuses what is no demand and no target, all at once", () => {
    const error = (() => {
      try {
        newsvendor([1, Number.NaN], { underageCost: -1, overageCost: 0 });
      } catch (caught) {
        return caught as TwinError;
      }
    })();
    expect(error?.issues.map(({ path }) => path.join("."))).toEqual([
      "target.underageCost",
      "target.overageCost",
      "demands.1",
    ]);
    expect(() => newsvendor([], { serviceLevel: 0.9 })).toThrow("there are no demands");
    expect(() => newsvendor([1], { serviceLevel: 0.9, underageCost: 1 } as never)).toThrow("beside costs");
  });
});

describe("demandPredictor", () => {
  const predictor = demandPredictor({ leadTime: 2, reviewPeriod: 1, serviceLevel: 0.9, paths: 1000 });
  const fitted = predictor.fit(history);

  it("classifies and chooses, item by item", () => {
    const plans = fitted.predict(["bolt", "nut", "dust", "fresh"].map((item) => ({ item })));
    expect(plans.map(({ demandClass }) => demandClass)).toEqual(["intermittent", "smooth", "none", "lumpy"]);
    expect(plans[2]).toMatchObject({ orderUpTo: 0, meanDemand: 0, fillRate: 1, expectedShortage: 0 });
    expect(fitted.notes.join("\n")).toMatch(/1 items have no demand at all[\s\S]*1 items have too short a history/);
    expect(plans[1].meanDemand).toBeGreaterThan(54);
    expect(plans[1].meanDemand).toBeLessThan(66);
    // Three periods of Poisson 20: the 90 % quantile is 70.
    expect(Math.abs(plans[1].orderUpTo - 70)).toBeLessThanOrEqual(5);
    for (const plan of plans) {
      expect(Number.isInteger(plan.orderUpTo)).toBe(true);
      expect(plan.safetyStock).toBeCloseTo(plan.orderUpTo - plan.meanDemand, 9);
      expect(plan.expectedSurplus).toBeCloseTo(plan.safetyStock + plan.expectedShortage, 9);
      expect(plan.reorderPoint).toBeLessThanOrEqual(plan.orderUpTo);
      expect(plan.fillRate).toBeLessThanOrEqual(1);
    }
  });

  it("orders more for a higher service level and a longer lead time, and says what to order", () => {
    const levels = [0.5, 0.7, 0.9, 0.95, 0.99];
    for (const item of ["bolt", "nut"]) {
      const plans = fitted.predict(levels.map((serviceLevel) => ({ item, serviceLevel })));
      for (let k = 1; k < levels.length; k++) {
        expect(plans[k].orderUpTo).toBeGreaterThanOrEqual(plans[k - 1].orderUpTo);
        expect(plans[k].expectedShortage).toBeLessThanOrEqual(plans[k - 1].expectedShortage);
      }
      const [near, far] = fitted.predict([
        { item, leadTime: 1 },
        { item, leadTime: 8 },
      ]);
      expect(far.orderUpTo).toBeGreaterThan(near.orderUpTo);
    }
    const [plan] = fitted.predict([{ item: "nut", stock: 10 }]);
    expect(plan.order).toBe(plan.orderUpTo - 10);
    expect(fitted.predict([{ item: "nut", stock: 1e6 }])[0].order).toBe(0);
    expect(fitted.predict([{ item: "nut", underageCost: 3, overageCost: 1 }])[0].serviceLevel).toBe(0.75);
  });

  it("adds rows up by period, with periods without rows as 0", () => {
    const day = 86_400_000;
    const start = Date.UTC(2024, 0, 1);
    const rows = history.bolt.flatMap((quantity, week) =>
      quantity > 0
        ? [
            { item: "bolt", time: start + week * 7 * day, quantity: quantity - 1 },
            { item: "bolt", time: new Date(start + (week * 7 + 3) * day), quantity: 1 },
          ]
        : [],
    );
    const last = { item: "nut", time: start + 79 * 7 * day, quantity: 2 };
    const first = history.bolt.findIndex((quantity) => quantity > 0);
    const own = demandPredictor({ leadTime: 2, serviceLevel: 0.9, frequency: "W" });
    const ask = [{ item: "bolt" }];
    expect(own.fit([...rows, last]).predict(ask)).toEqual(own.fit({ bolt: history.bolt.slice(first) }).predict(ask));
  });

  it("is the same bytes by chunks, saved, and through the registry", async () => {
    const rows = Object.keys(history).map((item) => ({ item, stock: 1 }));
    const bytes = JSON.stringify(fitted.predict(rows));
    const progress: number[] = [];
    const chunked = await predictor.fitAsync(history, {
      executor: inlineExecutor(),
      onProgress: ({ done }) => progress.push(done),
    });
    expect(JSON.stringify(chunked)).toBe(JSON.stringify(fitted));
    expect(progress.at(-1)).toBe(4);
    const models = modelRegistry(memoryStore());
    await models.register("stock", { model: fitted.toJSON(), signature: fitted.signature });
    const { model, checkInput, checkOutput } = (await models.load("stock@latest", {
      reader: predictorFromJSON,
    })) as never as {
      model: typeof fitted;
      checkInput: (rows: unknown) => never;
      checkOutput: (rows: unknown) => never;
    };
    expect(JSON.stringify(model.predict(checkInput(rows)))).toBe(bytes);
    expect(JSON.stringify(checkOutput(model.predict({ item: Object.keys(history), stock: [1, 1, 1, 1] })))).toBe(bytes);
    const abort = new AbortController();
    const stopped = predictor.fitAsync(
      Object.fromEntries(Array.from({ length: 100 }, (_, i) => [`i${i}`, history.bolt])),
      { signal: abort.signal, onProgress: () => abort.abort(new Error("enough")) },
    );
    await expect(stopped).rejects.toThrow("enough");
  });

  it("refuses bad settings, histories, questions and files, with every issue", () => {
    const issues = (action: () => unknown): string[] => {
      try {
        action();
      } catch (error) {
        if (TwinError.isInstance(error)) return error.issues.map(({ path }) => path.join("."));
        throw error;
      }
      return [];
    };
    expect(issues(() => demandPredictor({ leadTime: 0, reviewPeriod: -1, serviceLevel: 2, frequency: "x" }))).toEqual([
      "serviceLevel",
      "leadTime",
      "reviewPeriod",
      "frequency",
    ]);
    expect(issues(() => demandPredictor(undefined as never))).toEqual(["serviceLevel", "leadTime"]);
    expect(issues(() => predictor.fit({ a: [1, -1], b: [], c: [Number.NaN] }))).toEqual([
      "history.a.1",
      "history.b",
      "history.c.0",
    ]);
    const bad = [{ item: 3, time: "2024-02-30", quantity: -1 }, null];
    expect(issues(() => predictor.fit(bad as never))).toEqual(
      ["item", "quantity", "time"]
        .flatMap((name) => [`history.0.${name}`])
        .concat(["item", "quantity", "time"].map((name) => `history.1.${name}`)),
    );
    expect(issues(() => predictor.fit([]))).toEqual(["frequency"]);
    expect(
      issues(() => fitted.predict([{ item: "boltt" }, { item: "nut", serviceLevel: 0.9, overageCost: 1 }])),
    ).toEqual(["rows.0.item", "rows.1.serviceLevel"]);
    expect(issues(() => fitted.predict([{ thing: "nut" }]))).toEqual(["rows.0.item", "rows.0.thing"]);
    const saved = JSON.parse(JSON.stringify(fitted));
    const spoil = <State>(change: (state: State) => void) => {
      const copy = structuredClone(saved);
      change(copy.state as State);
      return issues(() => predictorFromJSON(copy));
    };
    expect(
      spoil((state: { paths: number }) => {
        state.paths = 1e12;
      }),
    ).toEqual(["state.paths"]);
    expect(
      spoil((state: { target: object }) => {
        state.target = { serviceLevel: 7 };
      }),
    ).toEqual(["state.target.serviceLevel"]);
    expect(
      spoil((state: { items: object[] }) => {
        state.items[0] = {};
      }).length,
    ).toBeGreaterThan(3);
    expect(
      spoil((state: { items: unknown[] }) => {
        state.items.push(state.items[0]);
      }),
    ).toEqual(["state.items"]);
  });
});

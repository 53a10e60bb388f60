import { readFileSync } from "node:fs";
import { memoryStore, TwinError } from "@sage-twin/kernel";
import { modelRegistry } from "@sage-twin/registry";
import { describe, expect, it } from "vitest";
import {
  bgNbd,
  bgNbdFromJSON,
  gammaGamma,
  gammaGammaFromJSON,
  lifetimeValues,
  purchaseSummary,
} from "../../src/index.js";

// By golden/lifetime.py: lifetimes 0.11.3.
const golden = JSON.parse(readFileSync(new URL("../golden/lifetime.json", import.meta.url), "utf8"));
const summary = {
  repeats: Float64Array.from(golden.summary.repeats),
  recency: Float64Array.from(golden.summary.recency),
  age: Float64Array.from(golden.summary.age),
  spend: Float64Array.from(golden.spend),
};
const picked = Object.fromEntries(
  Object.entries(summary).map(([name, values]) => [
    name,
    Float64Array.from(golden.bgNbd.rows, (row: number) => values[row]),
  ]),
) as typeof summary;

function near(actual: ArrayLike<number>, expected: readonly number[], share: number): void {
  expect(actual.length).toBe(expected.length);
  expected.forEach((value, row) => {
    expect(Math.abs(actual[row] - value)).toBeLessThanOrEqual(share * Math.max(1e-6, Math.abs(value)));
  });
}

function problems(action: () => unknown): string[] {
  try {
    action();
  } catch (error) {
    if (TwinError.isInstance(error)) return error.issues.map(({ path }) => path.join("."));
    throw error;
  }
  throw new Error("nothing was thrown");
}

describe("the summary of purchases", () => {
  it("counts days with a purchase, without refunds and later rows", () => {
    const transactions = {
      customer: ["a", "a", "a", "a", "b", "b", "c"],
      time: [
        "2026-01-01T09:00Z",
        "2026-01-01T18:00Z",
        "2026-01-11",
        "2026-03-01",
        "2026-01-05",
        "2026-01-06",
        "2026-02-20",
      ],
      amount: [10, 5, 30, 99, 8, -8, 1],
    };
    expect(purchaseSummary(transactions, { until: "2026-01-31T12:00Z" })).toEqual({
      customers: ["a", "b"],
      repeats: Float64Array.of(1, 0),
      recency: Float64Array.of(10, 0),
      age: Float64Array.of(30, 26),
      spend: Float64Array.of(30, Number.NaN),
    });
  });
});

describe("BG/NBD", () => {
  const model = bgNbd(summary);

  it("has the reference's parameters, and a gradient of zero at them", () => {
    const { r, alpha, a, b } = golden.bgNbd.parameters;
    near([model.parameters.r, model.parameters.alpha, model.parameters.a, model.parameters.b], [r, alpha, a, b], 2e-4);
  });

  it("tells who is alive and what each will buy as the reference does", () => {
    near(model.alive(picked), golden.bgNbd.alive, 2e-4);
    near(model.expectedPurchases(picked, 90), golden.bgNbd.expected, 3e-4);
    expect(Math.abs(model.expectedOfNew(90) / golden.bgNbd.expectedOfNew - 1)).toBeLessThan(2e-4);
  });

  it("counts up: purchases of later days add to those of earlier ones, and nobody without repeats is surely gone", () => {
    const [short, long] = [30, 60].map((days) => model.expectedPurchases(summary, days));
    short.forEach((value, row) => {
      expect(long[row]).toBeGreaterThan(value);
      expect(long[row]).toBeLessThan(2 * value + 1e-9);
    });
    expect(model.alive({ repeats: [0], recency: [0], age: [999] })).toEqual(Float64Array.of(1));
  });

  it("is saved, also through a registry", async () => {
    const models = modelRegistry(memoryStore());
    await models.register("purchases", { model });
    const { model: again } = await models.load("purchases@latest", { reader: bgNbdFromJSON });
    expect(again.expectedPurchases(picked, 90)).toEqual(model.expectedPurchases(picked, 90));
    expect(problems(() => bgNbdFromJSON({ kind: "predictor/bg-nbd" }))).not.toHaveLength(0);
  });

  it("refuses summaries that cannot be", () => {
    expect(problems(() => bgNbd({ repeats: [1, 0, 0.5], recency: [9, 1, 0], age: [5, 9, 9] }))).toEqual([
      "repeats.2",
      "recency.0",
      "recency.1",
    ]);
    expect(problems(() => bgNbd({ repeats: [], recency: [], age: [] }))).toHaveLength(3);
    expect(problems(() => model.expectedPurchases(picked, 0))).toEqual(["days"]);
  });

  it("notes parameters that the customers do not determine", () => {
    const same = bgNbd({ repeats: [0, 0, 0, 0], recency: [0, 0, 0, 0], age: [9, 9, 9, 9] });
    expect(same.notes[0]).toContain("no customer bought again");
  });
});

describe("gamma-gamma", () => {
  const model = gammaGamma(summary);

  it("has the reference's parameters and expectations", () => {
    const { p, q, v } = golden.gammaGamma.parameters;
    near([model.parameters.p, model.parameters.q, model.parameters.scale], [p, q, v], 2e-3);
    near(model.expectedSpend(picked), golden.gammaGamma.expected, 2e-3);
    expect(Math.abs(model.logLikelihood - golden.gammaGamma.logLikelihood)).toBeLessThan(1e-4);
  });

  it("lies between a customer's own mean and that of all", () => {
    const expected = model.expectedSpend(summary);
    expected.forEach((value, row) => {
      const own = summary.repeats[row] > 0 ? summary.spend[row] : model.mean;
      expect(value).toBeGreaterThanOrEqual(Math.min(own, model.mean) - 1e-9);
      expect(value).toBeLessThanOrEqual(Math.max(own, model.mean) + 1e-9);
    });
  });

  it("is saved, and refuses too few customers and amounts of nothing", () => {
    const again = gammaGammaFromJSON(JSON.parse(JSON.stringify(model)));
    expect(again.expectedSpend(picked)).toEqual(model.expectedSpend(picked));
    expect(problems(() => gammaGamma({ repeats: [1, 2], spend: [3, 4] }))).toEqual(["repeats"]);
    expect(problems(() => gammaGamma({ repeats: [1, 0, 2], spend: [3, Number.NaN, 0] }))).toEqual(["spend.2"]);
  });
});

describe("lifetime values", () => {
  it("are purchases times worth, less the discount", () => {
    const [purchases, spending] = [bgNbd(summary), gammaGamma(summary)];
    const [bought, worth] = [purchases.expectedPurchases(picked, 365), spending.expectedSpend(picked)];
    const plain = lifetimeValues(purchases, spending, picked);
    near(
      plain,
      Array.from(bought, (count, row) => count * worth[row]),
      1e-9,
    );
    const half = lifetimeValues(purchases, spending, picked, { discount: 0.1, margin: 0.5 });
    half.forEach((value, row) => {
      expect(value).toBeGreaterThan((0.5 * plain[row]) / 1.1);
      expect(value).toBeLessThan(0.5 * plain[row]);
    });
    expect(problems(() => lifetimeValues(purchases, spending, picked, { discount: -1 }))).toEqual(["discount"]);
  });
});

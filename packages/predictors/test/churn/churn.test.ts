import { memoryStore, Rng, TwinError } from "@sage-twin/kernel";
import { modelRegistry } from "@sage-twin/registry";
import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import {
  churnPredictor,
  customerFeatures,
  type FittedChurnPredictor,
  predictorFromJSON,
  retentionPlan,
  type Transactions,
} from "../../src/index.js";

const day = 86_400_000;
const start = Date.UTC(2025, 0, 1);

/** Customers who buy at their own pace until, on a day of their own, they stop. */
function shop(seed: string, customers = 300, days = 720): Transactions {
  const rng = new Rng(seed);
  const rows: [string, number, number][] = [];
  for (let index = 0; index < customers; index++) {
    const pace = 8 + 30 * rng.uniform();
    const stops = days * (0.2 + 1.3 * rng.uniform());
    for (let at = 200 * rng.uniform(); at < Math.min(days, stops); at += pace * (0.5 + rng.uniform()))
      rows.push([`c${index}`, start + Math.floor(at * day), 10 + Math.floor(90 * rng.uniform())]);
  }
  return {
    customer: rows.map(([customer]) => customer),
    time: rows.map(([, time]) => time),
    amount: rows.map(([, , amount]) => amount),
  };
}

function problem(action: () => unknown): TwinError {
  try {
    action();
  } catch (error) {
    if (TwinError.isInstance(error)) return error;
    throw error;
  }
  throw new Error("nothing was thrown");
}

async function rejection(promise: Promise<unknown>): Promise<TwinError> {
  return promise.then(
    () => Promise.reject(new Error("nothing was thrown")),
    (error) => (TwinError.isInstance(error) ? error : Promise.reject(error)),
  );
}

describe("features of customers", () => {
  const transactions = {
    customer: [7, 7, 7, 9, 7, 7],
    time: ["2026-01-01", "2026-01-11", "2026-01-31", "2026-02-05", "2026-01-31", "2026-02-05T12:00Z"],
    amount: [10, 20, 30, 5, 12, -6],
  };

  it("are what the history says, by hand", () => {
    const { customers, columns, churned } = customerFeatures(transactions, { at: "2026-02-10", horizon: "20D" });
    expect(customers).toEqual(["7", "9"]);
    const row = (index: number) =>
      Object.fromEntries(Object.entries(columns).map(([name, values]) => [name, values[index]]));
    expect(row(0)).toEqual({
      recency: 10,
      tenure: 40,
      purchases: 3,
      spend: 72,
      averageSpend: 24,
      lastSpend: 42,
      meanGap: 15,
      gapDeviation: 5,
      longestGap: 20,
      recencyToGap: 10 / 15,
      purchasesLately: 0,
      purchasesRecently: 1,
      purchasesBefore: 1,
      spendRecently: 42,
      spendBefore: 20,
      trend: 0,
      refunds: 1,
      refundShare: 6 / 72,
    });
    expect(row(1)).toMatchObject({ recency: 5, purchases: 1, meanGap: Number.NaN, recencyToGap: Number.NaN });
    expect(churned).toBeUndefined();
  });

  it("tell who came back within the horizon, refunds aside", () => {
    const more = { ...transactions, amount: [10, 20, 30, 5, 12, 6] };
    expect(customerFeatures(more, { at: "2026-02-01", horizon: "4D" }).churned).toEqual(Float64Array.of(1));
    expect(customerFeatures(transactions, { at: "2026-01-11", horizon: "20D" }).churned).toEqual(Float64Array.of(0));
    expect(customerFeatures(transactions, { at: "2026-01-11", horizon: "19D" }).churned).toEqual(Float64Array.of(1));
  });

  it("do not look ahead: later rows change no feature, rows after the horizon no label", () => {
    const { customer, time, amount } = shop("ahead", 30);
    const at = start + 300 * day;
    const features = customerFeatures({ customer, time, amount }, { at, horizon: "60D" });
    fc.assert(
      fc.property(fc.integer({ min: -500, max: 500 }), fc.integer({ min: 1, max: 300 }), (shift, later) => {
        const changed = Array.from(amount, (value, row) => (Number(time[row]) > at ? value + shift : value));
        const moved = [...Array.from(time), at + later * day];
        const other = customerFeatures(
          { customer: [...Array.from(customer), "c1"], time: moved, amount: [...changed, 5] },
          { at, horizon: "60D" },
        );
        expect(other.columns).toEqual(features.columns);
        expect(other.customers).toEqual(features.customers);
      }),
      { numRuns: 30 },
    );
    const end = at + 60 * day;
    const cut = Array.from(amount, (value, row) => (Number(time[row]) > end ? -value : value));
    expect(customerFeatures({ customer, time, amount: cut }, { at, horizon: "60D" }).churned).toEqual(features.churned);
  });

  it("refuse rows without customer, time or amount, all at once", () => {
    const { issues } = problem(() =>
      customerFeatures(
        { customer: ["a", "", "b"], time: ["2026-01-01", "2026-01-02", "soon"], amount: [1, 2, Number.NaN] },
        {
          at: "2026-01-02",
          horizon: "9D",
        },
      ),
    );
    expect(issues.map(({ path }) => path.join("."))).toEqual([
      "transactions.customer.1",
      "transactions.time.2",
      "transactions.amount.2",
    ]);
    expect(
      problem(() => customerFeatures({ customer: ["a"], time: [], amount: [] }, { at: 0, horizon: "9D" })).code,
    ).toBe("invalid-data");
  });
});

describe("churn from transactions", () => {
  let fitted: FittedChurnPredictor;
  const transactions = shop("fit");

  beforeAll(async () => {
    fitted = await churnPredictor().fitTransactions(transactions, { horizon: "60D", until: start + 660 * day });
  });

  it("tells those who stopped from those who still buy, out of time", () => {
    const { how, auc, brier, share, lift } = fitted.evaluation;
    expect(how).toBe("out of time");
    expect(auc).toBeGreaterThan(0.9);
    expect(brier).toBeLessThan(0.5 * share * (1 - share));
    expect(lift.at(-1)).toMatchObject({ share: 1, captured: 1, lift: 1 });
    const at = start + 660 * day;
    const { columns, churned } = customerFeatures(transactions, { at, horizon: "59D" });
    const chances = fitted.probabilities(columns);
    const mean = (label: number) => {
      const own = chances.filter((_, row) => churned?.[row] === label);
      return own.reduce((sum, value) => sum + value, 0) / own.length;
    };
    expect(mean(1)).toBeGreaterThan(0.8);
    expect(mean(0)).toBeLessThan(0.2);
  });

  it("gives customers with reasons that move the log-odds", () => {
    const predictions = fitted.predictTransactions(transactions, { at: start + 660 * day });
    const worst = predictions.reduce((a, b) => (b.probability > a.probability ? b : a));
    expect(worst.customer).toMatch(/^c\d+$/);
    expect(worst.reasons[0].effect).toBeGreaterThan(0);
    expect(worst.reasons).toHaveLength(3);
    expect(["recency", "recencyToGap", "purchasesLately", "purchasesRecently"]).toContain(worst.reasons[0].column);
  });

  it("is the same bytes for the same seed", async () => {
    const again = await churnPredictor().fitTransactions(transactions, { horizon: "60D", until: start + 660 * day });
    expect(JSON.stringify(again)).toBe(JSON.stringify(fitted));
  });

  it("can be aborted, tells progress, and says when there is too little", async () => {
    const done: number[] = [];
    await churnPredictor({ learner: "logistic", calibration: "platt" }).fitTransactions(transactions, {
      horizon: "60D",
      snapshots: 1,
      onProgress: ({ done: count }) => done.push(count),
    });
    expect(done).toEqual([1, 2, 3, 4, 5]);
    const aborted = churnPredictor().fitTransactions(transactions, { horizon: "60D", signal: AbortSignal.abort() });
    await expect(aborted).rejects.toThrow(/abort/i);
    expect((await rejection(churnPredictor().fitTransactions(transactions, { horizon: "400D" }))).message).toContain(
      "not enough for a horizon of 400D",
    );
  });
});

describe("churn from a table of customers", () => {
  const rng = new Rng("table");
  const rows = Array.from({ length: 600 }, (_, row) => row);
  const months = rows.map(() => Math.floor(48 * rng.uniform()));
  const plan = rows.map((row) => ["basic", "gold", null][row % 3]);
  const calls = rows.map(() => (rng.uniform() < 0.1 ? Number.NaN : Math.floor(8 * rng.uniform())));
  const left = rows.map((row) =>
    rng.uniform() < (months[row] < 12 ? 0.6 : 0.1) + (plan[row] === "gold" ? -0.1 : 0.1) ? 1 : 0,
  );
  const columns = { months, plan, calls };

  it.each(["trees", "logistic"] as const)(
    "%s: predicts, explains, is saved, and goes through a registry",
    async (learner) => {
      const fitted = await churnPredictor({ learner }).fit(columns, left);
      expect(fitted.evaluation.auc).toBeGreaterThan(0.7);
      expect(fitted.evaluation.calibrationError).toBeLessThan(0.08);
      const own = [
        { months: 2, plan: "basic", calls: 3 },
        { months: 40, plan: "gold", calls: null },
      ];
      const [fresh, loyal] = fitted.predict(own);
      expect(fresh.probability).toBeGreaterThan(loyal.probability + 0.3);
      expect(fresh.reasons[0]).toMatchObject({ column: "months", value: 2 });
      expect(loyal.reasons.find(({ column }) => column === "calls")?.value ?? null).toBeNull();

      const models = modelRegistry(memoryStore());
      await models.register("churn", {
        model: fitted,
        signature: fitted.signature,
        metrics: { auc: fitted.evaluation.auc },
      });
      const { model, checkInput, checkOutput } = await models.load("churn@latest", { reader: predictorFromJSON });
      const again = checkOutput(model.predict(checkInput(own)) as object[]);
      expect(again).toEqual(fitted.predict(own));
      expect(JSON.parse(JSON.stringify(model))).toEqual(JSON.parse(JSON.stringify(fitted)));
      expect(problem(() => checkInput([{ months: "two", plan: "basic", calls: 1 }])).issues[0].path).toEqual([
        "rows",
        0,
        "months",
      ]);
      expect(problem(() => fitted.predict([{ months: 1 }])).issues.map(({ path }) => path.at(-1))).toEqual([
        "plan",
        "calls",
      ]);
    },
  );

  it("finds the smallest change that keeps a customer", async () => {
    const fitted = await churnPredictor().fit(columns, left);
    const change = await fitted.smallestChange(
      { months: 3, plan: "gold", calls: 3 },
      { background: columns, below: 0.25, immutable: ["plan"] },
    );
    expect(change?.changes[0]).toMatchObject({ column: "months", from: 3 });
    expect(change?.prediction).toBeLessThan(0.25);
  });

  it("warns of a column that tells the answer", async () => {
    const fitted = await churnPredictor().fit(
      { ...columns, exitCode: left.map((value) => (value ? "E7" : "-")) },
      left,
    );
    expect(fitted.notes[0]).toContain("'exitCode' alone tells the two outcomes apart");
  });

  it("says what is wrong with labels, and takes odd columns with a note", async () => {
    const { fit } = churnPredictor();
    expect(
      (
        await rejection(
          fit(
            columns,
            left.map(() => 0),
          ),
        )
      ).message,
    ).toContain("0 of 600 customers left");
    const broken = left.map((value, row) => (row % 300 === 299 ? Number.NaN : value));
    const { issues } = await rejection(fit(columns, broken));
    expect(issues[0]).toMatchObject({ path: ["churned", 299], message: expect.stringContaining("1 more") });
    expect((await rejection(fit({ ...columns, months: [1, 2] }, left))).code).toBe("invalid-data");
    expect(problem(() => churnPredictor({ learner: "forest" as "trees" })).path).toEqual(["learner"]);
    for (const learner of ["trees", "logistic"] as const) {
      const odd = {
        ...columns,
        constant: rows.map(() => 1),
        absent: rows.map(() => Number.NaN),
        ...(learner === "trees" ? { id: rows.map((row) => `id ${row}`) } : {}),
      };
      const fitted = await churnPredictor({ learner }).fit(odd, left);
      const given = [{ months: 5, plan: "silver", calls: 1, constant: 7, absent: null, id: "never seen" }];
      const [{ probability }] = fitted.predict(given);
      expect(probability).toBeGreaterThan(0.02);
      expect(probability).toBeLessThan(0.98);
    }
  });

  it("refuses saved forms that were changed", async () => {
    const saved = JSON.parse(JSON.stringify(await churnPredictor().fit(columns, left)));
    for (const change of [
      { kinds: {} },
      { calibrator: { method: "beta", a: "1", b: 1, c: 1 } },
      { model: { kind: "learner/else" } },
      { learner: "forest" },
      { evaluation: null },
    ])
      expect(problem(() => predictorFromJSON({ ...saved, state: { ...saved.state, ...change } })).code).toBe("corrupt");
    expect(problem(() => predictorFromJSON({ ...saved, schemaVersion: 2 })).code).toBe("newer-version");
    const table = predictorFromJSON(saved) as FittedChurnPredictor;
    expect(problem(() => table.predictTransactions(shop("x", 3))).code).toBe("unsupported");
  });
});

describe("a retention plan", () => {
  it("contacts whom it pays to contact, and is best among all thresholds", () => {
    const rng = new Rng("plan");
    const probabilities = Float64Array.from({ length: 200 }, () => rng.uniform());
    const loss = Float64Array.from({ length: 200 }, () => 50 + 100 * rng.uniform());
    const plan = retentionPlan(probabilities, { loss, contact: 12, saved: 0.4 });
    const gain = (row: number) => probabilities[row] * 0.4 * loss[row] - 12;
    expect(plan.saving).toBeCloseTo(
      Array.from(probabilities.keys(), gain).reduce((sum, value) => sum + Math.max(0, value), 0),
      9,
    );
    expect(plan.contacts).toHaveLength(probabilities.filter((p, row) => p > plan.thresholds[row]).length);
    expect(gain(plan.contacts[0])).toBe(Math.max(...Array.from(probabilities.keys(), gain)));
    expect(plan.saving).toBeGreaterThan(Math.max(0, plan.savingOfAll));
  });

  it("refuses costs and probabilities that are none", () => {
    const { issues } = problem(() => retentionPlan([0.5, 2], { loss: [1, -1], contact: -1, saved: 0 }));
    expect(issues.map(({ path }) => path.join("."))).toEqual(["contact", "saved", "probabilities.1", "loss.1"]);
    expect(problem(() => retentionPlan([0.5], { loss: [1, 2], contact: 1 })).path).toEqual(["loss"]);
  });
});

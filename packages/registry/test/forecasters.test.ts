import * as forecasters from "@sage-twin/forecasters";
import { type Forecaster, modelFromJSON } from "@sage-twin/forecasters";
import { memoryStore, Rng, TwinError } from "@sage-twin/kernel";
import {
  classifierFromJSON,
  histogramTrees,
  learnerFromJSON,
  linearRegression,
  logisticRegression,
  randomForest,
} from "@sage-twin/learners";
import { describe, expect, it } from "vitest";
import * as z from "zod";
import { modelRegistry } from "../src/index.js";

const { arima, conformal, ensemble, mstl, naive, seasonalNaive, ses, transform, tsb } = forecasters;
const settings = { seasonLength: 12, seasonLengths: [12], window: 4, horizon: 4 };
const made: Record<string, () => Forecaster> = {
  arima: () => arima({ order: [1, 1, 1] }),
  conformal: () => conformal(seasonalNaive({ seasonLength: 12 }), { horizon: 6 }),
  transform: () => transform(ses(), { kind: "log" }),
  tsb: () => tsb({ alphaDemand: 0.2, alphaProbability: 0.1 }),
  neural: () => forecasters.neural({ seasonLength: 12, horizon: 6, steps: 20 } as never),
  mstl: () => mstl({ seasonLengths: [12] }),
  "ensemble.mean": () => ensemble.mean([naive(), ses()]),
  "ensemble.median": () => ensemble.median([naive(), ses()]),
  "ensemble.inverseError": () => ensemble.inverseError([naive(), ses()]),
  "ensemble.stacking": () => ensemble.stacking([naive(), ses()]),
  "ensemble.scum": () => ensemble.scum({ seasonLength: 12 }),
};

/** Every export that makes a forecaster of general settings, so that a new one cannot be forgotten. */
for (const [name, create] of Object.entries(forecasters)) {
  if (typeof create !== "function" || name in made || /async|many/i.test(name)) continue;
  const make = (): Forecaster => (create as unknown as (options: object) => Forecaster)(settings);
  try {
    if (typeof make()?.fit === "function") made[name] = make;
  } catch {
    // not a forecaster, or one that is listed above
  }
}

const rng = new Rng("registry");
const monthly = Float64Array.from(
  { length: 72 },
  (_, month) => 100 + month + 20 * ((month % 12) / 12) + 5 * rng.uniform(),
);

describe("every forecaster", () => {
  it("is here", () => {
    expect(Object.keys(made).length).toBeGreaterThanOrEqual(35);
  });

  it.each(Object.keys(made))("%s is saved, loaded and forecasts the same bytes", async (name) => {
    const models = modelRegistry(memoryStore());
    const fitted = made[name]().fit(monthly);
    const { id, kind } = await models.register("revenue", { model: fitted, parameters: { name }, seed: 1 });
    expect(kind).toMatch(/^forecaster\//);
    expect(
      (await models.register("revenue", { model: made[name]().fit(monthly), parameters: { name }, seed: 1 })).id,
    ).toBe(id);
    const { model } = await models.load(id, { reader: modelFromJSON });
    const [before, after] = [fitted, model].map((one) => one.forecast(4, { levels: [80, 95] }));
    expect(after.mean).toEqual(before.mean);
    for (const level of [80, 95]) expect(after.interval(level)).toEqual(before.interval(level));
    expect(model.paths(4, { count: 20 })).toEqual(fitted.paths(4, { count: 20 }));
  });
});

const columns = {
  x: Array.from({ length: 60 }, (_, row) => row / 10),
  y: Array.from({ length: 60 }, () => rng.uniform()),
};
const target = columns.x.map((x, row) => (x + columns.y[row] > 3 ? 1 : 0));
const learners = {
  linearRegression: () => linearRegression().fit(columns, target),
  logisticRegression: () => logisticRegression({ ridge: 1 } as never).fit(columns, target),
  histogramTrees: () => histogramTrees({ trees: 5 } as never).fit(columns, target),
  randomForest: () => randomForest({ trees: 5 } as never).fit(columns, target),
};

describe("learners", () => {
  it.each(Object.keys(learners) as (keyof typeof learners)[])(
    "%s is saved, loaded and predicts the same bytes",
    async (name) => {
      const models = modelRegistry(memoryStore());
      const fitted = learners[name]();
      const signature = { input: z.object({ x: z.number(), y: z.number().nullable() }) };
      await models.register("churn", { model: fitted, signature });
      const { model, checkInput } = await models.load("churn@latest", { reader: learnerFromJSON });
      expect(model.predict(checkInput(columns))).toEqual(fitted.predict(columns));
      expect(() => checkInput({ x: [1], z: [2] })).toThrow("rows[0].y: expected a number or null, received nothing");
    },
  );
});

describe("hostile saved models", () => {
  const hostile: readonly unknown[] = [
    { kind: "forecaster/ets", schemaVersion: 999, libraryVersion: "9", state: {} },
    { kind: "forecaster/ets", schemaVersion: 1, libraryVersion: "0.1.0", state: { order: "x" } },
    { kind: "forecaster/arima", schemaVersion: 1, libraryVersion: "0.1.0", state: null },
    { kind: "forecaster/ensemble", schemaVersion: 1, libraryVersion: "0.1.0", state: { models: [{ kind: "x" }] } },
    { kind: "learner/unknown", schemaVersion: 1, libraryVersion: "0.1.0", state: {} },
    { kind: "nothing known" },
  ];
  it.each(hostile)("%o is refused by both readers", async (model) => {
    const models = modelRegistry(memoryStore());
    const { id } = await models.register("bad", { model });
    for (const reader of [modelFromJSON, learnerFromJSON, classifierFromJSON] as ((json: unknown) => unknown)[]) {
      const error = await models.load(id, { reader }).catch((caught) => caught);
      expect(TwinError.isInstance(error)).toBe(true);
      expect(["corrupt", "newer-version"]).toContain(error.code);
    }
  });

  it("are refused when what was trained is put in another's place", async () => {
    const store = memoryStore();
    const models = modelRegistry(store);
    const { id } = await models.register("revenue", { model: naive().fit([1, 2, 3]) });
    const other = JSON.parse(JSON.stringify(naive().fit([1, 2, 4])));
    await store.put(`registry/payload/${id}`, { model: other });
    await expect(models.load(id, { reader: modelFromJSON })).rejects.toMatchObject({ code: "corrupt" });
  });

  it("are refused at registration when they are no JSON", async () => {
    const models = modelRegistry(memoryStore());
    for (const model of [
      { kind: "x", f: () => 1 },
      JSON.parse('{"kind":"x","__proto__":{"a":1}}'),
      { kind: "x", n: Number.NaN },
    ])
      await expect(models.register("bad", { model })).rejects.toMatchObject({ code: "not-serialisable" });
    for (const model of [null, 3, "x", [], {}, () => 1])
      await expect(models.register("bad", { model })).rejects.toMatchObject({ code: "invalid-argument" });
  });
});

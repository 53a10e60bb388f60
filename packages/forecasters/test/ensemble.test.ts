import { readFileSync } from "node:fs";
import { Rng, TwinError } from "@sage-twin/kernel";
import { medianOf } from "@sage-twin/numerics";
import { describe, expect, it } from "vitest";
import {
  arima,
  autoArima,
  autoCes,
  autoEts,
  drift,
  dynamicOptimizedTheta,
  ensemble,
  type Forecaster,
  historicMean,
  modelFromJSON,
  naive,
  seasonalNaive,
  ses,
} from "../src/index.js";

const rng = new Rng("ensemble");
/** A seasonal series with a trend. */
const months = Float64Array.from(
  { length: 84 },
  (_, t) => 100 + 0.6 * t + 12 * [0, 1, 2, 3, 1, 0, -1, -2, -1, 0, -2, -1][t % 12] + 4 * rng.normal(),
);
const four = (seasonLength: number): Forecaster[] => [
  autoEts({ seasonLength }),
  autoCes({ seasonLength }),
  autoArima({ seasonLength }),
  dynamicOptimizedTheta({ seasonLength }),
];

describe("ensemble", () => {
  it("means and medians models that forecast constants", () => {
    const values = [2, 4, 6, 8, 10];
    // The last value 10, the mean 6, the line 12, 14.
    const models = [naive(), historicMean(), drift()];
    const mean = ensemble.mean(models).fit(values).forecast(2).mean;
    expect(mean[0]).toBeCloseTo((10 + 6 + 12) / 3, 12);
    expect(mean[1]).toBeCloseTo((10 + 6 + 14) / 3, 12);
    expect([...ensemble.median(models).fit(values).forecast(2).mean]).toEqual([10, 10]);
    expect([...ensemble.median([naive(), historicMean()]).fit(values).forecast(2).mean]).toEqual([8, 8]);
  });

  it("of one model has that model's point forecasts, and its residuals", () => {
    const alone = autoEts({ seasonLength: 12 }).fit(months);
    for (const wrapped of [ensemble.mean, ensemble.median, ensemble.inverseError, ensemble.stacking]) {
      const fitted = wrapped([autoEts({ seasonLength: 12 })]).fit(months);
      expect(fitted.forecast(12).mean).toEqual(alone.forecast(12).mean);
      expect(fitted.residuals).toEqual(alone.residuals);
      expect(fitted.members).toEqual([{ model: alone.name, weight: 1 }]);
    }
  });

  it("averages spreads: paths share their innovations", () => {
    // Two random walks with the same innovations: the mean of their deviations, exactly, before the widening.
    const values = Float64Array.from({ length: 60 }, () => rng.normal());
    const walk = naive().fit(values).forecast(3).interval(95);
    const both = ensemble.mean([naive(), naive()]).fit(values).forecast(3).interval(95);
    const alone = ensemble.mean([naive()]).fit(values).forecast(3).interval(95);
    for (let step = 0; step < 3; step++) {
      // Simulated beside exact: 1 % apart.
      expect((both.upper[step] - both.lower[step]) / (alone.upper[step] - alone.lower[step])).toBeCloseTo(1, 1);
      expect(alone.upper[step] - alone.lower[step]).toBeGreaterThanOrEqual(walk.upper[step] - walk.lower[step] - 1e-9);
    }
  });

  it("weighs by the inverse of the mean squared error", () => {
    // An exact line: drift makes no error and takes all.
    const line = Array.from({ length: 40 }, (_, t) => 3 * t);
    expect(
      ensemble
        .inverseError([naive(), drift()], { horizon: 3 })
        .fit(line)
        .members.map(({ weight }) => weight),
    ).toEqual([expect.closeTo(0, 9), expect.closeTo(1, 9)]);
    // Errors one step ahead, from the origins 3 of 1, 0, 1, 0, ...: naive 1, the historic mean about 1/2.
    const flip = Array.from({ length: 400 }, (_, t) => t % 2);
    const { members } = ensemble.inverseError([naive(), historicMean()], { horizon: 1, refits: 120 }).fit(flip);
    expect(members[0].weight).toBeCloseTo(1 / (1 + 4), 2);
  });

  it("stacks to the weights that made the series", () => {
    // Half of a step's season goes on as it was, half of it fades to the mean: 0.5 seasonalNaive + 0.5 historicMean.
    const noise = new Rng("stacking");
    const values = new Float64Array(3000);
    for (let t = 0; t < values.length; t++) values[t] = (t >= 4 ? 0.7 * values[t - 4] : 0) + noise.normal();
    const { members } = ensemble
      .stacking([seasonalNaive({ seasonLength: 4 }), historicMean()], { horizon: 4, refits: 120 })
      .fit(values.subarray(0, 3000));
    expect(members[0].weight + members[1].weight).toBeCloseTo(1, 12);
    expect(members[0].weight).toBeGreaterThan(0.55);
    expect(members[0].weight).toBeLessThan(0.85);
  });

  it("scum is the median of its four models, also after JSON and an update", () => {
    const fitted = ensemble.scum({ seasonLength: 12 }).fit(months);
    const alone = four(12).map((model) => model.fit(months).forecast(12).mean);
    const { mean } = fitted.forecast(12);
    mean.forEach((value, step) => {
      expect(value).toBeCloseTo(medianOf(alone.map((own) => own[step])), 9);
    });
    const again = modelFromJSON(JSON.parse(JSON.stringify(fitted.update([150, 160]))));
    expect(again.forecast(3).mean).toEqual(fitted.update([150, 160]).forecast(3).mean);
    expect(again.paths(3, { count: 5 })).toEqual(fitted.update([150, 160]).paths(3, { count: 5 }));
  });

  it("scum is near the median of statsforecast's four models", () => {
    const read = (name: string) =>
      JSON.parse(readFileSync(new URL(`golden/${name}.json`, import.meta.url), "utf8")).series;
    const [reference, source] = [read("scum"), read("statsforecast")]; // by golden/scum.py
    for (const [name, { members, median }] of Object.entries<Record<string, never>>(reference)) {
      const { seasonLength, values } = source[name];
      const { mean } = ensemble.scum({ seasonLength }).fit(values).forecast(8);
      const size = values.reduce((sum: number, value: number) => sum + Math.abs(value) / values.length, 0);
      const lists = Object.values<number[]>(members);
      (median as number[]).forEach((value, step) => {
        const own = lists.map((list) => list[step]);
        const apart = Math.max(...own) - Math.min(...own);
        const distance = Math.abs(mean[step] - value);
        expect(distance, `${name}, step ${step}`).toBeLessThan(0.013 * size);
        expect(distance, `${name}, step ${step}`).toBeLessThan(0.31 * apart);
      });
    }
  });

  it("gives regressors to the models that take them", () => {
    const price = Float64Array.from({ length: 80 }, () => rng.normal());
    const values = price.map((value) => 50 + 8 * value + 0.1 * rng.normal());
    const fitted = ensemble.mean([arima({ order: [1, 0, 0] }), historicMean()]).fit(values, { exogenous: { price } });
    const { mean } = fitted.forecast(2, { futureExogenous: { price: [1, -1] } });
    expect(mean[0] - mean[1]).toBeCloseTo(8, 0);
    expect(() => fitted.forecast(2)).toThrow(/price/);
    expect(fitted.notes.some((note) => note.includes("not used"))).toBe(true);
    const later = fitted.update([50], { exogenous: { price: [0] } });
    expect(later.forecast(1, { futureExogenous: { price: [0] } }).mean.length).toBe(1);
  });

  it("leaves out a model that cannot be fitted, and says so", () => {
    const broken: Forecaster = {
      ...naive(),
      name: "broken",
      fit: () => {
        throw new TwinError({ code: "invalid-data", path: ["values"], message: "no" });
      },
    };
    const fitted = ensemble.mean([broken, naive()]).fit([1, 2, 3]);
    expect(fitted.notes).toEqual(["broken is left out: values: no"]);
    expect(fitted.members).toEqual([{ model: "naive", weight: 1 }]);
    expect(() => ensemble.mean([broken]).fit([1, 2, 3])).toThrow(/values: no/);
    const short = ensemble.stacking([naive(), drift()]).fit([1, 2, 3]);
    expect(short.notes.at(-1)).toMatch(/too short for a backtest/);
    expect(short.members.map(({ weight }) => weight)).toEqual([0.5, 0.5]);
  });

  it("refuses what is no list of models", () => {
    expect(() => ensemble.mean([])).toThrow(TwinError);
    expect(() => ensemble.mean(null as never)).toThrow(TwinError);
    expect(() => ensemble.median([naive(), {} as never])).toThrow(/models.1/);
    expect(() => ensemble.mean([ses()], { horizon: 0 })).toThrow(TwinError);
    expect(() => ensemble.mean([ses()], null as never)).toThrow(TwinError);
    expect(() => ensemble.scum(null as never)).toThrow(TwinError);
    const own: Forecaster = { name: "own", seasonLength: 1, fit: () => ({ ...naive().fit([1, 2]) }) };
    expect(() => ensemble.mean([own]).fit([1, 2, 3])).toThrow(/not one of this package/);
  });
});

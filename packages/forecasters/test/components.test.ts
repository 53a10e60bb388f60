import { Rng, TwinError } from "@sage-twin/kernel";
import { describe, expect, it } from "vitest";
import {
  additive,
  arima,
  autoCes,
  autoEts,
  components,
  conformal,
  drift,
  dynamicOptimizedTheta,
  type EtsForm,
  type FittedForecaster,
  holt,
  linearTrend,
  modelFromJSON,
  mstl,
  naive,
  theta,
} from "../src/index.js";

const rng = new Rng("components");
const season = [0, 2, 5, 9, 4, -1, -6, -8, -3, 1, 3, 6];
const sales = Array.from({ length: 72 }, (_, t) => 100 + 0.7 * t + season[t % 12] + 2 * rng.normal());
const models: Record<string, () => FittedForecaster> = {
  ...Object.fromEntries(
    (["ANN", "AAdN", "AAA", "MNM", "MAdM", "MMM"] as EtsForm[]).map((form) => [
      form,
      () => autoEts({ seasonLength: 12, form }).fit(sales),
    ]),
  ),
  theta: () => theta({ seasonLength: 12 }).fit(sales),
  "dynamic theta": () => dynamicOptimizedTheta({ seasonLength: 12 }).fit(sales),
  "theta, additive season": () => theta({ seasonLength: 12 }).fit(sales.map((value) => value - 120)),
  ...Object.fromEntries(
    (["none", "simple", "partial", "full"] as const).map((form) => [
      `ces ${form}`,
      () => autoCes({ seasonLength: 12, form }).fit(sales),
    ]),
  ),
};
const others: Record<string, () => FittedForecaster> = {
  drift: () => drift().fit(sales),
  line: () => linearTrend().fit(sales),
  arima: () => arima({ order: [1, 1, 1] }).fit(sales),
  mstl: () => mstl({ seasonLengths: [12] }).fit(sales),
  conformal: () => conformal(holt(), { horizon: 3 }).fit(sales),
  additive: () => additive({ seasonLength: 12 }).fit(sales),
};

function expectSum(parts: Readonly<Record<string, Float64Array>>, wanted: ArrayLike<number>, from = 0): void {
  for (let step = from; step < wanted.length; step++) {
    const sum = Object.values(parts).reduce((total, part) => total + part[step], 0);
    expect(Math.abs(sum - wanted[step]), `step ${step}: ${sum}, not ${wanted[step]}`).toBeLessThan(1e-9);
  }
}

describe.each(Object.entries({ ...models, ...others }))("components of %s", (name, create) => {
  it("add up to the forecast", () => {
    const fitted = create();
    const { parts, mean, why } = components(fitted, 30);
    expect(mean).toEqual(fitted.forecast(30).mean);
    expectSum(parts, mean);
    for (const part of Object.keys(parts)) expect(why).toContain(part);
  });

  if (!(name in models)) return;
  it("add up to the fitted values, saved and updated ones too", () => {
    const fitted = create();
    const updated = modelFromJSON(JSON.parse(JSON.stringify(fitted))).update([sales[60], Number.NaN, sales[62]]);
    const offset = name === "theta, additive season" ? 120 : 0;
    const values = [...sales.map((value) => value - offset), sales[60], Number.NaN, sales[62]];
    for (const [model, count] of [
      [fitted, 72],
      [updated, 75],
    ] as const) {
      const { parts, mean } = components(model);
      const from = mean.findIndex((value) => !Number.isNaN(value));
      expect(from).toBeLessThan(2);
      expect(mean.length).toBe(count);
      expectSum(parts, mean, from);
      for (let t = from; t < count; t++)
        if (!Number.isNaN(values[t])) expect(Math.abs(values[t] - model.residuals[t] - mean[t])).toBeLessThan(1e-7);
    }
  });
});

describe("components", () => {
  it("are the level, trend and season that made the series", () => {
    const exact = Array.from({ length: 60 }, (_, t) => 50 + 2 * t + [3, -1, 0, -2][t % 4]);
    const { parts } = components(autoEts({ seasonLength: 4, form: "AAA" }).fit(exact), 4);
    for (let step = 0; step < 4; step++) {
      expect(parts.level[step]).toBeCloseTo(50 + 2 * 59, 3);
      expect(parts.trend[step]).toBeCloseTo(2 * (step + 1), 3);
      expect(parts.season[step]).toBeCloseTo([3, -1, 0, -2][step], 3);
    }
  });

  it("give each regressor of an ARIMA model its effect", () => {
    const price = Float64Array.from({ length: 80 }, () => rng.normal());
    const values = price.map((value) => 10 + 3 * value + 0.01 * rng.normal());
    const fitted = arima({ order: [1, 0, 0] }).fit(values, { exogenous: { price } });
    const futureExogenous = { price: [2, -1] };
    const { parts, mean } = components(fitted, 2, { futureExogenous });
    expect(parts.price[0]).toBeCloseTo(6, 1);
    expect(parts.price[1]).toBeCloseTo(-3, 1);
    expect(parts.series[0]).toBeCloseTo(10, 1);
    expectSum(parts, mean);
  });

  it("say in words what they are", () => {
    const { why } = components(holt().fit([2, 4, 6, 8, 10, 12, 14.5, 16]), 2);
    expect(why).toMatch(/^ets\(A,A,N\): level 1\d(\.\d+)?; trend from \+2(\.\d+)? to \+4(\.\d+)?$/);
    const { why: seasonal } = components(autoEts({ seasonLength: 12, form: "ANA" }).fit(sales), 12);
    expect(seasonal).toMatch(/season between -[\d.]+ \(at step 8\) and \+[\d.]+ \(at step 4\)/);
  });

  it("refuse a model that has none", () => {
    const fitted = naive().fit([1, 2, 3]);
    expect(() => components(fitted, 3)).toThrow(/naive has no components/);
    expect(() => components(fitted)).toThrow(TwinError);
    expect(() => components(drift().fit(sales))).toThrow(/no past components/);
    expect(() => components(fitted, 0)).toThrow(TwinError);
    expect(() => components(null as never, 3)).toThrow(/no fitted model/);
  });
});

import { readFileSync } from "node:fs";
import { Rng, TwinError } from "@sage-twin/kernel";
import { describe, expect, it } from "vitest";
import { arima, type BacktestOptions, backtest, type Forecaster, naive, seasonalNaive, ses } from "../src/index.js";

describe("backtest", () => {
  const values = [1, 3, 2, 5, 4, 8, 6];

  it("rolls the origin and scores every step", () => {
    const result = backtest(naive(), values, { horizon: 2, folds: 2, step: 2 });
    expect(result.folds.map(({ origin }) => origin)).toEqual([3, 5]);
    expect(result.folds.map(({ mean }) => [...mean])).toEqual([
      [2, 2],
      [4, 4],
    ]);
    expect(result.folds.map(({ actual }) => [...actual])).toEqual([
      [5, 4],
      [8, 6],
    ]);
    expect(result.folds.map(({ errors }) => [...errors])).toEqual([
      [3, 2],
      [4, 2],
    ]);
    expect(result.mae).toBe((3 + 2 + 4 + 2) / 4);
    expect(result.rmse).toBeCloseTo(Math.sqrt((9 + 4 + 16 + 4) / 4), 12);
    expect(result.mape).toBeCloseTo(25 * (3 / 5 + 2 / 4 + 4 / 8 + 2 / 6), 12);
    expect(result.smape).toBeCloseTo(50 * (3 / 7 + 2 / 6 + 4 / 12 + 2 / 10), 12);
    // Mean absolute differences of the training values: 1.5 and 1.75.
    expect(result.mase).toBeCloseTo((3 / 1.5 + 2 / 1.5 + 4 / 1.75 + 2 / 1.75) / 4, 12);
    expect(result.perStep.map(({ mae }) => mae)).toEqual([3.5, 2]);
    expect(Object.keys(result.coverage)).toEqual(["80", "95"]);
  });

  it("gives the spread of each step, and coverage by level", () => {
    const result = backtest(naive(), values, { horizon: 2, folds: 1, levels: [10, 99] });
    const [fold] = result.folds;
    const sigma = Math.sqrt((4 + 1 + 9 + 1) / 4);
    expect(fold.scale[0]).toBeCloseTo(sigma, 9);
    expect(fold.scale[1]).toBeCloseTo(sigma * Math.SQRT2, 9);
    expect(result.coverage).toEqual({ 10: 0, 99: 1 });
    expect(fold.intervals.map(({ level }) => level)).toEqual([10, 99]);
  });

  it("has a CRPS near that of the Gaussian closed form", () => {
    // CRPS(N(mu, s), y) at y = mu is s (sqrt 2 - 1) / sqrt pi.
    const flat = [10, 12, 10, 12, 10, 12, 10, 10];
    const { crps, folds } = backtest(naive(), flat, { horizon: 1, folds: 1 });
    expect(crps / folds[0].scale[0]).toBeCloseTo((Math.SQRT2 - 1) / Math.sqrt(Math.PI), 1);
  });

  it("leaves missing actual values out", () => {
    const result = backtest(naive(), [1, 2, 3, Number.NaN, 7], { horizon: 2, folds: 1 });
    expect(result.mae).toBe(4);
    expect(Number.isNaN(result.folds[0].errors[0])).toBe(true);
    expect(result.perStep.map(({ mae }) => mae)).toEqual([Number.NaN, 4]);
  });

  it("scales by the season of the model", () => {
    const series = [1, 5, 2, 7, 3, 9];
    const result = backtest(seasonalNaive({ seasonLength: 2 }), series, { horizon: 2, folds: 1 });
    expect(result.mase).toBeCloseTo((1 + 2) / 2 / 1.5, 12);
  });

  it("says how many folds fit", () => {
    const fail = (): unknown => backtest(naive(), values, { horizon: 3, folds: 5 });
    expect(fail).toThrow(TwinError);
    expect(fail).toThrow(/5 folds of 3 steps, 1 apart, do not fit in 7 values; ask for at most 4 folds/);
    expect(() => backtest(naive(), values, { horizon: 0, folds: 1 })).toThrow(TwinError);
    expect(() => backtest(naive(), values, { horizon: 7, folds: 1 })).toThrow(/shorten the horizon/);
  });

  it("rolls a window of a stated length, and leaves a gap", () => {
    const line = [1, 2, 3, 4, 5, 6, 8];
    const result = backtest(naive(), line, { horizon: 2, folds: 2, window: "rolling", length: 3, gap: 1 });
    expect(result.folds.map(({ training }) => training)).toEqual([
      [0, 3],
      [1, 4],
    ]);
    expect(result.folds.map(({ origin }) => origin)).toEqual([4, 5]);
    // Two and three steps ahead of 3 and 4: errors 5 - 3, 6 - 3, 6 - 4, 8 - 4.
    expect(result.folds.map(({ errors }) => [...errors])).toEqual([
      [2, 3],
      [2, 4],
    ]);
    expect(result.bias).toBe(-11 / 4);
    // Every difference of the training values is 1.
    expect(result.rmsse).toBeCloseTo(Math.sqrt((4 + 9 + 4 + 16) / 4), 12);
    expect(result.perStep.map(({ bias }) => bias)).toEqual([-2, -3.5]);
    // The naive forecast is naive 2 where no season shows.
    expect(result.owa).toBe(1);
  });

  it("refits at every k-th origin and updates in between", () => {
    const fits: number[] = [];
    const model: Forecaster = {
      ...ses(),
      fit(values, options) {
        fits.push(values.length);
        return ses().fit(values, options);
      },
    };
    const series = Array.from({ length: 30 }, (_, t) => 20 + ((t * 7) % 5));
    const options = { horizon: 2, folds: 7, refit: 3 };
    const result = backtest(model, series, options);
    expect(fits).toEqual([22, 25, 28]);
    const updated = ses().fit(series.slice(0, 22)).update(series.slice(22, 24)).forecast(2).mean;
    expect(result.folds[2].mean).toEqual(updated);
  });

  it("cuts regressors and timestamps for each fold", () => {
    const rng = new Rng("regressor");
    const price = Float64Array.from({ length: 60 }, () => rng.normal());
    const values = price.map((value) => 10 + 3 * value + 0.01 * rng.normal());
    const timestamps = Array.from(values, (_, t) => 1000 * t);
    const model = arima({ order: [1, 0, 0] });
    const options = { horizon: 3, folds: 5, exogenous: { price } };
    expect(backtest(model, values, { ...options, timestamps, refit: 2, gap: 1 }).mae).toBeLessThan(0.02);
    expect(backtest(model, values, { horizon: 3, folds: 5 }).mae).toBeGreaterThan(1);
    // A model that takes no regressors is not given their future.
    expect(backtest(naive(), values, options).mae).toBe(backtest(naive(), values, { horizon: 3, folds: 5 }).mae);
    expect(() => backtest(model, values, { ...options, exogenous: { price: [1, 2] } })).toThrow(/60 are needed/);
  });

  it("equals utilsforecast 0.2.17 on a seasonal naive backtest", () => {
    const read = (name: string) => JSON.parse(readFileSync(new URL(`golden/${name}.json`, import.meta.url), "utf8"));
    const { options, ...wanted } = read("backtest"); // by golden/backtest.py
    const { values } = read("statsforecast").series.quarters;
    const result = backtest(seasonalNaive({ seasonLength: 4 }), values, {
      ...(options as BacktestOptions),
      levels: [90],
      quantiles: [0.05, 0.3, 0.95],
    });
    for (const name of ["mae", "rmse", "bias", "mape", "smape", "mase", "rmsse", "owa"] as const)
      expect(result[name], name).toBeCloseTo(wanted[name], 9);
    for (const probability of [0.05, 0.3, 0.95])
      expect(result.pinball[probability]).toBeCloseTo(wanted.pinball[probability], 8);
    expect(result.coverage[90]).toBe(wanted.coverage);
  });

  it("says what is wrong with its options", () => {
    const fail = (options: Partial<BacktestOptions>): unknown =>
      backtest(naive(), values, { horizon: 1, folds: 2, ...options });
    expect(() => fail({ window: "rolling" })).toThrow(/no length/);
    expect(() => fail({ length: 3 })).toThrow(/expanding window takes no length/);
    expect(() => fail({ window: "sliding" as never })).toThrow(/'sliding' is no window|"sliding" is no window/);
    expect(() => fail({ gap: -1 })).toThrow(TwinError);
    expect(() => fail({ refit: 0 })).toThrow(TwinError);
    expect(() => fail({ quantiles: [1] })).toThrow(TwinError);
    expect(() => fail({ window: "rolling", length: 6 })).toThrow(/after windows of 6, do not fit in 7 values/);
    expect(() => fail({ gap: 4, folds: 3 })).toThrow(/ask for at most 2 folds/);
  });
});

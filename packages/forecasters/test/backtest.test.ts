import { TwinError } from "@sage-twin/kernel";
import { describe, expect, it } from "vitest";
import { backtest, naive, seasonalNaive } from "../src/index.js";

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
});

import { Rng, TwinError } from "@sage-twin/kernel";
import { coverage } from "@sage-twin/numerics";
import { describe, expect, it } from "vitest";
import { type FittedForecaster, regression } from "../src/index.js";

const rng = new Rng("regression");
const price = Array.from({ length: 90 }, () => 5 + rng.normal());

/** What the spread of each step was multiplied by, as saved. */
function wideningOf(fitted: FittedForecaster): (step: number) => number {
  const { widening } = (fitted.toJSON() as { state: { process: { widening: number[] } } }).state.process;
  return (step) => widening[Math.min(step, widening.length - 1)] ?? 1;
}

describe("regression", () => {
  it("recovers the coefficients of a series that has no noise, and goes on by them", () => {
    const values = [10];
    for (let t = 1; t < 80; t++) values.push(2 + 0.6 * values[t - 1] + 3 * price[t]);
    const fitted = regression({ lags: [1], trend: false }).fit(values, { exogenous: { price: price.slice(0, 80) } });
    const { mean } = fitted.forecast(10, { futureExogenous: { price: price.slice(80) } });
    let last = values[79];
    for (let step = 0; step < 10; step++) {
      last = 2 + 0.6 * last + 3 * price[80 + step];
      expect(mean[step]).toBeCloseTo(last, 5);
    }
    expect(fitted.name).toBe("regression(price, lag 1)");
  });

  it("has the least-squares line's coefficients and variance", () => {
    const values = [3, 5, 4, 8, 9, 8, 12];
    // Closed form: slope = sum (t - 3)(y - 7) / 28, and its residuals over n - 2.
    const slope = values.reduce((sum, value, t) => sum + (t - 3) * (value - 7), 0) / 28;
    const squares = values.reduce((sum, value, t) => sum + (value - 7 - slope * (t - 3)) ** 2, 0);
    const fitted = regression({ lags: [] }).fit(values);
    const out = fitted.forecast(3);
    expect(out.mean[2]).toBeCloseTo(7 + slope * 6, 8);
    const half = (out.interval(95).upper[1] - out.mean[1]) / 1.959963984540054;
    expect(half / wideningOf(fitted)(1)).toBeCloseTo(Math.sqrt(squares / 5), 7);
  });

  it("widens by the responses of its lags", () => {
    const values = [0];
    for (let t = 1; t < 4000; t++) values.push(0.5 * values[t - 1] + rng.normal());
    const fitted = regression({ lags: [1], trend: false }).fit(values);
    const out = fitted.forecast(3);
    const width = (step: number): number => (out.interval(80).upper[step] - out.mean[step]) / wideningOf(fitted)(step);
    expect(width(1) / width(0)).toBeCloseTo(Math.sqrt(1.25), 1.5);
    expect(width(2) / width(0)).toBeCloseTo(Math.sqrt(1.3125), 1.5);
  });

  it("shrinks towards the mean under a large ridge", () => {
    const values = Array.from({ length: 30 }, (_, t) => 10 + t);
    expect(regression({ lags: [], ridge: 1e9 }).fit(values).forecast(1).mean[0]).toBeCloseTo(24.5, 3);
  });

  it("knows the week from the calendar, through gaps of the timestamps", () => {
    const day = 86_400_000;
    const week = [5, 1, 0, 0, 2, -3, -6];
    const open = Array.from({ length: 100 }, (_, t) => t).filter((t) => t % 7 !== 6);
    const timestamps = open.map((t) => Date.UTC(2024, 0, 1) + t * day);
    const fitted = regression({ lags: [], calendar: true }).fit(
      open.map((t) => 50 + week[t % 7]),
      { timestamps },
    );
    const { mean } = fitted.forecast(14);
    for (let step = 0; step < 14; step++)
      if ((100 + step) % 7 !== 6) expect(mean[step]).toBeCloseTo(50 + week[(100 + step) % 7], 3);
  });

  it("leaves lags out, with a note, where forecasts would explode", () => {
    const values = Array.from({ length: 40 }, (_, t) => 1.3 ** t);
    const fitted = regression({ lags: [1], trend: false }).fit(values);
    expect(fitted.notes).toEqual(["forecasts on these lags would explode: no lags"]);
    expect(fitted.forecast(10_000).mean.every(Number.isFinite)).toBe(true);
  });

  it("refuses wrong options", () => {
    for (const options of [{ lags: [0] }, { lags: [1.5] }, { fourier: 3, seasonLength: 4 }, { ridge: -1 }])
      expect(() => regression(options)).toThrow(TwinError);
    expect(() => regression({ calendar: true }).fit([1, 2, 3, 4])).toThrow(TwinError);
  });

  it("covers what it says on short autoregressions, whose coefficients it has to estimate", () => {
    let inside = 0;
    for (let run = 0; run < 300; run++) {
      const values = [0];
      for (let t = 1; t < 66; t++) values.push(0.7 * values[t - 1] + rng.normal());
      const { lower, upper } = regression().fit(values.slice(0, 60)).forecast(6).interval(95);
      inside += coverage(values.slice(60), lower, upper) / 300;
    }
    expect(inside).toBeGreaterThan(0.92);
    expect(inside).toBeLessThan(0.985);
  });
});

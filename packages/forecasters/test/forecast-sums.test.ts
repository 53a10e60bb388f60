import { Rng, TwinError } from "@sage-twin/kernel";
import { describe, expect, it } from "vitest";
import {
  arima,
  autoEts,
  type FittedForecaster,
  forecastSums,
  linearTrend,
  modelFromJSON,
  naive,
  seasonalNaive,
} from "../src/index.js";

const sd = (fitted: FittedForecaster, steps: number): number => {
  const { lower, upper } = forecastSums(fitted, [steps], { count: 40_000 }).interval(68.26894921370859);
  return (upper[0] - lower[0]) / 2;
};
const stepSd = (fitted: FittedForecaster): number => {
  const { lower, upper } = fitted.forecast(1).interval(68.26894921370859);
  return (upper[0] - lower[0]) / 2;
};
/** The model with the deviation that its equations give, not widened, and its process. */
const plain = (fitted: FittedForecaster): [FittedForecaster, object] => {
  const saved = JSON.parse(JSON.stringify(fitted));
  saved.state.process.widening = [];
  return [modelFromJSON(saved), saved.state.process];
};
const walk = (): number[] => {
  const rng = new Rng("walk");
  let level = 100;
  return Array.from({ length: 200 }, () => {
    level += rng.normal();
    return level;
  });
};

describe("forecastSums, beside closed forms", () => {
  it("random walk: the variance of a sum is that of 1 + 2 + ... weights", () => {
    const fitted = naive().fit(walk());
    for (const horizon of [1, 3, 12]) {
      // Innovation j is in the sum as often as steps are left: sum of k^2 for k = 1 .. h.
      const exact = stepSd(fitted) * Math.sqrt((horizon * (horizon + 1) * (2 * horizon + 1)) / 6);
      expect(sd(fitted, horizon) / exact).toBeCloseTo(1, 1.5);
    }
  });

  it("AR(1): psi weights add up", () => {
    const rng = new Rng("ar1");
    let state = 0;
    const values = Array.from({ length: 300 }, () => {
      state = 0.7 * state + rng.normal();
      return 20 + state;
    });
    const [fitted, process] = plain(arima({ order: [1, 0, 0] }).fit(values));
    const { coefficients, sigma } = process as { coefficients: { ar: number[] }; sigma: number };
    const [phi] = coefficients.ar;
    let variance = 0;
    for (let left = 1; left <= 6; left++) variance += ((1 - phi ** left) / (1 - phi)) ** 2;
    expect(sd(fitted, 6) / (sigma * Math.sqrt(variance))).toBeCloseTo(1, 1.5);
  });

  it("local level: each innovation is in all later steps by alpha", () => {
    const rng = new Rng("local level");
    const values = walk().map((value) => value + 2 * rng.normal());
    const [fitted, process] = plain(autoEts({ form: "ANN" }).fit(values));
    const { smoothing } = process as { smoothing: { alpha: number } };
    let variance = 0;
    for (let left = 0; left < 8; left++) variance += (1 + smoothing.alpha * left) ** 2;
    expect(sd(fitted, 8) / (stepSd(fitted) * Math.sqrt(variance))).toBeCloseTo(1, 1.5);
  });

  it("independent steps: the root of their number", () => {
    const rng = new Rng("white");
    const values = Array.from({ length: 2000 }, () => 5 + rng.normal());
    const fitted = linearTrend().fit(values);
    expect(sd(fitted, 9) / (3 * stepSd(fitted))).toBeCloseTo(1, 1.5);
  });

  it("covers the totals of simulated walks, which the sum of the bounds does not", () => {
    const rng = new Rng("coverage of totals");
    const white = { sums: 0, bounds: 0 };
    const runs = 400;
    for (let run = 0; run < runs; run++) {
      const values = Float64Array.from({ length: 112 }, () => 50 + rng.normal());
      const fitted = linearTrend().fit(values.subarray(0, 100));
      const total = values.subarray(100).reduce((sum, value) => sum + value, 0);
      const { lower, upper } = forecastSums(fitted, [12], { count: 1000, seed: run }).interval(80);
      if (total >= lower[0] && total <= upper[0]) white.sums += 1 / runs;
      const bounds = fitted.forecast(12).interval(80);
      const add = (list: Float64Array): number => list.reduce((sum, value) => sum + value, 0);
      if (total >= add(bounds.lower) && total <= add(bounds.upper)) white.bounds += 1 / runs;
    }
    // A little low: the trend itself is estimated, which `linearTrend` counts step by step, not as shared by the steps.
    expect(white.sums).toBeGreaterThan(0.7);
    expect(white.sums).toBeLessThan(0.86);
    expect(white.bounds).toBeGreaterThan(0.99);
  });
});

describe("forecastSums", () => {
  const days = Array.from({ length: 400 }, (_, t) => 10 + (t % 7));

  it("adds point forecasts up, by the calendar", () => {
    const fitted = seasonalNaive({ seasonLength: 7 }).fit(days);
    const { mean, periods } = forecastSums(fitted, [7, "1M", "3M", "6M", "12M"], {
      timestamps: [Date.UTC(2024, 0, 17)],
      frequency: "D",
    });
    // From 18 January: to 18 February, April, July and January.
    expect(periods.map(({ steps }) => steps)).toEqual([7, 31, 91, 182, 366]);
    expect(periods.map(({ until }) => new Date(until as number).toISOString().slice(0, 10))).toEqual([
      "2024-01-25",
      "2024-02-18",
      "2024-04-18",
      "2024-07-18",
      "2025-01-18",
    ]);
    expect(mean[0]).toBe(7 * 13);
    const { mean: steps } = fitted.forecast(31);
    expect(mean[1]).toBeCloseTo(
      steps.reduce((sum, value) => sum + value, 0),
      9,
    );
  });

  it("counts a week that straddles the end by its days", () => {
    const weeks = naive().fit([7, 14]);
    const timestamps = [Date.UTC(2024, 0, 1), Date.UTC(2024, 0, 8)];
    const { mean, periods } = forecastSums(weeks, ["1M"], { timestamps });
    // 15 January to 15 February: 31 days.
    expect(periods[0].steps).toBeCloseTo(31 / 7, 12);
    expect(mean[0]).toBeCloseTo(14 * (31 / 7), 12);
  });

  it("takes months as they are, whatever day they are stamped", () => {
    const months = naive().fit([1, 2, 3]);
    const timestamps = [Date.UTC(2024, 0, 31)];
    const { periods } = forecastSums(months, ["3M", "12M", "1Q"], { timestamps, frequency: "M" });
    expect(periods.map(({ steps }) => steps)).toEqual([3, 12, 3]);
  });

  it("nests, and gives the same for the same seed", () => {
    const fitted = naive().fit(walk());
    const sums = forecastSums(fitted, [2, 6], { count: 2000, seed: 4 });
    const [inner, outer] = [sums.interval(50), sums.interval(95)];
    for (const period of [0, 1]) {
      expect(outer.lower[period]).toBeLessThan(inner.lower[period]);
      expect(inner.upper[period]).toBeLessThan(outer.upper[period]);
    }
    expect([...sums.quantile(0.25)]).toEqual([...inner.lower]);
    expect(forecastSums(fitted, [2, 6], { count: 2000, seed: 4 }).interval(95)).toEqual(outer);
  });

  it("says what is wrong", () => {
    const fitted = naive().fit([1, 2, 3]);
    expect(() => forecastSums({} as never, [3])).toThrow(/no fitted model/);
    expect(() => forecastSums(fitted, [])).toThrow(/no period/);
    expect(() => forecastSums(fitted, ["3M"])).toThrow(/periods.*needs the calendar/);
    expect(() => forecastSums(fitted, [0])).toThrow(TwinError);
    expect(() => forecastSums(fitted, [1.5])).toThrow(TwinError);
    expect(() => forecastSums(fitted, ["1M"], { timestamps: [0], frequency: "Q" })).toThrow(/shorter than a step/);
    expect(() => forecastSums(fitted, ["1M"], { timestamps: [0, 1, 5] })).toThrow(/fit no frequency/);
    expect(() => forecastSums(fitted, ["1M"], { timestamps: [] })).toThrow(/no last instant/);
    expect(() => forecastSums(fitted, [3]).interval(0)).toThrow(TwinError);
    expect(() => forecastSums(fitted, [3]).quantile(1)).toThrow(TwinError);
  });
});

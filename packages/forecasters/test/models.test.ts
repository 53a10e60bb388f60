import { normalQuantile, Rng, TwinError } from "@sage-twin/kernel";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  auto,
  autoEts,
  dynamicOptimizedTheta,
  type EtsForm,
  type Forecaster,
  modelFromJSON,
  naive,
  seasonalNaive,
} from "../src/index.js";

const z95 = normalQuantile(0.975);
const noise = (seed: string, length: number): number[] => {
  const rng = new Rng(seed);
  return Array.from({ length }, () => rng.normal());
};
const refused = (action: () => unknown): TwinError => {
  try {
    action();
  } catch (error) {
    if (TwinError.isInstance(error)) return error;
  }
  throw new Error("no TwinError");
};

describe("naive", () => {
  it("repeats the last value; the variance grows by one step's each step", () => {
    const out = naive().fit([2, 4, 3, 6]).forecast(4);
    expect([...out.mean]).toEqual([6, 6, 6, 6]);
    const sigma = Math.sqrt((4 + 1 + 9) / 3);
    for (const [step, upper] of out.interval(95).upper.entries())
      expect(upper).toBeCloseTo(6 + z95 * sigma * Math.sqrt(step + 1), 12);
  });

  it("counts missing values at the end as steps ahead", () => {
    const gap = naive().fit([2, 4, 3, 6, Number.NaN, Number.NaN]).forecast(1).interval(95);
    const three = naive().fit([2, 4, 3, 6]).forecast(3).interval(95);
    expect(gap.upper[0]).toBeCloseTo(three.upper[2], 12);
  });

  it("says that one value shows no spread", () => {
    const fitted = naive().fit([7]);
    expect(fitted.notes).toEqual(["one value shows no spread: the intervals have zero width"]);
    expect([...fitted.forecast(2).interval(90).upper]).toEqual([7, 7]);
  });
});

describe("seasonalNaive", () => {
  it("repeats the season; the variance grows by one seasonal difference's each season", () => {
    const out = seasonalNaive({ seasonLength: 3 }).fit([1, 2, 3, 2, 4, 6]).forecast(7);
    expect([...out.mean]).toEqual([2, 4, 6, 2, 4, 6, 2]);
    const sigma = Math.sqrt((1 + 4 + 9) / 3);
    const { lower } = out.interval(95);
    for (const [step, seasons] of [
      [0, 1],
      [2, 1],
      [3, 2],
      [6, 3],
    ])
      expect(lower[step]).toBeCloseTo(out.mean[step] - z95 * sigma * Math.sqrt(seasons), 12);
  });

  it("is naive, and says so, without two values one season apart", () => {
    const fitted = seasonalNaive({ seasonLength: 4 }).fit([1, 2, 3]);
    expect(fitted.name).toBe("naive");
    expect(fitted.notes).toEqual(["no two values stand one season of 4 apart: naive instead"]);
  });
});

describe("autoEts", () => {
  it("finds the parameters that made a series", () => {
    // ETS(A,A,N), alpha .4, beta .1
    let level = 100;
    let trend = 0.5;
    const values = noise("ets", 1500).map((error) => {
      const value = level + trend + error;
      level += trend + 0.4 * error;
      trend += 0.1 * error;
      return value;
    });
    const saved = autoEts({ form: "AAN" }).fit(values).toJSON() as {
      state: { process: { smoothing: Record<string, number>; sigma: number; scale: number } };
    };
    const { smoothing, sigma, scale } = saved.state.process;
    expect(smoothing.alpha).toBeCloseTo(0.4, 1);
    expect(smoothing.beta).toBeCloseTo(0.1, 1);
    expect(sigma * scale).toBeCloseTo(1, 1);
  });

  it("gives additive forms the closed form of the variance", () => {
    const values = Array.from({ length: 80 }, (_, t) => 20 + t + [3, -1, -4, 2][t % 4]).map(
      (v, t) => v + noise("a", 80)[t],
    );
    const fitted = autoEts({ seasonLength: 4, form: "AAdA" }).fit(values);
    const { smoothing, sigma, scale, widening } = (
      fitted.toJSON() as {
        state: {
          process: {
            smoothing: Record<"alpha" | "beta" | "gamma" | "phi", number>;
            sigma: number;
            scale: number;
            widening: number[];
          };
        };
      }
    ).state.process;
    const { alpha, beta, gamma, phi } = smoothing;
    const { upper } = fitted.forecast(9).interval(95);
    const mean = fitted.forecast(9).mean;
    let sum = 1;
    for (let step = 0; step < 9; step++) {
      expect((upper[step] - mean[step]) / z95).toBeCloseTo(widening[step] * sigma * scale * Math.sqrt(sum), 9);
      const j = step + 1;
      const dampings = Array.from({ length: j }, (_, i) => phi ** (i + 1)).reduce((a, b) => a + b, 0);
      sum += (alpha + beta * dampings + (j % 4 === 0 ? gamma : 0)) ** 2;
    }
  });

  it("scales with the values: a power of two changes no digit", () => {
    const values = noise("scale", 60).map((value, t) => 50 + t + 4 * value);
    const one = autoEts().fit(values).forecast(5).interval(80).lower;
    const large = autoEts()
      .fit(values.map((value) => value * 2 ** 40))
      .forecast(5)
      .interval(80).lower;
    expect([...large].map((value) => value / 2 ** 40)).toEqual([...one]);
  });

  it("bridges gaps: a trend with a hole goes on as one without", () => {
    const line = Array.from({ length: 40 }, (_, t) => 10 + 2 * t + noise("gap", 40)[t]);
    const holed = line.map((value, t) => (t > 20 && t < 27 ? Number.NaN : value));
    const [whole, gap] = [line, holed].map((values) => autoEts({ form: "AAN" }).fit(values).forecast(3).mean);
    for (const [step, value] of whole.entries()) expect(Math.abs(value - gap[step])).toBeLessThan(1.5);
  });

  it("falls back, and says so", () => {
    expect(autoEts().fit([1, 2, 3, 5]).notes).toEqual(["ETS does not suit 4 values: naive instead"]);
    expect(autoEts().fit([4, 4, 4, 4, 4, 4, 4]).notes).toEqual(["the series is constant: naive instead of ETS"]);
    expect(autoEts({ form: "MNN" }).fit([1, 2, 0, 4, 3, 5, 6, 2]).notes).toEqual([
      "MNN does not suit 8 values: naive instead",
    ]);
    expect(autoEts().fit(noise("long", 2500)).notes).toEqual(["parameters are estimated on the last 2000 values"]);
  });

  it("refuses unknown forms and season lengths", () => {
    expect(refused(() => autoEts({ form: "AAMd" as EtsForm })).code).toBe("unknown-name");
    for (const seasonLength of [0, -1, 1.5, Number.NaN])
      expect(refused(() => autoEts({ seasonLength })).path).toEqual(["seasonLength"]);
  });
});

describe("dynamicOptimizedTheta", () => {
  it("has the spread that its own paths show", () => {
    const values = noise("theta", 50).map((value, t) => 30 + 0.4 * t + 2 * value);
    const fitted = dynamicOptimizedTheta().fit(values);
    const count = 20_000;
    const paths = fitted.paths(12, { count });
    const { upper, lower } = fitted.forecast(12).interval(68.26894921370859);
    for (const step of [0, 5, 11]) {
      let sum = 0;
      let squares = 0;
      for (let path = 0; path < count; path++) {
        sum += paths[path * 12 + step];
        squares += paths[path * 12 + step] ** 2;
      }
      const deviation = Math.sqrt(squares / count - (sum / count) ** 2);
      expect((upper[step] - lower[step]) / 2 / deviation).toBeCloseTo(1, 1);
    }
  });

  it("keeps its slope equal to that of the least-squares line", () => {
    const values = [3, 5, 4, 8, 9, 7, 12, 11, 14];
    const saved = dynamicOptimizedTheta().fit(values).toJSON() as {
      state: { process: { position: { slope: number; mean: number }; scale: number } };
    };
    const { position, scale } = saved.state.process;
    const mean = values.reduce((a, b) => a + b, 0) / 9;
    const slope = values.reduce((sum, value, t) => sum + (t - 4) * (value - mean), 0) / 60;
    expect(position.mean * scale).toBeCloseTo(mean, 12);
    expect(position.slope * scale).toBeCloseTo(slope, 12);
  });
});

describe("auto", () => {
  const season = [5, 9, 2, -4, -8, -4];
  const seasonal = noise("auto", 72).map((value, t) => 60 + 0.3 * t + season[t % 6] + 1.5 * value);

  it("compares, chooses and explains", () => {
    const fitted = auto({ seasonLength: 6 }).fit(seasonal);
    expect(fitted.comparison).toHaveLength(7);
    const scores = fitted.comparison.map(({ score }) => score);
    expect(scores).toEqual([...scores].sort((a, b) => a - b));
    expect(fitted.comparison.at(-1)?.model).toBe("naive");
    expect(fitted.name).toBe(`auto: ${fitted.selected}`);
    expect(fitted.why).toMatch(/over \d+ origins and up to 6 steps ahead/);
    expect(fitted.update([80]).forecast(1).mean[0]).not.toBe(fitted.forecast(1).mean[0]);
    const back = modelFromJSON(JSON.parse(JSON.stringify(fitted))) as typeof fitted;
    expect([back.selected, back.why, back.comparison]).toEqual([fitted.selected, fitted.why, fitted.comparison]);
  });

  it("takes naive on a random walk and not where a season rules", () => {
    let level = 500;
    const walk = noise("walk", 120).map((value) => (level += value));
    expect(auto({ horizon: 6 }).fit(walk).selected).toContain("naive");
    expect(auto({ seasonLength: 6 }).fit(seasonal).selected).not.toMatch(/(^|\s)naive/);
  });

  it("widens the intervals of a model that is surer than it was right", () => {
    const values = noise("trend", 100).map((value, t) => 100 + 3 * t + value); // a form without trend lags behind
    const plain = noise("plain", 100);
    const widening = (series: readonly number[]): number =>
      (autoEts({ form: "ANN" }).fit(series).toJSON() as { state: { process: { widening: number[] } } }).state.process
        .widening[5];
    expect(widening(values)).toBeGreaterThan(1.5 * widening(plain));
    expect(widening(plain)).toBeLessThan(1.3);
  });

  it("stays simple on short and constant series, and says so", () => {
    const short = auto({ seasonLength: 4 }).fit([1, 2, 3, 4, 2, 3, 4, 5]);
    expect(short.selected).toBe("seasonalNaive");
    expect(short.notes).toEqual(["the series is too short for a backtest: seasonalNaive stands in"]);
    expect(auto().fit(new Array(40).fill(3)).notes.at(-1)).toBe("the series does not vary: naive stands in");
  });
});

describe("any series", () => {
  const values = fc.array(
    fc.oneof(
      { weight: 6, arbitrary: fc.double({ min: -1e6, max: 1e6, noNaN: true }) },
      { weight: 1, arbitrary: fc.constantFrom(Number.NaN, 0, 1e12, -1e12, 1e-12, 5e-324) },
    ),
    { minLength: 1, maxLength: 45 },
  );
  const models: Record<string, Forecaster> = {
    naive: naive(),
    seasonalNaive: seasonalNaive({ seasonLength: 5 }),
    autoEts: autoEts({ seasonLength: 5 }),
    theta: dynamicOptimizedTheta({ seasonLength: 5 }),
    auto: auto({ seasonLength: 5, horizon: 3 }),
  };
  it.each(Object.entries(models))("%s answers with finite numbers", (_, model) => {
    fc.assert(
      fc.property(values, (series) => {
        fc.pre(series.some((value) => !Number.isNaN(value)));
        const fitted = model.fit(series);
        const out = fitted.forecast(4);
        const { lower, upper } = out.interval(95);
        for (let step = 0; step < 4; step++) {
          expect([lower[step], out.mean[step], upper[step]].every(Number.isFinite)).toBe(true);
          expect(lower[step]).toBeLessThanOrEqual(upper[step]);
        }
        expect(fitted.residuals).toHaveLength(series.length);
      }),
      { numRuns: 60 },
    );
  });
});

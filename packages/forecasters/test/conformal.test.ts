import { Rng, TwinError } from "@sage-twin/kernel";
import { describe, expect, it } from "vitest";
import {
  additive,
  arima,
  type ConformalMethod,
  type ConformalOptions,
  conformal,
  type Forecaster,
  historicMean,
  modelFromJSON,
  naive,
  ses,
} from "../src/index.js";

const methods: readonly ConformalMethod[] = ["split", "perHorizon", "adaptive", "weighted"];

/** The share of values within the 90 % interval of each step, over many series of `count` values. */
function coverageOf(
  model: Forecaster,
  simulate: (rng: Rng, length: number) => Float64Array,
  options: { readonly runs: number; readonly count: number; readonly steps: number; readonly level?: number },
): number[] {
  const { runs, count, steps, level = 90 } = options;
  const inside = new Array<number>(steps).fill(0);
  for (let run = 0; run < runs; run++) {
    const values = simulate(new Rng("coverage").derive(run), count + steps);
    const { lower, upper } = model.fit(values.subarray(0, count)).forecast(steps).interval(level);
    for (let step = 0; step < steps; step++)
      if (values[count + step] >= lower[step] && values[count + step] <= upper[step]) inside[step] += 1 / runs;
  }
  return inside;
}

const walk = (rng: Rng, length: number): Float64Array => {
  let level = 0;
  return Float64Array.from({ length }, () => {
    level += rng.normal();
    return level;
  });
};
const autoregression = (rng: Rng, length: number): Float64Array => {
  let state = 0;
  return Float64Array.from({ length }, () => {
    state = 0.6 * state + rng.normal();
    return 10 + state;
  });
};
/** Steps of a Laplace distribution: what a Gaussian interval gets wrong. */
const heavy = (rng: Rng, length: number): Float64Array => {
  let level = 0;
  return Float64Array.from({ length }, () => {
    const size = -Math.log(rng.uniform());
    level += rng.uniform() < 0.5 ? size : -size;
    return level;
  });
};

describe.each(methods)("conformal, %s: 90 of 100 values lie within the 90 %% interval", (method) => {
  const of = (model: Forecaster, more: Partial<ConformalOptions> = {}): Forecaster =>
    conformal(model, { horizon: 4, method, calibration: 60, refits: 1, ...more });
  const expectCovered = (coverage: readonly number[], tolerance: number): void => {
    for (const [step, share] of coverage.entries())
      expect(Math.abs(share - 0.9), `step ${step + 1}: ${share}`).toBeLessThan(tolerance);
  };

  // The standard error of 250 runs is 0.019, dependence within a series adds as much.
  it("random walks", () => {
    expectCovered(coverageOf(of(naive()), walk, { runs: 250, count: 130, steps: 4 }), 0.065);
  });

  it("heavy tails", () => {
    expectCovered(coverageOf(of(naive()), heavy, { runs: 250, count: 130, steps: 4 }), 0.065);
  });

  it("autoregressions, through a model that does not know them", () => {
    expectCovered(coverageOf(of(naive()), autoregression, { runs: 250, count: 130, steps: 4 }), 0.065);
    expectCovered(coverageOf(of(historicMean()), autoregression, { runs: 250, count: 130, steps: 4 }), 0.065);
  });
});

describe("conformal", () => {
  it("is the finite-sample rule on hand-worked errors", () => {
    // A mean of zeros with calibration errors 1, 2, ..., 19 in turn: n = 19, so that 90 % is rank 18 and 95 % rank 19 of the errors.
    const errors = Array.from({ length: 19 }, (_, i) => (i % 2 === 0 ? 1 : -1) * (((i * 7) % 19) + 1));
    const model: Forecaster = { ...naive(), fit: (values) => naive().fit(Array.from(values, () => 0)) };
    // A naive model has the spread of its differences: of zeros it is zero, and no error can be scaled.
    expect(
      conformal(model, { horizon: 1, calibration: 19 })
        .fit([...new Array(40).fill(0), ...errors])
        .notes.join(),
    ).toMatch(/no error could be scaled/);
    let level = 0;
    const values = [0, ...Array.from({ length: 39 }, (_, t) => (t % 2 === 0 ? 1 : 0)), 0];
    for (const error of errors) {
      level += error;
      values.push(level);
    }
    const fitted = conformal(naive(), { horizon: 1, calibration: 19, refits: 1, method: "perHorizon" }).fit(values);
    const [unit] = naive().fit(values).forecast(1).interval(68.26894921370859).upper;
    const sigma = unit - level;
    // Each score is the error over the spread stated at its fit: one fit, on the values before the first error.
    const before = naive().fit(values.slice(0, values.length - 19));
    const stated = before.forecast(1).interval(68.26894921370859).upper[0] - before.forecast(1).mean[0];
    const half = (percent: number): number => {
      const { lower, upper } = fitted.forecast(1).interval(percent);
      return (upper[0] - lower[0]) / 2;
    };
    expect(half(90)).toBeCloseTo((18 * sigma) / stated, 8);
    expect(half(95)).toBeCloseTo((19 * sigma) / stated, 8);
    expect(half(50)).toBeCloseTo((10 * sigma) / stated, 8);
    expect(half(99)).toBeGreaterThan((19 * sigma) / stated);
  });

  it("adapts where the spread grows after the fit, by update alone", () => {
    const after = (method: ConformalMethod): number => {
      let inside = 0;
      const [runs, steps] = [12, 240];
      for (let run = 0; run < runs; run++) {
        const rng = new Rng("shift").derive(run);
        let level = 0;
        const values = Float64Array.from({ length: 100 + steps }, (_, t) => {
          level += (t < 100 ? 1 : 3) * rng.normal();
          return level;
        });
        let fitted = conformal(naive(), { horizon: 1, method, calibration: 60, refits: 1 }).fit(
          values.subarray(0, 100),
        );
        for (let t = 100; t < 100 + steps; t++) {
          const { lower, upper } = fitted.forecast(1).interval(90);
          if (t >= 160 && values[t] >= lower[0] && values[t] <= upper[0]) inside += 1 / (runs * (steps - 60));
          fitted = fitted.update(values.subarray(t, t + 1));
        }
      }
      return inside;
    };
    for (const method of methods) expect(Math.abs(after(method) - 0.9), method).toBeLessThan(0.035);
  });

  it("follows a spread that changes sooner where errors are weighted", () => {
    const recent = (rng: Rng, length: number): Float64Array => {
      let level = 0;
      return Float64Array.from({ length }, (_, t) => {
        level += (t < length - 31 ? 1 : 3) * rng.normal();
        return level;
      });
    };
    const share = (method: ConformalMethod): number =>
      coverageOf(conformal(naive(), { horizon: 1, method, calibration: 100, refits: 1, decay: 0.93 }), recent, {
        runs: 300,
        count: 250,
        steps: 1,
      })[0];
    const [split, weighted] = [share("split"), share("weighted")];
    expect(split).toBeLessThan(0.87);
    expect(weighted).toBeGreaterThan(split + 0.05);
  });

  it("keeps the dependence of the model's paths from step to step", () => {
    const values = walk(new Rng("dependence"), 200);
    const paths = conformal(naive(), { horizon: 6 }).fit(values).paths(6, { count: 4000 });
    let [xy, xx, yy] = [0, 0, 0];
    for (let path = 0; path < 4000; path++) {
      const [x, y] = [paths[path * 6 + 2] - values[199], paths[path * 6 + 5] - values[199]];
      [xy, xx, yy] = [xy + x * y, xx + x * x, yy + y * y];
    }
    // Of a walk: the root of 3 / 6.
    expect(xy / Math.sqrt(xx * yy)).toBeCloseTo(Math.SQRT1_2, 1);
  });

  it("takes models with regressors, and of models", () => {
    const rng = new Rng("regressors");
    const price = Float64Array.from({ length: 80 }, () => rng.normal());
    const values = price.map((value) => 10 + 3 * value + rng.normal());
    const fitted = conformal(arima({ order: [1, 0, 0] }), { horizon: 3, calibration: 20, refits: 2 }).fit(values, {
      exogenous: { price },
    });
    const futureExogenous = { price: [1, 0, -1] };
    const { lower, upper } = fitted.forecast(3, { futureExogenous }).interval(90);
    expect(upper[0] - lower[0]).toBeGreaterThan(2.2);
    expect(upper[0] - lower[0]).toBeLessThan(5);
    const later = fitted.update([12], { exogenous: { price: [0.5] } });
    expect(
      modelFromJSON(JSON.parse(JSON.stringify(later)))
        .forecast(3, { futureExogenous })
        .interval(90),
    ).toEqual(later.forecast(3, { futureExogenous }).interval(90));
    const twice = conformal(conformal(ses(), { horizon: 2 }), { horizon: 2 }).fit(values);
    expect(
      modelFromJSON(JSON.parse(JSON.stringify(twice)))
        .forecast(2)
        .interval(80),
    ).toEqual(twice.forecast(2).interval(80));
    expect(conformal(additive(), { horizon: 2, refits: 1 }).fit(values).forecast(2).interval(95).lower.length).toBe(2);
  });

  it("says when it cannot calibrate", () => {
    const fitted = conformal(ses(), { horizon: 6 }).fit([3, 4, 5, 4, 6]);
    expect(fitted.notes.at(-1)).toMatch(/too short to calibrate/);
    expect(fitted.forecast(2).interval(90).upper[0]).toBeCloseTo(
      ses().fit([3, 4, 5, 4, 6]).forecast(2).interval(90).upper[0],
      9,
    );
  });

  it("refuses what it cannot use", () => {
    const fail = (options: Partial<ConformalOptions>) => () => conformal(naive(), { horizon: 2, ...options });
    expect(fail({ method: "splitt" as never })).toThrow(/did you mean 'split'/);
    for (const wrong of [
      { horizon: 0 },
      { calibration: 0 },
      { decay: 1 },
      { rate: 0 },
      { refits: 0.5 },
      { level: 100 },
    ])
      expect(fail(wrong)).toThrow(TwinError);
    const foreign: Forecaster = { ...naive(), fit: (values) => ({ ...naive().fit(values) }) };
    expect(() => conformal(foreign, { horizon: 2 }).fit([1, 2, 3])).toThrow(/not one of this package/);
    expect(() => conformal({} as never, { horizon: 2 })).toThrow(/no forecaster/);
  });
});

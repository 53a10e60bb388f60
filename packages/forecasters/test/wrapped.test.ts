import { Rng, TwinError } from "@sage-twin/kernel";
import { stl } from "@sage-twin/numerics";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { arima, autoEts, drift, modelFromJSON, mstl, naive, seasonalNaive, transform } from "../src/index.js";

const rng = new Rng("wrapped");
const season = [6, 2, -1, -3, 0, 1, -5];
const days = Array.from({ length: 140 }, (_, t) => 200 + t + season[t % 7] + 2 * rng.normal());
const growing = Array.from({ length: 80 }, (_, t) => Math.exp(2 + 0.03 * t + 0.1 * rng.normal()));

describe("mstl", () => {
  it("is the model of the deseasonalised series plus the last season of STL", () => {
    const { seasonal } = stl(days, { period: 7, seasonal: 11 });
    const rest = drift().fit(days.map((value, t) => value - seasonal[t]));
    const fitted = mstl({ seasonLengths: [7], trend: drift() }).fit(days);
    const { widening } = (fitted.toJSON() as { state: { process: { widening: number[] } } }).state.process;
    const out = fitted.forecast(20);
    const inner = rest.forecast(20);
    for (let step = 0; step < 20; step++) {
      const added = seasonal[133 + (step % 7)];
      expect(out.mean[step]).toBeCloseTo(inner.mean[step] + added, 9);
      // About the point forecast as the rest is about its own, but for what the backtest widened.
      const half = inner.interval(80).upper[step] - inner.mean[step];
      expect(out.interval(80).upper[step] - out.mean[step]).toBeCloseTo(half * widening[step], 9);
      expect(widening[step]).toBeGreaterThanOrEqual(1);
    }
  });

  it("keeps its seasons in step over updates and saving", () => {
    const fitted = mstl({ seasonLengths: [7] }).fit(days);
    const updated = modelFromJSON(JSON.parse(JSON.stringify(fitted.update(days.slice(0, 3))))).update([205]);
    const seasonOf = (out: ArrayLike<number>, step: number): number => out[step] - out[step + 1];
    const [before, after] = [fitted.forecast(20).mean, updated.forecast(20).mean];
    // Four steps later the same weekdays differ as before, but for the slope.
    for (let step = 0; step < 10; step++)
      expect(Math.abs(seasonOf(after, step) - seasonOf(before, step + 4))).toBeLessThan(1);
  });

  it("leaves out seasons that are too long, with a note, and passes regressors on", () => {
    const fitted = mstl({ seasonLengths: [7, 365], trend: arima({ order: [0, 0, 0] }) }).fit(days, {
      exogenous: { day: days.map((_, t) => t) },
    });
    expect(fitted.notes).toEqual(["140 values hold no two seasons of 365: no such season"]);
    const { mean } = fitted.forecast(2, { futureExogenous: { day: [140, 1140] } });
    expect(mean[1] - mean[0]).toBeGreaterThan(900);
    expect(() => fitted.forecast(1)).toThrow(TwinError);
  });

  it("refuses what is no list of seasons and what is no model", () => {
    for (const seasonLengths of [[], [7, 7], [1], [2.5]]) expect(() => mstl({ seasonLengths })).toThrow(TwinError);
    expect(() => mstl({ seasonLengths: [7], trend: {} as never })).toThrow(TwinError);
  });
});

describe("transform", () => {
  it("holds the spread to what the transformed series shows", () => {
    // One tiny value: changes of many powers of ten, which a log model would take on and on.
    const values = [0.1, 65, 234, 297, 307, 308, 330, 350, 340, 360, 371, 380, 392, 388, 401];
    const logs = values.map(Math.log);
    const half = (Math.max(...logs) - Math.min(...logs)) / 2;
    const out = transform(autoEts(), { kind: "log" }).fit(values).forecast(15);
    const { lower, upper } = out.interval(68.26894921370859);
    for (let step = 0; step < 15; step++) expect(Math.log(upper[step] / lower[step]) / 2).toBeLessThan(1.02 * half);
    expect(upper[14] / lower[14]).toBeGreaterThan(2);
  });

  it("has the bounds of the inner model turned back, and the mean of the lognormal", () => {
    const inner = drift().fit(growing.map(Math.log)).forecast(6);
    const out = transform(drift(), { kind: "log" }).fit(growing).forecast(6);
    const median = transform(drift(), { kind: "log", biasAdjust: false }).fit(growing).forecast(6);
    const z = 1.6448536269514722;
    for (let step = 0; step < 6; step++) {
      const { lower, upper } = inner.interval(90);
      expect(out.interval(90).lower[step] / Math.exp(lower[step])).toBeCloseTo(1, 12);
      expect(out.interval(90).upper[step] / Math.exp(upper[step])).toBeCloseTo(1, 12);
      const deviation = (inner.interval(90).upper[0] - inner.mean[0]) / z; // of one step
      expect(out.mean[step] / Math.exp(inner.mean[step] + deviation ** 2 / 2)).toBeCloseTo(1, 9);
      expect(median.mean[step] / Math.exp(inner.mean[step])).toBeCloseTo(1, 12);
    }
  });

  it("has the mean of its paths as first point forecast for every kind", () => {
    for (const options of [
      { kind: "log" },
      { kind: "boxCox", lambda: 0.4 },
      { kind: "boxCox" },
      { kind: "logit", upper: 120 },
    ] as const) {
      const fitted = transform(autoEts({ form: "AAN" }), options).fit(growing);
      const paths = fitted.paths(1, { count: 40_000 });
      const mean = paths.reduce((sum, value) => sum + value, 0) / paths.length;
      expect(mean / fitted.forecast(1).mean[0]).toBeCloseTo(1, 2);
    }
  });

  it("keeps non-negative and capped series so: forecast, bounds and paths", () => {
    const value = fc.oneof(fc.constant(0), fc.constant(100), fc.double({ min: 0, max: 100, noNaN: true }));
    fc.assert(
      fc.property(fc.array(value, { minLength: 1, maxLength: 40 }), (values) => {
        for (const [model, upper] of [
          [transform(drift(), { kind: "logit", upper: 100 }), 100],
          [transform(drift(), { kind: "log" }), 1e100],
          [transform(drift(), { kind: "boxCox", lambda: 0.5 }), 1e100],
        ] as const) {
          const fitted = model.fit(values);
          if (fitted.notes.some((note) => note.endsWith("not transformed"))) continue;
          const out = fitted.forecast(12);
          const all = [
            ...out.mean,
            ...out.interval(99).lower,
            ...out.interval(99).upper,
            ...fitted.paths(12, { count: 9 }),
          ];
          expect(all.every((number) => number >= 0 && number <= upper)).toBe(true);
        }
      }),
    );
  });

  it("counts values at a bound, and refuses those beyond one that was given", () => {
    const fitted = transform(naive(), { kind: "log" }).fit([0, 4, 0, 6, 8]);
    expect(fitted.notes).toEqual(["2 values at a bound, taken as 2 from it"]);
    expect(() => fitted.update([-1])).toThrow(TwinError);
    expect(transform(naive(), { kind: "log" }).fit([-1, 2, 3]).notes).toEqual([
      "the series has negative values: not transformed",
    ]);
    expect(transform(naive(), { kind: "log" }).fit([0, 0, 0]).notes).toContain(
      "every value is at a bound: not transformed",
    );
    try {
      transform(naive(), { kind: "logit", lower: 1, upper: 5 }).fit([0, 2, 3, 6, Number.NaN]);
      expect.unreachable();
    } catch (error) {
      expect(TwinError.isInstance(error) && error.issues.map(({ path }) => path.join("."))).toEqual([
        "values.0",
        "values.3",
      ]);
    }
    for (const options of [{ kind: "other" }, { kind: "logit" }, { kind: "boxCox", lambda: 5 }])
      expect(() => transform(naive(), options as never)).toThrow(TwinError);
  });

  it("replaces outliers where asked, in a season too, and nothing in clean series", () => {
    const spiked = days.map((value, t) => (t === 50 ? value + 90 : t === 51 ? value - 200 : value));
    const clean = transform(seasonalNaive({ seasonLength: 7 }), { kind: "none", clean: true });
    expect(clean.fit(spiked).notes).toEqual(["2 outliers replaced before the fit"]);
    expect(clean.fit(days).notes).toEqual([]);
    const line = Array.from({ length: 40 }, (_, t) => 5 * t + Math.sin(7 * t));
    expect(transform(drift(), { kind: "none", clean: true }).fit(line).notes).toEqual([]);
    const width = (values: readonly number[]): number => {
      const { lower, upper } = clean.fit(values).forecast(1).interval(95);
      return upper[0] - lower[0];
    };
    expect(width(spiked) / width(days)).toBeCloseTo(1, 0.5);
    expect(
      transform(drift(), { kind: "log", clean: true }).fit([...growing.slice(0, 30), 900, ...growing.slice(30)]).notes,
    ).toEqual(["1 outlier replaced before the fit"]);
  });

  it("stays finite 10,000 steps ahead", () => {
    const out = transform(drift(), { kind: "log" }).fit(growing).forecast(10_000);
    expect([...out.mean, ...out.interval(99).upper].every((value) => value <= 1e100)).toBe(true);
  });
});

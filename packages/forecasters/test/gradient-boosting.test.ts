import { Rng } from "@sage-twin/kernel";
import { absoluteErrorScale, mase } from "@sage-twin/numerics";
import { forecasterContract } from "@sage-twin/testing";
import { describe, expect, it } from "vitest";
import { type Forecaster, gradientBoosting, modelFromJSON, type Panel, seasonalNaive } from "../src/index.js";

const contract: Readonly<Record<string, () => Forecaster>> = {
  gradientBoosting: () => gradientBoosting({ seasonLength: 12 }),
  "gradientBoosting without season": () => gradientBoosting(),
  "gradientBoosting, recursive": () => gradientBoosting({ seasonLength: 12, strategy: "recursive" }),
};
for (const [name, create] of Object.entries(contract)) {
  describe(name, () => {
    for (const check of forecasterContract(name, create)) it(check.name, check.run);
  });
}

const season = [0, 3, 6, 2, -4, -7, -5, 0, 4, 5, -1, -3];
/** Series with one shape of season and trends that fade, at any level; the last `horizon` values are to be forecast. */
function simulate(count: number, length: number): Panel {
  const rng = new Rng("panel");
  return Object.fromEntries(
    Array.from({ length: count }, (_, series) => {
      const scale = 10 ** (series % 5);
      let slope = 0.01;
      let level = 0;
      const values = Array.from({ length }, (_, t) => {
        slope = 0.9 * slope + 0.002 * rng.normal();
        level += slope + 0.01 * rng.normal();
        return scale * (10 + (series % 3)) * (1 + level) * (1 + season[t % 12] / 50) * (1 + 0.01 * rng.normal());
      });
      return [`s${series}`, values.map((value) => Math.max(0.01, value))];
    }),
  );
}

const horizon = 12;
const whole = simulate(40, 84);
const past: Panel = Object.fromEntries(
  Object.entries(whole).map(([id, values]) => [id, Array.from(values).slice(0, -horizon)]),
);

describe.each(["direct", "recursive"] as const)("gradientBoosting across series, %s", (strategy) => {
  const fitted = gradientBoosting({ seasonLength: 12, horizon, strategy }).fitPanel(past);

  it("beats the seasonal naive by a fifth, and covers", () => {
    let [own, rival, inside] = [0, 0, 0];
    for (const [id, values] of Object.entries(whole)) {
      const actual = Array.from(values).slice(-horizon);
      const scale = absoluteErrorScale(past[id], 12);
      const forecast = fitted.get(id)?.forecast(horizon);
      if (forecast === undefined) throw new Error(id);
      own += mase(actual, forecast.mean, scale);
      rival += mase(actual, seasonalNaive({ seasonLength: 12 }).fit(past[id]).forecast(horizon).mean, scale);
      const { lower, upper } = forecast.interval(90);
      inside += actual.filter((value, step) => value >= lower[step] && value <= upper[step]).length;
    }
    expect(own).toBeLessThan(0.8 * rival);
    expect(inside / (40 * horizon)).toBeGreaterThan(0.8);
    expect(inside / (40 * horizon)).toBeLessThan(0.98);
  });

  it("does not depend on the unit of a series", () => {
    const scaled = { ...past, s3: Array.from(past.s3, (value) => value * 1024) };
    const other = gradientBoosting({ seasonLength: 12, horizon, strategy }).fitPanel(scaled);
    const [a, b] = [fitted.get("s3")?.forecast(6).mean ?? [], other.get("s3")?.forecast(6).mean ?? []];
    for (let step = 0; step < 6; step++) expect(b[step] / a[step]).toBeCloseTo(1024, 6);
  });

  it("gives each series a model that stands alone", () => {
    const one = fitted.get("s7");
    const back = modelFromJSON(JSON.parse(JSON.stringify(one)));
    expect(back.forecast(30).mean).toEqual(one?.forecast(30).mean);
    expect(back.update([500]).forecast(3).interval(80)).toEqual(one?.update([500]).forecast(3).interval(80));
    expect(one?.description).toContain("40 series");
  });
});

describe("gradientBoosting", () => {
  it("same seed, same bytes; another seed, other forecasts", () => {
    const mean = (seed?: number): Float64Array =>
      gradientBoosting({ seasonLength: 12, seed }).fit(whole.s1).forecast(5).mean;
    expect(mean()).toEqual(mean());
    expect(mean(1)).not.toEqual(mean(2));
  });

  it("learns the calendar where there are timestamps", () => {
    // Every value on the first days of a month is high: lags alone cannot know, months differ in length.
    const start = Date.UTC(2020, 0, 1);
    const timestamps = Array.from({ length: 900 }, (_, t) => start + t * 86_400_000);
    const rng = new Rng("payday");
    const values = timestamps.map((instant) => 100 + (new Date(instant).getUTCDate() <= 3 ? 60 : 0) + rng.normal());
    const cut = 850;
    const error = (calendar: boolean): number => {
      const fitted = gradientBoosting({ calendar, horizon: 14 }).fit(values.slice(0, cut), {
        timestamps: timestamps.slice(0, cut),
      });
      return fitted.forecast(50).mean.reduce((sum, value, step) => sum + Math.abs(value - values[cut + step]) / 50, 0);
    };
    expect(error(true)).toBeLessThan(0.75 * error(false));
  });

  it("counts months as months, whatever their length", () => {
    const timestamps = Array.from({ length: 72 }, (_, t) => Date.UTC(2015, t, 1));
    const values = timestamps.map((_, t) => 50 + 10 * season[t % 12] + ((t * 7) % 5));
    const fitted = gradientBoosting({ seasonLength: 12 }).fit(values, { timestamps });
    const { axis } = (
      fitted.update([60]).toJSON() as { state: { process: { axis: { last: number; months: number } } } }
    ).state.process;
    expect([new Date(axis.last).toISOString().slice(0, 10), axis.months]).toEqual(["2021-01-01", 1]);
  });

  it("leaves constant and short series of a panel to the naive model, with a note", () => {
    const fitted = gradientBoosting({ seasonLength: 12 }).fitPanel({
      ...past,
      flat: [3, 3, 3, 3],
      one: [5],
      two: [4, 8],
    });
    expect(fitted.get("flat")?.notes.at(-1)).toContain("constant");
    expect(fitted.get("one")?.name).toBe("naive");
    expect(fitted.get("two")?.name).toBe("gradientBoosting");
    expect(fitted.get("two")?.forecast(40).interval(95).upper.every(Number.isFinite)).toBe(true);
    expect(gradientBoosting().fit([1, 2, 4]).notes.at(-1)).toContain("too few for trees");
  });

  it("says when some series have no timestamps", () => {
    const months = Array.from({ length: 72 }, (_, t) => Date.UTC(2015, t, 1));
    const two = { s1: past.s1, s2: past.s2 };
    const model = gradientBoosting({ seasonLength: 12 });
    const some = model.fitPanel(two, { timestamps: { s1: months } });
    expect(some.get("s2")?.notes).toEqual(["1 series have no timestamps: the calendar is not used"]);
    expect(some.get("s1")?.forecast(4).mean).toEqual(model.fitPanel(two).get("s1")?.forecast(4).mean);
    expect(model.fitPanel(two, { timestamps: { s1: months, s2: months } }).get("s1")?.notes).toEqual([]);
  });

  it("lists every series that it cannot take, and what is wrong with its options", () => {
    const wrong = { a: [1, 2, Number.POSITIVE_INFINITY], b: [], c: [1, 2, 3] };
    expect(() => gradientBoosting().fitPanel(wrong)).toThrow("2 problems");
    expect(() => gradientBoosting().fitPanel(wrong)).toThrow("panel.a.values[2]");
    expect(() => gradientBoosting().fitPanel({})).toThrow("no series");
    expect(() => gradientBoosting({ lags: [0] })).toThrow("lags: 0 is not a whole number");
    expect(() => gradientBoosting({ strategy: "both" as never })).toThrow('give "direct" or "recursive"');
  });
});

import { readFileSync } from "node:fs";
import { Rng, TwinError } from "@sage-twin/kernel";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { AdditiveState } from "../src/additive-process.js";
import { engineOf } from "../src/fitted.js";
import { type AdditiveOptions, additive } from "../src/index.js";

interface Case {
  readonly name: string;
  readonly frequency: "D" | "M";
  readonly timestamps: readonly number[];
  readonly values: readonly number[];
  readonly exogenous: readonly number[] | null;
  readonly futureExogenous: readonly number[] | null;
  readonly mean: readonly number[];
  readonly trend: readonly number[];
  readonly trendLower: readonly number[];
  readonly trendUpper: readonly number[];
  readonly scale: number;
  readonly sigma: number;
  readonly logPosterior: number;
}

// prophet 1.5.0, by golden/additive.py
const golden: { readonly cases: readonly Case[] } = JSON.parse(
  readFileSync(new URL("golden/additive.json", import.meta.url), "utf8"),
);
const yearly = [{ name: "yearly", period: 365.25, order: 4 }];
const weekly = [{ name: "weekly", period: 7, order: 3 }];
const christmas = {
  name: "christmas",
  dates: [2021, 2022, 2023, 2024, 2025].map((year) => `${year}-12-25`),
  lowerWindow: -1,
  upperWindow: 1,
};
const options: Readonly<Record<string, AdditiveOptions>> = {
  "daily with a holiday's window": { holidays: [christmas] },
  "monthly, multiplicative": { seasonalityMode: "multiplicative", seasonalities: yearly },
  "monthly, additive": { seasonalities: yearly },
  logistic: { growth: "logistic", cap: 600, seasonalities: weekly },
  flat: { growth: "flat" },
  "with a regressor and missing days": { changepointPriorScale: 0.2 },
};

describe.each(golden.cases)("beside Prophet 1.5.0: $name", (item) => {
  const { timestamps, values, exogenous } = item;
  const fitted = additive(options[item.name]).fit(values, {
    timestamps,
    ...(exogenous && { exogenous: { x: exogenous } }),
  });

  const { state } = JSON.parse(JSON.stringify(fitted)) as { readonly state: { readonly process: AdditiveState } };
  const { trend, terms } = state.process;
  const squares = fitted.residuals.reduce((sum, error) => sum + (error / item.scale) ** 2, 0);
  const count = values.length;
  const variance = (-count + Math.sqrt(count * count + 16 * squares)) / 8;

  it("has a posterior density at least as high, up to the smoothing of the Laplace prior", () => {
    const effects = [terms.seasons, terms.events, terms.regressors].flat().flatMap((term) => term.effects);
    const sum = (list: readonly number[], of: (value: number) => number): number =>
      list.reduce((total, value) => total + of(value), 0);
    const own =
      -(count * Math.log(variance) + squares / variance + 4 * variance) / 2 -
      (trend.rate ** 2 + trend.offset ** 2) / 50 -
      sum(trend.changes, Math.abs) / (options[item.name]?.changepointPriorScale ?? 0.05) -
      sum(effects, (effect) => effect * effect) / 200;
    expect(own).toBeGreaterThan(item.logPosterior - 0.005);
    expect(own).toBeLessThan(item.logPosterior + 3);
    expect(Math.sqrt(variance) / item.sigma).toBeCloseTo(1, 2);
  });

  it("forecasts the same, and the same trend", () => {
    const horizon = item.mean.length;
    const future = item.futureExogenous ? { x: item.futureExogenous } : undefined;
    const { mean } = fitted.forecast(horizon, { futureExogenous: future });
    const parts = fitted.components?.(horizon, future) ?? {};
    for (let step = 0; step < horizon; step++) {
      expect(Math.abs(mean[step] - item.mean[step]) / item.scale).toBeLessThan(0.004);
      expect(Math.abs(parts.trend[step] - item.trend[step]) / item.scale).toBeLessThan(0.004);
      const sum = Object.values(parts).reduce((total, part) => total + part[step], 0);
      expect(sum).toBeCloseTo(mean[step], 8);
    }
  });
});

const start = Date.UTC(2022, 0, 1);
const day = 86_400_000;
const instants = (count: number, step = day): number[] => Array.from({ length: count }, (_, t) => start + t * step);
const problemsOf = (action: () => unknown): readonly (readonly [string, string])[] => {
  try {
    action();
  } catch (error) {
    if (TwinError.isInstance(error)) return error.issues.map(({ code, path }) => [code, path.join(".")]);
  }
  throw new Error("no TwinError");
};
/** A line that bends as often as the model believes, a week and noise. */
const simulated = (seed: string, count: number): number[] => {
  const rng = new Rng(seed);
  let level = 100;
  let slope = 0.1;
  return Array.from({ length: count }, (_, t) => {
    if (rng.uniform() < 0.03) slope += 0.05 * rng.normal();
    level += slope;
    return level + [3, 1, 0, 0, 2, -2, -4][t % 7] + 2 * rng.normal();
  });
};

describe("additive", () => {
  it("covers the future of series like its own model", () => {
    let inside = 0;
    for (let series = 0; series < 40; series++) {
      const values = simulated(`additive ${series}`, 340);
      const { lower, upper } = additive()
        .fit(values.slice(0, 300), { timestamps: instants(300) })
        .forecast(40)
        .interval(95);
      for (let step = 0; step < 40; step++)
        if (values[300 + step] >= lower[step] && values[300 + step] <= upper[step]) inside++;
    }
    expect(inside / 1600).toBeGreaterThan(0.9);
    expect(inside / 1600).toBeLessThan(0.985);
  });

  it("is about as wide as Prophet's trend where its own errors were as small as it says, and wider ahead", () => {
    const { values, timestamps, trendUpper, trend, sigma, scale } = golden.cases[0];
    const { lower, upper } = additive().fit(values, { timestamps }).forecast(60).interval(80);
    const last = trend.length - 1;
    const reference = Math.sqrt(((trendUpper[last] - trend[last]) / 1.2816) ** 2 + (sigma * scale) ** 2);
    expect((upper[last] - lower[last]) / 2 / 1.2816).toBeGreaterThan(0.9 * reference);
    expect(upper[last] - lower[last]).toBeGreaterThan(upper[0] - lower[0]);
  });

  it("has spreads that are those of its paths", () => {
    for (const options of [{}, { growth: "flat" }, { growth: "logistic", cap: 500 }] as const) {
      const fitted = additive(options).fit(simulated("spread", 200), { timestamps: instants(200) });
      const [steps, count] = [90, 20_000];
      const spread = engineOf(fitted).process.spread(steps);
      const paths = fitted.paths(steps, { count });
      for (const step of [0, 30, 89]) {
        const column = Float64Array.from({ length: count }, (_, path) => paths[path * steps + step]);
        const mean = column.reduce((sum, value) => sum + value, 0) / count;
        const deviation = Math.sqrt(column.reduce((sum, value) => sum + (value - mean) ** 2, 0) / count);
        expect(deviation / spread[step]).toBeGreaterThan(0.9);
        expect(deviation / spread[step]).toBeLessThan(1.1);
      }
    }
  });

  it("after an update is as uncertain as it was about those steps", () => {
    const fitted = additive().fit(simulated("update", 200), { timestamps: instants(200) });
    const later = fitted.update(simulated("update", 230).slice(200)).forecast(5);
    const before = fitted.forecast(35);
    for (let step = 0; step < 5; step++) {
      expect(later.mean[step]).toBeCloseTo(before.mean[30 + step], 9);
      const width = (out: typeof later, at: number): number => out.interval(90).upper[at] - out.interval(90).lower[at];
      expect(width(later, step) / width(before, 30 + step)).toBeGreaterThan(0.95);
      expect(width(later, step) / width(before, 30 + step)).toBeLessThan(1.05);
    }
  });

  it("takes seasons from the timestamps as Prophet's rules say, with no more waves than steps", () => {
    const names = (count: number, step: number): string[] =>
      Object.keys(
        additive()
          .fit(simulated("seasons", count), { timestamps: instants(count, step) })
          .components?.(1) ?? {},
      );
    expect(names(100, day)).toEqual(["trend", "weekly"]);
    expect(names(731, day)).toEqual(["trend", "yearly", "weekly"]);
    expect(names(100, 3_600_000)).toEqual(["trend", "daily"]);
    expect(names(120, 7 * day)).toEqual(["trend", "yearly"]);
    expect(names(10, day)).toEqual(["trend"]);
  });

  it("finds a holiday's effect, also in months, and says where one has none", () => {
    const party = { name: "party", dates: ["2022-02-10", "2022-03-10", "2022-04-10", "2022-05-10"] };
    const values = simulated("holidays", 120).map((value, t) => value + (t === 40 || t === 68 || t === 99 ? 50 : 0));
    const fitted = additive({ holidays: [party] }).fit(values, { timestamps: instants(120) });
    const effect = fitted.components?.(10).party as Float64Array;
    expect(effect[9]).toBeGreaterThan(40); // 10 May
    expect(effect[8]).toBe(0);
    const months = Array.from({ length: 30 }, (_, month) => Date.UTC(2022, month, 1));
    const monthly = months.map((_, month) => 10 + ((month * 7) % 3) + (month % 12 === 11 ? 20 : 0));
    const christmas = { name: "christmas", dates: ["2022-12-25", "2023-12-25", "2024-12-25"] };
    const found = additive({ holidays: [christmas], seasonalities: [] }).fit(monthly, { timestamps: months });
    expect(found.components?.(6).christmas[5]).toBeGreaterThan(15); // December 2024
    const late = additive({ holidays: [{ name: "late", dates: ["2030-01-01"] }] }).fit(values, {
      timestamps: instants(120),
    });
    expect(late.notes).toEqual(["no date of late lies in the series: it has no effect"]);
  });

  it("goes on at the median step, with a note, where the timestamps fit no frequency", () => {
    const minutes = Array.from({ length: 60 }, (_, t) => start + t * 900_000 + (t > 30 ? 450_000 : 0));
    const fitted = additive().fit(simulated("minutes", 60), { timestamps: minutes });
    expect(fitted.notes.join()).toContain("the steps ahead are the median one, 900000 ms");
    expect(fitted.forecast(3).mean.every(Number.isFinite)).toBe(true);
  });

  it("keeps a logistic trend between floor and cap, however far", () => {
    const values = Array.from({ length: 80 }, (_, t) => 20 + 60 / (1 + Math.exp(-(t - 40) / 8)));
    const fitted = additive({ growth: "logistic", cap: 85, floor: 15 }).fit(values);
    const trend = fitted.components?.(500).trend as Float64Array;
    expect(Math.max(...trend)).toBeLessThanOrEqual(85);
    expect(trend[499]).toBeGreaterThan(75);
  });

  it("gathers all that is wrong with its options", () => {
    const wrong = {
      growth: "logistic",
      changepoints: -1,
      seasonalityMode: "other",
      seasonalities: [{ name: "trend", period: 0, order: 0.5 }],
      holidays: [{ name: "a", dates: ["2022-02-30"], lowerWindow: 1 }],
      start: "2022-01-01",
    } as unknown as AdditiveOptions;
    expect(problemsOf(() => additive(wrong)).map(([, path]) => path)).toEqual([
      "cap",
      "changepoints",
      "seasonalityMode",
      "seasonalities.0.name",
      "seasonalities.0.period",
      "seasonalities.0.order",
      "holidays.0.lowerWindow",
      "holidays.0.dates.0",
      "frequency",
    ]);
    expect(problemsOf(() => additive({ cap: 5 }))).toEqual([["invalid-argument", "cap"]]);
    expect(problemsOf(() => additive({ frequency: "D" }).fit([1, 2, 3]))).toEqual([["invalid-time", "timestamps"]]);
    const holidays = [{ name: "a", dates: ["2022-01-01"] }];
    expect(problemsOf(() => additive({ holidays }).fit([1, 2, 4]))).toEqual([["invalid-time", "holidays"]]);
    expect(problemsOf(() => additive({ regressors: { x: {} } }).fit([1, 2, 4]))).toEqual([
      ["unknown-name", "regressors.x"],
    ]);
  });

  it("takes any finite values at any ascending instants", () => {
    const value = fc.oneof(
      fc.constant(0),
      fc.constant(Number.NaN),
      fc.double({ min: -1e12, max: 1e12, noNaN: true }),
      fc.double({ min: -1e-9, max: 1e-9, noNaN: true }),
    );
    const gap = fc.oneof(fc.constant(day), fc.integer({ min: 1, max: 400 * day }));
    const growth = fc.constantFrom(
      {},
      { growth: "flat" },
      { growth: "logistic", cap: 100 },
      { seasonalityMode: "multiplicative" },
    );
    fc.assert(
      fc.property(fc.array(fc.tuple(value, gap), { minLength: 1, maxLength: 40 }), growth, (rows, options) => {
        if (rows.every(([y]) => Number.isNaN(y))) return;
        let at = start;
        const timestamps = rows.map(([, step]) => {
          at += step;
          return at;
        });
        const fitted = additive(options as AdditiveOptions).fit(
          rows.map(([y]) => y),
          { timestamps },
        );
        const out = fitted.forecast(4);
        const { lower, upper } = out.interval(95);
        expect([...out.mean, ...lower, ...upper, ...fitted.paths(4, { count: 3 })].every(Number.isFinite)).toBe(true);
        for (let step = 0; step < 4; step++) expect(lower[step]).toBeLessThanOrEqual(upper[step]);
      }),
      { numRuns: 60 },
    );
  });
});

import { readFileSync } from "node:fs";
import { Rng } from "@sage-twin/kernel";
import { absoluteErrorScale } from "@sage-twin/numerics";
import { describe, expect, it } from "vitest";
import { backtest, compare, dieboldMariano, drift, historicMean, naive, seasonalNaive } from "../src/index.js";

interface Case {
  readonly h: number;
  readonly power: number;
  readonly first: number[];
  readonly second: number[];
  readonly statistic: number;
  readonly p: number;
}
// R's forecast 8.20, by golden/dm.R
const { cases }: { cases: Case[] } = JSON.parse(readFileSync(new URL("golden/dm.json", import.meta.url), "utf8"));

describe("dieboldMariano", () => {
  it.each(cases)("equals R's dm.test, h = $h, power = $power", ({ h, power, first, second, statistic, p }) => {
    const losses = (errors: number[]): number[] => errors.map((error) => Math.abs(error) ** power);
    const found = dieboldMariano(losses(first), losses(second), h);
    expect(found.statistic).toBeCloseTo(statistic, 9);
    expect(found.pValue).toBeCloseTo(p, 9);
    expect(dieboldMariano(losses(second), losses(first), h).statistic).toBeCloseTo(-statistic, 9);
  });

  it("takes equal losses, missing ones and few", () => {
    expect(dieboldMariano([1, 2, 3], [1, 2, 3])).toEqual({ statistic: 0, pValue: 1, observations: 3 });
    expect(dieboldMariano([1, Number.NaN, 3, 2], [2, 3, 4.5, 2]).observations).toBe(3);
    expect(dieboldMariano([1], [2]).pValue).toBeNaN();
    expect(dieboldMariano([1, 1, 1], [2, 2, 2])).toEqual({
      statistic: Number.NEGATIVE_INFINITY,
      pValue: 0,
      observations: 3,
    });
    expect(() => dieboldMariano([1, 2], [1])).toThrow("1 losses beside 2");
  });

  it("rejects a true hypothesis about as often as it says", () => {
    const rng = new Rng("size");
    let rejected = 0;
    for (let trial = 0; trial < 2000; trial++) {
      const draw = (): number[] => Array.from({ length: 25 }, () => Math.abs(rng.normal()));
      if (dieboldMariano(draw(), draw()).pValue < 0.1) rejected++;
    }
    expect(rejected / 2000).toBeGreaterThan(0.075);
    expect(rejected / 2000).toBeLessThan(0.125);
  });
});

const rng = new Rng("compare");
const panel = Object.fromEntries(
  Array.from({ length: 12 }, (_, series) => [
    `s${series}`,
    Array.from({ length: 40 }, (_, t) => 50 * (series + 1) + 9 * [3, -1, -4, 2][t % 4] + rng.normal()),
  ]),
);
const models = { naive: naive(), seasonal: seasonalNaive({ seasonLength: 4 }), mean: historicMean() };
const options = { horizon: 4, folds: 6 };

describe("compare", () => {
  it("ranks models over a panel, from the backtests of each", () => {
    const { table, tests, errors } = compare(models, panel, options);
    expect(table[0].name).toBe("seasonal");
    expect(table[0].averageRank).toBe(1);
    expect(table.reduce((sum, { averageRank }) => sum + averageRank, 0)).toBeCloseTo(6, 12);
    const alone = backtest(models.seasonal, panel.s3, options);
    expect(table[0].backtests.get("s3")?.mae).toBe(alone.mae);
    // One scale for all models, whatever season each knows: the mean seasonal difference before the first origin.
    const mean = (row: (typeof table)[number]): number =>
      Array.from(row.backtests, ([id, { mae }]) => mae / absoluteErrorScale(panel[id].slice(0, 31), 4)).reduce(
        (sum, own) => sum + own / 12,
        0,
      );
    for (const row of table) expect(row.mase).toBeCloseTo(mean(row), 12);
    expect(tests.map(({ best, other }) => [best, other])).toEqual([
      ["seasonal", table[1].name],
      ["seasonal", table[2].name],
    ]);
    expect(
      tests.every(({ pValue, statistic, observations }) => pValue < 0.001 && statistic < 0 && observations === 12),
    ).toBe(true);
    expect(errors.size).toBe(0);
  });

  it("tests one series over its origins, with the lags by which they overlap", () => {
    const { table, tests } = compare(models, panel.s0, { horizon: 3, folds: 12, step: 2 });
    const losses = (name: string): number[] =>
      (table.find((row) => row.name === name)?.backtests.get("")?.folds ?? []).map(({ errors }) =>
        errors.reduce((sum, e) => sum + Math.abs(e) / 3, 0),
      );
    const wanted = dieboldMariano(losses("seasonal"), losses(tests[1].other), 2);
    expect(tests[1].statistic).toBeCloseTo(wanted.statistic, 9);
    expect(tests[1].observations).toBe(12);
  });

  it("shares the rank of equal models, and sees no difference", () => {
    const { table, tests } = compare({ a: naive(), b: naive(), c: drift() }, panel.s1, { horizon: 1, folds: 8 });
    const ranks = Object.fromEntries(table.map(({ name, averageRank }) => [name, averageRank]));
    expect(ranks.a).toBe(ranks.b);
    expect(ranks.a + ranks.b + ranks.c).toBeCloseTo(6, 12);
    const same = tests.find(({ best, other }) => [best, other].sort().join() === "a,b");
    if (same !== undefined) expect(same).toMatchObject({ statistic: 0, pValue: 1 });
  });

  it("keeps going past series that are too short, and says so", () => {
    const { errors, table } = compare(
      models,
      { ...panel, short: [1, 2, 3], wrong: [1, Number.POSITIVE_INFINITY] },
      options,
    );
    expect([...errors.keys()]).toEqual(["short", "wrong"]);
    expect(errors.get("short")?.path[1]).toBe("short");
    expect(table[0].backtests.size).toBe(12);
    expect(() => compare(models, { short: [1, 2] }, options)).toThrow("panel.short");
    expect(() => compare(models, [1, 2, 3], options)).toThrow("do not fit in 3 values");
    expect(() => compare(models, {}, options)).toThrow("no series");
    expect(() => compare({ naive: naive() }, panel, options)).toThrow("at least two");
  });
});

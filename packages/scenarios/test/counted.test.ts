import { Rng } from "@sage-twin/kernel";
import { quantiles } from "@sage-twin/numerics";
import { describe, expect, it } from "vitest";
import { countedDistributions } from "../src/distributions.js";
import { addCounts, countCell, emptyCounts, type Grid, gridQuantiles, placeCell } from "../src/grid.js";
import { scenario, simulateScenarios } from "../src/index.js";
import { catalogue, fittedShop, levers } from "./shop.js";

const probabilities = [0, 0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99, 1];

function oneCell(sample: Float64Array, pilot: number): { grid: Grid; counts: ReturnType<typeof emptyCounts> } {
  const grid = { low: new Float64Array(1), scale: new Float64Array(1) };
  placeCell(grid, 0, sample.subarray(0, pilot));
  const counts = emptyCounts(1, sample.length);
  for (let run = 0; run < sample.length; run += 256)
    countCell(grid, counts, 0, sample.subarray(run, run + 256), Math.min(256, sample.length - run));
  return { grid, counts };
}

describe("runs counted on a grid", () => {
  const rng = new Rng("grid");
  const normal = Float64Array.from({ length: 100_000 }, () => 1000 + 0.01 * rng.normal());

  it("has quantiles within .002 standard deviations of the exact ones, however small these are against the level", () => {
    const { grid, counts } = oneCell(normal, 4096);
    const exact = quantiles(normal, probabilities);
    const found = gridQuantiles(grid, counts, 0, normal.length, probabilities);
    probabilities.forEach((_, index) => {
      expect(Math.abs(found[index] - exact[index])).toBeLessThan(0.002 * 0.01);
    });
    expect([found[0], found.at(-1)]).toEqual(
      [exact[0], exact.at(-1)].map((value) => expect.closeTo(value as number, 10)),
    );
  });

  it("has the exact mean and its standard error", () => {
    const { grid, counts } = oneCell(normal, 4096);
    const distributions = countedDistributions(normal.length, "independent", grid, counts, 0);
    const mean = normal.reduce((sum, value) => sum + (value - 1000), 0) / normal.length + 1000;
    const variance = normal.reduce((sum, value) => sum + (value - mean) ** 2, 0) / normal.length;
    expect(distributions.mean(0)).toBeCloseTo(mean, 9);
    expect(distributions.error(0)).toBeCloseTo(Math.sqrt(variance / normal.length), 9);
    const tiles = countedDistributions(normal.length, "in tiles", grid, counts, 0).error(0);
    expect(tiles / distributions.error(0)).toBeGreaterThan(0.8);
    expect(tiles / distributions.error(0)).toBeLessThan(1.2);
  });

  it("takes a constant, and values far outside of the pilot", () => {
    const constant = oneCell(new Float64Array(1000).fill(7), 500);
    expect([...gridQuantiles(constant.grid, constant.counts, 0, 1000, [0, 0.5, 1])]).toEqual([7, 7, 7]);
    const late = Float64Array.from({ length: 1000 }, (_, run) => (run < 900 ? run / 900 : 50 - 100 * (run % 2)));
    const { grid, counts } = oneCell(late, 500);
    const [lowest, middle, highest] = gridQuantiles(grid, counts, 0, 1000, [0, 0.5, 1]);
    expect([lowest, highest]).toEqual([-50, expect.closeTo(50, 10)]);
    expect(middle).toBeCloseTo(quantiles(late, [0.5])[0], 2);
  });

  it("adds up over chunks to the counts of all", () => {
    const { grid, counts } = oneCell(normal, 4096);
    const parts = [normal.subarray(0, 51_200), normal.subarray(51_200)].map((part) => {
      const own = emptyCounts(1, part.length);
      for (let run = 0; run < part.length; run += 256)
        countCell(grid, own, 0, part.subarray(run, run + 256), Math.min(256, part.length - run));
      return own;
    });
    const total = emptyCounts(1, normal.length);
    for (const part of parts) addCounts(total, part);
    expect(total.counts).toEqual(counts.counts);
    expect([total.lowest, total.highest]).toEqual([counts.lowest, counts.highest]);
    expect(total.sums[0]).toBeCloseTo(counts.sums[0], 6);
  });
});

describe("a simulation too large to keep", () => {
  const study = { fitted: fittedShop(), levers, catalogue };
  const dearer = scenario("dearer", levers).scale("price", 1.1);

  it("gives the means and quantiles of the kept one within Monte Carlo error, and the same whatever the chunks", async () => {
    const metrics = ["orders", "price", "revenue"];
    const [many] = await simulateScenarios(study, [dearer], { runs: 600_000, metrics });
    const [kept] = await simulateScenarios(study, [dearer], { runs: 100_000, metrics });
    for (const of of ["metric", "baseline", "difference"] as const) {
      const few = kept[of]("revenue");
      const all = many[of]("revenue");
      few.mean.forEach((mean, step) => {
        expect(Math.abs(all.mean[step] - mean)).toBeLessThan(5 * few.meanError[step]);
        expect(all.meanError[step] / few.meanError[step]).toBeCloseTo(Math.sqrt(1 / 6), 1);
        const sd = few.meanError[step] * Math.sqrt(100_000);
        expect(Math.abs(all.quantile(0.9)[step] - few.quantile(0.9)[step])).toBeLessThan(0.03 * sd);
      });
      expect(Math.abs(all.total.mean - few.total.mean)).toBeLessThan(5 * few.total.meanError);
    }
    expect([...many.difference("price").interval(90).lower]).toEqual(
      [...kept.difference("price").interval(90).lower].map((value) => expect.closeTo(value, 9)),
    );
    expect(() => many.metric("revenue").at(many.dates[0])).toThrow("counted and not kept");
    expect(() => many.metric("revenue").over(3)).toThrow("only the total over all");
  });
});

describe("as many runs as a precision takes", () => {
  const study = { fitted: fittedShop(), levers, catalogue };

  it("stops where every total's standard error is small enough", async () => {
    const [loose] = await simulateScenarios(study, [scenario("nothing")], { runs: "auto", precision: 0.01 });
    const [tight] = await simulateScenarios(study, [scenario("nothing")], { runs: "auto", precision: 0.001 });
    expect(tight.runs).toBeGreaterThan(loose.runs);
    for (const metric of tight.metrics) {
      const { mean, meanError } = tight.baseline(metric).total;
      const deviation = meanError * Math.sqrt(tight.runs);
      expect(meanError).toBeLessThanOrEqual(0.001 * Math.max(Math.abs(mean), 10 * deviation) * 1.02);
    }
  });

  it.each([0, -1, Number.NaN, Number.POSITIVE_INFINITY])("refuses a precision of %s", async (precision) => {
    await expect(simulateScenarios(study, [scenario("nothing")], { runs: "auto", precision })).rejects.toMatchObject({
      code: "out-of-range",
      path: ["precision"],
    });
  });
});

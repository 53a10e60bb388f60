import { describe, expect, it } from "vitest";
import { adaptiveMetropolis, adaptiveMetropolisAsync } from "../src/index.js";

const moments = (draws: Float64Array, size: number, index: number) => {
  const own = draws.filter((_, at) => at % size === index);
  const mean = own.reduce((sum, value) => sum + value, 0) / own.length;
  return { mean, variance: own.reduce((sum, value) => sum + (value - mean) ** 2, 0) / own.length };
};

describe("adaptiveMetropolis", () => {
  it("draws from a correlated normal of unequal scales", () => {
    // Variances 1 and 100, correlation 0.9.
    const density = ([x, y]: Float64Array): number => -(x * x - 0.18 * x * y + (y * y) / 100) / (2 * 0.19);
    const { draws, rHat, effective, accepted } = adaptiveMetropolis(density, [3, -20], [1, 1], { steps: 8000 });
    for (const [index, variance] of [1, 100].entries()) {
      const found = moments(draws, 2, index);
      expect(Math.abs(found.mean)).toBeLessThan(5 * Math.sqrt(variance / effective[index]));
      expect(Math.abs(found.variance / variance - 1)).toBeLessThan(0.12);
    }
    expect(Math.max(...rHat)).toBeLessThan(1.02);
    expect(Math.min(...effective)).toBeGreaterThan(1500);
    expect(accepted).toBeGreaterThan(0.15);
    expect(accepted).toBeLessThan(0.45);
  });

  it("draws from a gamma density on the line of logarithms", () => {
    const density = ([z]: Float64Array): number => 3 * z - Math.exp(z); // gamma(3) of exp(z)
    const { draws } = adaptiveMetropolis(density, [0], [1], { steps: 8000 });
    const { mean, variance } = moments(draws.map(Math.exp), 1, 0);
    expect(Math.abs(mean - 3)).toBeLessThan(0.15);
    expect(Math.abs(variance - 3)).toBeLessThan(0.5);
  });

  it("says when chains do not agree", () => {
    const twoHills = ([x]: Float64Array): number => Math.max(-0.5 * (x - 40) ** 2, -0.5 * (x + 40) ** 2);
    const { rHat } = adaptiveMetropolis(twoHills, [0], [60], { steps: 500, seed: 1 });
    expect(rHat[0]).toBeGreaterThan(1.5);
  });

  it("is the same bytes for the same seed and in stretches, aborts, and refuses a start without density", async () => {
    const density = ([x]: Float64Array): number => -x * x;
    const run = (seed: number) => adaptiveMetropolis(density, [0], [1], { steps: 100, seed }).draws;
    expect(run(1)).toEqual(run(1));
    expect(run(1)).not.toEqual(run(2));
    const done: number[] = [];
    const told = { steps: 400, onProgress: (progress: { done: number }) => done.push(progress.done) };
    const stretched = await adaptiveMetropolisAsync(density, [0], [1], told);
    expect(stretched).toEqual(adaptiveMetropolis(density, [0], [1], { steps: 400 }));
    expect(done.at(-1)).toBe(3200);
    const stop = new AbortController();
    const stopped = adaptiveMetropolisAsync(density, [0], [1], {
      signal: stop.signal,
      onProgress: () => stop.abort(new Error("enough")),
    });
    await expect(stopped).rejects.toThrow("enough");
    expect(() => adaptiveMetropolis(() => Number.NaN, [0], [1])).toThrow("no logarithm at the start");
    expect(() => adaptiveMetropolis(density, [0], [1], { chains: 1 })).toThrow("at least 2 chains");
  });
});

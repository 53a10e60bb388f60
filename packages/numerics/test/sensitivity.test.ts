import { describe, expect, it } from "vitest";
import { type CubeFunction, morrisEffects, sobolIndices } from "../src/index.js";

/** Ishigami and Homma 1990 with a = 7, b = 0.1. */
const ishigami: CubeFunction = (columns) =>
  columns[0].map((_, row) => {
    const [x, y, z] = columns.map((column) => Math.PI * (2 * column[row] - 1));
    return Math.sin(x) + 7 * Math.sin(y) ** 2 + 0.1 * z ** 4 * Math.sin(x);
  });

describe("Sobol indices", () => {
  it("gives Ishigami's: first .3139, .4424, 0; total .5576, .4424, .2437", () => {
    const { first, total, variance, evaluations } = sobolIndices(ishigami, 3, { samples: 16_384 });
    [0.3139, 0.4424, 0].forEach((value, input) => {
      expect(Math.abs(first[input].value - value)).toBeLessThan(0.01);
      expect(first[input].lower).toBeLessThanOrEqual(value + 0.005);
      expect(first[input].upper).toBeGreaterThanOrEqual(value - 0.005);
    });
    [0.5576, 0.4424, 0.2437].forEach((value, input) => {
      expect(Math.abs(total[input].value - value)).toBeLessThan(0.01);
    });
    expect(variance).toBeCloseTo(13.8446, 1);
    expect(evaluations).toBe(16_384 * 5);
  });

  it("gives a sum's squares", () => {
    const { first, total } = sobolIndices((columns) => columns[0].map((value, row) => 3 * value + columns[1][row]), 2);
    expect(first.map(({ value }) => value)).toEqual([expect.closeTo(0.9, 2), expect.closeTo(0.1, 2)]);
    expect(total.map(({ value }) => value)).toEqual([expect.closeTo(0.9, 2), expect.closeTo(0.1, 2)]);
  });

  it("gives nothing of a constant, and refuses what it cannot do", () => {
    const { first } = sobolIndices((columns) => columns[0].map(() => 3), 1);
    expect(first[0]).toEqual({ value: 0, lower: 0, upper: 0 });
    expect(() => sobolIndices((columns) => columns[0], 0)).toThrow("0 inputs");
    expect(() => sobolIndices((columns) => columns[0].map(() => Number.NaN), 2)).toThrow("finite");
    expect(() => sobolIndices((columns) => columns[0], 1, { samples: 3 })).toThrow("3 samples");
  });
});

describe("elementary effects", () => {
  it("are the slopes of a line, without deviation", () => {
    const [a, b] = morrisEffects((columns) => columns[0].map((value, row) => 4 * value - 2 * columns[1][row]), 2);
    expect(a).toEqual({
      mean: expect.closeTo(4, 9),
      meanAbsolute: expect.closeTo(4, 9),
      deviation: expect.closeTo(0, 9),
    });
    expect(b).toEqual({
      mean: expect.closeTo(-2, 9),
      meanAbsolute: expect.closeTo(2, 9),
      deviation: expect.closeTo(0, 9),
    });
  });

  it("deviate where inputs act together, and cancel where one goes both ways", () => {
    const [x, y, z] = morrisEffects(ishigami, 3, { trajectories: 200 });
    expect(z.mean).toBeLessThan(0.5 * z.meanAbsolute);
    expect(Math.abs(y.mean)).toBeLessThan(0.3 * y.meanAbsolute);
    expect(x.deviation).toBeGreaterThan(0);
    expect(() => morrisEffects(ishigami, 3, { levels: 3 })).toThrow("3 levels");
  });
});

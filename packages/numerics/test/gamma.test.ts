import { describe, expect, it } from "vitest";
import { digamma, hypergeometric, logGamma } from "../src/index.js";

// SciPy 1.17.1.
const digammas: readonly [number, number][] = [
  [0.01, -100.56088545786868],
  [0.5, -1.9635100260214235],
  [1, -0.5772156649015329],
  [2.5, 0.7031566406452432],
  [9.9, 2.2411803166063815],
  [10.1, 2.262214357094148],
  [300, 5.702114882064637],
];
const hypergeometrics = [
  [0.3, 0.8, 1.9, 0.2, 1.0275594797943628],
  [-0.4, 1.2, 3.3, 0.95, 0.82983379668365],
  [5, -0.2, 6.5, 0.7, 0.8532067504725751],
  [2, 2, 3.5, 0.5, 2.123889803846899],
];

describe("functions of the gamma family", () => {
  it("logGamma is the logarithm of factorials", () => {
    let product = 0;
    for (let n = 1; n < 60; n++) {
      expect(Math.abs(logGamma(n) - product)).toBeLessThan(1e-12 * Math.max(1, product));
      product += Math.log(n);
    }
    expect(logGamma(0.5)).toBeCloseTo(Math.log(Math.PI) / 2, 13);
  });

  it.each(digammas)("digamma(%d)", (x, value) => {
    expect(Math.abs(digamma(x) - value)).toBeLessThan(1e-13 * Math.max(1, Math.abs(value)));
  });

  it.each(hypergeometrics)("2F1(%d, %d; %d; %d)", (a, b, c, z, value) => {
    expect(Math.abs(hypergeometric(a, b, c, z) - value)).toBeLessThan(1e-13 * Math.abs(value));
  });
});

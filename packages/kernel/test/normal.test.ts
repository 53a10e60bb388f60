import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fillNormal, normalDistribution, normalQuantile, Rng, WordStream } from "../src/index.js";
import { golden } from "./golden-arithmetic.js";

describe("normalQuantile", () => {
  it("agrees with mpmath to a relative 1e-15", () => {
    for (const [probability, exact] of golden("normalQuantile")) {
      const error = Math.abs(normalQuantile(probability) - exact);
      expect(error, `normalQuantile(${probability})`).toBeLessThanOrEqual(1e-15 * Math.abs(exact));
    }
  });

  it("has the edges of a quantile function", () => {
    expect([0, 0.5, 1].map(normalQuantile)).toEqual([-Infinity, 0, Infinity]);
    expect([-0.1, 1.1, Number.NaN].map(normalQuantile)).toEqual([Number.NaN, Number.NaN, Number.NaN]);
    expect(normalQuantile(5e-324)).toBeCloseTo(-38.4674, 4);
  });
});

describe("normalDistribution", () => {
  it("agrees with mpmath: absolutely to 1e-15, relatively to 1e-13 in the lower half", () => {
    for (const [x, exact] of golden("normalDistribution")) {
      const error = Math.abs(normalDistribution(x) - exact);
      expect(error, `normalDistribution(${x})`).toBeLessThanOrEqual(1e-15);
      if (x < 0 && exact > 1e-300) expect(error, `normalDistribution(${x})`).toBeLessThanOrEqual(1e-13 * exact);
    }
  });

  it("has the edges of a distribution function", () => {
    expect([-Infinity, -40, 0, 40, Infinity, Number.NaN].map(normalDistribution)).toEqual([
      0,
      0,
      0.5,
      1,
      1,
      Number.NaN,
    ]);
  });

  it("undoes the quantile function", () => {
    fc.assert(
      fc.property(fc.double({ min: 1e-300, max: 0.5, noNaN: true }), (probability) => {
        expect(Math.abs(normalDistribution(normalQuantile(probability)) / probability - 1)).toBeLessThan(2e-12);
      }),
    );
  });
});

/** What `fillNormal` promises: the sign from the word's highest bit, the tail probability from the other 31. */
function quantileOfWord(word: number): number {
  const tail = normalQuantile(((word & 0x7fffffff) + 0.5) / 4294967296);
  return word > 0x7fffffff ? -tail : tail;
}

describe("fillNormal", () => {
  it("is the quantile function of its words to 1e-8", () => {
    const words = new Rng("fill").words();
    const copy = new WordStream(words.state);
    const draws = new Float64Array(100_000);
    fillNormal(words, draws, 0, draws.length);
    for (const draw of draws) {
      const exact = quantileOfWord(copy.next());
      if (Math.abs(draw - exact) > 1e-8) expect(draw).toBeCloseTo(exact, 8);
    }
    expect(words.state).toEqual(copy.state);
  });

  it("holds in every octave of the table, and ends the tails at 2e-9", () => {
    for (let bits = 0; bits < 31; bits++) {
      for (const word of [2 ** bits, 2 ** bits * 1.37, 2 ** (bits + 1) - 1].map(Math.floor)) {
        const draw = drawOf(word);
        const exact = quantileOfWord(Math.max(word, 8));
        expect(Math.abs(draw - exact), `word ${word}`).toBeLessThan(1e-8);
        expect(drawOf(word + 0x80000000)).toBe(-draw);
      }
    }
    expect(drawOf(0)).toBe(drawOf(8));
  });

  it("fills only its range, and two halves are the whole", () => {
    const whole = new Float64Array(10);
    fillNormal(new WordStream([1, 2, 3, 4]), whole, 0, 10);
    const halves = new Float64Array(10).fill(7);
    const words = new WordStream([1, 2, 3, 4]);
    fillNormal(words, halves, 0, 4);
    expect(halves[4]).toBe(7);
    fillNormal(words, halves, 4, 10);
    expect(halves).toEqual(whole);
  });

  it("has the moments of the normal distribution", () => {
    const count = 1_000_000;
    const draws = new Float64Array(count);
    fillNormal(new Rng("moments").words(), draws, 0, count);
    const moment = (power: number): number => draws.reduce((sum, draw) => sum + draw ** power, 0) / count;
    const standardErrors = [1, Math.sqrt(2), Math.sqrt(15), Math.sqrt(96)].map((size) => size / Math.sqrt(count));
    for (const [index, exact] of [0, 1, 0, 3].entries()) {
      expect(Math.abs(moment(index + 1) - exact)).toBeLessThan(4 * standardErrors[index]);
    }
  });
});

/** The draw that a stream makes of one word: the state that yields it is found by undoing the output function. */
function drawOf(word: number): number {
  const output = new Float64Array(1);
  fillNormal(new WordStream([1, stateFor(word), 0, 0]), output, 0, 1);
  return output[0];
}

/** xoshiro128** puts out rotate(s * 5, 7) * 9; 5 and 9 have inverses modulo 2^32. */
function stateFor(word: number): number {
  const rotated = Math.imul(word, 954437177); // 9 * 954437177 = 1
  return Math.imul((rotated >>> 7) | (rotated << 25), -858993459); // 5 * 3435973837 = 1
}

import { readFileSync } from "node:fs";
import fc from "fast-check";
import alea from "seedrandom/lib/alea.js";
import { describe, expect, it } from "vitest";
import { Rng, WordStream } from "../src/index.js";

const draws = (rng: Rng, count = 5): number[] => Array.from({ length: count }, () => rng.uniform());

describe("WordStream", () => {
  it("gives the words of the reference implementation", () => {
    const file = readFileSync(new URL("./golden/words.json", import.meta.url), "utf8");
    for (const { state, words } of JSON.parse(file) as { state: number[]; words: number[] }[]) {
      const stream = new WordStream(state);
      const all = Array.from({ length: 1000 }, () => stream.next());
      expect([...all.slice(0, 10), ...all.slice(-2)]).toEqual(words);
    }
  });

  it("does not stand still on an empty state", () => {
    const stream = new WordStream([0, 0, 0, 0]);
    expect(new Set(Array.from({ length: 20 }, () => stream.next())).size).toBeGreaterThan(5);
  });

  it("copies the state that it is given", () => {
    const state = Int32Array.of(1, 2, 3, 4);
    new WordStream(state).next();
    expect(Array.from(state)).toEqual([1, 2, 3, 4]);
  });
});

describe("Rng", () => {
  it("is seedrandom's alea", () => {
    const generator = alea("2026", { state: true });
    const expected = Array.from({ length: 5 }, () => ((generator.int32() >>> 0) + 0.5) / 4294967296);
    expect(draws(new Rng("2026"))).toEqual(expected);
    expect(draws(new Rng(2026))).toEqual(expected);
  });

  it("keeps its stream from release to release", () => {
    expect(draws(new Rng("2026").derive("simulate", 3), 3)).toEqual([
      0.9682327768532559, 0.01738216041121632, 0.7893545256229118,
    ]);
  });

  it("derives streams that do not depend on what was drawn before", () => {
    const parent = new Rng("seed");
    const before = draws(parent.derive("a", 1));
    draws(parent, 100);
    expect(draws(parent.derive("a", 1))).toEqual(before);
    expect(draws(parent.derive("a").derive(1))).toEqual(before);
  });

  it("derives another stream for other labels", () => {
    const label = fc.oneof(fc.string(), fc.constantFrom("a", "a/b", "1:a", "/1:a"), fc.nat(20).map(String));
    fc.assert(
      fc.property(fc.array(label, { minLength: 1 }), fc.array(label, { minLength: 1 }), (left, right) => {
        const same = left.length === right.length && left.every((part, index) => part === right[index]);
        expect(new Rng("s").derive(...left).seed === new Rng("s").derive(...right).seed).toBe(same);
      }),
    );
    expect(draws(new Rng("s").derive("a"))).not.toEqual(draws(new Rng("s").derive("b")));
  });

  it("goes on from where it was saved, through JSON", () => {
    fc.assert(
      fc.property(fc.string(), fc.nat(50), (seed, skip) => {
        const rng = new Rng(seed);
        draws(rng, skip);
        const restored = Rng.restore(JSON.parse(JSON.stringify(rng.state())));
        expect(draws(restored)).toEqual(draws(rng));
        expect(restored.derive("x").seed).toBe(rng.derive("x").seed);
      }),
    );
  });

  it.each([
    undefined,
    null,
    {},
    { seed: "a" },
    { seed: "a", state: { c: 1, s0: 0.1, s1: 0.2, s2: "0.3" } },
    { seed: 1, state: {} },
  ])("refuses to restore %j", (saved) => {
    expect(() => Rng.restore(saved as never)).toThrow(expect.objectContaining({ code: "corrupt" }));
  });

  it.each([Number.NaN, Infinity])("refuses the seed %s", (seed) => {
    expect(() => new Rng(seed)).toThrow("a seed must be text or a finite number");
  });

  it("draws numbers of the open interval, whole numbers of their range, and normals", () => {
    const rng = new Rng("ranges");
    const counts = new Array(6).fill(0);
    let sum = 0;
    let squares = 0;
    const count = 60_000;
    for (let i = 0; i < count; i++) {
      const uniform = rng.uniform();
      if (!(uniform > 0 && uniform < 1)) expect.fail(`${uniform}`);
      counts[rng.integer(6)]++;
      const normal = rng.normal();
      sum += normal;
      squares += normal * normal;
    }
    expect(counts.reduce((chiSquare, n) => chiSquare + (n - count / 6) ** 2 / (count / 6), 0)).toBeLessThan(20.5); // 0.1 %
    expect(Math.abs(sum / count)).toBeLessThan(4 / Math.sqrt(count));
    expect(Math.abs(squares / count - 1)).toBeLessThan(4 * Math.sqrt(2 / count));
  });

  it("seeds word streams apart", () => {
    const rng = new Rng("words");
    expect(rng.words().next()).not.toBe(rng.words().next());
  });
});

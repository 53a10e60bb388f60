import { readFileSync } from "node:fs";
import { Rng, TwinError } from "@sage-twin/kernel";
import { describe, expect, it } from "vitest";
import { fillLatinHypercube, fillPlainSobol, fillSobol, sobolDimensions } from "../src/index.js";

interface Golden {
  readonly columns: Readonly<Record<string, readonly number[]>>;
  readonly pairs: Readonly<Record<string, readonly (readonly number[])[]>>;
}

const golden: Golden = JSON.parse(readFileSync(new URL("./golden/sobol.json", import.meta.url), "utf8"));

describe("Sobol points", () => {
  it.each(Object.entries(golden.pairs))("has the points of SciPy in dimensions %s", (names, expected) => {
    const [a, b] = names.split("/").map((name) => fillPlainSobol(Number(name), 0, new Float64Array(64)));
    const points = Array.from(a, (value, point) => [value, b[point]]);
    expect(points.sort((x, y) => x[0] - y[0] || x[1] - y[1])).toEqual(expected);
  });

  it.each(Object.entries(golden.columns))("has the column of SciPy in dimension %s", (name, expected) => {
    expect([...fillPlainSobol(Number(name), 0, new Float64Array(256)).sort()]).toEqual(expected);
  });

  it("stays in every interval of a block when scrambled, in all dimensions and further blocks", () => {
    const rng = new Rng("scramble");
    for (let dimension = 0; dimension < sobolDimensions; dimension++) {
      const places = fillSobol(dimension, 256 * (dimension % 7), rng.words().next(), new Float64Array(256));
      expect([...places.map((x) => Math.floor(256 * x)).sort()]).toEqual(Array.from({ length: 256 }, (_, i) => i));
    }
  });

  it("is uniform over scrambles and fills squares of two dimensions", () => {
    const rng = new Rng("uniform");
    let sum = 0;
    for (let draw = 0; draw < 2000; draw++) sum += fillSobol(3, 5, rng.words().next(), new Float64Array(1))[0];
    expect(Math.abs(sum / 2000 - 0.5)).toBeLessThan(4 * Math.sqrt(1 / 12 / 2000));
    const x = fillSobol(0, 0, 11, new Float64Array(256));
    const y = fillSobol(1, 0, 12, new Float64Array(256));
    const boxes = new Set(Array.from(x, (value, point) => 16 * Math.floor(16 * value) + Math.floor(16 * y[point])));
    expect(boxes.size).toBe(256);
  });

  it("gives the mean of a smooth function of ten dimensions with far less variance than chance", () => {
    const mean = (fill: (dimension: number, seed: number) => Float64Array, seed: number): number => {
      const columns = Array.from({ length: 10 }, (_, dimension) => fill(dimension, seed));
      let sum = 0;
      for (let point = 0; point < 1024; point++)
        sum += columns.reduce(
          (product, column, dimension) => product * (1 + (column[point] - 0.5) / (dimension + 1)),
          1,
        );
      return sum / 1024;
    };
    const variance = (fill: (dimension: number, seed: number) => Float64Array): number => {
      const means = Array.from({ length: 40 }, (_, seed) => mean(fill, seed) - 1);
      return means.reduce((sum, value) => sum + value * value, 0) / means.length;
    };
    const plain = variance((dimension, seed) => {
      const rng = new Rng(`${seed}/${dimension}`);
      return Float64Array.from({ length: 1024 }, () => rng.uniform());
    });
    const sobol = variance((dimension, seed) =>
      fillSobol(dimension, 0, new Rng(`${seed}/${dimension}`).words().next(), new Float64Array(1024)),
    );
    expect(sobol).toBeLessThan(plain / 50);
  });

  it.each([-1, 100, 1.5, Number.NaN])("refuses dimension %s", (dimension) => {
    expect(() => fillSobol(dimension, 0, 1, new Float64Array(1))).toThrow(TwinError);
  });
});

describe("a Latin hypercube", () => {
  it("has one number in each interval, in an order of its own for each coordinate", () => {
    const words = new Rng("cube").words();
    const [first, second] = [0, 1].map(() => fillLatinHypercube(words, new Float64Array(100)));
    for (const column of [first, second])
      expect([...column.map((x) => Math.floor(100 * x)).sort()]).toEqual(Array.from({ length: 100 }, (_, i) => i));
    expect(first).not.toEqual(second);
  });
});

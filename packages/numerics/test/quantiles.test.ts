import { TwinError } from "@sage-twin/kernel";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { quantiles } from "../src/index.js";

/** Type 7 by its definition, on the sorted sample. */
function bySorting(sample: Float64Array, probability: number): number {
  const sorted = sample.slice().sort();
  const position = probability * (sorted.length - 1);
  const low = sorted[Math.floor(position)];
  const high = sorted[Math.ceil(position)];
  return low === high ? low : low + (position - Math.floor(position)) * (high - low);
}

describe("quantiles", () => {
  it("equal those of the sorted sample, whatever the sample", () => {
    const value = fc.oneof(
      fc.double({ noNaN: true, min: -1e6, max: 1e6 }),
      fc.constantFrom(0, 1, 1e12, -1e12, 1e-300),
      fc.integer({ min: 0, max: 3 }),
    );
    fc.assert(
      fc.property(
        fc.array(value, { minLength: 1, maxLength: 900 }),
        fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1, maxLength: 5 }),
        (values, probabilities) => {
          const sample = Float64Array.from(values);
          const found = quantiles(sample, probabilities);
          probabilities.forEach((probability, index) => {
            expect(found[index]).toBe(bySorting(sample, probability));
          });
          expect([...sample]).toEqual(values);
        },
      ),
      { numRuns: 300 },
    );
  });

  it("find a spike beside an outlier", () => {
    const sample = Float64Array.from({ length: 5000 }, (_, index) => 1 + (index % 97) / 1e9);
    sample[17] = 1e15;
    expect(quantiles(sample, [0.5, 0.1])).toEqual(Float64Array.of(bySorting(sample, 0.5), bySorting(sample, 0.1)));
  });

  it("refuse an empty sample and a probability outside 0..1", () => {
    expect(() => quantiles(new Float64Array(0), [0.5])).toThrow(TwinError);
    expect(() => quantiles(Float64Array.of(1), [1.5])).toThrow("0..1");
    expect(() => quantiles(Float64Array.of(1), [Number.NaN])).toThrow(TwinError);
  });
});

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { cos, exp, expInto, expm1, log, log1p, pow, sin } from "../src/index.js";
import { golden, ulps } from "./golden-arithmetic.js";

const smallest = 5e-324;

describe("accuracy against mpmath", () => {
  it.each([
    ["exp", exp, 1],
    ["log", log, 1],
    ["log1p", log1p, 1],
    ["expm1", expm1, 2],
    ["sin", sin, 1],
    ["cos", cos, 1],
  ] as const)("%s", (name, compute, limit) => {
    const cases = golden(name);
    expect(cases.length).toBeGreaterThan(300);
    for (const [x, exact] of cases) expect(ulps(compute(x), exact), `${name}(${x})`).toBeLessThanOrEqual(limit);
  });

  it("pow", () => {
    for (const [x, y, exact] of golden("pow")) {
      const relative = Math.abs(pow(x, y) / exact - 1);
      const factor = Number.isInteger(y) && Math.abs(y) <= 64 ? Math.abs(y) : 2 + Math.abs(Math.log(Math.abs(exact)));
      expect(relative, `pow(${x}, ${y})`).toBeLessThanOrEqual(2e-16 * factor);
    }
  });
});

describe("edges", () => {
  it("exp", () => {
    expect([0, -0, Infinity, -Infinity, Number.NaN].map(exp)).toEqual([1, 1, Infinity, 0, Number.NaN]);
    expect(exp(709.782712893384)).toBeLessThan(Infinity);
    expect(exp(709.7827128933841)).toBe(Infinity);
    expect(exp(-745.1332191019411)).toBe(smallest);
    expect(exp(-745.1332191019412)).toBe(0);
    expect(exp(-1e308)).toBe(0);
    expect(exp(1e308)).toBe(Infinity);
  });

  it("log", () => {
    expect([1, 0, -0, Infinity].map(log)).toEqual([0, -Infinity, -Infinity, Infinity]);
    expect([-1, -Infinity, Number.NaN, -smallest].map(log)).toEqual(new Array(4).fill(Number.NaN));
    expect(log(Math.E)).toBe(1);
    expect(log(2)).toBe(Math.LN2);
  });

  it("log1p and expm1", () => {
    expect([0, -0, -1, Infinity, 1e308].map(log1p)).toEqual([0, -0, -Infinity, Infinity, log(1e308)]);
    expect([-1.1, -Infinity, Number.NaN].map(log1p)).toEqual(new Array(3).fill(Number.NaN));
    expect([0, -0, Infinity, -Infinity, -50, Number.NaN].map(expm1)).toEqual([0, -0, Infinity, -1, -1, Number.NaN]);
    expect(expm1(smallest)).toBe(smallest);
  });

  it("pow", () => {
    for (const x of [0, 1, -1, 3.5, Infinity, Number.NaN]) expect(pow(x, 0)).toBe(1);
    expect(pow(2, 10)).toBe(1024);
    expect(pow(2, -2)).toBe(0.25);
    expect(pow(-2, 3)).toBe(-8);
    expect(pow(-1, 1001)).toBe(-1);
    expect(pow(-1, 1002)).toBe(1);
    expect(pow(9, 0.5)).toBe(3);
    expect(pow(0, 2.5)).toBe(0);
    expect(pow(0, -2.5)).toBe(Infinity);
    expect(pow(Infinity, -0.3)).toBe(0);
    expect(pow(0.5, Infinity)).toBe(0);
    for (const [x, y] of [
      [-8, 1 / 3],
      [2, Number.NaN],
      [0, Number.NaN],
    ])
      expect(pow(x, y)).toBeNaN();
  });

  it("sin and cos", () => {
    expect([sin(0), cos(0)]).toEqual([0, 1]);
    for (const x of [Infinity, -Infinity, Number.NaN, 1.7e6, -1e300])
      expect([sin(x), cos(x)]).toEqual([Number.NaN, Number.NaN]);
  });
});

describe("properties", () => {
  const anyNumber = fc.double({ noNaN: false });

  it("expInto gives what exp gives, in place too", () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(anyNumber, fc.double({ min: -750, max: 750, noNaN: true }))), (values) => {
        const input = Float64Array.from(values);
        const output = new Float64Array(input.length);
        expInto(output, input, 0, input.length);
        expect(output).toEqual(input.map((value) => exp(value)));
        expInto(input, input, 0, input.length);
        expect(input).toEqual(output);
      }),
    );
  });

  it("expInto writes only the range", () => {
    const output = Float64Array.of(7, 7, 7, 7);
    expInto(output, new Float64Array(4), 1, 3);
    expect(Array.from(output)).toEqual([7, 1, 1, 7]);
  });

  it("exp never falls, over neighbouring table steps", () => {
    fc.assert(
      fc.property(
        fc.double({ min: -745, max: 709, noNaN: true }),
        fc.double({ min: 1e-12, max: 1, noNaN: true }),
        (x, step) => {
          expect(exp(x + step)).toBeGreaterThanOrEqual(exp(x));
        },
      ),
    );
  });

  it("log undoes exp", () => {
    fc.assert(
      fc.property(fc.double({ min: -700, max: 700, noNaN: true }), (x) => {
        expect(Math.abs(log(exp(x)) - x)).toBeLessThanOrEqual(4e-16 * Math.max(1, Math.abs(x)));
      }),
    );
  });

  it("stays within 4 ulp of Math on any input", () => {
    const close = (ours: number, theirs: number): void => {
      if (Number.isNaN(theirs)) expect(ours).toBeNaN();
      else expect(ulps(ours, theirs)).toBeLessThanOrEqual(4);
    };
    fc.assert(
      fc.property(anyNumber, (x) => {
        close(exp(x), Math.exp(x));
        close(log(x), Math.log(x));
        close(log1p(x), Math.log1p(x));
        close(expm1(x), Math.expm1(x));
      }),
      { numRuns: 2000 },
    );
  });
});

import { TwinError } from "@sage-twin/kernel";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { compileColumns, namesIn, parseExpression } from "../src/index.js";

function evaluate(text: string, values: Readonly<Record<string, number>> = {}): number {
  const names = Object.keys(values);
  const output = new Float64Array(1);
  compileColumns(parseExpression(text), names)(
    Object.values(values).map((value) => Float64Array.of(value)),
    output,
    1,
  );
  return output[0];
}

describe("formulas", () => {
  it.each([
    ["1 + 2 * 3", 7],
    ["2 ^ 3 ^ 2", 512],
    ["-2 ^ 2", -4],
    ["(1 + 2) * -3", -9],
    ["7 / 2 - 0.5", 3],
    ["max(1, 5, 3) - min(4, 2)", 3],
    ["3 > 2 ? 10 : 20", 10],
    ["1 == 2", 0],
    ["1 != 2", 1],
    ["abs(-4) + floor(2.7) + ceil(2.1) + round(2.5) + sign(-3)", 11],
    ["sqrt(16) + exp(0) + log(1)", 5],
    ["1e3 * 2", 2000],
  ])("%s = %d", (text, expected) => {
    expect(evaluate(text)).toBe(expected);
  });

  it("agree with JavaScript on random sums and products", () => {
    fc.assert(
      fc.property(fc.double({ min: -9, max: 9, noNaN: true }), fc.double({ min: 1, max: 9, noNaN: true }), (a, b) => {
        expect(evaluate("a * b - a / b + 2", { a, b })).toBe(a * b - a / b + 2);
      }),
    );
  });

  it("evaluate whole columns, and name what they use", () => {
    const output = new Float64Array(3);
    const expression = parseExpression("revenue - costs * 2");
    expect(namesIn(expression)).toEqual(["revenue", "costs"]);
    compileColumns(expression, ["revenue", "costs"])([Float64Array.of(9, 8, 7), Float64Array.of(1, 2, 3)], output, 3);
    expect([...output]).toEqual([7, 4, 1]);
  });

  it.each([
    "a = 1",
    "f(x) = x",
    "import(1)",
    "a.b",
    "a.constructor('x')",
    "[1, 2]",
    "'text'",
    "a; b",
    "1:3",
    "a < b < c",
    "x'",
    "5!",
    "{a: 1}",
    "a +",
    "",
    "1e400",
    "cos(1)",
    "sqrt()",
    `${"(".repeat(4000)}1${")".repeat(4000)}`,
    "1+".repeat(500_000),
  ])("refuse %j", (text) => {
    try {
      parseExpression(text);
      expect.unreachable();
    } catch (error) {
      expect(TwinError.isInstance(error) && error.code).toBe("invalid-formula");
    }
  });

  it("suggest the near function", () => {
    expect(() => parseExpression("sqr(4)")).toThrow("did you mean 'sqrt'?");
  });
});

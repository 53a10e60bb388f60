import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { compilePattern } from "../../src/validation/pattern/automaton.js";
import { caught } from "../helpers.js";

const test = (pattern: string, text: string): boolean => compilePattern(pattern, [])(text);

/** Patterns over a small alphabet, so that matches are frequent. */
const { pattern } = fc.letrec<{ pattern: string; branch: string; piece: string; atom: string }>((tie) => ({
  pattern: fc.array(tie("branch"), { minLength: 1, maxLength: 3 }).map((branches) => branches.join("|")),
  branch: fc.array(tie("piece"), { maxLength: 4 }).map((pieces) => pieces.join("")),
  piece: fc.oneof(
    {
      weight: 6,
      arbitrary: fc
        .tuple(tie("atom"), fc.constantFrom("", "", "*", "+", "?", "{2}", "{1,}", "{0,2}", "*?"))
        .map((parts) => parts.join("")),
    },
    { weight: 1, arbitrary: fc.constantFrom("^", "$") },
  ),
  atom: fc.oneof(
    { depthSize: "small", maxDepth: 3 },
    fc.constantFrom(
      "a",
      "b",
      "1",
      ".",
      "\\d",
      "\\w",
      "\\s",
      "\\D",
      "\\W",
      "[ab]",
      "[^a]",
      "[a-c1]",
      "[\\d_]",
      "\\.",
      "\\u0061",
      "[-a]",
      "[]",
      "[^]",
    ),
    tie("pattern").map((inner) => `(${inner})`),
    tie("pattern").map((inner) => `(?:${inner})`),
  ),
}));
const text = fc
  .array(fc.constantFrom("a", "b", "c", "1", " ", ".", "_", "\n", "é"), { maxLength: 12 })
  .map((units) => units.join(""));

describe("patterns as text", () => {
  it("match what RegExp matches", () => {
    fc.assert(
      fc.property(
        pattern.filter((source) => source.length <= 40),
        fc.array(text, { minLength: 1, maxLength: 8 }),
        (source, texts) => {
          const matches = compilePattern(source, []);
          const reference = new RegExp(source);
          for (const value of texts)
            expect([source, value, matches(value)]).toEqual([source, value, reference.test(value)]);
        },
      ),
      { numRuns: 2000 },
    );
  });

  it("know the everyday ones", () => {
    expect(test("^[A-Z]{2}\\d{4}$", "AB1234")).toBe(true);
    expect(test("^[A-Z]{2}\\d{4}$", "AB12345")).toBe(false);
    expect(test("^[\\w.+-]+@[\\w-]+\\.[a-z]{2,}$", "ann@example.co")).toBe(true);
    expect(test("^\\x41\\t$", "A\t")).toBe(true);
    expect(test("", "anything")).toBe(true);
  });

  it("take time linear in the text where backtracking would take forever", () => {
    const long = "a".repeat(9000);
    for (const hostile of [
      "^(a+)+$",
      "^(a|a)*$",
      "^(a|aa)+$",
      "^(.*)*x$",
      "^(a*)*b$",
      "(x+x+)+y",
      "^(\\w+\\s?)*$",
      "a*a*a*a*a*a*a*b",
    ])
      expect(test(hostile, `${long}!`)).toBe(false);
  });

  it("forget what they have met, not what it means", () => {
    const matches = compilePattern("\\u0001$", []);
    for (let i = 2; i < 60_000; i += 7) expect(matches(String.fromCharCode(i, i + 1))).toBe(false);
    expect(matches("x\u0001")).toBe(true);
  });

  it.each([
    ["(a)\\1", /\\1 is not allowed/],
    ["(?=a)", /look-around/],
    ["(?<!a)b", /look-around/],
    ["(?<n>a)", /named/],
    ["\\bword", /\\b is not allowed/],
    ["\\p{L}", /\\p is not allowed/],
    ["a**", /nothing to repeat/],
    ["*a", /'\*' stands alone/],
    ["a{2", /'\{' stands alone/],
    ["a{3,2}", /from a smaller/],
    ["a{1001}", /up to 1000/],
    ["^*", /cannot be repeated/],
    ["(a", /not closed/],
    ["a)", /stands alone/],
    ["[a", /not closed/],
    ["[z-a]", /range/],
    ["[\\d-z]", /range/],
    ["\\", /ends with/],
    ["\\u12", /hexadecimal/],
    ["((a{100}){100}){100}", /more than 2000 states/],
    ["(".repeat(60) + ")".repeat(60), /nested deeper/],
    ["a".repeat(1001), /more than 1000/],
  ])("refuse %j", async (source, message) => {
    const error = await caught(() => compilePattern(source, ["pattern"]));
    expect(error.message).toMatch(message);
    expect(error.path).toEqual(["pattern"]);
  });
});

import { describe, expect, it } from "vitest";
import { exp, log } from "../src/index.js";

describe("exp and log", () => {
  it("agree with known values", () => {
    expect(exp(1)).toBe(Math.E);
    expect(log(10)).toBe(Math.LN10);
  });
});

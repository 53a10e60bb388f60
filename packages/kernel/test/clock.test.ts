import { expect, it } from "vitest";
import { systemClock } from "../src/index.js";

it("systemClock is the machine's", () => {
  const before = Date.now();
  const now = systemClock.now();
  expect(now).toBeGreaterThanOrEqual(before);
  expect(now).toBeLessThanOrEqual(Date.now());
});

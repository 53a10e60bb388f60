import { expect, it } from "vitest";
import { manualClock } from "../src/index.js";

it("manualClock moves only when told", () => {
  const clock = manualClock("2024-01-31");
  expect(clock.now()).toBe(Date.UTC(2024, 0, 31));
  clock.advance("1M");
  expect(clock.now()).toBe(Date.UTC(2024, 1, 29));
  clock.advance("2h");
  expect(clock.now()).toBe(Date.UTC(2024, 1, 29, 2));
  clock.set(5);
  expect(clock.now()).toBe(5);
  expect(() => manualClock("soon")).toThrow("not a date");
});

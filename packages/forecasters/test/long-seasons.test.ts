import { Rng } from "@sage-twin/kernel";
import { describe, expect, it } from "vitest";
import { auto, modelFromJSON } from "../src/index.js";
import { decomposedSeasons, ownSeason } from "../src/long-seasons.js";

/** A level, a profile for each season and noise. */
function seasonalSeries(count: number, seasons: readonly number[], seed: string): Float64Array {
  const rng = new Rng(seed);
  const profiles = seasons.map((length) => Float64Array.from({ length }, () => 10 * rng.normal()));
  return Float64Array.from(
    { length: count },
    (_, t) => 200 + rng.normal() + profiles.reduce((sum, profile) => sum + profile[t % profile.length], 0),
  );
}

describe("long seasons", () => {
  it("leaves short seasons to the models themselves", () => {
    expect(ownSeason(12)).toBe(12);
    expect(decomposedSeasons(seasonalSeries(200, [12], "months"), 12)).toEqual([]);
  });

  it.each([
    { what: "weeks of a year", length: 52, seasons: [52], found: [52] },
    { what: "hours of a day", length: 24, seasons: [24], found: [24] },
    { what: "hours of a day and a week", length: 24, seasons: [24, 168], found: [24, 168] },
    { what: "days of a week", length: 7, seasons: [7], found: [] },
    { what: "days of a week and a year", length: 7, seasons: [7, 365], found: [7, 365] },
  ])("finds the seasons of $what", ({ length, seasons, found }) => {
    const values = seasonalSeries(900, seasons, "found");
    values[5] = Number.NaN;
    expect(decomposedSeasons(values, length)).toEqual(found);
  });

  it("forecasts a day and a week of hours within the noise, and opens again", () => {
    const values = seasonalSeries(700 + 48, [24, 168], "hours");
    const fitted = auto({ seasonLength: 24, horizon: 48 }).fit(values.subarray(0, 700));
    const { mean } = fitted.forecast(48);
    const error = mean.reduce((sum, value, step) => sum + Math.abs(value - values[700 + step]), 0) / 48;
    expect(fitted.selected).toContain("mstl");
    expect(error).toBeLessThan(2);
    expect(modelFromJSON(JSON.parse(JSON.stringify(fitted))).forecast(48).mean).toEqual(mean);
  });
});

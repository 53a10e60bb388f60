import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type FillPolicy, fillMissing, TimeTable } from "../../src/index.js";
import { caught } from "../helpers.js";

const nan = Number.NaN;
const of = (x: readonly number[]): TimeTable<"x"> =>
  TimeTable.of({ frequency: "D", start: "2026-01-05", columns: { x } });
const filled = (x: readonly number[], policy: FillPolicy, seasonLength?: number): number[] => [
  ...fillMissing(of(x), policy, seasonLength === undefined ? {} : { seasonLength }).column("x"),
];

describe("fillMissing", () => {
  it("none, forward, linear: known answers (pandas 2.3.3: ffill, interpolate(limit_area='inside'))", () => {
    const x = [nan, 1, nan, nan, 4, nan];
    expect(filled(x, "none")).toEqual(x);
    expect(filled(x, "forward")).toEqual([nan, 1, 1, 1, 4, 4]);
    expect(filled(x, "linear")).toEqual([nan, 1, 2, 3, 4, nan]);
  });

  it("seasonal: along the same place of the season, and its nearest value at an end", () => {
    expect(filled([1, 10, nan, 30, 5, nan, 7, 70], "seasonal", 2)).toEqual([1, 10, 3, 30, 5, 50, 7, 70]);
    expect(filled([nan, 10, 2, nan, 3, nan], "seasonal", 2)).toEqual([2, 10, 2, 10, 3, 10]);
    expect(filled([nan, 1, nan, 2], "seasonal", 2)).toEqual([nan, 1, nan, 2]);
  });

  it("seasonal recovers a straight trend with a fixed season, whatever is missing inside", () => {
    const cases = fc.record({
      seasonLength: fc.integer({ min: 2, max: 12 }),
      slope: fc.integer({ min: -8, max: 8 }),
      season: fc.array(fc.integer({ min: -64, max: 64 }), { minLength: 12, maxLength: 12 }),
      holes: fc.array(fc.nat(), { maxLength: 30 }),
    });
    fc.assert(
      fc.property(cases, ({ seasonLength, slope, season, holes }) => {
        const truth = Array.from({ length: seasonLength * 6 }, (_, row) => slope * row + season[row % seasonLength]);
        const x = truth.slice();
        for (const hole of holes) x[seasonLength + (hole % (seasonLength * 4))] = nan;
        filled(x, "seasonal", seasonLength).forEach((value, row) => {
          expect(value).toBeCloseTo(truth[row], 9);
        });
      }),
    );
  });

  it("changes no value that is there, and counts each that it made", () => {
    const value = fc.oneof(fc.constant(nan), fc.double({ noNaN: true, min: -1e9, max: 1e9 }));
    const policies = fc.constantFrom<FillPolicy>("none", "forward", "linear", "seasonal");
    fc.assert(
      fc.property(fc.array(value, { minLength: 1, maxLength: 40 }), policies, (x, policy) => {
        const table = fillMissing(of(x), policy, { seasonLength: 7 });
        const result = table.column("x");
        let made = 0;
        x.forEach((before, row) => {
          if (!Number.isNaN(before)) expect(result[row]).toBe(before);
          else if (!Number.isNaN(result[row])) made++;
        });
        expect(table.imputed.reduce((sum, { cells }) => sum + cells, 0)).toBe(made);
        expect(table.quality.gaps).toEqual(of(x).quality.gaps);
      }),
    );
  });

  it("each metric by its own policy; what was made adds up", () => {
    const table = TimeTable.of({ frequency: "D", start: "2026-01-05", columns: { a: [1, nan, 3], b: [1, nan, nan] } });
    const once = fillMissing(table, { a: "linear" });
    expect([...once.column("b")]).toEqual([1, nan, nan]);
    expect(fillMissing(once, { b: "forward" }).imputed).toEqual([
      { metric: "a", policy: "linear", cells: 1 },
      { metric: "b", policy: "forward", cells: 2 },
    ]);
    const later = TimeTable.of({ frequency: "D", start: "2026-01-08", columns: { a: [nan, 1], b: [1, nan] } });
    expect(once.append(fillMissing(later, "forward")).imputed).toEqual([
      { metric: "a", policy: "linear", cells: 1 },
      { metric: "b", policy: "forward", cells: 1 },
    ]);
  });

  it("refuses an unknown policy, metric and season", async () => {
    expect((await caught(() => filled([1], "backward" as never))).code).toBe("unknown-name");
    expect((await caught(() => fillMissing(of([1]), { y: "linear" } as never))).path).toEqual(["policies"]);
    for (const seasonLength of [undefined, 0, 1, 1.5, -7])
      expect((await caught(() => filled([1], "seasonal", seasonLength))).path).toEqual(["seasonLength"]);
  });
});

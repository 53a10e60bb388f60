import { describe, expect, it } from "vitest";
import {
  absoluteErrorScale,
  coverage,
  crpsFromQuantiles,
  mae,
  mape,
  mase,
  msis,
  pinball,
  rmse,
  smape,
} from "../src/index.js";

const actual = [10, 0, Number.NaN, -4];
const forecast = [12, 0, 3, -2];

describe("scores", () => {
  it("leave missing actual values out", () => {
    expect(mae(actual, forecast)).toBeCloseTo(4 / 3, 12);
    expect(rmse(actual, forecast)).toBeCloseTo(Math.sqrt(8 / 3), 12);
    expect(mae([Number.NaN], [1])).toBeNaN();
  });

  it("in percent", () => {
    expect(mape([10, -4], [12, -2])).toBeCloseTo((20 + 50) / 2, 12);
    expect(smape(actual, forecast)).toBeCloseTo(((200 * 2) / 22 + 0 + (200 * 2) / 6) / 3, 12);
  });

  it("scaled by seasonal differences of the training values", () => {
    expect(absoluteErrorScale([1, 4, 3, 8], 2)).toBe(3);
    expect(absoluteErrorScale([1, 4, 3], 12)).toBe(2);
    expect(absoluteErrorScale([1, Number.NaN, 3, 8])).toBe(5);
    expect(mase([10], [12], 4)).toBe(0.5);
  });

  it("of intervals", () => {
    const lower = [8, 1, 0, -9];
    const upper = [11, 2, 1, -3];
    expect(coverage(actual, lower, upper)).toBeCloseTo(2 / 3, 12);
    // widths 3, 1, 6 and one miss by 1, times 2 / .1
    expect(msis(actual, lower, upper, 90, 2)).toBeCloseTo((3 + 1 + 6 + 20) / 3 / 2, 9);
  });

  it("of quantiles: the pinball loss is least at the true quantile, the CRPS of a point forecast is its absolute error", () => {
    expect(pinball([10], [8], 0.9)).toBeCloseTo(1.8, 12);
    expect(pinball([8], [10], 0.9)).toBeCloseTo(0.2, 12);
    const sample = Array.from({ length: 1001 }, (_, i) => i / 1000);
    const loss = (quantile: number): number => pinball(sample, new Array(1001).fill(quantile), 0.8);
    expect(loss(0.8)).toBeLessThan(loss(0.78));
    expect(loss(0.8)).toBeLessThan(loss(0.82));
    const point = [[3], [3], [3]];
    expect(crpsFromQuantiles([5], point, [0.25, 0.5, 0.75])).toBeCloseTo(2, 12);
  });
});

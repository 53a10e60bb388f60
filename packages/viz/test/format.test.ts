import { describe, expect, it } from "vitest";
import { formatChange, formatName, formatNumber, formatPercent } from "../src/format.js";
import { fitText, textWidth, wrapText } from "../src/text-width.js";

describe("numbers", () => {
  it.each([
    [1234567.8, "1,234,568"],
    [1000, "1,000"],
    [999.5, "1,000"],
    [999.4, "999"],
    [12.345, "12.3"],
    [0.0123456, "0.0123"],
    [5, "5"],
    [-1234.4, "\u22121,234"],
    [0, "0"],
    [-0, "0"],
    [1e-9, "1.00e-9"],
    [3e20, "3.00e+20"],
    [Number.NaN, "\u2013"],
    [null, "\u2013"],
    [Number.POSITIVE_INFINITY, "\u2013"],
  ])("%s is %s", (value, text) => {
    expect(formatNumber(value)).toBe(text);
  });

  it("shows the sign of a change", () => {
    expect([3, -3, 0].map(formatChange)).toEqual(["+3", "\u22123", "0"]);
  });

  it("never rounds a share to all or nothing", () => {
    expect([0, 0.0001, 0.34567, 0.9, 0.99999, 1, undefined].map(formatPercent)).toEqual([
      "0 %",
      "< 0.1 %",
      "34.6 %",
      "90 %",
      "> 99.9 %",
      "100 %",
      "\u2013",
    ]);
  });
});

describe("names", () => {
  it("become words when they are written as one", () => {
    expect(["averageOrderValue", "net sales", "CLV", "topSKU", "orders2025"].map(formatName)).toEqual([
      "average order value",
      "net sales",
      "CLV",
      "top SKU",
      "orders2025",
    ]);
  });
});

describe("text", () => {
  it("is cut or wrapped to fit", () => {
    const long = "a rather long name of a metric";
    expect(textWidth(fitText(long, 80, 12), 12)).toBeLessThanOrEqual(80);
    expect(fitText("short", 80, 12)).toBe("short");
    expect(wrapText(long, 80, 12).join(" ")).toBe(long);
    for (const line of wrapText(long, 80, 12)) expect(textWidth(line, 12)).toBeLessThanOrEqual(80);
  });
});

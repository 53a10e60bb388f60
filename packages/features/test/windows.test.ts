import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { expanding, exponential, rolling, type WindowStatistics } from "../src/index.js";

type Numbers = readonly (number | null)[];
interface Case {
  readonly data: "values" | "missing";
  readonly timed?: boolean;
  readonly minPeriods?: number;
  readonly options: Record<string, never>;
  readonly expected: Record<string, Numbers>;
}
const golden = JSON.parse(readFileSync(new URL("./golden/windows.json", import.meta.url), "utf8")) as {
  readonly values: Numbers;
  readonly missing: Numbers;
  readonly other: Numbers;
  readonly otherMissing: Numbers;
  readonly times: readonly string[];
  readonly rolling: readonly Case[];
  readonly expanding: readonly Case[];
  readonly exponential: readonly Case[];
};
const decode = (numbers: Numbers): Float64Array => Float64Array.from(numbers, (value) => value ?? Number.NaN);
const data = { values: decode(golden.values), missing: decode(golden.missing) };
const others = { values: decode(golden.other), missing: decode(golden.otherMissing) };

function close(actual: ArrayLike<number>, expected: ArrayLike<number>, tolerance = 1e-9): void {
  expect(actual.length).toBe(expected.length);
  for (let row = 0; row < expected.length; row++) {
    const scale = Math.max(1, Math.abs(expected[row]));
    if (Object.is(actual[row], expected[row]) || Math.abs(actual[row] - expected[row]) <= tolerance * scale) continue;
    expect({ row, value: actual[row] }).toEqual({ row, value: expected[row] });
  }
}

function compareAll(windows: WindowStatistics, other: Float64Array, expected: Record<string, Numbers>): void {
  const actual: Record<string, Float64Array> = {
    sum: windows.sum(),
    mean: windows.mean(),
    variance: windows.variance(),
    std: windows.std(0),
    min: windows.min(),
    max: windows.max(),
    median: windows.median(),
    quantile: windows.quantile(0.3),
    skew: windows.skew(),
    kurtosis: windows.kurtosis(),
    covariance: windows.covariance(other),
    correlation: windows.correlation(other),
  };
  for (const [name, numbers] of Object.entries(expected)) {
    try {
      close(actual[name], decode(numbers));
    } catch (cause) {
      throw new Error(`${name}: ${(cause as Error).message}`, { cause });
    }
  }
}

describe("rolling gives what pandas gives", () => {
  it.each(golden.rolling.map((item) => ({ ...item, name: `${item.data} ${JSON.stringify(item.options)}` })))(
    "$name",
    ({ data: which, timed, options, expected }) => {
      const { minPeriods, ...rest } = options as unknown as { minPeriods: number | null; window: number };
      const times = timed ? golden.times : undefined;
      const windows = rolling(data[which], { ...rest, minPeriods: minPeriods ?? undefined, times });
      compareAll(windows, others[which], expected);
    },
  );
});

describe("expanding gives what pandas gives", () => {
  it.each(golden.expanding)("$data, $minPeriods", ({ data: which, minPeriods, expected }) => {
    compareAll(expanding(data[which], { minPeriods }), others[which], expected);
  });
});

describe("exponential gives what pandas gives", () => {
  it.each(golden.exponential.map((item) => ({ ...item, name: `${item.data} ${JSON.stringify(item.options)}` })))(
    "$name",
    ({ data: which, options, expected }) => {
      const windows = exponential(data[which], options);
      close(windows.mean(), decode(expected["mean"]));
      close(windows.variance(), decode(expected["variance"]));
      close(windows.std(), decode(expected["std"]));
    },
  );
});

const cell = fc.oneof(
  { weight: 6, arbitrary: fc.double({ min: -1e6, max: 1e6, noNaN: true }) },
  { weight: 2, arbitrary: fc.constant(Number.NaN) },
  { weight: 2, arbitrary: fc.constantFrom(0, 1, 1, 5) },
);

/** Statistics by their definitions, over the values of one window. */
const direct: Record<string, (values: number[]) => number> = {
  sum: (values) => values.reduce((sum, value) => sum + value, 0),
  mean: (values) => direct["sum"](values) / values.length,
  variance: (values) => {
    const mean = direct["mean"](values);
    return values.length < 2
      ? Number.NaN
      : values.reduce((sum, value) => sum + (value - mean) * (value - mean), 0) / (values.length - 1);
  },
  min: (values) => Math.min(...values),
  max: (values) => Math.max(...values),
  median: (values) => {
    const sorted = [...values].sort((a, b) => a - b);
    const middle = (sorted.length - 1) / 2;
    return (sorted[Math.floor(middle)] + sorted[Math.ceil(middle)]) / 2;
  },
};

describe("windows", () => {
  it("give what the definitions give, for any values, window and bounds", () => {
    fc.assert(
      fc.property(
        fc.array(cell, { maxLength: 80 }),
        fc.integer({ min: 1, max: 90 }),
        fc.constantFrom("right", "left", "both", "neither" as const),
        fc.boolean(),
        (values, window, closed, center) => {
          const windows = rolling(values, { window, minPeriods: 1, closed, center });
          const ahead = center ? Math.floor((window - 1) / 2) : 0;
          for (const name of Object.keys(direct)) {
            const actual = windows[name as "mean"]();
            values.forEach((_, row) => {
              const start = row + ahead - window + 1 - (closed === "left" || closed === "both" ? 1 : 0);
              const end = row + ahead + 1 - (closed === "left" || closed === "neither" ? 1 : 0);
              const inside = values.slice(Math.max(0, start), Math.max(0, end)).filter((value) => !Number.isNaN(value));
              const expected = inside.length === 0 ? Number.NaN : direct[name](inside);
              const scale = Math.max(1, ...inside.map(Math.abs)) ** (name === "variance" ? 2 : 1);
              if (Number.isNaN(expected)) expect(actual[row]).toBeNaN();
              else expect(Math.abs(actual[row] - expected)).toBeLessThanOrEqual(1e-9 * scale);
            });
          }
        },
      ),
      { numRuns: 150 },
    );
  });

  it("give the same over time as over rows when the rows are a day apart", () => {
    const times = data.missing.map((_, row) => row * 86_400_000);
    for (const closed of ["right", "left", "both", "neither"] as const) {
      const byTime = rolling(data.missing, { window: "5D", times, closed, minPeriods: 2 });
      const byRow = rolling(data.missing, { window: 5, closed, minPeriods: 2 });
      expect(byTime.std()).toEqual(byRow.std());
      expect(byTime.median()).toEqual(byRow.median());
      close(byTime.slope(), byRow.slope());
    }
  });

  it("reach back by the calendar: a month from the end of March starts after that of February", () => {
    const times = ["2026-02-27", "2026-02-28", "2026-03-01", "2026-03-31"];
    expect([...rolling([1, 2, 4, 8], { window: "1M", times }).sum()]).toEqual([1, 3, 7, 12]);
  });

  it("find the slope of a line, per row and per day, and of rows that are there", () => {
    const values = Float64Array.from({ length: 20 }, (_, row) => (row % 6 === 4 ? Number.NaN : 7 - 3 * row));
    close(rolling(values, { window: 6, minPeriods: 3 }).slope().subarray(5), new Array(15).fill(-3), 1e-12);
    const times = Array.from({ length: 20 }, (_, row) => row * 2 * 86_400_000);
    close(rolling(values, { window: "12D", times }).slope().subarray(5), new Array(15).fill(-1.5), 1e-12);
    close(expanding(values).slope().subarray(1), new Array(19).fill(-3), 1e-12);
  });

  it("count values, whatever minPeriods is", () => {
    expect([...rolling([1, Number.NaN, 3, 4], { window: 3 }).count()]).toEqual([1, 1, 2, 2]);
    expect([...expanding([Number.NaN, 2]).count()]).toEqual([0, 1]);
  });

  it("take infinities as missing, as pandas does", () => {
    expect([...rolling([1, Number.POSITIVE_INFINITY, 3], { window: 2, minPeriods: 1 }).sum()]).toEqual([1, 1, 3]);
  });

  it("answer nothing for no rows", () => {
    expect(rolling([], { window: 3 }).mean().length).toBe(0);
    expect(rolling([], { window: "3D", times: [] }).median().length).toBe(0);
  });
});

describe("numerical safety", () => {
  const noise = Float64Array.from({ length: 5000 }, (_, row) => (Math.sin(row * 12.9898) * 43758.5453) % 1);

  it("keeps the variance of a series at offset 1e8 exact to 1e-6", () => {
    const exact = rolling(noise, { window: 30 }).variance();
    const shifted = noise.map((value) => value + 1e8);
    const back = rolling(
      shifted.map((value) => value - 1e8),
      { window: 30 },
    ).variance();
    const actual = rolling(shifted, { window: 30 }).variance();
    for (let row = 29; row < noise.length; row++) {
      expect(Math.abs(actual[row] / back[row] - 1)).toBeLessThan(1e-12);
      expect(Math.abs(actual[row] / exact[row] - 1)).toBeLessThan(1e-6);
    }
  });

  it("is not troubled by a value that has left the window", () => {
    const values = noise.slice(0, 200);
    const clean = rolling(values.slice(101), { window: 10 });
    values[100] = 1e17;
    const after = rolling(values, { window: 10 });
    for (const statistic of ["mean", "std", "skew", "kurtosis", "slope"] as const)
      close(after[statistic]().subarray(120), clean[statistic]().subarray(19), 1e-12);
  });

  it("gives exactly 0 for constant windows, and their value as mean", () => {
    const values = Float64Array.from({ length: 100 }, (_, row) => (row === 20 ? 1e9 : row > 50 ? Number.NaN : 0.1));
    values.fill(0.1, 60);
    const windows = rolling(values, { window: 7, minPeriods: 3 });
    for (const row of [10, 19, 35, 50, 66, 99]) {
      expect([windows.std()[row], windows.mean()[row], windows.skew()[row]]).toEqual([0, 0.1, 0]);
      expect(windows.correlation(values)[row]).toBeNaN();
    }
  });

  it("sorts windows of 10,000 without much more work than small ones", () => {
    const values = Float64Array.from({ length: 30_000 }, (_, row) => Math.sin(row * row));
    const medians = rolling(values, { window: 10_000 }).median();
    for (const row of [9_999, 15_000, 29_999]) {
      const sorted = values.slice(row - 9_999, row + 1).sort();
      expect(medians[row]).toBe((sorted[4999] + sorted[5000]) / 2);
    }
    const rising = Float64Array.from({ length: 20_000 }, (_, row) => (row < 10_000 ? row : 20_000 - row));
    expect(rolling(rising, { window: 4001 }).median()[5000]).toBe(3000);
    expect(expanding(rising).median()[19_999]).toBe(5000);
  });
});

describe("bad windows", () => {
  it.each([
    [{ window: 0 }, "window: 0 is not a whole number in 1..1073741824"],
    [{ window: 3, minPeriods: 4 }, "minPeriods: 4 is not a whole number in 0..3"],
    [{ window: "5x" }, "'5x' is not a frequency or duration"],
    [{ window: "5D" }, "a window of time needs the times of the rows"],
    [
      { window: "5D", times: ["2026-01-02", "2026-01-01"] },
      "times[1]: '2026-01-01' is before the time of the row above",
    ],
    [{ window: "1M", center: true, times: ["2026-01-01", "2026-02-01"] }, "'1M' has no fixed half"],
    [{ window: 2, closed: "open" }, "closed: 'open' is not among"],
  ])("%j", (options, message) => {
    expect(() => rolling([1, 2], options as never)).toThrow(message);
  });

  it("names values that are no numbers, and never reads null as 0", () => {
    expect(() => rolling([1, null, "3"] as never, { window: 2 })).toThrow(/values\[1\]: null[\s\S]*values\[2\]: '3'/);
    expect(() => rolling("123" as never, { window: 2 })).toThrow("'123' is not an array of numbers");
    expect(() => rolling([1, 2], { window: 2 }).correlation([1])).toThrow("1 values beside 2");
    expect(() => rolling([1, 2], { window: 2 }).quantile(1.5)).toThrow("a probability lies in 0..1, not 1.5");
    expect(() => exponential([1], { alpha: 0.5, span: 3 })).toThrow("alpha and span say it twice");
    expect(() => exponential([1], {})).toThrow("nothing says how fast the weights fall");
    expect(() => exponential([1], { span: 0.5 })).toThrow("span: 0.5 is not a number from 1");
  });
});

import { TwinError } from "@sage-twin/kernel";
import { compile } from "vega-lite";
import { describe, expect, it } from "vitest";
import { causalGraphChart, forecastFan, tornadoChart, waterfall } from "../src/index.js";
import { tones } from "../src/palette.js";
import { everyChart } from "./charts.js";

function problemsOf(spec: unknown): string[] {
  const problems: string[] = [];
  const note = (...messages: readonly unknown[]) => {
    problems.push(messages.join(" "));
    return logger;
  };
  const silent = () => logger;
  const logger = { level: silent, error: note, warn: note, info: silent, debug: silent };
  compile(spec as never, { logger: logger as never });
  return problems;
}

describe.each(Object.entries(everyChart()))("%s", (_, spec) => {
  it("is plain JSON that Vega-Lite compiles without a complaint", () => {
    expect(JSON.parse(JSON.stringify(spec))).toEqual(spec);
    expect(problemsOf(spec)).toEqual([]);
  });

  it("says what it shows in words, with a title and the unit or names", () => {
    expect(spec.description.length).toBeGreaterThan(20);
    expect((spec.title as { text: string[] }).text.join(" ").length).toBeGreaterThan(5);
  });

  it("holds its data", () => {
    expect(JSON.stringify(spec)).not.toContain('"url"');
    expect(JSON.stringify(spec)).toContain('"values":[{');
  });
});

describe("bars below each other", () => {
  const valuesOf = (spec: object) => (spec as { data: { values: Record<string, unknown>[] } }).data.values;

  it("carry a waterfall from the first figure to the last, the smallest causes together", () => {
    const steps = Array.from({ length: 15 }, (_, step) => ({ label: `cause ${step}`, value: step - 5 }));
    const rows = valuesOf(
      waterfall({
        title: "why",
        unit: "GBP",
        start: { label: "a", value: 100 },
        end: { label: "b", value: 130 },
        steps,
      }),
    );
    expect(rows.length).toBe(14);
    expect(rows[0]).toMatchObject({ from: 0, to: 100 });
    for (let row = 1; row < 13; row++) if (row > 1) expect(rows[row]["from"]).toBe(rows[row - 1]["to"]);
    expect(rows[12]).toMatchObject({ text: "4 others", to: 130 });
    expect(rows[13]).toMatchObject({ from: 0, to: 130 });
  });

  it("put the widest bar of a tornado first, whichever way it goes", () => {
    const row = (label: string, low: number, high: number) => ({
      label,
      low: { at: 0, answer: low },
      high: { at: 1, answer: high },
    });
    const rows = valuesOf(
      tornadoChart({
        title: "what",
        unit: "GBP",
        base: 5,
        between: [0.1, 0.9],
        rows: [row("a", 4, 6), row("b", 9, 1)],
      }),
    );
    expect(rows.map(({ text, from, to }) => [text, from, to])).toEqual([
      ["b", 1, 9],
      ["a", 4, 6],
    ]);
  });
});

describe("the forecast fan", () => {
  const input = {
    metric: "orders",
    unit: "orders",
    history: { dates: ["2026-01-05", "2026-01-12", "2026-01-19"], values: [90, null, 100] },
    outlook: { dates: ["2026-01-26"], median: [104], bands: [{ level: 80, lower: [95], upper: [113] }] },
  };
  const layersOf = (spec: ReturnType<typeof forecastFan>) =>
    (spec.layer as { mark: { type: string }; data: { values: unknown[] } }[]).map(({ mark, data }) => [
      mark.type,
      data.values,
    ]);

  it("starts at the last known value and keeps a missing one missing", () => {
    expect(layersOf(forecastFan(input))).toEqual([
      [
        "area",
        [
          { date: "2026-01-19", value: 100, lower: 100, upper: 100 },
          { date: "2026-01-26", lower: 95, upper: 113 },
        ],
      ],
      [
        "line",
        [
          { date: "2026-01-05", value: 90 },
          { date: "2026-01-12", value: null },
          { date: "2026-01-19", value: 100 },
        ],
      ],
      [
        "line",
        [
          { date: "2026-01-19", value: 100, lower: 100, upper: 100 },
          { date: "2026-01-26", value: 104 },
        ],
      ],
    ]);
  });

  it("names its unit on the axis, a share for 1", () => {
    expect(JSON.stringify(forecastFan(input))).toContain('"axis":{"title":"orders"');
    expect(JSON.stringify(forecastFan({ ...input, unit: "1" }))).toContain('"axis":{"title":"share"');
  });
});

describe("the causal graph", () => {
  it("refuses an edge of a node that is not there, and a graph too large to see", () => {
    const nodes = [{ name: "orders", kind: "metric" as const }];
    const refusal = (make: () => unknown): unknown => {
      try {
        return make();
      } catch (error) {
        return TwinError.isInstance(error) ? [error.code, error.message] : error;
      }
    };
    expect(
      refusal(() => causalGraphChart({ nodes, edges: [{ from: "order", to: "orders", evidence: "data" }] })),
    ).toEqual(["unknown-name", "edges[0]: unknown node 'order'; did you mean 'orders'?"]);
    const many = Array.from({ length: 201 }, (_, index) => ({ name: `m${index}`, kind: "metric" as const }));
    expect(refusal(() => causalGraphChart({ nodes: many, edges: [] }))).toEqual([
      "too-large",
      expect.stringContaining("201"),
    ]);
  });

  it("draws a graph without nodes", () => {
    expect(problemsOf(causalGraphChart({ nodes: [], edges: [] }))).toEqual([]);
  });
});

describe("the palette", () => {
  const luminance = (tone: string): number => {
    const [red, green, blue] = [1, 3, 5].map((at) => {
      const part = Number.parseInt(tone.slice(at, at + 2), 16) / 255;
      return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const contrast = (a: string, b: string): number => {
    const [low, high] = [luminance(a), luminance(b)].sort((x, y) => x - y);
    return (high + 0.05) / (low + 0.05);
  };
  const pages = ["page", "panel"] as const;

  it.each(["light", "dark"] as const)("has enough contrast in %s (WCAG 2.2: 4.5 for text, 3 for lines)", (scheme) => {
    for (const page of pages) {
      for (const text of ["ink", "muted", "green", "orange", "blue"] as const)
        expect(contrast(tones[text][scheme], tones[page][scheme]), `${text} on ${page}`).toBeGreaterThanOrEqual(4.5);
      for (const line of ["line", "violet"] as const)
        expect(contrast(tones[line][scheme], tones[page][scheme]), `${line} on ${page}`).toBeGreaterThanOrEqual(3);
    }
  });

  it("gives every tone a light colour of its own, from which its name follows", () => {
    expect(new Set(Object.values(tones).map(({ light }) => light)).size).toBe(Object.keys(tones).length);
  });
});

import * as vega from "vega";
import { describe, expect, it, vi } from "vitest";
import { forecastFan, toSVG } from "../src/index.js";
import { everyChart } from "./charts.js";

const { textMetrics } = vega as unknown as { textMetrics: { width: unknown } };
const hostile = `<script>alert("1")</script> & 'x' "y" ]]> \u0000`;

describe.each([undefined, 330])("at a width of %s", (width) => {
  const charts = Object.entries(everyChart(width));

  it.each(charts)("%s gives the same bytes again, whatever was drawn between", async (_, spec) => {
    const first = await toSVG(spec, { id: "a" });
    await Promise.all(charts.map(([, other]) => toSVG(other)));
    expect(await toSVG(spec, { id: "a" })).toBe(first);
  });

  it.each(charts)("%s is not changed by being drawn", async (_, spec) => {
    const before = JSON.stringify(spec);
    await toSVG(spec);
    expect(JSON.parse(before)).toStrictEqual(spec);
  });

  it.each(charts)("%s suits a strict page: no styles, scripts, links or colours of its own", async (_, spec) => {
    const svg = await toSVG(spec);
    expect(svg).not.toMatch(/ style=|<style|<script|<a |href=|<image|<foreignObject/);
    const colours = [...svg.matchAll(/ (?:fill|stroke)="([^"]*)"/g)].map(([, value]) => value);
    expect(colours.filter((value) => !/^(none|transparent|var\(--twin-\w+, #[0-9a-f]{6}\))$/.test(value))).toEqual([]);
    expect(svg).toMatch(/^<svg role="img" aria-label="[^"]+" /);
  });

  it.each(charts)(
    "%s is no wider than asked unless it is the graph, and no text is below 11 pixels",
    async (name, spec) => {
      const svg = await toSVG(spec);
      const drawn = Number(/ width="([\d.]+)"/.exec(svg)?.[1]);
      if (name !== "causes") expect(drawn).toBeLessThanOrEqual((width ?? 640) + 4);
      const sizes = [...svg.matchAll(/font-size="([\d.]+)px"/g)].map(([, size]) => Number(size));
      expect(sizes.length).toBeGreaterThan(0);
      expect(Math.min(...sizes)).toBeGreaterThanOrEqual(11);
    },
  );
});

describe("ids", () => {
  const clipped = {
    $schema: "https://vega.github.io/schema/vega-lite/v5.json",
    description: "a clipped line",
    data: {
      values: [
        { x: 1, y: 2 },
        { x: 2, y: 9 },
      ],
    },
    mark: { type: "line", clip: true },
    encoding: {
      x: { field: "x", type: "quantitative" },
      y: { field: "y", type: "quantitative", scale: { domain: [0, 3] } },
    },
  };
  const idsOf = (svg: string): string[] => [...svg.matchAll(/ id="([^"]*)"/g)].map(([, id]) => id);

  it("begin with the picture's own, do not count on, and are what is referred to", async () => {
    const first = await toSVG(clipped, { id: "one" });
    const second = await toSVG(clipped, { id: "two" });
    expect(idsOf(first)).toEqual(["one-0"]);
    expect(first).toContain('clip-path="url(#one-0)"');
    expect(second).toBe(first.replaceAll("one-", "two-"));
  });
});

describe("hostile text", () => {
  it.each(Object.entries(everyChart(undefined, hostile)))("stays text in %s", async (_, spec) => {
    const svg = await toSVG({ ...spec, description: hostile });
    expect(svg).not.toContain("<script");
    expect(svg).toContain("&lt;script");
  });
});

describe("the peers", () => {
  it("are handed back as they were", async () => {
    const before = textMetrics.width;
    await toSVG(everyChart().fan);
    expect(textMetrics.width).toBe(before);
    await expect(toSVG({ ...everyChart().fan, layer: "nonsense" })).rejects.toThrow();
    expect(textMetrics.width).toBe(before);
    expect(await toSVG(everyChart().health)).toContain("<svg");
  });

  it("are not needed to make a spec; without them drawing says what to install", async () => {
    vi.resetModules();
    vi.doMock("vega-interpreter", () => {
      throw new Error("Cannot find package 'vega-interpreter'");
    });
    const viz = await import("../src/index.js");
    const input = { dates: ["2026-01-05"], values: [1] };
    const spec = viz.forecastFan({
      metric: "a",
      unit: "b",
      history: input,
      outlook: { dates: ["2026-01-12"], median: [1], bands: [] },
    });
    expect(spec.description).toBe(
      forecastFan({
        metric: "a",
        unit: "b",
        history: input,
        outlook: { dates: ["2026-01-12"], median: [1], bands: [] },
      }).description,
    );
    await expect(viz.toSVG(spec)).rejects.toMatchObject({
      code: "missing-peer",
      message: expect.stringContaining("npm install vega@6 vega-lite@6 vega-interpreter@2"),
    });
    vi.doUnmock("vega-interpreter");
  });
});

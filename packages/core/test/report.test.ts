import { TwinError } from "@sage-twin/kernel";
import { beforeAll, describe, expect, it } from "vitest";
import { formatChange, formatNumber, formatPercent } from "../../viz/src/format.js";
import { causalGraph, department, elasticity, type Report, TimeTable, Twin } from "../src/index.js";
import { describeShop, length } from "./shop.js";

type Shop = Awaited<ReturnType<ReturnType<typeof describeShop>["build"]>>;

const runs = 400;
const heldOut = [
  {
    metric: "orders",
    frequency: "week",
    model: "naive",
    mase: 0.91,
    rival: "the last week",
    rivalMase: 1.13,
    dates: ["2025-12-15", "2025-12-22"],
    actual: [101, 99],
    forecast: [100, 100],
  },
];
const sections = [
  { heading: "Before", place: "first" as const, paragraphs: ["How it began."] },
  {
    heading: "After",
    paragraphs: ["How it ended."],
    table: { columns: ["kind", "#lines"], rows: [["sales", 12345.6]] },
  },
];

let twin: Shop;
let report: Report;
let page: string;

const compare = (shop: Shop) =>
  shop.compare([shop.scenario("dearer").scale("price", 1.1), shop.scenario("cheaper").scale("price", 0.9)], {
    runs,
    horizon: "3M",
  });
const write = async (shop: Shop) =>
  shop.report({ title: "The shop", comparison: await compare(shop), horizons: ["1M", "3M"], heldOut, sections, runs });

beforeAll(async () => {
  twin = await describeShop().build({ seed: "2026", horizon: "3M" });
  report = await write(twin);
  page = report.toHTML();
});

const asJson = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

describe("the content of a report", () => {
  it("is what the verbs say", async () => {
    const content = report.toJSON();
    expect(content.forecasts.map(({ metric }) => metric)).toEqual([
      "orders",
      "orderValue",
      "customers",
      "joined",
      "lost",
      "revenue",
    ]);
    for (const [index, { metric }] of content.forecasts.entries()) {
      const outlook = await twin.forecast(metric as "orders", { horizons: ["1M", "3M"], runs });
      expect(content.forecasts[index]).toEqual(asJson(outlook));
    }
    const comparison = await compare(twin);
    expect(content.comparison).toEqual(asJson(comparison));
    expect(content.paths[0].scenarios[1]).toEqual({
      name: "cheaper",
      median: [...comparison.result("cheaper").metric("orders").quantile(0.5)],
      lower: [...comparison.result("cheaper").metric("orders").interval(90).lower],
      upper: [...comparison.result("cheaper").metric("orders").interval(90).upper],
    });
    const carried = await comparison.result("cheaper").assumedVariance(["revenue"]);
    const row = content.carried?.find(({ scenario, metric }) => scenario === "cheaper" && metric === "revenue");
    expect(row?.assumed).toEqual(carried.revenue.assumed);
    expect(row?.effects).toEqual(carried.revenue.effects.map(({ note, share }) => ({ note, share })));
    expect(page).toContain("all assumed effects together");
    const { indicators, health, date } = twin.state();
    expect(content.state).toEqual(asJson({ date, indicators, health }));
    expect(content.quality).toEqual(asJson(twin.quality()));
    expect(content.effects).toEqual(asJson(await twin.effects()));
    expect(content.history.metrics.orders).toEqual([...twin.history("orders").values]);
  });

  it("holds every number of every table of the page, formatted", () => {
    const numbers = new Set<string>(["\u2013"]);
    const collect = (value: unknown): void => {
      if (typeof value === "number")
        for (const format of [formatNumber, formatChange, formatPercent]) numbers.add(format(value));
      if (Array.isArray(value)) collect(value.length);
      if (typeof value === "object" && value !== null) Object.values(value).forEach(collect);
    };
    collect(report.toJSON());
    const cells = [...page.matchAll(/<td class="number">(.*?)<\/td>/g)].map(([, text]) =>
      text.replaceAll("&lt;", "<").replaceAll("&gt;", ">"),
    );
    const shown = cells.flatMap((text) => text.split(/ to | \u00b1 /));
    expect(shown.length).toBeGreaterThan(100);
    expect(shown.filter((text) => !numbers.has(text) && text !== "" && text !== "unchanged")).toEqual([]);
  });

  it("keeps the versions of the twin apart", async () => {
    const shop = await describeShop().build({ seed: "2026", horizon: "3M" });
    await shop.observe("sales", [{ date: "2025-12-29", price: 5, orders: 20, orderValue: 20 }]);
    const later = await shop.report({ metrics: ["orders"], runs });
    expect(later.toJSON().twin).toMatchObject({
      version: 2,
      from: "2024-01-01",
      until: "2025-12-29",
      frequency: "W",
      seed: "2026",
    });
    expect(later.toHTML().match(/, version 2,|What if/g)).toEqual([", version 2,"]);
  });

  it("forecasts the metrics that it is told to, and those with a good direction by default", async () => {
    expect((await twin.report({ metrics: ["price"], runs })).toJSON().forecasts.map(({ metric }) => metric)).toEqual([
      "price",
    ]);
    const some = await twin.compare([twin.scenario("dearer").scale("price", 1.1)], {
      runs,
      metrics: ["revenue", "price"],
    });
    expect((await twin.report({ comparison: some, runs })).toJSON().forecasts.map(({ metric }) => metric)).toEqual([
      "revenue",
    ]);
  });
});

describe("the page", () => {
  it("is the same, byte for byte, again", async () => {
    const again = await write(await describeShop().build({ seed: "2026", horizon: "3M" }));
    expect(again.toHTML() === page).toBe(true);
    expect(again.toJSON()).toEqual(report.toJSON());
  });

  it("is self-contained under a strict policy, without script or style attributes", () => {
    const policy = /http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(page)?.[1];
    expect(policy).toMatch(/^default-src 'none'; style-src 'sha256-[A-Za-z0-9+/=]{44}'; img-src data:/);
    expect(page.match(/<script|<link|<iframe|<img|javascript:|<[^>]* (?:on\w+|style)=|@import|url\((?!#)/g)).toBeNull();
    expect(page.match(/<style>/g)).toHaveLength(1);
  });

  it("is semantic: language, viewport, headings in order, captions, headed rows and columns, named pictures, unique ids", () => {
    expect(page.match(/<html lang="en">|name="viewport"/g)).toHaveLength(2);
    const levels = [...page.matchAll(/<h(\d)/g)].map(([, level]) => Number(level));
    levels.slice(1).forEach((level, index) => {
      expect(level).toBeLessThanOrEqual(levels[index] + 1);
    });
    expect(levels.filter((level) => level === 1)).toHaveLength(1);
    const count = (pattern: RegExp) => page.match(pattern)?.length ?? 0;
    expect(count(/<table>/g)).toBeGreaterThan(5);
    expect(count(/<caption>/g)).toBe(count(/<table>/g));
    expect(count(/<th(?! scope=)[ >]/g)).toBe(0);
    expect(count(/<svg /g)).toBe(count(/<svg role="img" aria-label="[^"]+"/g));
    const ids = [...page.matchAll(/ id="([^"]*)"/g)].map(([, id]) => id);
    expect(new Set(ids).size).toBe(ids.length);
    for (const [, target] of page.matchAll(/(?:href="|url\()#([^")]*)/g)) expect(ids).toContain(target);
  });

  it("has every part in its place, those of one's own first and last", () => {
    const headings = [...page.matchAll(/<h2[^>]*>([^<]*)</g)].map(([, text]) => text);
    expect(headings).toEqual([
      "Before",
      "What is going on",
      "How good the data are",
      "What will happen",
      "What if",
      "What causes what",
      "What these answers lean on",
      "After",
    ]);
    const told = [
      '<td class="number">12,346</td>',
      "in 1 of 1 cases",
      "fitted from the data",
      "assumed; the data removed",
    ];
    expect(told.filter((text) => !page.includes(text))).toEqual([]);
  });

  it("shows the pictures of its charts, each wide and narrow but the graph", () => {
    const names = Object.keys(report.charts);
    expect(names).toEqual([
      "indicators",
      "quality",
      "health",
      ...["orders", "orderValue", "customers", "joined", "lost", "revenue"].map((metric) => `forecast ${metric}`),
      "held out orders week",
      "scenarios",
      ...["orders", "orderValue", "customers", "joined", "lost", "revenue"].map((metric) => `difference ${metric}`),
      "causes",
    ]);
    expect(page.match(/<svg /g)).toHaveLength(2 * names.length - 1);
    expect(JSON.parse(JSON.stringify(report.charts))).toEqual(report.charts);
  });
});

describe("hostile names", () => {
  it("stay text everywhere on the page", async () => {
    const bad = `<script>alert(1)</script>"'&`;
    const shop = department("shop", {
      [`${bad}m`]: { unit: bad, kind: "flow", good: "up" },
      lever: { unit: bad, kind: "price" },
    });
    const values = Array.from({ length: 30 }, (_, step) => 50 + ((step * 13) % 17));
    const hostile = await Twin.describe(bad)
      .department(bad, { ...shop, name: bad })
      .causes(causalGraph().cause("lever", `${bad}m`, elasticity(0.5, { sd: 0.1, source: bad })))
      .levers({ lever: { label: bad } })
      .data(
        bad,
        TimeTable.of({
          frequency: "W",
          start: "2025-01-06",
          columns: { [`${bad}m`]: values, lever: values.map((value) => 90 - value) },
        }),
      )
      .build({ horizon: "4W", seed: bad });
    const comparison = await hostile.compare([hostile.scenario(bad).scale("lever", 1.1)], { runs });
    const written = await hostile.report({
      title: bad,
      comparison,
      runs,
      heldOut: [{ ...heldOut[0], metric: bad, model: bad, rival: bad, frequency: bad }],
      sections: [{ heading: bad, paragraphs: [bad], table: { caption: bad, columns: [bad, bad], rows: [[bad, bad]] } }],
    });
    const text = written.toHTML();
    expect(text.match(/<script|alert\(1\)<\/script/g)).toBeNull();
    expect(text.match(/&lt;script&gt;/g)?.length).toBeGreaterThan(30);
  });
});

describe("what a report refuses", () => {
  it.each([
    ["an unknown metric", { metrics: ["order"] }, "unknown-name", "did you mean 'orders'?"],
    ["no metrics", { metrics: [] }, "invalid-argument", "at least one metric"],
    ["a horizon beyond the twin's", { horizons: ["1Y"] }, "out-of-range", "longer horizon"],
  ])("%s", async (_, options, code, message) => {
    const failure = await twin.report(options as never).catch((error: unknown) => error);
    expect(TwinError.isInstance(failure) && [failure.code, failure.message]).toEqual([
      code,
      expect.stringContaining(message),
    ]);
  });

  it("a metric that the comparison does not hold", async () => {
    const comparison = await twin.compare([twin.scenario("dearer").scale("price", 1.1)], { runs, metrics: ["orders"] });
    await expect(twin.report({ comparison, metrics: ["revenue"], runs })).rejects.toMatchObject({
      code: "unknown-name",
      path: ["metrics"],
    });
  });

  it("to go on when aborted", async () => {
    const shop = await describeShop().build({ horizon: "3M" });
    const reason = new Error("enough");
    await expect(shop.report({ signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    expect(shop.history("orders").dates).toHaveLength(length);
  });
});

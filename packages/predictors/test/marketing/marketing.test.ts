import { memoryStore, Rng, TwinError } from "@sage-twin/kernel";
import { modelRegistry } from "@sage-twin/registry";
import { simulateBusiness } from "@sage-twin/testing";
import { beforeAll, describe, expect, it } from "vitest";
import {
  type FittedMarketingPredictor,
  geometricAdstock,
  hill,
  marketingPredictor,
  predictorFromJSON,
  weibullAdstock,
} from "../../src/index.js";
import { bestSplit } from "../../src/marketing/best-split.js";

function problems(action: () => unknown): string[] {
  try {
    action();
  } catch (error) {
    if (TwinError.isInstance(error)) return error.issues.map(({ path }) => path.join("."));
    throw error;
  }
  throw new Error("nothing was thrown");
}

const sum = (values: ArrayLike<number>): number => Array.from(values).reduce((total, value) => total + value, 0);

describe("carry-over and saturation", () => {
  it("geometric: shares fall by the decay and sum to 1", () => {
    const shares = geometricAdstock(0.5, 4);
    expect([...shares]).toEqual([8 / 15, 4 / 15, 2 / 15, 1 / 15]);
    expect([...geometricAdstock(0, 3)]).toEqual([1, 0, 0]);
  });

  it("Weibull: of shape 1 is geometric, of a larger shape comes late", () => {
    const scale = 2.5;
    const [weibull, geometric] = [weibullAdstock(1, scale, 10), geometricAdstock(Math.exp(-1 / scale), 10)];
    weibull.forEach((share, lag) => {
      expect(share).toBeCloseTo(geometric[lag], 12);
    });
    const late = weibullAdstock(3, 4, 13);
    expect(late.indexOf(Math.max(...late))).toBe(3);
    expect(sum(late)).toBeCloseTo(1, 12);
  });

  it("Hill: 0, a half and nearly 1", () => {
    expect([hill(0, 5, 2), hill(5, 5, 2), hill(10, 5, 2)]).toEqual([0, 0.5, 0.8]);
    expect(hill(1e300, 1e-9, 3)).toBe(1);
  });
});

/** A market whose truth is of the model's own form, with little noise. */
function market(seed: string, noise: number) {
  const rng = new Rng(seed);
  const weeks = 156;
  const spend = (level: number): Float64Array =>
    Float64Array.from({ length: weeks }, () => level * Math.exp(0.8 * rng.normal() - 0.3));
  const columns = {
    search: spend(100),
    social: spend(300),
    price: Float64Array.from({ length: weeks }, () => rng.normal()),
  };
  const truth = [
    { strength: 0.3, shares: geometricAdstock(0.2, 13), half: 120, slope: 1.3 },
    { strength: 0.2, shares: geometricAdstock(0.6, 13), half: 250, slope: 1 },
  ];
  const gains = [columns.search, columns.social].map((values, place) => {
    const { strength, shares, half, slope } = truth[place];
    return values.map((_, t) => {
      let stock = 0;
      for (let lag = 0; lag < 13; lag++) stock += shares[lag] * (t >= lag ? values[t - lag] : values[0]);
      return strength * hill(stock, half, slope);
    });
  });
  const revenue = columns.price.map((price, t) =>
    Math.exp(
      8 - 0.05 * price + 0.1 * Math.sin((2 * Math.PI * t) / 52) + gains[0][t] + gains[1][t] + noise * rng.normal(),
    ),
  );
  const roi = gains.map((gain, place) => {
    const brought = revenue.map((value, t) => value * (1 - Math.exp(-gain[t])));
    return sum(brought) / sum([columns.search, columns.social][place]);
  });
  return { columns, revenue, roi };
}

const settings = {
  channels: ["search", "social"],
  controls: ["price"],
  seasonLength: 52,
  harmonics: 1,
  doubt: 0,
} as const;

describe("a market of known truth", () => {
  const { columns, revenue, roi } = market("known", 0.01);
  let fitted: FittedMarketingPredictor;
  beforeAll(() => {
    fitted = marketingPredictor(settings).fit(columns, revenue);
  }, 120_000);

  it("finds the returns of the channels, and learns most of them from the data", () => {
    fitted.returns().forEach((channel, place) => {
      expect(Math.abs(channel.roi.median / roi[place] - 1)).toBeLessThan(0.25);
      expect(channel.roi.lower).toBeLessThan(roi[place]);
      expect(channel.roi.upper).toBeGreaterThan(roi[place]);
      expect(channel.learnt).toBeGreaterThan(0.6);
      expect(channel.marginalRoi.median).toBeLessThan(channel.roi.median);
    });
    expect(fitted.notes).toEqual([]);
  });

  it("contributions sum to revenue", () => {
    const parts = Object.values(fitted.contributions());
    expect(parts).toHaveLength(3);
    revenue.forEach((value, t) => {
      expect(Math.abs(parts.reduce((total, part) => total + part[t], 0) / value - 1)).toBeLessThan(1e-12);
    });
  });

  it("response curves rise and flatten; the best split of the present budget is no worse than the present one", () => {
    const curve = fitted.response("social", [0, 100, 200, 400, 800, 100_000]);
    expect(curve[0]).toEqual({ spend: 0, median: 0, lower: 0, upper: 0 });
    for (let at = 1; at < curve.length; at++) expect(curve[at].median).toBeGreaterThan(curve[at - 1].median);
    const budget = sum(columns.search) / 156 + sum(columns.social) / 156;
    const { spend, revenue: best, present } = fitted.bestSplit(budget);
    expect(sum(Object.values(spend))).toBeLessThanOrEqual(budget + 1e-9);
    expect(best.median).toBeGreaterThan(0.98 * present.median);
    const bound = fitted.bestSplit(budget, { bounds: { social: { least: 0.5 * budget }, search: { most: 10 } } });
    expect(bound.spend.social).toBeGreaterThanOrEqual(0.5 * budget - 1e-9);
    expect(bound.spend.search).toBeLessThanOrEqual(10);
  });

  it("predicts revenue of spends to come, more for more", () => {
    const rows = (factor: number) =>
      Array.from({ length: 8 }, () => ({ search: 100 * factor, social: 300 * factor, price: 0 }));
    const [few, many] = [fitted.predict(rows(0.2)), fitted.predict(rows(3))];
    few.forEach(({ expected, lower, upper, channels }, step) => {
      expect(lower).toBeLessThan(expected);
      expect(expected).toBeLessThan(upper);
      expect(many[step].expected).toBeGreaterThan(expected);
      expect(many[step].channels.search).toBeGreaterThan(channels.search);
      const base = Math.exp(8 + 0.1 * Math.sin((2 * Math.PI * (156 + step)) / 52));
      expect(Math.abs((expected - sum(Object.values(channels))) / base - 1)).toBeLessThan(0.06);
    });
  });

  it("is saved, goes through a registry, and is the same for the same seed", async () => {
    const models = modelRegistry(memoryStore());
    await models.register("market", { model: fitted, signature: fitted.signature });
    const { model } = await models.load("market@latest", { reader: predictorFromJSON });
    const rows = { search: [50, 60], social: [10, 0], price: [0, 1] };
    expect(model.predict(rows)).toEqual(fitted.predict(rows));
    const same = market("known", 0.01);
    const stages: string[] = [];
    const again = await marketingPredictor(settings).fitAsync(same.columns, same.revenue, {
      onProgress: ({ stage }) => stages.push(stage),
    });
    expect(stages.length).toBeGreaterThan(10);
    expect(JSON.stringify(again)).toBe(JSON.stringify(fitted));
    const saved = JSON.parse(JSON.stringify(fitted));
    for (const change of [
      { draws: saved.state.revenue },
      { channels: ["search"] },
      { adstock: "none" },
      { columns: 1 },
    ])
      expect(problems(() => predictorFromJSON({ ...saved, state: { ...saved.state, ...change } }))).not.toHaveLength(0);
    expect(problems(() => fitted.predict([{ search: -1, social: 2 }]))).toEqual(["rows.0.price", "rows.0.search"]);
    expect(problems(() => fitted.response("radio", [1]))).toEqual(["channel"]);
    expect(problems(() => fitted.bestSplit(100, { bounds: { radio: {}, search: { least: 9, most: 1 } } }))).toEqual([
      "bounds",
      "bounds.search",
    ]);
  });
});

describe("markets that tell little", () => {
  it("says so of a channel without spend, and of one that never varies", () => {
    const { columns, revenue } = market("little", 0.05);
    const fitted = marketingPredictor({ channels: ["search", "off", "steady"], adstock: "weibull", lags: 6 }).fit(
      { search: columns.search, off: revenue.map(() => 0), steady: revenue.map(() => 50) },
      revenue.map((value, t) => (t % 20 === 7 ? Number.NaN : value)),
    );
    expect(fitted.notes.filter((note) => note.includes("say little of 'off'"))).toHaveLength(1);
    expect(fitted.notes.filter((note) => note.includes("nothing was spent on 'off'"))).toHaveLength(1);
    const [, , steady] = fitted.returns();
    expect(steady.learnt).toBeLessThan(0.4);
    expect(Number.isNaN(fitted.contributions().baseline[7])).toBe(true);
  });

  it("refuses columns that cannot be, and settings that are none", () => {
    const { columns, revenue } = market("bad", 0.05);
    const { fit } = marketingPredictor({ channels: ["search", "tv"], controls: ["price"] });
    const broken = { search: columns.search.map((value, t) => (t === 3 ? -value : value)), price: [1] };
    expect(
      problems(() =>
        fit(
          broken,
          revenue.map((value, t) => (t === 5 ? 0 : value)),
        ),
      ),
    ).toEqual(["columns.search.3", "columns.tv", "columns.price", "revenue.5"]);
    expect(problems(() => marketingPredictor({ channels: ["a"] }).fit({ a: [1, 2] }, [1, 2]))).toEqual(["revenue"]);
    expect(
      problems(() =>
        marketingPredictor({ channels: [], lags: 0, adstock: "x" as "weibull", seasonLength: 1, doubt: -1 }),
      ),
    ).toEqual(["channels", "adstock", "lags", "seasonLength", "doubt"]);
    expect(problems(() => marketingPredictor(null as never))).toEqual(["channels"]);
    expect(problems(() => marketingPredictor({ channels: ["a"], controls: 5 } as never))).toEqual(["controls"]);
    expect(problems(() => marketingPredictor({ channels: ["a"] }).fit(null as never, null as never))).not.toEqual([]);
  });
});

describe("the best split", () => {
  it("is the best of all splits on the grid, S-shaped gains included", () => {
    const gains = [
      (spend: number) => hill(spend, 60, 3),
      (spend: number) => 0.8 * hill(spend, 20, 1),
      (spend: number) => 0.5 * hill(spend, 90, 4),
    ];
    const split = bestSplit(["a", "b", "c"], 100, (channel, spend) => gains[channel](spend), {});
    let best = 0;
    for (let a = 0; a <= 200; a++)
      for (let b = 0; a + b <= 200; b++)
        best = Math.max(best, gains[0](a / 2) + gains[1](b / 2) + gains[2]((200 - a - b) / 2));
    expect(split.reduce((total, spend, channel) => total + gains[channel](spend), 0)).toBeCloseTo(best, 12);
    expect(bestSplit(["a"], 0, gains[0], {})).toEqual([0]);
    expect(problems(() => bestSplit(["a"], 10, gains[0], { a: { least: 11, most: 12 } }))).toEqual(["bounds"]);
  });
});

describe("a simulated business with marketing channels", () => {
  it("is the same business without them, and tells what each channel brought", () => {
    const business = simulateBusiness({ seed: 5, frequency: "W", length: 60, channels: true });
    const { table, truth } = business.channels ?? { table: undefined, truth: [] };
    expect(truth.map(({ name }) => name)).toEqual(["search", "social", "television"]);
    business.complete.marketing.forEach((budget, t) => {
      const spent = truth.reduce((total, { name }) => total + (table?.column(name)[t] ?? 0), 0);
      expect(spent).toBeCloseTo(budget, 6);
    });
    for (const { roi, marginalRoi, carryover, revenue } of truth) {
      expect(roi).toBeGreaterThan(0);
      expect(marginalRoi).toBeGreaterThan(0);
      expect(sum(carryover)).toBeCloseTo(1, 12);
      expect(Math.min(...revenue)).toBeGreaterThanOrEqual(0);
    }
    expect(simulateBusiness({ seed: 5, frequency: "W", length: 60 }).channels).toBeUndefined();
  });
});

import { readFileSync } from "node:fs";
import { memoryStore, Rng, TwinError } from "@sage-twin/kernel";
import { modelRegistry } from "@sage-twin/registry";
import { describe, expect, it } from "vitest";
import { predictorFromJSON, sentimentPredictor, sentimentSeries, type TextScorer } from "../../src/index.js";
import {
  filterLevel,
  type LevelState,
  levelAhead,
  smoothLevel,
  type Wandering,
} from "../../src/sentiment/wandering-level.js";

/** Texts that are their own scores. */
const own: TextScorer = {
  name: "own",
  score: async (texts) => texts.map((text) => ({ score: Number(text) })),
};
const reviewsOf = (days: readonly (readonly number[])[]) =>
  days.flatMap((scores, day) =>
    scores.map((score) => ({ time: Date.UTC(2026, 0, 1 + day, score > 0 ? 9 : 17), text: String(score) })),
  );
const problems = async (action: () => unknown): Promise<string[]> => {
  try {
    await action();
  } catch (error) {
    if (TwinError.isInstance(error)) return error.issues.map(({ path }) => path.join("."));
    throw error;
  }
  return [];
};
const dayOf = (index: number): string => new Date(Date.UTC(2026, 0, 1 + index)).toISOString().slice(0, 10);

describe("sentimentSeries", () => {
  it("is the analysis of variance of a balanced layout, by hand", async () => {
    const days = [
      [0.2, 0.4],
      [0.6, 0.8],
      [-0.4, -0.2],
    ];
    const series = await sentimentSeries(reviewsOf(days), { scorer: own });
    // Within: each day adds 2 x .1^2 on one degree of freedom. Between: (mean square of days - within) / 2.
    const means = [0.3, 0.7, -0.3];
    const centre = 0.7 / 3;
    const square = (2 * means.reduce((sum, mean) => sum + (mean - centre) ** 2, 0)) / 2;
    const between = (square - 0.02) / 2;
    expect(series.within).toBeCloseTo(0.02, 12);
    expect(series.between).toBeCloseTo(between, 12);
    expect(series.overall).toBeCloseTo(centre, 12);
    const chance = 0.01 / (0.01 + between);
    means.forEach((mean, day) => {
      expect(series.means[day]).toBeCloseTo(mean, 12);
      expect(series.sentiment[day]).toBeCloseTo(chance * centre + (1 - chance) * mean, 12);
      const variance = (1 - chance) * 0.01 + (chance * chance * (between + 0.01)) / 3;
      expect(series.standardErrors[day]).toBeCloseTo(Math.sqrt(variance), 12);
    });
    expect([...series.counts]).toEqual([2, 2, 2]);
    expect(series.times).toEqual(["2026-01-01", "2026-01-02", "2026-01-03"]);
  });

  it("draws a day of one review in, leaves a day of many alone, and tells of gaps", async () => {
    const rng = new Rng("days");
    const days = Array.from({ length: 60 }, (_, day) =>
      Array.from({ length: day === 10 ? 0 : day === 20 ? 1 : 40 }, () =>
        day === 20 ? -1 : Math.max(-1, Math.min(1, 0.3 * Math.sin(day / 9) + 0.4 * rng.normal())),
      ),
    );
    const series = await sentimentSeries(reviewsOf(days), { scorer: own });
    expect(series.means[20]).toBe(-1);
    expect(series.sentiment[20]).toBeGreaterThan(-0.5);
    expect(Math.abs(series.sentiment[30] - series.means[30])).toBeLessThan(0.05);
    expect(series.means[10]).toBeNaN();
    expect(series.sentiment[10]).toBeCloseTo(series.overall, 12);
    expect(series.upper[10] - series.lower[10]).toBeGreaterThan(series.upper[20] - series.lower[20]);
    expect(series.upper[20] - series.lower[20]).toBeGreaterThan(series.upper[30] - series.lower[30]);
    expect(series.notes).toEqual(["1 of 60 periods are without a review"]);
  });

  it("covers the true sentiment of days as often as it says", async () => {
    let [inside, all] = [0, 0];
    for (let seed = 0; seed < 20; seed++) {
      const rng = new Rng(`cover ${seed}`);
      const truth = Array.from({ length: 80 }, () => 0.1 + 0.15 * rng.normal());
      const days = truth.map((mean) => Array.from({ length: 1 + rng.integer(8) }, () => mean + 0.25 * rng.normal()));
      const clipped = days.map((scores) => scores.map((score) => Math.max(-1, Math.min(1, score))));
      const { lower, upper } = await sentimentSeries(reviewsOf(clipped), { scorer: own });
      truth.forEach((mean, day) => {
        all++;
        if (mean >= lower[day] && mean <= upper[day]) inside++;
      });
    }
    expect(inside / all).toBeGreaterThan(0.87);
    expect(inside / all).toBeLessThan(0.93);
  });

  it("a review of weight 2 counts as two for the mean; the same id counts once", async () => {
    const time = "2026-01-01";
    const reviews = [
      { time, text: "0.9", weight: 2, id: "a" },
      { time, text: "0", id: "b" },
      { time, text: "-1", id: "a" },
      { time: "2026-01-02", text: "0.1" },
    ];
    const series = await sentimentSeries(reviews, { scorer: own });
    expect(series.means[0]).toBeCloseTo(0.6, 12);
    expect([...series.counts]).toEqual([2, 1]);
    expect([...series.scores]).toEqual([0.9, 0, -1, 0.1]);
    expect(series.notes).toEqual(["1 reviews have the id of an earlier one and do not count"]);
  });

  it("one review a day: all is chance, and it says so", async () => {
    const series = await sentimentSeries(reviewsOf([[0.5], [-0.5], [0.2]]), { scorer: own, frequency: "D" });
    expect(series.between).toBe(0);
    for (const value of series.sentiment) expect(value).toBeCloseTo(0.2 / 3, 12);
    expect(series.notes.join()).toMatch(/cannot be told from chance/);
  });

  it("refuses bad reviews, all at once, and scorers that answer nonsense", async () => {
    const bad = [{ time: "2026-02-30", text: 3 }, null, { time: 0, text: "", weight: -1, id: 7 }];
    expect(await problems(() => sentimentSeries(bad as never))).toEqual([
      "reviews.0.text",
      "reviews.0.time",
      "reviews.1.text",
      "reviews.1.time",
      "reviews.2.weight",
      "reviews.2.id",
    ]);
    expect(await problems(() => sentimentSeries([], { level: 100, frequency: "X" }))).toEqual([
      "level",
      "frequency",
      "reviews",
    ]);
    const far = [
      { time: "1700-01-01", text: "" },
      { time: "2026-01-01", text: "" },
    ];
    expect(await problems(() => sentimentSeries(far))).toEqual(["reviews"]);
    const mad: TextScorer = { name: "mad", score: async () => [{ score: 2 }] };
    expect(await problems(() => sentimentSeries([{ time: 0, text: "a" }], { scorer: mad }))).toEqual([
      "scores.0.score",
    ]);
    const progress: number[] = [];
    await sentimentSeries(new Array(5000).fill({ time: 0, text: "good" }), {
      onProgress: ({ done }) => progress.push(done),
    });
    expect(progress).toEqual([2000, 4000, 5000]);
  });
});

interface Golden {
  readonly mean: number;
  readonly means: (number | null)[];
  readonly variances: number[];
  readonly cases: {
    readonly wandering: Wandering;
    readonly likelihood: number;
    readonly last: LevelState;
    readonly smoothed: number[];
    readonly smoothedVariance: number[];
    readonly ahead: [number, number][];
  }[];
}

describe("the wandering level", () => {
  const golden = JSON.parse(readFileSync(new URL("../golden/sentiment.json", import.meta.url), "utf8")) as Golden;
  const means = Float64Array.from(golden.means, (value) => value ?? Number.NaN);
  const variances = Float64Array.from(golden.variances);

  it.each(golden.cases)("is statsmodels' filter, smoother and forecast: %j", (known) => {
    const { likelihood, last } = filterLevel(known.wandering, means, variances, golden.mean);
    expect(likelihood).toBeCloseTo(known.likelihood, 9);
    for (const [name, value] of Object.entries(known.last))
      expect(last[name as keyof LevelState]).toBeCloseTo(value, 10);
    const { level, variance } = smoothLevel(known.wandering, means, variances, golden.mean);
    known.smoothed.forEach((value, t) => {
      expect(level[t]).toBeCloseTo(value, 9);
      expect(variance[t]).toBeCloseTo(known.smoothedVariance[t], 9);
    });
    levelAhead(known.wandering, last, 5).forEach((step, index) => {
      expect(step.mean).toBeCloseTo(known.ahead[index][0], 10);
      expect(step.variance).toBeCloseTo(known.ahead[index][1], 10);
    });
  });

  it("settles at the closed-form variance of a local level", () => {
    const [q, r] = [0.01, 0.04];
    const many = new Float64Array(300).fill(0.1);
    const { last } = filterLevel(
      { level: q, slope: 0, damping: 0.8, shock: 0 },
      many,
      new Float64Array(300).fill(r),
      0,
    );
    const ahead = (q + Math.sqrt(q * q + 4 * q * r)) / 2;
    expect(last.levelVariance).toBeCloseTo((ahead * r) / (ahead + r), 12);
  });
});

/** A made-up history whose level is known. */
function history(seed: string, length: number, slopeStep: number) {
  const rng = new Rng(seed);
  let [level, slope] = [0.1, 0];
  const levels: number[] = [];
  for (let t = 0; t < length; t++) {
    levels.push(level);
    slope = 0.95 * slope + slopeStep * rng.normal();
    level += slope + 0.006 * rng.normal();
  }
  const counts = levels.map(() => rng.integer(6));
  const meanVariances = Float64Array.from(counts, (count) => (count === 0 ? Number.NaN : 0.1 / count));
  const means = levels.map((value, t) =>
    counts[t] === 0 ? Number.NaN : Math.max(-1, Math.min(1, value + Math.sqrt(meanVariances[t]) * rng.normal())),
  );
  return { levels, series: { frequency: "D", means: Float64Array.from(means), meanVariances } };
}
const first = (series: ReturnType<typeof history>["series"], length: number) => ({
  frequency: "D",
  times: Array.from({ length }, (_, index) => dayOf(index)),
  means: series.means.slice(0, length),
  meanVariances: series.meanVariances.slice(0, length),
});

describe("sentimentPredictor", () => {
  const { series } = history("one", 150, 0.002);
  const fitted = sentimentPredictor().fit(first(series, 120));

  it("is calibrated: intervals of the level two weeks ahead, and the probability that it is lower then", () => {
    let [inside80, inside95, runs] = [0, 0, 0];
    const halves = [
      { said: 0, was: 0 },
      { said: 0, was: 0 },
    ];
    for (let seed = 0; seed < 120; seed++) {
      const made = history(`calibrated ${seed}`, 134, seed % 2 === 0 ? 0.002 : 0);
      const ahead = sentimentPredictor()
        .fit(first(made.series, 120))
        .predict(Array.from({ length: 14 }, () => ({})));
      const { lower80, upper80, lower95, upper95, probabilityLower } = ahead[13];
      const truth = made.levels[133];
      runs++;
      if (truth >= lower80 && truth <= upper80) inside80++;
      if (truth >= lower95 && truth <= upper95) inside95++;
      const half = halves[probabilityLower > 0.5 ? 1 : 0];
      half.said += probabilityLower;
      half.was += truth < made.levels[119] ? 1 : 0;
    }
    expect(inside80 / runs).toBeGreaterThan(0.72);
    expect(inside80 / runs).toBeLessThan(0.93);
    expect(inside95 / runs).toBeGreaterThan(0.9);
    // What was said in all, against what came, within two standard errors of 60 tosses.
    for (const { said, was } of halves) expect(Math.abs(said - was)).toBeLessThan(2 * Math.sqrt(60 * 0.25));
  });

  it("knows a fall from a rise, and neither where there is none", () => {
    const line = (slope: number) => {
      const rng = new Rng("line");
      return sentimentPredictor().fit({
        frequency: "W",
        times: Array.from({ length: 60 }, (_, index) => dayOf(7 * index + 4)),
        means: Float64Array.from({ length: 60 }, (_, index) => slope * (index - 30) + 0.03 * rng.normal()),
        meanVariances: new Float64Array(60).fill(0.001),
      });
    };
    const eight = Array.from({ length: 8 }, () => ({}));
    const [down, up, flat] = [line(-0.01), line(0.01), line(0)].map((model) => ({
      model,
      last: model.predict(eight)[7],
    }));
    expect(down.last.probabilityLower).toBeGreaterThan(0.9);
    expect(up.last.probabilityLower).toBeLessThan(0.1);
    expect(Math.abs(flat.last.probabilityLower - 0.5)).toBeLessThan(0.2);
    expect(down.model.trend.perPeriod).toBeLessThan(-0.004);
    expect(down.model.trend.upper).toBeLessThan(0);
    expect(flat.model.trend.lower).toBeLessThan(1e-9);
    expect(flat.model.trend.upper).toBeGreaterThan(-1e-9);
    expect(down.last.time).toBe("2027-04-19");
  });

  it("follows a history through days of few reviews, and widens over gaps", () => {
    const levels = fitted.history();
    const { levels: truth } = history("one", 150, 0.002);
    const inside = levels.filter(({ lower, upper }, t) => truth[t] >= lower && truth[t] <= upper).length;
    expect(levels).toHaveLength(120);
    expect(inside).toBeGreaterThan(0.8 * 120);
    const gap = first(series, 120);
    gap.means.fill(Number.NaN, 60, 90);
    gap.meanVariances.fill(Number.NaN, 60, 90);
    const wide = sentimentPredictor().fit(gap).history();
    expect(wide[75].upper - wide[75].lower).toBeGreaterThan(1.3 * (levels[75].upper - levels[75].lower));
  });

  it("an interval of a mean to be measured is wider than that of the sentiment behind it", () => {
    const [plain, measured] = fitted.predict([{}, { meanVariance: 0.1 }]);
    expect(measured.upper80 - measured.lower80).toBeGreaterThan(0.7);
    expect(plain.upper80 - plain.lower80).toBeLessThan(0.6);
    expect(fitted.predict({ meanVariance: [0, 0.1] })).toEqual([plain, measured]);
  });

  it("is saved, goes through a registry, and from texts to the trend", async () => {
    const models = modelRegistry(memoryStore());
    await models.register("sentiment", { model: fitted, signature: fitted.signature });
    const { model, checkOutput } = await models.load("sentiment@latest", { reader: predictorFromJSON });
    const rows = [{ time: dayOf(120) }, {}];
    expect(JSON.stringify(model.predict(rows))).toBe(JSON.stringify(fitted.predict(rows)));
    checkOutput(fitted.predict(rows));
    const texts = ["Great service!", "Good value.", "It arrived.", "Not good.", "Terrible, broken on arrival."];
    const reviews = Array.from({ length: 200 }, (_, index) => ({
      time: dayOf(Math.floor(index / 4)),
      text: texts[Math.min(4, Math.floor(index / 50) + (index % 2))],
    }));
    const falling = sentimentPredictor().fit(await sentimentSeries(reviews));
    expect(falling.predict([{}])[0].sentiment).toBeLessThan(-0.2);
    expect(falling.trend.perPeriod).toBeLessThan(0);
  });

  it("refuses bad series, rows and files", async () => {
    const given = first(series, 10);
    const { predict } = fitted;
    expect(await problems(() => sentimentPredictor().fit({ ...given, means: new Float64Array(9) }))).toEqual(["means"]);
    const odd = { ...given, means: given.means.map(() => 2), meanVariances: given.means.map(() => 0) };
    expect(await problems(() => sentimentPredictor().fit(odd))).toEqual(["means.0", "meanVariances.0"]);
    expect(await problems(() => sentimentPredictor().fit({ ...given, times: [...given.times].reverse() }))).toContain(
      "times.1",
    );
    const nothing = given.means.map(() => Number.NaN);
    expect(
      await problems(() => sentimentPredictor().fit({ ...given, means: nothing, meanVariances: nothing })),
    ).toEqual(["means"]);
    expect(await problems(() => sentimentPredictor().fit({ ...given, times: [] }))).toContain("times");
    expect(await problems(() => sentimentPredictor().fit(null as never))).not.toHaveLength(0);
    expect(await problems(() => predict([{ time: "2026-01-01" }]))).toEqual(["rows.0.time"]);
    expect(await problems(() => predict([{ meanVariance: -1 }, { word: 1 }]))).toEqual([
      "rows.0.meanVariance",
      "rows.1.word",
    ]);
    expect(await problems(() => predict([]))).toEqual(["rows"]);
    const saved = JSON.parse(JSON.stringify(fitted));
    for (const change of [{ levels: [] }, { frequency: "Q9" }, { means: 1 }, { overall: 5 }, { next: "x" }])
      expect(
        await problems(() => predictorFromJSON({ ...saved, state: { ...saved.state, ...change } })),
      ).not.toHaveLength(0);
  });
});

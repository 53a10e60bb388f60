import { auto } from "@sage-twin/forecasters";
import { memoryStore, Rng, TwinError } from "@sage-twin/kernel";
import { modelRegistry } from "@sage-twin/registry";
import { describe, expect, it } from "vitest";
import { predictorFromJSON, revenueForecaster } from "../../src/index.js";
import { chooseColumns } from "../../src/revenue/choose-terms.js";

const weekOf = (index: number): string => new Date(Date.UTC(2023, 0, 2 + 7 * index)).toISOString().slice(0, 10);
const issues = (action: () => unknown): string[] => {
  try {
    action();
  } catch (error) {
    if (TwinError.isInstance(error)) return error.issues.map(({ path }) => path.join("."));
    throw error;
  }
  return [];
};

interface Market {
  readonly noise?: number;
  readonly lag?: number;
  readonly lift?: number;
  readonly length?: number;
}

/** Weeks around 1,000 with campaigns that lift revenue by `lift` in logs, `lag` weeks later. */
function market(seed: string, { noise = 0.02, lag = 0, lift = 0.3, length = 132 }: Market = {}) {
  const rng = new Rng(seed);
  const campaign = Array.from({ length }, () => (rng.uniform() < 0.3 ? 1 : 0));
  const weather = Array.from({ length }, () => rng.normal());
  return campaign.map((_, t) => ({
    time: weekOf(t),
    campaign: campaign[t],
    weather: weather[t],
    revenue: 1000 * Math.exp(lift * (campaign[t - lag] ?? 0) + noise * rng.normal()),
  }));
}

describe("chooseColumns", () => {
  const columns = (seed: string, count: number, length = 100) => {
    const rng = new Rng(seed);
    return Array.from({ length: count }, () => Float64Array.from({ length }, () => rng.normal()));
  };

  it("takes what is at work, the strongest first, and one of two that are the same", () => {
    const given = columns("work", 6);
    given[5] = given[2].slice();
    const rng = new Rng("noise");
    const response = given[0].map((value, t) => 0.5 * value - 2 * given[2][t] + 0.3 * rng.normal());
    expect(chooseColumns(response, given)).toEqual([2, 0]);
    response[3] = Number.NaN;
    expect(chooseColumns(response, given)).toEqual([2, 0]);
  });

  it("takes noise for a driver in few of many draws, however many columns there are", () => {
    for (const count of [1, 5, 40]) {
      let taken = 0;
      for (let seed = 0; seed < 200; seed++) {
        const given = columns(`null ${seed}`, count + 1);
        if (chooseColumns(given[count], given.slice(0, count)).length > 0) taken++;
      }
      expect(taken).toBeLessThan(200 * 0.06);
    }
  });

  it("takes nothing of too few rows and of columns that do not vary", () => {
    const given = columns("short", 2, 15);
    expect(chooseColumns(given[0], given)).toEqual([]);
    expect(chooseColumns(columns("flat", 1)[0], [new Float64Array(100)])).toEqual([]);
    expect(chooseColumns(new Float64Array(100), columns("still", 2))).toEqual([]);
  });
});

describe("revenueForecaster", () => {
  const rows = market("campaigns");
  const settings = { drivers: ["campaign", "weather"], maxLag: 0, horizon: 8 } as const;
  const fitted = revenueForecaster(settings).fit(rows.slice(0, 120));

  it("finds the driver at work, its lift, and that it holds; and leaves out the one that is not", () => {
    expect(fitted.terms).toEqual([{ driver: "campaign", lag: 0 }]);
    expect(fitted.drivers).toEqual(["campaign"]);
    const [on, off] = [1, 0].map((campaign) => fitted.predict([{ campaign }])[0]);
    expect(Math.log(on.forecast / off.forecast)).toBeGreaterThan(0.25);
    expect(Math.log(on.forecast / off.forecast)).toBeLessThan(0.33);
    expect(on.baseline).toBe(off.baseline);
    for (const { forecast, baseline, contributions } of [on, off])
      expect(contributions["campaign"]).toBeCloseTo(forecast - baseline, 9);
    expect(on.contributions["campaign"]).toBeGreaterThan(0);
    expect(off.contributions["campaign"]).toBeLessThan(0);
    expect(fitted.notes.join()).toMatch(/drivers helped/);
  });

  it("forecasts better than auto where a driver is known ahead, with intervals as wide as they should be", () => {
    let [own, plain, inside, all] = [0, 0, 0, 0];
    for (const seed of ["a", "b", "c", "d", "e", "f"]) {
      const made = market(seed);
      const model = revenueForecaster(settings).fit(made.slice(0, 120));
      const alone = auto({ horizon: 8 })
        .fit(made.slice(0, 120).map(({ revenue }) => revenue))
        .forecast(12).mean;
      const ahead = made.slice(120).map(({ campaign, weather }) => ({ campaign, weather }));
      model.predict(ahead).forEach(({ forecast, lower80, upper80 }, step) => {
        const { revenue } = made[120 + step];
        own += Math.abs(forecast - revenue);
        plain += Math.abs(alone[step] - revenue);
        inside += revenue >= lower80 && revenue <= upper80 ? 1 : 0;
        all++;
      });
    }
    expect(own / plain).toBeLessThan(0.35);
    expect(inside / all).toBeGreaterThan(0.65);
  });

  it("finds a lag, and lets the history's last weeks act through it", () => {
    const late = market("late", { lag: 2 });
    const model = revenueForecaster({ ...settings, maxLag: 3 }).fit(late.slice(0, 120));
    expect(model.terms[0]).toEqual({ driver: "campaign", lag: 2 });
    const predicted = model.predict([
      { campaign: 0 },
      { campaign: 0 },
      { campaign: 1 },
      { campaign: 0 },
      { campaign: 0 },
    ]);
    predicted.slice(0, 2).forEach(({ forecast, baseline }, step) => {
      expect(forecast > baseline).toBe(late[118 + step].campaign === 1);
    });
    expect(predicted[4].forecast).toBeGreaterThan(1.2 * predicted[3].forecast);
  });

  it("is auto where the rows ahead tell nothing, and where no driver is at work", () => {
    const past = rows.slice(0, 120).map(({ revenue }) => revenue);
    const alone = auto({ horizon: 8 })
      .fit(past)
      .forecast(3, { levels: [80] });
    const silent = fitted.predict([{}, {}, {}]);
    const nothing = revenueForecaster({ drivers: ["weather"], horizon: 8 }).fit(rows.slice(0, 120));
    expect(nothing.drivers).toEqual([]);
    expect(nothing.notes.join()).toMatch(/no driver is clearly at work/);
    for (const [step, row] of nothing.predict([{ weather: 3 }, {}, {}]).entries()) {
      for (const { forecast, lower80, upper80 } of [row, silent[step]]) {
        expect(forecast).toBeCloseTo(alone.mean[step], 9);
        expect(lower80).toBeCloseTo(alone.interval(80).lower[step], 6);
        expect(upper80).toBeCloseTo(alone.interval(80).upper[step], 6);
      }
      expect(row.contributions).toEqual({});
    }
  });

  it("a promotion that is not planned is none; holidays are counted by themselves", () => {
    const promoted = revenueForecaster({ drivers: [], promotions: ["campaign"], horizon: 8 }).fit(rows.slice(0, 120));
    expect(promoted.predict([{}])).toEqual(promoted.predict([{ campaign: 0 }]));
    const rng = new Rng("holidays");
    const weeks = Array.from({ length: 140 }, (_, t) => ({ t, holiday: rng.uniform() < 0.2 }));
    const holidays = weeks.filter(({ holiday }) => holiday).map(({ t }) => Date.UTC(2023, 0, 4 + 7 * t));
    const history = weeks.slice(0, 120).map(({ t, holiday }) => ({
      time: weekOf(t),
      revenue: 500 * (holiday ? 0.7 : 1) * Math.exp(0.02 * rng.normal()),
    }));
    const model = revenueForecaster({ drivers: [], holidays, horizon: 8 }).fit(history);
    expect(model.drivers).toEqual(["holidays"]);
    model.predict(Array.from({ length: 20 }, () => ({}))).forEach(({ forecast, baseline }, step) => {
      expect(forecast < baseline).toBe(weeks[120 + step].holiday);
    });
  });

  it("adds instead of multiplying where revenue is not above 0 throughout", () => {
    const rng = new Rng("net");
    const made = Array.from({ length: 120 }, (_, t) => {
      const price = 10 + rng.normal();
      return { time: weekOf(t), price, revenue: 50 * (10 - price) + 5 * rng.normal() };
    });
    const model = revenueForecaster({ drivers: ["price"], horizon: 8, maxLag: 0 }).fit(made);
    const [low, high] = [9, 11].map((price) => model.predict([{ price }])[0].forecast);
    expect(low - high).toBeGreaterThan(80);
    expect(low - high).toBeLessThan(110);
  });

  it("takes gaps in revenue and rows in any order, and a short history with a note", () => {
    const gappy = rows.slice(0, 120).map((row, t) => (t % 17 === 5 ? { ...row, revenue: null } : row));
    const model = revenueForecaster(settings).fit(gappy.filter((_, t) => t % 29 !== 7).reverse());
    expect(model.drivers).toEqual(["campaign"]);
    expect(model.notes.join()).toMatch(/4 periods have no row/);
    const short = revenueForecaster(settings).fit(rows.slice(0, 36));
    expect(short.drivers).toEqual([]);
  });

  it("is the same bytes in steps, saved, and through a registry; tells progress and aborts", async () => {
    const progress: [number, number | undefined][] = [];
    const stepped = await revenueForecaster(settings).fitAsync(rows.slice(0, 120), {
      onProgress: ({ done, total }) => progress.push([done, total]),
    });
    expect(JSON.stringify(stepped)).toBe(JSON.stringify(fitted));
    expect(progress.at(-1)).toEqual([7, 7]);
    const models = modelRegistry(memoryStore());
    await models.register("revenue", { model: fitted, signature: fitted.signature });
    const { model, checkOutput } = await models.load("revenue@latest", { reader: predictorFromJSON });
    const ahead = rows.slice(120).map(({ time, campaign }) => ({ time, campaign }));
    expect(JSON.stringify(model.predict(ahead))).toBe(JSON.stringify(fitted.predict(ahead)));
    checkOutput(fitted.predict(ahead));
    const stop = new AbortController();
    const stopped = revenueForecaster(settings).fitAsync(rows, {
      signal: stop.signal,
      onProgress: () => stop.abort(new Error("enough")),
    });
    await expect(stopped).rejects.toThrow("enough");
  });

  it("refuses bad settings, histories, rows and files, with every issue", () => {
    expect(issues(() => revenueForecaster({ drivers: ["time"], maxLag: -1, horizon: 0, frequency: "x" }))).toEqual([
      "drivers",
      "drivers",
      "frequency",
      "maxLag",
      "horizon",
    ]);
    expect(issues(() => revenueForecaster(undefined as never))).toEqual(["drivers"]);
    expect(issues(() => revenueForecaster({ drivers: ["campaign"], holidays: 5 } as never))).toEqual(["holidays"]);
    const { fit } = revenueForecaster({ drivers: ["campaign"] });
    expect(issues(() => fit([{ time: weekOf(0), revenue: "3", campaign: Number.NaN }] as never))).toEqual([
      "rows.0.revenue",
      "rows.0.campaign",
    ]);
    expect(issues(() => fit([rows[0], rows[0]]))).toContain("rows");
    expect(issues(() => revenueForecaster({ drivers: ["campaign"], frequency: "W" }).fit([rows[0], rows[0]]))).toEqual([
      "rows.1.time",
    ]);
    expect(issues(() => fit([]))).toEqual(["rows"]);
    expect(issues(() => fitted.predict([{ time: weekOf(3) }, { other: 1 }]))).toEqual(["rows.1.other"]);
    expect(issues(() => fitted.predict([{ time: weekOf(3) }]))).toEqual(["rows.0.time"]);
    expect(issues(() => fitted.predict(Array.from({ length: 501 }, () => ({}))))).toEqual(["rows"]);
    const saved = JSON.parse(JSON.stringify(fitted));
    const { state } = saved;
    for (const change of [
      { base: {} },
      { drivers: {} },
      { effects: { ...state.effects, coefficients: [] } },
      { effects: { ...state.effects, weight: 2 } },
      { effects: { ...state.effects, terms: [{ driver: "campaign", lag: 1e9 }] } },
      { effects: { ...state.effects, terms: [{ driver: "__proto__", lag: 0 }] } },
      { frequency: "x" },
    ])
      expect(issues(() => predictorFromJSON({ ...saved, state: { ...state, ...change } }))).not.toHaveLength(0);
  });

  it("refuses a driver at 0 where logs are taken", () => {
    const rng = new Rng("price");
    const made = Array.from({ length: 120 }, (_, t) => {
      const price = Math.exp(0.2 * rng.normal());
      return { time: weekOf(t), price, revenue: 100 * price ** -1.5 * Math.exp(0.02 * rng.normal()) };
    });
    const model = revenueForecaster({ drivers: ["price"], horizon: 8, maxLag: 0 }).fit(made);
    expect(model.drivers).toEqual(["price"]);
    const [one, two] = [1, 2].map((price) => model.predict([{ price }])[0].forecast);
    expect(Math.log(two / one) / Math.log(2)).toBeCloseTo(-1.5, 1);
    expect(issues(() => model.predict([{ price: 0 }]))).toEqual(["rows.0.price"]);
  });
});

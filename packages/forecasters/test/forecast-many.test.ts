import { inlineExecutor, Rng, TwinError } from "@sage-twin/kernel";
import { describe, expect, it } from "vitest";
import { autoEts, forecastMany, gradientBoosting, type ModelDescription, naive, type PanelRow } from "../src/index.js";

const rng = new Rng("many");
const panel = Object.fromEntries(
  Array.from({ length: 21 }, (_, series) => [
    `s${series}`,
    Array.from({ length: 30 }, (_, t) => 50 + series + 5 * (t % 4) + rng.normal()),
  ]),
);
const model: ModelDescription = { name: "autoEts", options: { seasonLength: 4 } };

describe("forecastMany", () => {
  it("gives each series what its model alone gives", async () => {
    const { forecasts, errors } = await forecastMany(panel, model, 6, { levels: [90, 50] });
    expect(errors.size).toBe(0);
    expect([...forecasts.keys()]).toEqual(Object.keys(panel));
    for (const [id, { mean, intervals, model: name, notes, timestamps }] of forecasts) {
      const fitted = autoEts({ seasonLength: 4 }).fit(panel[id]);
      const alone = fitted.forecast(6);
      expect({ mean, intervals, name, notes, timestamps }).toEqual({
        mean: alone.mean,
        intervals: [alone.interval(90), alone.interval(50)],
        name: fitted.name,
        notes: fitted.notes,
        timestamps: undefined,
      });
    }
  });

  it("keeps going past series that fail, each with its error", async () => {
    const wrong = {
      ...panel,
      empty: [],
      infinite: [1, Number.POSITIVE_INFINITY],
      text: "no" as never,
      last: [1, 2, 3],
    };
    const { forecasts, errors } = await forecastMany(wrong, { name: "naive" }, 3);
    expect([...errors.keys()]).toEqual(["empty", "infinite", "text"]);
    expect([...errors.values()].every(TwinError.isInstance)).toBe(true);
    expect(errors.get("infinite")?.path).toEqual(["panel", "infinite", "values", 1]);
    expect(forecasts.get("last")?.mean).toEqual(naive().fit([1, 2, 3]).forecast(3).mean);
    expect(forecasts.size).toBe(22);
  });

  it("reads a long table in any order, with gaps and future dates", async () => {
    const rows: PanelRow[] = [];
    for (let month = 0; month < 24; month++) {
      if (month !== 7) rows.push({ id: "a", date: Date.UTC(2020, month, 1), value: month });
      rows.unshift({ id: "b", date: new Date(Date.UTC(2021, 0, month + 1)), value: 2 * month });
    }
    rows.push({ id: "c", date: "2020-01-01", value: 1 }, { id: "c", date: "2020-01-01", value: 2 });
    rows.push({ id: "d", date: "2020-01-01", value: 1 });
    const { forecasts, errors } = await forecastMany(rows, { name: "drift" }, 2);
    expect([...forecasts.keys()]).toEqual(["b", "a"]);
    expect(forecasts.get("a")?.notes[0]).toBe("1 missing value between observed values, bridged by the model");
    expect([...(forecasts.get("a")?.mean ?? [])]).toEqual([24, 25]);
    const dates = (id: string): string[] =>
      Array.from(forecasts.get(id)?.timestamps ?? [], (date) => new Date(date).toISOString().slice(0, 10));
    expect([dates("a"), dates("b")]).toEqual([
      ["2022-01-01", "2022-02-01"],
      ["2021-01-25", "2021-01-26"],
    ]);
    expect(errors.get("c")?.message).toContain("two rows are of 2020-01-01");
    expect(errors.get("d")?.message).toContain("give the frequency");
    expect(
      (await forecastMany([rows[0], { ...rows[0], id: "d" }], { name: "naive" }, 1, { frequency: "D" })).errors.size,
    ).toBe(0);
  });

  it("sums up what is wrong with rows, and refuses wrong models and options at once", async () => {
    await expect(
      forecastMany(
        [
          { id: 3 as never, date: "2020-01-01", value: 1 },
          { id: "a", date: "soon", value: 1 },
        ],
        model,
        2,
      ),
    ).rejects.toThrow("2 problems");
    await expect(forecastMany([], model, 2)).rejects.toThrow("there are no rows");
    await expect(forecastMany({}, model, 2)).rejects.toThrow("no series");
    await expect(forecastMany(panel, { name: "autoets" as never }, 2)).rejects.toThrow("did you mean 'autoEts'?");
    await expect(forecastMany(panel, { name: "autoEts", options: { seasonLength: 0 } }, 2)).rejects.toThrow(
      "seasonLength",
    );
    await expect(
      forecastMany(panel, { name: "mstl", options: { seasonLengths: [4], trend: naive() } }, 2),
    ).rejects.toThrow("a function");
    await expect(forecastMany(panel, model, 0)).rejects.toThrow("horizon");
    await expect(forecastMany(panel, model, 2, { levels: [0] })).rejects.toThrow("levels[0]");
    await expect(forecastMany(panel, model, 2, { frequency: "often" })).rejects.toThrow("not a frequency");
  });

  it("tells its progress in series, and stops with the reason of its signal", async () => {
    const seen: number[] = [];
    await forecastMany(panel, { name: "naive" }, 2, {
      onProgress: ({ done, total, stage }) => void seen.push(done, total, stage === "forecast" ? 1 : 0),
    });
    expect(seen.slice(-3)).toEqual([21, 21, 1]);
    const controller = new AbortController();
    const reason = new Error("enough");
    const run = forecastMany(panel, model, 2, {
      signal: controller.signal,
      onProgress: ({ done }) => {
        if (done >= 9) controller.abort(reason);
      },
    });
    await expect(run).rejects.toBe(reason);
    await expect(forecastMany(panel, model, 2, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
  });

  it("runs on an executor of the caller, with any model by name", async () => {
    const executor = inlineExecutor();
    const { forecasts } = await forecastMany(
      { s0: panel.s0 },
      { name: "gradientBoosting", options: { seasonLength: 4 } },
      4,
      { executor },
    );
    expect(forecasts.get("s0")?.mean).toEqual(gradientBoosting({ seasonLength: 4 }).fit(panel.s0).forecast(4).mean);
  });
});

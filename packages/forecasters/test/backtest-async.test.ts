import { type Executor, inlineExecutor, type Progress, Rng, TwinError } from "@sage-twin/kernel";
import { describe, expect, it } from "vitest";
import {
  arima,
  autoEts,
  backtest,
  backtestAsync,
  compare,
  compareAsync,
  drift,
  naive,
  seasonalNaive,
  ses,
} from "../src/index.js";

const rng = new Rng("async");
const wave = (level: number): number[] =>
  Array.from({ length: 48 }, (_, t) => level + 6 * (t % 4) + t / 5 + rng.normal());
const values = wave(50);
const panel = { a: wave(10), b: wave(1000), short: [1, 2, 3], broken: [1, Number.POSITIVE_INFINITY] };

/** Counts the chunks that pass. */
function counting(): { readonly executor: Executor; readonly chunks: () => number } {
  const inner = inlineExecutor();
  let count = 0;
  const executor: Executor = {
    ...inner,
    map(task, chunks, options) {
      count += chunks.length;
      return inner.map(task, structuredClone(chunks), options);
    },
  };
  return { executor, chunks: () => count };
}

describe("backtestAsync", () => {
  it("gives what backtest gives, in groups of folds that share a fit", async () => {
    const options = { horizon: 3, folds: 11, refit: 4, gap: 1, window: "rolling", length: 20 } as const;
    const { executor, chunks } = counting();
    const found = await backtestAsync({ name: "ses" }, values, { ...options, executor });
    expect(found).toEqual(backtest(ses(), values, options));
    expect(chunks()).toBe(3);
    expect(await backtestAsync(ses(), values, options)).toEqual(found);
  });

  it("passes regressors and timestamps on", async () => {
    const price = Float64Array.from(values, () => rng.normal());
    const sold = values.map((value, t) => value + 20 * price[t]);
    const timestamps = values.map((_, t) => 1000 * t);
    const options = { horizon: 2, folds: 6, exogenous: { price }, timestamps };
    const { executor } = counting();
    const found = await backtestAsync({ name: "arima", options: { order: [1, 0, 0] } }, sold, { ...options, executor });
    expect(found).toEqual(backtest(arima({ order: [1, 0, 0] }), sold, options));
  });

  it("tells its progress in folds and stops with the reason of its signal", async () => {
    const seen: Progress[] = [];
    const options = { horizon: 2, folds: 9 };
    await backtestAsync({ name: "naive" }, values, { ...options, onProgress: (progress) => void seen.push(progress) });
    expect(seen.at(-1)).toEqual({ stage: "backtest", done: 9, total: 9 });
    expect(seen.every(({ done }, index) => index === 0 || done >= seen[index - 1].done)).toBe(true);
    const controller = new AbortController();
    const reason = new Error("enough");
    const run = backtestAsync({ name: "autoEts" }, values, {
      ...options,
      signal: controller.signal,
      onProgress: ({ done }) => {
        if (done >= 3) controller.abort(reason);
      },
    });
    await expect(run).rejects.toBe(reason);
    await expect(backtestAsync(naive(), values, { ...options, signal: AbortSignal.abort(reason) })).rejects.toBe(
      reason,
    );
  });

  it("says what is wrong", async () => {
    const options = { horizon: 2, folds: 2 };
    await expect(backtestAsync({ name: "naiv" as never }, values, options)).rejects.toThrow("did you mean 'naive'?");
    await expect(backtestAsync(null as never, values, options)).rejects.toThrow(TwinError);
    await expect(backtestAsync(naive(), null as never, options)).rejects.toThrow(TwinError);
    await expect(backtestAsync(naive(), values, null as never)).rejects.toThrow(TwinError);
    await expect(backtestAsync(naive(), [1, 2], options)).rejects.toThrow("do not fit in 2 values");
    // Folds that fail in a worker are errors of the series.
    const holes = values.map((value, t) => (t < 46 ? Number.NaN : value));
    await expect(backtestAsync(naive(), holes, { horizon: 1, folds: 3 })).rejects.toThrow("missing");
  });
});

describe("compareAsync", () => {
  const models = { naive: naive(), drift: drift(), seasonal: seasonalNaive({ seasonLength: 4 }), ets: autoEts() };
  const described = {
    naive: { name: "naive" },
    drift: { name: "drift" },
    seasonal: { name: "seasonalNaive", options: { seasonLength: 4 } },
    ets: { name: "autoEts" },
  } as const;

  it("gives what compare gives, on a panel and on one series, errors included", async () => {
    const options = { horizon: 4, folds: 5 };
    const { executor, chunks } = counting();
    const found = await compareAsync(described, panel, { ...options, executor });
    expect(found).toEqual(compare(models, panel, options));
    expect([...found.errors.keys()]).toEqual(["short", "broken"]);
    expect(chunks()).toBe(2 * 4 * 5);
    expect(await compareAsync(models, values, options)).toEqual(compare(models, values, options));
  });

  it("refuses what compare refuses", async () => {
    const options = { horizon: 1, folds: 2 };
    await expect(compareAsync({ naive: naive() }, panel, options)).rejects.toThrow("at least two");
    await expect(compareAsync(described, { short: [1] }, options)).rejects.toThrow("panel.short");
    await expect(compareAsync(described, {}, options)).rejects.toThrow("no series");
    await expect(compareAsync(null as never, panel, options)).rejects.toThrow(TwinError);
    await expect(compareAsync(described, panel, null as never)).rejects.toThrow(TwinError);
  });
});

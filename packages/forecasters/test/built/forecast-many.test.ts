import { backtestAsync, compareAsync, forecastMany, type ModelDescription, naive } from "@sage-twin/forecasters";
import { Rng, TwinError, workerPool } from "@sage-twin/kernel";
import { describe, expect, it } from "vitest";

const rng = new Rng("workers");
const panel = {
  ...Object.fromEntries(
    Array.from({ length: 30 }, (_, series) => [
      `s${series}`,
      Float64Array.from({ length: 40 }, (_, t) => 100 + series + 8 * (t % 4) + rng.normal()),
    ]),
  ),
  broken: [],
};
const model: ModelDescription = { name: "autoEts", options: { seasonLength: 4 } };

describe("forecastMany on workers", () => {
  it("gives the same bytes on any number of them, errors included", async () => {
    const inline = await forecastMany(panel, model, 5);
    for (const workers of [1, 2, 3]) {
      const executor = workerPool({ workers });
      const seen: number[] = [];
      const result = await forecastMany(panel, model, 5, { executor, onProgress: ({ done }) => void seen.push(done) });
      await executor.close();
      expect(result).toEqual(inline);
      expect(seen.at(-1)).toBe(31);
    }
    expect(inline.errors.get("broken")?.code).toBe("invalid-data");
  });

  it("stops with the reason of its signal", async () => {
    const executor = workerPool({ workers: 2 });
    const controller = new AbortController();
    const run = forecastMany(panel, model, 5, {
      executor,
      signal: controller.signal,
      onProgress: () => controller.abort("enough"),
    });
    await expect(run).rejects.toBe("enough");
    await executor.close();
  });
});

describe("backtests on workers", () => {
  it("give the same bytes as inline; a model itself cannot travel", async () => {
    const executor = workerPool({ workers: 2 });
    const options = { horizon: 2, folds: 6, refit: 2 };
    const s0 = Float64Array.from({ length: 40 }, (_, t) => 100 + 8 * (t % 4) + rng.normal());
    const inline = await backtestAsync(model, s0, options);
    expect(await backtestAsync(model, s0, { ...options, executor })).toEqual(inline);
    const models = { ets: model, naive: { name: "naive" } } as const;
    const few = { s0, broken: [] };
    const compared = await compareAsync(models, few, { ...options, executor });
    expect(compared).toEqual(await compareAsync(models, few, options));
    expect([...compared.errors.keys()]).toEqual(["broken"]);
    const sent = await backtestAsync(naive(), s0, { ...options, executor }).catch((error: unknown) => error);
    expect(TwinError.isInstance(sent) && sent.code).toBe("not-serialisable");
    const controller = new AbortController();
    const run = compareAsync(models, panel, {
      ...options,
      executor,
      signal: controller.signal,
      onProgress: () => controller.abort("enough"),
    });
    await expect(run).rejects.toBe("enough");
    await executor.close();
  });
});

import { forecastMany, type ModelDescription } from "@sage-twin/forecasters";
import { Rng, workerPool } from "@sage-twin/kernel";
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

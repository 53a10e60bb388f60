import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { type Executor, type MapOptions, workerPool } from "@sage-twin/kernel";
import { afterAll, beforeEach, describe, expect, it, onTestFinished } from "vitest";
import { bundle } from "../../../../.tools/bundle.js";
import type { PoolInput } from "./pool-task.js";

const output = bundle(import.meta.url, { task: "./pool-task.ts" });
const task = { name: "pool", version: "1", module: pathToFileURL(join(output, "task.js")).href };

let started = 0;
const count = (): void => {
  started++;
};
process.on("worker", count);
afterAll(() => process.off("worker", count));
beforeEach(() => {
  started = 0;
});

function pool(workers: number): Executor {
  const executor = workerPool({ workers });
  onTestFinished(() => executor.close());
  return executor;
}

async function run(executor: Executor, chunks: readonly PoolInput[], options?: MapOptions): Promise<number[]> {
  const indexes: number[] = [];
  for await (const { value } of executor.map<PoolInput, number>(task, chunks, options)) indexes.push(value);
  return indexes;
}

describe("workerPool", () => {
  it("starts workers when there is work for them, and keeps them", async () => {
    const executor = pool(2);
    expect(started).toBe(0);
    await run(executor, [{}]);
    expect(started).toBe(1);
    await run(executor, [{}, {}, {}, {}]);
    expect(started).toBe(2);
    await run(executor, [{}, {}, {}, {}]);
    expect(started).toBe(2);
  });

  it("keeps a worker that stops when it is told, and replaces one that does not", { retry: 3 }, async () => {
    started = 0;
    const executor = pool(1);
    const abort = async (chunk: PoolInput): Promise<void> => {
      await run(executor, [{}]);
      const signal = AbortSignal.timeout(30);
      await expect(run(executor, [chunk], { signal })).rejects.toThrow("timeout");
      expect(await run(executor, [{}, {}])).toEqual([0, 1]);
    };
    await abort({ milliseconds: 1e6 });
    expect(started).toBe(1);
    await abort({ milliseconds: 1e6, stubborn: true });
    expect(started).toBe(2);
  });

  it("lets several maps take turns", async () => {
    const executor = pool(1);
    const ends: string[] = [];
    const large = run(executor, new Array(30).fill({ milliseconds: 2 })).then(() => ends.push("large"));
    const small = run(executor, [{}, {}]).then(() => ends.push("small"));
    await Promise.all([large, small]);
    expect(ends).toEqual(["small", "large"]);
  });

  it("waits with further chunks while results are not taken", async () => {
    let done = 0;
    const results = pool(1).map(task, new Array(100).fill({}), {
      onProgress: (progress) => {
        done = progress.done;
      },
    });
    for await (const { index } of results) {
      await new Promise((resolve) => setTimeout(resolve, 5));
      expect(done).toBeLessThan(index + 10);
    }
    expect(done).toBe(100);
  });

  it.each([0, -1, 1.5, Number.NaN])("refuses %s workers", (workers) => {
    expect(() => workerPool({ workers })).toThrow("whole number from 1");
  });

  it("uses the machine's threads by default", () => {
    expect(workerPool().concurrency).toBeGreaterThanOrEqual(1);
  });

  it("refuses a module that a worker cannot find", async () => {
    const results = pool(1).map({ ...task, module: "./task.js" }, [1]) as AsyncGenerator;
    await expect(results.next()).rejects.toMatchObject({ code: "not-serialisable", path: ["task", "module"] });
  });

  it.each([
    ["is absent", "file:///absent/task.js", "cannot load file:///absent/task.js"],
    ["throws", "data:text/javascript,throw new Error('at load')", "at load"],
    ["registers nothing", "data:text/javascript,export{}", "it does not call registerTask"],
  ])("says which module could not be loaded when it %s, and goes on working", async (_, module, message) => {
    const executor = pool(1);
    const results = executor.map({ ...task, module }, [1]) as AsyncGenerator;
    await expect(results.next()).rejects.toMatchObject({
      code: "worker-failed",
      path: ["task", "module"],
      message: expect.stringContaining(message),
    });
    expect(await run(executor, [{}])).toEqual([0]);
    expect(started).toBe(1);
  });

  it("names the worker script that does not start", async () => {
    const executor = workerPool({ workers: 1, workerUrl: "file:///absent/worker.js" });
    onTestFinished(() => executor.close());
    await expect(run(executor, [{}])).rejects.toMatchObject({
      code: "worker-failed",
      message: expect.stringContaining("/absent/worker.js"),
    });
  });
});

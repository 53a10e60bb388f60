import { executorContract } from "@sage-twin/testing";
import { describe, expect, it } from "vitest";
import { inlineExecutor, registerTask } from "../src/index.js";

describe("inlineExecutor", () => {
  for (const { name, run } of executorContract(inlineExecutor)) it(name, run);

  it("lets timers run between chunks", async () => {
    const task = { name: "inline-spin", version: "1" };
    registerTask(task, (input: number) => input);
    const controller = new AbortController();
    setTimeout(() => controller.abort(), 0);
    const endless = inlineExecutor().map(task, new Array(1e6).fill(0), { signal: controller.signal });
    await expect(async () => {
      for await (const _ of endless);
    }).rejects.toThrow("aborted");
  });

  it("turns what is not an error into one", async () => {
    const task = { name: "inline-throws-text", version: "1" };
    registerTask(task, () => {
      throw "plain text";
    });
    const results = inlineExecutor().map(task, [1]) as AsyncGenerator;
    await expect(results.next()).rejects.toEqual(new Error("plain text"));
  });
});

import { type Executor, inlineExecutor, memoryStore, type Store } from "@sage-twin/kernel";
import { describe, expect, it } from "vitest";
import { type ContractCheck, executorContract, storeContract } from "../src/index.js";

async function failures(checks: readonly ContractCheck[]): Promise<string[]> {
  const failed: string[] = [];
  for (const { name, run } of checks) {
    try {
      await run();
    } catch {
      failed.push(name);
    }
  }
  return failed;
}

/** A store with one method replaced. */
const broken = (change: (store: Store) => Partial<Store>) => () => {
  const store = memoryStore();
  return { ...store, ...change(store) };
};

describe("storeContract", () => {
  it.each([
    ["forgets", broken(() => ({ get: async () => undefined })), "gives back what was put, and counts versions"],
    [
      "folds case",
      broken((store) => ({ put: (key, value) => store.put(key.toLowerCase(), value) })),
      "keeps values as apart as their keys",
    ],
    [
      "always sets",
      broken((store) => ({ compareAndSet: async (key, _, value) => (await store.put(key, value)) > 0 })),
      "lets one of many setters win",
    ],
    [
      "ignores from",
      broken((store) => ({ scan: (log) => store.scan(log) })),
      "appends in order and scans from any index",
    ],
    [
      "stores anything",
      broken(() => ({ append: async () => 0 })),
      "refuses what is not plain JSON, and keeps what it had",
    ],
  ])("catches a store that %s", async (_, create, expected) => {
    expect(await failures(storeContract(create))).toContain(expected);
  });
});

/** An inline executor whose results are changed on the way. */
function tampered(change: (results: AsyncIterable<never>) => AsyncIterable<never>): () => Executor {
  return () => {
    const inner = inlineExecutor();
    return { ...inner, map: (...args) => change(inner.map(...args) as AsyncIterable<never>) };
  };
}

describe("executorContract", () => {
  it("catches results out of order", async () => {
    const reversed = tampered(async function* (results) {
      const all: never[] = [];
      for await (const result of results) all.unshift(result);
      yield* all;
    });
    const check = "gives the bytes of the inline executor, in chunk order";
    const checks = executorContract(reversed).filter(({ name }) => name === check);
    expect(await failures(checks)).toEqual([check]);
  });

  it("catches errors that are swallowed", async () => {
    const silent = tampered(async function* (results) {
      try {
        yield* results;
      } catch {}
    });
    expect((await failures(executorContract(silent))).length).toBeGreaterThan(5);
  });
});

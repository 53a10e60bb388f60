import { appendFileSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { storeContract } from "@sage-twin/testing";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { fileStore, type LogEntry, memoryStore, type Store } from "../src/index.js";

describe("memoryStore", () => {
  for (const { name, run } of storeContract(memoryStore)) it(name, run);
});

describe("fileStore", () => {
  let parent = "";
  let directory = "";
  beforeEach(() => {
    parent = mkdtempSync(join(tmpdir(), "sage-twin-store-"));
    directory = join(parent, "made", "on demand");
  });
  afterEach(() => rmSync(parent, { recursive: true }));

  for (const { name, run } of storeContract(() => fileStore(directory))) {
    it(name, async () => {
      await run();
      expect(readdirSync(parent)).toEqual(existsSync(directory) ? ["made"] : []); // nothing was written outside
    });
  }

  const values = async (store: Store, log: string, from?: number): Promise<unknown[]> => {
    const all: LogEntry[] = [];
    for await (const entry of store.scan(log, from)) all.push(entry);
    return all.map(({ value }) => value);
  };
  const only = (prefix: string): string =>
    join(directory, readdirSync(directory).find((file) => file.startsWith(prefix)) as string);

  it("keeps everything for the next process", async () => {
    await fileStore(directory).put("key", { a: 1 });
    await fileStore(directory).append("log", "first");
    const next = fileStore(directory);
    expect(await next.get("key")).toEqual({ value: { a: 1 }, version: 1 });
    expect(await next.append("log", "second")).toBe(1);
    expect(await values(next, "log")).toEqual(["first", "second"]);
  });

  it("keeps entries apart when two stores append to one log", async () => {
    const stores = [fileStore(directory), fileStore(`${directory}/../${directory.split("/").at(-1)}`)];
    const indexes = await Promise.all(Array.from({ length: 30 }, (_, index) => stores[index % 2].append("log", index)));
    expect(indexes).toEqual(Array.from({ length: 30 }, (_, index) => index));
    expect(await values(stores[0], "log")).toEqual(indexes);
  });

  it("drops a last line that a crash cut short, whichever byte it ended on", async () => {
    for (const [index, torn] of ['{"a":1', '"caf\u00e9', "34", "\u{1f9ff}".repeat(3)].entries()) {
      const store = fileStore(join(directory, `${index}`));
      await store.append("log", "whole");
      const file = join(directory, `${index}`, "log-log.json");
      appendFileSync(file, Buffer.from(torn).subarray(0, -1));
      expect(await values(store, "log")).toEqual(["whole"]);
      expect(await fileStore(dirname(file)).append("log", "next")).toBe(1);
      expect(await values(store, "log")).toEqual(["whole", "next"]);
      expect(await store.append("log", "last")).toBe(2);
      expect(await values(store, "log", 1)).toEqual(["next", "last"]);
    }
  });

  it("keeps the old value when a crash came before the renaming", async () => {
    const store = fileStore(directory);
    await store.put("key", "old");
    writeFileSync(`${only("value")}.new`, '{"version":2,"val');
    expect(await fileStore(directory).get("key")).toEqual({ value: "old", version: 1 });
    await store.put("key", "new");
    expect(await store.get("key")).toEqual({ value: "new", version: 2 });
    expect(readdirSync(directory)).toEqual(["value-key.json"]);
  });

  it("says which value or entry was damaged", async () => {
    const store = fileStore(directory);
    await store.put("key", [1, 2, 3]);
    await store.append("log", 1);
    const text = readFileSync(only("value"), "utf8");
    writeFileSync(only("value"), text.slice(0, -3));
    await expect(store.get("key")).rejects.toMatchObject({ code: "corrupt", path: ["key"] });
    await expect(store.put("key", 1)).rejects.toMatchObject({ code: "corrupt", path: ["key"] });
    writeFileSync(only("value"), '{"version":"1","value":2}');
    await expect(store.get("key")).rejects.toMatchObject({ code: "corrupt", path: ["key", "version"] });
    writeFileSync(only("log"), "1\nbroken\n");
    await expect(values(store, "log")).rejects.toMatchObject({ code: "corrupt", path: ["log", 1] });
  });

  it("reads logs longer than its buffer, split inside characters", async () => {
    const store = fileStore(directory);
    const entries = Array.from({ length: 40 }, (_, index) => "\u{1f9ff}\u20ac\u00e9x".repeat(300 + index));
    for (const entry of entries) await store.append("log", entry);
    expect(await values(store, "log")).toEqual(entries);
  });

  it("goes on after a write that failed", async () => {
    const file = join(parent, "file");
    writeFileSync(file, "");
    const store = fileStore(join(file, "not a directory"));
    await expect(store.put("key", 1)).rejects.toThrow();
    await expect(store.put("key", 1)).rejects.toThrow();
    await expect(store.append("log", 1)).rejects.toThrow();
  });
});

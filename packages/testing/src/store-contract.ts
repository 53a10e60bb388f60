import type { LogEntry, Store } from "@sage-twin/kernel";
import { assert, assertSame, assertTwinError, type ContractCheck } from "./contract.js";

const hostileKeys = [
  "",
  ".",
  "..",
  "../../escape",
  "/absolute",
  "C:\\windows",
  "a/b",
  "a",
  "A",
  "con",
  "nul.txt",
  "__proto__",
  "constructor",
  "%2e%2e",
  "=0061",
  "null\0byte",
  "new\nline",
  "trailing ",
  '*?"<>|',
  "\u00e9",
  "e\u0301",
  "\u{1f9ff}",
  "\ud800",
  "\udc00",
  "x".repeat(5000),
  `${"x".repeat(4999)}y`,
];

/** What every store must do; `create` makes one that is empty. */
export function storeContract(create: () => Store | Promise<Store>): readonly ContractCheck[] {
  const check = (name: string, body: (store: Store) => Promise<void>): ContractCheck => ({
    name,
    run: async () => body(await create()),
  });
  return [
    check("has nothing at first", async (store) => {
      assert((await store.get("absent")) === undefined, "an absent key should be undefined");
      assertSame(await entries(store.scan("absent")), [], "an absent log");
    }),
    check("gives back what was put, and counts versions", async (store) => {
      const value = {
        text: 'quotes " and\nlines \u2028 \u{1f9ff}',
        list: [1.5, null, true, -1e-300],
        nested: { empty: {} },
      };
      assertSame(await store.put("key", value), 1, "the version");
      assertSame(await store.get("key"), { value, version: 1 }, "the stored value");
      assertSame(await store.put("key", "other"), 2, "the second version");
      assertSame(await store.get("key"), { value: "other", version: 2 }, "the second value");
    }),
    check("keeps a copy", async (store) => {
      const value = { list: [1] };
      await store.put("key", value);
      await store.append("log", value);
      value.list.push(2);
      const stored = (await store.get("key"))?.value as typeof value;
      assertSame(stored, { list: [1] }, "the stored value");
      stored.list.push(3);
      assertSame((await store.get("key"))?.value, { list: [1] }, "the value read again");
      assertSame(await entries(store.scan("log")), [{ index: 0, value: { list: [1] } }], "the log");
    }),
    check("keeps values as apart as their keys", async (store) => {
      for (const [index, key] of hostileKeys.entries()) await store.put(key, index);
      for (const key of hostileKeys) await store.append(key, `log of ${key.length}`);
      for (const [index, key] of hostileKeys.entries()) {
        assertSame(
          await store.get(key),
          { value: index, version: 1 },
          `the value of ${JSON.stringify(key.slice(0, 20))}`,
        );
        assertSame(
          await entries(store.scan(key)),
          [{ index: 0, value: `log of ${key.length}` }],
          `the log ${JSON.stringify(key.slice(0, 20))}`,
        );
      }
    }),
    check("sets only what has not changed", async (store) => {
      assertSame(await store.compareAndSet("key", 1, "a"), false, "setting an absent key at version 1");
      assertSame(await store.compareAndSet("key", 0, "b"), true, "setting an absent key at version 0");
      assertSame(await store.compareAndSet("key", 0, "c"), false, "setting a present key at version 0");
      assertSame(await store.compareAndSet("key", 1, "d"), true, "setting a key at its version");
      assertSame(await store.get("key"), { value: "d", version: 2 }, "the value");
    }),
    check("lets one of many setters win", async (store) => {
      const tries = Array.from({ length: 8 }, (_, index) => store.compareAndSet("key", 0, index));
      const won = await Promise.all(tries);
      assertSame(won.filter(Boolean).length, 1, "the number of winners");
      assertSame(await store.get("key"), { value: won.indexOf(true), version: 1 }, "the value");
    }),
    check("loses no write of many", async (store) => {
      const versions = await Promise.all(Array.from({ length: 8 }, (_, index) => store.put("key", index)));
      assertSame(versions.sort(), [1, 2, 3, 4, 5, 6, 7, 8], "the versions");
    }),
    check("appends in order and scans from any index", async (store) => {
      for (const [index, value] of ["a\nb", { c: 1 }, null].entries()) {
        assertSame(await store.append("log", value), index, "the index");
      }
      const all = await entries(store.scan("log"));
      assertSame(
        all.map(({ value }) => value),
        ["a\nb", { c: 1 }, null],
        "the log",
      );
      assertSame(await entries(store.scan("log", 2)), [{ index: 2, value: null }], "its end");
      assertSame(await entries(store.scan("log", 3)), [], "what comes after it");
    }),
    check("keeps every entry of appenders at the same time", async (store) => {
      const count = 40;
      const indexes = await Promise.all(Array.from({ length: count }, (_, value) => store.append("log", { value })));
      const all = await entries(store.scan("log"));
      assertSame(all.length, count, "the number of entries");
      for (const [value, index] of indexes.entries()) assertSame(all[index], { index, value: { value } }, "an entry");
    }),
    check("refuses what is not plain JSON, and keeps what it had", async (store) => {
      await store.put("key", 1);
      for (const value of [
        Number.NaN,
        undefined,
        () => 1,
        new Float64Array(1),
        new Map(),
        { deep: [Number.POSITIVE_INFINITY] },
      ]) {
        await assertTwinError(() => store.put("key", value), "not-serialisable");
        await assertTwinError(() => store.compareAndSet("key", 1, value), "not-serialisable");
        await assertTwinError(() => store.append("log", value), "not-serialisable");
      }
      assertSame(await store.get("key"), { value: 1, version: 1 }, "the value");
      assertSame(await entries(store.scan("log")), [], "the log");
    }),
  ];
}

async function entries(log: AsyncIterable<LogEntry>): Promise<LogEntry[]> {
  const all = [];
  for await (const entry of log) all.push(entry);
  return all;
}

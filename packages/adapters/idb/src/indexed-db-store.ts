import { parseJson, requireJson, type Store, TwinError } from "@sage-twin/kernel";
import { type DBSchema, type IDBPDatabase, openDB } from "idb";

interface Schema extends DBSchema {
  /** JSON text and version by key. */
  values: { key: string; value: { readonly text: string; readonly version: number } };
  /** JSON text by log and place. */
  logs: { key: [string, number]; value: string };
}

const entriesAtOnce = 256;

/**
 * A store in the browser's IndexedDB database of the given name, opened on first use. Any number of tabs and workers of the origin may share it:
 * every write is one transaction, and these come one after the other. A transaction is acknowledged when the browser has it on disk.
 *
 * @throws TwinError `unsupported` where there is no IndexedDB.
 */
export function indexedDbStore(database: string): Store {
  if (typeof indexedDB === "undefined")
    throw new TwinError({
      code: "unsupported",
      path: [],
      message: "this runtime has no IndexedDB",
      fix: "use fileStore(directory), sqliteStore(database) or memoryStore()",
    });
  let opened: Promise<IDBPDatabase<Schema>> | undefined;

  function open(): Promise<IDBPDatabase<Schema>> {
    opened ??= openDB<Schema>(database, 1, {
      upgrade(made) {
        made.createObjectStore("values");
        made.createObjectStore("logs");
      },
      blocking(_current, _wanted, event) {
        (event.target as IDBDatabase).close(); // someone deletes the database: do not stand in the way
        opened = undefined;
      },
      terminated() {
        opened = undefined;
      },
    });
    opened.catch(() => {
      opened = undefined;
    });
    return opened;
  }

  /** Writes in one transaction what `next` makes of the present version, unless that is undefined. */
  async function write(
    key: string,
    value: unknown,
    next: (version: number) => number | undefined,
  ): Promise<number | undefined> {
    const text = jsonText(value);
    const transaction = (await open()).transaction("values", "readwrite", { durability: "strict" });
    const version = next((await transaction.store.get(key))?.version ?? 0);
    if (version !== undefined) await transaction.store.put({ text, version }, key);
    await transaction.done;
    return version;
  }

  return {
    async get(key) {
      const stored = await (await open()).get("values", key);
      return stored && { value: parseJson(stored.text), version: stored.version };
    },
    async put(key, value) {
      return (await write(key, value, (version) => version + 1)) as number;
    },
    async compareAndSet(key, version, value) {
      return (await write(key, value, (current) => (current === version ? current + 1 : undefined))) !== undefined;
    },
    async append(log, value) {
      const text = jsonText(value);
      const transaction = (await open()).transaction("logs", "readwrite", { durability: "strict" });
      const last = await transaction.store.openKeyCursor(entriesFrom(log, 0), "prev");
      const index = last === null ? 0 : last.key[1] + 1;
      await transaction.store.add(text, [log, index]);
      await transaction.done;
      return index;
    },
    async *scan(log, from = 0) {
      for (let next = from; ; next += entriesAtOnce) {
        const texts = await (await open()).getAll("logs", entriesFrom(log, next), entriesAtOnce);
        for (const [offset, text] of texts.entries()) yield { index: next + offset, value: parseJson(text) };
        if (texts.length < entriesAtOnce) return;
      }
    },
  };
}

const entriesFrom = (log: string, index: number): IDBKeyRange =>
  IDBKeyRange.bound([log, index], [log, Number.POSITIVE_INFINITY]);

function jsonText(value: unknown): string {
  requireJson(value, "not-serialisable");
  return JSON.stringify(value);
}

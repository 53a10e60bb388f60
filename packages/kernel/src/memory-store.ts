import { jsonText } from "./json.js";
import type { Store } from "./store.js";

/**
 * A store that lasts as long as the object.
 *
 * @example
 * ```ts
 * import { memoryStore } from "@sage-twin/kernel";
 *
 * const store = memoryStore();
 * await store.put("twin", { orders: 3 });
 * await store.compareAndSet("twin", 1, { orders: 4 }); // => true
 * await store.get("twin"); // => { value: { orders: 4 }, version: 2 }
 * ```
 */
export function memoryStore(): Store {
  const values = new Map<string, { readonly text: string; readonly version: number }>();
  const logs = new Map<string, string[]>();

  function write(key: string, text: string): number {
    const version = (values.get(key)?.version ?? 0) + 1;
    values.set(key, { text, version });
    return version;
  }

  return {
    async get(key) {
      const stored = values.get(key);
      return stored && { value: JSON.parse(stored.text), version: stored.version };
    },
    async put(key, value) {
      return write(key, jsonText(value));
    },
    async compareAndSet(key, version, value) {
      const text = jsonText(value);
      if ((values.get(key)?.version ?? 0) !== version) return false;
      write(key, text);
      return true;
    },
    async append(log, value) {
      const text = jsonText(value);
      const entries = logs.get(log) ?? [];
      logs.set(log, entries);
      return entries.push(text) - 1;
    },
    async *scan(log, from = 0) {
      const entries = logs.get(log) ?? [];
      for (let index = from; index < entries.length; index++) yield { index, value: JSON.parse(entries[index]) };
    },
  };
}

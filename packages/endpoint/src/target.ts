import type { RunOptions, Store } from "@sage-twin/kernel";

/** Anything that takes rows of a department, as a `Twin` does. */
export interface Observer {
  observe(
    department: string,
    rows: Iterable<Readonly<Record<string, unknown>>>,
    options?: RunOptions,
  ): Promise<unknown>;
}

/** Rows as they were taken in: what is appended to a store's log. */
export interface StoredRows {
  readonly at: string;
  readonly rows: readonly Readonly<Record<string, unknown>>[];
}

const logOf = (department: string): string => `endpoint/rows/${department}`;

/** Hands rows to a twin, or appends them to a store's log. */
export async function deliver(
  target: Observer | Store,
  department: string,
  stored: StoredRows,
  signal: AbortSignal,
): Promise<void> {
  if ("observe" in target) await target.observe(department, stored.rows, { signal });
  else await target.append(logOf(department), stored);
}

/**
 * The rows of a department that a handler appended to a store, in the order in which they came: what `ingest` takes.
 *
 * @example
 * ```ts
 * import { createIngestHandler, storedRows } from "@sage-twin/endpoint";
 * import { memoryStore } from "@sage-twin/kernel";
 * import { department } from "@sage-twin/schemas";
 *
 * const store = memoryStore();
 * const shop = department("shop", { sales: { unit: "GBP", kind: "flow" } });
 * const handler = createIngestHandler(store, { schema: shop });
 * const headers = { "content-type": "text/csv" };
 * await handler(new Request("https://example.org/shop", { method: "POST", headers, body: "date,sales\n2026-01-05,10" }));
 * const rows: unknown[] = [];
 * for await (const row of storedRows(store, "shop")) rows.push(row);
 * rows; // => [{ date: "2026-01-05", sales: 10 }]
 * ```
 */
export async function* storedRows(
  store: Store,
  department: string,
): AsyncGenerator<Readonly<Record<string, unknown>>, void, undefined> {
  for await (const { value } of store.scan(logOf(department))) yield* (value as StoredRows).rows;
}

import { type LogEntry, parseJson, requireJson, type Store, type StoredValue, TwinError } from "@sage-twin/kernel";

/** An open SQLite database: `DatabaseSync` of `node:sqlite`, `Database` of `bun:sqlite`, or better-sqlite3's. */
export interface SqliteDatabase {
  exec(sql: string): unknown;
  prepare(sql: string): { all(...values: (string | number)[]): unknown[] };
}

const rowsAtOnce = 256;
const tables = `PRAGMA busy_timeout = 10000;
CREATE TABLE IF NOT EXISTS sage_twin_values (key TEXT PRIMARY KEY, version INTEGER NOT NULL, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS sage_twin_logs (log TEXT, place INTEGER, value TEXT NOT NULL, PRIMARY KEY (log, place)) WITHOUT ROWID;`;

/**
 * A store in an SQLite database, which the caller opens and closes: of Node 22.5 or newer, Deno, Bun, or better-sqlite3. It makes two tables,
 * `sage_twin_values` and `sage_twin_logs`, and leaves others alone. Every write is one statement, hence whole or absent after a crash, and
 * any number of processes may write; one that finds the file locked waits up to 10 s, and its thread with it.
 *
 * @throws TwinError `invalid-argument` for what is not an open database.
 */
export function sqliteStore(database: SqliteDatabase): Store {
  if (typeof database?.exec !== "function" || typeof database.prepare !== "function")
    throw new TwinError({
      code: "invalid-argument",
      path: ["database"],
      message: "this is not an open SQLite database",
      fix: 'give one, such as new DatabaseSync("twin.db") of node:sqlite',
    });
  database.exec(tables);
  const perform = (sql: string) => {
    const statement = database.prepare(sql);
    return (...values: (string | number)[]) => statement.all(...values) as Readonly<Record<string, unknown>>[];
  };
  const read = perform("SELECT version, value FROM sage_twin_values WHERE key = ?");
  const put = perform(
    "INSERT INTO sage_twin_values VALUES (?, 1, ?) ON CONFLICT (key) DO UPDATE SET version = version + 1, value = excluded.value RETURNING version",
  );
  const create = perform(
    "INSERT INTO sage_twin_values VALUES (?, 1, ?) ON CONFLICT (key) DO NOTHING RETURNING version",
  );
  const replace = perform(
    "UPDATE sage_twin_values SET version = version + 1, value = ? WHERE key = ? AND version = ? RETURNING version",
  );
  const append = perform(
    "INSERT INTO sage_twin_logs SELECT ?, coalesce(max(place) + 1, 0), ? FROM sage_twin_logs WHERE log = ? RETURNING place",
  );
  const scan = perform(
    `SELECT place, value FROM sage_twin_logs WHERE log = ? AND place >= ? ORDER BY place LIMIT ${rowsAtOnce}`,
  );
  return {
    async get(key): Promise<StoredValue | undefined> {
      const [row] = read(name(key));
      return row && { value: parseJson(row["value"] as string), version: Number(row["version"]) };
    },
    async put(key, value) {
      return Number(put(name(key), text(value))[0]["version"]);
    },
    async compareAndSet(key, version, value) {
      const json = text(value);
      return (version === 0 ? create(name(key), json) : replace(json, name(key), version)).length > 0;
    },
    async append(log, value) {
      return Number(append(name(log), text(value), name(log))[0]["place"]);
    },
    async *scan(log, from = 0): AsyncIterable<LogEntry> {
      for (let next = from; ; ) {
        const rows = scan(name(log), next);
        for (const row of rows) yield { index: Number(row["place"]), value: parseJson(row["value"] as string) };
        if (rows.length < rowsAtOnce) return;
        next = Number(rows[rows.length - 1]["place"]) + 1;
      }
    },
  };
}

/** A key as JSON text: SQLite cuts text at a zero and cannot hold half a character. */
const name = (key: string): string => JSON.stringify(key);

function text(value: unknown): string {
  requireJson(value, "not-serialisable");
  return JSON.stringify(value);
}

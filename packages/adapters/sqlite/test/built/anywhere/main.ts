// The store contract over a database in memory, and over a file that is opened again.
import { type SqliteDatabase, sqliteStore } from "@sage-twin/sqlite";
import { storeContract } from "@sage-twin/testing";

interface Modules {
  getBuiltinModule(name: string): Readonly<Record<string, new (path: string) => SqliteDatabase & { close(): void }>>;
}

const modules = process as unknown as Modules;
const bun = "Bun" in globalThis && process.argv[3] !== "node:sqlite";
const Database = bun
  ? modules.getBuiltinModule("bun:sqlite")["Database"]
  : modules.getBuiltinModule("node:sqlite")["DatabaseSync"];
const failures: string[] = [];
for (const { name, run } of storeContract(() => sqliteStore(new Database(":memory:")))) {
  try {
    await run();
  } catch (error) {
    failures.push(`${name}: ${error}`);
  }
}

const first = new Database(process.argv[2]);
first.exec("CREATE TABLE mine (a)");
const store = sqliteStore(first);
await store.put("key", { a: 1 });
for (let index = 0; index < 600; index++) await store.append("log", index);
first.close();
const second = new Database(process.argv[2]);
const again = sqliteStore(second);
const entries: unknown[] = [];
for await (const { index, value } of again.scan("log", 10)) entries.push(value === index ? value : "wrong");
const tables = second.prepare("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name").all() as {
  name: string;
}[];
process.stdout.write(
  JSON.stringify({
    failures,
    value: await again.get("key"),
    entries: entries.length,
    last: entries.at(-1),
    tables: tables.map(({ name }) => name),
  }),
);

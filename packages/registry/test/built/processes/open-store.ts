import { fileStore, type Store } from "@sage-twin/kernel";
import { type SqliteDatabase, sqliteStore } from "@sage-twin/sqlite";

interface Modules {
  getBuiltinModule(name: "node:sqlite"): { readonly DatabaseSync: new (path: string) => SqliteDatabase };
  getBuiltinModule(name: "bun:sqlite"): { readonly Database: new (path: string) => SqliteDatabase };
}

/** A store of a kind at a place, in whatever runtime this is. */
export function openStore(kind: string, place: string): Store {
  if (kind === "file") return fileStore(place);
  const modules = process as unknown as Modules;
  if ("Bun" in globalThis) return sqliteStore(new (modules.getBuiltinModule("bun:sqlite").Database)(place));
  return sqliteStore(new (modules.getBuiltinModule("node:sqlite").DatabaseSync)(place));
}

export const saved = (value: number, padding = 0) => ({ kind: "test/constant", value, padding: "x".repeat(padding) });

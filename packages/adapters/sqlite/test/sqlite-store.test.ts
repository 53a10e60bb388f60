import { expect, it } from "vitest";
import { sqliteStore } from "../src/index.js";

it("refuses what is not a database", () => {
  for (const wrong of [undefined, "twin.db", {}])
    expect(() => sqliteStore(wrong as never)).toThrow("this is not an open SQLite database");
});

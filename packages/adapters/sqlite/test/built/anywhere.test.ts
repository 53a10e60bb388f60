import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { bundle } from "../../../../../.tools/bundle.js";
import { runScript, runtimePath } from "../../../../../.tools/runtimes.js";

const output = bundle(import.meta.url, { main: "./anywhere/main.ts" });
const directory = mkdtempSync(join(tmpdir(), "sage-twin-sqlite-"));
afterAll(() => rmSync(directory, { recursive: true }));

describe("sqliteStore", () => {
  for (const [name, module] of [
    ["node22", "node:sqlite"],
    ["node24", "node:sqlite"],
    ["deno", "node:sqlite"],
    ["bun", "bun:sqlite"],
    ["bun", "node:sqlite"],
  ] as const) {
    it.skipIf(runtimePath(name) === undefined)(`keeps the contract over ${module} of ${name}`, async () => {
      const file = join(directory, `${name}-${module.slice(0, 3)}.db`);
      expect(JSON.parse(await runScript(name, join(output, "main.js"), [file, module]))).toEqual({
        failures: [],
        value: { value: { a: 1 }, version: 1 },
        entries: 590,
        last: 599,
        tables: ["mine", "sage_twin_logs", "sage_twin_values"],
      });
    });
  }
});

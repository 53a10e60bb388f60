import { readdirSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { bundle } from "../../../../.tools/bundle.js";
import { browsers, runInBrowser, runScript, runtimePath, serverRuntimes } from "../../../../.tools/runtimes.js";
import { answers } from "./anywhere/answers.js";

const output = bundle(import.meta.url, { main: "./anywhere/main.ts" });
let expected: Readonly<Record<string, string>> = {};

beforeAll(async () => {
  expected = await answers();
});

describe("the data packages", () => {
  it("say something of every part", () => {
    expect(JSON.parse(expected["table"]).state.quality.rowsRejected).toBe(9);
    expect(expected["posted"]).toMatch(/^422 /);
    expect(JSON.parse(expected["season"]).periods).toEqual([7]);
    for (const text of Object.values(expected)) expect(text.length).toBeGreaterThan(3);
  });

  for (const name of serverRuntimes) {
    const test = it.skipIf(runtimePath(name) === undefined);
    test(`give the same bytes on ${name}`, async () => {
      expect(JSON.parse(await runScript(name, join(output, "main.js")))).toEqual(expected);
    });
  }

  for (const name of browsers) {
    const test = it.skipIf(runtimePath(name) === undefined);
    test(`give the same bytes in ${name}, under a strict Content Security Policy`, async () => {
      const files = Object.fromEntries(readdirSync(output).map((file) => [`/${file}`, { path: join(output, file) }]));
      const headers = { "content-security-policy": "default-src 'none'; script-src 'self'; connect-src 'self'" };
      expect(JSON.parse(await runInBrowser(name, { files, module: "/main.js", headers }))).toEqual(expected);
    });
  }
});

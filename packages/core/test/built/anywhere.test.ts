import { readdirSync } from "node:fs";
import { join } from "node:path";
import * as sdk from "@sage-twin/core";
import { beforeAll, describe, expect, it } from "vitest";
import { bundle } from "../../../../.tools/bundle.js";
import { browsers, runInBrowser, runScript, runtimePath, serverRuntimes } from "../../../../.tools/runtimes.js";
import { answers, differences } from "./anywhere/answers.js";

const output = bundle(import.meta.url, {
  main: "./anywhere/main.ts",
  "strict-policy": "./anywhere/strict-policy.ts",
  pool: "./anywhere/pool.ts",
  worker: "@sage-twin/scenarios/worker",
});
let expected: Readonly<Record<string, string>> = {};

beforeAll(async () => {
  expected = await answers(sdk, { pictures: true });
});

function expectAllSame(text: string): void {
  const { inline, pool, maps } = JSON.parse(text);
  expect(differences(inline, expected)).toEqual([]);
  expect(differences(pool, expected)).toEqual([]);
  expect(maps).toBeGreaterThan(0);
}

describe("the twin", () => {
  it("answers with figures", () => {
    expect(Object.keys(expected)).toHaveLength(16);
    expect(JSON.parse(expected["comparison"]).scenarios).toHaveLength(2);
    expect(JSON.parse(expected["restored"])).toEqual(JSON.parse(expected["saved"]));
    expect(expected["afterwards"]).not.toMatch(/null/);
  });

  for (const name of serverRuntimes) {
    const test = it.skipIf(runtimePath(name) === undefined);
    test(`gives the same bytes, with and without workers, on ${name}`, async () => {
      expectAllSame(await runScript(name, join(output, "main.js")));
    });
  }

  for (const name of browsers) {
    const test = it.skipIf(runtimePath(name) === undefined);
    const open = (module: string, headers = {}) => {
      const files = Object.fromEntries(readdirSync(output).map((file) => [`/${file}`, { path: join(output, file) }]));
      return runInBrowser(name, { files, module, headers });
    };
    test(`gives the same bytes, with and without workers, in ${name}`, async () => {
      expectAllSame(await open("/main.js"));
    });
    test(`gives the same bytes under a strict Content Security Policy in ${name}`, async () => {
      const policy = "default-src 'none'; script-src 'self'; worker-src 'self'; connect-src 'self'";
      const told = JSON.parse(await open("/strict-policy.js", { "content-security-policy": policy }));
      expect(differences(told, expected)).toEqual([]);
    });
  }
});

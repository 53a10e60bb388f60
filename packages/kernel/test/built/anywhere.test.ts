import { readdirSync } from "node:fs";
import { join } from "node:path";
import { inlineExecutor } from "@sage-twin/kernel";
import { beforeAll, describe, expect, it } from "vitest";
import { bundle } from "../../../../.tools/bundle.js";
import { browsers, runInBrowser, runScript, runtimePath, serverRuntimes } from "../../../../.tools/runtimes.js";
import { digest } from "./anywhere/digest.js";

const names = ["main", "draws-task", "worker-script", "unclosed", "strict-policy"];
const output = bundle(import.meta.url, {
  ...Object.fromEntries(names.map((name) => [name, `./anywhere/${name}.ts`])),
  worker: "@sage-twin/testing/worker",
});
const built = (name: string): string => join(output, `${name}.js`);
let expected = "";

beforeAll(async () => {
  expected = await digest(inlineExecutor());
});

function expectAllSame(text: string): void {
  expect(JSON.parse(text)).toEqual({ failures: [], digests: new Array(5).fill(expected) });
}

describe("the worker pool", () => {
  for (const name of serverRuntimes) {
    const test = it.skipIf(runtimePath(name) === undefined);
    test(`keeps the contract and gives the same bytes on ${name}`, async () => {
      expectAllSame(await runScript(name, built("main")));
    });
    test(`lets a process end on ${name}`, async () => {
      expect((await runScript(name, built("unclosed"))).trim()).toBe(expected);
    });
  }

  for (const name of browsers) {
    const test = it.skipIf(runtimePath(name) === undefined);
    const open = (module: string, headers = {}) => {
      const files = Object.fromEntries(readdirSync(output).map((file) => [`/${file}`, { path: join(output, file) }]));
      return runInBrowser(name, { files, module, headers });
    };
    test(`keeps the contract and gives the same bytes in ${name}`, async () => {
      expectAllSame(await open("/main.js"));
    });
    test(`runs under a strict Content Security Policy in ${name}`, async () => {
      const policy = "default-src 'none'; script-src 'self'; worker-src 'self'; connect-src 'self'";
      const answer = JSON.parse(await open("/strict-policy.js", { "content-security-policy": policy }));
      expect(answer).toEqual({ refused: "worker-failed", digest: expected });
    });
  }
});

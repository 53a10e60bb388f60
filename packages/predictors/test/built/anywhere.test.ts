import { readdirSync } from "node:fs";
import { join } from "node:path";
import { workerPool } from "@sage-twin/kernel";
import { demandPredictor } from "@sage-twin/predictors";
import { beforeAll, describe, expect, it } from "vitest";
import { bundle } from "../../../../.tools/bundle.js";
import { browsers, runInBrowser, runScript, runtimePath, serverRuntimes } from "../../../../.tools/runtimes.js";
import { answers } from "./anywhere/answers.js";

const output = bundle(import.meta.url, { main: "./anywhere/main.ts" });
let expected: Readonly<Record<string, string>> = {};

beforeAll(async () => {
  expected = await answers();
}, 60_000);

describe("the predictors", () => {
  it("say what was put into the data", () => {
    const of = (name: string) => JSON.parse(expected[name]);
    expect(of("churn")[0].probability).toBeGreaterThan(of("churn")[1].probability);
    expect(of("revenue")[0].forecast).toBeGreaterThan(of("revenue")[1].forecast + 150);
    expect(of("marketing")[1].expected).toBeGreaterThan(of("marketing")[0].expected);
    expect(of("demand")[0].orderUpTo).toBeGreaterThan(0);
    expect(of("series")).toHaveLength(30);
    for (const text of Object.values(expected)) expect(text).not.toMatch(/null/);
  });

  it("plan stock on workers with the bytes of one thread", async () => {
    const history = Object.fromEntries(
      Array.from({ length: 40 }, (_, item) => [
        `item ${item}`,
        Array.from({ length: 50 }, (_, week) => ((week * (item + 3)) % 7 < 3 ? (week * 5 + item) % 11 : 0)),
      ]),
    );
    const predictor = demandPredictor({ leadTime: 2, serviceLevel: 0.9 });
    const executor = workerPool({ workers: 2 });
    const done: number[] = [];
    const fitted = await predictor.fitAsync(history, {
      executor,
      onProgress: (progress) => void done.push(progress.done),
    });
    await executor.close();
    expect(JSON.stringify(fitted)).toBe(JSON.stringify(predictor.fit(history)));
    expect(done.at(-1)).toBe(40);
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

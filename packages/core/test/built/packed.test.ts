import { execFileSync } from "node:child_process";
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import * as sdk from "@sage-twin/core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { bundle } from "../../../../.tools/bundle.js";
import { browsers, runInBrowser, runScript, runtimePath } from "../../../../.tools/runtimes.js";
import { answers, differences } from "./anywhere/answers.js";

const root = fileURLToPath(new URL("../../../../", import.meta.url));
const bundled = bundle(import.meta.url, { answers: "./anywhere/answers.ts" });
const folder = mkdtempSync(join(tmpdir(), "sage-twin-packed-"));
const inFolder = (...names: string[]): string => join(folder, ...names);
let expected: Readonly<Record<string, string>> = {};

/** Runs a program in the folder; an error holds what it printed. */
function run(program: string, args: readonly string[]): void {
  try {
    execFileSync(program, args, { cwd: folder, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
  } catch (error) {
    const { stdout, stderr } = error as { stdout: string; stderr: string };
    throw new Error(`${program} ${args.join(" ")} failed\n${stdout}${stderr}`);
  }
}

function expectSame(text: string): void {
  expect(text.slice(0, 2), text.slice(0, 2000)).toBe('{"');
  expect(differences(JSON.parse(text), expected)).toEqual([]);
}

beforeAll(async () => {
  const { page, ...rest } = await answers(sdk, { pictures: true });
  expected = { ...rest, report: '"missing-peer"' }; // the optional peers are not installed
  const tarballs = JSON.parse(execFileSync(process.execPath, [join(root, ".tools", "pack.mjs")], { encoding: "utf8" }));
  writeFileSync(inFolder("package.json"), JSON.stringify({ private: true, type: "module" }));
  copyFileSync(fileURLToPath(new URL("packed/consumer.ts", import.meta.url)), inFolder("consumer.ts"));
  copyFileSync(join(bundled, "answers.js"), inFolder("answers.js"));
  const quietly = ["--prefer-offline", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"];
  run("npm", ["install", ...quietly, ...Object.values<string>(tarballs)]);
});
afterAll(() => rmSync(folder, { recursive: true }));

describe("the packed packages, installed in an empty folder", () => {
  it.each([
    ["node16", "node16"],
    ["nodenext", "nodenext"],
    ["bundler", "esnext"],
  ])("type-check with moduleResolution %s, and misspelt names do not", (moduleResolution, module) => {
    const compilerOptions = {
      ...{ module, moduleResolution, target: "es2022", lib: ["es2022", "dom"], types: [] },
      ...{ strict: true, noEmit: true, skipLibCheck: false },
    };
    writeFileSync(inFolder("tsconfig.json"), JSON.stringify({ compilerOptions, files: ["consumer.ts"] }));
    run(process.execPath, [join(root, "node_modules", "typescript", "bin", "tsc"), "-p", "."]);
  });

  it("work by import, with their own worker module", async () => {
    const script = `import * as sdk from "@sage-twin/core";
import { answers, differences } from "./answers.js";
const pool = sdk.workerPool({ workers: 2 });
console.log(JSON.stringify(await answers(sdk, { executor: pool, pictures: false })));
await pool.close();`;
    writeFileSync(inFolder("import.js"), script);
    expectSame(await runScript("node20", inFolder("import.js")));
  });

  for (const name of ["node20", "node22", "node24"] as const) {
    it.skipIf(runtimePath(name) === undefined)(`work by require on ${name}`, async () => {
      const script = `const sdk = require("@sage-twin/core");
const { answers } = require("./answers.js");
answers(sdk, { pictures: false }).then((told) => console.log(JSON.stringify(told)));`;
      writeFileSync(inFolder("require.cjs"), script);
      expectSame(await runScript(name, inFolder("require.cjs")));
    });
  }

  for (const name of browsers) {
    it.skipIf(runtimePath(name) === undefined)(`work by a script tag in ${name}`, async () => {
      const answer = await runInBrowser(name, {
        files: {
          "/sage-twin.js": { path: inFolder("node_modules", "@sage-twin", "core", "dist", "sage-twin.global.js") },
          "/answers.js": { path: inFolder("answers.js") },
          "/main.js": {
            text: `import { answers, differences } from "./answers.js"; report(JSON.stringify(await answers(SageTwin, { pictures: false })));`,
          },
        },
        scripts: ["/sage-twin.js"],
        module: "/main.js",
      });
      expectSame(answer);
    });
  }
});

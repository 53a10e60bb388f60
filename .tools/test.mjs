// The whole test suite: the build, every check, every test.
import { ensureBuilt } from "./build.mjs";
import { check } from "./check.mjs";
import { bin, ensureInstalled, root, run, say } from "./workspace.mjs";

ensureInstalled();
await ensureBuilt();
await check();
say("running the tests");
run(bin("vitest"), ["run", "--config", ".tools/vitest.config.ts", ...process.argv.slice(2)], { cwd: root });

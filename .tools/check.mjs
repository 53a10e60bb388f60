// Everything that can be wrong without running: types, lint, architecture, unused code, package shape, size, documentation.
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { ensureBuilt } from "./build.mjs";
import { bin, ensureInstalled, packageNames, root, run, say } from "./workspace.mjs";

const checks = [
  ["types", () => run(bin("tsc"), ["-p", "."])],
  ["lint and format", () => run(bin("biome"), ["check", "--error-on-warnings", "."])],
  [
    "architecture",
    () =>
      run(bin("depcruise"), [
        "--config",
        ".dependency-cruiser.cjs",
        "packages",
        "--include-only",
        "^packages/[^/]+/src",
      ]),
  ],
  ["engine-independent arithmetic", () => run(process.execPath, [join(".tools", "check-sources.mjs")])],
  ["unused code", () => run(bin("knip"), ["--config", ".knip.json", "--no-progress"])],
  ["package shape", checkPackages],
  ["bundle size", () => run(process.execPath, [join(".tools", "check-size.mjs")])],
  ["documentation", () => run(bin("typedoc"), ["--options", ".typedoc.json", "--logLevel", "Warn"])],
];

function checkPackages() {
  for (const name of packageNames()) {
    const directory = join(root, "packages", name);
    run(bin("publint"), [directory, "--strict", "--level", "warning"], { stdio: ["ignore", "ignore", "inherit"] });
    const { status, stdout, stderr } = spawnSync(
      bin("attw"),
      ["--pack", directory, "--profile", "esm-only", "--format", "ascii"],
      { cwd: root, encoding: "utf8" },
    );
    if (status !== 0) {
      console.error(stdout, stderr);
      process.exit(1);
    }
  }
}

export function check() {
  for (const [name, perform] of checks) {
    say(`checking ${name}`);
    perform();
  }
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  ensureInstalled();
  await ensureBuilt();
  check();
}

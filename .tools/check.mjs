// Everything that can be wrong without running: types, lint, architecture, unused code, package shape, size, documentation.
import { spawn } from "node:child_process";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { ensureBuilt } from "./build.mjs";
import { packages } from "./pack.mjs";
import { bin, ensureInstalled, root, say } from "./workspace.mjs";

const tool = (name) => [process.execPath, join(".tools", name)];

/** Names and command lines, the longest first. */
const checks = () => [
  ["documentation", [bin("typedoc"), "--options", ".typedoc.json", "--logLevel", "Warn"]],
  ["types", [bin("tsc"), "-p", "."]],
  [
    "architecture",
    [
      bin("depcruise"),
      "--config",
      ".dependency-cruiser.cjs",
      "packages",
      "--include-only",
      "^packages/(adapters/)?[^/]+/src",
    ],
  ],
  ["unused code", [bin("knip"), "--config", ".knip.jsonc", "--no-progress", "--no-config-hints"]],
  ...Object.entries(packages()).flatMap(([name, tarball]) => [
    [`types of the package ${name}`, [bin("attw"), tarball, "--profile", "esm-only", "--format", "ascii"]],
    [`shape of the package ${name}`, [bin("publint"), tarball, "--strict", "--level", "warning"]],
  ]),
  ["lint and format", [bin("biome"), "check", "--error-on-warnings", "."]],
  ["bundle size", tool("check-size.mjs")],
  ["engine-independent arithmetic", tool("check-sources.mjs")],
];

/** What a command printed, and whether it failed. */
function perform([program, ...args]) {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      cwd: root,
      stdio: ["ignore", "pipe", "pipe"],
      shell: process.platform === "win32",
    });
    let output = "";
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding("utf8").on("data", (text) => (output += text));
    child.on("error", reject);
    child.on("close", (code) => resolve({ failed: code !== 0, output }));
  });
}

/** Performs every check, as many at a time as there are cores; ends this process when any failed. */
export async function check() {
  const waiting = checks();
  const count = waiting.length;
  say(`checking: ${count} checks`);
  const failures = [];
  const work = async () => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const [name, command] = next;
      const { failed, output } = await perform(command);
      if (!failed) continue;
      failures.push(name);
      say(`${name}: failed\n${output.trim()}\n`);
    }
  };
  await Promise.all(Array.from({ length: availableParallelism() }, work));
  if (failures.length > 0) {
    say(`${failures.length} of ${count} checks failed: ${failures.join(", ")}`);
    process.exit(1);
  }
  say("all checks pass");
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  ensureInstalled();
  await ensureBuilt();
  await check();
}

// Where things are, and whether they are up to date. Uses Node alone: it runs before anything is installed.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

export const root = fileURLToPath(new URL("..", import.meta.url));
export const cache = join(root, "node_modules", ".cache", "sage-twin");

/** The folders of the packages, below `packages`. */
export function packageNames() {
  const folders = readdirSync(join(root, "packages"));
  const adapters = readdirSync(join(root, "packages", "adapters")).map((name) => `adapters/${name}`);
  return [...folders, ...adapters].filter((name) => existsSync(join(root, "packages", name, "package.json")));
}

export function say(text) {
  console.log(`\u203a ${text}`);
}

/** Runs a command with its output shown; ends this process with the command's exit code when it fails. */
export function run(command, args, options = {}) {
  const { status, error } = spawnSync(command, args, {
    cwd: root,
    stdio: "inherit",
    shell: process.platform === "win32",
    ...options,
  });
  if (error) throw error;
  if (status !== 0) process.exit(status ?? 1);
}

export function bin(name) {
  return join(root, "node_modules", ".bin", name);
}

function listFiles(directory) {
  return readdirSync(directory, { withFileTypes: true })
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => (entry.isDirectory() ? listFiles(join(directory, entry.name)) : [join(directory, entry.name)]));
}

/** A digest of files, and of every file in the directories among `paths`. */
export function digest(paths) {
  const hash = createHash("sha256");
  for (const path of paths.flatMap((path) => (statSync(path).isDirectory() ? listFiles(path) : [path]))) {
    hash.update(path.slice(root.length)).update("\0").update(readFileSync(path)).update("\0");
  }
  return hash.digest("hex");
}

export function remembered(name) {
  const file = join(cache, name);
  return existsSync(file) ? readFileSync(file, "utf8") : undefined;
}

export function remember(name, value) {
  const file = join(cache, name);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, value);
}

export function forget(name) {
  if (remembered(name) !== undefined) remember(name, "");
}

/** Installs the pinned dependencies when they are absent or the lock file changed. */
export function ensureInstalled() {
  const [major, minor] = process.versions.node.split(".").map(Number);
  if (major < 20 || (major === 20 && minor < 19)) {
    console.error(`SAGE-Twin needs Node 20.19 or newer; this is ${process.versions.node}.`);
    process.exit(1);
  }
  const lock = createHash("sha256")
    .update(readFileSync(join(root, "package-lock.json")))
    .digest("hex");
  if (remembered("installed") === lock) return;
  say("installing the pinned dependencies (once, about half a minute)");
  // Not `npm ci`: it refuses a lock file in which another platform's optional binaries are absent.
  run("npm", ["install", "--no-save", "--no-audit", "--no-fund", "--loglevel=error"]);
  remember("installed", lock);
}

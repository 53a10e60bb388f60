// The heavy libraries of adapters: each adapter's tests keep them in a folder of their own, with its own lock, installed on first use.
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/**
 * Installs what the package.json in `folder` locks, unless it is there, and returns a `require` that finds it. Where it cannot be
 * installed, the reason is printed and nothing returned, so that tests can skip; in CI that is an error.
 */
export function requirePeers(folder: URL): NodeJS.Require | undefined {
  const path = fileURLToPath(folder);
  const manifest = join(path, "package.json");
  const { dependencies } = JSON.parse(readFileSync(manifest, "utf8")) as { dependencies: Record<string, string> };
  const names = Object.keys(dependencies);
  // npm writes this file when it is done
  if (!existsSync(join(path, "node_modules", ".package-lock.json"))) {
    try {
      execFileSync("npm", ["ci", "--no-audit", "--no-fund", "--ignore-scripts"], {
        cwd: path,
        stdio: ["ignore", "ignore", "inherit"],
      });
    } catch (error) {
      if (process.env["CI"]) throw error;
      console.warn(`skipped: ${names.join(", ")} could not be installed in ${path}`);
      return undefined;
    }
  }
  return createRequire(manifest);
}

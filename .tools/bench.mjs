// npm run bench -- NAME: runs packages/*/bench/NAME.ts against the built packages and prints its figures.
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { ensureBuilt } from "./build.mjs";
import { ensureInstalled, packageNames, root, run } from "./workspace.mjs";

const [name, ...rest] = process.argv.slice(2);
const benches = new Map(
  packageNames()
    .map((name) => join(root, "packages", name, "bench"))
    .filter(existsSync)
    .flatMap((directory) =>
      readdirSync(directory)
        .filter((file) => file.endsWith(".ts"))
        .map((file) => [file.slice(0, -3), join(directory, file)]),
    ),
);
if (!benches.has(name)) {
  console.error(`Usage: npm run bench -- NAME, where NAME is one of: ${[...benches.keys()].sort().join(", ")}`);
  process.exit(1);
}
ensureInstalled();
await ensureBuilt({ declarations: false });
run(process.execPath, ["--expose-gc", "--import", "tsx", benches.get(name), ...rest]);

// Bundles an import for a browser as an app would, and holds its gzipped size to a ceiling.
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import { cache, root } from "./workspace.mjs";

const ceilings = [
  { name: "@sage-twin/core", code: 'import { Twin } from "@sage-twin/core"; globalThis.Twin = Twin;', kilobytes: 100 },
];

mkdirSync(cache, { recursive: true });
let failed = false;
for (const { name, code, kilobytes } of ceilings) {
  const { outputFiles } = await build({
    stdin: { contents: code, resolveDir: join(root, "packages", "core") },
    bundle: true,
    minify: true,
    splitting: true,
    format: "esm",
    platform: "browser",
    outdir: cache,
    write: false,
    external: ["vega", "vega-lite", "vega-interpreter", "hyparquet", "hyparquet-compressors"],
    metafile: true,
  });
  // The entry and what it imports statically; chunks behind import() are loaded on first use.
  const size =
    staticGraph(outputFiles).reduce((sum, file) => sum + gzipSync(file.contents, { level: 9 }).length, 0) / 1000;
  console.log(`  ${name}: ${size.toFixed(2)} kB gzipped, ceiling ${kilobytes} kB`);
  failed ||= size > kilobytes;
}
process.exit(failed ? 1 : 0);

function staticGraph(files) {
  const byName = new Map(files.map((file) => [file.path.split("/").at(-1), file]));
  const reached = new Map();
  const visit = (name) => {
    const file = byName.get(name);
    if (file === undefined || reached.has(name)) return;
    reached.set(name, file);
    for (const match of file.text.matchAll(/(?:^|[;}\s])(?:import|export)\b[^"'()]*["']\.\/([^"']+)["']/g))
      visit(match[1]);
  };
  visit("stdin.js");
  return [...reached.values()];
}

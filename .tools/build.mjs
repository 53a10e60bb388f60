// Builds packages/*/dist: JavaScript with tsup, declarations with one TypeScript program. Only what is stale is built.
import { cpSync, existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import {
  cache,
  digest,
  ensureInstalled,
  forget,
  packageNames,
  remember,
  remembered,
  root,
  run,
  say,
} from "./workspace.mjs";

/** The source files behind a package's `exports`, by the name of their output. */
function entries(directory) {
  const manifest = JSON.parse(readFileSync(join(directory, "package.json"), "utf8"));
  return Object.fromEntries(
    Object.values(manifest.exports)
      .filter((target) => target["@sage-twin/source"])
      .map((target) => [
        target.default.replace(/^\.\/dist\/|\.js$/g, ""),
        join(directory, target["@sage-twin/source"]),
      ]),
  );
}

async function buildScripts() {
  const stale = packageNames().filter(
    (name) =>
      remembered(`scripts-${name}`) !== sourceDigest(name) ||
      !existsSync(join(root, "packages", name, "dist", "index.js")),
  );
  if (stale.length === 0) return;
  say(`building ${stale.join(", ")}`);
  const { build } = await import("tsup");
  for (const name of stale) {
    forget(`scripts-${name}`);
    const directory = join(root, "packages", name);
    const common = {
      config: false,
      silent: true,
      outDir: join(directory, "dist"),
      target: "es2022",
      platform: "neutral",
      sourcemap: true,
      tsconfig: join(root, "tsconfig.json"),
    };
    const { worker, ...modules } = entries(directory);
    await build({
      ...common,
      entry: modules,
      format: "esm",
      splitting: true,
      external: [/^[^./]/],
      esbuildOptions: (options) => {
        options.conditions = ["import", "default"];
      },
    });
    if (worker) await build({ ...common, ...selfContained, entry: { worker }, format: "esm" });
    if (name === "core") {
      await build({
        ...common,
        ...selfContained,
        entry: { "sage-twin": modules.index },
        format: "iife",
        globalName: "SageTwin",
        minify: true,
        outExtension: () => ({ js: ".global.js" }),
        external: ["vega", "vega-lite", "vega-interpreter"],
      });
    }
    remember(`scripts-${name}`, sourceDigest(name));
  }
}

/** One file with every dependency inside, for places that cannot resolve bare specifiers: workers and script tags. */
const selfContained = {
  noExternal: [/.*/],
  splitting: false,
  esbuildOptions: (options) => {
    options.conditions = ["@sage-twin/source", "import", "default"];
    options.mainFields = ["module", "main"];
    options.logOverride = { "empty-import-meta": "silent" };
  },
};

function sourceDigest(name) {
  const own = (other) => [join(root, "packages", other, "src"), join(root, "packages", other, "package.json")];
  const inside =
    name === "core" || existsSync(join(root, "packages", name, "src", "worker.ts")) ? packageNames() : [name];
  return digest([...inside.flatMap(own), join(root, ".tools", "build.mjs")]);
}

function buildDeclarations() {
  const names = packageNames();
  const wanted = digest([...names.map((name) => join(root, "packages", name, "src")), join(root, "tsconfig.json")]);
  if (
    remembered("declarations") === wanted &&
    names.every((name) => existsSync(join(root, "packages", name, "dist", "index.d.ts")))
  )
    return;
  say("writing type declarations");
  forget("declarations");
  const output = join(cache, "types");
  rmSync(output, { recursive: true, force: true });
  run(process.execPath, [
    join(root, "node_modules", "typescript", "bin", "tsc"),
    "-p",
    join(root, ".tools", "tsconfig.declarations.json"),
  ]);
  for (const name of names)
    cpSync(join(output, name, "src"), join(root, "packages", name, "dist"), { recursive: true });
  remember("declarations", wanted);
}

export async function ensureBuilt({ declarations = true } = {}) {
  await buildScripts();
  if (declarations) buildDeclarations();
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  ensureInstalled();
  await ensureBuilt();
}

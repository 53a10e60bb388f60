// Builds packages/*/dist: JavaScript with tsup, declarations with one TypeScript program. Only what is stale is built.
import { cpSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
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
      // First into tree-shaken chunks: what import() loads is kept whole when a single file is made of it.
      const chunks = join(cache, "chunks");
      rmSync(chunks, { recursive: true, force: true });
      const whole = { ...common, ...selfContained, esbuildOptions: withoutPeers };
      await build({ ...whole, entry: { index: modules.index }, format: "esm", splitting: true, outDir: chunks });
      await build({
        ...whole,
        entry: { "sage-twin": join(chunks, "index.js") },
        format: "iife",
        globalName: "SageTwin",
        minify: true,
        outExtension: () => ({ js: ".global.js" }),
      });
    }
    writeLicences(directory);
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

function withoutPeers(options) {
  selfContained.esbuildOptions(options);
  options.external = ["vega", "vega-lite", "vega-interpreter", "hyparquet", "hyparquet-compressors"];
}

/** The licences of the packages that are inside the files of `dist`, as their authors ask. */
function writeLicences(directory) {
  const dist = join(directory, "dist");
  const sources = readdirSync(dist)
    .filter((file) => file.endsWith(".js.map"))
    .flatMap((file) => JSON.parse(readFileSync(join(dist, file), "utf8")).sources);
  const inside = new Set(
    sources.map((source) => /node_modules\/(?!\.)((?:@[^/]+\/)?[^/]+)/.exec(source)?.[1]).filter(Boolean),
  );
  if (inside.size === 0) return;
  const texts = [...inside].sort().map((name) => {
    const folder = join(root, "node_modules", name);
    const { version, license } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
    const files = readdirSync(folder).filter((file) => /^(licen[cs]e|notice)/i.test(file));
    const notices = files.map((file) => readFileSync(join(folder, file), "utf8").trim());
    return [`${name} ${version}: ${license}`, ...notices].join("\n\n");
  });
  writeFileSync(join(dist, "third-party-licences.txt"), `${texts.join(`\n\n${"-".repeat(80)}\n\n`)}\n`);
}

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

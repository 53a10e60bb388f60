// Packs every package as `npm publish` would; again only when what is in them changed. As a program, it prints where the tarballs are.
import { existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { basename, join } from "node:path";
import { pathToFileURL } from "node:url";
import { cache, digest, packageNames, remember, remembered, root, run } from "./workspace.mjs";

const output = join(cache, "tarballs");

/** The tarballs, by package name without its scope. */
export function packages() {
  const wanted = digest(packageNames().map((name) => join(root, "packages", name)));
  const tarballs = packageNames().map((name) => {
    const manifest = JSON.parse(readFileSync(join(root, "packages", name, "package.json"), "utf8"));
    return [basename(name), join(output, `sage-twin-${basename(name)}-${manifest.version}.tgz`)];
  });
  if (remembered("packed") !== wanted || !tarballs.every(([, file]) => existsSync(file))) {
    rmSync(output, { recursive: true, force: true });
    mkdirSync(output, { recursive: true });
    run("npm", ["pack", "--workspaces", "--pack-destination", output, "--loglevel=error"], {
      stdio: ["ignore", "ignore", "inherit"],
    });
    remember("packed", wanted);
  }
  return Object.fromEntries(tarballs);
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) console.log(JSON.stringify(packages()));

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { afterAll, beforeAll } from "vitest";

/**
 * Bundles each entry into a self-contained module `NAME.js` in a directory of its own, for the tests of the calling file, whose
 * `import.meta.url` is `from`.
 */
export function bundle(from: string, entries: Readonly<Record<string, string>>): string {
  const output = mkdtempSync(join(tmpdir(), "sage-twin-bundle-"));
  beforeAll(() =>
    build({
      entryPoints: { ...entries },
      absWorkingDir: fileURLToPath(new URL(".", from)),
      outdir: output,
      bundle: true,
      format: "esm",
      platform: "neutral",
      mainFields: ["module", "main"],
      target: "es2022",
      external: ["hyparquet", "hyparquet-compressors"],
      logLevel: "error",
      ignoreAnnotations: true, // these files lie in a package that says it has no side effects
    }),
  );
  afterAll(() => rmSync(output, { recursive: true }));
  return output;
}

import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

const root = fileURLToPath(new URL("..", import.meta.url));
const sourceConditions = ["@sage-twin/source", "module", "import", "default"];

export default defineConfig({
  test: {
    reporters: ["default"],
    projects: [
      {
        root,
        resolve: { conditions: sourceConditions },
        ssr: { resolve: { conditions: sourceConditions } },
        test: {
          name: "source",
          include: ["packages/{*,adapters/*}/test/**/*.test.ts"],
          exclude: ["packages/{*,adapters/*}/test/built/**"],
          testTimeout: 60_000,
        },
      },
      {
        root,
        test: {
          name: "built",
          include: [
            "packages/{*,adapters/*}/test/built/**/*.test.ts",
            "examples/*/test/**/*.test.ts",
            ".tools/documentation.test.ts",
          ],
          globalSetup: [".tools/runtimes.ts"],
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
    ],
  },
});

import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { gunzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { regressionEffect } from "../../src/index.js";

const folder = process.env["SAGE_TWIN_DATA"] ?? fileURLToPath(new URL("../../../../../shared/data", import.meta.url));
const path = `${folder}/dominicks-orange-juice.csv.gz`;
const brands = Array.from({ length: 11 }, (_, at) => at + 1);
const prices = brands.map((brand) => `price${brand}`);

function readJuice(): Record<string, Float64Array> {
  const [head, ...lines] = gunzipSync(readFileSync(path)).toString().trim().split("\n");
  const rows = lines.map((line) => line.split(",").map(Number));
  const names = head.trim().split(",");
  return Object.fromEntries(
    names.map((name, at) => [
      name,
      Float64Array.from(rows, (row) => (name.startsWith("price") ? Math.log(row[at]) : row[at])),
    ]),
  );
}

describe.skipIf(!existsSync(path))(
  `orange juice in ${existsSync(path) ? "SAGE_TWIN_DATA" : "SAGE_TWIN_DATA, which is not there: skipped"}`,
  () => {
    it("all own-price elasticities are negative, and differ from the pooled slope", () => {
      const juice = readJuice();
      const common = { outcome: "logmove", clusters: "store" };
      const own = brands.map((brand) => {
        const rows = [...juice.brand.keys()].filter((row) => juice.brand[row] === brand);
        const data = Object.fromEntries(
          Object.entries(juice).map(([name, values]) => [name, Float64Array.from(rows, (row) => values[row])]),
        );
        const treatment = `price${brand}`;
        const alone = { ...common, treatment, within: ["store"], adjustFor: ["deal", "feat"] };
        const others = prices.filter((name) => name !== treatment);
        return [
          regressionEffect(data, alone),
          regressionEffect(data, { ...alone, adjustFor: ["deal", "feat", ...others] }),
        ];
      });
      for (const [alone, withAll] of own) {
        expect(alone.interval()[1]).toBeLessThan(0);
        expect(withAll.effect).toBeLessThan(0);
      }
      const price = juice.brand.map((brand, row) => juice[`price${brand}`][row]);
      const pooled = regressionEffect({ ...juice, price }, { ...common, treatment: "price" });
      if (process.env["SAGE_TWIN_SHOW"] !== undefined)
        console.log(
          own
            .map(
              (pair, at) =>
                `${at + 1} ${pair.map(({ effect, standardError }) => `${effect.toFixed(2)} ${standardError.toFixed(2)}`).join(" | ")}`,
            )
            .join("\n"),
          pooled.toString(),
        );
      expect(pooled.effect).toBeGreaterThan(-1.7);
      expect(pooled.effect).toBeLessThan(-1.3);
      expect(Math.min(...own.map(([alone]) => alone.effect))).toBeLessThan(-2.5);
    });
  },
);

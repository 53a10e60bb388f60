// What package sources may not contain: functions whose last digit differs between engines, and hidden inputs.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { packageNames, root } from "./workspace.mjs";

const forbidden = [
  [
    /\bMath\.(a?sinh?|a?cosh?|a?tanh?|atan2|cbrt|exp|expm1|hypot|log|log10|log1p|log2|pow)\b/,
    "differs between engines: use the kernel's arithmetic",
  ],
  [/\bMath\.random\b/, "is not seeded: use Rng", []],
  [
    /\bDate\.now\b|\bnew Date\(\)|\bperformance\.now\b/,
    "reads the machine's clock: use Clock",
    ["kernel/src/clock.ts"],
  ],
  [/[\w)\]] \*\* (?!\d)/, "has an exponent that is not a literal: use pow"],
  [/\beval\(|\bnew Function\b/, "runs text as code"],
];

let found = 0;
for (const name of packageNames()) {
  const source = join(root, "packages", name, "src");
  for (const file of readdirSync(source, { recursive: true })) {
    if (!file.endsWith(".ts")) continue;
    const lines = readFileSync(join(source, file), "utf8").split("\n");
    lines.forEach((line, index) => {
      if (/^\s*(\*|\/\/)/.test(line)) return;
      for (const [pattern, why, allowed = []] of forbidden) {
        if (pattern.test(line) && !allowed.includes(`${name}/src/${file}`)) {
          console.error(`packages/${name}/src/${file}:${index + 1} ${why}\n    ${line.trim()}`);
          found++;
        }
      }
    });
  }
}
process.exit(found > 0 ? 1 : 0);

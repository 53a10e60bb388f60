// Four sliders on a made-up company whose truth is known: what the twin answers, beside what would really happen.
import { mkdir, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { TwinError } from "@sage-twin/core";
import { simulateBusiness } from "@sage-twin/testing";
import { companyTwin, sliders } from "./company.js";

const runs = 2000;
const outcomes = ["orders", "revenue", "profit"] as const;
const thousands = (value: number) => Math.round(value).toLocaleString("en-GB");

async function main(): Promise<void> {
  const business = simulateBusiness({ seed: "company", frequency: "W", length: 156 });
  const twin = await companyTwin(business);
  const { date, factor } = business.structuralBreak;
  console.log("SYNTHETIC DATA: a simulated company, three years of weeks. No such business exists.");
  console.log(
    `Hidden from the twin: ${business.hidden.map(({ name }) => name).join(", ")}; orders fell for good on ${date} (x ${factor.toFixed(2)}).\n`,
  );

  const comparison = await twin.compare(
    sliders.map(({ name, lever, factor }) => twin.scenario(name).scale(lever, factor)),
    { runs },
  );
  console.log(`Change over 12 weeks${" ".repeat(15)}${"the twin, with its 90 % interval".padEnd(44)}the truth`);
  const rows: (number | string)[][] = [];
  for (const { name, lever, factor } of sliders) {
    const truth = business.intervene([{ lever, kind: "scale", value: factor }], { horizon: 12 });
    for (const metric of outcomes) {
      const { total } = comparison.difference(metric, name);
      const { lower, upper } = total.interval(90);
      const real = truth.difference(metric).total.mean;
      const verdict = real >= lower && real <= upper ? "within" : "missed";
      rows.push([name, metric, total.quantile(0.5), lower, upper, real, verdict]);
      const answer = `${thousands(total.quantile(0.5)).padStart(9)}  (${thousands(lower)} to ${thousands(upper)})`;
      console.log(
        `${name.padEnd(22)} ${metric.padEnd(8)} ${answer.padEnd(42)} ${thousands(real).padStart(9)}  ${verdict}`,
      );
    }
  }
  const covered = rows.filter((row) => row.at(-1) === "within").length;
  const summary = `The truth lies within ${covered} of ${rows.length} intervals. A 90 % interval should miss about one in ten; hidden causes, and forms that the twin does not know, make it miss more.`;
  console.log(`\n${summary} See docs/guide/company.md.`);

  const out = fileURLToPath(new URL("../../out/", import.meta.url));
  await mkdir(out, { recursive: true });
  const report = await twin.report({
    title: "A simulated company (synthetic data)",
    sections: [
      {
        heading: "Synthetic data: the twin beside the truth",
        place: "first",
        paragraphs: [
          "Every figure on this page is about a made-up company, drawn by a random generator whose truth is known. No such business exists.",
          summary,
        ],
        table: {
          caption: "Change over 12 weeks",
          columns: ["slider", "metric", "#twin", "#lower", "#upper", "#truth", "90 % interval"],
          rows,
        },
      },
    ],
    comparison,
    metrics: outcomes,
    runs,
  });
  await writeFile(`${out}company.html`, report.toHTML());
  console.log("\nWritten out/company.html.");
}

main().catch((error: unknown) => {
  console.error(TwinError.isInstance(error) ? `\n${error.message}` : error);
  process.exitCode = 1;
});

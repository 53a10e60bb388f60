import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { attributeAnomaly, causalGraph, fit, linear } from "../../src/index.js";
import { tableOf } from "../table-of.js";

interface Golden {
  readonly columns: Readonly<Record<string, readonly number[]>>;
  readonly answers: Readonly<
    Record<string, Readonly<Record<string, { readonly mean: number; readonly error: number }>>>
  >;
}

const golden: Golden = JSON.parse(readFileSync(new URL("../golden/anomalies.json", import.meta.url), "utf8"));

describe("attributeAnomaly beside dowhy.gcm", () => {
  it.each(Object.keys(golden.answers))("shares out the same anomaly alike: %s", async (name) => {
    const place = Object.keys(golden.answers).indexOf(name);
    const usual = golden.columns.a.length - Object.keys(golden.answers).length;
    // The model is learnt on the usual rows and the one asked about, which dowhy leaves out: it is one of 401.
    const rows = [...Array.from({ length: usual }, (_, row) => row), usual + place];
    const columns = Object.fromEntries(
      Object.entries(golden.columns).map(([metric, values]) => [metric, rows.map((row) => values[row])]),
    );
    const graph = causalGraph()
      .cause("a", "b", linear())
      .cause("a", "c", linear())
      .cause("b", "c", linear())
      .cause("c", "d", linear())
      .cause("e", "d", linear())
      .noise("a", { kind: "gaussian" })
      .noise("e", { kind: "gaussian" });
    const model = fit(graph, tableOf(columns, "D"), { mode: "structural" });
    const { contributions, score } = await attributeAnomaly(model, { row: -1, target: "d", runs: 50_000 });
    const wanted = golden.answers[name];
    expect(score).toBeGreaterThan(2);
    for (const { metric, value } of contributions)
      expect(Math.abs(value - wanted[metric].mean)).toBeLessThan(4 * wanted[metric].error + 0.04 * score);
    const order = Object.entries(wanted).sort(([, a], [, b]) => b.mean - a.mean);
    expect(contributions[0].metric).toBe(order[0][0]);
  });
});

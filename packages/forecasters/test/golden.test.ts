import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { autoEts, dynamicOptimizedTheta, type EtsForm } from "../src/index.js";

interface Golden {
  readonly series: Record<
    string,
    {
      readonly seasonLength: number;
      readonly values: number[];
      readonly ets: { readonly aicc: Record<EtsForm, number>; readonly selected: string; readonly mean: number[] };
      readonly theta: {
        readonly alpha: number;
        readonly theta: number;
        readonly squares: number | null;
        readonly mean: number[];
      };
    }
  >;
}

// statsforecast 2.1.1, by golden/generate.py
const golden: Golden = JSON.parse(readFileSync(new URL("golden/statsforecast.json", import.meta.url), "utf8"));
const aiccOf = (fitted: { toJSON(): unknown }): number =>
  (fitted.toJSON() as { state: { process: { aicc: number } } }).state.process.aicc;

describe.each(Object.entries(golden.series))(
  "beside statsforecast 2.1.1: %s",
  (name, { seasonLength, values, ets, theta }) => {
    it.each(Object.entries(ets.aicc))("ets %s: the AICc is at most the reference's", (form, reference) => {
      const aicc = aiccOf(autoEts({ seasonLength, form: form as EtsForm }).fit(values));
      // The prior for smooth states costs up to 2 + 8 at worst, about 1 in practice.
      expect(aicc).toBeLessThan(reference + 3);
    });

    it("autoEts: the chosen form has an AICc at most the reference's smallest", () => {
      expect(aiccOf(autoEts({ seasonLength }).fit(values))).toBeLessThan(Math.min(...Object.values(ets.aicc)) + 1);
    });

    it("autoEts: the same form, and forecasts as near as the optima are", () => {
      const fitted = autoEts({ seasonLength }).fit(values);
      if (name === "airPassengers") {
        // The reference stops at an AICc of 1458 where 1391 is to be had, by another form.
        expect(fitted.name).toBe("ets(M,A,M)");
        return;
      }
      expect(fitted.name).toBe(ets.selected.replace("ETS", "ets"));
      const { mean } = fitted.forecast(12);
      const size = Math.max(...values.map(Math.abs));
      for (const [step, value] of mean.entries()) expect(Math.abs(value - ets.mean[step])).toBeLessThan(0.02 * size);
    });

    it("dynamicOptimizedTheta: squares at most, and forecasts, of the reference", () => {
      const fitted = dynamicOptimizedTheta({ seasonLength }).fit(values);
      if (theta.squares !== null) {
        const squares = fitted.residuals.slice(3).reduce((sum, error) => sum + error * error, 0);
        expect(squares).toBeLessThan(theta.squares * 1.000001);
      }
      const { mean } = fitted.forecast(12);
      const size = Math.max(...values.map(Math.abs));
      for (const [step, value] of mean.entries()) expect(Math.abs(value - theta.mean[step])).toBeLessThan(0.001 * size);
    });
  },
);

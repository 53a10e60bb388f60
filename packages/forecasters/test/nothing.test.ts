import { TwinError } from "@sage-twin/kernel";
import { describe, expect, it } from "vitest";
import * as forecasters from "../src/index.js";

const { ensemble, naive, drift } = forecasters;
const values = [3, 5, 4, 6, 5, 7, 6, 8, 7, 9];
const fitted = naive().fit(values);
const wrong = [null, 7, "text", true] as never[];

/** Every public function with what is no options, no model or no series in each of its places. */
const calls: Readonly<Record<string, (nothing: never) => unknown>> = {
  "additive(?)": (nothing) => forecasters.additive(nothing),
  "arima(?)": (nothing) => forecasters.arima(nothing),
  "auto(?)": (nothing) => forecasters.auto(nothing),
  "autoArima(?)": (nothing) => forecasters.autoArima(nothing),
  "autoCes(?)": (nothing) => forecasters.autoCes(nothing),
  "autoEts(?)": (nothing) => forecasters.autoEts(nothing),
  "autoTheta(?)": (nothing) => forecasters.autoTheta(nothing),
  "dynamicOptimizedTheta(?)": (nothing) => forecasters.dynamicOptimizedTheta(nothing),
  "dynamicTheta(?)": (nothing) => forecasters.dynamicTheta(nothing),
  "gradientBoosting(?)": (nothing) => forecasters.gradientBoosting(nothing),
  "holt(?)": (nothing) => forecasters.holt(nothing),
  "holtWinters(?)": (nothing) => forecasters.holtWinters(nothing),
  "mstl(?)": (nothing) => forecasters.mstl(nothing),
  "optimizedTheta(?)": (nothing) => forecasters.optimizedTheta(nothing),
  "regression(?)": (nothing) => forecasters.regression(nothing),
  "seasonalNaive(?)": (nothing) => forecasters.seasonalNaive(nothing),
  "theta(?)": (nothing) => forecasters.theta(nothing),
  "tsb(?)": (nothing) => forecasters.tsb(nothing),
  "windowAverage(?)": (nothing) => forecasters.windowAverage(nothing),
  "modelFromJSON(?)": (nothing) => forecasters.modelFromJSON(nothing),
  "classifyDemand(?)": (nothing) => forecasters.classifyDemand(nothing),
  "diagnose(?)": (nothing) => forecasters.diagnose(nothing),
  "transform(?)": (nothing) => forecasters.transform(nothing, { kind: "log" }),
  "transform(, ?)": (nothing) => forecasters.transform(naive(), nothing),
  "conformal(?)": (nothing) => forecasters.conformal(nothing, { horizon: 2 }),
  "conformal(, ?)": (nothing) => forecasters.conformal(naive(), nothing),
  "ensemble.mean(?)": (nothing) => ensemble.mean(nothing),
  "ensemble.mean(, ?)": (nothing) => ensemble.mean([naive()], nothing),
  "ensemble.median(, ?)": (nothing) => ensemble.median([naive()], nothing),
  "ensemble.inverseError(, ?)": (nothing) => ensemble.inverseError([naive()], nothing),
  "ensemble.stacking(, ?)": (nothing) => ensemble.stacking([naive()], nothing),
  "ensemble.scum(?)": (nothing) => ensemble.scum(nothing),
  "backtest(?)": (nothing) => forecasters.backtest(nothing, values, { horizon: 1, folds: 1 }),
  "backtest(, ?)": (nothing) => forecasters.backtest(naive(), nothing, { horizon: 1, folds: 1 }),
  "backtest(, , ?)": (nothing) => forecasters.backtest(naive(), values, nothing),
  "backtest: levels": (nothing) => forecasters.backtest(naive(), values, { horizon: 1, folds: 1, levels: nothing }),
  "backtest: quantiles": (nothing) =>
    forecasters.backtest(naive(), values, { horizon: 1, folds: 1, quantiles: nothing }),
  "compare(?)": (nothing) => forecasters.compare(nothing, values, { horizon: 1, folds: 1 }),
  "compare(, ?)": (nothing) => forecasters.compare({ a: naive(), b: drift() }, nothing, { horizon: 1, folds: 1 }),
  "compare(, , ?)": (nothing) => forecasters.compare({ a: naive(), b: drift() }, values, nothing),
  "compare: a model": (nothing) => forecasters.compare({ a: naive(), b: nothing }, values, { horizon: 1, folds: 1 }),
  "components(?)": (nothing) => forecasters.components(nothing, 2),
  "components(, , ?)": (nothing) => forecasters.components(fitted, 2, nothing),
  "diagnose(, ?)": (nothing) => forecasters.diagnose(fitted, nothing),
  "dieboldMariano(?)": (nothing) => forecasters.dieboldMariano(nothing, [1, 2], 1),
  "forecastSums(?)": (nothing) => forecasters.forecastSums(nothing, [2]),
  "forecastSums(, ?)": (nothing) => forecasters.forecastSums(fitted, nothing),
  "forecastSums(, , ?)": (nothing) => forecasters.forecastSums(fitted, [2], nothing),
  "reconcile(?)": (nothing) => forecasters.reconcile(nothing, {}, { horizon: 2 }),
  "reconcile(, ?)": (nothing) => forecasters.reconcile({ total: ["a"] } as never, nothing, { horizon: 2 }),
  "reconcile(, , ?)": (nothing) => forecasters.reconcile({ total: ["a"] } as never, {}, nothing),
  "fitPanel(?)": (nothing) => forecasters.gradientBoosting().fitPanel(nothing),
  "fitPanel(, ?)": (nothing) => forecasters.gradientBoosting().fitPanel({ a: values, b: values }, nothing),
  "fit(?)": (nothing) => naive().fit(nothing),
  "forecast: levels": (nothing) => fitted.forecast(2, { levels: nothing }),
  "interval(?)": (nothing) => (nothing === (7 as never) ? naive().fit(nothing) : fitted.forecast(2).interval(nothing)),
  "paths: uniforms": (nothing) => fitted.paths(2, { count: 1, uniforms: nothing }),
  "update(?)": (nothing) => fitted.update(nothing),
};

describe("what is nothing", () => {
  for (const [name, call] of Object.entries(calls))
    it(`${name} is a TwinError`, () => {
      for (const nothing of wrong) {
        let thrown: unknown;
        try {
          call(nothing);
        } catch (error) {
          thrown = error;
        }
        expect(TwinError.isInstance(thrown), `${name} with ${JSON.stringify(nothing)}: ${String(thrown)}`).toBe(true);
      }
    });

  it("forecastMany(?) rejects with a TwinError", async () => {
    for (const nothing of wrong) {
      for (const call of [
        () => forecasters.forecastMany(nothing, { name: "naive" }, 2),
        () => forecasters.forecastMany({ a: values }, nothing, 2),
        () => forecasters.forecastMany({ a: values }, { name: "naive" }, 2, nothing),
      ])
        expect(TwinError.isInstance(await call().catch((error: unknown) => error))).toBe(true);
    }
  });

  const models: Readonly<Record<string, () => forecasters.Forecaster>> = {
    additive: () => forecasters.additive(),
    autoArima: () => forecasters.autoArima(),
    autoEts: () => forecasters.autoEts(),
    conformal: () => forecasters.conformal(naive(), { horizon: 2 }),
    croston: () => forecasters.croston(),
    gradientBoosting: () => forecasters.gradientBoosting(),
    mean: () => ensemble.mean([naive()]),
    mstl: () => forecasters.mstl({ seasonLengths: [4] }),
    naive: () => naive(),
    regression: () => forecasters.regression(),
    theta: () => forecasters.theta(),
    transform: () => forecasters.transform(naive(), { kind: "log" }),
  };
  for (const [name, create] of Object.entries(models))
    it(`${name}: fit, forecast, paths and update take no null for options`, () => {
      const series = Array.from({ length: 30 }, (_, t) => 5 + (t % 4));
      const own = create().fit(series);
      for (const nothing of [null, 7, "text"] as never[]) {
        expect(() => create().fit(series, nothing)).toThrow(TwinError);
        expect(() => own.forecast(2, nothing)).toThrow(TwinError);
        expect(() => own.paths(2, nothing)).toThrow(TwinError);
        expect(() => own.update([5], nothing)).toThrow(TwinError);
        expect(() => create().fit(series, { timestamps: nothing })).toThrow(TwinError);
      }
    });
});

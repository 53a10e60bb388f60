import { type FittedForecaster, type Forecaster, modelFromJSON } from "@sage-twin/forecasters";
import { type ErrorCode, Rng } from "@sage-twin/kernel";
import { quantiles } from "@sage-twin/numerics";
import { assert, assertSame, assertTwinError, type ContractCheck } from "./contract.js";

const horizon = 8;

/** 60 values with a season of 12, a trend and noise, all positive. */
function ordinarySeries(): Float64Array {
  const rng = new Rng("forecaster contract");
  const season = [0, 2, 5, 9, 4, -1, -6, -8, -3, 1, 3, 6];
  return Float64Array.from({ length: 60 }, (_, t) => 100 + 0.7 * t + season[t % 12] + 3 * rng.normal());
}

const oddSeries: Readonly<Record<string, readonly number[]>> = {
  "one value": [5],
  "two values": [5, 7],
  "three values": [5, 7, 6],
  "a constant": new Array(30).fill(4),
  "all zeros": new Array(30).fill(0),
  "a perfect line": Array.from({ length: 30 }, (_, t) => 3 + 2 * t),
  "values around 1e-12": Array.from(ordinarySeries(), (value) => value * 1e-14),
  "values around 1e12": Array.from(ordinarySeries(), (value) => value * 1e10),
  "one huge outlier": Array.from(ordinarySeries(), (value, t) => (t === 30 ? 1e9 : value)),
  "leading zeros": Array.from(ordinarySeries(), (value, t) => (t < 40 ? 0 : value)),
  "mostly zeros": Array.from({ length: 40 }, (_, t) => (t % 9 === 4 ? t : 0)),
  "negative values": Array.from(ordinarySeries(), (value) => value - 130),
  "fewer values than a season": Array.from(ordinarySeries().subarray(0, 11)),
  "3,000 values": Array.from({ length: 3000 }, (_, t) => 50 + ((t * 7919) % 101) / 10 + (t % 12)),
  "gaps at both ends and inside": Array.from(ordinarySeries(), (value, t) =>
    t < 3 || t > 57 || t % 7 === 5 ? Number.NaN : value,
  ),
};

/** Forecast, intervals, residuals and saved form: all that two equal fits must share. */
function answers(fitted: FittedForecaster): unknown {
  const out = fitted.forecast(horizon);
  return {
    name: fitted.name,
    description: fitted.description,
    notes: fitted.notes,
    residuals: fitted.residuals,
    mean: out.mean,
    interval: out.interval(90),
    paths: fitted.paths(3, { count: 4, seed: 1 }),
    json: fitted.toJSON(),
  };
}

function assertSound(fitted: FittedForecaster): void {
  const out = fitted.forecast(horizon, { levels: [50] });
  const { lower, upper } = out.interval(99);
  for (let step = 0; step < horizon; step++) {
    const values = [lower[step], out.mean[step], upper[step]];
    assert(values.every(Number.isFinite), `step ${step + 1} is ${values.join(", ")}, not finite`);
    assert(lower[step] <= upper[step], `the interval of step ${step + 1} runs from ${lower[step]} to ${upper[step]}`);
  }
  assert(fitted.paths(horizon, { count: 50 }).every(Number.isFinite), "a path is not finite");
}

/** The largest distance, in standard errors, between the quantiles of paths and the bounds of the interval at the same level. */
function worstDistance(fitted: FittedForecaster, count: number, level: number): number {
  const out = fitted.forecast(horizon);
  const { lower, upper } = out.interval(level);
  const paths = fitted.paths(horizon, { count, seed: "quantiles of paths" });
  const tail = (1 - level / 100) / 2;
  let worst = 0;
  for (let step = 0; step < horizon; step++) {
    const column = Float64Array.from({ length: count }, (_, path) => paths[path * horizon + step]);
    const near = quantiles(column, [0.6 * tail, tail, 1.6 * tail, 1 - 1.6 * tail, 1 - tail, 1 - 0.6 * tail]);
    // The slope of the quantile function turns an error of probability into one of the values.
    const errorOfProbability = Math.sqrt((tail * (1 - tail)) / count);
    const lowerError = (errorOfProbability * (near[2] - near[0])) / tail;
    const upperError = (errorOfProbability * (near[5] - near[3])) / tail;
    worst = Math.max(worst, Math.abs(near[1] - lower[step]) / lowerError, Math.abs(near[4] - upper[step]) / upperError);
  }
  return worst;
}

/**
 * What every forecaster must hold, as checks for any test runner. `createModel` makes a model with seasons of 12, or without seasons.
 *
 * @example
 * ```ts
 * import { naive } from "@sage-twin/forecasters";
 * import { forecasterContract } from "@sage-twin/testing";
 *
 * const checks = forecasterContract("naive", () => naive());
 * for (const check of checks) await check.run();
 * checks[0].name; // => "naive: fitting again gives the same"
 * ```
 */
export function forecasterContract(name: string, createModel: () => Forecaster): ContractCheck[] {
  const fit = (): FittedForecaster => createModel().fit(ordinarySeries());
  const refused = (what: string, code: ErrorCode, action: () => unknown): ContractCheck => ({
    name: `${name}: refuses ${what}`,
    run: async () => {
      await assertTwinError(action, code);
    },
  });
  const check = (what: string, run: () => void): ContractCheck => ({ name: `${name}: ${what}`, run });
  return [
    check("fitting again gives the same", () => {
      const model = createModel();
      assertSame(
        answers(model.fit(ordinarySeries())),
        answers(model.fit(Array.from(ordinarySeries()))),
        "the second fit",
      );
    }),
    check("is the same after JSON", () => {
      const fitted = fit();
      const back = modelFromJSON(JSON.parse(JSON.stringify(fitted)));
      assertSame(answers(back), answers(fitted), "the model read back");
      const more = [140, Number.NaN, 150];
      assertSame(answers(back.update(more)), answers(fitted.update(more)), "the updated model read back");
    }),
    check("the same seed gives the same paths, another other ones", () => {
      const fitted = fit();
      const draw = (seed?: string): Float64Array => fitted.paths(horizon, { count: 20, seed });
      assertSame(draw("a"), draw("a"), "the second draw");
      assert(String(draw("a")) !== String(draw("b")), "two seeds give the same paths");
      assertSame(draw(), draw("sage-twin"), "a draw without seed");
    }),
    check("uniforms alone drive the paths", () => {
      const fitted = fit();
      const rng = new Rng("uniforms");
      const uniforms = Float64Array.from({ length: 3 * horizon }, () => rng.uniform());
      const paths = fitted.paths(horizon, { count: 3, uniforms });
      assertSame(fitted.paths(horizon, { count: 3, uniforms, seed: "other" }), paths, "a draw with another seed");
      const second = fitted.paths(horizon, { count: 1, uniforms: uniforms.slice(horizon, 2 * horizon) });
      assertSame(second, paths.slice(horizon, 2 * horizon), "the second path drawn alone");
      const changed = uniforms.map((value, i) => (i === 2 ? 1 - value : value));
      const after = fitted.paths(horizon, { count: 3, uniforms: changed });
      assertSame(after.slice(0, 2), paths.slice(0, 2), "what comes before a changed uniform");
      assert(after[2] !== paths[2], "a changed uniform changes nothing");
    }),
    check("quantiles of paths equal the intervals", () => {
      for (const level of [50, 80, 95]) {
        const worst = worstDistance(fit(), 20_000, level);
        assert(worst < 5, `at ${level} % they are ${worst.toFixed(1)} standard errors apart`);
      }
    }),
    check("a longer horizon or a larger count begins with the same numbers", () => {
      const fitted = fit();
      const [short, long] = [fitted.forecast(horizon), fitted.forecast(70)];
      assertSame(long.mean.slice(0, horizon), short.mean, "the longer mean");
      assertSame(long.interval(80).upper.slice(0, horizon), short.interval(80).upper, "the longer interval");
      const [few, many] = [fitted.paths(5, { count: 3 }), fitted.paths(9, { count: 6 })];
      for (let path = 0; path < 3; path++)
        assertSame(many.slice(path * 9, path * 9 + 5), few.slice(path * 5, path * 5 + 5), `path ${path}`);
    }),
    check("a higher level gives a wider interval around the lower one", () => {
      const out = fit().forecast(horizon, { levels: [80] });
      assertSame(out.levels, [80], "the listed levels");
      const [inner, outer] = [out.interval(60), out.interval(97.5)];
      for (let step = 0; step < horizon; step++)
        assert(
          outer.lower[step] < inner.lower[step] && inner.upper[step] < outer.upper[step],
          `not at step ${step + 1}`,
        );
    }),
    check("an update filters: its errors are those of the forecasts, one value or many at a time", () => {
      const fitted = fit();
      const more = [141, 137, Number.NaN, 146];
      let stepwise = fitted;
      for (const value of more) {
        const forecast = stepwise.forecast(1).mean[0];
        stepwise = stepwise.update([value]);
        const error = stepwise.residuals.at(-1) as number;
        const wanted = value - forecast;
        assert(
          Object.is(error, wanted) || Math.abs(error - wanted) < 1e-9 * Math.abs(value),
          `the error is ${error}, not ${wanted}`,
        );
      }
      const atOnce = fitted.update(more);
      for (const [i, value] of atOnce.forecast(horizon).mean.entries())
        assert(Math.abs(value - stepwise.forecast(horizon).mean[i]) < 1e-9 * Math.abs(value), "the two ways differ");
      assert(fitted.residuals.length + more.length === atOnce.residuals.length, "residuals are not as many as values");
      assertSame(answers(fitted.update([])), answers(fitted), "an empty update");
      assert(atOnce.notes.length === fitted.notes.length + 1, "the missing value of the update is not in the notes");
    }),
    check("missing values are counted in the notes", () => {
      const fitted = createModel().fit(oddSeries["gaps at both ends and inside"]);
      for (const count of ["3 missing", "8 missing", "2 missing"])
        assert(
          fitted.notes.some((note) => note.startsWith(count)),
          `no note on "${count}": ${fitted.notes.join("; ")}`,
        );
      assert(fitted.residuals.length === 60, "residuals are not as many as values");
    }),
    ...Object.entries(oddSeries).map(([what, values]) =>
      check(`takes ${what}`, () => {
        const fitted = createModel().fit(values);
        assertSound(fitted);
        assertSound(fitted.update([values.at(-1) as number, Number.NaN]));
        assertSame(
          modelFromJSON(JSON.parse(JSON.stringify(fitted))).forecast(3).mean,
          fitted.forecast(3).mean,
          "the mean after JSON",
        );
        assert(fitted.residuals.length === values.length, "residuals are not as many as values");
      }),
    ),
    check("forecasts 10,000 steps", () => {
      const out = fit().forecast(10_000);
      assert(out.mean.every(Number.isFinite) && out.interval(95).upper.every(Number.isFinite), "a step is not finite");
    }),
    refused("an empty series", "invalid-data", () => createModel().fit([])),
    refused("missing values only", "invalid-data", () => createModel().fit([Number.NaN, Number.NaN])),
    refused("infinite values", "invalid-data", () => createModel().fit([1, 2, 1e400, 4])),
    refused("text among the values", "invalid-data", () => createModel().fit([1, "2" as never, 3])),
    refused("timestamps that do not ascend", "invalid-time", () => createModel().fit([1, 2], { timestamps: [2, 1] })),
    refused("an infinite update", "invalid-data", () => fit().update([Number.NEGATIVE_INFINITY])),
    ...[0, -1, 1.5, 100_000, Number.NaN].map((wrong) =>
      refused(`a horizon of ${wrong}`, "invalid-argument", () => fit().forecast(wrong)),
    ),
    ...[0, 100, -5, Number.NaN].map((wrong) =>
      refused(`a level of ${wrong}`, "invalid-argument", () => fit().forecast(2).interval(wrong)),
    ),
    refused("a level of 100 in the list", "invalid-argument", () => fit().forecast(2, { levels: [100] })),
    refused("a count of 0", "invalid-argument", () => fit().paths(2, { count: 0 })),
    refused("too few uniforms", "invalid-argument", () => fit().paths(2, { count: 2, uniforms: Float64Array.of(0.5) })),
    refused("a uniform of 0", "invalid-argument", () =>
      fit().paths(2, { count: 1, uniforms: Float64Array.of(0, 0.5) }),
    ),
    refused("a truncated saved model", "corrupt", () => modelFromJSON({ ...(fit().toJSON() as object), state: {} })),
    refused("a saved model from a newer version", "newer-version", () =>
      modelFromJSON({ ...(fit().toJSON() as object), schemaVersion: 99 }),
    ),
  ];
}

import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ArimaLikelihood } from "../src/arima-likelihood.js";
import { arima, autoArima } from "../src/index.js";

interface Case {
  readonly values: (number | null)[];
  readonly order: [number, number, number];
  readonly seasonal: [number, number, number];
  readonly seasonLength: number;
  readonly exogenous: number[] | null;
  readonly logLikelihood: number;
  readonly beta: number | null;
  readonly mean: number[];
}

// statsmodels 0.15.0, by golden/arima.py
const golden: { readonly cases: Record<string, Case> } = JSON.parse(
  readFileSync(new URL("golden/arima.json", import.meta.url), "utf8"),
);

interface Saved {
  readonly state: { readonly process: { readonly aicc: number; readonly beta: number[]; readonly constant: boolean } };
}

describe.each(Object.entries(golden.cases))("beside statsmodels 0.15.0: %s", (_, reference) => {
  const { order, seasonal, seasonLength, exogenous, mean } = reference;
  const values = reference.values.map((value) => value ?? Number.NaN);
  const constant = order[1] + seasonal[1] === 0;
  const columns = exogenous === null ? {} : { exogenous: { wave: exogenous } };
  const fitted = arima({ order, seasonal, seasonLength, constant }).fit(values, columns);
  const { aicc, beta } = (fitted.toJSON() as unknown as Saved).state.process;

  it("the likelihood is at least the reference's", () => {
    const estimated = order[0] + order[2] + seasonal[0] + seasonal[2] + Number(constant) + beta.length + 1;
    const lost = order[1] + seasonal[1] * seasonLength;
    const observed = values.filter((value) => !Number.isNaN(value)).length - lost;
    const penalty = 2 * estimated + (2 * estimated * (estimated + 1)) / (observed - estimated - 1);
    expect((penalty - aicc) / 2).toBeGreaterThan(reference.logLikelihood - 0.05);
  });

  it("the forecasts are as near as the optima are", () => {
    const future = { wave: Array.from({ length: 6 }, (_, step) => Math.sin((values.length + step) * 0.7)) };
    const out = fitted.forecast(6, exogenous === null ? {} : { futureExogenous: future });
    const known = values.filter((value) => !Number.isNaN(value));
    const spread = Math.max(...known) - Math.min(...known);
    for (const [step, value] of mean.entries()) expect(Math.abs(out.mean[step] - value)).toBeLessThan(0.03 * spread);
    if (reference.beta !== null) expect(beta[0]).toBeCloseTo(reference.beta, 0);
  });
});

/** -2 log likelihood up to constants by the covariance matrix itself: log |S| and z' S^-1 z, from Cholesky's factor. */
function dense(values: readonly number[], ar: readonly number[], ma: readonly number[]): [number, number] {
  const psi = [1];
  for (let j = 1; j < 4000; j++)
    psi.push((ma[j - 1] ?? 0) + ar.reduce((sum, value, i) => sum + (i < j ? value * psi[j - 1 - i] : 0), 0));
  const gamma = (lag: number): number => psi.reduce((sum, value, j) => sum + value * (psi[j + lag] ?? 0), 0);
  const known = values.flatMap((value, t) => (Number.isNaN(value) ? [] : [t]));
  const n = known.length;
  const covariances = Array.from({ length: values.length }, (_, lag) => gamma(lag));
  const factor = known.map(() => new Float64Array(n));
  let logDeterminant = 0;
  let squares = 0;
  const z = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    let rest = values[known[i]];
    for (let j = 0; j <= i; j++) {
      let sum = covariances[Math.abs(known[i] - known[j])];
      for (let k = 0; k < j; k++) sum -= factor[i][k] * factor[j][k];
      factor[i][j] = i === j ? Math.sqrt(sum) : sum / factor[j][j];
      if (j < i) rest -= factor[i][j] * z[j];
    }
    z[i] = rest / factor[i][i];
    squares += z[i] * z[i];
    logDeterminant += 2 * Math.log(factor[i][i]);
  }
  return [squares, logDeterminant / n];
}

describe("the exact likelihood", () => {
  it("is that of the covariance matrix, missing values and all", () => {
    const coefficient = fc.double({ min: -0.6, max: 0.6, noNaN: true });
    const value = fc.oneof(
      { weight: 5, arbitrary: fc.double({ min: -3, max: 3, noNaN: true }) },
      fc.constant(Number.NaN),
    );
    fc.assert(
      fc.property(
        fc.array(value, { minLength: 12, maxLength: 30 }),
        fc.array(coefficient, { maxLength: 1 }),
        fc.array(coefficient, { maxLength: 2 }),
        fc.constantFrom(0, 3),
        (values, ar, ma, gap) => {
          fc.pre(values.some((item) => !Number.isNaN(item) && item !== 0));
          const sparse = [...new Array(ar.length > 0 ? gap : 0).fill(0), ...ar];
          const likelihood = new ArimaLikelihood(values.length);
          const output = new Float64Array(values.length);
          const total = likelihood.evaluate(
            Float64Array.from(values),
            Float64Array.from(sparse),
            Float64Array.from(ma),
            output,
          );
          const [squares, logDeterminant] = dense(values, sparse, ma);
          expect(Math.log(likelihood.determinant)).toBeCloseTo(logDeterminant, 6);
          expect(total / likelihood.determinant).toBeCloseTo(squares, 5);
        },
      ),
      { numRuns: 60 },
    );
  });
});

describe("autoArima", () => {
  const noise = (seed: number, length: number): number[] => {
    let state = seed;
    const uniform = (): number => {
      state = (state * 16807) % 2147483647;
      return state / 2147483647;
    };
    return Array.from({ length }, () => Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform()));
  };

  it("finds a random walk, a stationary process and a season", () => {
    let level = 0;
    expect(
      autoArima().fit(
        noise(1, 120).map((value) => {
          level += value;
          return level;
        }),
      ).name,
    ).toMatch(/^arima\(\d,1,\d\)/);
    let last = 0;
    const stationary = noise(2, 150).map((value) => {
      last = 0.6 * last + value;
      return last;
    });
    expect(autoArima().fit(stationary).name).toMatch(/^arima\([1-9],0,\d\)/);
    const season = noise(3, 96).map((value, t) => 20 * Math.sin((Math.PI * t) / 6) + 0.2 * t + value);
    expect(autoArima({ seasonLength: 12 }).fit(season).name).toMatch(/\(\d,1,\d\)\[12\]/);
  });

  it("uses regressors, and asks for their future", () => {
    const promotion = noise(4, 80).map((value) => (value > 0.5 ? 1 : 0));
    const sales = noise(5, 80).map((value, t) => 50 + 8 * promotion[t] + value);
    const fitted = autoArima().fit(sales, { exogenous: { promotion } });
    const { mean } = fitted.forecast(2, { futureExogenous: { promotion: [0, 1] } });
    expect(mean[1] - mean[0]).toBeGreaterThan(7);
    expect(mean[1] - mean[0]).toBeLessThan(9);
    expect(() => fitted.forecast(2)).toThrow(/promotion.*missing/);
    expect(() => fitted.forecast(3, { futureExogenous: { promotion: [0, 1] } })).toThrow(/3 are needed/);
    const after = fitted.update([58], { exogenous: { promotion: [1] } });
    expect(Math.abs(after.residuals[80])).toBeLessThan(4);
    expect(() => fitted.forecast(1, { futureExogenous: { promotion: [1], price: [2] } })).toThrow(
      /without this column/,
    );
  });
});

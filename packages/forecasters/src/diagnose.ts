import { exp, log, normalDistribution } from "@sage-twin/kernel";
import { autocorrelations, chiSquareTail, cholesky, solveCholesky, studentTail } from "@sage-twin/numerics";
import { checkFitted } from "./check-fitted.js";
import { checkSeasonLength, checkWhole, refuse } from "./checks.js";
import { powerOfTwoScale } from "./scale.js";
import type { FittedForecaster } from "./types.js";

/** How residuals are looked at. */
export interface DiagnoseOptions {
  /** How many lags the tests read. Default: 10, or two seasons, but at most a fifth of the residuals. */
  readonly lags?: number;
  /** Values in one season. Default: 1. */
  readonly seasonLength?: number;
  /** Estimated coefficients of an ARMA model, taken off the degrees of freedom of the Ljung-Box test. Default: 0. */
  readonly parameters?: number;
}

/** A test: small p-values speak against what it supposes. */
export interface ResidualTest {
  readonly statistic: number;
  readonly pValue: number;
}

/** What the one-step errors of a fitted model look like. Each part is NaN where the residuals are too few or do not vary. */
export interface Diagnosis {
  /** How many residuals there are. */
  readonly count: number;
  /** Autocorrelations at lags 0, 1, ..., and the bound that 95 of 100 of them stay within when there is none. */
  readonly acf: Float64Array;
  readonly acfBound: number;
  /** Supposes no autocorrelation up to the last lag (Ljung and Box 1978). */
  readonly ljungBox: ResidualTest & { readonly degreesOfFreedom: number };
  readonly normality: {
    /** Supposes the skewness and kurtosis of a normal distribution (Jarque and Bera 1980). */
    readonly jarqueBera: ResidualTest & { readonly skewness: number; readonly kurtosis: number };
    /** Supposes a normal distribution (Anderson and Darling 1954; p-value by D'Agostino and Stephens 1986). */
    readonly andersonDarling: ResidualTest;
  };
  /** The mean residual with its standard error; supposes a mean of 0 (Student's t). */
  readonly bias: ResidualTest & { readonly mean: number; readonly standardError: number };
  /** Supposes that the size of an error says nothing of the size of the next ones: Engle's (1982) Lagrange multiplier test. */
  readonly heteroscedasticity: ResidualTest & { readonly degreesOfFreedom: number };
  /** What was found at the 5 % level, in plain words; empty where nothing was. */
  readonly findings: readonly string[];
}

/**
 * Looks at the residuals of a fitted model: autocorrelation, bias, normality, and changing spread. Missing residuals are left out.
 * Throws a `TwinError` for fewer than 3 residuals and for lags that are not below their number.
 *
 * @example
 * ```ts
 * import { diagnose, naive } from "@sage-twin/forecasters";
 *
 * const swing = Array.from({ length: 40 }, (_, t) => (t % 2 === 0 ? 10 + t / 40 : 20));
 * const { ljungBox, findings } = diagnose(naive().fit(swing));
 * ljungBox.pValue < 0.001; // => true
 * findings[0]; // => "errors follow one another (Ljung-Box p < 0.001 over 7 lags): the model leaves a pattern unused"
 * ```
 */
export function diagnose(fitted: FittedForecaster, options: DiagnoseOptions = {}): Diagnosis {
  const { residuals } = checkFitted(fitted);
  const first = residuals.findIndex((error) => !Number.isNaN(error));
  const inRow =
    first < 0
      ? residuals.subarray(0, 0)
      : residuals.subarray(first, residuals.findLastIndex((error) => !Number.isNaN(error)) + 1);
  const unit = powerOfTwoScale(inRow);
  const series = inRow.map((error) => error / unit);
  const errors = series.filter((error) => !Number.isNaN(error));
  const count = errors.length;
  if (count < 3) refuse(["fitted"], `${count} residuals`, "a diagnosis needs at least 3", "invalid-data");
  const season = checkSeasonLength(options);
  const usual = Math.max(1, Math.min(season > 1 ? 2 * season : 10, Math.floor(count / 5)));
  const lags = checkWhole(options.lags ?? usual, "lags", count - 1);
  const parameters = options.parameters ?? 0;
  if (!(Number.isInteger(parameters) && parameters >= 0 && parameters < lags))
    refuse(["parameters"], `${parameters} parameters for ${lags} lags`, "give fewer parameters than lags");

  const acf = autocorrelations(series, lags);
  let portmanteau = 0;
  for (let lag = 1; lag <= lags; lag++) portmanteau += (acf[lag] * acf[lag]) / (count - lag);
  const statistic = count * (count + 2) * portmanteau;
  const degreesOfFreedom = lags - parameters;
  const ljungBox = { statistic, degreesOfFreedom, pValue: chiSquareTail(statistic, degreesOfFreedom) };

  const mean = errors.reduce((sum, error) => sum + error, 0) / count;
  const moment = (power: number): number =>
    errors.reduce((sum, error) => {
      let product = 1;
      for (let i = 0; i < power; i++) product *= error - mean;
      return sum + product / count;
    }, 0);
  const variance = moment(2);
  const deviation = Math.sqrt((variance * count) / (count - 1));
  const standardError = deviation / Math.sqrt(count);
  const t = mean / standardError;
  const bias = {
    mean: mean * unit,
    standardError: standardError * unit,
    statistic: t,
    pValue: 2 * studentTail(Math.abs(t), count - 1),
  };
  const skewness = moment(3) / (variance * Math.sqrt(variance));
  const kurtosis = moment(4) / (variance * variance);
  const jarque = (count / 6) * (skewness * skewness + ((kurtosis - 3) * (kurtosis - 3)) / 4);
  const normality = {
    jarqueBera: { statistic: jarque, pValue: chiSquareTail(jarque, 2), skewness, kurtosis },
    andersonDarling: andersonDarling(errors.map((error) => (error - mean) / deviation)),
  };
  const heteroscedasticity = archTest(series, lags);
  const acfBound = 1.959963984540054 / Math.sqrt(count);
  const known = { count, acf, acfBound, ljungBox, normality, bias, heteroscedasticity };
  return { ...known, findings: findingsOf(known, lags) };
}

function findingsOf(found: Omit<Diagnosis, "findings">, lags: number): string[] {
  const { ljungBox, normality, bias, heteroscedasticity } = found;
  if (Number.isNaN(ljungBox.pValue)) return ["the residuals do not vary: there is nothing to test"];
  const p = ({ pValue }: ResidualTest): string => (pValue < 0.001 ? "p < 0.001" : `p ${pValue.toPrecision(2)}`);
  const all: (readonly [ResidualTest, string])[] = [
    [
      ljungBox,
      `errors follow one another (Ljung-Box ${p(ljungBox)} over ${lags} lags): the model leaves a pattern unused`,
    ],
    [
      bias,
      `forecasts are too ${bias.mean > 0 ? "low" : "high"} by ${Math.abs(bias.mean).toPrecision(3)} on average (${p(bias)})`,
    ],
    [
      heteroscedasticity,
      `large errors come in clusters (ARCH ${p(heteroscedasticity)}): the spread changes with time, and intervals of one width are at times too narrow`,
    ],
    [
      normality.andersonDarling,
      `errors are not normally distributed (Anderson-Darling ${p(normality.andersonDarling)}): conformal intervals suit them better`,
    ],
  ];
  return all.filter(([{ pValue }]) => pValue < 0.05).map(([, text]) => text);
}

function andersonDarling(standardised: Float64Array): ResidualTest {
  const count = standardised.length;
  const sorted = standardised.slice().sort();
  const logOf = (value: number): number => log(Math.max(normalDistribution(value), 1e-300));
  let sum = 0;
  for (let i = 0; i < count; i++) sum += (2 * i + 1) * (logOf(sorted[i]) + logOf(-sorted[count - 1 - i]));
  const statistic = -count - sum / count;
  const a = statistic * (1 + 0.75 / count + 2.25 / (count * count));
  const pValue =
    a >= 0.6
      ? exp(1.2937 - 5.709 * a + 0.0186 * a * a)
      : a >= 0.34
        ? exp(0.9177 - 4.279 * a - 1.38 * a * a)
        : a >= 0.2
          ? 1 - exp(-8.318 + 42.796 * a - 59.938 * a * a)
          : 1 - exp(-13.436 + 101.14 * a - 223.73 * a * a);
  // Beyond 153 the fitted curve turns upwards again.
  return { statistic, pValue: Number.isNaN(a) ? Number.NaN : a > 150 ? 0 : Math.max(0, Math.min(1, pValue)) };
}

/** Regresses squares on the squares before: rows times R squared. */
function archTest(series: Float64Array, lags: number): ResidualTest & { readonly degreesOfFreedom: number } {
  const rows: Float64Array[] = [];
  const size = lags + 1;
  const targets: number[] = [];
  for (let t = lags; t < series.length; t++) {
    const row = Float64Array.from({ length: size }, (_, lag) => (lag === 0 ? 1 : series[t - lag] * series[t - lag]));
    const target = series[t] * series[t];
    if (row.some(Number.isNaN) || Number.isNaN(target)) continue;
    rows.push(row);
    targets.push(target);
  }
  const none = { statistic: Number.NaN, pValue: Number.NaN, degreesOfFreedom: lags };
  if (rows.length <= size) return none;
  const average = targets.reduce((sum, value) => sum + value, 0) / targets.length;
  const centres = Float64Array.from({ length: size }, (_, i) =>
    rows.reduce((sum, row) => sum + row[i] / rows.length, 0),
  );
  const matrix = new Float64Array(lags * lags);
  const right = new Float64Array(lags);
  let total = 0;
  rows.forEach((row, t) => {
    const target = targets[t] - average;
    total += target * target;
    for (let i = 0; i < lags; i++) {
      const x = row[i + 1] - centres[i + 1];
      right[i] += x * target;
      for (let j = 0; j <= i; j++) matrix[i * lags + j] += x * (row[j + 1] - centres[j + 1]);
    }
  });
  for (let i = 0; i < lags; i++) if (!(matrix[i * lags + i] > 0)) return none;
  // A sliver on the diagonal keeps columns apart that are the same.
  for (let i = 0; i < lags; i++) matrix[i * lags + i] *= 1 + 1e-12;
  const effects = solveCholesky(cholesky(matrix, lags), right);
  const explained = effects.reduce((sum, effect, i) => sum + effect * right[i], 0);
  const statistic = (rows.length * explained) / total;
  return { statistic, pValue: chiSquareTail(statistic, lags), degreesOfFreedom: lags };
}

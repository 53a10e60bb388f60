import { describeValue, exp, expm1, log, log1p, pow, TwinError } from "@sage-twin/kernel";

const nearlyZero = 1e-12;
/** Below this the logarithm keeps the digits that the power would lose. */
const small = 0.01;

/**
 * The Box-Cox transformation (Box and Cox 1964), with the sign kept for negative values where lambda is positive (Bickel and Doksum 1981):
 * ln y for lambda = 0, else (sign(y) |y|^lambda - 1) / lambda. NaN where it is not defined.
 *
 * @example
 * ```ts
 * import { boxCox, inverseBoxCox } from "@sage-twin/numerics";
 *
 * boxCox(9, 0.5); // => 4
 * inverseBoxCox(4, 0.5); // => 9
 * ```
 */
export function boxCox(value: number, lambda: number): number {
  if (Math.abs(lambda) < nearlyZero) return value > 0 ? log(value) : Number.NaN;
  if (value > 0) return (Math.abs(lambda) < small ? expm1(lambda * log(value)) : pow(value, lambda) - 1) / lambda;
  return lambda > 0 ? (-pow(-value, lambda) - 1) / lambda : Number.NaN;
}

/** The value that `boxCox` turned into `transformed`; infinite beyond the largest that a negative lambda reaches. */
export function inverseBoxCox(transformed: number, lambda: number): number {
  if (Math.abs(lambda) < nearlyZero) return exp(transformed);
  const power = lambda * transformed + 1;
  if (power < 0) return lambda > 0 ? -pow(-power, 1 / lambda) : Number.POSITIVE_INFINITY;
  return Math.abs(lambda) < small && power > 0 ? exp(log1p(lambda * transformed) / lambda) : pow(power, 1 / lambda);
}

const golden = 0.6180339887498949;
const gridPoints = 30;

/**
 * The lambda that makes the spread of the seasons' values most alike: it minimises the coefficient of variation of
 * sd / mean^(1 - lambda) over the whole seasons, counted from the end (Guerrero 1993), with seasons of at least 2 values. Missing values (NaN) are left out.
 * It is 1 (no transformation) where fewer than two seasons have a positive mean and a spread. With a value of 0 or below, lambda is at least 0.
 *
 * @param options `lower` and `upper` bound lambda; default -1 and 2, as in R's forecast package.
 *
 * @example
 * ```ts
 * import { boxCoxLambda } from "@sage-twin/numerics";
 *
 * const sales = Array.from({ length: 24 }, (_, t) => 1.1 ** t * (t % 2 === 0 ? 0.8 : 1.25));
 * Math.abs(boxCoxLambda(sales, { seasonLength: 2 })) < 0.001; // => true
 * ```
 */
export function boxCoxLambda(
  values: ArrayLike<number>,
  options: { readonly seasonLength?: number; readonly lower?: number; readonly upper?: number } = {},
): number {
  const { seasonLength = 1, lower = -1, upper = 2 } = options;
  if (!(Number.isSafeInteger(seasonLength) && seasonLength >= 1 && lower < upper))
    throw new TwinError({
      code: "invalid-argument",
      path: ["options"],
      message: `season length ${describeValue(seasonLength)} with lambda from ${lower} to ${upper}`,
      fix: "give a whole season length, and lower below upper",
    });
  const { means, deviations, positive } = seasonsOf(values, Math.max(2, seasonLength));
  if (means.length < 2) return 1;
  const ratios = new Float64Array(means.length);
  const variation = (lambda: number): number => {
    for (let i = 0; i < ratios.length; i++) ratios[i] = deviations[i] * exp((lambda - 1) * means[i]);
    const { mean, deviation } = momentsOf(ratios);
    return deviation / mean;
  };
  let low = positive ? lower : Math.max(lower, 0);
  let high = upper;
  const width = (high - low) / gridPoints;
  let best = low;
  for (let point = 0; point <= gridPoints; point++)
    if (variation(low + point * width) < variation(best)) best = low + point * width;
  low = Math.max(low, best - width);
  high = Math.min(high, best + width);
  for (let round = 0; round < 40; round++) {
    const inner = high - golden * (high - low);
    const outer = low + golden * (high - low);
    if (variation(inner) < variation(outer)) high = outer;
    else low = inner;
  }
  return (low + high) / 2;
}

/** The logarithm of each season's mean and its standard deviation. */
function seasonsOf(values: ArrayLike<number>, length: number) {
  const means: number[] = [];
  const deviations: number[] = [];
  const count = Math.floor(values.length / length);
  let positive = true;
  for (let start = values.length - count * length; start < values.length; start += length) {
    const known = Float64Array.from({ length }, (_, t) => values[start + t]).filter((value) => !Number.isNaN(value));
    if (known.some((value) => value <= 0)) positive = false;
    const { mean, deviation } = momentsOf(known);
    if (!(mean > 0 && deviation >= 0)) continue;
    means.push(log(mean));
    deviations.push(deviation);
  }
  // Without any spread there is nothing to compare.
  return deviations.some((value) => value > 0)
    ? { means, deviations, positive }
    : { means: [], deviations: [], positive };
}

function momentsOf(values: Float64Array): { readonly mean: number; readonly deviation: number } {
  let mean = 0;
  for (const value of values) mean += value / values.length;
  let squares = 0;
  for (const value of values) squares += (value - mean) * (value - mean);
  return { mean, deviation: Math.sqrt(squares / (values.length - 1)) };
}

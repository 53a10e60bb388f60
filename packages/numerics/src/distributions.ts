import { exp, log, log1p } from "@sage-twin/kernel";
import { logGamma } from "./gamma.js";

const tiny = 1e-300;
const closeEnough = 1e-16;
const mostTerms = 500;

/** The regularised incomplete beta function I_x(a, b), by Lentz's continued fraction (Press et al. 2007, section 6.4). */
function incompleteBeta(x: number, a: number, b: number): number {
  if (!(x > 0)) return Number.isNaN(x) ? Number.NaN : 0;
  if (x >= 1) return 1;
  if (x > (a + 1) / (a + b + 2)) return 1 - incompleteBeta(1 - x, b, a);
  const front = exp(a * log(x) + b * log1p(-x) + logGamma(a + b) - logGamma(a) - logGamma(b)) / a;
  const kept = (value: number): number => (Math.abs(value) < tiny ? tiny : value);
  let numerator = 1;
  let denominator = 1 / kept(1 - ((a + b) * x) / (a + 1));
  let fraction = denominator;
  for (let term = 1; term < mostTerms; term++) {
    for (const part of [
      (term * (b - term) * x) / ((a + 2 * term - 1) * (a + 2 * term)),
      (-(a + term) * (a + b + term) * x) / ((a + 2 * term) * (a + 2 * term + 1)),
    ]) {
      denominator = 1 / kept(1 + part * denominator);
      numerator = kept(1 + part / numerator);
      fraction *= denominator * numerator;
    }
    if (Math.abs(denominator * numerator - 1) < closeEnough) break;
  }
  return front * fraction;
}

/**
 * The probability that an F variable with these degrees of freedom exceeds `value`.
 *
 * @example
 * ```ts
 * import { fTail } from "@sage-twin/numerics";
 *
 * fTail(4, 3, 20).toFixed(4); // => "0.0221"
 * ```
 */
export function fTail(value: number, numerator: number, denominator: number): number {
  if (!(value > 0)) return Number.isNaN(value) ? Number.NaN : 1;
  return incompleteBeta(denominator / (denominator + numerator * value), denominator / 2, numerator / 2);
}

/** The probability that a Student t variable exceeds `value`. */
export function studentTail(value: number, degrees: number): number {
  const beyond = 0.5 * incompleteBeta(degrees / (degrees + value * value), degrees / 2, 0.5);
  return value >= 0 ? beyond : 1 - beyond;
}

/**
 * The quantile of Student's t distribution, by bisection of `studentTail`: relative error about 1e-14.
 *
 * @example
 * ```ts
 * import { studentQuantile } from "@sage-twin/numerics";
 *
 * studentQuantile(0.975, 10).toFixed(4); // => "2.2281"
 * ```
 */
export function studentQuantile(probability: number, degrees: number): number {
  if (probability === 0.5) return 0;
  if (probability < 0.5) return -studentQuantile(1 - probability, degrees);
  if (!(probability < 1)) return probability === 1 ? Infinity : Number.NaN;
  let low = 0;
  let high = 1;
  while (studentTail(high, degrees) > 1 - probability) {
    low = high;
    high *= 2;
  }
  for (let step = 0; step < 100; step++) {
    const middle = (low + high) / 2;
    if (middle <= low || middle >= high) break;
    if (studentTail(middle, degrees) > 1 - probability) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/** The probability that a chi-square variable exceeds `value`: the regularised incomplete gamma function Q (Press et al. 2007, section 6.2). */
export function chiSquareTail(value: number, degrees: number): number {
  const a = degrees / 2;
  const x = value / 2;
  if (!(x > 0)) return Number.isNaN(x) ? Number.NaN : 1;
  const front = exp(-x + a * log(x) - logGamma(a));
  if (x < a + 1) {
    let term = 1 / a;
    let sum = term;
    for (let next = 1; term > sum * closeEnough && next < 10_000; next++) {
      term *= x / (a + next);
      sum += term;
    }
    return 1 - front * sum;
  }
  let b = x + 1 - a;
  let c = 1 / tiny;
  let d = 1 / b;
  let fraction = d;
  for (let term = 1; term < 10_000; term++) {
    const part = -term * (term - a);
    b += 2;
    d = 1 / (Math.abs(part * d + b) < tiny ? tiny : part * d + b);
    c = Math.abs(b + part / c) < tiny ? tiny : b + part / c;
    fraction *= c * d;
    if (Math.abs(c * d - 1) < closeEnough) break;
  }
  return front * fraction;
}

/**
 * Elementary functions that give the same bits in every JavaScript engine.
 *
 * `Math.exp`, `Math.log`, `Math.pow` and the trigonometric functions differ by a last digit between engines; only
 * arithmetic and `Math.sqrt` are fixed by the standard. These use nothing else. Their tables are computed once, on
 * import, in double-double arithmetic (Dekker 1971), so that they are correctly rounded.
 */

const tableBits = 11;
const tableSize = 1 << tableBits;
const tableMask = tableSize - 1;
const roundToInteger = 6755399441055744; // 1.5 * 2^52: adding and subtracting it rounds to the nearest integer
const stepsPerUnit = tableSize / Math.LN2;
const ln2High = 6.9314718036912381649e-1; // the first 32 bits of ln 2
const ln2Low = 1.90821492927058770002e-10;
const stepHigh = ln2High / tableSize;
const stepLow = ln2Low / tableSize;
const exponentOffset = 1024;
const smallestFast = -700; // between these, every power of two is a normal number
const largestFast = 709;
const largest = 709.782712893384; // the largest x whose exponential is finite

type DoubleDouble = readonly [high: number, low: number];

function multiplyExactly(a: number, b: number): DoubleDouble {
  const split = 134217729; // 2^27 + 1
  const aHigh = a * split - (a * split - a);
  const bHigh = b * split - (b * split - b);
  const aLow = a - aHigh;
  const bLow = b - bHigh;
  const product = a * b;
  return [product, aLow * bLow - (product - aHigh * bHigh - aLow * bHigh - aHigh * bLow)];
}

function normalise(high: number, low: number): DoubleDouble {
  const sum = high + low;
  return [sum, low - (sum - high)];
}

function multiply(a: DoubleDouble, b: DoubleDouble): DoubleDouble {
  const [high, low] = multiplyExactly(a[0], b[0]);
  return normalise(high, low + a[0] * b[1] + a[1] * b[0]);
}

function add(a: DoubleDouble, b: DoubleDouble): DoubleDouble {
  const sum = a[0] + b[0];
  const part = sum - a[0];
  const error = a[0] - (sum - part) + (b[0] - part);
  return normalise(sum, error + a[1] + b[1]);
}

function divide(a: DoubleDouble, b: DoubleDouble): DoubleDouble {
  const quotient = a[0] / b[0];
  const [high, low] = multiply([quotient, 0], b);
  return normalise(quotient, (a[0] - high - low + a[1]) / b[0]);
}

function squareRoot(a: DoubleDouble): DoubleDouble {
  const root = Math.sqrt(a[0]);
  const [high, low] = multiplyExactly(root, root);
  return normalise(root, (a[0] - high - low + a[1]) / (2 * root));
}

/** 2^(j / 2048) for j in 0..2047. */
const powersOfRoot = /* @__PURE__ */ (() => {
  const exact: DoubleDouble[] = [[1, 0]];
  const roots: DoubleDouble[] = [];
  let root: DoubleDouble = [2, 0];
  for (let bit = tableBits - 1; bit >= 0; bit--) {
    root = squareRoot(root);
    roots[bit] = root;
  }
  const table = new Float64Array(tableSize);
  table[0] = 1;
  for (let index = 1; index < tableSize; index++) {
    const lowestBit = 31 - Math.clz32(index & -index);
    exact[index] = multiply(exact[index & (index - 1)], roots[lowestBit]);
    table[index] = exact[index][0];
  }
  return table;
})();

/** 2^(e - 1024) for e in 0..2047. */
const powersOfTwo = /* @__PURE__ */ (() => {
  const table = new Float64Array(exponentOffset + 1024);
  table[exponentOffset] = 1;
  for (let index = exponentOffset + 1; index < table.length; index++) table[index] = table[index - 1] * 2;
  for (let index = exponentOffset - 1; index >= 0; index--) table[index] = table[index + 1] / 2;
  return table;
})();

/**
 * e to the power x, at most 1 ulp from the true value, with the same bits in every engine.
 *
 * @example
 * ```ts
 * import { exp } from "@sage-twin/kernel";
 *
 * exp(1); // => 2.718281828459045
 * ```
 */
export function exp(x: number): number {
  if (x > smallestFast && x < largestFast) return scaledExp(x, exponentOffset);
  if (x >= largestFast) return x <= largest ? scaledExp(x, exponentOffset - 1) * 2 : Infinity;
  return x > -746 ? scaledExp(x, exponentOffset + 100) * 7.888609052210118e-31 : x <= -746 ? 0 : Number.NaN; // 2^-100
}

function scaledExp(x: number, offset: number): number {
  const steps = x * stepsPerUnit + roundToInteger - roundToInteger;
  const rest = x - steps * stepHigh - steps * stepLow;
  const root = powersOfRoot[steps & tableMask];
  return (
    (root + root * (rest + rest * rest * (0.5 + rest * 0.16666666666666666))) *
    powersOfTwo[(steps >> tableBits) + offset]
  );
}

/** Writes `exp(input[i])` to `output[i]` for `from <= i < to`; the arrays may be the same. */
export function expInto(output: Float64Array, input: Float64Array, from: number, to: number): void {
  // Copies, because a bundler may turn the module's constants into variables, which a loop would read again and again.
  const roots = powersOfRoot;
  const twos = powersOfTwo;
  const least = smallestFast;
  const most = largestFast;
  const perUnit = stepsPerUnit;
  const whole = roundToInteger;
  const high = stepHigh;
  const low = stepLow;
  const mask = tableMask;
  const bits = tableBits;
  const offset = exponentOffset;
  for (let i = from; i < to; i++) {
    const x = input[i];
    if (!(x > least && x < most)) {
      output[i] = exp(x);
      continue;
    }
    const steps = x * perUnit + whole - whole;
    const rest = x - steps * high - steps * low;
    const index = steps | 0;
    const root = roots[index & mask];
    output[i] =
      (root + root * (rest + rest * rest * (0.5 + rest * 0.16666666666666666))) * twos[(index >> bits) + offset];
  }
}

const firstCentre = 90;
const lastCentre = 182;
const centresPerUnit = 128;

/** ln(k / 128) for k in 90..182, as high and low parts side by side. */
const logarithms = /* @__PURE__ */ (() => {
  const table = new Float64Array(2 * (lastCentre - firstCentre + 1));
  for (let centre = firstCentre; centre <= lastCentre; centre++) {
    // ln c = 2 artanh((c - 1) / (c + 1))
    const ratio = divide([centre - centresPerUnit, 0], [centre + centresPerUnit, 0]);
    const square = multiply(ratio, ratio);
    let power = ratio;
    let sum = ratio;
    for (let odd = 3; odd < 60; odd += 2) {
      power = multiply(power, square);
      sum = add(sum, divide(power, [odd, 0]));
    }
    table[2 * (centre - firstCentre)] = 2 * sum[0];
    table[2 * (centre - firstCentre) + 1] = 2 * sum[1];
  }
  return table;
})();

const bitsAsDouble = new Float64Array(1);
const bitsAsWords = new Uint32Array(bitsAsDouble.buffer);

/**
 * The natural logarithm of x, at most 1 ulp from the true value, with the same bits in every engine.
 *
 * @example
 * ```ts
 * import { log } from "@sage-twin/kernel";
 *
 * log(10); // => 2.302585092994046
 * ```
 */
export function log(x: number): number {
  if (!(x > 0 && x < Infinity)) return x === Infinity ? Infinity : x === 0 ? -Infinity : Number.NaN;
  let exponent = 0;
  if (x < 2.2250738585072014e-308) {
    x *= 18014398509481984; // 2^54
    exponent = -54;
  }
  bitsAsDouble[0] = x;
  const high = bitsAsWords[1];
  const above = ((high & 0xfffff) + (0x100000 - 0x6a09e)) >>> 20; // 1 from the root of 2 on; a branch would often be mispredicted
  const ownExponent = (high >>> 20) - 1023 + above;
  exponent += ownExponent;
  const mantissa = x * powersOfTwo[exponentOffset - ownExponent]; // in [0.707, 1.415)
  const centre = (mantissa * 128 + 0.5) | 0;
  const rest = (mantissa * 128 - centre) / centre;
  const square = rest * rest;
  const tail =
    square *
    (-0.5 +
      rest *
        (0.3333333333333333 +
          rest * (-0.25 + rest * (0.2 + rest * (-0.16666666666666666 + rest * 0.14285714285714285)))));
  const at = 2 * (centre - firstCentre);
  const big = exponent * ln2High + logarithms[at];
  const bigError = logarithms[at] - (big - exponent * ln2High);
  const sum = big + rest;
  const sumError = Math.abs(big) >= Math.abs(rest) ? rest - (sum - big) : big - (sum - rest);
  return sum + (sumError + bigError + (exponent * ln2Low + logarithms[at + 1] + tail));
}

/** ln(1 + x), accurate for small x (Kahan's correction). */
export function log1p(x: number): number {
  const sum = 1 + x;
  if (sum === 1) return x;
  if (sum - 1 === x || !(x > -1)) return log(sum);
  return (log(sum) * x) / (sum - 1);
}

/** e^x - 1, accurate for small x (Kahan's correction). */
export function expm1(x: number): number {
  const power = exp(x);
  if (power === 1) return x;
  if (!(Math.abs(x) < 1)) return power - 1;
  return ((power - 1) * x) / log(power);
}

/**
 * x to the power y for x >= 0, and for x < 0 with an integer y; NaN otherwise. Integer powers up to 64 are by multiplication.
 * The relative error is below 2e-16 times (2 + |ln of the result|), or times |y| when y is such an integer.
 */
export function pow(x: number, y: number): number {
  if (Number.isInteger(y) && Math.abs(y) <= 64) {
    let result = 1;
    let factor = x;
    for (let left = Math.abs(y); left > 0; left >>= 1) {
      if (left & 1) result *= factor;
      factor *= factor;
    }
    return y < 0 ? 1 / result : result;
  }
  if (y === 0.5) return Math.sqrt(x);
  if (x < 0) return Number.isInteger(y) ? exp(y * log(-x)) * (y % 2 === 0 ? 1 : -1) : Number.NaN;
  if (x === 0) return y > 0 ? 0 : y < 0 ? Infinity : Number.NaN;
  return exp(y * log(x));
}

const quarterTurnHigh = 1.57079632673412561417; // pi / 2 in three parts of 33 bits (Cody and Waite)
const quarterTurnMiddle = 6.0771005063039659766e-11;
const quarterTurnLow = 2.02226624879595063154e-21;

const mostQuarterTurns = 1048576; // 2^20: up to here a multiple of quarterTurnHigh is exact

/** The sine of x in radians, with the same bits in every engine; NaN for |x| above 1.6e6. */
export function sin(x: number): number {
  return sineAtQuarter(x, 0);
}

/** The cosine of x in radians, with the same bits in every engine; NaN for |x| above 1.6e6. */
export function cos(x: number): number {
  return sineAtQuarter(x, 1);
}

function sineAtQuarter(x: number, quarters: number): number {
  const turns = Math.round(x / (Math.PI / 2));
  if (!(Math.abs(turns) <= mostQuarterTurns)) return Number.NaN;
  const rest = x - turns * quarterTurnHigh - turns * quarterTurnMiddle - turns * quarterTurnLow;
  const square = rest * rest;
  const quadrant = (((turns + quarters) % 4) + 4) % 4;
  const value =
    quadrant % 2 === 0
      ? rest +
        rest *
          square *
          (-1.66666666666666324348e-1 +
            square *
              (8.33333333332248946124e-3 +
                square *
                  (-1.98412698298579493134e-4 +
                    square *
                      (2.75573137070700676789e-6 +
                        square * (-2.50507602534068634195e-8 + square * 1.58969099521155010221e-10)))))
      : 1 -
        0.5 * square +
        square *
          square *
          (4.16666666666666019037e-2 +
            square *
              (-1.38888888888741095749e-3 +
                square *
                  (2.48015872894767294178e-5 +
                    square *
                      (-2.75573143513906633035e-7 +
                        square * (2.0875723212981748279e-9 + square * -1.13596475577881948265e-11)))));
  return quadrant < 2 ? value : -value;
}

import { exp, log } from "./math.js";
import type { WordStream } from "./words.js";

/**
 * The quantile function of the standard normal distribution (Wichura 1988, algorithm AS 241, PPND16): relative error about 1e-16.
 *
 * @example
 * ```ts
 * import { normalQuantile } from "@sage-twin/kernel";
 *
 * normalQuantile(0.975).toFixed(6); // => "1.959964"
 * ```
 */
export function normalQuantile(probability: number): number {
  const q = probability - 0.5;
  if (Math.abs(q) <= 0.425) {
    const r = 0.180625 - q * q;
    return (
      (q *
        (((((((r * 2509.0809287301226727 + 33430.575583588128105) * r + 67265.770927008700853) * r +
          45921.953931549871457) *
          r +
          13731.693765509461125) *
          r +
          1971.5909503065514427) *
          r +
          133.14166789178437745) *
          r +
          3.387132872796366608)) /
      (((((((r * 5226.495278852545925 + 28729.085735721942674) * r + 39307.89580009271061) * r +
        21213.794301586595867) *
        r +
        5394.1960214247511077) *
        r +
        687.1870074920579083) *
        r +
        42.313330701600911252) *
        r +
        1)
    );
  }
  const tail = q < 0 ? probability : 1 - probability;
  if (!(tail > 0)) return tail === 0 ? (q < 0 ? -Infinity : Infinity) : Number.NaN;
  let r = Math.sqrt(-log(tail));
  let value: number;
  if (r <= 5) {
    r -= 1.6;
    value =
      (((((((r * 7.7454501427834140764e-4 + 0.0227238449892691845833) * r + 0.24178072517745061177) * r +
        1.27045825245236838258) *
        r +
        3.64784832476320460504) *
        r +
        5.7694972214606914055) *
        r +
        4.6303378461565452959) *
        r +
        1.42343711074968357734) /
      (((((((r * 1.05075007164441684324e-9 + 5.475938084995344946e-4) * r + 0.0151986665636164571966) * r +
        0.14810397642748007459) *
        r +
        0.68976733498510000455) *
        r +
        1.6763848301838038494) *
        r +
        2.05319162663775882187) *
        r +
        1);
  } else {
    r -= 5;
    value =
      (((((((r * 2.01033439929228813265e-7 + 2.71155556874348757815e-5) * r + 0.0012426609473880784386) * r +
        0.026532189526576123093) *
        r +
        0.29656057182850489123) *
        r +
        1.7848265399172913358) *
        r +
        5.4637849111641143699) *
        r +
        6.6579046435011037772) /
      (((((((r * 2.04426310338993978564e-15 + 1.4215117583164458887e-7) * r + 1.8463183175100546818e-5) * r +
        7.868691311456132591e-4) *
        r +
        0.0148753612908506148525) *
        r +
        0.13692988092273580531) *
        r +
        0.59983220655588793769) *
        r +
        1);
  }
  return q < 0 ? -value : value;
}

const continuedFractionTerms = 30;

/**
 * The distribution function of the standard normal (Hart 1968, algorithm 5666, as given by West 2005), and Laplace's
 * continued fraction beyond 3.5: relative error below 1e-13 in the lower tail, absolute error below 1e-15 everywhere.
 */
export function normalDistribution(x: number): number {
  const size = Math.abs(x);
  if (Number.isNaN(x)) return Number.NaN;
  let tail = 0;
  if (size <= 38.5) {
    const density = exp((-size * size) / 2);
    if (size < 3.5) {
      const above =
        (((((size * 3.52624965998911e-2 + 0.700383064443688) * size + 6.37396220353165) * size + 33.912866078383) *
          size +
          112.079291497871) *
          size +
          221.213596169931) *
          size +
        220.206867912376;
      const below =
        ((((((size * 8.83883476483184e-2 + 1.75566716318264) * size + 16.064177579207) * size + 86.7807322029461) *
          size +
          296.564248779674) *
          size +
          637.333633378831) *
          size +
          793.826512519948) *
          size +
        440.413735824752;
      tail = (density * above) / below;
    } else {
      let fraction = size;
      for (let term = continuedFractionTerms; term > 0; term--) fraction = size + term / fraction;
      tail = density / (fraction * 2.5066282746310002); // the root of 2 pi
    }
  }
  return x > 0 ? 1 - tail : tail;
}

const segmentsPerOctave = 8;
const octaves = 32;
const coefficients = 5;

/**
 * Quartics for the lower half of the normal quantile function. A word's low 31 bits `v` stand for the tail probability
 * (v + 0.5) / 2^32; each octave of `v` is cut in eight segments, and each quartic is in the position within its segment, 0..1.
 */
const quartics = /* @__PURE__ */ (() => {
  const table = new Float64Array(octaves * segmentsPerOctave * coefficients);
  const nodes = [0.02447174185242318, 0.20610737385376343, 0.5, 0.7938926261462366, 0.9755282581475768]; // Chebyshev
  for (let octave = 1; octave < octaves; octave++) {
    const bits = octaves - 1 - octave; // v lies in [2^bits, 2^(bits + 1))
    for (let segment = 0; segment < segmentsPerOctave; segment++) {
      const width = (1 << bits) / segmentsPerOctave;
      const start = (1 << bits) + segment * width;
      const values = nodes.map((node) => normalQuantile((start + node * width + 0.5) / 4294967296));
      table.set(interpolate(nodes, values), (octave * segmentsPerOctave + segment) * coefficients);
    }
  }
  return table;
})();

/** The coefficients, lowest power first, of the polynomial through the points (Newton's divided differences, expanded). */
function interpolate(nodes: readonly number[], values: readonly number[]): number[] {
  const differences = [...values];
  for (let order = 1; order < nodes.length; order++) {
    for (let index = nodes.length - 1; index >= order; index--) {
      differences[index] = (differences[index] - differences[index - 1]) / (nodes[index] - nodes[index - order]);
    }
  }
  let polynomial = [differences[nodes.length - 1]];
  for (let index = nodes.length - 2; index >= 0; index--) {
    const next = [differences[index], ...polynomial];
    for (let power = 0; power < polynomial.length; power++) next[power] -= nodes[index] * polynomial[power];
    polynomial = next;
  }
  return polynomial;
}

/**
 * Fills `output[from..to)` with standard normal draws, one 32-bit word each, by the inverse distribution function from an
 * octave table; absolute error below 1e-8.
 */
export function fillNormal(words: WordStream, output: Float64Array, from: number, to: number): void {
  const table = quartics;
  const state = words.state;
  let a = state[0];
  let b = state[1];
  let c = state[2];
  let d = state[3];
  for (let i = from; i < to; i++) {
    // xoshiro128** (Blackman and Vigna 2018)
    const product = Math.imul(b, 5);
    const word = Math.imul((product << 7) | (product >>> 25), 9);
    const shifted = b << 9;
    c ^= a;
    d ^= b;
    b ^= c;
    a ^= d;
    c ^= shifted;
    d = (d << 11) | (d >>> 21);
    const low = word & 0x7fffffff;
    const v = low < 8 ? 8 : low; // below 8 an octave has fewer than eight segments: the tail ends at a probability of 2e-9
    const octave = Math.clz32(v);
    const fraction = (v << octave) & 0x7fffffff; // position in the octave, 31 bits
    const at = ((octave << 3) | (fraction >>> 28)) * 5;
    const t = (fraction & 0xfffffff) * 3.725290298461914e-9; // 2^-28
    const value = table[at] + t * (table[at + 1] + t * (table[at + 2] + t * (table[at + 3] + t * table[at + 4])));
    output[i] = value * ((word >> 31) | 1); // a coin's branch would be mispredicted half of the time
  }
  state[0] = a;
  state[1] = b;
  state[2] = c;
  state[3] = d;
}

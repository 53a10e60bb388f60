import { TwinError } from "@sage-twin/kernel";

/**
 * Primitive polynomials and first direction integers of dimensions 2 to 100 (Joe and Kuo 2008, new-joe-kuo-6.21201), to the base 36: two digits
 * of the polynomial, then its integers m(1), m(2) ..., of which the k-th is odd and below 2^k, as the k - 1 bits of (m - 1) / 2 one after another.
 */
const directions =
  "03 071 0b4 0d 0j9 0p1i 1188 1582 1bd5 1j74 1nl 1pmn 1vhh4 2j30q 2pfco 2v2ua 31fkc 377cu 3n17c37 3t17tgi " +
  "3z9zkv 4110jdm 4dqvzp 4nohov 4rf672 55ygte 5bl2yo 5d150f1 5n8z2s 5v12eqj 5x14c3s 6dnaua 6nd5ae 6pj071 " +
  "6vjyxk 71tkuo 7x2rrfy2 8b3vtvhs 8d2l7blo 992mj2is 9r270106 9v40acyv 9x29c7ae a11fec0e a948eqn0 av2vhz8j " +
  "b149imx9 btku1rk cj4bgwo cv44mexv dj2f37ca dxpuu6a epp3pq67j ezm88ixwi f51924t63 fhh5byfw9 fn2mmrlnf " +
  "gpahv3fed gvbn6uncv h5tkos5ta hbu8m149 hjbbkpm4w hp7aqg48w hz2stmqhe idegn509t ir94qx1s1 itf528k4t " +
  "j3ntjf7d1 jb7dgufw3 jhjtmlvlr jz4g5xuuu k19q4vxxs kbamq37qt l1zq6iek l57fd8u1c lvid4689j lxg0hfvo8 " +
  "m7olmj0yg mb8dxjj2i mp50rsf2n mz2kbiuls njl5aheo7 nvptsp3cp o1c76v369 ob59vszl1 odfe0dt5u ojs8uglb4 " +
  "ovjj7jjev p1kovct pbjh20yy9 qdcmelxav qhkavrpny qvlchdxuc qz62x8ifi r1vh19pii r9bzkwz1o rdmzaue0s rnoj2e50v " +
  "rt919psoc";

/** Dimensions that `fillSobol` knows. */
export const sobolDimensions = 100;

/** Per dimension: one direction number for each of 32 bits, the first bit's highest. */
const tables: Int32Array[] = [];

function tableOf(dimension: number): Int32Array {
  if (tables.length === 0) {
    tables.push(Int32Array.from({ length: 32 }, (_, bit) => 1 << (31 - bit)));
    for (const text of directions.split(" ")) tables.push(directionNumbers(text));
  }
  return tables[dimension];
}

/** v(k) = a(1) v(k-1) ^ ... ^ a(d-1) v(k-d+1) ^ v(k-d) ^ (v(k-d) >> d). */
function directionNumbers(text: string): Int32Array {
  const coefficients = Number.parseInt(text.slice(0, 2), 36);
  const degree = 31 - Math.clz32(coefficients);
  const numbers = new Int32Array(32);
  let packed = Number.parseInt(`0${text.slice(2)}`, 36);
  for (let bit = degree - 1; bit >= 0; bit--) {
    const size = 1 << bit;
    numbers[bit] = (2 * (packed % size) + 1) << (31 - bit);
    packed = Math.floor(packed / size);
  }
  for (let bit = degree; bit < 32; bit++) {
    let next = numbers[bit - degree] ^ (numbers[bit - degree] >>> degree);
    for (let term = 1; term < degree; term++) if ((coefficients >>> (degree - term)) & 1) next ^= numbers[bit - term];
    numbers[bit] = next;
  }
  return numbers;
}

/**
 * One coordinate of the Sobol points `first`, `first + 1`, ... in (0, 1): points that fill the unit cube more evenly than chance, so that means of
 * smooth functions over them settle faster. Scrambled by `seed` (nested uniform scrambling after Owen 1995 by the hash of Vegdahl 2021), each point is
 * uniform and the evenness stays; one seed for each dimension, the same for all points.
 *
 * @param dimension 0 .. 99.
 * @param output filled from its start.
 *
 * @example
 * ```ts
 * import { fillSobol } from "@sage-twin/numerics";
 *
 * fillSobol(1, 0, 2026, new Float64Array(4)).map((x) => Math.floor(4 * x)).sort(); // => [0, 1, 2, 3]
 * ```
 */
export function fillSobol(dimension: number, first: number, seed: number, output: Float64Array): Float64Array {
  return fill(dimension, first, output, (bits) => scramble(bits, seed));
}

/** The same coordinate as it stands, the first point at 0. */
export function fillPlainSobol(dimension: number, first: number, output: Float64Array): Float64Array {
  return fill(dimension, first, output);
}

function fill(
  dimension: number,
  first: number,
  output: Float64Array,
  scrambled?: (bits: number) => number,
): Float64Array {
  if (!(Number.isInteger(dimension) && dimension >= 0 && dimension < sobolDimensions))
    throw new TwinError({
      code: "out-of-range",
      path: ["dimension"],
      message: `dimension ${dimension} of Sobol points`,
      fix: `give a whole number from 0 to ${sobolDimensions - 1}`,
    });
  const numbers = tableOf(dimension);
  for (let point = 0; point < output.length; point++) {
    let bits = 0;
    for (let index = first + point, bit = 0; index !== 0; index >>>= 1, bit++) if (index & 1) bits ^= numbers[bit];
    output[point] = scrambled === undefined ? (bits >>> 0) / 4294967296 : (scrambled(bits) + 0.5) / 4294967296;
  }
  return output;
}

/** Turns bits so that each depends on the higher ones alone, as a random choice at every halving of the interval would. */
function scramble(bits: number, seed: number): number {
  let x = reverse(bits);
  x ^= Math.imul(x, 0x3d20adea);
  x = (x + seed) | 0;
  x = Math.imul(x, (seed >>> 16) | 1);
  x ^= Math.imul(x, 0x05526c56);
  x ^= Math.imul(x, 0x53a22864);
  return reverse(x) >>> 0;
}

function reverse(word: number): number {
  let x = word;
  x = ((x >>> 1) & 0x55555555) | ((x & 0x55555555) << 1);
  x = ((x >>> 2) & 0x33333333) | ((x & 0x33333333) << 2);
  x = ((x >>> 4) & 0x0f0f0f0f) | ((x & 0x0f0f0f0f) << 4);
  x = ((x >>> 8) & 0x00ff00ff) | ((x & 0x00ff00ff) << 8);
  return (x >>> 16) | (x << 16);
}

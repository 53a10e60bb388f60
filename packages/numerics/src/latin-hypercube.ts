import type { WordStream } from "@sage-twin/kernel";

/**
 * One coordinate of a Latin hypercube (McKay, Beckman and Conover 1979): as many numbers in (0, 1) as `output` holds, in random order, exactly one in
 * each of that many equal intervals.
 *
 * @example
 * ```ts
 * import { Rng } from "@sage-twin/kernel";
 * import { fillLatinHypercube } from "@sage-twin/numerics";
 *
 * fillLatinHypercube(new Rng("2026").words(), new Float64Array(4)).map((x) => Math.floor(4 * x)).sort(); // => [0, 1, 2, 3]
 * ```
 */
export function fillLatinHypercube(words: WordStream, output: Float64Array): Float64Array {
  const count = output.length;
  for (let place = 0; place < count; place++) output[place] = (place + words.uniform()) / count;
  for (let place = count - 1; place > 0; place--) {
    const other = Math.floor(words.uniform() * (place + 1));
    const value = output[place];
    output[place] = output[other];
    output[other] = value;
  }
  return output;
}

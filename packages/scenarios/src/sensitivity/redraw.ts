import type { EffectGroup } from "@sage-twin/causal";

/**
 * Draws some of a group's effects anew, run by run, given the values that the others have: from their conditional normal distribution.
 *
 * @param chosen places of the effects in the group.
 * @param drawn by place, the effects as they were drawn.
 * @param normals by place, standard normal draws.
 */
export function redraw(
  { mean, factor }: EffectGroup,
  chosen: readonly number[],
  drawn: readonly Float64Array[],
  normals: readonly Float64Array[],
): readonly Float64Array[] {
  const size = mean.length;
  const order = [...mean.keys()].filter((place) => !chosen.includes(place)).concat(chosen);
  const root = triangle(factor, size, order);
  const given = size - chosen.length;
  const runs = drawn[0].length;
  const standard = new Float64Array(size);
  const output = chosen.map(() => new Float64Array(runs));
  for (let run = 0; run < runs; run++) {
    for (let row = 0; row < size; row++) {
      const place = order[row];
      let sum = 0;
      for (let column = 0; column < row; column++) sum += root[row * size + column] * standard[column];
      const own = root[row * size + row];
      if (row < given) {
        standard[row] = own > 0 ? (drawn[place][run] - mean[place] - sum) / own : 0;
      } else {
        standard[row] = normals[place][run];
        output[row - given][run] = mean[place] + sum + own * standard[row];
      }
    }
  }
  return output;
}

/** The Cholesky factor (by rows) of the covariance in another order; a direction without variance has a row of zeros from its diagonal on. */
function triangle(factor: Float64Array, size: number, order: readonly number[]): Float64Array {
  const root = new Float64Array(size * size);
  for (let row = 0; row < size; row++) {
    for (let column = 0; column <= row; column++) {
      let sum = 0;
      for (let k = 0; k < size; k++) sum += factor[order[row] * size + k] * factor[order[column] * size + k];
      const whole = sum;
      for (let k = 0; k < column; k++) sum -= root[row * size + k] * root[column * size + k];
      if (column < row)
        root[row * size + column] = root[column * size + column] > 0 ? sum / root[column * size + column] : 0;
      else root[row * size + row] = sum > 1e-12 * whole ? Math.sqrt(sum) : 0;
    }
  }
  return root;
}

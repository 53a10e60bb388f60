/**
 * The quantile of weighted values: the smallest value up to which the share `probability` of the weight lies, or halfway to the next one
 * where it is exactly that share (for equal weights type 2 of Hyndman and Fan 1996). By selection in linear time; the first `count` elements of both arrays
 * are reordered. `weights` absent: all 1.
 */
export function weightedQuantile(
  values: Float64Array,
  weights: Float64Array | undefined,
  count: number,
  probability: number,
): number {
  let total = 0;
  for (let i = 0; i < count; i++) total += weights === undefined ? 1 : weights[i];
  const wanted = probability * total;
  let low = 0;
  let high = count - 1;
  let before = 0; // the weight below `low`
  while (low < high) {
    const pivot = medianOfThree(values[low], values[(low + high) >> 1], values[high]);
    // Three parts: below, equal to and above the pivot.
    let below = low;
    let above = high;
    let weightBelow = 0;
    let weightEqual = 0;
    for (let i = low; i <= above; ) {
      const value = values[i];
      const weight = weights === undefined ? 1 : weights[i];
      if (value < pivot) {
        weightBelow += weight;
        swap(values, i, below);
        if (weights !== undefined) swap(weights, i, below);
        below++;
        i++;
      } else if (value > pivot) {
        swap(values, i, above);
        if (weights !== undefined) swap(weights, i, above);
        above--;
      } else {
        weightEqual += weight;
        i++;
      }
    }
    if (below > low && wanted <= before + weightBelow) high = below - 1;
    else if (wanted <= before + weightBelow + weightEqual || above === high) {
      return halfway(values, weights, count, pivot, before + weightBelow + weightEqual - wanted, total);
    } else {
      before += weightBelow + weightEqual;
      low = above + 1;
    }
  }
  before += weights === undefined ? 1 : weights[low];
  return halfway(values, weights, count, values[low], before - wanted, total);
}

/** The value found, or the middle between it and the next one where the weight up to it is exactly what was wanted. */
function halfway(
  values: Float64Array,
  weights: Float64Array | undefined,
  count: number,
  found: number,
  beyond: number,
  total: number,
): number {
  if (Math.abs(beyond) > 1e-12 * total) return found;
  let next = Number.POSITIVE_INFINITY;
  for (let i = 0; i < count; i++) {
    if (values[i] > found && values[i] < next && !(weights !== undefined && weights[i] === 0)) next = values[i];
  }
  return next === Number.POSITIVE_INFINITY ? found : found + (next - found) / 2;
}

function medianOfThree(a: number, b: number, c: number): number {
  return Math.max(Math.min(a, b), Math.min(Math.max(a, b), c));
}

function swap(values: Float64Array, i: number, j: number): void {
  const value = values[i];
  values[i] = values[j];
  values[j] = value;
}

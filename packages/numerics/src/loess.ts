/**
 * Locally linear (degree 1) or constant (degree 0) smoothing of equally spaced values with tricube weights, as in the original STL
 * program (Cleveland et al. 1990, routines `ess` and `est`). Positions count from 1.
 */
export interface LoessSettings {
  /** How many values each fit uses; more than there are widens the weights instead. */
  readonly span: number;
  readonly degree: 0 | 1;
}

/** Smooths `values[0..count)` into `output[0..count)`; `robustness` multiplies the weights. */
export function loess(
  values: Float64Array,
  count: number,
  settings: LoessSettings,
  robustness: Float64Array | undefined,
  weights: Float64Array,
  output: Float64Array,
  outputOffset = 0,
): void {
  if (count < 2) {
    output[outputOffset] = values[0];
    return;
  }
  const { span } = settings;
  const half = (span + 1) >> 1;
  let left = 1;
  let right = Math.min(span, count);
  for (let position = 1; position <= count; position++) {
    if (span < count && position > half && right !== count) {
      left++;
      right++;
    }
    const fitted = loessAt(values, count, settings, position, left, right, robustness, weights);
    output[outputOffset + position - 1] = Number.isNaN(fitted) ? values[position - 1] : fitted;
  }
}

/** The fit at one position from the values at positions `left .. right`, or NaN when all their weights are 0. */
export function loessAt(
  values: Float64Array,
  count: number,
  { span, degree }: LoessSettings,
  position: number,
  left: number,
  right: number,
  robustness: Float64Array | undefined,
  weights: Float64Array,
): number {
  let reach = Math.max(position - left, right - position);
  if (span > count) reach += (span - count) >> 1;
  const far = 0.999 * reach;
  const near = 0.001 * reach;
  let total = 0;
  for (let at = left - 1; at < right; at++) {
    const distance = Math.abs(at + 1 - position);
    let weight = 0;
    if (distance <= far) {
      const ratio = distance / reach;
      const rest = 1 - ratio * ratio * ratio;
      weight = distance <= near ? 1 : rest * rest * rest;
      if (robustness !== undefined) weight *= robustness[at];
      total += weight;
    }
    weights[at] = weight;
  }
  if (!(total > 0)) return Number.NaN;
  let centre = 0;
  for (let at = left - 1; at < right; at++) {
    weights[at] /= total;
    centre += weights[at] * (at + 1);
  }
  let slope = 0;
  if (reach > 0 && degree > 0) {
    let spread = 0;
    for (let at = left - 1; at < right; at++) spread += weights[at] * (at + 1 - centre) * (at + 1 - centre);
    if (Math.sqrt(spread) > 0.001 * (count - 1)) slope = (position - centre) / spread;
  }
  let fitted = 0;
  for (let at = left - 1; at < right; at++) fitted += weights[at] * (slope * (at + 1 - centre) + 1) * values[at];
  return fitted;
}

/** The values with inner gaps (NaN) filled by straight lines and outer ones by the nearest value. */
export function interpolate(values: Float64Array): Float64Array {
  const filled = values.slice();
  let last = -1;
  for (let t = 0; t <= filled.length; t++) {
    if (t < filled.length && Number.isNaN(filled[t])) continue;
    const from = last >= 0 ? filled[last] : filled[t];
    const to = t < filled.length ? filled[t] : from;
    for (let gap = last + 1; gap < t; gap++) filled[gap] = from + ((to - from) * (gap - last)) / (t - last);
    last = t;
  }
  return filled;
}

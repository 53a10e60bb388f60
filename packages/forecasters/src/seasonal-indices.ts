/**
 * Classical seasonal indices: the mean, by season position, of what a centred moving average of one season leaves over
 * (y - trend, or y / trend), centred to sum to 0 or to average 1. Element i belongs to the steps t with t mod seasonLength = i.
 * Needs two seasons of values without gaps.
 */
export function seasonalIndices(values: Float64Array, seasonLength: number, multiplicative: boolean): Float64Array {
  const half = seasonLength >> 1;
  const even = seasonLength % 2 === 0;
  const sums = new Float64Array(seasonLength);
  const counts = new Float64Array(seasonLength);
  for (let t = half; t < values.length - half; t++) {
    let total = even ? (values[t - half] + values[t + half]) / 2 : values[t - half] + values[t + half];
    for (let offset = 1 - half; offset < half; offset++) total += values[t + offset];
    const trend = total / seasonLength;
    sums[t % seasonLength] += multiplicative ? values[t] / trend : values[t] - trend;
    counts[t % seasonLength]++;
  }
  let mean = 0;
  for (let i = 0; i < seasonLength; i++) {
    sums[i] /= counts[i];
    mean += sums[i] / seasonLength;
  }
  return sums.map((index) => (multiplicative ? index / mean : index - mean));
}

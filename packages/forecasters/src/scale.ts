/** The power of two nearest below the mean absolute value (1 for zeros): dividing by it changes no digit. */
export function powerOfTwoScale(values: Float64Array): number {
  let sum = 0;
  let count = 0;
  for (const value of values) {
    if (Number.isNaN(value)) continue;
    sum += Math.abs(value);
    count++;
  }
  const mean = sum / count;
  if (!(mean > 0)) return 1;
  let scale = 1;
  while (scale * 2 <= mean) scale *= 2;
  while (scale > mean) scale /= 2;
  return scale;
}
